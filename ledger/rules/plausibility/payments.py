"""Rules on payments: compared with the installments they pay, and their days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from msgspec import UNSET

from ledger import kinds
from ledger.records.envelope import Record
from ledger.rules.plausibility.beside import FactsBeside, body_of
from ledger.rules.plausibility.rule import Limit, PlausibilityRule
from ledger.units import format_quantity


def _large(beside: FactsBeside, record: Record, body: kinds.PaymentMade, limit: int) -> Iterator[str]:
    scheduled = beside.known.marks("instalment", record.place, body.commitment, body.instalment)
    due_cents = body_of(scheduled[-1]).amount_cents if scheduled else 0
    if due_cents and body.amount_cents * 100 > due_cents * limit:
        paid, due = (format_quantity(cents, "_cents") for cents in (body.amount_cents, due_cents))
        yield (
            f"{record.place}: {paid} paid for installment {body.instalment} of {body.commitment} is more than"
            f" {limit} % of the {due} that it schedules (record {scheduled[-1].index})"
        )


def _paid_ahead(beside: FactsBeside, record: Record, body: kinds.PaymentMade, limit: int) -> Iterator[str]:
    ahead_days = (date.fromisoformat(body.paid_on) - date.fromisoformat(record.rec[:10])).days
    if ahead_days > limit:
        yield (
            f"{record.place}: installment {body.instalment} of {body.commitment} is recorded as paid on"
            f" {body.paid_on}, more than {limit} days after it was recorded"
        )


def _paid_before(
    beside: FactsBeside, record: Record, body: kinds.ExpenditureRecorded, limit: int
) -> Iterator[str]:
    if body.paid_on is UNSET:
        return
    before_days = (date.fromisoformat(body.incurred_on) - date.fromisoformat(body.paid_on)).days
    if before_days > limit:
        yield (
            f"{record.place}: expenditure {body.expenditure} of {body.exemption} was paid on {body.paid_on}, more"
            f" than {limit} days before it was incurred on {body.incurred_on}"
        )


RULES: Final[tuple[PlausibilityRule, ...]] = (
    PlausibilityRule(
        "large-payment",
        "a payment above this share of its installment",
        (kinds.PaymentMade,),
        _large,
        Limit("payment_percent_of_installment", 200),
    ),
    PlausibilityRule(
        "paid-ahead",
        "a payment dated further ahead of the day it was recorded",
        (kinds.PaymentMade,),
        _paid_ahead,
        Limit("paid_ahead_days", 31),
    ),
    PlausibilityRule(
        "paid-before",
        "an expenditure paid longer before it was incurred",
        (kinds.ExpenditureRecorded,),
        _paid_before,
        Limit("paid_before_days", 92),
    ),
)
