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
from collections.abc import Sequence
from sys import byteorder
from typing import Final

NONE: Final = -1


def step_format(columns: int) -> struct.Struct:
    """The layout of one step with that many columns."""
    return struct.Struct(f">{columns}q")


def columns(rows: bytes, width: int, wanted: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """Some columns of packed steps of ``width`` integers, each in the order of the steps."""
    cells = array("q", rows)
    if byteorder == "little":
        cells.byteswap()
    return tuple(tuple(cells[n::width]) for n in wanted)


def inserted(row: bytes | None, step: bytes) -> bytes:
    """The row with one more step in order of (at, pos); appending in order looks at the last step only."""
    if not row:
        return step
    width = len(step)
    if row[-width:] < step:
        return row + step
    low, high = 0, len(row) // width
    while low < high:
        middle = (low + high) // 2
        if row[middle * width : (middle + 1) * width] < step:
            low = middle + 1
        else:
            high = middle
    place = low * width
    return row[:place] + step + row[place:]
