"""The load of meters: its intervals around an instant, its highest one, and the sum of several meters."""

from __future__ import annotations

from fractions import Fraction

import pytest

from ledger.calendar import Window
from projections.figures.metered_load import Interval, MeteredLoad, together
from projections.rows.meters import MeterReadings

HOUR = 3600


def hours(watts: dict[int, int]) -> MeteredLoad:
    """Mean power in W by the hour."""
    return load({hour * HOUR: (HOUR, power) for hour, power in watts.items()})


def load(readings: dict[int, tuple[int, int]]) -> MeteredLoad:
    """Length in seconds and mean power in W by the start."""
    starts = sorted(readings)
    lengths = [readings[at_s][0] for at_s in starts]
    stops = [at_s + length for at_s, length in zip(starts, lengths, strict=True)]
    return MeteredLoad(
        starts,
        stops,
        [length * readings[at_s][1] for at_s, length in zip(starts, lengths, strict=True)],
        lengths,
    )


def interval(hour: int, watts: int) -> Interval:
    return Interval(hour * HOUR, (hour + 1) * HOUR, Fraction(watts))


@pytest.mark.parametrize(
    ("power_of_ten", "watts"),
    [(0, Fraction(7)), (3, Fraction(7000)), (-1, Fraction(7, 10)), (-3, Fraction(7, 1000))],
)
def test_a_reading_is_its_value_times_its_power_of_ten_in_watt_hours(
    power_of_ten: int, watts: Fraction
) -> None:
    """7 in an hour."""
    readings = MeterReadings((0,), (HOUR,), (7,), (power_of_ten,), (HOUR,), (17,))
    assert [one.power_w for one in MeteredLoad.of(readings).all()] == [watts]


@pytest.mark.parametrize(
    ("instant_s", "count", "found"),
    [
        (3 * HOUR, 1, [interval(2, 30)]),
        (3 * HOUR, 2, [interval(1, 20), interval(2, 30)]),
        (3 * HOUR, 3, [interval(0, 10), interval(1, 20), interval(2, 30)]),
        (3 * HOUR, 4, []),
        (4 * HOUR - 1, 1, [interval(2, 30)]),
        (4 * HOUR, 1, []),
        (6 * HOUR, 1, [interval(5, 60)]),
        (6 * HOUR, 2, []),
        (HOUR - 1, 1, []),
    ],
    ids=["one", "two", "three", "more than there are", "the next is not over", "the next is missing", "after a gap", "across a gap", "none is over"],
)  # fmt: skip
def test_the_intervals_before_an_instant_follow_each_other_up_to_it(
    instant_s: int, count: int, found: list[Interval]
) -> None:
    """Hours 0, 1, 2 and 5 have readings."""
    assert hours({0: 10, 1: 20, 2: 30, 5: 60}).before(instant_s, count) == found


@pytest.mark.parametrize(
    ("instant_s", "found"),
    [
        (0, interval(1, 20)),
        (2 * HOUR - 1, interval(1, 20)),
        (2 * HOUR, interval(1, 20)),
        (4 * HOUR - 1, interval(1, 20)),
        (4 * HOUR, interval(3, 40)),
        (9 * HOUR, interval(3, 40)),
    ],
)
def test_the_nearest_interval_is_the_last_that_is_over_else_the_first(
    instant_s: int, found: Interval
) -> None:
    """Hours 1 and 3 have readings."""
    assert hours({1: 20, 3: 40}).nearest(instant_s) == found


def test_a_load_without_readings_has_no_interval() -> None:
    nothing = MeteredLoad()
    assert (nothing.nearest(0), nothing.before(0, 1), nothing.at(0, HOUR), nothing.longest_s) == (
        None,
        [],
        None,
        0,
    )


@pytest.mark.parametrize(
    ("start_s", "seconds", "found"),
    [
        (HOUR, HOUR, interval(1, 20)),
        (HOUR, HOUR - 1, None),
        (HOUR + 1, HOUR, None),
        (2 * HOUR, HOUR, None),
        (4 * HOUR, HOUR, None),
    ],
)
def test_an_interval_is_found_by_its_start_and_its_length(
    start_s: int, seconds: int, found: Interval | None
) -> None:
    """Hours 1 and 3 have readings."""
    assert hours({1: 20, 3: 40}).at(start_s, seconds) == found


@pytest.mark.parametrize(
    ("window", "count"),
    [
        (Window(HOUR, 3 * HOUR), 2),
        (Window(HOUR + 1, 3 * HOUR), 1),
        (Window(HOUR, 3 * HOUR - 1), 1),
        (Window(0, 9 * HOUR), 3),
    ],
)
def test_intervals_that_lie_wholly_in_a_window_are_those_of_it(window: Window, count: int) -> None:
    """Hours 1, 2 and 3 have readings."""
    assert len(hours({1: 20, 2: 30, 3: 40}).within(window)) == count


def test_the_highest_interval_has_the_most_power_and_not_the_most_energy() -> None:
    """Quarter-hours of 70 and 80 W beside hours of 50 and 60 W."""
    found = load({0: (HOUR, 50), HOUR: (HOUR, 60), 2 * HOUR: (900, 80), 2 * HOUR + 900: (900, 70)})
    assert (found.highest_reaching_w(Window(0, 9 * HOUR)), found.longest_s) == (Fraction(80), HOUR)


QUARTERS = load({n * 900: (900, power) for n, power in enumerate((4, 4, 8, 8, 12, 12, 12, 12))})


@pytest.mark.parametrize(
    ("loads", "powers"),
    [
        ([], []),
        ([hours({0: 10})], [10]),
        ([hours({0: 10, 1: 20}), hours({0: 1, 1: 2})], [11, 22]),
        ([hours({0: 10, 1: 20}), hours({1: 2})], [22]),
        ([QUARTERS, hours({0: 10, 1: 20})], [16, 32]),
        ([hours({0: 10, 1: 20}), QUARTERS], [16, 32]),
        ([hours({0: 10}), hours({0: 0})], [10]),
    ],
    ids=["no meter", "one", "two", "where both have readings", "the coarsest last", "the coarsest first", "one reads 0"],
)  # fmt: skip
def test_meters_add_up_over_the_intervals_of_the_coarsest(
    loads: list[MeteredLoad], powers: list[int]
) -> None:
    """Quarter-hours of 4, 4, 8 and 8 W are 6 W in the first hour, and 12 W in the second."""
    assert [one.power_w for one in together(loads).all()] == powers
