"""The load of a site in an interval, and its load at the same clock time on like days.

Like days are the other days of the interval's local month of its type (Monday to Friday, or the weekend) on which no
dispatch of the site overlaps the interval, no peak lies in it, and all of it has readings (own).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from fractions import Fraction
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from ledger.calendar import DAY_S, Window, day_start_s, local_date, local_time, months_after
from projections.engine.fold import Rows
from projections.figures.metered_load import MeteredLoad
from projections.rows.meters import METER, terms_before

_SATURDAY: Final = 5


class LikeDays(NamedTuple):
    """The mean load at the same clock time of like days, and their number."""

    power_w: Fraction | None
    days: int


def month_of(start_s: int, tz: ZoneInfo, stop_s: int) -> Window:
    """The local month that an interval begins in, up to what is seen."""
    first = local_date(start_s, tz).replace(day=1)
    return Window(day_start_s(first, tz), min(day_start_s(months_after(first, 1), tz), stop_s))


def revenue_meters(rows: Rows, site: str, stop_s: int) -> list[str]:
    """The billing meters of a site itself, delivered energy only."""
    found = []
    for (place, meter), row in sorted(rows[METER.name].items()):
        terms = terms_before(row, stop_s) if place == site else None
        if terms is not None and (terms.scope, terms.role, terms.direction) == (
            "site",
            "revenue",
            "delivered",
        ):
            found.append(meter)
    return found


def power_w(load: MeteredLoad, window: Window) -> Fraction | None:
    """The mean load of a window; None unless all of it has readings."""
    energy_ws = load.energy_ws(window)
    return None if energy_ws is None else Fraction(energy_ws, window.stop_s - window.start_s)


def like_days(
    load: MeteredLoad, window: Window, month: Window, left_out: Sequence[Window], tz: ZoneInfo
) -> LikeDays:
    """The mean over the like days of a month."""
    found = [
        power
        for like in _same_clock(window, month, tz)
        if not any(like.start_s < other.stop_s and other.start_s < like.stop_s for other in left_out)
        and (power := power_w(load, like)) is not None
    ]
    return LikeDays(sum(found, Fraction(0)) / len(found) if found else None, len(found))


def _same_clock(window: Window, month: Window, tz: ZoneInfo) -> Iterator[Window]:
    """The windows of the same clock time on the other days of the month of its type."""
    length_s, day = window.stop_s - window.start_s, local_date(window.start_s, tz)
    for days in range(1 - day.day, 32 - day.day):
        start_s = _clocks(window.start_s, days, tz)
        other = local_date(start_s, tz)
        alike = (other.weekday() < _SATURDAY) == (day.weekday() < _SATURDAY)
        inside = month.start_s <= start_s and start_s + length_s <= month.stop_s
        if other != day and alike and inside:
            yield Window(start_s, start_s + length_s)


def _clocks(start_s: int, days: int, tz: ZoneInfo) -> int:
    """The instant at which clocks show the same time a number of days later."""
    there_s = start_s + days * DAY_S
    shown = local_time(start_s, tz) + timedelta(days=days) - local_time(there_s, tz)
    return there_s + shown // timedelta(seconds=1)
