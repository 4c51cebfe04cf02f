"""Row kind ``incentive``: tax given up for a site by authorities, year by year.

Key (site, year). The row is a tuple of facts in order of (at, pos).
"""

from __future__ import annotations

from typing import Final

from ledger.kinds import IncentiveGranted
from ledger.records.envelope import Record
from projections.engine.fold import Key, RowKind, bears_all
from projections.rows.fact_rows import PACKED, evolve, pack, unpack


def key(record: Record) -> Key:
    """(site, year)."""
    body = record.body
    assert isinstance(body, IncentiveGranted), record.kind
    return record.place, str(body.year)


INCENTIVE: Final = RowKind(
    "incentive", 1, ("site", "year"), (IncentiveGranted,), key, evolve, bears_all, PACKED, pack, unpack
)
