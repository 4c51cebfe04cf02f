"""The load of a site at the same clock time on like days of a month."""

from __future__ import annotations

from fractions import Fraction

import pytest

from ledger.calendar import Window, instant_s, local_time, parse_instant, zone
from projections.engine.fold import replay
from projections.figures.like_hours import LikeDays, like_days, month_of, power_w, revenue_meters
from projections.figures.metered_load import MeteredLoad
from projections.rows.meters import METER
from tests.support.story_facts import told

NY = zone("America/New_York")
HOUR = 3600


def at(text: str) -> int:
    return instant_s(parse_instant(text))


def window(start: str, hours: int = 1) -> Window:
    return Window(at(start), at(start) + hours * HOUR)


MARCH = Window(at("2026-03-01T05:00Z"), at("2026-04-01T04:00Z"))


def clock_load(month: Window = MARCH, without: str = "") -> MeteredLoad:
    """As many watts in each hour as clocks in New York show; a day around the month, too."""
    starts = [
        s
        for s in range(month.start_s - 24 * HOUR, month.stop_s + 24 * HOUR, HOUR)
        if s != (without and at(without))
    ]
    watts = [local_time(s, NY).hour for s in starts]
    return MeteredLoad(starts, [s + HOUR for s in starts], [w * HOUR for w in watts], [HOUR] * len(starts))


@pytest.mark.parametrize(
    ("start", "days"),
    [
        ("2026-03-10T14:00Z", 21),
        ("2026-03-06T15:00Z", 21),
        ("2026-03-14T14:00Z", 8),
        ("2026-03-01T15:00Z", 8),
        ("2026-03-31T14:00Z", 21),
    ],
    ids=["a Tuesday", "the Friday before the clocks change", "a Saturday", "the first day", "the last day"],
)
def test_like_days_are_at_the_same_clock_time_on_days_of_the_type(start: str, days: int) -> None:
    """10 a.m. in New York, where clocks go forward on March 8, 2026: 10 W on every day. March has 22 working days and
    9 of the weekend, one of which is the day itself.
    """
    assert like_days(clock_load(), window(start), MARCH, (), NY) == LikeDays(Fraction(10), days)


@pytest.mark.parametrize(
    ("start", "hours", "days"),
    [("2026-03-31T04:00Z", 1, 21), ("2026-03-03T04:00Z", 1, 21), ("2026-03-02T05:00Z", 1, 21)],
    ids=["the first hour of a day", "the last hour of a day", "the first hour of the first working day"],
)
def test_the_first_and_the_last_hour_of_a_month_belong_to_it(start: str, hours: int, days: int) -> None:
    """From midnight of March 1 until that of April 1."""
    assert like_days(clock_load(), window(start, hours), MARCH, (), NY).days == days


def test_a_weekend_reaches_the_first_midnight_of_its_month() -> None:
    """March 1, 2026 is a Sunday: the hours after midnight of the other eight days of the weekend with it."""
    assert like_days(clock_load(), window("2026-03-07T05:00Z"), MARCH, (), NY).days == 8


def test_an_hour_that_reaches_beyond_the_month_is_no_like_hour() -> None:
    """From 11:30 p.m. to 12:30 a.m.: that of March 31, a Tuesday, ends in April; nor is that of the day itself one."""
    half_past = Window(at("2026-03-11T03:30Z"), at("2026-03-11T04:30Z"))
    assert like_days(clock_load(), half_past, MARCH, (), NY).days == 20


@pytest.mark.parametrize(
    ("left_out", "days"),
    [
        (("2026-03-11T13:00Z", 1), 21),
        (("2026-03-11T15:00Z", 1), 21),
        (("2026-03-11T14:59:59Z", 1), 20),
        (("2026-03-11T13:00:01Z", 1), 20),
        (("2026-03-11T00:00Z", 48), 19),
    ],
    ids=["over when it begins", "begins when it is over", "begins in it", "over in it", "of two days"],
)
def test_a_day_with_a_dispatch_or_a_peak_in_the_hour_is_left_out(
    left_out: tuple[str, int], days: int
) -> None:
    """10 to 11 a.m. of March 11 is 14:00Z to 15:00Z; the interval is of March 10."""
    found = like_days(clock_load(), window("2026-03-10T14:00Z"), MARCH, (window(*left_out),), NY)
    assert found.days == days


def test_a_day_without_a_reading_is_left_out() -> None:
    load = clock_load(without="2026-03-11T14:00Z")
    assert like_days(load, window("2026-03-10T14:00Z"), MARCH, (), NY).days == 20


def test_no_like_day_has_no_mean() -> None:
    assert like_days(MeteredLoad(), window("2026-03-10T14:00Z"), MARCH, (), NY) == LikeDays(None, 0)


def test_the_load_of_an_interval_is_its_mean() -> None:
    """10 W from 10 to 11 and 11 W until 12: 10.5 W; unknown where an hour has no reading."""
    two_hours = window("2026-03-10T14:00Z", 2)
    found = [power_w(load, two_hours) for load in (clock_load(), clock_load(without="2026-03-10T15:00Z"))]
    assert found == [Fraction(21, 2), None]


@pytest.mark.parametrize(
    ("start", "seen", "month"),
    [
        ("2026-03-10T14:00Z", "2027-01-01T00:00Z", MARCH),
        ("2026-03-01T05:00Z", "2027-01-01T00:00Z", MARCH),
        ("2026-04-01T03:59:59Z", "2027-01-01T00:00Z", MARCH),
        ("2026-03-10T14:00Z", "2026-03-20T00:00Z", Window(MARCH.start_s, at("2026-03-20T00:00Z"))),
    ],
)
def test_a_month_is_that_of_the_clocks_as_far_as_it_is_seen(start: str, seen: str, month: Window) -> None:
    assert month_of(at(start), NY, at(seen)) == month


def test_billing_meters_are_the_revenue_meters_of_the_site_for_delivered_energy() -> None:
    """Not those of a block, of the facility or of energy received, nor those of a neighbor or of tomorrow."""
    meter = "2026-0{}-01T00:00Z {} meter-registered meter={} scope={} role={} direction={} interval=1h\n"
    story = (
        meter.format(1, "s1", "a", "m1", "sub", "delivered")
        + meter.format(1, "s1", "b", "site", "facility", "delivered")
        + meter.format(1, "s1", "c", "site", "revenue", "received")
        + meter.format(1, "s0", "d", "site", "revenue", "delivered")
        + meter.format(1, "s1", "e", "site", "revenue", "delivered")
        + meter.format(2, "s1", "f", "site", "revenue", "delivered")
    )
    assert revenue_meters(replay(told(story), (METER,)), "s1", at("2026-02-01T00:00Z")) == ["e"]
