"""Collateral that a utility holds for a contract: the balance on a day, and whether each step is met.

Balance = over the instruments, the amount posted last by that day less what was released of it since; 0 after
its last day. A step asks for its amount from its day on until the next one's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from msgspec import UNSET

from ledger.kinds import CollateralPosted, CollateralReleased, CollateralStepSet
from projections.rows.fact_rows import RecordedFact

Facts = tuple[RecordedFact, ...]


class HeldInstrument(NamedTuple):
    """One instrument on a day: posted last by then, what is left of it, and whether its last day is past."""

    posted: CollateralPosted
    left_cents: int
    expired: bool


class Step(NamedTuple):
    """A step: its amount, what is held on the day it is judged, and the first day it was met. ``followed`` is
    true once a later step holds.
    """

    name: str
    due_on: date
    required_cents: int
    held_cents: int
    met_on: date | None
    judged_on: date
    followed: bool

    @property
    def lacking_cents(self) -> int:
        """What is not held, not below 0."""
        return max(0, self.required_cents - self.held_cents)


def held(facts: Iterable[RecordedFact], day: date) -> HeldInstrument | None:
    """An instrument on a day; None before it was posted."""
    posted: CollateralPosted | None = None
    released = 0
    for fact in facts:
        body = fact.body
        if isinstance(body, CollateralPosted) and date.fromisoformat(body.posted_on) <= day:
            posted, released = body, 0
        elif (
            isinstance(body, CollateralReleased)
            and posted is not None
            and date.fromisoformat(body.released_on) <= day
        ):
            released += posted.amount_cents if body.amount_cents is UNSET else body.amount_cents
    if posted is None:
        return None
    expired = posted.expires_on is not UNSET and date.fromisoformat(posted.expires_on) < day
    return HeldInstrument(posted, 0 if expired else max(0, posted.amount_cents - released), expired)


def balance_cents(instruments: Mapping[str, Facts], day: date) -> int:
    """What is held on a day altogether."""
    found = (held(facts, day) for facts in instruments.values())
    return sum(one.left_cents for one in found if one is not None)


def steps(step_facts: Mapping[str, Facts], instruments: Mapping[str, Facts], today: date) -> Iterator[Step]:
    """The steps by day. One that a later step has followed is judged on the day before that, the others
    today.
    """
    said = (facts[-1] for facts in step_facts.values())
    ordered = sorted(said, key=lambda fact: (fact.body.due_on, *fact[:2]))
    found: list[CollateralStepSet] = [fact.body for fact in ordered]
    for n, body in enumerate(found):
        due = date.fromisoformat(body.due_on)
        later = [date.fromisoformat(other.due_on) for other in found[n + 1 :]]
        until = next((day for day in later if day <= today), None)
        judged = today if until is None else date.fromordinal(max(until.toordinal() - 1, due.toordinal()))
        yield Step(
            body.step,
            due,
            body.required_cents,
            balance_cents(instruments, judged),
            _met_on(body.required_cents, instruments, judged),
            judged,
            until is not None,
        )


def in_force(found: Sequence[Step], today: date) -> Step | None:
    """The step whose day came last."""
    begun = [step for step in found if step.due_on <= today]
    return begun[-1] if begun else None


def _met_on(required_cents: int, instruments: Mapping[str, Facts], judged: date) -> date | None:
    """The first day by the judged one on which enough was held."""
    days = {
        date.fromisoformat(fact.body.posted_on)
        for facts in instruments.values()
        for fact in facts
        if isinstance(fact.body, CollateralPosted)
    }
    return next(
        (day for day in sorted(days) if day <= judged and balance_cents(instruments, day) >= required_cents),
        None,
    )
