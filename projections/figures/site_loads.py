"""The load of each site and the sums of the split of its energized power over a window, made once for the reports
on use and on flexibility: what an interval adds is not kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from operator import gt
from typing import NamedTuple

from ledger.calendar import Window
from projections.engine.fold import Rows
from projections.engine.report import Scope, found_for
from projections.figures.energy_split import (
    OfRoles,
    Taken,
    both_known,
    drawn,
    every,
    meters_of,
    nothing_taken,
    scale_of,
    summed,
    taken_of,
)
from projections.figures.load_over_time import Parts
from projections.figures.power_integrals import LoadStretches, Stretch


class Use(NamedTuple):
    """Sums that add over sites, in scaled watt-seconds and seconds; None where energized is unknown."""

    load: int
    used: int | None
    energized: int | None
    curtailed: int | None
    outage: int | None
    known_s: int
    facility: int
    it: int
    both_s: int


class SplitLoad(NamedTuple):
    """A site's load in 1/scale W, its sums, the first instant at which it was above energized, from which that is
    known on, the intervals with curtailed energy, and notes on contradictory facts.
    """

    revenue: int
    load: LoadStretches
    use: Use
    over_s: int | None
    curtailed: Sequence[Stretch]
    notes: Sequence[str]


def site_loads(rows: Rows, scope: Scope) -> tuple[int, dict[str, SplitLoad]]:
    """The scale of the loads, and the load of every site in scope, empty where it has no revenue meter."""
    return found_for(rows, scope, _site_loads)


def _site_loads(rows: Rows, scope: Scope) -> tuple[int, dict[str, SplitLoad]]:
    taken, meters = taken_of(rows, scope), meters_of(rows, scope)
    scale = scale_of(every(meters))
    return scale, {
        name: _site_load(
            name, rows, taken.get(name, nothing_taken()), meters.get(name, {}), scale, scope.window
        )
        for name in scope.sites
    }


def _site_load(name: str, rows: Rows, taken: Taken, meters: OfRoles, scale: int, window: Window) -> SplitLoad:
    revenue = meters.get("revenue", [])
    load, parts, first_s = drawn(name, rows, taken, revenue, scale, window)
    use, over_s = _use(parts, first_s)
    facility, it = (summed(meters.get(role, []), scale, window) for role in ("facility", "it"))
    if facility.powers and it.powers:
        both = both_known(facility, it, window)
        use = use._replace(facility=both.facility, it=both.it, both_s=both.seconds)
    energies = zip(parts.starts_s, parts.stops_s, parts.curtailed, strict=True)
    curtailed = list(map(Stretch._make, compress(energies, parts.curtailed)))
    return SplitLoad(len(revenue), load, use, over_s, curtailed, taken.notes)


def _use(parts: Parts, first_s: int) -> tuple[Use, int | None]:
    """The sums over intervals, and the first instant at which the load was above energized, known from
    ``first_s`` on.
    """
    starts, stops, used, curtailed, out, may, drawn = parts
    total, known_s = sum(drawn), sum(stops) - sum(starts)
    above = compress(starts, map(gt, drawn, may))
    over = next((at_s for at_s in above if at_s >= first_s), None)
    if not starts or starts[0] < first_s:
        return Use(total, None, None, None, None, known_s, 0, 0, 0), over
    return Use(total, sum(used), sum(may), sum(curtailed), sum(out), known_s, 0, 0, 0), over
