"""Instants, record times, local time and periods: every rule about time in one place, and no clock.

- *instant*: UTC in whole seconds, stored as ``2026-07-14T18:00:00Z``; of equal length, so text order is time
  order.
- *rec*: when the ledger took a record, UTC with exactly six fraction digits: ``2026-07-14T18:00:03.120000Z``.
- *local time*: typed as ``2026-07-14T14:00[America/New_York]``. A time that a clock change skips is
  malformed; one
  that it repeats must carry its offset: ``2026-11-01T01:30-04:00[America/New_York]``.
- *date*: local calendar date of a site, ``2026-07-14``.
- *period*: ``2026 | 2026-Q3 | 2026-07 | 2026-07-14``, a half-open span of local days in a zone; a local month
  is not
  days x 24 h, a clock change makes days of 23 and 25 hours.

Zones come from the pinned ``tzdata`` package only, never from the host, so that a report computed in two
places is the same (IANA tz database; its release is printed in every report).
"""

from __future__ import annotations

import pkgutil
import re
import zoneinfo
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from io import BytesIO
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import tzdata

from ledger.errors import Malformed, did_you_mean

zoneinfo.reset_tzpath(to=())

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_LOCAL: Final = EPOCH.replace(tzinfo=None)
HOUR_S: Final = 3600
DAY_S: Final = 86_400
LONGEST_DAY_S: Final = DAY_S + HOUR_S
"""Length of a local day on which clocks are put back an hour."""
_SECOND: Final = timedelta(seconds=1)
_MICROSECOND: Final = timedelta(microseconds=1)
_LAST_S: Final = 253_402_300_799  # 9999-12-31T23:59:59Z

_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", re.ASCII)
_REC = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_FRACTION = re.compile(r"(T[0-9]{2}:[0-9]{2}:[0-9]{2})[.,][0-9]+", re.ASCII)
_TYPED = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?(?:\[([A-Za-z0-9_+/-]{1,64})\])?",
    re.ASCII,
)
_ZONE = re.compile(r"[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+)*", re.ASCII)
_PERIOD = re.compile(r"([0-9]{4})(?:-Q([1-4])|-([0-9]{2})(?:-([0-9]{2}))?)?", re.ASCII)


class Window(NamedTuple):
    """A half-open span of instants [start_s, stop_s), in seconds since 1970-01-01T00:00:00Z."""

    start_s: int
    stop_s: int


@lru_cache(maxsize=1)
def us_zones() -> frozenset[str]:
    """The zones of the United States, by the country table of the pinned tzdata, with their older names."""
    table, rules = (_zone_file(name).decode().splitlines() for name in ("zone.tab", "tzdata.zi"))
    zones = {line.split("\t")[2] for line in table if line.startswith("US\t")}
    links = (line.split(" ") for line in rules if line.startswith("L "))
    return frozenset(zones | {link for _, target, link in links if target in zones})


def _zone_file(name: str) -> bytes:
    """A file of the pinned tzdata. The loader of its package reads it: the resources of the standard library, by
    which zoneinfo reads it, load archives and temporary files, longer than most reports take.
    """
    data = pkgutil.get_data("tzdata", f"zoneinfo/{name}")
    assert data is not None, "the loader of tzdata reads its files"
    return data


def tzdata_release() -> str:
    """The release of the pinned zone data, as printed in reports: ``2026f``."""
    return str(tzdata.IANA_VERSION)


# --- stored forms -------------------------------------------------------------------------------------------


def instant_s(stored: str) -> int:
    """Seconds since 1970 of a stored instant. The form is not checked again: it was checked when the fact was
    taken.
    """
    since = datetime.fromisoformat(stored) - EPOCH
    return since.days * DAY_S + since.seconds


def format_instant(seconds: int) -> str:
    """The stored form: ``2026-07-14T18:00:00Z``."""
    if not 0 <= seconds <= _LAST_S:
        raise Malformed(f"is outside the years 1970 to 9999: {seconds} s since 1970")
    return f"{(_EPOCH_LOCAL + timedelta(seconds=seconds)).isoformat()}Z"


def rec_us(stored: str) -> int:
    """Microseconds since 1970 of a stored record time."""
    return (datetime.fromisoformat(stored) - EPOCH) // _MICROSECOND


def format_rec(microseconds: int) -> str:
    """The stored form of a record time, always six fraction digits."""
    seconds, fraction = divmod(microseconds, 1_000_000)
    return f"{_rec_second(seconds)}.{fraction:06d}Z"


@lru_cache(maxsize=1)
def _rec_second(seconds: int) -> str:
    """A second of record times: a writer that is busy asks for the same one again and again."""
    return (_EPOCH_LOCAL + timedelta(seconds=seconds)).isoformat()


def is_instant(text: str) -> bool:
    """True for exactly the stored form of an instant that exists."""
    return _INSTANT.fullmatch(text) is not None and text >= "1970" and _exists(text)


def is_rec(text: str) -> bool:
    """True for exactly the stored form of a record time."""
    return _REC.fullmatch(text) is not None and text >= "1970" and _exists(text)


def is_date(text: str) -> bool:
    """True for an ISO calendar date that exists."""
    return _DATE.fullmatch(text) is not None and _exists(text)


def check_day(text: str) -> None:
    """``Malformed`` where a text has the form of a date and the calendar has no such day."""
    if _DATE.fullmatch(text) is None:
        return
    try:
        date.fromisoformat(text)
    except ValueError as why:
        raise Malformed(f"is not a day that exists ({why}): {text!r}") from None


def _exists(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


# --- zones and typed forms ----------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    """The zone of an IANA name; ``Malformed`` for a name the pinned tzdata does not have."""
    try:
        if _ZONE.fullmatch(name) is None:
            raise ValueError("not a name of a zone")
        return ZoneInfo.from_file(BytesIO(_zone_file(name)), name)
    except (ValueError, OSError):
        near = did_you_mean(name[:80], zoneinfo.available_timezones())
        raise Malformed(f"is not an IANA time zone such as America/New_York: {name!r}{near}") from None


def is_complete(text: str) -> bool:
    """True where an instant stands by itself: with Z, an offset or a ``[zone]``."""
    if text[10:11] == "T" and text[-1] in "Z]":  # so are nearly all, and a file has many
        return True
    match = _TYPED.fullmatch(text)
    return match is not None and (match[5] or match[6]) is not None


def parse_instant(text: str) -> str:
    """A typed instant in its stored form: ``...Z``, with an offset, or local with ``[zone]``; seconds
    optional.
    """
    match = _TYPED.fullmatch(text)
    if match is None and _TYPED.fullmatch(whole := _FRACTION.sub(r"\1", text)):
        raise Malformed(f"has a fraction of a second; give whole seconds, as {whole}: {text!r}")
    if match is None:
        raise Malformed(
            f"is not an instant such as 2026-07-14T18:00Z or 2026-07-14T14:00[America/New_York]: {text!r}"
        )
    day, hour, minute, second, offset, zone_name = match.groups()
    if offset is None and zone_name is None:
        raise Malformed(f"needs Z, an offset or a [zone], for example {text}Z: {text!r}")
    try:
        local = datetime.fromisoformat(f"{day}T{hour}:{minute}:{second or '00'}")
        stamped = datetime.fromisoformat(f"{local.isoformat()}{offset}") if offset else None
    except ValueError as why:
        raise Malformed(f"is not a time that exists ({why}): {text!r}") from None
    seconds = _located(local, stamped, zone_name, text) if zone_name else _seconds(stamped)
    if not 0 <= seconds <= _LAST_S:
        raise Malformed(f"is outside the years 1970 to 9999: {text!r}")
    return format_instant(seconds)


def _seconds(moment: datetime | None) -> int:
    assert moment is not None, "a typed instant has an offset or a zone"
    return (moment - EPOCH) // _SECOND


def _located(local: datetime, stamped: datetime | None, zone_name: str, text: str) -> int:
    candidates = moments(local, zone(zone_name))
    if stamped is not None:
        if _seconds(stamped) not in candidates:
            raise Malformed(f"has an offset that {zone_name} does not use then: {text!r}")
        return _seconds(stamped)
    if not candidates:
        meant = [_seconds(local.replace(tzinfo=zone(zone_name), fold=fold)) for fold in (0, 1)]
        raise Malformed(
            f"does not exist in {zone_name}: clocks were put forward over it; write"
            f" {_readings(meant, zone(zone_name))}: {text!r}"
        )
    if len(candidates) == 2:
        raise Malformed(
            f"happens twice in {zone_name} as clocks are put back; add the offset:"
            f" {_readings(candidates, zone(zone_name))}: {text!r}"
        )
    return candidates[0]


def _readings(instants: list[int], tz: ZoneInfo) -> str:
    return " or ".join(f"{format_local(at_s, tz)} ({abbreviation(at_s, tz)})" for at_s in instants)


def abbreviation(seconds: int, tz: ZoneInfo) -> str:
    """The zone's abbreviation at an instant: ``EDT``, or an offset such as ``-03`` where it has none."""
    return in_zone(EPOCH + timedelta(seconds=seconds), tz).tzname() or ""


def moments(local: datetime, tz: ZoneInfo) -> list[int]:
    """The instants at which clocks in the zone show ``local``: none in a gap, two in a repeat."""
    first, second = tz.utcoffset(local.replace(fold=0)), tz.utcoffset(local.replace(fold=1))
    assert first is not None, "a zone knows its offset"
    assert second is not None, "a zone knows its offset"
    if first < second:  # PEP 495: in a gap the offset before it is the lesser
        return []
    since = local - _EPOCH_LOCAL  # spans, which have no first and last year
    return [(since - offset) // _SECOND for offset in dict.fromkeys((first, second))]


def day_start_s(day: date, tz: ZoneInfo) -> int:
    """The first instant of a local calendar day (also where midnight itself is skipped by a clock change)."""
    midnight = datetime(day.year, day.month, day.day)
    offset = tz.utcoffset(midnight)
    assert offset is not None, "a zone knows its offset"
    return (midnight - _EPOCH_LOCAL - offset) // _SECOND


def local_date(seconds: int, tz: ZoneInfo) -> date:
    """The calendar date on the clocks of a zone at an instant."""
    return in_zone(EPOCH + timedelta(seconds=seconds), tz).date()


def local_time(seconds: int, tz: ZoneInfo) -> datetime:
    """Local time in a zone at an instant, without the zone."""
    return in_zone(EPOCH + timedelta(seconds=seconds), tz).replace(tzinfo=None)


def format_local(seconds: int, tz: ZoneInfo) -> str:
    """Local time with its offset, for people: ``2026-07-14T14:00:00-04:00``."""
    return in_zone(EPOCH + timedelta(seconds=seconds), tz).isoformat()


def clock(seconds: int, tz: str) -> str:
    """``2026-07-14 14:00 -04:00``: an instant on the clocks of a zone, to the minute, for people."""
    local = format_local(seconds, zone(tz))
    return f"{local[:10]} {local[11:16]} {local[19:]}"


def in_zone(moment: datetime, tz: ZoneInfo) -> datetime:
    """An instant as local time in a zone, or in UTC where the zone already shows the year 10000, which no
    date can hold.
    """
    try:
        return moment.astimezone(tz)
    except OverflowError:
        return moment.astimezone(UTC)


# --- periods ------------------------------------------------------------------------------------------------


def is_period(text: str) -> bool:
    """True where the text has the form of a period."""
    return _PERIOD.fullmatch(text) is not None


def period_days(text: str) -> tuple[date, date]:
    """First day of a period and the day after its last; ``Malformed`` for anything else."""
    match = _PERIOD.fullmatch(text)
    if match is None:
        raise Malformed(f"is not a period such as 2026, 2026-Q3, 2026-07 or 2026-07-14: {text!r}")
    year, quarter, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None, "the year is not optional in the pattern"
    try:
        if day:
            first = date(year, month or 0, day)
            return first, first + timedelta(days=1)
        first = date(year, 3 * quarter - 2 if quarter else month or 1, 1)
        return first, add_months(first, 3 if quarter else 1 if month else 12)
    except (ValueError, OverflowError) as why:
        raise Malformed(f"is not a period that exists ({why}): {text!r}") from None


def period(text: str, tz: ZoneInfo) -> Window:
    """The half-open window of a period in a zone."""
    first, after = period_days(text)
    return Window(day_start_s(first, tz), day_start_s(after, tz))


def in_range(window: Window, text: str) -> Window:
    """The window of a typed period; ``Malformed`` where one of its ends is beyond what can be stored."""
    if window.start_s < 0 or window.stop_s > _LAST_S:
        raise Malformed(f"is not within the years 1970 to 9999, which a ledger can hold: {text!r}")
    return window


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it is shorter: January 31 + 1 month =
    February 28.
    """
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month0 + 1, min(day.day, monthrange(year, month0 + 1)[1]))


def days_after(day: date, days: int) -> date:
    """The date that many days later, at most the last day of the year 9999."""
    return date.fromordinal(min(day.toordinal() + days, date.max.toordinal()))


def months_after(day: date, months: int) -> date:
    """The same as ``add_months``, but at most the last day of the year 9999."""
    return date.max if (date.max.year - day.year) * 12 + 12 - day.month < months else add_months(day, months)
