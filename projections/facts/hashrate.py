"""Row kind ``hashrate-day``: what hashrate-changed said of one block in one UTC day.

Key (site, block, UTC day of ``at``). The row is packed steps (``packed``) of six columns, in order of (at, pos):
at in seconds since 1970, pos in the stream, hashrate in GH/s, power in W, units hashing, until in seconds since 1970;
``NONE`` where power, units or until was not said. Null wattage is not zero.

A step holds until the block's next or its own ``until``, over any number of days: a report carries the last step of
earlier days over (``last_before``). Of two facts of the same instant the higher pos holds.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from msgspec import UNSET

from ledger.calendar import instant_s
from ledger.events import HashrateChanged
from ledger.records import Record
from projections.facts.packed import NONE, inserted, step_format
from projections.fold import Key, RowKind

LAYOUT: Final = step_format(6)
_pack = LAYOUT.pack


class Step(NamedTuple):
    """One step as its columns; -1 (``NONE``) for power, units or until that was not said."""

    at_s: int
    pos: int
    hashrate_ghs: int
    power_w: int
    units_hashing: int
    until_s: int


def key(record: Record) -> Key:
    """(site, block, UTC day)."""
    body = record.body
    assert isinstance(body, HashrateChanged), f"hashrate-day does not hear {record.kind}"
    return record.stream.partition("/")[0], body.block, record.at[:10]


def evolve(row: bytes | None, record: Record) -> bytes:
    """The day with one more step at its place."""
    body = record.body
    assert isinstance(body, HashrateChanged), f"hashrate-day does not hear {record.kind}"
    power_w, units, until = body.power_w, body.units_hashing, body.until
    step = _pack(
        instant_s(record.at),
        record.pos,
        body.hashrate_ghs,
        NONE if power_w is UNSET else power_w,
        NONE if units is UNSET else units,
        NONE if until is UNSET else instant_s(until),
    )
    return inserted(row, step)


def day(row: bytes) -> list[Step]:
    """The steps of a row in order of (at, pos)."""
    return [Step._make(cells) for cells in LAYOUT.iter_unpack(row)]


HASHRATE_DAY: Final = RowKind("hashrate-day", 1, (HashrateChanged,), key, evolve)
