"""Axes of time: where they begin and end."""

from __future__ import annotations

from datetime import date

import pytest

from ledger.calendar import day_start_s, zone
from projections.engine.pictures import Time, around, day_s


def test_an_axis_is_drawn_around_its_instants_and_begins_with_1970() -> None:
    assert (around([100, 40, 70], 30, "UTC"), around([10], 30, "UTC")) == (
        Time(10, 130, "UTC"),
        Time(0, 40, "UTC"),
    )


@pytest.mark.parametrize(
    ("day", "drawn"),
    [
        (date(1900, 1, 1), date(1970, 1, 3)),
        (date(2026, 7, 1), date(2026, 7, 1)),
        (date(9999, 12, 31), date(9998, 12, 1)),
    ],
)
def test_a_day_beyond_every_axis_is_drawn_at_its_end(day: date, drawn: date) -> None:
    """A term that has no end is written as the year 9999."""
    tz = zone("America/New_York")
    assert day_s(day, tz) == day_start_s(drawn, tz)
