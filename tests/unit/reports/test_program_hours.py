"""Program hours against the published terms of an interruptible agreement (12 hours a fiscal year, October to
September) and edges.
"""

from __future__ import annotations

import pytest

from projections.reports.program_hours import REPORT
from tests.support.report_answers import answer, lines
from tests.support.story_facts import told

SITE = """
2025-01-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=TVA utility=U parcels=[] site_class=mining-only
2025-01-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=11MW feeds=[]
2025-01-02T00:00Z s1 program-enrolled program=ip30 operator=TVA agreement=A blocks=[m1] meters=[] method=firm-service-level firm_service_level=1MW committed=10MW notice=30min response=30min called_max=12h events_max=3 tests_per_year=1 program_year_start=10-01 tz=America/Chicago capped=false adjustment=none holidays=[]
"""
CALL = (
    "{at} s1 dispatch-notified dispatch={name} program=ip30 dispatch_class={kind} mode=reduce-to target=1MW"
    " start={start}{stop}\n"
)


def call(name: str, start: str, stop: str | None, kind: str = "emergency") -> str:
    end = f" stop={stop}" if stop else ""
    return CALL.format(at="2025-06-01T00:00Z", name=name, kind=kind, start=start, stop=end)


def year(text: str, first: str = "2025-10-01", period: str = "2026") -> dict[str, object]:
    return lines(REPORT, SITE + text, period)[f"ip30/{first}/s1"]


def test_hours_of_a_year_their_cap_and_what_is_left() -> None:
    """Four hours in January and three in July: 7 of 12."""
    text = call("a", "2026-01-24T11:00Z", "2026-01-24T15:00Z") + call(
        "b", "2026-07-08T18:00Z", "2026-07-08T21:00Z"
    )
    found = year(text)
    assert {
        n: found[n] for n in ("events_called", "called_s", "cap_s", "left_s", "tests_due", "last_test_passed")
    } == {
        "events_called": 2,
        "called_s": 7 * 3600,
        "cap_s": 12 * 3600,
        "left_s": 5 * 3600,
        "tests_due": 1,
        "last_test_passed": None,
    }


def test_overlapping_calls_count_each_hour_once() -> None:
    text = call("a", "2026-01-24T11:00Z", "2026-01-24T15:00Z") + call(
        "b", "2026-01-24T14:00Z", "2026-01-24T16:00Z"
    )
    assert year(text)["called_s"] == 5 * 3600


def test_a_release_ends_a_call_before_its_stop() -> None:
    text = (
        call("a", "2026-01-24T11:00Z", "2026-01-24T15:00Z")
        + "2026-01-24T12:00Z s1 dispatch-released dispatch=a\n"
    )
    assert year(text)["called_s"] == 3600


@pytest.mark.parametrize(
    ("cancelled", "events", "hours"),
    [("2026-01-24T10:59Z", 0, 0), ("2026-01-24T12:00Z", 1, 1)],
)
def test_a_call_cancelled_before_it_started_did_not_take_place(
    cancelled: str, events: int, hours: int
) -> None:
    text = (
        call("a", "2026-01-24T11:00Z", "2026-01-24T15:00Z")
        + f"{cancelled} s1 dispatch-cancelled dispatch=a\n"
    )
    assert (year(text)["events_called"], year(text)["called_s"]) == (events, hours * 3600)


def test_tests_are_no_calls_and_one_recorded_is_no_longer_due() -> None:
    text = call("t", "2026-03-01T11:00Z", "2026-03-01T12:00Z", "test")
    text += "2026-03-01T12:00Z s1 program-test-recorded program=ip30 passed=true power=10MW\n"
    found = year(text)
    assert (found["called_s"], found["tests_due"], found["last_test_passed"]) == (0, 0, True)


def test_a_call_over_the_years_turn_is_divided_by_the_clock_of_the_programs_zone() -> None:
    """1 October 2026 begins in Chicago at 05:00 UTC: one hour before, two after."""
    text = call("a", "2026-10-01T04:00Z", "2026-10-01T07:00Z")
    found = [
        year(text, first, "2026-10-01T04:00Z/2026-12-01T00:00Z")["called_s"]
        for first in ("2025-10-01", "2026-10-01")
    ]
    assert found == [3600, 7200]


def test_hours_and_events_beyond_the_cap_are_counted_and_noted() -> None:
    text = "".join(call(f"d{n}", f"2026-01-{20 + n}T10:00Z", f"2026-01-{20 + n}T14:00Z") for n in range(4))
    found = answer(REPORT, told(SITE + text), "2026-09")
    assert found.notes == (
        "s1/ip30, year from 2025-10-01: 16h called, beyond the cap of 12h",
        "s1/ip30, year from 2025-10-01: 4 events called, beyond the cap of 3 events",
    )


def test_amended_terms_hold_from_their_start() -> None:
    amended = (
        "2026-02-01T00:00Z s1 program-terms-amended program=ip30 start=2026-05-01T00:00Z called_max=20h\n"
    )
    found = [
        year(amended, period=f"2026-01-01T00:00Z/{end}T00:00Z")["cap_s"]
        for end in ("2026-05-01", "2026-05-02")
    ]
    assert found == [12 * 3600, 20 * 3600]


def test_an_open_call_runs_to_as_of() -> None:
    assert (
        year(call("a", "2026-01-24T11:00Z", None), period="2026-01-01T00:00Z/2026-01-24T13:30Z")["called_s"]
        == 9000
    )


def test_an_amendment_said_after_the_window_is_not_seen_however_far_it_reaches_back() -> None:
    """On 1 February 20 hours are agreed from 1 January on: as of 31 January the cap is 12."""
    amended = (
        "2026-02-01T09:00Z s1 program-terms-amended program=ip30 start=2026-01-01T00:00Z called_max=20h\n"
    )
    caps = [
        year(amended, period=f"2026-01-01T00:00Z/2026-{stop}T00:00Z")["cap_s"] for stop in ("01-31", "02-02")
    ]
    assert caps == [12 * 3600, 20 * 3600]
