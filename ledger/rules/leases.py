"""Rule 5: a lease phase is a precedence graph, not a chain (basis of design may precede execution).

lease-executed                 terms with a target date, and megawatts
notice-to-proceed              lease-executed, unless at_risk
commissioning level n          level n - 1 of the same system passed, unless waived_by
ready-for-service-offered      substantial-completion, level 5 of every system recorded for the phase, and power-on with at least
                               the critical load; waived_by on the offer, or on power-on for the load, stands
                               in
commencement                   ready-for-service accepted or deemed
"""

from __future__ import annotations

from typing import Any, Final

from msgspec import UNSET

from ledger import kinds
from ledger.errors import Refused
from ledger.records.envelope import Claim
from ledger.rules.known import Known
from ledger.rules.register import FactMark
from ledger.units import format_quantity

Step = str


def milestone_possible(known: Known, claim: Claim, body: kinds.LeaseMilestoneReached) -> None:
    """Require what the milestone depends on by the fact's ``at``."""
    needed = _NEEDED.get(body.milestone)
    if needed is not None:
        needed(known, claim, body)


def _executed(known: Known, claim: Claim, body: kinds.LeaseMilestoneReached) -> None:
    terms = known.until(claim.at, "phase-terms", claim.place, body.phase)
    if not any(isinstance(mark.body, kinds.LeaseTermsRecorded) for mark in terms):
        raise Refused(
            f"phase {body.phase!r} cannot be executed at {claim.at}: no terms with a target date are "
            "recorded;"
            " record its lease-terms-recorded first"
        )
    mark, critical_w = critical(known, claim, body.phase)
    if critical_w == 0:
        raise Refused(f"phase {body.phase!r} cannot be executed without megawatts, by {mark}")


def _proceeding(known: Known, claim: Claim, body: kinds.LeaseMilestoneReached) -> None:
    if body.at_risk is not True and not _reached(known, claim, body.phase, "lease-executed"):
        raise Refused(
            f"phase {body.phase!r} cannot proceed at {claim.at}: its lease is not executed; add at_risk=true"
            " if it goes ahead at risk"
        )


def _offered(known: Known, claim: Claim, body: kinds.LeaseMilestoneReached) -> None:
    if body.waived_by is not UNSET:
        return
    named = f"ready for service of phase {body.phase!r} cannot be offered at {claim.at}"
    waive = "; record it first, or add waived_by= if somebody waived it"
    if not _reached(known, claim, body.phase, "substantial-completion"):
        raise Refused(f"{named}: substantial completion is not reached{waive}")
    for _, system in known.names("commissioning", claim.place, body.phase):
        result = known.latest(claim.at, "commissioning", claim.place, body.phase, system)
        if result is not None and not (_passed(result) and _body(result).level == kinds.LAST_LEVEL):
            raise Refused(
                f"{named}: system {system!r} has not passed level {kinds.LAST_LEVEL}, by {result}{waive}"
            )
    mark, critical_w = critical(known, claim, body.phase)
    on = _reached(known, claim, body.phase, "power-on")
    enough = [m for m in on if _body(m).waived_by is not UNSET or (_body(m).power_w or 0) >= critical_w]
    if not enough:
        has = f", by {on[-1]}" if on else " is not reached"
        raise Refused(
            f"{named}: power-on with the critical {format_quantity(critical_w, '_w')} of {mark} is"
            f" missing{has}{waive}"
        )


def _commenced(known: Known, claim: Claim, body: kinds.LeaseMilestoneReached) -> None:
    steps = ("ready-for-service-accepted", "ready-for-service-deemed")
    if not any(_reached(known, claim, body.phase, step) for step in steps):
        raise Refused(
            f"phase {body.phase!r} cannot commence at {claim.at}: ready for service is neither accepted nor"
            " deemed; record ready-for-service-accepted or -deemed first"
        )


_NEEDED: Final = {
    "lease-executed": _executed,
    "notice-to-proceed": _proceeding,
    "ready-for-service-offered": _offered,
    "commencement": _commenced,
}


def level_below_passed(known: Known, claim: Claim, body: Any) -> None:
    """Require that a system passed level n - 1 before its test of level n, unless it was waived."""
    if body.level == 1 or body.waived_by is not UNSET:
        return
    results = known.until(claim.at, "commissioning", claim.place, body.phase, body.system)
    below = [mark for mark in results if _body(mark).level == body.level - 1]
    if not below or not _passed(below[-1]):
        by = f", by {below[-1]}" if below else ""
        raise Refused(
            f"level {body.level} of system {body.system!r} needs level {body.level - 1}, not passed by"
            f" {claim.at}{by}; add waived_by= if somebody waived it"
        )


def critical(known: Known, claim: Claim, phase: str) -> tuple[FactMark, int]:
    """The record that sets a phase's critical load at the claim's ``at``, and the load in watts."""
    opened = known.marks("phase", claim.place, phase)
    amended = [
        mark
        for mark in known.until(claim.at, "phase-terms", claim.place, phase)
        if isinstance(mark.body, kinds.LeaseAmended) and mark.body.critical_w is not UNSET
    ]
    mark = amended[-1] if amended else next(m for m in opened if isinstance(m.body, kinds.LeasePhaseOpened))
    return mark, _body(mark).critical_w


def _reached(known: Known, claim: Claim, phase: str, milestone: Step) -> list[FactMark]:
    return known.until(claim.at, "milestone", claim.place, phase, milestone)


def _passed(mark: FactMark) -> bool:
    return isinstance(mark.body, kinds.CommissioningLevelPassed)


def _body(mark: FactMark) -> Any:
    return mark.body
