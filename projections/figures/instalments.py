"""Installments of a commitment: the amount scheduled, the parts paid, and the day on which it was paid in
full.

Parts add up: an installment is paid on the day when the sum of its parts, in order of the day they were paid,
reaches its amount. An installment belongs to the period of the commitment that it is named after, else to the
earliest period that is due on its due date or later; in a commitment without periods it belongs to the
commitment.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date
from operator import itemgetter
from typing import NamedTuple

from ledger.kinds import PaymentMade, PaymentScheduled
from projections.figures.commitment_terms import CommitmentTerms, Promise


class Instalment(NamedTuple):
    """The latest schedule of an installment (None: never) and the parts paid, in order of their days."""

    scheduled: PaymentScheduled | None
    parts: tuple[PaymentMade, ...]

    @property
    def due_on(self) -> date | None:
        """The due date."""
        return None if self.scheduled is None else date.fromisoformat(self.scheduled.due_on)

    @property
    def paid_cents(self) -> int:
        """The sum of its parts."""
        return sum(part.amount_cents for part in self.parts)

    @property
    def left_cents(self) -> int | None:
        """The amount not paid yet, never below 0; None where nothing was scheduled."""
        return None if self.scheduled is None else max(0, self.scheduled.amount_cents - self.paid_cents)

    @property
    def paid_on(self) -> date | None:
        """The day on which the sum of its parts reached its amount."""
        total = 0
        for part in self.parts if self.scheduled is not None else ():
            total += part.amount_cents
            if self.scheduled is not None and total >= self.scheduled.amount_cents:
                return date.fromisoformat(part.paid_on)
        return None


def instalments(promise: Promise) -> dict[str, Instalment]:
    """The installments of a commitment by name, with the parts paid up to the window's last day."""
    scheduled = {said.instalment: said for said in promise.said(PaymentScheduled)}
    parts: dict[str, list[PaymentMade]] = {name: [] for name in scheduled}
    for paid in promise.said(PaymentMade):
        if date.fromisoformat(paid.paid_on) <= promise.today:
            parts.setdefault(paid.instalment, []).append(paid)
    return {
        name: Instalment(scheduled.get(name), tuple(sorted(some, key=lambda part: part.paid_on)))
        for name, some in parts.items()
    }


def by_period(promise: Promise, terms: Sequence[CommitmentTerms]) -> dict[str | None, list[Instalment]]:
    """The installments of each period; one that is due after all of them belongs to none."""
    found: dict[str | None, list[Instalment]] = {each.period: [] for each in terms}
    due = sorted((each.due_on, each.period or "") for each in terms if each.due_on is not None)
    for name, one in instalments(promise).items():
        if None in found:
            found[None].append(one)
        elif name in found:
            found[name].append(one)
        elif one.due_on is not None:
            later = bisect_left(due, one.due_on, key=itemgetter(0))
            if later < len(due):
                found[due[later][1]].append(one)
    return found
