"""Row kinds ``excursion`` and ``ride_through_terms``: excursions of a site's voltage or frequency with the
load's response and the parties told, and the site's ride-through terms.

Keys (site, excursion) and (site,). The rows are tuples of facts in order of (at, pos).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ledger.calendar import Window
from ledger.kinds import ExcursionCommunicated, ExcursionRecorded, LoadResponseRecorded, RideThroughTermsSet
from projections.engine.fold import FigureScope, bears_holding
from projections.rows.fact_rows import RecordedFact, fact_rows

FACTS: Final = (ExcursionRecorded, LoadResponseRecorded, ExcursionCommunicated)


def excursion_of(row: Iterable[RecordedFact], window: Window) -> RecordedFact | None:
    """The excursion itself, if it began in a window."""
    found = [fact for fact in row if isinstance(fact.body, ExcursionRecorded)]
    return found[-1] if found and window.start_s <= found[-1].at_s < window.stop_s else None


def bears(row: tuple[RecordedFact, ...], asked: FigureScope) -> Iterator[int]:
    """The facts seen about it, without the responses of other blocks than the figure's."""
    block = asked.cells.get("block")
    for fact in row:
        other = isinstance(fact.body, LoadResponseRecorded) and block not in (None, "all", fact.body.block)
        if fact.at_s < asked.stop_s and not other:
            yield fact.pos


EXCURSION: Final = fact_rows("excursion", 1, ("site", "excursion"), FACTS, bears)


TERMS: Final = fact_rows("ride_through_terms", 1, ("site",), (RideThroughTermsSet,), bears_holding)
