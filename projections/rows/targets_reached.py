"""Row kind ``answer``: when blocks came down to what a dispatch asked.

Key (site, dispatch). The row is a tuple of facts in order of (at, pos).
"""

from __future__ import annotations

from typing import Final

from ledger.kinds import CurtailmentTargetReached
from ledger.records.envelope import Record
from projections.engine.fold import Key, RowKind, bears_all
from projections.rows.fact_rows import PACKED, evolve, pack, unpack


def key(record: Record) -> Key:
    """(site, dispatch)."""
    body = record.body
    assert isinstance(body, CurtailmentTargetReached), record.kind
    return record.place, body.dispatch


ANSWER: Final = RowKind(
    "answer",
    1,
    ("site", "dispatch"),
    (CurtailmentTargetReached,),
    key,
    evolve,
    bears_all,
    PACKED,
    pack,
    unpack,
)
