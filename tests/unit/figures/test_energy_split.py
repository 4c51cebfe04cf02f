"""Loads of meters of several sizes as exact sums, and the time in which facility and IT are known."""

from __future__ import annotations

import pytest

from ledger.calendar import Window
from projections.figures.energy_split import FacilityAndIt, both_known, scale_of, summed
from projections.figures.power_integrals import LoadStretches
from projections.rows.meters import MeterReadings

HOUR = 3600
DAY = Window(0, 24 * HOUR)


def readings(start_h: int, *values: int, power: int = 0, interval_s: int = HOUR) -> MeterReadings:
    """A meter's values in Wh x 10^power, one after the other."""
    starts = tuple(start_h * HOUR + n * interval_s for n in range(len(values)))
    many = len(values)
    return MeterReadings(
        starts,
        tuple(at_s + interval_s for at_s in starts),
        values,
        (power,) * many,
        (interval_s,) * many,
        (17,) * many,
    )


def joined(*parts: MeterReadings) -> MeterReadings:
    """One meter whose readings change their size."""
    return MeterReadings(*(tuple(x for some in column for x in some) for column in zip(*parts, strict=True)))


@pytest.mark.parametrize(
    ("meters", "watts"),
    [
        ([readings(0, 7)], [7]),
        ([readings(0, 7, power=3)], [7000]),
        ([readings(0, 70, power=-1)], [7]),
        ([readings(0, 7, interval_s=900)], [28]),
        ([readings(0, 7, interval_s=900, power=-2)], [0.28]),
        ([joined(readings(0, 7), readings(1, 7, power=1), readings(2, 7, power=-1))], [7, 70, 0.7]),
        ([joined(readings(0, 7), readings(1, 7, interval_s=1800))], [7, 14]),
        ([readings(0, 7, 9), readings(0, 1, 2)], [8, 11]),
        ([readings(0, 7, 9), readings(1, 50, power=-1)], [14]),
        ([readings(0, 0, 9), readings(0, 1, 2)], [1, 11]),
        ([], []),
    ],
    ids=[
        "Wh",
        "kWh",
        "tenths",
        "quarter-hours",
        "hundredths of quarter-hours",
        "three sizes",
        "two lengths",
        "two meters",
        "two meters where both have a reading",
        "a meter that reads 0 is known",
        "no meter",
    ],
)
def test_meters_of_any_size_add_up_exactly(meters: list[MeterReadings], watts: list[float]) -> None:
    """The scale makes every mean power a whole number."""
    scale = scale_of(meters)
    assert [power / scale for power in summed(meters, scale, DAY).powers] == watts


@pytest.mark.parametrize(
    ("meters", "scale"),
    [
        ([readings(0, 1)], 3600),
        ([readings(0, 1, interval_s=900), readings(0, 1, interval_s=1800)], 1800),
        ([readings(0, 1, power=-2), readings(0, 1, power=3)], 360_000),
        ([readings(0, 1, power=3)], 3600),
        ([], 1),
    ],
)
def test_a_scale_is_no_finer_than_the_finest_reading(meters: list[MeterReadings], scale: int) -> None:
    """The common multiple of the lengths in seconds, and a power of ten for what is below a Wh."""
    assert scale_of(meters) == scale


def test_loads_are_cut_to_the_window() -> None:
    """Readings of 0:00 to 3:00, seen from 0:30 to 2:30."""
    window = Window(HOUR // 2, 5 * HOUR // 2)
    load = summed([readings(0, 7, 8, 9)], HOUR, window)
    assert (load.starts_s, load.stops_s) == ((1800, 3600, 7200), (3600, 7200, 9000))


def test_facility_and_it_are_compared_over_the_time_in_which_both_are_known() -> None:
    """Facility from 0:00 to 2:00 with 10 and 12 W, IT from 1:00 to 3:00 with 6 and 0 W, again both from 4:00 to 6:00:
    12 W x 1 h + 15 W x 2 h against 6 W x 1 h and 0 W x 2 h.
    """
    facility = LoadStretches((0, HOUR, 4 * HOUR), (HOUR, 2 * HOUR, 6 * HOUR), (10, 12, 15))
    it = LoadStretches((HOUR, 2 * HOUR, 4 * HOUR), (2 * HOUR, 3 * HOUR, 6 * HOUR), (6, 0, 0))
    assert both_known(facility, it, DAY) == FacilityAndIt(42 * HOUR, 6 * HOUR, 3 * HOUR)
