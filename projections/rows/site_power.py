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


def contracted_w(row: Iterable[RecordedFact], at_s: int) -> int | None:
    """Power under contract at an instant: an agreement recorded again is replaced from its start, others add
    up; None without any contract.
    """
    terms: dict[str, PowerContracted] = {}
    for fact in row:
        if (
            isinstance(fact.body, PowerContracted)
            and fact.at_s <= at_s
            and instant_s(fact.body.start) <= at_s
        ):
            terms[fact.body.agreement] = fact.body
    if not terms:
        return None
    return sum(t.power_w for t in terms.values() if t.stop is UNSET or at_s < instant_s(t.stop))


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
