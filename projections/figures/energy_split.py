"""The split of a site's energized power, interval by interval of its meters, shared by the reports on use and
on flexibility.

Mean power of readings is a whole number of 1/scale W (``scale_of``), so that all sums stay integers. For each
interval of the load E = energized; L = load, at most E; outage = min(power lost to outages, E - L); curtailed
= min(power held back, E - L - outage). Lost and held-back power are those of ``availability``, summed over a
site's blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, repeat
from math import lcm
from operator import add, mul, neg, sub
from typing import Any, Final, NamedTuple

from ledger.calendar import Window
from projections.engine.fold import Key, Rows
from projections.engine.report import Scope, found_for
from projections.engine.windows import FOREVER, Span, spans, sweep
from projections.figures.availability import OfBlock, by_block, derates, facts_in, held_back, shares
from projections.figures.contradictions import contradictions, excess
from projections.figures.load_over_time import Parts
from projections.figures.power_integrals import LoadStretches, Stretch, load_of, shared
from projections.rows.meters import METER, METER_DAY, MeterReadings, days_of, metered, terms_before
from projections.rows.site_power import POWER

_WH_J: Final = 3600


class Taken(NamedTuple):
    """Power lost to outages and power curtailed of a site's blocks, in W; notes on contradictory facts."""

    lost: list[Stretch]
    back: list[Stretch]
    notes: list[str]


ROLES: Final = ("revenue", "facility", "it", "sub")
OfRoles = dict[str, list[MeterReadings]]
"""Role -> readings of each of the site's own meters."""


def drawn(
    name: str, rows: Rows, taken: Taken, revenue: Sequence[MeterReadings], scale: int, window: Window
) -> tuple[LoadStretches, Parts, int]:
    """The load of a site, the split of its energized power in each interval, and the start of its energized
    power.
    """
    power = [fact for fact in rows[POWER.name].get((name,), ()) if fact.at_s < window.stop_s]
    load, may = summed(revenue, scale, window), energized(power)
    return load, parts_of(load, may, taken, scale), may[0].start_s if may else FOREVER


def taken_of(rows: Rows, scope: Scope) -> dict[str, Taken]:
    """The power lost and curtailed at the blocks of each site."""
    return found_for(rows, scope, _taken_of)


def _taken_of(rows: Rows, scope: Scope) -> dict[str, Taken]:
    taken: dict[str, Taken] = {}
    for (site, block), of_block in by_block(facts_in(rows, scope)).items():
        _take(f"{site}/{block}", of_block, scope.window, taken.setdefault(site, nothing_taken()))
    return taken


def nothing_taken() -> Taken:
    """An empty sum: for a site without blocks, and to begin with."""
    return Taken([], [], [])


def _take(named: str, of_block: OfBlock, window: Window, into: Taken) -> None:
    """Add the power lost and curtailed at a block."""
    curtailments = (row for _, row in of_block.curtailments)
    derated = derates(of_block.outages, of_block.changes)
    found = list(shares(of_block.changes, derated, held_back(curtailments, of_block.changes), window))
    into.notes.extend((*excess(named, found), *contradictions(named, *of_block, window)))
    for share in found:
        amounts, seconds = share.amounts, share.amounts.period_s
        out_s = amounts.forced_out_s + amounts.maintenance_out_s + amounts.planned_out_s
        lost_ws = amounts.forced_derated_ws + amounts.maintenance_derated_ws + amounts.planned_derated_ws
        lost_w = share.rating.capacity_w if out_s else lost_ws // seconds  # constant in a share, so exact
        into.lost.append(Stretch(share.at_s, share.at_s + seconds, lost_w))
        into.back.append(Stretch(share.at_s, share.at_s + seconds, amounts.curtailed_ws // seconds))


def energized(power: Iterable[Any]) -> list[Stretch]:
    """A site's authorized draw over time, from its facts of the row kind ``power``."""
    steps = [(fact.at_s, fact.body.power_w) for fact in power if hasattr(fact.body, "point_of_delivery")]
    return [Stretch(*span) for span in spans(steps, FOREVER)]


def parts_of(load: LoadStretches, allowed: Sequence[Stretch], taken: Taken, scale: int) -> Parts:
    """The split of the energized power in each interval of the load."""
    starts, stops, powers = load
    seconds = tuple(map(sub, stops, starts))
    drawn = tuple(map(mul, seconds, powers))
    may, lost, back = (
        list(map(mul, shared(some, starts, stops, seconds), repeat(scale)))
        for some in (allowed, taken.lost, taken.back)
    )
    used = tuple(map(min, drawn, may))
    left = tuple(map(sub, may, used))
    out = tuple(map(min, lost, left))
    curtailed = tuple(map(min, back, map(sub, left, out)))
    return Parts(starts, stops, used, curtailed, out, tuple(may), drawn)


def meters_of(rows: Rows, scope: Scope) -> dict[str, OfRoles]:
    """Readings of each site's own meters, delivered energy only."""
    return {site: roles for (site, _), roles in _metered(rows, scope, of_site=True).items()}


def block_meters(rows: Rows, scope: Scope) -> dict[Key, list[MeterReadings]]:
    """Readings of the meters of each (site, block), delivered energy only; where there are several roles the
    first of ``ROLES``, so that nothing counts twice.
    """
    return {
        key: next(roles[role] for role in ROLES if role in roles)
        for key, roles in _metered(rows, scope, of_site=False).items()
    }


def _metered(rows: Rows, scope: Scope, *, of_site: bool) -> dict[Key, OfRoles]:
    """Readings by (site, scope of the meter) and role, for meters of sites or of blocks."""
    days: dict[Key, dict[str, bytes]] = {}
    first, last = days_of(scope.window)  # a table of days asks for each in turn
    for (site, meter, day), row in rows[METER_DAY.name].items():
        if first <= day <= last:
            days.setdefault((site, meter), {})[day] = row
    found: dict[Key, OfRoles] = {}
    instants: dict[tuple[int, ...], tuple[int, ...]] = {}  # meters are read at the same ones: kept once
    for (site, meter), row in sorted(rows[METER.name].items()):
        terms = terms_before(row, scope.window.stop_s)
        if site not in scope.sites or terms is None or terms.direction != "delivered":
            continue
        if (terms.scope == "site") == of_site:
            readings = metered(days.get((site, meter), {}), scope.window)
            starts, stops = (instants.setdefault(some, some) for some in readings[:2])
            readings = readings._replace(starts_s=starts, stops_s=stops)
            found.setdefault((site, terms.scope), {}).setdefault(terms.role, []).append(readings)
    return found


def every(meters: dict[str, OfRoles]) -> list[MeterReadings]:
    """The readings of all meters."""
    return [readings for roles in meters.values() for some in roles.values() for readings in some]


def scale_of(meters: Iterable[MeterReadings]) -> int:
    """The denominator that makes the mean power of every reading a whole number, so that all sums stay
    integers.
    """
    shapes: set[tuple[int, int]] = set()
    for readings in meters:
        shapes.update(zip(readings.intervals_s, readings.powers_of_ten, strict=True))
    finest = min((power for _, power in shapes), default=0)
    return int(lcm(*(interval_s for interval_s, _ in shapes)) * 10 ** max(0, -finest))


def summed(meters: Sequence[MeterReadings], scale: int, window: Window) -> LoadStretches:
    """The sum of all meters' mean power in 1/scale W, where all have a reading, cut to the window."""
    loads = [_load(readings, scale, window) for readings in meters]
    if len(loads) == 1:
        return loads[0]
    return load_of(
        Stretch(piece.start_s, piece.stop_s, sum(one for (one,) in piece.open))
        for piece in (sweep(window, *(map(Span, *load) for load in loads)) if loads else ())
        if all(piece.open)
    )


class FacilityAndIt(NamedTuple):
    """Energy of facility and IT in scaled watt-seconds, over the time in which both are known."""

    facility: int
    it: int
    seconds: int


def both_known(facility: LoadStretches, it: LoadStretches, window: Window) -> FacilityAndIt:
    """Energy of facility and IT over the time in which both are known: their ratio is PUE (ISO/IEC 30134-2)."""
    of_facility = of_it = seconds = 0
    for piece in sweep(window, *(map(Span, *some) for some in (facility, it))):
        if all(piece.open):
            of_facility += piece.seconds * piece.open[0][0]
            of_it += piece.seconds * piece.open[1][0]
            seconds += piece.seconds
    return FacilityAndIt(of_facility, of_it, seconds)


def _load(readings: MeterReadings, scale: int, window: Window) -> LoadStretches:
    starts, stops, values, powers, intervals, _ = readings
    shapes = dict.fromkeys(zip(powers, intervals, strict=True))
    worth = {shape: _worth(scale, *shape) for shape in shapes}
    if len(worth) == 1:  # as most meters
        rates = tuple(map(mul, values, repeat(*worth.values())))
    else:
        rates = tuple(map(mul, values, map(worth.__getitem__, zip(powers, intervals, strict=True))))
    first = (
        max(at_s, window.start_s) for at_s in starts[:1]
    )  # readings are disjoint, and reach into the window
    last = (min(at_s, window.stop_s) for at_s in stops[-1:])
    return LoadStretches((*first, *starts[1:]), (*stops[:-1], *last), rates)


def _worth(scale: int, power_of_ten: int, interval_s: int) -> int:
    """One unit of a reading as mean power, in 1/scale W."""
    scaled = scale * _WH_J * 10**power_of_ten if power_of_ten >= 0 else scale * _WH_J // 10**-power_of_ten
    return int(scaled // interval_s)


def peak(loads: Iterable[LoadStretches]) -> tuple[int | None, int]:
    """The highest simultaneous sum, and the time in which any load is known; no list may be empty."""
    alike: dict[tuple[tuple[int, ...], tuple[int, ...]], list[Sequence[int]]] = {}
    for load in loads:
        alike.setdefault((load.starts_s, load.stops_s), []).append(load.powers)
    # most meters are read at the same instants: their powers add up before any edge is looked at
    sums_of = [
        LoadStretches(*edges, tuple(map(sum, zip(*some, strict=True)))) for edges, some in alike.items()
    ]
    if len(sums_of) == 1:
        return max(sums_of[0].powers), sum(sums_of[0].stops_s) - sum(sums_of[0].starts_s)
    changes: dict[int, int] = {}
    opened: dict[int, int] = {}
    for starts, stops, powers in sums_of:
        for edges, amounts, one in ((starts, powers, 1), (stops, tuple(map(neg, powers)), -1)):
            changes.update(zip(edges, map(add, map(changes.get, edges, repeat(0)), amounts), strict=True))
            opened.update(zip(edges, map(add, map(opened.get, edges, repeat(0)), repeat(one)), strict=False))
    at_s = sorted(changes)
    sums, held = (accumulate(map(some.__getitem__, at_s)) for some in (changes, opened))
    known = [
        (power, edge, after)
        for power, count, edge, after in zip(sums, held, at_s, at_s[1:], strict=False)
        if count
    ]
    return max((power for power, _, _ in known), default=None), sum(after - edge for _, edge, after in known)
