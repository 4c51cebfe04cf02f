"""Dates and times of a sheet's cells: typed ones, and unambiguous texts.

A date in text is ISO (2026-07-04), names its month (4 July 2026, Jul 4, 2026) or needs the order of its parts
from the map: 7/4/2026 is April 7 or July 4. A bare number is a serial date only if the map says so. Seconds
are rounded, since a serial such as 45123.999999 is midnight with a rounding error. A time of day is local
time of the row's zone; one that clocks show twice needs its offset.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from ledger import calendar
from ledger.errors import Malformed
from ledger.exchange.sheets.cells import UnusableCell, Value, decimal_of, shown

ZONES: Final = {
    "UTC": ("Z", "UTC"),
    "GMT": ("Z", "UTC"),
    "Z": ("Z", "UTC"),
    "EST": ("-05:00", "America/New_York"),
    "EDT": ("-04:00", "America/New_York"),
    "CST": ("-06:00", "America/Chicago"),
    "CDT": ("-05:00", "America/Chicago"),
    "MST": ("-07:00", "America/Denver"),
    "MDT": ("-06:00", "America/Denver"),
    "PST": ("-08:00", "America/Los_Angeles"),
    "PDT": ("-07:00", "America/Los_Angeles"),
}
"""Abbreviations with their offset and a zone that must use it then: EST in July is refused."""
EPOCHS: Final = {"1900": datetime(1899, 12, 30), "1904": datetime(1904, 1, 1)}
FIRST_SERIAL: Final = 61  # Excel believes that 1900 was a leap year
LAST_SERIAL: Final = 2_958_466
MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LONG_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "sept", "october", "november", "december"),
)
ORDERS: Final = {"ymd": (0, 1, 2), "mdy": (2, 0, 1), "dmy": (2, 1, 0)}

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)
_PARTS = re.compile(r"([0-9]{1,2}|[0-9]{4})([/.-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2}|[0-9])", re.ASCII)
_NAMED = (
    re.compile(
        r"(?P<day>[0-9]{1,2})[ -]?(?P<month>[a-z]{3,9})\.?[ ,-]{0,2}(?P<year>[0-9]{4})", re.ASCII | re.I
    ),
    re.compile(
        r"(?P<month>[a-z]{3,9})\.? ?(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?,? ?(?P<year>[0-9]{4})",
        re.ASCII | re.I,
    ),
)
_WEEKDAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? +", re.ASCII | re.I)
_CLOCK = re.compile(
    r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)? ?([ap]\.?m\.?)?", re.ASCII | re.I
)
_MILITARY = re.compile(r"([0-9]{2})([0-9]{2})(?:h|hrs)?", re.ASCII | re.I)
_HOUR = re.compile(r"([0-9]{1,2}) ?([ap]\.?m\.?)", re.ASCII | re.I)
_OFFSET = re.compile(r"(.*[0-9mM.])\s*(Z|[+-][0-9]{2}:?[0-9]{2}|\b(?:UTC|GMT|[ECMP][SD]T))", re.ASCII)
_BRACKETED = re.compile(r"(.*?)\s*\[([A-Za-z0-9_+/-]{1,64})\]", re.ASCII)


_ZONE_WORD: Final = re.compile(
    r"\b(?:(UTC|GMT|Zulu)|([ECMP][SDP]?T|(?:Eastern|Central|Mountain|Pacific)(?: (?:Standard|Daylight))?(?: Time)?))\b"
)


def zone_of_title(title: str) -> str | None:
    """The zone that the title of a column of times names: UTC, or a US zone in its words."""
    match = _ZONE_WORD.search(title)
    return None if match is None else "UTC" if match[1] else str(match[2])


class Zoned(NamedTuple):
    """A zone, an offset, or an offset that must be the zone's at that time."""

    offset: str = ""
    zone: str = ""


class CellMoment(NamedTuple):
    """The parts of an instant in cells: a day, seconds from its midnight (None: no time), and its zone."""

    day: date
    seconds: int | None
    where: Zoned = Zoned()


class DateForm(NamedTuple):
    """The form of dates in a sheet: the order of their parts in text, the system of bare serial numbers."""

    order: str | None = None
    serial: str | None = None


# --- from cells ---------------------------------------------------------------------------------------------


def day_of(value: Value, clock: DateForm) -> date:
    """The date in a cell; ``Malformed`` where it has a time of day too."""
    found = moment_of(value, clock)
    if found.seconds:
        raise Malformed(f"has a time of day, where a date is expected: {shown(value)!r}")
    return found.day


def moment_of(value: Value, clock: DateForm) -> CellMoment:
    """The date, and the time of day if there is one, in a cell."""
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date):
        return CellMoment(value, None)
    if isinstance(value, str):
        return _text_moment(value, clock)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _serial(value, clock)
    raise Malformed(f"is not a date: {_told(value)}")


def seconds_of(value: Value, day: date | None = None) -> tuple[int, Zoned]:
    """Seconds from midnight in a cell, and its zone if it has one; a date in it must be ``day``."""
    if isinstance(value, datetime):
        moment = _moment(value)
        if day is not None and moment.day not in (day, date(1899, 12, 30), date(1904, 1, 1)):
            raise Malformed(f"is of another day than {day.isoformat()}: {shown(value)!r}")
        return moment.seconds or 0, Zoned()
    if isinstance(value, time):
        return _whole(
            timedelta(
                hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond
            )
        ), Zoned()
    if isinstance(value, timedelta):
        return _whole(value), Zoned()
    if isinstance(value, str):
        text, where = _zoned(value)
        return _clock_s(text, value), where
    raise Malformed(f"is not a time of day such as 14:30: {_told(value)}")


def duration_s(value: Value) -> int | None:
    """The seconds of a cell that holds a duration; None for a bare number or text."""
    if isinstance(value, timedelta):
        return _whole(value)
    if isinstance(value, time):
        return seconds_of(value)[0]
    if isinstance(value, str) and (
        match := re.fullmatch(r"([0-9]{1,4}):([0-5][0-9])(?::([0-5][0-9]))?", value, re.ASCII)
    ):
        return int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3] or 0)
    return None


def zone_said(text: str) -> Zoned:
    """The zone in a cell or the map: an IANA name, an abbreviation, an offset."""
    if text.upper() in ZONES:
        return Zoned(*ZONES[text.upper()])
    if match := re.fullmatch(r"(?:UTC|GMT)?([+-])([0-9]{1,2}):?([0-9]{2})?", text, re.ASCII):
        return Zoned(f"{match[1]}{match[2]:0>2}:{match[3] or '00'}")
    calendar.zone(text)
    return Zoned("", text)


def instant_of(moment: CellMoment, zone: Zoned) -> str:
    """The stored instant of a moment in its own zone, else in the zone given."""
    where = moment.where if moment.where != Zoned() else zone
    assert where != Zoned(), "an instant has a zone"
    assert moment.seconds is not None, "an instant has a time of day"
    days, seconds = divmod(moment.seconds, calendar.DAY_S)
    local = datetime.combine(moment.day, time()) + timedelta(days=days, seconds=seconds)
    if where.offset:
        bracket = f"[{where.zone}]" if where.zone else ""
        return calendar.parse_instant(f"{local.isoformat()}{where.offset}{bracket}")
    found = calendar.moments(local, calendar.zone(where.zone))
    if not found:
        raise Malformed(f"does not exist in {where.zone}, where clocks were put forward over it: {local}")
    if len(found) > 1:
        tz = calendar.zone(where.zone)
        first, second = (calendar.format_local(each, tz)[19:] for each in found)
        raise Malformed(
            f"happens twice in {where.zone}, where clocks are put back: {local}; write the time as text with"
            f" its offset: {local:%H:%M}{first} for the first, {local:%H:%M}{second} for the second"
        )
    return calendar.format_instant(found[0])


def is_on_next_day(end: tuple[int, Zoned], begin: tuple[int, Zoned], day: date, zone: Zoned) -> bool:
    """True where a time of day, after another of the same row, is on the next day.

    On a night on which clocks are put back the later time can show less: their offsets tell, and without them
    an hour that is shown twice is not on the next day.
    """
    shifts = [_offset_s(where) for _, where in (end, begin)]
    if shifts[0] is not None and shifts[1] is not None:
        return end[0] - shifts[0] < begin[0] - shifts[1]
    if end[0] >= begin[0]:
        return False
    name = end[1].zone or zone.zone
    if not name or shifts[0] is not None:
        return True
    local = datetime.combine(day, time()) + timedelta(seconds=end[0])
    return len(calendar.moments(local, calendar.zone(name))) < 2


def _offset_s(where: Zoned) -> int | None:
    """The seconds by which an offset is ahead of UTC."""
    if not where.offset:
        return None
    if where.offset == "Z":
        return 0
    digits = where.offset[1:].replace(":", "")
    seconds = int(digits[:2]) * 3600 + int(digits[2:]) * 60
    return -seconds if where.offset.startswith("-") else seconds


# --- typed cells --------------------------------------------------------------------------------------------


def _moment(value: datetime) -> CellMoment:
    seconds = _whole(value - datetime.combine(value.date(), time()))
    days, rest = divmod(seconds, calendar.DAY_S)
    return CellMoment(value.date() + timedelta(days=days), rest)


def _whole(span: timedelta) -> int:
    """Whole seconds, half a second rounded up."""
    return (span + timedelta(milliseconds=500)) // timedelta(seconds=1)


def _serial(number: int | float, clock: DateForm) -> CellMoment:
    serial = decimal_of(number)
    if not FIRST_SERIAL <= serial < LAST_SERIAL:
        raise Malformed(f"is a number, not a date: {shown(number)}")
    if clock.serial is None:
        day = EPOCHS["1900"] + timedelta(days=int(serial))
        raise Malformed(
            f"is the number {shown(number)}, not a date; if it is a serial date of a spreadsheet"
            f' ({day.date().isoformat()}), set serial = "1900" (or "1904") in the map'
        )
    days, part = divmod(serial, 1)
    at = EPOCHS[clock.serial] + timedelta(days=int(days), milliseconds=round(part * Decimal(86_400_000)))
    return _moment(at) if part else CellMoment(at.date(), None)


# --- text ---------------------------------------------------------------------------------------------------


def _text_moment(said: str, clock: DateForm) -> CellMoment:
    text, where = _zoned(_WEEKDAY.sub("", said, count=1) if _WEEKDAY.match(said) else said)
    for cut in _cuts(text):
        day_text, clock_text = text[:cut], text[cut:].lstrip("T, ")
        day = _day(day_text.strip(" ,"), said, clock)
        if day is not None:
            return CellMoment(day, _clock_s(clock_text, said) if clock_text else None, where)
    number = re.fullmatch(r"[0-9]{5}(\.[0-9]+)?", said, re.ASCII)
    if number is not None:
        return _serial(_number(said), clock)
    raise Malformed(f"is not a date such as 2026-07-04 or 4 July 2026: {said!r}")


def _number(text: str) -> int | float:
    """A number of text as a spreadsheet would hold it, by the decoder of JSON."""
    import msgspec

    return msgspec.json.decode(text.encode(), type=int | float)


def _cuts(text: str) -> list[int]:
    """Positions where the date of a text may end, the longest first."""
    return [len(text), *(n for n in range(len(text) - 1, 5, -1) if text[n] in "T ,")]


def _day(text: str, said: str, clock: DateForm) -> date | None:
    """The date of a text, None if it is not in the form of one."""
    if match := _ISO.fullmatch(text):
        return _existing(int(match[1]), int(match[2]), int(match[3]), said)
    for pattern in _NAMED:
        if match := pattern.fullmatch(text):
            month = _month(match["month"])
            return None if month is None else _existing(int(match["year"]), month, int(match["day"]), said)
    match = _PARTS.fullmatch(text)
    if match is None:
        return None
    parts = (match[1], match[3], match[4])
    order = "ymd" if len(parts[0]) == 4 else clock.order
    if len(parts[2 if order != "ymd" else 0]) == 1:
        return None
    if order is None or (order == "ymd" and len(parts[0]) != 4 and len(parts[2]) == 4):
        raise Malformed(
            f'does not tell day from month: {said!r}; set dates = "mdy" (US: month first) or "dmy" (day'
            " first) in the map"
        )
    year, month, day = (int(parts[n]) for n in ORDERS[order])
    return _existing(year + 2000 if year < 100 else year, month, day, said)


def _month(word: str) -> int | None:
    lower = word.lower()
    return MONTHS.index(lower[:3]) + 1 if lower in (*MONTHS, *LONG_MONTHS) else None


def _existing(year: int, month: int, day: int, said: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Malformed(
            f"is not a date that exists (year {year}, month {month}, day {day}): {said!r}"
        ) from None


def _zoned(text: str) -> tuple[str, Zoned]:
    """A text without its offset or zone, and these."""
    bracketed = _BRACKETED.fullmatch(text)
    zone = ""
    if bracketed:
        text, zone = bracketed[1], bracketed[2]
        calendar.zone(zone)
    match = _OFFSET.fullmatch(text) if ":" in text or text.endswith("Z") else None
    if match is None:
        return text, Zoned("", zone)
    where = zone_said(match[2])
    return match[1].strip(), Zoned(where.offset, zone or where.zone)


def _clock_s(text: str, said: str) -> int:
    """Seconds from midnight of a time of day; 24:00 is the end of the day."""
    match = _CLOCK.fullmatch(text)
    if match:
        hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
        second += int(match[4][0]) >= 5 if match[4] else 0
        half = match[5]
    elif match := _HOUR.fullmatch(text):
        hour, minute, second, half = int(match[1]), 0, 0, match[2]
    elif match := _MILITARY.fullmatch(text):
        hour, minute, second, half = int(match[1]), int(match[2]), 0, None
    else:
        raise Malformed(f"is not a time of day such as 14:30 or 2:30 PM: {said!r}")
    if half:
        if not 1 <= hour <= 12:
            raise Malformed(f"is not a time of day that exists: {said!r}")
        hour = hour % 12 + 12 * (half[0] in "pP")
    seconds = hour * 3600 + minute * 60 + second
    if minute > 59 or second > 60 or seconds > calendar.DAY_S:
        raise Malformed(f"is not a time of day that exists: {said!r}")
    return seconds


def _told(value: Value) -> str:
    return value.why if isinstance(value, UnusableCell) else repr(shown(value))
