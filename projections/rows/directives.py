"""Row kind ``directive``: an emergency instruction to a site, and the site's response.

Key (site, directive). The row is a tuple of facts in order of (at, pos).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from ledger.calendar import instant_s
from ledger.kinds import (
    BreakerOpened,
    DirectiveAcknowledged,
    DirectiveComplied,
    DirectiveLifted,
    DirectiveReceived,
)
from projections.rows.fact_rows import RecordedFact, fact_rows

FACTS: Final = (
    DirectiveReceived,
    DirectiveAcknowledged,
    BreakerOpened,
    DirectiveComplied,
    DirectiveLifted,
)


class DirectiveSteps(NamedTuple):
    """A directive's current state: the instruction, when it came, and when it was first acknowledged,
    complied with and lifted (None: not yet). ``opened`` are the breakers opened for it.
    """

    said: DirectiveReceived
    issued_s: int
    received_s: int
    acknowledged: RecordedFact | None
    complied: RecordedFact | None
    lifted_s: int | None
    opened: tuple[RecordedFact, ...]


def steps(row: Iterable[RecordedFact], before_s: int) -> DirectiveSteps | None:
    """The directive from the facts before an instant; None where its receipt is not among them."""
    facts = [fact for fact in row if fact.at_s < before_s]

    def first(kind: type) -> RecordedFact | None:
        return next((fact for fact in facts if isinstance(fact.body, kind)), None)

    received, lifted = first(DirectiveReceived), first(DirectiveLifted)
    if received is None:
        return None
    return DirectiveSteps(
        received.body,
        instant_s(received.body.issued),
        received.at_s,
        first(DirectiveAcknowledged),
        first(DirectiveComplied),
        None if lifted is None else lifted.at_s,
        tuple(fact for fact in facts if isinstance(fact.body, BreakerOpened)),
    )


DIRECTIVE: Final = fact_rows("directive", 1, ("site", "directive"), FACTS)
