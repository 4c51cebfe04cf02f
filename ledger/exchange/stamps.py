"""Stamps of interval files: a date and a clock as text in, the instant at which the interval begins out.

A stamp is local time of the file's zone at the begin or the end of its interval; the end of a day is 24:00 of it or 00:00 of the next. The
interval is found by its begin: where clocks are put forward no interval begins in the gap, so an hour-ending file has no 03:00; where they are put
back the unmarked stamp is the first of two and a marked one (" DST", or a flag in another column) the second, if the file marks them. What a stamp cannot mean is ``Malformed``.

Days without a clock change are a table lookup for the date and one for the clock, so that a million stamps take a fraction of a second.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from operator import add
from typing import Final, NamedTuple

from ledger import calendar
from ledger.errors import Malformed

IRREGULAR: Final = -(1 << 60)
"""In place of an instant or a clock that needs a closer look; sums with it are below zero."""

ORDERS: Final = {
    "ymd": (re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})", re.ASCII), (0, 1, 2), "2026-07-14"),
    "mdy": (re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", re.ASCII), (2, 0, 1), "07/14/2026"),
    "dmy": (re.compile(r"([0-9]{1,2})[./]([0-9]{1,2})[./]([0-9]{4})", re.ASCII), (2, 1, 0), "14.07.2026"),
}
_CLOCK = re.compile(
    r"([0-9]{1,2})(?::([0-9]{2})(?::([0-9]{2})(?:\.0+)?)?)?(?: ?([AP]M))?( DST)?(Z|[+-]00:?00)?", re.ASCII
)
_LAST_CLOCK_S: Final = calendar.DAY_S


class Clock(NamedTuple):
    """How a file says when: its zone, whether a stamp ends its interval, the interval, the order of a date's parts, and whether it
    marks the second of two equal stamps, so that the unmarked one is the first."""

    zone: str
    ends: bool
    interval_s: int
    order: str
    marks: bool = False


class Stamps:
    """The instants of a file's stamps."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._days = _Days(clock)
        self._clocks = _Clocks(clock)

    def starts(self, dates: Iterable[str], clocks: Iterable[Hashable]) -> list[int]:
        """The begin of each interval in seconds since 1970; below zero where ``start_s`` must say it."""
        return list(map(add, map(self._days.__getitem__, dates), map(self._clocks.__getitem__, clocks)))

    def start_s(self, day: str, clock: Hashable, second: bool = False) -> int:
        """The begin of one interval; ``second`` if another column marks it as the second of two."""
        seconds, marked = _clock_s(clock, self._clock)
        local = _midnight(day, self._clock) + timedelta(seconds=seconds)
        if self._clock.ends:
            local -= timedelta(seconds=self._clock.interval_s)
        moments = calendar.moments(local, calendar.zone(self._clock.zone))
        if not moments:
            raise Malformed(
                f"begins at {local.isoformat(' ')}, which clocks in {self._clock.zone} skip that day; no interval begins then"
            )
        if (second or marked) and len(moments) == 1:
            raise Malformed(f"is marked as the second of two, but clocks in {self._clock.zone} show it once")
        if len(moments) == 2 and not self._clock.marks:
            raise Malformed(
                f"begins at {local.isoformat(' ')}, which clocks in {self._clock.zone} show twice that day; only stamps in UTC tell which"
            )
        start_s = moments[-1 if second or marked else 0]
        calendar.format_instant(start_s)
        return start_s

    def given(self, day: str, clock: Hashable) -> str:
        """A stamp as it is given, in one form: ``2026-07-14T24:00``."""
        seconds, _ = _clock_s(clock, self._clock)
        minutes, _ = divmod(seconds, 60)
        return f"{_date(day, self._clock)}T{minutes // 60:02d}:{minutes % 60:02d}"


class _Days(dict[str, int]):
    """Local midnight of a date as it is written, less the interval where stamps end it; irregular where clocks change."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def __missing__(self, text: str) -> int:
        try:
            found = self._regular(text)
        except Malformed:
            found = IRREGULAR
        if len(self) < _LAST_CLOCK_S:
            self[text] = found
        return found

    def _regular(self, text: str) -> int:
        before_s = self._clock.interval_s if self._clock.ends else 0
        midnight = _midnight(text, self._clock)
        first, last = midnight - timedelta(seconds=before_s), midnight + timedelta(days=1)
        tz = calendar.zone(self._clock.zone)
        offset = first.replace(tzinfo=tz).utcoffset()
        if offset != last.replace(tzinfo=tz, fold=1).utcoffset():
            return IRREGULAR
        assert offset is not None, "a zone knows its offset"
        return _seconds((first - offset).replace(tzinfo=UTC))


class _Clocks(dict[Hashable, int]):
    """Seconds after midnight of a clock as it is written; irregular where it is marked or cannot be meant."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def __missing__(self, text: Hashable) -> int:
        try:
            seconds, marked = _clock_s(text, self._clock)
        except Malformed:
            seconds, marked = IRREGULAR, True
        found = IRREGULAR if marked else seconds
        if len(self) < _LAST_CLOCK_S:
            self[text] = found
        return found


def _date(text: str, clock: Clock) -> date:
    pattern, places, example = ORDERS[clock.order]
    match = pattern.fullmatch(text.strip())
    if match is None:
        raise Malformed(f"needs a date such as {example}: {text!r}")
    try:
        found = date(*(int(match[place + 1]) for place in places))
    except ValueError as why:
        raise Malformed(f"is not a date that exists ({why}): {text!r}") from None
    if not 1970 <= found.year < 9999:
        raise Malformed(f"is outside the years 1970 to 9998: {text!r}")
    return found


def _midnight(text: str, clock: Clock) -> datetime:
    return datetime.combine(_date(text, clock), time())


def _clock_s(text: Hashable, clock: Clock) -> tuple[int, bool]:
    """Seconds after midnight, and whether the clock is marked as the second of two."""
    if isinstance(text, tuple):
        return _numbered_s(text, clock), False
    match = _CLOCK.fullmatch(str(text).strip())
    if match is None:
        raise Malformed(f"needs a time of day such as 13:00: {str(text)[:40]!r}")
    hour, minute, second = (int(part or 0) for part in match.groups()[:3])
    half, marked, utc = match.groups()[3:]
    if half:
        if not 1 <= hour <= 12:
            raise Malformed(f"has an hour that is not 1 to 12 before {half}: {text!r}")
        hour = hour % 12 + (12 if half == "PM" else 0)
    if utc and clock.zone != "UTC":
        raise Malformed(f"is in UTC, but this file is read in {clock.zone}: {text!r}")
    seconds = hour * 3600 + minute * 60 + second
    if minute > 59 or second > 59 or seconds > calendar.DAY_S or (hour == 24 and not clock.ends):
        raise Malformed(f"is not a time of day that exists: {text!r}")
    if seconds % min(clock.interval_s, calendar.DAY_S):
        raise Malformed(f"does not fall on an interval of {clock.interval_s} s: {text!r}")
    return seconds, bool(marked)


def _numbered_s(said: tuple[str, str], clock: Clock) -> int:
    """The end of interval n of hour h, both from 1, as ERCOT's delivery hours have it."""
    hour, part = said
    parts = 3600 // clock.interval_s
    if not (
        hour.strip().isdecimal()
        and part.strip().isdecimal()
        and 1 <= int(hour) <= 24
        and 1 <= int(part) <= parts
    ):
        raise Malformed(f"needs an hour from 1 to 24 and an interval from 1 to {parts}: {hour!r}, {part!r}")
    return (int(hour) - 1) * 3600 + int(part) * clock.interval_s


def _seconds(moment: datetime) -> int:
    return (moment - calendar.EPOCH) // timedelta(seconds=1)
