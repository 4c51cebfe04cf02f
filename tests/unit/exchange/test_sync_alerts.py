"""Alerts of a server without history: edited ones correct what was declared, those gone before they began are
retracted; read again, nothing changes.
"""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ledger.calendar import format_instant, instant_s
from ledger.exchange.openadr import events
from ledger.exchange.openadr.alerts import Alert, alert_of
from ledger.exchange.openadr.event_options import EventOptions
from ledger.exchange.openadr.sync_alerts import Known, SettledAlerts, settled
from ledger.exchange.story import format_claim

NOON_S = instant_s("2026-06-01T12:00:00Z")
MEANT = (("ALERT_GRID_EMERGENCY", "eea3"), ("ALERT_POSSIBLE_OUTAGE", "eea1"))


def event(
    *starts: str,
    id_: str = "7",
    at: str = "2026-06-01T10:00:00Z",
    kind: str = MEANT[0][0],
    program: str = "44",
) -> dict[str, Any]:
    return {
        "id": id_,
        "programID": program,
        "modificationDateTime": at,
        "intervals": [
            {
                "id": n,
                "intervalPeriod": {"start": start, "duration": "PT0S"},
                "payloads": [{"type": kind, "values": ["x"]}],
            }
            for n, start in enumerate(starts)
        ],
    }


def poll(
    value: Any, known: Known | None = None, at: str | None = "2026-06-01T13:00:00Z", **said: Any
) -> SettledAlerts:
    options = EventOptions("s1", **{"alerts": MEANT, "at": at, "authority": "SOCO", **said})
    return settled(known or {}, events.read(json.dumps(value).encode(), "poll.json", options))


def lines(found: SettledAlerts) -> list[str]:
    """What would be recorded, without ids and sources."""
    said = [format_claim(claim).partition(" source=")[0] for claim in found.reading.claims]
    return [
        " ".join(word for word in line.split(" ") if not word.startswith(("id=", "corrects=")))
        for line in said
    ]


LISTED = [event("2026-06-02T10:00:00Z")]
MOVED = [event("2026-06-02T11:00:00Z", at="2026-06-01T12:00:00Z")]


def test_an_alert_not_known_is_declared_as_it_is() -> None:
    assert lines(poll(LISTED)) == ["2026-06-02T10:00Z ba-SOCO grid-condition-declared state=eea3"]


def test_read_again_nothing_changes() -> None:
    again = poll(LISTED, poll(LISTED).known)
    assert (lines(again), again.reading.unchanged) == ([], 1)


def test_an_alert_that_is_put_off_corrects_what_was_declared() -> None:
    first = poll(LISTED)
    (claim,) = poll(MOVED, first.known).reading.claims
    assert (claim.at, claim.corrects, claim.reason) == (
        "2026-06-02T11:00:00Z",
        (str(first.reading.claims[0].id),),
        "the alert was edited",
    )


def test_an_alert_that_means_another_state_now_corrects_what_was_declared() -> None:
    found = poll(LISTED, poll(LISTED).known, alerts=(("ALERT_GRID_EMERGENCY", "eea2"),))
    assert lines(found) == [
        '2026-06-02T10:00Z ba-SOCO grid-condition-declared state=eea2 reason="the alert was edited"'
    ]


def test_an_older_version_is_passed_over_and_said() -> None:
    found = poll(LISTED, poll(MOVED).known)
    assert (lines(found), found.reading.notes[-1:]) == (
        [],
        (
            (
                "poll.json: event '7' of 2026-06-01T10:00:00Z is older than what is recorded, of"
                " 2026-06-01T12:00:00Z"
            ),
        ),
    )


def test_an_alert_that_is_gone_before_it_began_is_retracted() -> None:
    assert lines(poll([], poll(LISTED).known)) == [
        '2026-06-01T13:00Z ba-soco event-retracted class=grid reason="no longer listed"'
    ]


def test_an_alert_that_is_gone_after_it_began_stood() -> None:
    assert lines(poll([], poll(LISTED).known, at="2026-06-02T10:00:00Z")) == []


def test_an_interval_that_is_gone_before_it_began_is_retracted() -> None:
    known = poll([event("2026-06-02T10:00:00Z", "2026-06-03T10:00:00Z")]).known
    found = poll([event("2026-06-03T10:00:00Z", at="2026-06-01T11:00:00Z")], known)
    assert lines(found) == [
        '2026-06-01T13:00Z ba-soco event-retracted class=grid reason="its interval is no longer in the event"'
    ]


def test_an_alert_whose_event_holds_none_any_more_is_retracted() -> None:
    assert lines(poll([event()], poll(LISTED).known)) == [
        '2026-06-01T13:00Z ba-soco event-retracted class=grid reason="its interval is no longer in the event"'
    ]


def test_when_an_alert_was_gone_must_be_said() -> None:
    (problem,) = poll([], poll(LISTED).known, at=None).reading.problems
    assert (
        problem.message == "ALERT_GRID_EMERGENCY of event '7' no longer listed: when is not known: add --at"
        " 2026-07-14T18:00Z, when the list was read"
    )


def test_an_alert_that_comes_back_is_declared_again() -> None:
    gone = poll([], poll(LISTED).known)
    back = poll(LISTED, gone.known, at="2026-06-01T14:00:00Z")
    assert lines(back) == ["2026-06-02T10:00Z ba-SOCO grid-condition-declared state=eea3"]


def test_a_list_from_before_it_was_gone_brings_nothing_back() -> None:
    found = poll(LISTED, poll([], poll(LISTED).known).known, at="2026-06-01T12:30:00Z")
    assert (lines(found), found.reading.notes[-1:]) == (
        [],
        ("poll.json: event '7' was listed before it was gone at 2026-06-01T13:00:00Z",),
    )


def test_a_list_of_another_server_or_program_takes_nothing_back() -> None:
    known = poll(LISTED).known
    others = poll([], known, vtn="other"), poll([], known, programs=(("45", "interruptible"),))
    assert [lines(found) for found in others] == [[], []]


def test_a_list_from_before_an_alert_was_there_takes_nothing_back() -> None:
    assert lines(poll([], poll(LISTED).known, at="2026-06-01T09:00:00Z")) == []


def test_an_alert_that_nothing_is_said_for_this_time_stays() -> None:
    assert lines(poll(LISTED, poll(LISTED).known, alerts=())) == []


words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)


@given(
    vtn=st.from_regex(r"[a-z0-9]{1,8}", fullmatch=True),
    names=st.tuples(words, words, words),
    version=st.none(),
)
def test_what_a_reference_names_is_read_back(vtn: str, names: tuple[str, str, str], version: None) -> None:
    alert = Alert(vtn, *names)
    assert [alert_of(alert.ref(one)) for one in (version, "2026-06-01T10:00:00Z")] == [
        (alert, None),
        (alert, "2026-06-01T10:00:00Z"),
    ]


plans = st.lists(
    st.dictionaries(
        st.sampled_from("ab"), st.lists(st.integers(0, 40), min_size=1, max_size=3, unique=True).map(sorted)
    ),
    min_size=1,
    max_size=6,
)


@given(plan=plans, again=st.randoms(use_true_random=False))
def test_after_any_polls_the_book_says_what_was_listed_last_and_old_polls_change_nothing(
    plan: list[dict[str, list[int]]], again: Any
) -> None:
    """Every hour the server lists some events with the hours at which their alert begins, edited at that hour
    if they are others than before.
    """
    polls, versions = [], {}
    known: Known = {}
    for n, listed in enumerate(plan):
        at = format_instant(NOON_S + 3600 * n)
        for id_, hours in listed.items():
            if versions.get(id_, (None, None))[0] != hours or (n and id_ not in plan[n - 1]):
                versions[id_] = (hours, at)
        value = [
            event(*(format_instant(NOON_S + 3600 * hour + 1) for hour in hours), id_=id_, at=versions[id_][1])
            for id_, hours in sorted(listed.items())
        ]
        polls.append((value, at))
        known = poll(value, known, at=at).known
        stands = {
            (alert.event, one.at) for alert, some in known.items() for one in some if one.gone_at is None
        }
        ahead = {pair for pair in stands if pair[1] > at}
        wanted = {
            (id_, format_instant(NOON_S + 3600 * h + 1)) for id_, hours in listed.items() for h in hours
        }
        assert wanted <= stands
        assert ahead <= wanted
    again.shuffle(polls)
    assert [lines(poll(value, known, at=at)) for value, at in polls] == [[]] * len(polls)
