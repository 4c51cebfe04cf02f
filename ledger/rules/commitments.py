"""Rule 6: a verdict on a commitment rests on evidence recorded before it, and a payment counts once."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from ledger import kinds
from ledger.errors import Malformed, Refused
from ledger.records.envelope import Claim
from ledger.rules.corrections import standing
from ledger.rules.known import Known, Rule


def rests_on_evidence(known: Known, claim: Claim, body: kinds.CommitmentAssessed) -> None:
    """Require evidence recorded before a verdict ``met`` or any value: the named records, or evidence of the
    period.
    """
    for id_ in body.evidence:
        standing(id_, known.targets, "evidence")
    if body.evidence or (body.verdict != "met" and body.value is UNSET):
        return
    of_period = [
        mark
        for mark in known.until(claim.at, "evidence", claim.place, body.commitment)
        if getattr(mark.body, "period", body.period) == body.period
    ]
    if not of_period:
        said = "a verdict met" if body.verdict == "met" else "a value"
        raise Refused(
            f"{said} needs evidence: nothing is recorded for commitment {body.commitment!r} and {body.period}"
            f" by {claim.at}; record it first, or name its records in evidence=[...]"
        )


def receipt_new(known: Known, claim: Claim, body: kinds.PaymentMade) -> None:
    """Refuse a receipt that is already recorded."""
    marks = known.marks("receipt", claim.place, body.receipt)
    if marks:
        raise Refused(f"receipt {body.receipt!r} is already recorded, by {marks[0]}; a receipt counts once")


def after_last_amendment(what: str, field: str) -> Rule:
    """Refuse an amendment dated before the one before it."""

    def rule(known: Known, claim: Claim, body: Any) -> None:
        marks = known.marks(what, claim.place, getattr(body, field))
        if marks and claim.at < marks[-1].at:
            raise Refused(
                f"{field} {getattr(body, field)!r} cannot be amended at {claim.at}, before it last was, by"
                f" {marks[-1]}"
            )

    rule.__doc__ = f"Refuse an amendment that is earlier than the one before it of the same {field}."
    return rule


def due_dates_match(known: Known, claim: Claim, body: Any) -> None:
    """Require one due date for each period."""
    if body.due_on is not UNSET and body.periods is not UNSET and len(body.due_on) != len(body.periods):
        raise Malformed(
            f"{len(body.periods)} periods have {len(body.due_on)} due dates; give one due date for "
            "each period"
        )


def default_noticed(known: Known, claim: Claim, body: Any) -> None:
    """Require that a default of the same period and installment was noticed before it is cured."""
    for mark in known.until(claim.at, "default", claim.place, body.commitment):
        default: Any = mark.body
        if (default.period, default.instalment) == (body.period, body.instalment):
            return
    raise Refused(
        f"no default of commitment {body.commitment!r} was noticed that this could cure; record its"
        f" default-noticed with the same period and instalment first, not later than {claim.at}"
    )
