"""Row kind ``generator``: a backup generator's permit, its runs and its failed starts.

Key (site, generator). The row is a tuple of facts in order of (at, pos).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from msgspec import UNSET

from ledger.kinds import (
    GeneratorLoadMeasured,
    GeneratorRegistered,
    GeneratorRetired,
    GeneratorStarted,
    GeneratorStartFailed,
    GeneratorStopped,
)
from projections.engine.windows import FOREVER
from projections.rows.fact_rows import RecordedFact, fact_rows

FACTS: Final = (
    GeneratorRegistered,
    GeneratorRetired,
    GeneratorStarted,
    GeneratorLoadMeasured,
    GeneratorStopped,
    GeneratorStartFailed,
)


class GeneratorRun(NamedTuple):
    """One run on [start_s, stop_s), ``FOREVER`` while it goes on, and the loads measured during it in
    order.
    """

    start_s: int
    stop_s: int
    started: GeneratorStarted
    loads: tuple[tuple[int, int], ...]

    def carried_w(self, at_s: int) -> int | None:
        """The latest measured load at an instant; None before the first."""
        return next((load_w for since_s, load_w in reversed(self.loads) if since_s <= at_s), None)


def runs(row: Iterable[RecordedFact]) -> list[GeneratorRun]:
    """The runs in order, disjoint: where a late fact makes two overlap, the later start ends the earlier
    run.
    """
    found: list[GeneratorRun] = []
    for fact in row:
        body = fact.body
        open_run = found[-1] if found and found[-1].stop_s == FOREVER else None
        if isinstance(body, GeneratorStarted):
            if open_run is not None:
                found[-1] = open_run._replace(stop_s=fact.at_s)
            first = () if body.load_w is UNSET else ((fact.at_s, body.load_w),)
            found.append(GeneratorRun(fact.at_s, FOREVER, body, first))
        elif open_run is not None and isinstance(body, GeneratorLoadMeasured):
            found[-1] = open_run._replace(loads=(*open_run.loads, (fact.at_s, body.load_w)))
        elif open_run is not None and isinstance(body, GeneratorStopped | GeneratorRetired):
            found[-1] = open_run._replace(stop_s=fact.at_s)
    return [run for run in found if run.start_s < run.stop_s]


GENERATOR: Final = fact_rows("generator", 1, ("site", "generator"), FACTS)
