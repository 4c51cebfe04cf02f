"""Rule 5: milestones and commissioning levels of a lease phase come after their needs, listed in
``records/lease_precedence``.
"""

from __future__ import annotations

from typing import Any, get_args

from ledger import kinds
from ledger.errors import Refused
from ledger.records.envelope import Claim
from ledger.records.lease_precedence import PhaseBefore, lacking
from ledger.rules.known import Known
from ledger.units import format_quantity


def comes_after_its_needs(known: Known, claim: Claim, body: Any) -> None:
    """Require every need of a milestone or a commissioning level by the fact's ``at``."""
    before = _before(known, claim, body.phase)
    for need, lack in lacking(before, body):
        level = getattr(body, "level", 0)
        raise Refused(
            need.refused.format(
                phase=body.phase,
                at=claim.at,
                by="" if lack.by is None else f", by {lack.by}",
                system=lack.system,
                level=level,
                below=level - 1,
                critical=f"{format_quantity(before.critical_w or 0, '_w')} of {before.critical}",
            )
        )


def _before(known: Known, claim: Claim, phase: str) -> PhaseBefore:
    """The marks of a phase up to the claim's ``at``."""
    place = claim.place
    named = (
        ("phase-terms", (phase,)),
        *(("milestone", (phase, milestone)) for milestone in get_args(kinds.LeaseMilestone)),
        *(("commissioning", name) for name in known.names("commissioning", place, phase)),
    )
    marks = [mark for what, name in named for mark in known.until(claim.at, what, place, *name)]
    marks.sort(key=lambda mark: (mark.at, mark.pos))
    opened = (
        mark for mark in known.marks("phase", place, phase) if isinstance(mark.body, kinds.LeasePhaseOpened)
    )
    return PhaseBefore(marks, next(opened, None))
