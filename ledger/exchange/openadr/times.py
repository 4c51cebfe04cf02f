"""Time in OpenADR 3.1.0: date-times, durations, and the intervals of an event as spans of instants (User
Guide 7.3 and 7.4).

- A date-time is RFC 3339 with Z or an offset; facts hold whole seconds, so a fraction is cut off, but it
  counts where two versions are put in order (``stamp``). ``0001-01-01`` is *now*: of an event or its first
  interval the time at which it was called, of a later interval the end of the one before.
- A duration is ISO 8601; ``P9999Y`` has no end (``P9999Y0M0DT0H0M0S`` as openleadr-rs writes it). Years and
  months have no fixed length and are refused.
- An interval's own period comes before the event's. Without a start an interval follows the one before. An
  event's ``duration`` cuts its intervals off, or repeats them up to it; one of zero is the schema's default,
  which generated clients write into every event, and is read as not given.
- An interval that starts now and lasts no time is called off (User Guide 7.9: an event is canceled by an
  ``intervalPeriod`` of start ``0001-01-01`` and duration ``PT0S``). One that starts at an instant and lasts
  no time has no known meaning, and is refused.
- An interval that has a start, its own or the event's, and no duration at all lasts until its event is
  edited, called off or deleted. The schema's default, PT0S, is not put in: by 7.9 PT0S calls an event off,
  and an event that calls for load is not called off by an omission.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from ledger import calendar
from ledger.errors import Malformed, named

NOW: Final = "0001-01-01"
INTERVAL_LIMIT: Final = 10_000
_STAMP = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt"
    r" ]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?([Zz]|[+-][0-9]{2}:[0-9]{2})?",
    re.ASCII,
)
_DURATION = re.compile(
    r"-?P(?:([0-9]{1,6})Y)?(?:([0-9]{1,6})M)?(?:([0-9]{1,6})W)?(?:([0-9]{1,9})D)?"
    r"(?:T(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})(?:\.0+)?S)?)?",
    re.ASCII,
)
FOREVER_YEARS: Final = 9999
FOREVER: Final = f"P{FOREVER_YEARS}Y"


class EventInterval(NamedTuple):
    """An interval of an event: [start_s, stop_s), ``stop_s`` None without end; its number, its payloads,
    whether the server calls it off, and whether it states its length.
    """

    start_s: int
    stop_s: int | None
    number: int
    payloads: Any
    called_off: bool = False
    says_length: bool = True


def date_time(text: object) -> str:
    """An RFC 3339 date-time in the stored form of an instant."""
    return calendar.format_instant(date_time_s(text))


def date_time_s(text: object) -> int:
    """Seconds since 1970 of an RFC 3339 date-time."""
    return stamp(text)[0]


def stamp(text: object) -> tuple[int, str]:
    """Seconds since 1970 of an RFC 3339 date-time and its fraction in nine digits, which put versions in
    order.
    """
    match = _STAMP.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise Malformed(f"is not a date-time such as 2026-07-14T18:00:00Z: {str(text)[:80]!r}")
    if match[4] is None:
        raise Malformed(f"needs Z or an offset: {text!r}")
    try:
        stamped = datetime.fromisoformat(f"{match[1]}T{match[2]}{match[4].upper()}")
        since = (stamped - calendar.EPOCH) // timedelta(seconds=1)
    except (ValueError, OverflowError) as why:
        raise Malformed(f"is not a time that exists ({why}): {text!r}") from None
    calendar.format_instant(since)
    return since, (match[3] or "").ljust(9, "0")


def duration_s(text: object) -> int | None:
    """Whole seconds of an ISO 8601 duration, None for ``P9999Y``, which has no end."""
    match = _DURATION.fullmatch(text) if isinstance(text, str) else None
    plain = str(text).removeprefix("-")
    if match is None or plain == "P" or plain.endswith("T"):
        raise Malformed(f"is not a duration of whole seconds such as PT1H: {str(text)[:80]!r}")
    years, months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    if plain == text and years == FOREVER_YEARS and not any((months, weeks, days, hours, minutes, seconds)):
        return None
    if years or months:
        raise Malformed(f"has years or months, whose length is not fixed; give days or hours: {text!r}")
    total = (((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds
    if total and plain != text:
        raise Malformed(f"is negative, and nothing ends before it begins: {text!r}")
    if total > 100 * 366 * calendar.DAY_S:
        raise Malformed(f"is longer than 100 years; without end is {FOREVER}: {text!r}")
    return total


def format_duration(seconds: int) -> str:
    """The ISO 8601 form in hours, minutes and seconds: ``PT1H``, ``PT15M``, ``PT90M`` is ``PT1H30M``."""
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    parts = "".join(f"{n}{unit}" for n, unit in ((hour, "H"), (minute, "M"), (second, "S")) if n)
    return f"PT{parts or '0S'}"


def is_now(start: object) -> bool:
    """True where a start is *now*, or follows on."""
    return isinstance(start, str) and start.startswith(NOW)


def spans(event: dict[str, Any], now_s: int | None) -> list[EventInterval]:
    """The intervals of an event in order, cut or repeated by its ``duration``, followed by those that are
    called off; ``now_s`` is the instant of *now*, None where it is unknown.
    """
    said = event.get("intervals") or []
    if not isinstance(said, list) or len(said) > INTERVAL_LIMIT:
        raise Malformed(f"intervals must be a list of at most {INTERVAL_LIMIT:,}")
    default = _period(event.get("intervalPeriod"), "intervalPeriod")
    found: list[EventInterval] = []
    for position, interval in enumerate(said):
        if not isinstance(interval, dict):
            raise Malformed(f"interval {position} is not an object")
        with named(f"interval {position}:"):
            found.append(_span(interval, default, found, now_s, position))
    called_off = [span for span in found if span.called_off]
    asked = [span for span in found if not span.called_off]
    if not lasts(event) or not asked:
        return asked + called_off
    with named("duration"):
        return _lasting(asked, duration_s(event["duration"])) + called_off


def lasts(event: dict[str, Any]) -> bool:
    """True where an event states its length. A duration of zero is the schema's default."""
    said = event.get("duration")
    return said is not None and not is_zero(said)


def is_called_off(event: dict[str, Any]) -> bool:
    """True where the ``intervalPeriod`` of an event calls it off."""
    period = _period(event.get("intervalPeriod"), "intervalPeriod")
    return is_now(period.get("start")) and is_zero(period.get("duration"))


def starts_now(event: dict[str, Any]) -> bool:
    """True where all intervals of an event follow from *now*, so that none has an instant of its own."""
    default = _period(event.get("intervalPeriod"), "intervalPeriod").get("start")
    own = [
        period.get("start")
        for interval in event.get("intervals") or ()
        if isinstance(interval, dict) and isinstance(period := interval.get("intervalPeriod"), dict)
    ]
    starts = [start for start in (default, *own) if start is not None]
    return bool(starts) and all(map(is_now, starts))


def is_zero(said: object) -> bool:
    """True for a duration of zero, in any form."""
    try:
        return duration_s(said) == 0
    except Malformed:
        return False


def _period(said: object, name: str) -> dict[str, Any]:
    if said is None:
        return {}
    if not isinstance(said, dict):
        raise Malformed(f"{name} must be an object with start and duration")
    return said


def _span(
    interval: dict[str, Any],
    default: dict[str, Any],
    before: list[EventInterval],
    now_s: int | None,
    position: int,
) -> EventInterval:
    own = _period(interval.get("intervalPeriod"), "intervalPeriod")
    start, length = own.get("start"), own.get("duration")
    before = [span for span in before if not span.called_off]
    length = default.get("duration") if length is None else length
    number = interval.get("id", position)
    number = number if isinstance(number, int) else position
    payloads = interval.get("payloads") or ()
    if is_zero(length) and (
        is_now(default.get("start") if start is None else start) or is_called_off({"intervalPeriod": default})
    ):
        return EventInterval(0, 0, number, payloads, called_off=True)
    if start is not None and not is_now(start):
        with named("start"):
            start_s = date_time_s(start)
    elif before:
        if before[-1].stop_s is None:
            raise Malformed("follows one that has no end; give its start")
        start_s = before[-1].stop_s
    else:
        start_s = _first_s(default.get("start"), start, now_s)
    with named("duration"):
        seconds = None if length is None else duration_s(length)
    return EventInterval(
        start_s,
        None if seconds is None else start_s + seconds,
        number,
        payloads,
        says_length=length is not None,
    )


def _first_s(default: object, own: object, now_s: int | None) -> int:
    """Start of the first interval that states no instant of its own."""
    start = own if default is None else default
    if start is None:
        raise Malformed("has no start, neither its own nor the event's")
    if not is_now(start):
        with named("start"):
            return date_time_s(start)
    if now_s is None:
        raise Malformed("starts now (0001-01-01): add --at 2026-07-14T18:00Z, when it was called")
    return now_s


def _lasting(found: list[EventInterval], seconds: int | None) -> list[EventInterval]:
    """Spans cut off after a time from the first start, or repeated up to it."""
    start_s, last = found[0].start_s, found[-1]
    stop_s = None if seconds is None else start_s + seconds
    if last.stop_s is None or (stop_s is not None and stop_s <= last.stop_s):
        return list(_cut(found, stop_s))
    if len(found) == 1:
        return [last._replace(stop_s=stop_s)]
    if stop_s is None:
        raise Malformed(f"{FOREVER} repeats {len(found)} intervals without end, which no record can hold")
    lifespan_s = last.stop_s - start_s
    rounds = -(-(stop_s - start_s) // lifespan_s) if lifespan_s > 0 else INTERVAL_LIMIT
    if rounds * len(found) > INTERVAL_LIMIT:
        raise Malformed(f"repeats the intervals more than {INTERVAL_LIMIT:,} times")
    repeated = (
        span._replace(start_s=span.start_s + n * lifespan_s, stop_s=span.stop_s + n * lifespan_s)
        for n in range(rounds)
        for span in found
        if span.stop_s is not None
    )
    return list(_cut(repeated, stop_s))


def _cut(found: Any, stop_s: int | None) -> Iterator[EventInterval]:
    for span in found:
        if stop_s is None or span.start_s < stop_s:
            ends = [s for s in (span.stop_s, stop_s) if s is not None]
            yield span._replace(stop_s=min(ends) if ends else None)
