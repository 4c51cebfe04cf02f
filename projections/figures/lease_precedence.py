"""What came before what it needs: accepted once, since a late or corrected fact took away what it rested on,
so it counts and is flagged.

The rules are those that such facts were accepted by (DOMAIN 5, rules 5 and 6), said again of the facts of one
row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import UNSET

from ledger.calendar import format_instant
from ledger.kinds import (
    LAST_LEVEL,
    CommissioningLevelFailed,
    CommissioningLevelPassed,
    CommitmentAssessed,
    EvidenceRecorded,
    HeadcountReported,
    LeaseAmended,
    LeaseMilestoneReached,
    LeasePhaseOpened,
    LeaseTermsRecorded,
    PaymentMade,
)
from projections.rows.fact_rows import RecordedFact

LEVELS = (CommissioningLevelPassed, CommissioningLevelFailed)
EVIDENCE = (EvidenceRecorded, HeadcountReported, PaymentMade)


def out_of_order(phase: Sequence[RecordedFact]) -> Iterator[str]:
    """Milestones and commissioning levels of a phase that came before what they need."""
    for fact in phase:
        body = fact.body
        before = [one.body for one in phase if one.at_s <= fact.at_s]
        if isinstance(body, LeaseMilestoneReached):
            for missing in _missing(body, before, _critical_w(before, phase)):
                yield f"{body.milestone} at {format_instant(fact.at_s)}, while {missing}"
        elif isinstance(body, LEVELS) and body.level > 1 and body.waived_by is UNSET:
            below = [one for one in _results(before, body.system) if one.level == body.level - 1]
            if not below or not isinstance(below[-1], CommissioningLevelPassed):
                yield (
                    f"level {body.level} of system {body.system!r} at {format_instant(fact.at_s)}, "
                    f"while level {body.level - 1} was not passed"
                )


def _missing(body: LeaseMilestoneReached, before: Sequence[Any], critical_w: int | None) -> Iterator[str]:
    """What a milestone needs that was not so by then."""
    reached = [one for one in before if isinstance(one, LeaseMilestoneReached)]
    names = {one.milestone for one in reached}
    if body.milestone == "lease-executed" and not any(isinstance(one, LeaseTermsRecorded) for one in before):
        yield "no terms were recorded"
    if body.milestone == "lease-executed" and critical_w == 0:
        yield "it had no megawatts"
    if body.milestone == "notice-to-proceed" and body.at_risk is not True and "lease-executed" not in names:
        yield "its lease was not executed"
    if body.milestone == "commencement" and not names & {
        "ready-for-service-accepted",
        "ready-for-service-deemed",
    }:
        yield "ready for service was neither accepted nor deemed"
    if body.milestone == "ready-for-service-offered" and body.waived_by is UNSET:
        if "substantial-completion" not in names:
            yield "substantial completion was not reached"
        for system in sorted({one.system for one in before if isinstance(one, LEVELS)}):
            last = _results(before, system)[-1]
            if not (isinstance(last, CommissioningLevelPassed) and last.level == LAST_LEVEL):
                yield f"system {system!r} had not passed level {LAST_LEVEL}"
        if not any(
            one.milestone == "power-on"
            and (one.waived_by is not UNSET or (one.power_w or 0) >= (critical_w or 0))
            for one in reached
        ):
            yield "power-on with the critical load was not reached"


def _results(before: Sequence[Any], system: str) -> list[Any]:
    return [one for one in before if isinstance(one, LEVELS) and one.system == system]


def _critical_w(before: Sequence[Any], phase: Sequence[RecordedFact]) -> int | None:
    """The critical load as amended last by then, else as the phase was opened with."""
    amended = [one.critical_w for one in before if isinstance(one, LeaseAmended)]
    opened = [one.body.critical_w for one in phase if isinstance(one.body, LeasePhaseOpened)]
    said = [*opened[:1], *(power_w for power_w in amended if power_w is not UNSET)]
    return said[-1] if said else None


def unfounded(promise: Sequence[RecordedFact]) -> Iterator[str]:
    """Assessments of a promise as met, or with a value, that name no evidence while none of their period was
    recorded before.
    """
    for fact in promise:
        body = fact.body
        if not isinstance(body, CommitmentAssessed) or body.evidence:
            continue
        if body.verdict != "met" and body.value is UNSET:
            continue
        evidence = (one.body for one in promise if isinstance(one.body, EVIDENCE) and one.at_s <= fact.at_s)
        if not any(getattr(one, "period", body.period) == body.period for one in evidence):
            what = "met" if body.verdict == "met" else "with a value"
            yield (
                f"{body.period} is assessed as {what} at {format_instant(fact.at_s)}, while no evidence of it"
                " stands"
            )
