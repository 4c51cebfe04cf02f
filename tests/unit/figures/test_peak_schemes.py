"""Schemes of coincident peaks: to which period a day belongs, and when it is over."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from projections.figures.peak_schemes import SCHEMES, PeakScheme, peaks_of
from projections.rows.fact_rows import fact_of
from tests.support.story_facts import told


def scheme(months: tuple[int, ...], per: Any = "season", peaks: int = 1) -> PeakScheme:
    return PeakScheme("x", months, per, peaks, 3600, "Etc/GMT+5", "a tariff")


WINTER = scheme((12, 1, 2))
LATE = scheme((11, 12, 1))
SUMMER = scheme((6, 7, 8, 9))
MONTHLY = scheme((6, 7, 8, 9), "month")


@pytest.mark.parametrize(
    ("one", "day", "period", "over_on"),
    [
        (WINTER, date(2026, 12, 15), "2026", date(2027, 3, 1)),
        (WINTER, date(2027, 1, 31), "2026", date(2027, 3, 1)),
        (WINTER, date(2027, 2, 28), "2026", date(2027, 3, 1)),
        (LATE, date(2026, 11, 1), "2026", date(2027, 2, 1)),
        (LATE, date(2027, 1, 31), "2026", date(2027, 2, 1)),
        (SUMMER, date(2026, 6, 1), "2026", date(2026, 10, 1)),
        (SUMMER, date(2026, 9, 30), "2026", date(2026, 10, 1)),
        (MONTHLY, date(2026, 7, 31), "2026-07", date(2026, 8, 1)),
        (scheme(tuple(range(1, 13)), "month"), date(2026, 12, 31), "2026-12", date(2027, 1, 1)),
        (scheme(tuple(range(1, 13))), date(2026, 1, 1), "2026", date(2027, 1, 1)),
    ],
)
def test_a_season_is_named_by_the_year_of_its_first_month_and_ends_with_its_last(
    one: PeakScheme, day: date, period: str, over_on: date
) -> None:
    assert (one.period_of(day), one.over_on(day)) == (period, over_on)


@pytest.mark.parametrize(
    ("one", "day"),
    [(WINTER, date(2026, 11, 30)), (WINTER, date(2026, 3, 1)), (MONTHLY, date(2026, 10, 1))],
)
def test_a_day_outside_the_months_belongs_to_no_period(one: PeakScheme, day: date) -> None:
    assert one.period_of(day) is None


@pytest.mark.parametrize(
    ("one", "a_year"),
    [(WINTER, 1), (MONTHLY, 4), (scheme((6, 7, 8, 9), peaks=5), 5), (scheme((6, 7), "month", 3), 6)],
)
def test_a_year_has_the_peaks_of_each_month_or_of_the_season(one: PeakScheme, a_year: int) -> None:
    assert one.a_year == a_year


def test_a_table_of_the_published_schemes_has_four_five_and_twelve_peaks_a_year() -> None:
    found = {one.name: one.a_year for schemes in SCHEMES.values() for one in schemes}
    assert (found["ercot-4cp"], found["pjm-5cp"], found["spp-12cp"], found["miso-winter"]) == (4, 5, 12, 1)


def test_of_two_equal_hours_the_earliest_is_the_peak_and_a_day_has_one_of_a_season() -> None:
    """80 GW on July 2 at 20:00Z and 21:00Z and on July 1: the two peaks are of July 1 and of the earlier hour of the
    2nd; the 90 GW of an hour and a half are no interval of the scheme.
    """
    confirmed = "2026-10-01T00:00Z ba-PJM coincident-peak-confirmed start={} stop={} system={}GW\n"
    story = "".join(
        confirmed.format(f"2026-07-{start}:00Z", f"2026-07-{stop}:00Z", gigawatts)
        for start, stop, gigawatts in (
            ("02T21:00", "02T22:00", 80),
            ("02T20:00", "02T21:00", 80),
            ("01T20:00", "01T21:00", 80),
            ("03T20:00", "03T21:30", 90),
        )
    )
    found = peaks_of(scheme((6, 7), peaks=2), map(fact_of, told(story)))
    first, second = found
    assert ([one.rank for one in found], second.start_s - first.start_s) == ([1, 2], 86_400)
