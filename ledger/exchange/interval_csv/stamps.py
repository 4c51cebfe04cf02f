"""Stamps of interval files: a date and a clock as text in, the instant at which the interval begins out.

A stamp is local time of the file's zone at the begin or the end of its interval; the end of a day is 24:00 of
it or 00:00 of the next. The interval is found by its begin: where clocks are put forward no interval begins
in the gap, so an hour-ending file has no 03:00; where they are put back the unmarked stamp is the first of
two and a marked one (" DST", or a flag in another column) the second, if the file marks them; a stamp with
its offset tells which, and at the end of an interval it may be the offset of the interval's begin. An
impossible stamp is ``Malformed``.

Some publishers write what clocks show at the end itself (ERCOT's NP6-235-CD: 01:45 is followed by 03:00 in
spring). That is known by the one stamp that only they have on such a day: 03:00 and no 02:00 in spring, a
second 01:00 and no second 02:00 in autumn (``are_ends``).

Files that number the hours of a day instead (1 to 23, 24 or 25, as CAISO and IESO hand them out) are known by
what only they have, on the two days of a year on which it matters: an hour 25 in autumn; in spring a reading
of the hour that clocks skip, the 23rd hour and no 24th. Their intervals then follow each other from midnight
on (``numbered``). A day that fits both (a file that ends at noon, say, or 24 bare numbers of hours on a day
of 25) is refused from the hour on at which the two differ (``Unsure``).

A day that is written as the day before but for its date begins its intervals as that one did: one comparison,
whatever the day's length in rows.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from ledger import calendar
from ledger.calendar import HOUR_S
from ledger.errors import Malformed
from ledger.units import format_quantity

IRREGULAR: Final = -(1 << 60)
"""Stand-in for an instant or a clock that needs a closer look; sums with it are below zero."""

ORDERS: Final = {
    "ymd": (re.compile(r"([0-9]{4})[-/]?([0-9]{2})[-/]?([0-9]{2})", re.ASCII), (1, 2, 3), "2026-07-14"),
    "mdy": (re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", re.ASCII), (3, 1, 2), "07/14/2026"),
    "dmy": (re.compile(r"([0-9]{1,2})[./]([0-9]{1,2})[./]([0-9]{4})", re.ASCII), (3, 2, 1), "14.07.2026"),
}
SHORT: Final = {
    "ymd": (re.compile(r"((?:[0-9]{2})?[0-9]{2})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})", re.ASCII), (1, 2, 3)),
    "mdy": (re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]((?:[0-9]{2})?[0-9]{2})", re.ASCII), (3, 1, 2)),
    "dmy": (re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]((?:[0-9]{2})?[0-9]{2})", re.ASCII), (3, 2, 1)),
}
"""Dates with other marks between their parts, or a year of two digits (of this century), which are read only
where ``date=`` states the order of the parts.
"""
_COUNT = re.compile(r"[0-9]{1,2}", re.ASCII)
_CLOCK = re.compile(
    r"(?:HE ?)?([0-9]{1,2})(?::([0-9]{2})(?::([0-9]{2})(?:\.0+)?)?)?(?: ?([AP]M))?( DST|[Xx*])?"
    r"( ?Z| (?:UTC|GMT)| ?[+-][0-9]{2}(?::?[0-9]{2})?| [ECMP][SD]T)?",
    re.ASCII | re.IGNORECASE,
)
_DATED = re.compile(r"\s*(?:[^T\s]+|(?<![0-9])T)*")
_DATE, _END = "\r\n", "\r"
"""Positions of the date in a day's rows, and the character that ends each row: no cell holds a CR
(``cells.pieces``).
"""
_EPOCH: Final = datetime(1970, 1, 1)
_DAY: Final = timedelta(days=1)
KEPT: Final = 1024
"""Most dates and clocks that are cached; a day has 288 intervals of five minutes."""


Columns = Sequence[Sequence[str]]
"""The stamps of rows; or their dates and their clocks, in one column or (hour and interval) in two."""


class NoSuchHour(Malformed):
    """A stamp shows an hour that the day does not have: one that clocks skip, or a 25th."""


class Unsure(NamedTuple):
    """The first interval of a day, counted from midnight, at which clock times and numbers differ, where the
    rows do not tell which they are.
    """

    first: int


class Clock(NamedTuple):
    """The form of a file's stamps: its zone, whether a stamp ends its interval, the interval, the order of a
    date's parts, whether the second of two equal stamps is marked, so that the unmarked one is the first,
    whether the order was given, so that a year may have two digits, and whether a date alone is its midnight.
    """

    zone: str
    ends: bool
    interval_s: int
    order: str
    marks: bool = False
    said: bool = False
    is_midnight_bare: bool = False


class _DayPattern(NamedTuple):
    """The form of a date's rows, a text a column, and the begins of their intervals after its midnight."""

    texts: tuple[str, ...]
    offsets: Sequence[int]

    def written(self, date: str) -> tuple[str, ...]:
        """The same rows of another date."""
        return self.texts[0].replace(_DATE, date), *self.texts[1:]


class Stamps:
    """The instants of a file's stamps."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._day: _DayPattern | None = None

    def days(self, columns: Columns) -> Iterator[Sequence[int]]:
        """The begins of the intervals in seconds since 1970, the rows of a date together: a range if they are
        consecutive, otherwise below zero where ``start_s`` must find it.
        """
        texts = [_END.join(column) + _END for column in columns]
        row, at, alike = 0, [0] * len(columns), self._day
        while row < len(columns[0]):
            date, _ = stamped(columns, row)
            written = alike.written(date) if alike else ()
            if not alike or not all(map(str.startswith, texts, written, at)):
                self._day = alike = self._learnt(columns, row, date)
                written = alike.written(date)
            yield _after(_midnight_s(date, self._clock), alike.offsets)
            row += len(alike.offsets)
            at = [place + len(text) for place, text in zip(at, written, strict=True)]

    def _learnt(self, columns: Columns, row: int, date: str) -> _DayPattern:
        """The form of a date's rows, learned from one date."""
        offsets: list[int] = []
        stop = row
        while stop < len(columns[0]):
            own, clock = stamped(columns, stop)
            if own != date:
                break
            offsets.append(_offset_s(clock, self._clock))
            stop += 1
        dated = "".join(f"{_DATE}{cell[len(date) :]}{_END}" for cell in columns[0][row:stop])
        others = (_END.join(column[row:stop]) + _END for column in columns[1:])
        regular = range(
            offsets[0], offsets[0] + len(offsets) * self._clock.interval_s, self._clock.interval_s
        )
        return _DayPattern(
            (dated, *others), regular if offsets[0] >= 0 and offsets == list(regular) else offsets
        )

    def start_s(
        self,
        day: str,
        clock: Hashable,
        second: bool = False,
        is_first: bool = False,
        is_end: bool = False,
    ) -> int:
        """The begin of one interval; ``second`` if another column marks it as the second of two, ``is_first``
        if the second is marked in another row, so that this can only be the first, ``is_end`` if the stamp is
        the clock time of the interval's end.
        """
        seconds, marked, offset_s = _clock_s(clock, self._clock)
        if seconds > calendar.DAY_S - (not self._clock.ends):
            raise NoSuchHour(f"is not a time of day that exists: {_written(clock)!r}")
        local = _midnight(day, self._clock) + timedelta(seconds=seconds)
        if offset_s is not None:
            return self._offset_start_s(local, offset_s)
        before_s = self._clock.interval_s * self._clock.ends
        if not is_end:
            local -= timedelta(seconds=before_s)
        moments = calendar.moments(local, calendar.zone(self._clock.zone))
        if not moments:
            raise NoSuchHour(
                f"begins at {local.isoformat(' ')}, which clocks in {self._clock.zone} skip that day; no"
                " interval begins then"
            )
        if (second or marked) and len(moments) == 1:
            raise NoSuchHour(f"is marked as the second of two, but clocks in {self._clock.zone} show it once")
        if len(moments) == 2 and not (self._clock.marks or second or marked or is_first):
            raise Malformed(
                f"begins at {local.isoformat(' ')}, which clocks in {self._clock.zone} show twice that day;"
                " only stamps in UTC or with their offset tell which"
            )
        start_s = moments[-1 if second or marked else 0]
        if is_end:
            start_s -= before_s
        else:
            self._check_length(start_s, local)
        calendar.format_instant(start_s)
        return start_s

    def are_ends(
        self, day: str, clocks: Sequence[Hashable], seconds: Sequence[bool], has_value: Sequence[bool]
    ) -> bool | None:
        """True where the stamps of a day on which clocks change are clock times of interval ends. None where
        a stamp is marked as the second of two and the rows do not tell. ``seconds`` are marked in another
        column.
        """
        if not self._clock.ends or self._clock.interval_s > HOUR_S or isinstance(clocks[0], tuple):
            return False
        shown: dict[tuple[int, bool], bool] = {}
        for clock, second, has in zip(clocks, seconds, has_value, strict=True):
            try:
                at_s, marked, offset_s = _clock_s(clock, self._clock)
            except Malformed:
                continue
            if offset_s is not None:
                return False
            shown[at_s, second or marked] = has
        first_s, stop_s = self._changed(day)
        if self._skipped(day):
            inside = any(first_s < at_s < stop_s for at_s, _ in shown)
            return shown.get((stop_s, False), False) and (first_s, False) not in shown and not inside
        if not any(second for _, second in shown) or (stop_s, True) in shown:
            return False
        return True if (first_s, True) in shown else None

    def ends_change(self, day: str, clock: Hashable) -> bool:
        """True for the time of day at which the hour that clocks skip or show twice ends."""
        try:
            return _clock_s(clock, self._clock)[0] == self._changed(day)[1]
        except Malformed:
            return False

    def _changed(self, day: str) -> tuple[int, int]:
        """Seconds after midnight by the clock between which clocks show a time never, or twice."""
        midnight, tz = _midnight(day, self._clock), calendar.zone(self._clock.zone)
        found = [
            at_s
            for at_s in range(0, calendar.DAY_S, 900)
            if len(calendar.moments(midnight + timedelta(seconds=at_s), tz)) != 1
        ]
        return (found[0], found[-1] + 900) if found else (-1, -1)

    def _check_length(self, start_s: int, local: datetime) -> None:
        """``Malformed`` for an interval of several hours that is longer or shorter that day, since clocks
        change in it; ``local`` is the clock time at its begin.
        """
        interval_s, tz = self._clock.interval_s, calendar.zone(self._clock.zone)
        if interval_s <= HOUR_S:
            return
        starts, ends = (calendar.moments(at, tz) for at in (local, local + timedelta(seconds=interval_s)))
        if starts and ends and (start_s not in starts or start_s + interval_s not in ends):
            raise Malformed(
                f"begins an interval of {format_quantity(ends[0] - starts[0], '_s')}, not"
                f" {format_quantity(interval_s, '_s')}, since clocks in {self._clock.zone} change in it"
            )

    def _offset_start_s(self, local: datetime, offset_s: int) -> int:
        """The begin of an interval whose stamp has its offset, which tells the hour that is repeated from the
        one before.
        """
        stamp_s, tz = _since(local) - offset_s, calendar.zone(self._clock.zone)
        before_s = self._clock.interval_s * self._clock.ends
        began = local - timedelta(seconds=before_s)
        if stamp_s not in calendar.moments(local, tz) and stamp_s - before_s not in calendar.moments(
            began, tz
        ):
            raise Malformed(
                f"has another offset than clocks in {self._clock.zone} have at {local.isoformat(' ')}; name"
                " the zone it is in"
            )
        start_s = stamp_s - before_s
        self._check_length(start_s, local - timedelta(seconds=before_s))
        calendar.format_instant(start_s)
        return start_s

    def span_s(self, begin: str, end: str) -> int:
        """Length from one stamp to another, by their offsets or else by clock time; an end without a date is
        on the begin's date.
        """
        (day, clock), (last, until) = (stamped([[text]], 0) for text in (begin, end))
        if not str(until):  # a time of day alone
            last, until = day, end
        any_second = self._clock._replace(
            ends=True, interval_s=1
        )  # it may be the last that is in the interval
        (first_s, _, first_offset_s), (last_s, _, last_offset_s) = (
            _clock_s(clock, self._clock),
            _clock_s(until, any_second),
        )
        if first_offset_s is not None and last_offset_s is not None:
            last_s -= last_offset_s - first_offset_s
        apart = _midnight(last, self._clock) - _midnight(day, self._clock)
        length_s = apart.days * calendar.DAY_S + last_s - first_s
        return length_s + calendar.DAY_S if length_s <= 0 and last == day else length_s

    def is_changing(self, day: str) -> bool:
        """True for a date on which clocks change."""
        return _midnight_s(day, self._clock) < 0 and self._hours(day) not in (None, _DAY.days * 24)

    def _hours(self, day: str) -> int | None:
        """Hours of a local day; None where the text is not a date."""
        try:
            first, last = self._bounds(day)
        except Malformed:
            return None
        return (last - first) // HOUR_S

    def _bounds(self, day: str) -> tuple[int, int]:
        """The instants at which a local day begins and ends."""
        midnight, tz = _midnight(day, self._clock), calendar.zone(self._clock.zone)
        begins, ends = (calendar.moments(at, tz) for at in (midnight, midnight + _DAY))
        if not begins or not ends:
            raise Malformed(f"begins or ends where clocks in {self._clock.zone} change: {day!r}")
        return begins[0], ends[0]

    def numbered(
        self, day: str, clocks: Sequence[Hashable], has_value: Sequence[bool]
    ) -> list[int] | Unsure | None:
        """The begins of the rows of a day on which clocks change, where they number its intervals; None where
        their stamps are clock times. A row that cannot be placed is irregular.
        """
        interval_s, ends = self._clock.interval_s, self._clock.ends
        first_s, last_s = self._bounds(day)
        count, usual = (last_s - first_s) // interval_s, calendar.DAY_S // interval_s
        places: list[int | None] = []
        for clock in clocks:
            try:
                seconds, marked, offset_s = _clock_s(clock, self._clock)
            except Malformed:
                places.append(None)
                continue
            if (
                marked or offset_s is not None or seconds < interval_s * ends
            ):  # numbers have no 00:00 at the end
                return None
            places.append(seconds // interval_s - ends)
        all_places = {place for place in places if place is not None}
        with_value = {
            place for place, has in zip(places, has_value, strict=True) if has and place is not None
        }
        if not with_value or count == usual:
            return None
        if count > usual:
            is_numbered = max(all_places) >= usual
            unsure = None if is_numbered else self._unsure_in_autumn(day, places)
        elif max(with_value) >= count:  # the 24th hour of a day of 23, as clocks show it
            return None
        else:
            filled = self._skipped(day) & with_value
            is_numbered = bool(filled) and max(with_value) == count - 1
            unsure = min(filled) if filled and not is_numbered else None
        # a publisher that marks hours numbers none, and 03:00 is what a clock shows
        is_bare = not self._clock.marks and not any(":" in str(clock) for clock in clocks)
        if unsure is not None and is_bare:
            return Unsure(unsure)
        if not is_numbered:
            return None
        return [
            IRREGULAR if place is None or not 0 <= place < count else first_s + place * interval_s
            for place in places
        ]

    def _unsure_in_autumn(self, day: str, places: Sequence[int | None]) -> int | None:
        """The first interval that clocks show twice, where the day has each hour once, and one beyond it; the
        file may leave out an hour, or may end before hour 25.
        """
        midnight, tz = _midnight(day, self._clock), calendar.zone(self._clock.zone)
        step = timedelta(seconds=self._clock.interval_s)
        usual = calendar.DAY_S // self._clock.interval_s
        twice = (n for n in range(usual) if len(calendar.moments(midnight + n * step, tz)) == 2)
        first = next(twice, usual)
        known = [place for place in places if place is not None]
        return None if max(known) < first or len(set(known)) < len(known) else first

    def place_of(self, clock: Hashable) -> int:
        """The interval of its day that a row has by its number, from 0; -1 where it has none."""
        try:
            return _clock_s(clock, self._clock)[0] // self._clock.interval_s - self._clock.ends
        except Malformed:
            return -1

    def is_marked(self, clock: Hashable) -> bool:
        """True where the clock itself marks the second of two hours, as 02X does."""
        try:
            return _clock_s(clock, self._clock)[1]
        except Malformed:
            return False

    def _skipped(self, day: str) -> set[int]:
        """The positions of a day's intervals, by clock time, that clocks skip."""
        midnight, tz = _midnight(day, self._clock), calendar.zone(self._clock.zone)
        step = timedelta(seconds=self._clock.interval_s)
        usual = calendar.DAY_S // self._clock.interval_s
        return {place for place in range(usual) if not calendar.moments(midnight + place * step, tz)}

    def given(self, day: str, clock: Hashable) -> str:
        """A stamp in one form, as the file gives it: ``2026-07-14T24:00``."""
        seconds, _, _ = _clock_s(clock, self._clock)
        minutes, _ = divmod(seconds, 60)
        return f"{_midnight(day, self._clock).date()}T{minutes // 60:02d}:{minutes % 60:02d}"


def _written(clock: Hashable) -> str:
    return ", ".join(clock) if isinstance(clock, tuple) else str(clock)


def stamped(columns: Columns, row: int) -> tuple[str, Hashable]:
    """Date and clock of a row, as they are written."""
    first = columns[0][row]
    if len(columns) > 1:
        clocks = tuple(column[row] for column in columns[1:])
        return first, clocks if len(clocks) > 1 else clocks[0]
    match = _DATED.match(first)
    assert match is not None, "a date may be empty"
    return match[0], first[match.end() + 1 :]


def _after(midnight_s: int, offsets: Sequence[int]) -> Sequence[int]:
    if isinstance(offsets, range) and midnight_s >= 0:
        return range(midnight_s + offsets.start, midnight_s + offsets.stop, offsets.step)
    return [midnight_s + offset for offset in offsets]


@lru_cache(maxsize=KEPT)
def _midnight_s(text: str, clock: Clock) -> int:
    """Local midnight of a date as it is written, less the interval where stamps end it; irregular where
    clocks change that day.
    """
    try:
        midnight = _midnight(text, clock)
    except Malformed:
        return IRREGULAR
    first, last = midnight - timedelta(seconds=clock.interval_s * clock.ends), midnight + _DAY
    tz = calendar.zone(clock.zone)
    offset = tz.utcoffset(first)
    assert offset is not None, "a zone knows its offset"
    if offset != tz.utcoffset(last.replace(fold=1)):
        return IRREGULAR
    return _since(first - offset)


def _since(moment: datetime) -> int:
    since = moment - _EPOCH
    return since.days * calendar.DAY_S + since.seconds


@lru_cache(maxsize=KEPT)
def _offset_s(text: Hashable, clock: Clock) -> int:
    """Seconds after midnight of a clock as it is written; irregular where it is marked, has an offset or is
    impossible.
    """
    try:
        seconds, marked, offset_s = _clock_s(text, clock)
    except Malformed:
        return IRREGULAR
    is_counted = seconds > calendar.DAY_S - (not clock.ends)  # the 25th hour of a day
    return IRREGULAR if marked or offset_s is not None or is_counted else seconds


@lru_cache(maxsize=KEPT)
def _midnight(text: str, clock: Clock) -> datetime:
    """The local time at which a date begins."""
    pattern, places, example = ORDERS[clock.order]
    match = pattern.fullmatch(text.strip())
    if match is None:  # a date that begins with its year can be read in one way only
        pattern, places, _ = ORDERS["ymd"]
        match = pattern.fullmatch(text.strip())
    if match is None and clock.said:
        pattern, places = SHORT[clock.order]
        match = pattern.fullmatch(text.strip())
    if match is None:
        raise Malformed(f"needs a date such as {example}{_hint(text, clock)}: {text!r}")
    try:
        year, month, day = map(int, match.group(*places))
        year += 2000 * (year < 100)
        found = datetime(year, month, day)
    except ValueError as why:
        raise Malformed(f"is not a date that exists ({why}): {text!r}") from None
    if not 1970 <= found.year < 9999:
        raise Malformed(f"is outside the years 1970 to 9998: {text!r}")
    return found


def _hint(text: str, clock: Clock) -> str:
    """The option that would read a date, where it may have another order."""
    if clock.said:
        return ""
    orders = [order for order in ORDERS if _is_date(text.strip(), order)]
    return (
        f" (if it is a date: {' or '.join(f'date={order}' for order in orders)} in --dialect)"
        if orders
        else ""
    )


def _is_date(text: str, order: str) -> bool:
    """True where a text is a date that exists, if its parts are in this order."""
    for pattern, places in (ORDERS[order][:2], SHORT[order]):
        match = pattern.fullmatch(text)
        if match is not None:
            _, month, day = map(int, match.group(*places))
            return 1 <= month <= 12 and 1 <= day <= 31
    return False


@lru_cache(maxsize=KEPT)
def _clock_s(text: Hashable, clock: Clock) -> tuple[int, bool, int | None]:
    """Seconds after midnight, whether the clock is marked as the second of two, and its offset, if that tells
    more than the zone does.
    """
    if isinstance(text, tuple):
        return _numbered_s(text, clock), False, None
    if clock.is_midnight_bare and not str(text).strip():
        return 0, False, None
    match = _CLOCK.fullmatch(str(text).strip())
    if match is None:
        raise Malformed(f"needs a time of day such as 13:00: {str(text)[:40]!r}")
    hour, minute, second = (int(part or 0) for part in match.groups()[:3])
    half, marked, offset = match.groups()[3:]
    half = half and half.upper()
    if half:
        if not 1 <= hour <= 12:
            raise Malformed(f"has an hour that is not 1 to 12 before {half}: {text!r}")
        hour = hour % 12 + (12 if half == "PM" else 0)
    if match[2] is None and half is None and clock.interval_s < HOUR_S:
        raise Malformed(
            "needs a time of day such as 13:15, since an hour alone names no interval of"
            f" {format_quantity(clock.interval_s, '_s')}: {text!r}"
        )
    seconds = hour * 3600 + minute * 60 + second
    latest_s = calendar.DAY_S + HOUR_S - (0 if clock.ends else min(clock.interval_s, HOUR_S))
    is_counted = half is None and not minute and not second and clock.interval_s == HOUR_S
    if (
        minute > 59
        or second > 59
        or seconds > (latest_s if is_counted else calendar.DAY_S - (not clock.ends))
    ):
        raise Malformed(f"is not a time of day that exists: {text!r}")
    if seconds % min(clock.interval_s, calendar.DAY_S):
        raise Malformed(
            f"does not fall on an interval of {format_quantity(clock.interval_s, '_s')}: {text!r}"
        )
    return seconds, bool(marked), _offset_of(offset, clock.zone)


def _offset_of(text: str | None, zone: str) -> int | None:
    plain = (text or "").strip().upper()
    if plain in ("UTC", "GMT", "Z"):  # BigQuery writes UTC
        text = "Z"
    if text is None or (zone == "UTC" and text.strip("Zz+-0:") == ""):
        return None
    if text[-1] in "Tt":  # EST to PDT
        return ("PMCE".index(plain[0]) - 8 + (plain[1] == "D")) * HOUR_S
    digits = text.strip().replace(":", "").upper().replace("Z", "+0000")
    return (int(digits[1:3]) * 3600 + int(digits[3:] or 0) * 60) * (-1 if digits[0] == "-" else 1)


def _numbered_s(said: tuple[str, str], clock: Clock) -> int:
    """The stamp of interval n of an hour, n from 1: its end where hours are counted from 1, as ERCOT's
    delivery hours are, its begin where hours are named by their begin, from 0.
    """
    hour, part = (int(text) if _COUNT.fullmatch(text := cell.strip()) else -1 for cell in said)
    parts, first = HOUR_S // clock.interval_s, int(clock.ends)
    if not (first <= hour <= first + 24 and 1 <= part <= parts):
        raise Malformed(
            f"needs an hour from {first} to {first + 24} and an interval from 1 to {parts}: {said[0]!r},"
            f" {said[1]!r}"
        )
    return (hour - first) * HOUR_S + (part - 1 + clock.ends) * clock.interval_s
