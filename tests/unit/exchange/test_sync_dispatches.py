"""Polls of a server without history: edited events become amendments, vanished ones cancellations, returned
ones retract them; read again, nothing changes.
"""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ledger.calendar import format_instant, instant_s
from ledger.exchange.openadr import events as openadr
from ledger.exchange.openadr.event_options import EventOptions
from ledger.exchange.openadr.sync_dispatches import CurrentDispatch, SettledDispatches, settled, standing
from ledger.exchange.story import format_claim
from tests.support.story_facts import told

CREATED = "2026-07-14T17:00:00Z"


def event(
    id_: str = "e-1",
    kw: float = 20_000,
    at: str = CREATED,
    start: str = "2026-07-14T18:00:00Z",
    hours: int = 1,
) -> dict[str, Any]:
    return {
        "id": id_,
        "programID": "44",
        "createdDateTime": CREATED,
        "modificationDateTime": at,
        "payloadDescriptors": [{"payloadType": "DISPATCH_SETPOINT", "units": "KW"}],
        "intervalPeriod": {"start": start, "duration": f"PT{hours}H" if hours else "P9999Y"},
        "intervals": [{"id": 0, "payloads": [{"type": "DISPATCH_SETPOINT", "values": [kw]}]}],
    }


def poll(
    value: Any,
    known: dict[str, CurrentDispatch] | None = None,
    at: str | None = None,
    program: str | None = None,
) -> SettledDispatches:
    programs = () if program is None else ((None, program),)
    options = EventOptions("s1", dispatch_class="emergency", at=at, programs=programs)
    return settled(known or {}, openadr.read(json.dumps(value).encode(), "poll.json", options))


def lines(found: SettledDispatches) -> list[str]:
    """What would be recorded, without ids, sources and what a notification says."""
    said = [format_claim(claim).partition(" source=")[0] for claim in found.reading.claims]
    return [
        " ".join(word for word in line.split(" ") if not word.startswith(("id=", "external_id=")))
        for line in said
    ]


def test_an_event_not_known_is_recorded_as_it_is() -> None:
    (line,) = lines(poll([event()]))
    assert line.startswith("2026-07-14T17:00Z s1 dispatch-notified dispatch=adr-e-1 ")


def test_read_again_nothing_changes() -> None:
    first = poll([event()])
    again = poll([event()], first.known)
    assert (lines(again), again.reading.unchanged, again.known) == ([], 1, first.known)


def test_an_edited_event_amends_what_changed_when_it_was_edited() -> None:
    known = poll([event()]).known
    assert lines(poll([event(kw=5, at="2026-07-14T17:30:00Z")], known)) == [
        "2026-07-14T17:30Z s1 dispatch-amended dispatch=adr-e-1 target=5kW"
        " external_version=2026-07-14T17:30:00Z"
    ]


def test_an_end_that_is_taken_back_is_the_last_second_there_is() -> None:
    known = poll([event()]).known
    assert "stop=9999-12-31T23:59:59Z" in lines(poll([event(at="2026-07-14T17:30:00Z", hours=0)], known))[0]


def test_an_older_version_is_passed_over() -> None:
    known = poll([event(at="2026-07-14T17:30:00Z")]).known
    found = poll([event(kw=5)], known)
    assert (lines(found), len(found.reading.notes)) == ([], 1)


def test_an_event_that_is_gone_is_cancelled_with_the_poll_as_evidence() -> None:
    known = poll([event(), event("e-2")]).known
    found = poll([event("e-2")], known, at="2026-07-14T17:40:00Z")
    (claim,) = found.reading.claims
    assert lines(found) == [
        '2026-07-14T17:40Z s1 dispatch-cancelled dispatch=adr-e-1 cause="no longer listed"'
    ]
    assert claim.source.name == "poll.json"


def test_an_empty_poll_lists_no_event() -> None:
    assert len(lines(poll([], poll([event()]).known, at="2026-07-14T17:40:00Z"))) == 1


def test_a_single_event_says_nothing_of_others() -> None:
    assert lines(poll(event("e-2"), poll([event()]).known, at="2026-07-14T17:40:00Z"))[1:] == []


def test_a_poll_of_one_program_says_nothing_of_another_s_events() -> None:
    known = poll([event()], program="a").known
    assert lines(poll([], known, at="2026-07-14T17:40:00Z", program="b")) == []
    assert len(lines(poll([], known, at="2026-07-14T17:40:00Z", program="a"))) == 1


def test_an_event_that_was_over_is_not_cancelled_by_being_tidied_away() -> None:
    assert lines(poll([], poll([event()]).known, at="2026-07-14T19:00:00Z")) == []


def test_a_poll_that_was_read_before_the_event_was_made_cancels_nothing() -> None:
    assert lines(poll([], poll([event()]).known, at="2026-07-14T16:00:00Z")) == []


def test_a_poll_without_a_time_cannot_say_when_an_event_went() -> None:
    found = poll([], poll([event()]).known)
    assert (lines(found), [str(p) for p in found.reading.problems]) == (
        [],
        [
            "poll.json: dispatch 'adr-e-1' no longer listed: when is not known: add --at 2026-07-14T18:00Z,"
            " when the list was read"
        ],
    )


def test_an_event_that_cannot_be_read_is_not_gone() -> None:
    broken = event() | {"intervals": [{"payloads": 7}]}
    assert lines(poll([broken], poll([event()]).known, at="2026-07-14T17:40:00Z")) == []


def test_an_interval_that_left_its_event_is_cancelled() -> None:
    long = event() | {"intervals": [*event()["intervals"], *event(kw=5)["intervals"]]}
    known = poll([long]).known
    found = poll(event(at="2026-07-14T17:30:00Z"), known, at="2026-07-14T17:30:00Z")
    assert [line.split(" ", 3)[2:] for line in lines(found)] == [
        ["dispatch-amended", "dispatch=adr-e-1 external_version=2026-07-14T17:30:00Z"],
        ["dispatch-cancelled", 'dispatch=adr-e-1--2 cause="its interval is no longer in the event"'],
    ]


def test_an_event_that_comes_back_retracts_its_cancellation() -> None:
    gone = poll([], poll([event()]).known, at="2026-07-14T17:40:00Z")
    back = poll([event()], gone.known, at="2026-07-14T17:45:00Z")
    assert [claim.corrects for claim in back.reading.claims] == [(gone.reading.claims[0].id,)]
    assert lines(poll([event()], back.known, at="2026-07-14T17:45:00Z")) == []


def test_the_poll_before_it_went_brings_no_event_back() -> None:
    gone = poll([], poll([event()]).known, at="2026-07-14T17:40:00Z").known
    assert lines(poll([event()], gone, at="2026-07-14T17:35:00Z")) == []


def test_a_dispatch_recorded_by_hand_with_the_event_s_id_is_the_event() -> None:
    by_hand = """
    2026-07-14T17:00Z s1 dispatch-notified dispatch=d7 dispatch_class=emergency mode=reduce-to target=20MW start=2026-07-14T18:00Z stop=2026-07-14T19:00Z external_id=e-1
    """
    stands = standing((record.at, record.id, record.body) for record in told(by_hand))
    assert stands is not None
    assert [line.split(" ")[2:4] for line in lines(poll([event(kw=5)], {"d7": stands}))] == [
        ["dispatch-amended", "dispatch=d7"]
    ]


events = st.builds(event, st.sampled_from(["a", "b", "c"]), st.integers(0, 3), hours=st.integers(0, 2))


@given(st.lists(st.lists(events, max_size=3, unique_by=lambda e: e["id"]), min_size=1, max_size=6))
def test_after_any_polls_the_book_stands_as_the_last_one_listed(polls: list[list[dict[str, Any]]]) -> None:
    """Each poll is an hour later and each listed event was edited just before; the third poll on, an event of
    18:00 may be over.
    """
    known: dict[str, CurrentDispatch] = {}
    for hour, listed in enumerate(polls):
        at = format_instant(instant_s("2026-07-13T00:00:00Z") + hour * 3600)
        edited = [
            one | {"createdDateTime": "2026-07-12T00:00:00Z", "modificationDateTime": at} for one in listed
        ]
        known = poll(edited, known, at=at).known
        open_ = {name: (s.target_w, s.stop) for name, s in known.items() if s.cancelled_at is None}
        fresh = poll(edited).known
        shown = {name: (s.target_w, s.stop) for name, s in fresh.items()}
        assert {
            name: (w, None if stop == "9999-12-31T23:59:59Z" else stop) for name, (w, stop) in open_.items()
        } == shown
        assert lines(poll(edited, known, at=at)) == []
