"""Axes of a picture: their ends and their ticks, in whole numbers.

Amounts are marked at 1, 2 or 5 times a power of ten of their unit (``amounts.axis_unit``); time at full
hours, days, Mondays, months or years of the clocks of its zone, also across clock changes. Names of months
are English on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from itertools import chain
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from ledger import calendar
from ledger.calendar import HOUR_S
from projections.engine.amounts import axis_unit, number
from projections.engine.pictures import Time
from projections.render.display import MONTHS

_QUARTER_S: Final = 900
# a span up to so many seconds is marked every so many minutes of the day
_OF_DAY: Final = (
    (3 * HOUR_S, 15),
    (6 * HOUR_S, 30),
    (13 * HOUR_S, 60),
    (37 * HOUR_S, 180),
    (73 * HOUR_S, 360),
)
# ... and up to so many days every so many days, or months
_OF_DAYS: Final = ((13, 1), (26, 2), (92, 7))
_OF_CLOCK: Final = tuple(HOUR_S * hours for hours in (1, 2, 3, 6, 12, 24))
_OF_MONTHS: Final = ((430, 1), (1300, 3), (5200, 12))


class Tick(NamedTuple):
    """A position on an axis and its label."""

    at: int
    label: str


class Axis(NamedTuple):
    """From ``low`` to ``high``, with its ticks and their unit; an axis of amounts also
    with the ``worth`` of that unit.
    """

    low: int
    high: int
    ticks: tuple[Tick, ...]
    unit: str
    worth: int = 1

    def said(self, value: int) -> str:
        """An amount in the axis's unit: ``1,250 MW``."""
        return f"{number(value, self.worth)} {self.unit}".rstrip()

    def place(self, value: int, length: int) -> int:
        """Distance of a value along an axis of some length, limited to the axis."""
        inside = min(max(value, self.low), self.high)
        return (inside - self.low) * length // (self.high - self.low)


def amounts(
    values: Sequence[int], unit: str, floor: int | None, most: int = 6, *, clock: bool = False
) -> Axis:
    """The axis of some amounts, from ``floor`` or less to the next tick above the greatest; None: tight
    around them. With ``clock`` durations are marked as clocks are, every 1, 2, 3, 6, 12 or 24 hours.
    """
    low, high = min(values, default=0), max(values, default=0)
    if floor is not None:
        low, high = min(low, floor), max(high, floor)
    if low == high:
        high = low + 1
    shown, worth = axis_unit(unit, (low, high))
    steps = chain(_OF_CLOCK, _steps(worth)) if clock and worth == HOUR_S else _steps(worth)
    step = next(step for step in steps if (high - low) <= step * (most - 1))
    first, last = low // step * step, -(-high // step) * step
    ticks = tuple(Tick(at, number(at, worth)) for at in range(first, last + 1, step))
    return Axis(first, last, ticks, shown, worth)


def _steps(worth: int) -> Iterator[int]:
    """1, 2, 5, 10, ... of a unit, from its smallest whole fraction on."""
    for power in range(-6, 30):
        for digit in (1, 2, 5):
            step = Fraction(worth * digit) * Fraction(10) ** power
            if step.denominator == 1:
                yield int(step)


# --- time ---------------------------------------------------------------------------------------------------


def times(time: Time) -> Axis:
    """The axis of a span of time."""
    zone, span_s = calendar.zone(time.tz), time.stop_s - time.start_s
    minutes = next((every for most, every in _OF_DAY if span_s <= most), None)
    found = _of_day(time, zone, minutes) if minutes else _of_days(time, zone)
    ticks = tuple(tick for tick in found if time.start_s <= tick.at <= time.stop_s)
    return Axis(
        time.start_s,
        max(time.stop_s, time.start_s + 1),
        ticks,
        f"{_span(time, zone)}, local time of {time.tz}",
    )


def _of_day(time: Time, zone: ZoneInfo, every: int) -> Iterator[Tick]:
    for at_s in range(-(-time.start_s // _QUARTER_S) * _QUARTER_S, time.stop_s + 1, _QUARTER_S):
        local = calendar.format_local(at_s, zone)
        hour, minute = int(local[11:13]), int(local[14:16])
        if (60 * hour + minute) % every == 0:
            yield Tick(at_s, local[11:16] if hour or minute else day_said(calendar.local_date(at_s, zone)))


def _of_days(time: Time, zone: ZoneInfo) -> Iterator[Tick]:
    first, last = calendar.local_date(time.start_s, zone), calendar.local_date(time.stop_s, zone)
    span = (last - first).days
    days = next((every for most, every in _OF_DAYS if span <= most), None)
    if days:
        begin = first.toordinal() + ((-first.weekday()) % 7 if days == 7 else 0)
        for day in map(date.fromordinal, range(begin, last.toordinal() + 1, days)):
            yield Tick(calendar.day_start_s(day, zone), day_said(day))
        return
    months = next((every for most, every in _OF_MONTHS if span <= most), 12 * -(-span // 5200))
    month = date(first.year, 1, 1)
    while month <= last and month.year + months // 12 < 9999:
        yield Tick(calendar.day_start_s(month, zone), _month_said(month, months))
        month = calendar.add_months(month, months)


def day_said(day: date) -> str:
    """``14 Jul``."""
    return f"{day.day} {MONTHS[day.month - 1]}"


def _month_said(month: date, every: int) -> str:
    if every >= 12:
        return str(month.year)
    return MONTHS[month.month - 1] if month.month > 1 else f"Jan {month.year}"


def _span(time: Time, zone: ZoneInfo) -> str:
    """The first and the last day, in full."""
    first, last = (
        calendar.local_date(at_s, zone) for at_s in (time.start_s, max(time.start_s, time.stop_s - 1))
    )
    said = [f"{day_said(day)} {day.year}" for day in (first, last)]
    return said[0] if first == last else " to ".join(said)
