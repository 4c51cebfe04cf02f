"""Row kind ``facility``: changes of a site's facility, models verified and submitted, channels tested.

Key (site,). The row is a tuple of facts in order of (at, pos).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ledger.kinds import CommunicationTested, FacilityChanged, ModelSubmitted, ModelVerified
from projections.engine.fold import FigureScope
from projections.rows.fact_rows import RecordedFact, fact_rows

FACTS: Final = (FacilityChanged, ModelVerified, ModelSubmitted, CommunicationTested)


def channel_name(body: CommunicationTested) -> str:
    """A channel by its own name and who answers it."""
    return f"{body.channel} to {body.counterparty}"


def bears(row: tuple[RecordedFact, ...], asked: FigureScope) -> Iterator[int]:
    """The facts of the figure's own item; those of a change are it and every verification."""
    item, name = asked.cells.get("item"), asked.cells.get("name")
    for fact in row:
        if fact.at_s < asked.stop_s and (item is None or _of(item, name, fact.body)):
            yield fact.pos


def _of(item: Any, name: Any, body: Any) -> bool:
    if item == "change":
        return isinstance(body, ModelVerified) or (isinstance(body, FacilityChanged) and body.change == name)
    if item == "model":
        return isinstance(body, ModelVerified | ModelSubmitted) and body.model == name
    return isinstance(body, CommunicationTested) and channel_name(body) == name


FACILITY: Final = fact_rows("facility", 1, ("site",), FACTS, bears)
