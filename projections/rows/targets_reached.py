"""Row kind ``answer``: when blocks came down to what a dispatch asked.

Key (site, dispatch). The row is a tuple of facts in order of (at, pos).
"""

from __future__ import annotations

from typing import Final

from ledger.kinds import CurtailmentTargetReached
from ledger.records.envelope import Record
from projections.engine.fold import Key
from projections.rows.fact_rows import fact_rows


def key(record: Record) -> Key:
    """(site, dispatch)."""
    body = record.body
    assert isinstance(body, CurtailmentTargetReached), record.kind
    return record.place, body.dispatch


ANSWER: Final = fact_rows(
    "answer",
    1,
    ("site", "dispatch"),
    (CurtailmentTargetReached,),
    key,
)
