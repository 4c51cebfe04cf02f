"""The demand of a month by the contract's interval, and the power that a ramp asks for on a day."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from ledger.calendar import Window
from ledger.kinds import LoadRampAgreed
from projections.figures.large_load_contracts import terms_of
from projections.figures.metered_load import MeteredLoad
from projections.figures.minimum_take import demand_w

HOUR = 3600
DAY = Window(0, 24 * HOUR)


def load(*watts: int, seconds: int = 900, start_s: int = 0) -> MeteredLoad:
    """Mean powers of intervals that follow each other."""
    starts = [start_s + n * seconds for n in range(len(watts))]
    many = len(watts)
    return MeteredLoad(starts, [s + seconds for s in starts], [w * seconds for w in watts], [seconds] * many)


@pytest.mark.parametrize(
    ("some", "interval_s", "found"),
    [
        (load(4, 8, 6, 2), None, (Fraction(8), None)),
        (load(4, 8, 6, 2), 900, (Fraction(8), None)),
        (load(4, 8, 6, 2), 1800, (Fraction(6), None)),
        (load(4, 8, 6, 2), 3600, (Fraction(5), None)),
        (load(4, 8, 6, 2), 300, (Fraction(8), 900)),
        (load(4, 8, 9), 1800, (Fraction(6), None)),
        (load(4), 1800, (None, None)),
        (load(), 900, (None, None)),
        (load(), None, (None, None)),
        (load(*[1] * 94, 8, 6), 1800, (Fraction(7), None)),
        (load(9, 9, 4, 4, start_s=900), 1800, (Fraction(13, 2), None)),
    ],
    ids=[
        "no interval is agreed",
        "readings of its length",
        "two readings make one",
        "four make one",
        "readings that are longer",
        "one is left over",
        "no whole interval",
        "no reading",
        "no reading and no interval",
        "the last of the day",
        "intervals of the clock",
    ],
)
def test_demand_is_the_highest_mean_over_the_contracts_interval(
    some: MeteredLoad, interval_s: int | None, found: tuple[Fraction | None, int | None]
) -> None:
    """Quarter-hours in W; readings longer than the interval are taken as they are, and their length is told."""
    assert demand_w(some, DAY, interval_s) == found


AGREED = LoadRampAgreed(
    site="s1",
    agreement="A",
    tariff="other",
    steps_on=("2026-01-01", "2026-07-01"),
    steps_w=(100, 200),
    minimum_ppm=850_000,
    ends_on="2026-12-31",
)


@pytest.mark.parametrize(
    ("day", "power_w", "minimum_w"),
    [
        (date(2025, 12, 31), None, None),
        (date(2026, 1, 1), 100, Fraction(85)),
        (date(2026, 6, 30), 100, Fraction(85)),
        (date(2026, 7, 1), 200, Fraction(170)),
        (date(2026, 12, 31), 200, Fraction(170)),
        (date(2027, 1, 1), None, None),
    ],
)
def test_a_ramp_asks_for_the_power_of_its_step_until_its_last_day(
    day: date, power_w: int | None, minimum_w: Fraction | None
) -> None:
    """100 W from January 1, 2026, 200 W from July 1, until December 31; 85 % of it are billed at least."""
    terms = terms_of(AGREED)
    assert (terms.power_w(day), terms.minimum_w(day)) == (power_w, minimum_w)


@pytest.mark.parametrize(
    ("day", "step"),
    [
        (date(2025, 12, 31), (date(2026, 1, 1), 100)),
        (date(2026, 1, 1), (date(2026, 7, 1), 200)),
        (date(2026, 6, 30), (date(2026, 7, 1), 200)),
        (date(2026, 7, 1), None),
    ],
)
def test_the_next_step_is_the_first_after_a_day(day: date, step: tuple[date, int] | None) -> None:
    assert terms_of(AGREED).next_step(day) == step
