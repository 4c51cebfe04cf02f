"""The workings of a baseline, by hand: two weeks of flat days, a call on 14 July at 14:00, notified at noon."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from projections.engine.fold import replay
from projections.engine.report import Scope, Workings
from projections.figures.baseline_workings import workings
from projections.figures.dispatch_response import answered, seen
from projections.reports.dispatch_performance import REPORT
from tests.support.report_answers import between
from tests.support.story_facts import told

SITE = """
2026-05-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[] site_class=mining-only
2026-05-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=110MW feeds=[]
2026-05-01T00:00Z s1 meter-registered meter=r scope=site role=revenue direction=delivered interval=1h
2026-07-14T16:00Z s1 dispatch-notified dispatch=d program=p dispatch_class=emergency mode=reduce-by target=30MW start=2026-07-14T18:00Z stop=2026-07-14T19:00Z
"""
PROGRAM = (
    "2026-05-02T00:00Z s1 program-enrolled program=p operator=O agreement=A blocks=[m1] meters=[r] method={}"
    " notice=30min response=10min program_year_start=06-01 tz=America/New_York capped=false adjustment={}"
    " holidays=[2026-07-03]\n"
)
OWN = (
    "2026-06-01T00:00Z s1 program-baseline-set program=p start=2026-06-02T04:00Z day_types=two {}"
    ' adjustment_window=2h adjustment_gap=1h rule="tariff 2026"\n'
)
ADDED = "symmetric-additive adjustment_window=2h adjustment_gap=1h adjustment_cap=20%"
FLAT = dict.fromkeys(range(1, 14), 50)


def read(start: str, *megawatts: int) -> str:
    values, quality = (",".join(map(str, each)) for each in (megawatts, [17] * len(megawatts)))
    return (
        f"{start} s1 intervals-recorded meter=r start={start} interval=1h power_of_ten=6 values=[{values}]"
        f" quality=[{quality}]\n"
    )


def shown(terms: str, days: Mapping[int, int] = FLAT, morning: int = 50) -> list[Workings]:
    """What explain shows of the call; ``days`` are the days of July with their load in MW."""
    history = "".join(read(f"2026-07-{day:02}T04:00Z", *[load] * 20) for day, load in days.items())
    event = read("2026-07-14T13:00Z", *[morning] * 5, 20)
    rows = replay(told(SITE + terms + history + event), REPORT.row_kinds)
    scope = Scope(between("2026-07-14T00:00Z/2026-07-16T00:00Z"), ("s1",), (), "UTC", {"s1": "UTC"})
    of = seen(rows, scope)
    one = answered("s1", "d", of)
    assert one is not None
    return list(workings(one, of))


def by(method: str, adjustment: str = "none") -> str:
    return PROGRAM.format(method, adjustment)


def own(said: str) -> str:
    return by("meter-before-after") + OWN.format(said)


def test_each_day_that_was_looked_at_says_what_it_used_and_why_it_is_taken() -> None:
    """Of the last five like days the four with most energy; 11 and 12 July are a weekend."""
    (found,) = shown(by("baseline-high-4-of-5"), FLAT | {9: 40})
    assert found.rows == (
        ("2026-07-13", True, "like day", 50_000_000, 50_000_000),
        ("2026-07-12", False, "weekend", None, None),
        ("2026-07-11", False, "weekend", None, None),
        ("2026-07-10", True, "like day", 50_000_000, 50_000_000),
        ("2026-07-09", False, "less energy than those taken", 40_000_000, 40_000_000),
        ("2026-07-08", True, "like day", 50_000_000, 50_000_000),
        ("2026-07-07", True, "like day", 50_000_000, 50_000_000),
    )


def test_the_columns_are_the_clock_hours_of_the_program() -> None:
    (found,) = shown(by("baseline-high-4-of-5"))
    assert [column.name for column in found.columns] == ["day", "taken", "why", "hour_14_w", "energy_wh"]


@pytest.mark.parametrize(
    ("terms", "says"),
    [
        (
            by("baseline-high-4-of-5"),
            "7 days were looked at, the latest first, until 5 like days were found; the 4 with most energy are"
            " taken, on the clocks of America/New_York.",
        ),
        (
            own("taken_days=2 like_days=3 take=lowest adjustment=none"),
            "5 days were looked at, the latest first, until 3 like days were found; the 2 with least energy are"
            " taken, on the clocks of America/New_York.",
        ),
        (
            own("taken_days=1 like_days=3 take=middle adjustment=none"),
            "5 days were looked at, the latest first, until 3 like days were found; the 1 in the middle by energy"
            " is taken, on the clocks of America/New_York.",
        ),
        (
            own("taken_days=3 like_days=3 take=latest adjustment=none"),
            "5 days were looked at, the latest first, until 3 like days were found; all of them are taken, on the"
            " clocks of America/New_York.",
        ),
        (
            own("taken_days=3 like_days=20 least_days=2 look_back_days=6 take=highest adjustment=none"),
            "6 days were looked at, the latest first, and 4 like days were found, of 20 looked for; the 3 with most"
            " energy are taken, on the clocks of America/New_York.",
        ),
        (by("baseline-10-of-10"), "There is no baseline: 8 like days, not 10, in the 60 days before."),
    ],
)
def test_a_sentence_says_how_many_days_were_looked_at_and_which_are_taken(terms: str, says: str) -> None:
    (found,) = shown(terms)
    assert found.says == says


BESIDE = "From 2026-07-14 09:00 to 2026-07-14 11:00 the load was "


def adjusted(terms: str, morning: int) -> Workings:
    """The table of the adjustment; the like days have 50 MW, and the two hours end an hour before the notification."""
    _, found = shown(terms, morning=morning)
    return found


def test_the_load_before_the_notification_is_set_beside_that_of_the_like_days() -> None:
    assert adjusted(by("baseline-high-4-of-5", ADDED), 56).rows == (
        ("2026-07-14 09:00", 56_000_000, 50_000_000, 6_000_000),
        ("2026-07-14 10:00", 56_000_000, 50_000_000, 6_000_000),
    )


@pytest.mark.parametrize(
    ("terms", "morning", "says"),
    [
        (
            by("baseline-high-4-of-5", ADDED),
            56,
            "6 MW above that of the like days on average. The cap is 10 MW up or down, 20 % of the mean baseline"
            " without it, so 6 MW is added to every interval.",
        ),
        (
            by("baseline-high-4-of-5", ADDED),
            30,
            "20 MW below that of the like days on average. The cap is 10 MW up or down, 20 % of the mean baseline"
            " without it, so 10 MW is taken off every interval.",
        ),
        (
            own("taken_days=4 like_days=5 take=highest adjustment=additive"),
            56,
            "6 MW above that of the like days on average. There is no cap, so 6 MW is added to every interval.",
        ),
        (
            own("taken_days=4 like_days=5 take=highest adjustment=additive adjustment_up=10%"),
            56,
            "6 MW above that of the like days on average. The cap is 5 MW up, so 5 MW is added to every interval.",
        ),
        (
            own("taken_days=4 like_days=5 take=highest adjustment=additive adjustment_down=10%"),
            30,
            "20 MW below that of the like days on average. The cap is 5 MW down, so 5 MW is taken off every interval.",
        ),
        (
            own(
                "taken_days=4 like_days=5 take=highest adjustment=additive adjustment_up=20% adjustment_down=0%"
            ),
            30,
            "20 MW below that of the like days on average. The cap is 10 MW up and 0 W down, so 0 W is taken off"
            " every interval.",
        ),
        (
            own(
                "taken_days=4 like_days=5 take=highest adjustment=multiplicative adjustment_up=20% adjustment_down=20%"
            ),
            56,
            "6 MW above that of the like days on average. The cap is 10 MW up or down, 20 % of the like days' mean,"
            " so every interval is 112 % of the like days.",
        ),
    ],
)
def test_a_sentence_says_what_the_adjustment_found_its_cap_and_what_it_changes(
    terms: str, morning: int, says: str
) -> None:
    assert adjusted(terms, morning).says == BESIDE + says


def test_the_intervals_that_a_baseline_is_the_mean_of_are_shown_with_it() -> None:
    """The hour before the start; no day is looked at."""
    (found,) = shown(by("meter-before-after", "none baseline_intervals=2"), morning=50)
    assert (found.says, found.rows) == (
        "Their mean by time is 50 MW.",
        (("2026-07-14 12:00", 50_000_000), ("2026-07-14 13:00", 50_000_000)),
    )


@pytest.mark.parametrize("terms", [by("firm-service-level", "none firm_service_level=20MW"), ""])
def test_where_nothing_is_measured_from_a_baseline_there_are_no_workings(terms: str) -> None:
    assert shown(terms) == []
