"""Row kind ``restored``: loads of blocks said to be restored after a curtailment.

Key (site, block). The row is a tuple of facts in order of (at, pos). Reports flag it where it contradicts a
curtailment; no figure rests on it.
"""

from __future__ import annotations

from typing import Final

from ledger.kinds import LoadRestored
from ledger.records.envelope import Record
from projections.engine.fold import Key, RowKind
from projections.rows.fact_rows import PACKED, evolve, pack, unpack


def key(record: Record) -> Key:
    """(site, block)."""
    body = record.body
    assert isinstance(body, LoadRestored), record.kind
    return record.place, body.block


RESTORED: Final = RowKind(
    "restored",
    1,
    ("site", "block"),
    (LoadRestored,),
    key,
    evolve,
    lambda row, asked: (),
    PACKED,
    pack,
    unpack,
)
