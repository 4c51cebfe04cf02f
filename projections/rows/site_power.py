"""Row kind ``power``: the power a site may draw, by its interest, interconnection, contracts and energizing.

Key (site,). The row is a tuple of facts in order of (at, pos).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import UNSET

from ledger.calendar import instant_s
from ledger.kinds import (
    CapacityDeenergized,
    CapacityEnergized,
    InterconnectionMilestoneReached,
    PowerContracted,
    SiteInterestChanged,
)
from projections.rows.fact_rows import RecordedFact, fact_rows

FACTS: Final = (
    SiteInterestChanged,
    InterconnectionMilestoneReached,
    PowerContracted,
    CapacityEnergized,
    CapacityDeenergized,
)


def contracted_steps(row: Iterable[RecordedFact]) -> list[tuple[int, int | None]]:
    """Power under contract from each instant at which it may change: an agreement recorded again is replaced
    from its start, others add up; None without any contract. In one pass: asked for instant by instant, many
    contracts took the square of their number.
    """
    contracts = [(fact.at_s, fact.body) for fact in row if isinstance(fact.body, PowerContracted)]
    begins: dict[int, list[int]] = {}
    ends: dict[int, list[int]] = {}
    for n, (at_s, terms) in enumerate(contracts):
        begins.setdefault(max(at_s, instant_s(terms.start)), []).append(n)
        if terms.stop is not UNSET:
            ends.setdefault(instant_s(terms.stop), []).append(n)
    latest: dict[str, int] = {}
    held_w: dict[int, int] = {}  # by the contract's number
    total_w = 0
    steps: list[tuple[int, int | None]] = []
    for at_s in sorted({*begins, *ends}):
        for n in ends.get(at_s, ()):
            total_w -= held_w.pop(n, 0)
        for n in begins.get(at_s, ()):
            terms = contracts[n][1]
            before = latest.get(terms.agreement, -1)
            if n > before:
                latest[terms.agreement] = n
                total_w -= held_w.pop(before, 0)
                if terms.stop is UNSET or at_s < instant_s(terms.stop):
                    held_w[n] = terms.power_w
                    total_w += terms.power_w
        steps.append((at_s, total_w if latest else None))
    return steps


def contracted_w(row: Iterable[RecordedFact], at_s: int) -> int | None:
    """Power under contract at an instant."""
    return next((held_w for since_s, held_w in reversed(contracted_steps(row)) if since_s <= at_s), None)


def energized_w(row: Iterable[RecordedFact], at_s: int) -> int | None:
    """The whole site's authorized draw at an instant; None where none is recorded."""
    said = [
        fact.body.power_w
        for fact in row
        if isinstance(fact.body, CapacityEnergized | CapacityDeenergized) and fact.at_s <= at_s
    ]
    return said[-1] if said else None


def requested_w(row: Iterable[RecordedFact], at_s: int) -> int | None:
    """The power of the latest interconnection request; None where there is none."""
    said = [
        fact.body.power_w
        for fact in row
        if isinstance(fact.body, InterconnectionMilestoneReached)
        and fact.body.milestone == "requested"
        and fact.at_s <= at_s
    ]
    return said[-1] if said else None


def interest(row: Iterable[RecordedFact], at_s: int) -> str | None:
    """The latest interest: option, owned, leased or sold."""
    said = [
        fact.body.interest for fact in row if isinstance(fact.body, SiteInterestChanged) and fact.at_s <= at_s
    ]
    return said[-1] if said else None


POWER: Final = fact_rows("power", 1, ("site",), FACTS)
