"""Alerts of a server without history: edited ones correct what was declared, those gone before they began are
retracted, those gone while in force end; read again, nothing changes.
"""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ledger.calendar import format_instant, instant_s
from ledger.exchange.openadr import events
from ledger.exchange.openadr.alerts import Alert, Declared, alert_of, declared_of
from ledger.exchange.openadr.event_options import EventOptions
from ledger.exchange.openadr.gone_alerts import Known, gone_at
from ledger.exchange.openadr.sync_alerts import SettledAlerts, settled
from ledger.exchange.story import format_claim
from ledger.kinds import GridNoticePublished
from ledger.records.envelope import Claim
from tests.support.story_facts import body_of

NOON_S = instant_s("2026-06-01T12:00:00Z")
MEANT = (("ALERT_GRID_EMERGENCY", "eea3"), ("ALERT_POSSIBLE_OUTAGE", "eea1"))


def event(
    *starts: str,
    id_: str = "7",
    at: str = "2026-06-01T10:00:00Z",
    kind: str = MEANT[0][0],
    program: str = "44",
    length: str = "PT0S",
    **more: Any,
) -> dict[str, Any]:
    return {
        "id": id_,
        "programID": program,
        "modificationDateTime": at,
        **more,
        "intervals": [
            {
                "id": n,
                "intervalPeriod": {"start": start, "duration": length},
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


def test_an_alert_that_is_gone_when_it_begins_is_retracted() -> None:
    assert lines(poll([], poll(LISTED).known, at="2026-06-02T10:00:00Z")) == [
        '2026-06-02T10:00Z ba-soco event-retracted class=grid reason="no longer listed"'
    ]


NOTICE = "notice=adr-7-grid-emergency-2026-06-02t10-00-00z state=eea3"
WORDING = "wording=ALERT_GRID_EMERGENCY"


def ending(at: str, stop: str) -> str:
    """The notice of the alert until an instant."""
    return f"{at} ba-SOCO grid-notice-published {NOTICE} start=2026-06-02T10:00Z stop={stop} {WORDING}"


def test_an_alert_without_end_that_is_gone_in_force_ends_at_the_time_of_the_list() -> None:
    """It holds until its event is deleted; the list that lacks it says that it is."""
    assert lines(poll([], poll(LISTED).known, at="2026-06-02T11:30:00Z")) == [
        '2026-06-02T11:30Z ba-soco event-retracted class=grid reason="no longer listed"',
        ending("2026-06-02T10:00Z", "2026-06-02T11:30Z"),
    ]


LASTING = [event("2026-06-02T10:00:00Z", length="PT4H")]


def test_an_alert_that_states_its_end_is_a_notice_with_start_and_stop() -> None:
    assert lines(poll(LASTING)) == [ending("2026-06-02T10:00Z", "2026-06-02T14:00Z")]


def test_a_notice_is_published_when_its_alert_was_created() -> None:
    created = [event("2026-06-02T10:00:00Z", length="PT4H", createdDateTime="2026-06-01T09:15:00Z")]
    assert lines(poll(created)) == [ending("2026-06-01T09:15Z", "2026-06-02T14:00Z")]


def test_an_alert_with_an_end_read_again_changes_nothing() -> None:
    again = poll(LASTING, poll(LASTING).known)
    assert (lines(again), again.reading.unchanged) == ([], 1)


def test_an_end_that_is_put_off_corrects_the_notice() -> None:
    first = poll(LASTING)
    (claim,) = poll(
        [event("2026-06-02T10:00:00Z", at="2026-06-02T12:00:00Z", length="PT6H")], first.known
    ).reading.claims
    assert (body_of(claim, GridNoticePublished).stop, claim.corrects, claim.reason) == (
        "2026-06-02T16:00:00Z",
        (str(first.reading.claims[0].id),),
        "the alert was edited",
    )


def test_an_alert_that_gets_an_end_is_a_notice_in_place_of_the_declaration() -> None:
    """A correction keeps the kind of its record, so that the declaration is retracted."""
    edited = [event("2026-06-02T10:00:00Z", at="2026-06-02T12:00:00Z", length="PT4H")]
    assert lines(poll(edited, poll(LISTED).known, at="2026-06-02T12:05:00Z")) == [
        '2026-06-02T12:05Z ba-soco event-retracted class=grid reason="the alert was edited"',
        ending("2026-06-02T10:00Z", "2026-06-02T14:00Z"),
    ]


def test_an_alert_that_loses_its_end_is_a_declaration_in_place_of_the_notice() -> None:
    edited = [event("2026-06-02T10:00:00Z", at="2026-06-02T12:00:00Z")]
    assert lines(poll(edited, poll(LASTING).known, at="2026-06-02T12:05:00Z")) == [
        '2026-06-02T12:05Z ba-soco event-retracted class=grid reason="the alert was edited"',
        "2026-06-02T10:00Z ba-SOCO grid-condition-declared state=eea3",
    ]


def test_a_notice_that_is_gone_in_force_stops_at_the_time_of_the_list() -> None:
    assert lines(poll([], poll(LASTING).known, at="2026-06-02T11:30:00Z")) == [
        f'{ending("2026-06-02T10:00Z", "2026-06-02T11:30Z")} reason="no longer listed"'
    ]


def test_a_notice_that_is_gone_after_its_end_stays_as_it_is() -> None:
    assert lines(poll([], poll(LASTING).known, at="2026-06-02T14:00:00Z")) == []


def test_an_old_list_does_not_begin_again_what_a_later_one_ended() -> None:
    ended = poll([], poll(LASTING).known, at="2026-06-02T11:30:00Z")
    found = poll(LASTING, ended.known, at="2026-06-02T11:00:00Z")
    assert (lines(found), found.reading.notes[-1:]) == (
        [],
        ("poll.json: event '7' was listed before it was gone at 2026-06-02T11:30:00Z",),
    )


def test_of_two_intervals_with_one_start_the_longer_holds() -> None:
    two = event("2026-06-02T10:00:00Z", "2026-06-02T10:00:00Z", length="PT4H")
    two["intervals"][0]["intervalPeriod"]["duration"] = "PT1H"
    assert lines(poll([two])) == [ending("2026-06-02T10:00Z", "2026-06-02T14:00Z")]


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


def test_an_old_list_says_nothing_new_after_its_alert_ended() -> None:
    """The second hour is put off by an edit, then the alert is gone while its first hour is in force. What ended
    has the version of the old list, and what was put off has a newer one.
    """
    begun, later = "2026-06-01T12:00:01Z", "2026-06-01T13:00:01Z"
    first = [event(begun, later, at="2026-06-01T12:00:00Z")]
    known = poll(first, at="2026-06-01T12:00:00Z").known
    put_off = [event(begun, "2026-06-01T14:00:01Z", at="2026-06-01T13:00:00Z")]
    known = poll(put_off, known, at="2026-06-01T13:00:00Z").known
    known = poll([], known, at="2026-06-01T14:00:00Z").known
    assert lines(poll(first, known, at="2026-06-01T12:00:00Z")) == []


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


def of_book(claims: list[Claim]) -> Known:
    """The conditions as a book that holds the claims has them."""
    gone = {
        target: gone_at(claim.at, claim.body, claim.reason)
        for claim in claims
        for target in claim.corrects or ()
    }
    found: dict[Alert, tuple[Declared, ...]] = {}
    for claim in claims:
        said = declared_of(str(claim.id), claim.at, claim.body, claim.source, gone.get(str(claim.id)))
        if said is not None:
            found[said[0]] = (*found.get(said[0], ()), said[1])
    return found


@given(
    plan=plans,
    lengths=st.lists(st.sampled_from(["PT0S", "PT3H", "PT7H"]), min_size=6, max_size=6),
    again=st.randoms(use_true_random=False),
)
def test_after_any_polls_the_book_says_what_was_listed_last_and_old_polls_change_nothing(
    plan: list[dict[str, list[int]]], lengths: list[str], again: Any
) -> None:
    """Every hour the server lists some events with the hours at which their alert begins and how long it lasts,
    edited at that hour if they are others than before.
    """
    polls: list[tuple[Any, str]] = []
    versions: dict[str, tuple[tuple[list[int], str], str]] = {}
    claims: list[Claim] = []
    known: Known = {}
    for n, listed in enumerate(plan):
        at = format_instant(NOON_S + 3600 * n)
        for id_, hours in listed.items():
            said = hours, lengths[n]
            if versions.get(id_, (None, None))[0] != said or (n and id_ not in plan[n - 1]):
                versions[id_] = (said, at)
        value = [
            event(
                *(format_instant(NOON_S + 3600 * hour + 1) for hour in hours),
                id_=id_,
                at=versions[id_][1],
                length=lengths[n],
            )
            for id_, hours in sorted(listed.items())
        ]
        polls.append((value, at))
        found = poll(value, known, at=at)
        claims += found.reading.claims
        known = found.known
        assert known == of_book(claims)
        stands = {(alert.event, one) for alert, some in known.items() for one in some if one.gone_at is None}
        begins = {(id_, one.at) for id_, one in stands}
        now_or_ahead = {(id_, one.at) for id_, one in stands if one.stop is None or one.stop > at}
        wanted = {
            (id_, format_instant(NOON_S + 3600 * h + 1)) for id_, hours in listed.items() for h in hours
        }
        assert wanted <= begins
        assert now_or_ahead <= wanted
    again.shuffle(polls)
    assert [lines(poll(value, known, at=at)) for value, at in polls] == [[]] * len(polls)
