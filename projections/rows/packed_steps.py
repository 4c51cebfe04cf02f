"""Packed steps: frequent facts of one day as bytes, step after step, in signed 64-bit big-endian columns.

A step is a fixed number of integers that begins with (at, pos), neither below 0 and no two alike, so that
steps compare as bytes as they compare as numbers. They stand in order of (at, pos), in any order of arrival:
after a late fact a row is the same as if the fact had come in time. Bytes are immutable like every row, weigh
a fraction of tuples of integers, and appending in order copies one day at most (ARCHITECTURE decision 3).

``NONE`` (-1) stands for an omitted value; all quantities here that may be omitted are at least 0.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from sys import byteorder
from typing import Final

from ledger.records.envelope import Record

NONE: Final = -1


def step_format(columns: int) -> struct.Struct:
    """The layout of one step with that many columns."""
    return struct.Struct(f">{columns}q")


def columns(rows: bytes, width: int, wanted: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """Some columns of packed steps of ``width`` integers, each in the order of the steps."""
    cells = array("q", rows)
    if byteorder == "little":
        cells.byteswap()
    return tuple(_values(cells[n::width]) for n in wanted)


def _values(column: array[int]) -> tuple[int, ...]:
    """The values of a column, one integer for all of them where they are alike: intervals and qualities are."""
    first = column[:1]
    return tuple(first) * len(column) if column == first * len(column) else tuple(column)


def packed(
    width: int, steps: Callable[[Sequence[Record]], Iterable[tuple[int, ...]]]
) -> Callable[[bytes | None, Sequence[Record]], bytes]:
    """``evolve`` of a row of packed steps of ``width`` integers, from the steps that a run of records makes."""
    size = step_format(width).size

    def evolve(row: bytes | None, records: Sequence[Record]) -> bytes:
        found = sorted(steps(records))
        new = struct.pack(f">{width * len(found)}q", *chain.from_iterable(found))
        if not row or row[-size:] < new[:size]:
            return (row or b"") + new
        both = row + new
        return b"".join(sorted(both[at : at + size] for at in range(0, len(both), size)))

    return evolve
