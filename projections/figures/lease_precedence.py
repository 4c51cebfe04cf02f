"""Facts recorded ahead of their needs: a late or corrected fact took a need away after the fact was accepted,
so it counts and is flagged.

Such facts were accepted by rules 5 and 6 (DOMAIN 5). The needs of a lease phase are read from the table of
rule 5; evidence of a commitment is looked for as in rule 6.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import UNSET

from ledger.calendar import format_instant
from ledger.kinds import (
    CommitmentAssessed,
    EvidenceRecorded,
    HeadcountReported,
    LeaseMilestoneReached,
    LeasePhaseOpened,
    PaymentMade,
)
from ledger.records.lease_precedence import LEVELS, PhaseBefore, lacking
from projections.rows.fact_rows import RecordedFact

EVIDENCE = (EvidenceRecorded, HeadcountReported, PaymentMade)


def out_of_order(phase: Sequence[RecordedFact]) -> Iterator[str]:
    """Milestones and commissioning levels of a phase that came before their needs."""
    opening = next((fact for fact in phase if isinstance(fact.body, LeasePhaseOpened)), None)
    for fact in phase:
        body = fact.body
        if not isinstance(body, (LeaseMilestoneReached, *LEVELS)):
            continue
        before = PhaseBefore([one for one in phase if one.at_s <= fact.at_s], opening)
        what, below = (
            (body.milestone, None)
            if isinstance(body, LeaseMilestoneReached)
            else (f"level {body.level} of system {body.system!r}", body.level - 1)
        )
        for need, lack in lacking(before, body):
            missing = need.flagged.format(system=lack.system, below=below)
            yield f"{what} at {format_instant(fact.at_s)}, while {missing}"


def unfounded(promise: Sequence[RecordedFact]) -> Iterator[str]:
    """Assessments of a commitment as met, or with a value, that name no evidence although none of their
    period was recorded before.
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
