"""Instants and periods in everyday words: ``now``, ``yesterday 18:00``, ``14:30 EDT``, ``last-month``.

Each is read in local time of a zone, relative to an instant that is now. Both are given: nothing here reads a
clock. The result is in the stored form, or is days; instants that were not spelled out are kept with their
offset, so that they can be shown. Story text and options of the command line take these forms; a fact in JSON
does not.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from ledger import calendar
from ledger.errors import Malformed, did_you_mean

NOW: Final = "now"
DAYS: Final = {"yesterday": -1, "today": 0, "tomorrow": 1}
"""Words for a day, and its distance from today in days."""

PERIODS: Final = tuple(
    f"{which}-{what}" for which in ("this", "last") for what in ("week", "month", "quarter", "year")
)
"""Words for a period relative to now."""

_DAY: Final = rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}|{'|'.join(DAYS)}"
_INSTANT: Final = re.compile(
    rf"(?:({_DAY})(?:T| +))?([0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}})?)"
    r"(?: *(Z|[+-][0-9]{2}:[0-9]{2})|(?: +|(?<=[0-9]))([A-Z]{2,5}))?(?:\[([A-Za-z0-9_+/-]{1,64})\])?",
    re.ASCII,
)
_RELATIVE: Final = re.compile(r"(this|last)-(week|month|quarter|year)", re.ASCII)
_MONTH: Final = re.compile(r"([0-9]{4})-([0-9]{1,2})(?:@([0-9]{1,2}))?", re.ASCII)
_WEEK: Final = re.compile(r"([0-9]{4})-W([0-9]{1,2})", re.ASCII)

_BEGIN: Final = re.compile(
    rf"(?:{_DAY})(?:T[0-9]{{2}}:[0-9:]{{2,5}})?|[0-9]{{2}}:[0-9:]{{2,5}}|{NOW}", re.ASCII
)
_GO_ON: Final = re.compile(r"[0-9]{2}:[0-9]{2}\S*|[A-Z]{2,5}", re.ASCII)


class EverydayTimes:
    """Everyday words, read relative to one now and the zones of places; ``understood`` lists their
    meanings.
    """

    def __init__(self, now_s: int, zones: Mapping[str, str], default: str | None = None) -> None:
        self.now_s, self.zones, self._default = now_s, dict(zones), default
        self.understood: dict[str, str] = {}

    def instant(self, text: str, place: str) -> str:
        """An instant of a place in its stored form, from any form of ``parse_instant`` or everyday words."""
        tz = self.zones.get(place, self._default)
        return self.instant_in(text, tz, place, "" if tz else _misspelled(place, self.zones))

    def instant_in(self, text: str, tz: str | None, name: str = "", hint: str = "") -> str:
        """An instant in a zone, in its stored form; ``name`` is the option it was given for, ``hint`` the
        reason why there may be no zone.
        """
        if calendar.is_complete(text):
            return calendar.parse_instant(text)
        found = parse_everyday(text, tz, self.now_s, hint)
        shown = calendar.format_local(calendar.instant_s(found), calendar.zone(tz or "UTC"))
        self.understood[f"{name} {text}".lstrip()] = shown
        return found

    def date_in(self, text: str, tz: str, name: str) -> str:
        """The calendar date of ``today`` and the like in a zone."""
        found = _day(text, None, tz, self.now_s)
        self.understood[f"{name} {text}"] = f"{found} ({tz})"
        return found

    def day_start_in(self, day: str, tz: str, name: str) -> str:
        """The first instant of a calendar date in a zone, in its stored form."""
        zone = calendar.zone(tz)
        start_s = calendar.day_start_s(date.fromisoformat(day), zone)
        self.understood[f"{name} {day}"] = f"{calendar.format_local(start_s, zone)} ({tz})"
        return calendar.format_instant(start_s)

    def period_in(self, text: str, tz: str, name: str) -> calendar.Window:
        """The window of a period in a zone."""
        zone = calendar.zone(tz)
        days = everyday_days(text, calendar.local_date(self.now_s, zone))
        window = calendar.in_range(calendar.Window(*(calendar.day_start_s(day, zone) for day in days)), text)
        ends = " to ".join(calendar.format_local(end_s, zone) for end_s in window)
        self.understood[f"{name} {text}"] = f"{ends} ({tz})"
        return window


# --- instants -----------------------------------------------------------------------------------------------


def _misspelled(place: str, known: Iterable[str]) -> str:
    near = did_you_mean(place, known)
    return f"; {place!r} is not registered{near}" if near else ""


def parse_everyday(text: str, tz: str | None, now_s: int, hint: str = "") -> str:
    """An instant in everyday words, in its stored form; a day or a time without a zone of its own is in the
    zone ``tz``, and ``hint`` is the reason why there may be none.
    """
    if text == NOW:
        return calendar.format_instant(now_s)
    match = _INSTANT.fullmatch(text)
    if match is None:
        calendar.check_day(text)
        raise Malformed(
            "is not an instant such as now, 06:14, yesterday 18:00, 2026-07-14 06:14, 2026-07-14T14:30 EDT"
            f" or 2026-07-14T18:00Z: {text!r}"
        )
    said_day, time, offset, abbreviation, zone_name = match.groups()
    if abbreviation == "UTC":
        offset, abbreviation = "Z", None
    tz = zone_name or tz
    if tz is None and offset is None:
        raise Malformed(
            "needs Z, an offset or a [zone] such as [America/New_York], as no single time zone is known for "
            f"it: {text!r}{hint}"
        )
    day = _day(said_day, offset, tz, now_s)
    if abbreviation is not None:
        return calendar.format_instant(_abbreviated(f"{day}T{time}", abbreviation, str(tz), text))
    within = f"[{tz}]" if zone_name or offset is None else ""
    return calendar.parse_instant(f"{day}T{time}{offset or ''}{within}")


def _day(said: str | None, offset: str | None, tz: str | None, now_s: int) -> str:
    """The calendar date that was given, or the date of a word in local time of the given zone."""
    if said is not None and said not in DAYS:
        return said
    if offset is None:
        today = calendar.local_date(now_s, calendar.zone(str(tz)))
    else:
        behind = (
            timedelta() if offset == "Z" else datetime.fromisoformat(f"2000-01-01T00:00{offset}").utcoffset()
        )
        today = (calendar.EPOCH + timedelta(seconds=now_s) + (behind or timedelta())).date()
    return (today + timedelta(days=DAYS[said or "today"])).isoformat()


def _abbreviated(local: str, abbreviation: str, tz: str, text: str) -> int:
    """The instant at which clocks of a zone show a time under an abbreviation such as EDT."""
    try:
        shown = datetime.fromisoformat(local)
    except ValueError as why:
        raise Malformed(f"is not a time that exists ({why}): {text!r}") from None
    zone = calendar.zone(tz)
    moments = calendar.moments(shown, zone)
    there = {calendar.abbreviation(at_s, zone): at_s for at_s in moments}
    if len(there) < len(moments) or not moments:  # one name for both, or for neither
        return calendar.instant_s(calendar.parse_instant(f"{local}[{tz}]"))
    if abbreviation not in there:
        right = " or ".join(
            f"{local} {name}" if name.isalpha() else calendar.format_local(at_s, zone)
            for name, at_s in there.items()
        )
        raise Malformed(f"{abbreviation} is not the time in {tz} then; write {right}: {text!r}")
    return there[abbreviation]


# --- periods ------------------------------------------------------------------------------------------------


def everyday_days(text: str, today: date) -> tuple[date, date]:
    """First day of a period in everyday words, or in a form of ``calendar.period_days``, and the day after
    its last.
    """
    try:
        if (relative := _RELATIVE.fullmatch(text)) is not None:
            return _relative(relative[1], relative[2], today)
        if text in DAYS:
            first = today + timedelta(days=DAYS[text])
            return first, first + timedelta(days=1)
        if (week := _WEEK.fullmatch(text)) is not None:
            first = date.fromisocalendar(int(week[1]), int(week[2]), 1)
            return first, first + timedelta(days=7)
        if (month := _MONTH.fullmatch(text)) is not None:
            return _month(int(month[1]), int(month[2]), int(month[3] or 1))
    except (ValueError, OverflowError) as why:
        raise Malformed(f"is not a period that exists ({why}): {text!r}") from None
    if not calendar.is_period(text):
        raise Malformed(
            "is not a period such as 2026, 2026-Q3, 2026-07, 2026-07-14, 2026-W30, 2026-07@9 or last-month:"
            f" {text!r}{did_you_mean(text, PERIODS)}"
        )
    return calendar.period_days(text)


def _relative(which: str, what: str, today: date) -> tuple[date, date]:
    back = int(which == "last")
    if what == "week":
        first = today - timedelta(days=today.weekday() + 7 * back)
        return first, first + timedelta(days=7)
    months = {"month": 1, "quarter": 3, "year": 12}[what]
    first = today.replace(month=(today.month - 1) // months * months + 1, day=1)
    first = calendar.add_months(first, -months * back)
    return first, calendar.add_months(first, months)


def _month(year: int, month: int, day: int) -> tuple[date, date]:
    """A month from a day of it to the same day of the next, each at most the last of its month."""
    first = date(year, month, 1)
    if not 1 <= day <= 31:
        raise ValueError("a billing month begins on a day from 1 to 31")
    after = calendar.add_months(first, 1)
    return _at_most_last(first, day), _at_most_last(after, day)


def _at_most_last(first: date, day: int) -> date:
    return first.replace(day=min(day, monthrange(first.year, first.month)[1]))


# --- blanks -------------------------------------------------------------------------------------------------


def instant_words(words: list[str]) -> int:
    """Number of leading words that make one instant: ``yesterday 18:00 EDT`` has three."""
    count = 1
    if words and _BEGIN.fullmatch(words[0]):
        while count < min(len(words), 3) and _GO_ON.fullmatch(words[count]):
            count += 1
    return count


def split_instant(words: list[str]) -> str | None:
    """The first instant that some words of a shell make together; None where there is none."""
    for place in range(len(words)):
        first = words[place].rpartition("=")[2]
        count = instant_words([first, *words[place + 1 :]])
        if count > 1:
            return " ".join([first, *words[place + 1 : place + count]])
    return None
