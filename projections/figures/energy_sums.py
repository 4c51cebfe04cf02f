"""Sums over the hours of ``energy_mix``: energy by source, shares matched, volumes of a year, CO2 where factors are
recorded.

volume   = of a supply with a meter, its energy in the hours with known load; of one without, what its certificates
           state for their period, spread evenly over it, for the part of it that has known load
matched  = of each calendar year of the site, the lesser of its load and its supplies' volumes
CO2      = of what the grid delivered by the mix of each hour, by the factor in force for source or whole mix
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import accumulate
from typing import Final, NamedTuple

from msgspec import UNSET

from ledger.calendar import HOUR_S, Window
from ledger.units import rounded
from projections.engine.windows import local_years
from projections.figures.energy_mix import UNKNOWN, EnergyHour, SiteEnergy, by_source
from projections.rows.fact_rows import RecordedFact

_KG: Final = 10**9
"""Milligrams per kWh x Wh in a kilogram."""


class BySource(NamedTuple):
    """Energy in Wh of an hour or of a window, by source: by location what the grid's mix and own generation
    supplied; by market own generation, then matched contracts, then the grid's mix; of the grid what it delivered
    by its mix.
    """

    location: Mapping[str, int]
    market: Mapping[str, int]
    grid: Mapping[str, int]


def split(one: SiteEnergy, hour: EnergyHour) -> BySource:
    """The energy of an hour by source. Each part adds up to the load, without what is delivered by own generation
    in ``grid``.
    """
    if not hour.own_wh and not hour.matched_wh:
        grid_wh = by_source(hour.load_wh, hour.mix)
        bought = {name: wh for name, wh in grid_wh.items() if wh > 0}
        return BySource(bought, bought, grid_wh)
    grid = Counter(by_source(hour.delivered_wh, hour.mix))
    own: Counter[str] = Counter()
    for name, wh in hour.own_wh.items():
        own[one.source_of(name)] += wh
    market = own + Counter(by_source(hour.rest_wh, hour.mix))
    for name, wh in hour.matched_wh.items():
        market[one.source_of(name)] += wh
    return BySource(own + grid, +market, grid)


def together(parts: Iterable[BySource]) -> BySource:
    """The sum of some hours."""
    sums: tuple[Counter[str], ...] = (Counter(), Counter(), Counter())
    for part in parts:
        for whole, more in zip(sums, part, strict=True):
            for name, wh in more.items():
                whole[name] = whole.get(name, 0) + wh
    return BySource(*sums)


def by_source_of(one: SiteEnergy) -> BySource:
    """The sum of all hours of a site. Hours of which neither a mix nor a supply is known add up before they are
    split: at most sites all are so.
    """
    known = [hour for hour in one.hours if hour.mix or hour.own_wh or hour.matched_wh]
    unknown_wh = sum(hour.load_wh for hour in one.hours) - sum(hour.load_wh for hour in known)
    unknown = EnergyHour(0, unknown_wh, {}, {}, {}, (), {})
    return together(split(one, hour) for hour in (*known, unknown))


# --- supplies -----------------------------------------------------------------------------------------------


class Supplied(NamedTuple):
    """A supply over the window: its volume, what of it met load in its hour (None: it does not count by the hour),
    and the energy of its certificates.
    """

    volume_wh: int
    matched_wh: int | None
    certified_wh: int


def supplied(one: SiteEnergy, name: str, window: Window) -> Supplied:
    """One supply over a window."""
    supply = one.supplies[name]
    certified = rounded(_certified(one, name, window, [hour.start_s for hour in one.hours]))
    if supply.terms.meter is UNSET:
        return Supplied(certified, None, certified)
    key = "own_wh" if supply.is_own else "volumes_wh"
    volume = sum(getattr(hour, key).get(name, 0) for hour in one.hours)
    if not supply.counts_by_hour:
        return Supplied(volume, None, certified)
    matched = "own_wh" if supply.is_own else "matched_wh"
    return Supplied(volume, sum(getattr(hour, matched).get(name, 0) for hour in one.hours), certified)


def volume_matched_wh(one: SiteEnergy, window: Window) -> int:
    """The load that supplies match by their volumes, each calendar year for itself."""
    if not one.supplies:
        return 0
    starts = [hour.start_s for hour in one.hours]
    loads = [0, *accumulate(hour.load_wh for hour in one.hours)]
    volumes = [0, *accumulate(_volume(hour) for hour in one.hours)]
    found = Fraction(0)
    for year in local_years(window, one.tz) if starts else ():
        first, after = (bisect_left(starts, edge_s) for edge_s in year)
        volume = Fraction(volumes[after] - volumes[first])
        for name, supply in one.supplies.items():
            if supply.terms.meter is UNSET:
                volume += _certified(one, name, year, starts)
        found += min(Fraction(loads[after] - loads[first]), volume)
    return rounded(found)


def _volume(hour: EnergyHour) -> int:
    return sum(hour.own_wh.values()) + sum(hour.volumes_wh.values())


def _certified(one: SiteEnergy, name: str, window: Window, starts: Sequence[int]) -> Fraction:
    """Energy of certificates for the hours of a window with known load, spread evenly over their periods."""
    found = Fraction(0)
    for period, energy_wh in one.certified.get(name, ()):
        edges = max(period.start_s, window.start_s), min(period.stop_s, window.stop_s)
        first, after = (bisect_left(starts, edge_s) for edge_s in edges)
        if after > first:
            found += Fraction(energy_wh * (after - first) * HOUR_S, period.stop_s - period.start_s)
    return found


# --- CO2 ----------------------------------------------------------------------------------------------------


class Factors:
    """The factors of an authority over time, by source and of its whole mix."""

    def __init__(self, facts: Iterable[RecordedFact]) -> None:
        self._steps: dict[str | None, list[tuple[int, int]]] = {}
        for fact in facts:
            source = None if fact.body.energy_source is UNSET else str(fact.body.energy_source)
            self._steps.setdefault(source, []).append((fact.at_s, fact.body.co2_mg_per_kwh))

    def at(self, source: str | None, at_s: int) -> int | None:
        """The factor in force at an instant, in mg per kWh."""
        held = [factor for since_s, factor in self._steps.get(source, ()) if since_s <= at_s]
        return held[-1] if held else None

    @property
    def is_empty(self) -> bool:
        """Is no factor recorded?"""
        return not self._steps


def co2_kg(one: SiteEnergy, parts: Sequence[BySource], factors: Factors) -> Mapping[str | None, int | None]:
    """The CO2 of what the grid delivered, by source and (None) of all; None where a factor is missing. All is the
    sum of its sources, or where one has no factor by the factor of the whole mix.
    """
    sums: dict[str | None, int | None] = {None: 0}
    whole: int | None = 0
    for hour, part in zip(one.hours, parts, strict=True) if not factors.is_empty else ():
        for source, wh in part.grid.items():
            factor = None if source == UNKNOWN else factors.at(source, hour.start_s)
            before = sums.get(source, 0)
            sums[source] = None if factor is None or before is None else before + factor * wh
        mixed = factors.at(None, hour.start_s)
        whole = None if mixed is None or whole is None else whole + mixed * hour.delivered_wh
    sources = [amount for source, amount in sums.items() if source is not None]
    known = [amount for amount in sources if amount is not None]
    sums[None] = None if factors.is_empty else sum(known) if len(known) == len(sources) else whole
    return {source: None if mg is None else rounded(Fraction(mg, _KG)) for source, mg in sums.items()}
