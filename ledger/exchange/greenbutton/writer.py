"""Green Button out: the readings of one meter as an ESPI 4.0 feed, which the reader turns back into the same
records.

The feed has one UsagePoint, one MeterReading, one ReadingType (Wh, deltas) and an IntervalBlock per record;
instants are epoch seconds UTC. Values use the lowest power of ten among the records, so they stay exact; a
quality that is not stated is left out. LocalTimeParameters carry the zone's offset and the rule words of its
clock changes if the zone has two a year or none. Ids are derived from the origin, site and meter: the same
records give the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID
from xml.sax.saxutils import escape, quoteattr
from zoneinfo import ZoneInfo

from ledger import calendar
from ledger.errors import Malformed
from ledger.kinds import IntervalsRecorded

VALUE_LIMIT: Final = 2**47
ENERGY: Final = 12
ELECTRICITY: Final = 1
FORWARD: Final = 1
REVERSE: Final = 19
NO_RULE: Final = 0xFFFFFFFF
LAST: Final = 7
YEARS: Final = 8


class Meter(NamedTuple):
    """The meter's own data in a feed; ``updated`` is when the last reading was recorded."""

    origin: str
    site: str
    meter: str
    received: bool
    zone: ZoneInfo
    updated: str


def feed(meter: Meter, readings: Sequence[IntervalsRecorded]) -> Iterator[bytes]:
    """The pieces of the feed; the readings must be in order of their start."""
    root = f"/espi/1_1/resource/RetailCustomer/1/UsagePoint/{meter.site}"
    own = f"{root}/MeterReading/{meter.meter}"
    kind, local = f"/espi/1_1/resource/ReadingType/{meter.meter}", "/espi/1_1/resource/LocalTimeParameters/1"
    power = min((body.power_of_ten for body in readings), default=0)
    lengths = {body.interval_s for body in readings}
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<id>{_urn(meter, 'feed')}</id>\n<title>{escape(f'{meter.site} {meter.meter}')}</title>\n"
        f"<updated>{meter.updated}</updated>\n"
    ).encode()
    parameters = _local_time(meter.zone, readings)
    related = [f"{root}/MeterReading", *([local] if parameters else [])]
    point = "<ServiceCategory><kind>0</kind></ServiceCategory>"
    yield _entry(meter, "UsagePoint", root, related, point)
    if parameters:
        yield _entry(meter, "LocalTimeParameters", local, [], parameters)
    yield _entry(meter, "MeterReading", own, [f"{own}/IntervalBlock", kind], "")
    yield _entry(meter, "ReadingType", kind, [], _reading_type(meter, power, lengths))
    for number, body in enumerate(readings, start=1):
        yield _entry(meter, "IntervalBlock", f"{own}/IntervalBlock/{number}", [], _block(body, power))
    yield b"</feed>\n"


def _entry(meter: Meter, name: str, link: str, related: Sequence[str], content: str) -> bytes:
    links = "".join(
        f"<link rel={quoteattr(rel)} href={quoteattr(href)}/>" for rel, href in _links(link, related)
    )
    return (
        f"<entry><id>{_urn(meter, link)}</id>{links}<title>{name}</title>\n"
        f'<content><{name} xmlns="http://naesb.org/espi">{content}</{name}></content>\n'
        f"<published>{meter.updated}</published><updated>{meter.updated}</updated></entry>\n"
    ).encode()


def _links(link: str, related: Sequence[str]) -> Iterator[tuple[str, str]]:
    yield "self", link
    yield "up", link.rpartition("/")[0]
    yield from (("related", href) for href in related)


def _urn(meter: Meter, what: str) -> str:
    digest = hashlib.sha256(f"{meter.origin}\0{meter.site}\0{meter.meter}\0{what}".encode()).digest()
    return f"urn:uuid:{UUID(bytes=digest[:16], version=5)}"


def _reading_type(meter: Meter, power: int, lengths: set[int]) -> str:
    length = f"<intervalLength>{min(lengths)}</intervalLength>" if len(lengths) == 1 else ""
    return (
        f"<accumulationBehaviour>4</accumulationBehaviour><commodity>{ELECTRICITY}</commodity>"
        f"<flowDirection>{REVERSE if meter.received else FORWARD}</flowDirection>{length}"
        f"<kind>{ENERGY}</kind>"
        f"<powerOfTenMultiplier>{power}</powerOfTenMultiplier><uom>72</uom>"
    )


def _block(body: IntervalsRecorded, power: int) -> str:
    start_s = calendar.instant_s(body.start)
    scale = 10 ** (body.power_of_ten - power)
    parts = [f"\n<interval>{_period(start_s, len(body.values) * body.interval_s)}</interval>"]
    for n, (value, quality) in enumerate(zip(body.values, body.quality, strict=True)):
        if abs(value * scale) > VALUE_LIMIT:
            raise Malformed(
                f"a reading of {value} x 10^{body.power_of_ten} Wh is more than ESPI holds in 10^{power} Wh:"
                " export a shorter window"
            )
        stated = f"<ReadingQuality><quality>{quality}</quality></ReadingQuality>" if quality >= 0 else ""
        period = _period(start_s + n * body.interval_s, body.interval_s)
        parts.append(
            f"<IntervalReading>{stated}<timePeriod>{period}</timePeriod><value>{value * scale}</value>"
            "</IntervalReading>"
        )
    return "\n".join(parts) + "\n"


def _period(start_s: int, duration_s: int) -> str:
    return f"<duration>{duration_s}</duration><start>{start_s}</start>"


# --- local time ---------------------------------------------------------------------------------------------


def _local_time(zone: ZoneInfo, readings: Sequence[IntervalsRecorded]) -> str | None:
    """The zone in the year of the first reading, None if two rule words cannot describe it."""
    if not readings:
        return None
    words = rule_words(zone, int(readings[0].start[:4]))
    if words is None:
        return None
    end, offset_s, start, base_s = words
    return (
        f"<dstEndRule>{end:08X}</dstEndRule><dstOffset>{offset_s}</dstOffset>"
        f"<dstStartRule>{start:08X}</dstStartRule><tzOffset>{base_s}</tzOffset>"
    )


def rule_words(zone: ZoneInfo, year: int) -> tuple[int, int, int, int] | None:
    """(end rule, seconds put forward, start rule, offset of standard time) of a zone from a year on; None if
    two words cannot describe it.

    A word: seconds (bits 0-11), hours (12-16), day of the week, Monday 1 (17-19), day of the month (20-24),
    operator: n + 1 = the nth such day, 7 = the last (25-27), month (28-31).
    """
    changes = [list(_changes(zone, y)) for y in range(year, year + YEARS)]
    if not any(changes):
        return NO_RULE, 0, NO_RULE, _offset_s(zone, calendar.day_start_s(date(year, 1, 1), zone))
    if any(sorted(after > before for _, before, after in found) != [False, True] for found in changes):
        return None
    words = {}
    for forward in (True, False):
        days = [
            calendar.EPOCH + timedelta(seconds=at_s + before)
            for found in changes
            for at_s, before, after in found
            if (after > before) == forward
        ]
        word = _word(days)
        if word is None:
            return None
        words[forward] = word
    _, low, high = next(change for change in changes[0] if change[2] > change[1])
    return words[False], high - low, words[True], low


def _changes(zone: ZoneInfo, year: int) -> Iterator[tuple[int, int, int]]:
    """(instant, offset before, offset after) of each clock change of a year."""
    step = calendar.DAY_S
    start_s, stop_s = (calendar.day_start_s(date(y, 1, 1), zone) for y in (year, year + 1))
    for at_s in range(start_s, stop_s, step):
        before, after = _offset_s(zone, at_s), _offset_s(zone, at_s + step)
        if before != after:
            low, high = at_s, at_s + step
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if _offset_s(zone, middle) == before else (low, middle)
            yield high, before, after


def _offset_s(zone: ZoneInfo, at_s: int) -> int:
    offset = (calendar.EPOCH + timedelta(seconds=at_s)).astimezone(zone).utcoffset()
    assert offset is not None, "a zone has an offset"
    return offset.days * calendar.DAY_S + offset.seconds


def _word(days: Sequence[datetime]) -> int | None:
    """The rule word that all of these local times follow, None if there is none."""
    first = days[0]
    if {(d.month, d.weekday(), d.hour, d.minute, d.second) for d in days} != {
        (first.month, first.weekday(), first.hour, first.minute, first.second)
    }:
        return None
    ordinals = {(d.day - 1) // 7 + 1 for d in days}
    if len(ordinals) == 1:
        operator = min(ordinals) + 1
    elif all((d + timedelta(days=7)).month != d.month for d in days):
        operator = LAST
    else:
        return None
    seconds = first.minute * 60 + first.second
    return first.month << 28 | operator << 25 | (first.weekday() + 1) << 17 | first.hour << 12 | seconds
