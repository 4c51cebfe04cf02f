"""Row kinds ``meter`` (master data) and ``meter-day`` (readings of one meter in one UTC day).

``meter``: key (site, meter); a tuple of ``MeterTerms`` in order of (at, pos), the last one before an instant
holds.

``meter-day``: key (site, meter, UTC day in which the readings begin). The row is packed steps (``packed``),
one a reading, of six columns in order of (start, pos): start in seconds since 1970, pos in the stream, value,
power of ten, interval in seconds, quality. The energy of a reading is value x 10^power_of_ten Wh over [start,
start + interval); quality is an ESPI code, -1 where none was stated. Readings are kept as they came;
``readings`` makes them disjoint.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, compress, count, repeat
from operator import add, le, lt
from typing import Final, NamedTuple

from msgspec import UNSET

from ledger.calendar import LONGEST_DAY_S, Window, format_instant, instant_s
from ledger.kinds import IntervalsRecorded, MeterRegistered, Series
from ledger.records.envelope import Record
from projections.engine.fold import FigureScope, Key, RowKind, bears_all, in_order
from projections.engine.windows import FOREVER
from projections.rows.packed_steps import columns, packed, step_format

_COLUMNS: Final = 6
LAYOUT: Final = step_format(_COLUMNS)
# ESPI quality codes of readings that are not measurements as they came
DOUBTFUL: Final = {8: "estimated", 9: "estimated", 10: "questionable", 12: "projected", 13: "mixed"}


class MeterTerms(NamedTuple):
    """A meter's master data from ``at_s`` on; ``scope`` is ``site`` or a block's slug, ``point`` None where
    not given.
    """

    at_s: int
    pos: int
    scope: str
    role: str
    point: str | None
    direction: str
    interval_s: int


class MeterReadings(NamedTuple):
    """Readings as columns, disjoint and in order of their starts: energy value x 10^power_of_ten Wh over
    [start, start + interval), evenly.

    A stop is earlier than start + interval where the next reading begins inside this one: the rest belongs to
    the next one.
    """

    starts_s: tuple[int, ...] = ()
    stops_s: tuple[int, ...] = ()
    values: tuple[int, ...] = ()
    powers_of_ten: tuple[int, ...] = ()
    intervals_s: tuple[int, ...] = ()
    qualities: tuple[int, ...] = ()


def meter_key(record: Record) -> Key:
    """(site, meter)."""
    body = record.body
    assert isinstance(body, MeterRegistered), f"meter does not hear {record.kind}"
    return body.site, body.meter


def terms_of(record: Record) -> MeterTerms:
    """The master data that a record states."""
    body = record.body
    assert isinstance(body, MeterRegistered), f"meter does not hear {record.kind}"
    return MeterTerms(
        instant_s(record.at),
        record.pos,
        body.scope,
        body.role,
        None if body.point is UNSET else body.point,
        body.direction,
        body.interval_s,
    )


def terms_before(row: Iterable[MeterTerms], instant_s: int) -> MeterTerms | None:
    """The master data in force just before an instant; None if the meter was registered later."""
    found = None
    for terms in row:
        if terms.at_s < instant_s:
            found = terms
    return found


def day_key(record: Record) -> Key:
    """(site, meter, UTC day)."""
    body = record.body
    assert isinstance(body, IntervalsRecorded), f"meter-day does not hear {record.kind}"
    return record.stream.partition("/")[0], body.meter, record.at[:10]


def day_steps(records: Iterable[Record]) -> Iterator[tuple[int, ...]]:
    """A step for each reading of some records."""
    return chain.from_iterable(map(_steps, records))


def _steps(record: Record) -> Iterator[tuple[int, ...]]:
    body = record.body
    assert isinstance(body, Series), f"a row of a day does not hear {record.kind}"
    starts = count(instant_s(body.start), body.interval_s)
    pos, power, interval = map(repeat, (record.pos, body.power_of_ten, body.interval_s))
    return zip(starts, pos, body.values, power, interval, body.quality, strict=False)


def readings(row: bytes) -> MeterReadings:
    """The readings of a row, or of rows in order of their days, made disjoint: at the same start the higher
    pos holds, otherwise the later start.
    """
    starts, values, powers, intervals, qualities = columns(row, _COLUMNS, (0, 2, 3, 4, 5))
    stops = tuple(map(add, starts, intervals))
    if all(map(le, stops, starts[1:])):  # most meters' readings follow each other
        return MeterReadings(starts, stops, values, powers, intervals, qualities)
    nexts = (*starts[1:], *stops[-1:])
    kept = tuple(map(lt, starts, nexts))
    cut = tuple(map(min, stops, nexts))
    return MeterReadings._make(
        tuple(compress(column, kept)) for column in (starts, cut, values, powers, intervals, qualities)
    )


def positions(row: bytes) -> tuple[int, ...]:
    """The position in the stream of the record behind each of ``readings``."""
    starts, places = columns(row, _COLUMNS, (0, 1))
    return tuple(compress(places, map(lt, starts, (*starts[1:], FOREVER))))


def metered(days: Mapping[str, bytes], window: Window) -> MeterReadings:
    """The readings of a meter that reach into a window, whole; ``days`` are its rows by UTC day."""
    start_s, stop_s = window
    if start_s >= stop_s:
        return MeterReadings()
    first, last = days_of(window)
    found = readings(b"".join(days[day] for day in sorted(days) if first <= day <= last))
    inside = slice(bisect_right(found.stops_s, start_s), bisect_left(found.starts_s, stop_s))
    return MeterReadings._make(column[inside] for column in found)


def days_of(window: Window) -> tuple[str, str]:
    """The first and the last UTC day with a reading that may reach into a window."""
    first_s = max(0, window.start_s - LONGEST_DAY_S)  # a reading may last a local day
    return format_instant(first_s)[:10], format_instant(max(0, window.stop_s - 1))[:10]


def day_bears(row: bytes, asked: FigureScope) -> Iterator[int]:
    """The records with a reading that reaches into the window, each once."""
    steps = LAYOUT.iter_unpack(row)
    inside = (s[1] for s in steps if s[0] < asked.stop_s and s[0] + s[4] > asked.start_s)
    return iter(dict.fromkeys(inside))


METER: Final = RowKind(
    "meter",
    1,
    ("site", "meter"),
    (MeterRegistered,),
    meter_key,
    in_order(terms_of),
    bears_all,
    tuple[MeterTerms, ...],
    items=True,
)
day_evolve: Final = packed(_COLUMNS, day_steps)
"""The day with the records' values in order: of a meter, or of an authority's generation."""

METER_DAY: Final = RowKind(
    "meter-day",
    1,
    ("site", "meter", "day"),
    (IntervalsRecorded,),
    day_key,
    day_evolve,
    day_bears,
    bytes,
)
