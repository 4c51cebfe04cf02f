"""Energy mix: where a site's energy came from, by source and hour, and how much of it was matched.

For each full UTC hour of the window that has readings of all revenue meters of the site and of its own
generation, in whole Wh that add up to the energy of these hours:

load       = delivered + own generation - sent out
matched    = own generation used + min(load - own generation, contracts of the hour); a contract counts in
             an hour by the readings of its meter, if it generates in the site's balancing authority (own: the
             draft's market boundaries are not final)
by hour    = sum of matched / load. Hourly matching follows the public consultation draft of October 20, 2025,
             of the revised GHG Protocol Scope 2 Guidance; the guidance in force (2015) matches volumes
by volume  = sum over calendar years of min(load, volumes) / load, volumes being those of the same hours, also
             of contracts elsewhere; certificates of a supply without a meter count evenly over their period,
             those of a supply with one are of the same energy and add nothing
location   = own generation used + the rest by the mix of the hour: net generation of the authority by source
             (EIA-930), what is below 0 as 0; what authorities exchange is not traced (own)
market     = matched by source of its supply + the rest by the mix of the hour; no residual mix is used (own)
CO2        = of what the grid delivered, by location, only by emission-factor-set; of a source null where it
             has no factor, of all by that of the whole mix then

An hour has a mix if every source that was recorded on its UTC day has a value in it; the energy of others is
of source unknown. Each hour's energy is divided by source in whole Wh by largest remainder, so that sources
add up to the load exactly, by location and by market, in each hour and in sum. surplus = supplied - matched
of supplies that count by the hour. Rows: the load of each site, its supplies, its sources; with --hours the
sources of each hour.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final, NamedTuple

from msgspec import UNSET

from ledger.calendar import DAY_S, HOUR_S, Window, format_instant, instant_s, local_time, zone
from ledger.records.envelope import authority_place
from ledger.units import ppm, rounded
from projections.engine.amounts import said
from projections.engine.fold import FigureScope, Key, Rows
from projections.engine.pictures import Amounts, Layer, Picture, Plot, Time
from projections.engine.report import (
    Answer,
    Behind,
    Cell,
    Column,
    Lead,
    LeadFigure,
    Parameter,
    Report,
    ReportRow,
    Scope,
    partial_row_of,
)
from projections.engine.words import (
    Line,
    by_name,
    duration,
    listed,
    number_of,
    out_of,
    percent,
    sentence,
    total,
)
from projections.figures.energy_mix import (
    UNKNOWN,
    SiteEnergy,
    revenue_meters,
    sites_of,
    supplies_of,
)
from projections.figures.energy_sums import (
    BySource,
    Factors,
    by_source_of,
    co2_kg,
    split,
    supplied,
    volume_matched_wh,
)
from projections.rows.energy import CERTIFICATES, FACTOR, GENERATION_DAY, SUPPLY
from projections.rows.meters import METER, METER_DAY
from projections.rows.sites import SITE, data_before

LOAD: Final = "load"
OF_SUPPLY: Final = "supply"
SOURCE: Final = "source"
HOUR: Final = "hour"

_METERED: Final = (SITE.name, METER.name, METER_DAY.name, SUPPLY.name)
_SUPPLIED: Final = (*_METERED, CERTIFICATES.name)
HOURS: Final = "hours"
PARAMETERS: Final = (Parameter(HOURS, "Also the sources of each hour.", "flag", shows=("start",)),)

COLUMNS: Final = (
    Column("site", "Site", "the site", unit=""),
    Column("part", "Part", "load, supply, source or hour", unit=""),
    Column("name", "Name", "the supply or the source", unit=""),
    Column("start", "Start", "when the hour begins", unit=""),
    Column(
        "load_wh",
        "Load",
        "of the site, or in the hour: delivered + own generation - sent out",
        unit="Wh",
        draws=_METERED,
    ),
    Column(
        "volume_wh", "Supplied", "volume of supplies in the hours with known load", unit="Wh", draws=_SUPPLIED
    ),
    Column("matched_wh", "Matched", "what met load in its hour", unit="Wh", draws=_METERED),
    Column(
        "matched_ppm",
        "Matched by hour",
        "matched / load of the site (draft)",
        unit="ppm",
        of=("matched_wh", "load_wh"),
        draws=_METERED,
    ),
    Column(
        "volume_matched_ppm",
        "Matched by volume",
        "lesser of load and volumes of each calendar year / load",
        unit="ppm",
        draws=_SUPPLIED,
    ),
    Column("location_wh", "By location", "own generation and the grid's mix", unit="Wh", draws=_METERED),
    Column(
        "location_ppm",
        "Share by location",
        "by location / load of the site",
        unit="ppm",
        of=("location_wh", "load_wh"),
        draws=_METERED,
    ),
    Column("market_wh", "By market", "supplies by hour and the grid's mix", unit="Wh", draws=_METERED),
    Column(
        "market_ppm",
        "Share by market",
        "by market / load of the site",
        unit="ppm",
        of=("market_wh", "load_wh"),
        draws=_METERED,
    ),
    Column(
        "surplus_wh",
        "Surplus",
        "supplied - matched",
        unit="Wh",
        of=("volume_wh", "matched_wh"),
        draws=_METERED,
    ),
    Column("certified_wh", "Certificates", "energy of certificates retired", unit="Wh", draws=_SUPPLIED),
    Column("co2_kg", "CO2", "of what the grid delivered, by recorded factors", unit="kg", draws=_METERED),
    Column("missing_s", "Missing", "time of the window without known load", unit="s", draws=_METERED),
    Column("instrument", "Instrument", "own generation, contract or certificates", unit="", draws=_METERED),
    Column("energy_source", "Source", "the source of the supply", unit="", draws=_METERED),
    Column(
        "deliverable",
        "Deliverable",
        "generates in the site's own balancing authority",
        unit="",
        draws=_METERED,
    ),
)
_cells: Final = partial_row_of(COLUMNS)
_BY_MIX: Final = ("location_wh", "location_ppm", "market_wh", "market_ppm", "co2_kg")


class SiteMix(NamedTuple):
    """A site and its energy by source in sum."""

    energy: SiteEnergy
    sums: BySource
    load_wh: int

    @property
    def hours(self) -> Sequence[BySource]:
        """Its energy by source hour by hour."""
        return [split(self.energy, hour) for hour in self.energy.hours]


def compute(rows: Rows, scope: Scope) -> Answer:
    """By site: its load, its supplies, its sources, and the sources of each hour where they are asked for."""
    lines: list[ReportRow] = []
    notes: list[str] = []
    silent: list[str] = []
    for one in _mixes(rows, scope):
        if not one.energy.hours:
            silent.append(one.energy.site)
            continue
        factors = _factors(rows, one.energy.authority, scope.window.stop_s)
        co2 = co2_kg(one.energy, () if factors.is_empty else one.hours, factors)
        lines.append(_load(one, co2, scope))
        lines += [_supply(one, name, scope) for name in sorted(one.energy.supplies)]
        lines += [_source(one, name, co2) for name in sorted(set(one.sums.location) | set(one.sums.market))]
        lines += _hours(one) if scope.given.get(HOURS) else ()
        notes += _notes(one)
    if silent:
        notes.append(f"no full hour of the window has readings of all meters of {listed(silent)}")
    return Answer(tuple(lines), tuple(notes))


def _mixes(rows: Rows, scope: Scope) -> Iterator[SiteMix]:
    for energy in sites_of(rows, scope):
        yield SiteMix(energy, by_source_of(energy), sum(hour.load_wh for hour in energy.hours))


def _factors(rows: Rows, authority: str, stop_s: int) -> Factors:
    facts = rows[FACTOR.name].get((authority_place(authority),), ())
    return Factors(fact for fact in facts if fact.at_s < stop_s)


def _load(one: SiteMix, co2: Mapping[str | None, int | None], scope: Scope) -> ReportRow:
    matched = sum(hour.covered_wh for hour in one.energy.hours if hour.own_wh or hour.matched_wh)
    found = [supplied(one.energy, name, scope.window) for name in one.energy.supplies]
    return _cells(
        site=one.energy.site,
        part=LOAD,
        load_wh=one.load_wh,
        volume_wh=sum(supply.volume_wh for supply in found),
        matched_wh=matched,
        matched_ppm=ppm(matched, one.load_wh),
        volume_matched_ppm=ppm(volume_matched_wh(one.energy, scope.window), one.load_wh),
        location_wh=one.load_wh,
        location_ppm=ppm(one.load_wh, one.load_wh),
        market_wh=one.load_wh,
        market_ppm=ppm(one.load_wh, one.load_wh),
        surplus_wh=sum(s.volume_wh - s.matched_wh for s in found if s.matched_wh is not None),
        certified_wh=sum(supply.certified_wh for supply in found),
        co2_kg=co2[None],
        missing_s=one.energy.missing_s,
    )


def _supply(one: SiteMix, name: str, scope: Scope) -> ReportRow:
    supply = one.energy.supplies[name]
    found = supplied(one.energy, name, scope.window)
    by_hour = found.matched_wh is not None
    return _cells(
        site=one.energy.site,
        part=OF_SUPPLY,
        name=name,
        load_wh=one.load_wh,
        volume_wh=found.volume_wh,
        matched_wh=found.matched_wh,
        matched_ppm=ppm(found.matched_wh, one.load_wh) if found.matched_wh is not None else None,
        surplus_wh=found.volume_wh - (found.matched_wh or 0) if by_hour else None,
        certified_wh=found.certified_wh,
        instrument=supply.terms.instrument,
        energy_source=supply.terms.energy_source,
        deliverable=supply.is_near,
    )


def _source(one: SiteMix, name: str, co2: Mapping[str | None, int | None]) -> ReportRow:
    location, market = one.sums.location[name], one.sums.market[name]
    return _cells(
        site=one.energy.site,
        part=SOURCE,
        name=name,
        load_wh=one.load_wh,
        location_wh=location,
        location_ppm=ppm(location, one.load_wh),
        market_wh=market,
        market_ppm=ppm(market, one.load_wh),
        co2_kg=co2.get(name),
    )


def _hours(one: SiteMix) -> Iterator[ReportRow]:
    for hour, part in zip(one.energy.hours, one.hours, strict=True):
        for name in sorted(set(part.location) | set(part.market)):
            yield _cells(
                site=one.energy.site,
                part=HOUR,
                name=name,
                start=format_instant(hour.start_s),
                load_wh=hour.load_wh,
                location_wh=part.location.get(name, 0),
                location_ppm=ppm(part.location.get(name, 0), hour.load_wh),
                market_wh=part.market.get(name, 0),
                market_ppm=ppm(part.market.get(name, 0), hour.load_wh),
            )


def _notes(one: SiteMix) -> Iterator[str]:
    energy, site = one.energy, one.energy.site
    if energy.missing_s:
        yield f"{site}: time without known load, {duration(energy.missing_s)}, is left out"
    unknown = one.sums.location[UNKNOWN]
    if unknown:
        yield f"{site}: {said(unknown, 'Wh')} was delivered in hours without a mix of {energy.authority}"
    for name, supply in sorted(energy.supplies.items()):
        if not supply.is_near:
            where = supply.terms.balancing_authority
            yield f"{site}/{name}: generates in {where}, not in {energy.authority}, and counts by volume alone"
        elif supply.terms.meter is UNSET:
            yield f"{site}/{name}: has no meter, so its certificates count by volume alone"
        elif gaps := _gaps(energy, name):
            yield f"{site}/{name}: {gaps:,} of {len(energy.hours):,} hours have no volume, and count as none"


def _gaps(energy: SiteEnergy, name: str) -> int:
    """The hours of a contract in force without a value."""
    if energy.supplies[name].is_own:
        return 0
    return sum(name in hour.silent for hour in energy.hours)


# --- explained ----------------------------------------------------------------------------------------------


def behind(rows: Rows, scope: Scope, cells: Mapping[str, Cell], column: str) -> Behind:
    """The revenue meters and own generation of the site; the meters of its contracts; its grid's generation where
    the mix counts, and the factors of CO2.
    """
    site, part = str(cells["site"]), cells["part"]
    stop_s = scope.window.stop_s
    data = data_before(rows[SITE.name].get((site,), ()), stop_s)
    if data is None:  # in another knowledge of the log the site may not be registered
        return Behind()
    supplies = supplies_of(rows, site, data.balancing_authority, zone(scope.zones[site]), stop_s)
    delivered, sent = revenue_meters(rows, site, stop_s)
    own = {str(s.terms.meter) for s in supplies.values() if s.is_own}
    contracts = {str(s.terms.meter) for s in supplies.values() if s.terms.meter is not UNSET} - own
    meters = {*delivered, *sent, *own, *contracts}
    window = scope.window
    if part == HOUR:
        start_s = instant_s(str(cells["start"]))
        window = Window(start_s, start_s + HOUR_S)

    def counts(kind: str, key: Key) -> bool:
        return kind not in (METER.name, METER_DAY.name) or key[1] in meters

    place = authority_place(data.balancing_authority)
    also = [*_generation(rows, place, window)] if column in _BY_MIX or part in (SOURCE, HOUR) else []
    if column == "co2_kg":
        also += [fact.pos for fact in rows[FACTOR.name].get((place,), ()) if fact.at_s < stop_s]
    return Behind(counts, also=tuple((f"{place}/grid", pos) for pos in dict.fromkeys(also)))


def _generation(rows: Rows, place: str, window: Window) -> Iterator[int]:
    """The records of an authority's generation on the days of a window."""
    first, last = (format_instant(max(0, at_s))[:10] for at_s in (window.start_s - HOUR_S, window.stop_s - 1))
    whole = FigureScope(0, (window.stop_s // DAY_S + 2) * DAY_S, {})
    for (authority, _, day), row in sorted(rows[GENERATION_DAY.name].items()):
        if authority == place and first <= day <= last:
            yield from GENERATION_DAY.bears(row, whole)


# --- first screen -------------------------------------------------------------------------------------------

_NAMED: Final = 3


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """The load, its shares matched by hour and by volume, and the largest sources of the grid."""
    lines = by_name(COLUMNS, answer.rows)
    loads = [line for line in lines if line["part"] == LOAD]
    load, matched = total(loads, "load_wh"), total(loads, "matched_wh")
    by_volume = _weighed(loads, "volume_matched_ppm")
    figures = (
        LeadFigure("Load", load, "Wh"),
        LeadFigure("Matched hour by hour", None if load is None else ppm(matched or 0, load), "ppm"),
        LeadFigure("Matched by volume", by_volume, "ppm"),
        LeadFigure("CO2 by location", total(loads, "co2_kg") if _all_known(loads) else None, "kg"),
        LeadFigure("Without known load", total(loads, "missing_s"), "s"),
    )
    if load is None:
        return Lead("The load of no site is known for a full hour of this window.", figures)
    where = _where(len(loads), len(scope.sites))
    return Lead(sentence(*_verdict(load, matched or 0, by_volume, lines, where)), figures)


def _where(counted: int, asked: int) -> str:
    """How many of the sites the sums count: a site without known load is in none of them."""
    return f" at {out_of(counted, asked)} sites" if asked > 1 else ""


def _weighed(loads: Sequence[Line], name: str) -> int | None:
    """A share of all sites together."""
    parts = [(number_of(line, name) or 0, number_of(line, "load_wh") or 0) for line in loads]
    whole = sum(load for _, load in parts)
    return rounded(Fraction(sum(share * load for share, load in parts), whole)) if whole else None


def _all_known(loads: Sequence[Line]) -> bool:
    return all(line["co2_kg"] is not None for line in loads)


def _verdict(
    load: int, matched: int, by_volume: int | None, lines: Sequence[Line], where: str
) -> Iterator[str]:
    if not load:
        yield f"No energy was used in the hours with readings{where}"
        return
    yield f"{said(load, 'Wh')} was used{where}"
    if any(line["part"] == OF_SUPPLY for line in lines):
        volume = "" if by_volume is None else f", {percent(by_volume)} by volume"
        yield f"{percent(ppm(matched, load) or 0)} of it was matched hour by hour (draft){volume}"
    else:
        yield "no supply of energy is recorded for it"
    sources: dict[str, int] = {}
    for line in lines:
        if line["part"] == SOURCE:
            name = str(line["name"])
            sources[name] = sources.get(name, 0) + (number_of(line, "location_wh") or 0)
    known = sorted(((wh, name) for name, wh in sources.items() if name != UNKNOWN and wh), reverse=True)
    if known:
        shares = [f"{name} {percent(ppm(wh, load) or 0)}" for wh, name in known[:_NAMED]]
        yield f"by location it came from {listed(shares)}"
    if sources.get(UNKNOWN):
        yield f"where {percent(ppm(sources[UNKNOWN], load) or 0)} of it came from is unknown"


_INSTRUMENTS: Final = {
    "own-generation": "own generation",
    "ppa": "power purchase agreement",
    "green-tariff": "green tariff",
    "certificates": "certificates",
}


def plain(scope: Scope, cells: Mapping[str, Cell]) -> Mapping[str, str]:
    """The instrument in words."""
    instrument = cells["instrument"]
    return {} if instrument is None else {"instrument": _INSTRUMENTS[str(instrument)]}


# --- pictures -----------------------------------------------------------------------------------------------

_LONGEST_D: Final = 31
_DRAWN: Final = 6
"""As many areas as have a color of their own."""
_REST: Final = "other sources"


def pictures(rows: Rows, scope: Scope, answer: Answer) -> tuple[Picture, ...]:
    """Mean power by source at each hour of the day, and supplies against load over time."""
    found = [one for one in _mixes(rows, scope) if one.energy.hours]
    return (_of_day(found), _over_time(found, scope)) if found else ()


def _of_day(sites: Sequence[SiteMix]) -> Plot:
    """The mean of each hour of the day by the clocks of its site, added up over sites."""
    met: Counter[int] = Counter()
    used: Counter[int] = Counter()
    means: dict[str, list[Fraction]] = {}
    known = [False] * 24
    for one in sites:
        counts: Counter[int] = Counter()
        sums: Counter[tuple[str, int]] = Counter()
        for hour, part in zip(one.energy.hours, one.hours, strict=True):
            clock = local_time(hour.start_s, one.energy.tz).hour
            counts[clock] += 1
            known[clock] = True
            met[clock] += hour.covered_wh
            used[clock] += hour.load_wh
            sums.update({(name, clock): wh for name, wh in part.market.items()})
        for (name, clock), wh in sums.items():
            means.setdefault(name, [Fraction(0)] * 24)[clock] += Fraction(wh, counts[clock])
    layers = tuple(
        Layer(
            name,
            "area",
            tuple((HOUR_S * n, rounded(mean[n % 24]) if known[n % 24] else None) for n in range(25)),
        )
        for name, mean in _areas(means)
    )
    title, x = "Energy by source and hour of the day", Amounts("Hour of the day", "s")
    return Plot(title, _says_of_day(met, used), x, "Mean load", "W", layers)


def _areas(means: Mapping[str, Sequence[Fraction]]) -> Iterator[tuple[str, Sequence[Fraction]]]:
    """The largest sources, the other known ones together, and last what is unknown, which is never one of them."""
    largest = sorted(means.keys() - {UNKNOWN}, key=lambda name: (-sum(means[name]), name))
    room = _DRAWN - (UNKNOWN in means)
    if len(largest) > room:
        largest, others = largest[: room - 1], largest[room - 1 :]
    else:
        others = []
    yield from ((name, means[name]) for name in largest)
    if others:
        yield _REST, [sum(hour, Fraction(0)) for hour in zip(*(means[name] for name in others), strict=True)]
    if UNKNOWN in means:
        yield UNKNOWN, means[UNKNOWN]


def _says_of_day(met: Mapping[int, int], used: Mapping[int, int]) -> str:
    """The hours of the day in which supplies match most and least."""
    shares = {clock: ppm(met[clock], load) or 0 for clock, load in sorted(used.items()) if load}
    if not any(shares.values()):
        return "By market, no hour of the day is matched by a supply."
    most, least = (pick(shares, key=shares.__getitem__) for pick in (max, min))
    return (
        f"By market, supplies match {percent(shares[most])} of the hour from {most}:00 and {percent(shares[least])}"
        f" of the hour from {least}:00, the most and the least of the day."
    )


def _over_time(sites: Sequence[SiteMix], scope: Scope) -> Plot:
    """Load that supplies met, the rest of it, and what supplies generated: by hour, or in long windows by day."""
    step_s = HOUR_S if scope.window.stop_s - scope.window.start_s <= _LONGEST_D * DAY_S else DAY_S
    sums: dict[int, list[int]] = {}
    for one in sites:
        for hour in one.energy.hours:
            of = sums.setdefault(hour.start_s // step_s * step_s, [0, 0, 0])
            volume = sum(hour.own_wh.values()) + sum(hour.volumes_wh.values())
            for n, wh in enumerate((hour.covered_wh, hour.rest_wh, volume)):
                of[n] += wh
    first, last = min(sums), max(sums)
    starts = range(first, last + 1, step_s)

    def points(n: int) -> tuple[tuple[int, int | None], ...]:
        return tuple((at_s, sums[at_s][n] * HOUR_S // step_s if at_s in sums else None) for at_s in starts)

    layers = (
        Layer("matched", "area", points(0)),
        Layer("not matched", "area", points(1)),
        Layer("generated by supplies", "step", points(2)),
    )
    x = Time(first, last + step_s, scope.tz)
    met, left, made = (sum(of[n] for of in sums.values()) for n in range(3))
    says = (
        f"Supplies generated {said(made, 'Wh')}, of which {said(met, 'Wh')} met load in its hour;"
        f" {said(left, 'Wh')} of the load was not matched."
    )
    return Plot("Supplies against load", says, x, "Mean load", "W", layers)


REPORT: Final = Report(
    name="energy-mix",
    definition_version=1,
    title="Energy by source and hour",
    packs=("lease", "environment"),
    classes=("grid",),
    row_kinds=(SUPPLY, CERTIFICATES, SITE, METER, METER_DAY, GENERATION_DAY, FACTOR),
    columns=COLUMNS,
    keys=4,
    compute=compute,
    definition=__doc__ or "",
    behind=behind,
    conditions=True,
    parameters=PARAMETERS,
    lead=lead,
    plain=plain,
    first=("site", "part", "name", "volume_wh", "matched_wh", "matched_ppm", "location_wh", "market_wh"),
    pictures=pictures,
)
