"""Row kind ``hashrate-day``: the hashrate-changed facts of one block in one UTC day.

Key (site, block, UTC day of ``at``). The row is packed steps (``packed``) of six columns, in order of (at,
pos): at in seconds since 1970, pos in the stream, hashrate in GH/s, power in W, units hashing, until in
seconds since 1970; ``NONE`` where power, units or until was not given. Null wattage is not zero.

A step holds until the block's next or its own ``until``, over any number of days: a report carries the last
step of earlier days over (``last_before``). Of two facts of the same instant the higher pos holds.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import lt
from typing import Any, Final, NamedTuple

from msgspec import UNSET

from ledger.calendar import Window, format_instant, instant_s
from ledger.kinds import HashrateChanged
from ledger.records.envelope import Record
from projections.engine.fold import FigureScope, Key, RowKind, bears_holding
from projections.rows.packed_steps import NONE, columns, packed, step_format

_COLUMNS: Final = 6
LAYOUT: Final = step_format(_COLUMNS)


class HashrateStep(NamedTuple):
    """One step as its columns; -1 (``NONE``) for power, units or until that was not given."""

    at_s: int
    pos: int
    hashrate_ghs: int
    power_w: int
    units_hashing: int
    until_s: int


class Held(NamedTuple):
    """Known values of a block as columns: value n holds on [starts_s[n], stops_s[n]), in order and disjoint.
    A span begins at its fact's ``at``, which may be before the window.
    """

    starts_s: tuple[int, ...] = ()
    stops_s: tuple[int, ...] = ()
    hashrates_ghs: tuple[int, ...] = ()
    powers_w: tuple[int, ...] = ()
    units_hashing: tuple[int, ...] = ()


def key(record: Record) -> Key:
    """(site, block, UTC day)."""
    body: Any = record.body
    return record.stream.partition("/")[0], body.block, record.at[:10]


def steps(records: Iterable[Record]) -> list[tuple[int, ...]]:
    """A step of each record, in one pass: hashrates are most records of a log."""
    facts: Iterable[tuple[Record, Any]] = ((record, record.body) for record in records)
    return [
        (
            instant_s(record.at),
            record.pos,
            body.hashrate_ghs,
            NONE if body.power_w is UNSET else body.power_w,
            NONE if body.units_hashing is UNSET else body.units_hashing,
            NONE if body.until is UNSET else instant_s(body.until),
        )
        for record, body in facts
    ]


def day(row: bytes) -> list[HashrateStep]:
    """The steps of a row in order of (at, pos)."""
    return [HashrateStep._make(cells) for cells in LAYOUT.iter_unpack(row)]


def first_s(days: Mapping[str, bytes]) -> int:
    """The instant of a block's first step; ``days`` are its rows by UTC day, at least one."""
    at_s: int = LAYOUT.unpack_from(days[min(days)])[0]
    return at_s


def held(days: Mapping[str, bytes], window: Window) -> Held:
    """The known values of a block in a window; ``days`` are its rows by UTC day.

    Each step holds until the next or its own ``until``; the last step of earlier days is carried over. Facts
    at or after the window's stop are not seen. Spans are cut at the stop, and begin at their fact.
    """
    start_s, stop_s = window
    if start_s >= stop_s:
        return Held()
    names = sorted(days)
    first = bisect_left(names, format_instant(start_s)[:10])
    last = bisect_right(names, format_instant(stop_s - 1)[:10])
    # the day before the first one asked for says what still holds
    carried = [days[name][-LAYOUT.size :] for name in names[max(first - 1, 0) : first]]
    steps = columns(
        b"".join([*carried, *(days[name] for name in names[first:last])]), _COLUMNS, (0, 2, 3, 4, 5)
    )
    seen = slice(max(bisect_right(steps[0], start_s) - 1, 0), bisect_left(steps[0], stop_s))
    ats, ghs, powers, units, untils = (column[seen] for column in steps)
    ends = (*ats[1:], stop_s)
    if untils.count(NONE) == len(untils) and all(map(lt, ats, ends)):
        return Held(ats, ends[: len(ats)], ghs, powers, units)  # most days are so
    return held_of(
        (at_s, end_s, *values)
        for at_s, next_s, until_s, *values in zip(ats, ends, untils, ghs, powers, units, strict=False)
        if at_s < (end_s := min(next_s, stop_s, until_s if until_s > NONE else stop_s)) and start_s < end_s
    )


def held_of(values: Iterable[Sequence[int]]) -> Held:
    """The columns of values (start, stop, hashrate, power, units hashing)."""
    return Held(*zip(*values, strict=True))


def bears(row: bytes, asked: FigureScope) -> Iterator[int]:
    """Positions of the step in force at the start and of every later step."""
    return bears_holding(day(row), asked)


HASHRATE_DAY: Final = RowKind(
    "hashrate-day",
    1,
    ("site", "block", "day"),
    (HashrateChanged,),
    key,
    packed(_COLUMNS, steps),
    bears,
    bytes,
)
