"""Row kind ``incident``: an incident's open time, its linked records, and the actions agreed after it.

Key (site, incident). The row is a tuple of facts in order of (at, pos).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ledger.calendar import Window
from ledger.kinds import (
    IncidentActionAgreed,
    IncidentActionDone,
    IncidentClosed,
    IncidentLinked,
    IncidentObservationAdded,
    IncidentOpened,
)
from projections.engine.windows import FOREVER
from projections.rows.fact_rows import RecordedFact, fact_rows

FACTS: Final = (
    IncidentOpened,
    IncidentObservationAdded,
    IncidentLinked,
    IncidentClosed,
    IncidentActionAgreed,
    IncidentActionDone,
)


def open_during(row: Iterable[RecordedFact]) -> Window | None:
    """The span from its first fact until just after it was closed; ``FOREVER`` while it is open."""
    facts = list(row)
    if not facts:
        return None
    closed = [fact.at_s for fact in facts if isinstance(fact.body, IncidentClosed)]
    return Window(facts[0].at_s, closed[-1] + 1 if closed else FOREVER)


def linked(row: Iterable[RecordedFact]) -> list[str]:
    """Ids of the linked records, each once, sorted."""
    return sorted({id_ for fact in row if isinstance(fact.body, IncidentLinked) for id_ in fact.body.ids})


INCIDENT: Final = fact_rows("incident", 2, ("site", "incident"), FACTS)
