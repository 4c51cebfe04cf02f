"""Power in service and leased, two rungs of the ladder from request to lease: sums over a site's blocks, and over
the phases of its leases, at an instant. ``rows/site_power`` has the rungs above them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import UNSET

from ledger.kinds import LeaseAmended, LeaseMilestoneReached, LeasePhaseOpened, LeaseTerminated
from projections.engine.fold import Rows
from projections.rows.blocks import BLOCK, rating_at
from projections.rows.fact_rows import RecordedFact
from projections.rows.lease_phases import PHASE


def in_service_w(rows: Rows, site: str, at_s: int) -> int:
    """Capacity of the blocks that are commissioned and not retired."""
    found = (rating_at(row, at_s) for key, row in rows[BLOCK.name].items() if key[0] == site)
    return sum(rating.capacity_w for rating in found if rating is not None)


def leased_w(rows: Rows, site: str, at_s: int) -> int:
    """Critical load of the phases that are executed and not terminated."""
    return sum(_phase_w(phase, at_s) for key, phase in rows[PHASE.name].items() if key[0] == site)


def _phase_w(phase: Iterable[RecordedFact], at_s: int) -> int:
    """The phase's critical load if it is executed and not terminated, else 0."""
    critical_w: int = 0
    executed = False
    for fact in phase:
        body: Any = fact.body
        if fact.at_s > at_s:
            continue
        if isinstance(body, LeasePhaseOpened) or (
            isinstance(body, LeaseAmended) and body.critical_w is not UNSET
        ):
            critical_w = int(body.critical_w or 0)
        elif isinstance(body, LeaseMilestoneReached) and body.milestone == "lease-executed":
            executed = True
        elif isinstance(body, LeaseTerminated):
            return 0
    return critical_w if executed else 0
