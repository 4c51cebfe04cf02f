"""Where a site's energy came from, hour by hour: its own generation, its contracts, and the mix of its grid.

In whole Wh (``whole_hours``), for each full UTC hour of the window with readings of all revenue meters and all own
generation:

load     = delivered + own generation - sent out, own generation less what was sent out at least 0
matched  = contracts' energy of the hour, at most load - own generation; several in proportion to their energy
mix      = net generation of the site's authority by source, what is below 0 (charging, own use) as 0; an hour has
           one if each source recorded on its UTC day has a value for all of it, and any is above 0

A contract counts in an hour if it has a meter, is in force, and generates in the site's own authority.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from msgspec import UNSET

from ledger.calendar import DAY_S, HOUR_S, Window, format_instant, period_days, zone
from ledger.kinds import EnergySupplyRegistered
from ledger.records.envelope import authority_place
from projections.engine.fold import Rows
from projections.engine.pictures import day_s
from projections.engine.report import Scope, found_for
from projections.engine.windows import FOREVER
from projections.figures.metered_load import Days
from projections.figures.whole_hours import ByHour, by_hour, shares_of
from projections.rows.energy import CERTIFICATES, GENERATION_DAY, SUPPLY
from projections.rows.meters import METER, METER_DAY, MeterReadings, days_of, metered, terms_before
from projections.rows.sites import SITE, data_before

UNKNOWN: Final = "unknown"
"""Source of the energy of hours without a mix."""
OWN: Final = "own-generation"


class Supply(NamedTuple):
    """A supply of a site as registered at the window's end, and the time in which it is in force."""

    name: str
    terms: EnergySupplyRegistered
    in_force: Window
    is_own: bool
    is_near: bool

    @property
    def counts_by_hour(self) -> bool:
        """Can it match the load of an hour?"""
        return self.terms.meter is not UNSET and self.is_near


class EnergyHour(NamedTuple):
    """One hour with known load: its energy from each own generator and each contract, what the grid's mix
    supplied beside these, and the mix as weights by source (empty: unknown). ``volumes_wh`` are what the contracts
    generated, ``silent`` those without a value.
    """

    start_s: int
    load_wh: int
    own_wh: Mapping[str, int]
    matched_wh: Mapping[str, int]
    volumes_wh: Mapping[str, int]
    silent: tuple[str, ...]
    mix: Mapping[str, int]

    @property
    def delivered_wh(self) -> int:
        """The load less own generation: what came from the grid."""
        return self.load_wh - sum(self.own_wh.values())

    @property
    def covered_wh(self) -> int:
        """Own generation and matched contracts."""
        return sum(self.own_wh.values()) + sum(self.matched_wh.values())

    @property
    def rest_wh(self) -> int:
        """The load less these."""
        return self.load_wh - self.covered_wh


class SiteEnergy(NamedTuple):
    """A site with load in the window."""

    site: str
    authority: str
    tz: ZoneInfo
    supplies: Mapping[str, Supply]
    certified: Mapping[str, Sequence[tuple[Window, int]]]
    hours: Sequence[EnergyHour]
    missing_s: int

    def source_of(self, supply: str) -> str:
        """The source of a supply."""
        return str(self.supplies[supply].terms.energy_source)


def sites_of(rows: Rows, scope: Scope) -> tuple[SiteEnergy, ...]:
    """The sites in scope with a revenue meter, in order: found once for table, figures and pictures."""
    return found_for(rows, scope, _sites_of)


def _sites_of(rows: Rows, scope: Scope) -> tuple[SiteEnergy, ...]:
    return tuple(_each_site(rows, scope))


def _each_site(rows: Rows, scope: Scope) -> Iterator[SiteEnergy]:
    days, mixes = _days_in(rows, scope), Mixes(rows, scope.window)
    for site in scope.sites:
        data = data_before(rows[SITE.name].get((site,), ()), scope.window.stop_s)
        delivered, sent = revenue_meters(rows, site, scope.window.stop_s)
        if data is None or not delivered:
            continue
        tz = zone(scope.zones[site])
        supplies = supplies_of(rows, site, data.balancing_authority, tz, scope.window.stop_s)
        meters, mix = _SiteMeters(days, site, scope.window), mixes.of(data.balancing_authority)
        found = _hours(meters, delivered, sent, supplies, mix)
        yield SiteEnergy(
            site,
            data.balancing_authority,
            tz,
            supplies,
            _certified(rows, site, tz, scope.window.stop_s),
            found,
            max(0, scope.window.stop_s - scope.window.start_s) - HOUR_S * len(found),
        )


def _days_in(rows: Rows, scope: Scope) -> Days:
    """The readings of the sites' meters on the days that may reach into the window."""
    first, last = days_of(scope.window)
    found: dict[tuple[str, ...], dict[str, bytes]] = {}
    for (site, meter, day), row in rows[METER_DAY.name].items():
        if first <= day <= last and site in scope.sites:
            found.setdefault((site, meter), {})[day] = row
    return found


# --- meters and supplies ------------------------------------------------------------------------------------


class _SiteMeters(NamedTuple):
    """The readings of a site's meters in a window."""

    days: Days
    site: str
    window: Window

    def readings(self, meter: str) -> MeterReadings:
        return metered(self.days.get((self.site, meter), {}), self.window)

    def by_hour(self, meters: Iterable[str]) -> ByHour:
        return by_hour([self.readings(meter) for meter in meters], self.window)


def revenue_meters(rows: Rows, site: str, stop_s: int) -> tuple[list[str], list[str]]:
    """The revenue meters of a site itself: of energy delivered to it, and received from it."""
    found: dict[str, list[str]] = {"delivered": [], "received": []}
    for (place, meter), row in sorted(rows[METER.name].items()):
        terms = terms_before(row, stop_s) if place == site else None
        if terms is not None and (terms.scope, terms.role) == ("site", "revenue"):
            found[terms.direction].append(meter)
    return found["delivered"], found["received"]


def supplies_of(rows: Rows, site: str, authority: str, tz: ZoneInfo, stop_s: int) -> dict[str, Supply]:
    """The supplies of a site by name, as registered before an instant."""
    found = {}
    for (place, name), row in sorted(rows[SUPPLY.name].items()):
        seen = [fact.body for fact in row if place == site and fact.at_s < stop_s]
        if not seen:
            continue
        terms = seen[-1]
        first, last = (
            FOREVER if day is UNSET else day_s(date.fromisoformat(day), tz)
            for day in (terms.start_on, terms.stop_on)
        )
        is_own = terms.instrument == OWN
        is_near = is_own or terms.balancing_authority in (UNSET, authority)
        found[name] = Supply(name, terms, Window(first, last), is_own, is_near)
    return found


def _certified(rows: Rows, site: str, tz: ZoneInfo, stop_s: int) -> dict[str, list[tuple[Window, int]]]:
    found: dict[str, list[tuple[Window, int]]] = {}
    for (place, name), row in sorted(rows[CERTIFICATES.name].items()):
        seen = [fact.body for fact in row if place == site and fact.at_s < stop_s]
        if seen:
            found[name] = [(_period(body.period, tz), body.energy_wh) for body in seen]
    return found


def _period(text: str, tz: ZoneInfo) -> Window:
    first, after = period_days(text)
    return Window(day_s(first, tz), day_s(after, tz))


# --- hours --------------------------------------------------------------------------------------------------


def _hours(
    meters: _SiteMeters,
    delivered: Sequence[str],
    sent: Sequence[str],
    supplies: Mapping[str, Supply],
    mix: Mapping[int, Mapping[str, int]],
) -> list[EnergyHour]:
    drawn, out = meters.by_hour(delivered), meters.by_hour(sent)
    made = {
        name: meters.by_hour([str(supply.terms.meter)])
        for name, supply in supplies.items()
        if supply.terms.meter is not UNSET
    }
    if not made and not sent:  # a site that buys all its energy from the grid, as most do
        none: Mapping[str, int] = {}  # one for all hours, of which years have many
        return [
            EnergyHour(start_s, max(0, net_wh), none, none, none, (), mix.get(start_s, none))
            for start_s, net_wh in drawn.items()
        ]
    found = []
    for start_s, net_wh in drawn.items():
        drawn_wh = max(0, net_wh)
        now = {name for name in made if _is_in_force(supplies[name], start_s)}
        own = {name: made[name].get(start_s) for name in sorted(now) if supplies[name].is_own}
        if None in own.values() or (sent and start_s not in out):
            continue
        volumes = {
            name: max(0, made[name].get(start_s, 0)) for name in sorted(now) if not supplies[name].is_own
        }
        used = _used({name: max(0, wh or 0) for name, wh in own.items()}, out.get(start_s, 0))
        load_wh = drawn_wh + sum(used.values())
        near = {name: wh for name, wh in volumes.items() if supplies[name].is_near}
        matched = _at_most(drawn_wh, near)
        silent = tuple(name for name in volumes if start_s not in made[name])
        found.append(EnergyHour(start_s, load_wh, used, matched, volumes, silent, mix.get(start_s, {})))
    return found


def _is_in_force(supply: Supply, start_s: int) -> bool:
    return supply.in_force.start_s <= start_s < supply.in_force.stop_s


def _used(own: Mapping[str, int], sent_wh: int) -> dict[str, int]:
    """Own generation less what was sent out."""
    return _at_most(max(0, sum(own.values()) - max(0, sent_wh)), own)


def _at_most(most: int, energies: Mapping[str, int]) -> dict[str, int]:
    """Some energies, or where they are more than a limit their shares of it."""
    if sum(energies.values()) <= most:
        return dict(energies)
    return shares_of(most, energies)


# --- the mix of a grid --------------------------------------------------------------------------------------


class Mixes:
    """The mix of authorities by hour, each read once."""

    def __init__(self, rows: Rows, window: Window) -> None:
        self._window = window
        self._days: dict[str, dict[str, dict[str, bytes]]] = {}
        first, last = days_of(window)
        for (place, source, day), row in rows[GENERATION_DAY.name].items():
            if not first <= day <= last:
                continue
            self._days.setdefault(place, {}).setdefault(source, {})[day] = row
        self._found: dict[str, dict[int, dict[str, int]]] = {}

    def of(self, code: str) -> dict[int, dict[str, int]]:
        """Net generation in Wh by source, of each hour that has a mix."""
        if code not in self._found:
            self._found[code] = self._mix(self._days.get(authority_place(code), {}))
        return self._found[code]

    def _mix(self, sources: Mapping[str, Mapping[str, bytes]]) -> dict[int, dict[str, int]]:
        known = {
            source: by_hour([metered(sources[source], self._window)], self._window)
            for source in sorted(sources)
        }
        found = {}
        reporting: dict[int, list[str]] = {}  # by day since 1970
        for start_s in sorted(set().union(*known.values())):
            number = start_s // DAY_S
            if number not in reporting:
                day = format_instant(start_s)[:10]
                reporting[number] = [source for source in known if day in sources[source]]
            wanted = reporting[number]
            if wanted and all(start_s in known[source] for source in wanted):
                mix = {source: wh for source in wanted if (wh := known[source][start_s]) > 0}
                if mix:
                    found[start_s] = mix
        return found


def by_source(energy_wh: int, mix: Mapping[str, int]) -> dict[str, int]:
    """Energy of an hour divided by the mix of its grid; unknown where it has none."""
    if not energy_wh:
        return {}
    return shares_of(energy_wh, mix) if mix else {UNKNOWN: energy_wh}
