"""Row kind ``restored``: loads of blocks said to be restored after a curtailment.

Key (site, block). The row is a tuple of facts in order of (at, pos). Reports flag it where it contradicts a
curtailment; no figure rests on it.
"""

from __future__ import annotations

from typing import Final

from ledger.kinds import LoadRestored
from ledger.records.envelope import Record
from projections.engine.fold import Key
from projections.rows.fact_rows import fact_rows


def key(record: Record) -> Key:
    """(site, block)."""
    body = record.body
    assert isinstance(body, LoadRestored), record.kind
    return record.place, body.block


RESTORED: Final = fact_rows("restored", 1, ("site", "block"), (LoadRestored,), key, lambda row, asked: ())
