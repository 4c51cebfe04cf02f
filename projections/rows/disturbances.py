"""Row kind ``disturbance``: fast changes of load at one site.

Key (site,). The row is a tuple of facts in order of (at, pos).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ledger.kinds import DisturbanceRecorded
from projections.engine.fold import FigureScope
from projections.rows.fact_rows import RecordedFact, fact_rows


def bears(row: tuple[RecordedFact, ...], asked: FigureScope) -> Iterator[int]:
    """The disturbance that the figure is of, by its position in the stream."""
    for fact in row:
        inside = asked.start_s <= fact.at_s < asked.stop_s
        if inside and asked.cells.get("position") in (None, fact.pos):
            yield fact.pos


DISTURBANCE: Final = fact_rows("disturbance", 1, ("site",), (DisturbanceRecorded,), bears)
