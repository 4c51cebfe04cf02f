"""Efficiency: how much hashrate was there, and what energy the work took.

Only hashrate-changed counts; nothing is inferred from outages or curtailments. A value holds from its at to
the block's next or to its until, over any number of days. At each instant of the window [start, stop)

- a block that is not commissioned as mining, or is retired, counts 0;
- a commissioned mining block without a value, or past until, is unknown: it adds 0 and lowers coverage.

deployed  = nameplate hashrate installed less removed, at the window's end; null without fleet facts; units
            likewise
operating = hashrate just before the window's end; null where blocks are commissioned then and none is known
            (own)
average   = sum(hashrate x dt) / whole window
peak      = highest simultaneous sum over the blocks of the scope
coverage  = known block-time / commissioned mining block-time; power coverage the same for power (own)
IT power  = sum(power x dt) / whole window, power as reported with the hashrate; null where none is known
            (own)
machine   = energy / work over the spans where hashrate and power are both known: never a mean of means
facility  = energy of meters / work of the blocks behind them over the instants where both are known, an
            interval that is known in part counting pro rata; facility coverage is the share of the scope's
            work that is in it (own)

J/TH = J x 1000 / GH; columns are in mJ/TH. 1 EH/s x 1 J/TH = 1 MW exactly. Averages add only over the same
window: a block owned for 9 of 31 days counts 9/31 of its own average. 10,000 units of (270 TH/s, 13.5 J/TH)
with 20,000 of (120, 27.5) make 20.09 J/TH, not 20.5 or 22.83.

Meters (own): a block's are those of role revenue scoped to it, or of role facility where it has none,
direction delivered, with the master data that hold at the window's end; several are summed, over the instants
when all have readings. A site takes its blocks' meters; where a mining block has no readings and no ai-hpc
block was commissioned in the window, its own meters against all its mining blocks; else facility is null for
what has no meter. A block that is its site's only mining block is treated as the site. The fleet adds up its
sites. A reading is spread evenly over its interval, and ends where a later one begins inside it.

A value said before a retirement does not hold in a later life of the block (own). Rows: fleet (all sites in
scope), then each site that had a mining block commissioned in the window or has machines installed at its
end, followed by these blocks (own). Exact integers and fractions throughout, each figure rounded once, half
to even; 0/0 is null. Definitions as published by listed miners: deployed and average operating hashrate (Riot
Platforms monthly updates), peak and fleet efficiency (CleanSpark monthly updates); energy and work as in
DOMAIN 2.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final, NamedTuple

from ledger.calendar import Window
from ledger.units import ppm, rounded
from projections.engine.amounts import said
from projections.engine.fold import Rows
from projections.engine.report import (
    Answer,
    Behind,
    Cell,
    Column,
    Lead,
    LeadFigure,
    Number,
    Report,
    ReportRow,
    Scope,
    exact,
    row_of,
)
from projections.engine.windows import union
from projections.engine.words import Line, by_name, listed, number_of, percent, sentence
from projections.figures import hash_work
from projections.figures.energy_split import peak
from projections.figures.hash_work import Metered, Sums, Working
from projections.figures.power_integrals import LoadStretches
from projections.rows.blocks import BLOCK, BlockChange, ratings
from projections.rows.hashrate_days import HASHRATE_DAY, Held, first_s, held
from projections.rows.meters import (
    DOUBTFUL,
    METER,
    METER_DAY,
    MeterReadings,
    MeterTerms,
    days_of,
    metered,
    terms_before,
)
from projections.rows.mining_fleet import FLEET, FleetChange, installed_before

HASHING: Final = ("block", "hashrate-day")  # the row kinds behind work and power
METERED: Final = (*HASHING, "meter", "meter-day")
ROLES: Final = ("revenue", "facility")  # the first role that a scope has is the one that measures it
SITE_SCOPE: Final = "site"
_Instants = tuple[tuple[int, ...], tuple[int, ...]]


class _SiteRows(NamedTuple):
    """The rows of the sites in scope: site -> block or meter -> row, days by their UTC date."""

    blocks: dict[str, dict[str, tuple[BlockChange, ...]]]
    fleets: dict[str, dict[str, tuple[FleetChange, ...]]]
    meters: dict[str, dict[str, tuple[MeterTerms, ...]]]
    hashrates: dict[str, dict[str, dict[str, bytes]]]
    meter_days: dict[str, dict[str, dict[str, bytes]]]


class _MiningBlock(NamedTuple):
    """A mining block that is in the window, or has machines installed at its end."""

    name: str
    working: Working
    sums: Sums


class _SiteBlocks(NamedTuple):
    """A site in the window: its mining blocks in scope, and the blocks its meters can be compared with."""

    name: str
    blocks: tuple[_MiningBlock, ...]
    whole: bool  # all mining blocks of the window are in scope
    ai: bool  # an ai-hpc block was commissioned in the window
    meters: dict[str, tuple[MeterReadings, ...]]  # ``site`` or block -> readings of each meter


class _EfficiencyRow(NamedTuple):
    """Data of one row of the report; ``names`` are scope, site and block."""

    names: tuple[str, str | None, str | None]
    sums: Sums
    hashrates: tuple[LoadStretches, ...]
    facility: Metered


def compute(rows: Rows, scope: Scope) -> Answer:
    """The fleet, then each site followed by its blocks; ``rows`` of the report's row kinds; others are
    ignored.
    """
    lines, notes = _lines(rows, scope)
    return Answer(tuple(_row(line, scope) for line in lines), notes)


def _lines(rows: Rows, scope: Scope) -> tuple[list[_EfficiencyRow], tuple[str, ...]]:
    facts = _facts(rows, scope)
    lines: list[_EfficiencyRow] = []
    notes: list[str] = []
    fleet: list[tuple[Sums, Metered]] = []
    instants: dict[_Instants, _Instants] = {}
    for name in scope.sites:
        site = _site(name, facts, scope)
        notes += _notes(site, facts, scope)
        if not site.blocks:
            continue
        by_block, whole = _facility(site, scope.window)
        sums = hash_work.added(block.sums for block in site.blocks)
        fleet.append((sums, whole))
        known = [_hashrates(block.working.values, instants) for block in site.blocks]
        lines.append(_EfficiencyRow(("site", name, None), sums, tuple(known), whole))
        lines += [
            _EfficiencyRow(("block", name, b.name), b.sums, (one,), by_block[b.name])
            for b, one in zip(site.blocks, known, strict=True)
        ]
    total, facility = hash_work.added(s for s, _ in fleet), hash_work.metered(m for _, m in fleet)
    known = [one for line in lines if line.names[0] == "site" for one in line.hashrates]
    return [_EfficiencyRow(("fleet", None, None), total, tuple(known), facility), *lines], tuple(notes)


def _hashrates(values: Held, instants: dict[_Instants, _Instants]) -> LoadStretches:
    """The hashrates of a block, kept for the peak of the fleet in 8 bytes each: blocks that are read at the same
    instants, as most are, share these.
    """
    times = values.starts_s, values.stops_s
    return LoadStretches(*instants.setdefault(times, times), array("q", values.hashrates_ghs))


# --- figures ------------------------------------------------------------------------------------------------


def _row(line: _EfficiencyRow, scope: Scope) -> ReportRow:
    names, found, hashrates, facility = line
    window_s = scope.window.stop_s - scope.window.start_s
    scope_name, site, block = names
    return _cells(
        scope=scope_name,
        site=site,
        block=block,
        deployed_ghs=found.deployed_ghs if found.rated else None,
        operating_ghs=found.operating_ghs if window_s and (found.ending_known or not found.ending) else None,
        average_ghs=_mean(found.work_gh, window_s),
        peak_ghs=_peak_ghs(hashrates) if window_s else None,
        units=found.units if found.rated else None,
        it_w_average=_mean(found.energy_j, window_s) if found.powered_s or not found.commissioned_s else None,
        machine_mj_per_th=_mj_per_th(found.energy_j, found.powered_work_gh),
        facility_mj_per_th=_mj_per_th(facility.energy_j, facility.work_gh),
        coverage_ppm=ppm(found.known_s, found.commissioned_s),
        units_hashing=found.units_hashing if found.ending_counted else None,
        power_coverage_ppm=ppm(found.powered_s, found.commissioned_s),
        facility_coverage_ppm=ppm(facility.work_gh, found.work_gh),
    )


def _mean(amount: int, window_s: int) -> int | None:
    return rounded(Fraction(amount, window_s)) if window_s else None


def _mj_per_th(energy_j: Fraction | int, work_gh: int) -> int | None:
    """J/TH = J x 1000 / GH, in thousandths."""
    return rounded(Fraction(energy_j) * 10**6 / work_gh) if work_gh else None


def _peak_ghs(hashrates: Sequence[LoadStretches]) -> int:
    """The highest simultaneous sum; unknown hashrate counts as 0."""
    return peak([known for known in hashrates if known.starts_s])[0] or 0


def _facility(site: _SiteBlocks, window: Window) -> tuple[dict[str, Metered], Metered]:
    """Energy and work behind meters: of each block, and of the site."""
    mining = [block for block in site.blocks if block.sums.commissioned_s]
    by_block = {
        block.name: hash_work.over_known([block.working], site.meters.get(block.name, ()), window)
        for block in site.blocks
    }
    whole = hash_work.metered(by_block.values())
    if site.whole and not site.ai and not all(block.name in site.meters for block in mining):
        own = site.meters.get(SITE_SCOPE, ())
        whole = hash_work.over_known([b.working for b in mining], own, window) if own else whole
        if len(mining) == 1:
            by_block[mining[0].name] = whole
    return by_block, whole


# --- rows by site -------------------------------------------------------------------------------------------


def _facts(rows: Rows, scope: Scope) -> _SiteRows:
    facts = _SiteRows({}, {}, {}, {}, {})
    sites = frozenset(scope.sites)
    named: Any
    for kind, named in ((BLOCK, facts.blocks), (FLEET, facts.fleets), (METER, facts.meters)):
        for (site, name), row in rows[kind.name].items():
            if site in sites:
                named.setdefault(site, {})[name] = row
    first, last = days_of(scope.window)  # a table of days asks for each in turn
    for kind, named, begin in ((HASHRATE_DAY, facts.hashrates, ""), (METER_DAY, facts.meter_days, first)):
        for (site, name, day), row in rows[kind.name].items():
            if begin <= day <= last and site in sites:
                named.setdefault(site, {}).setdefault(name, {})[day] = row
    return facts


def _site(name: str, facts: _SiteRows, scope: Scope) -> _SiteBlocks:
    window = scope.window
    known = facts.blocks.get(name, {})
    lives = {block: found for block in sorted(known) if (found := _lives(known[block], "mining", window))}
    in_window = {block for block in lives if any(life.stop_s > window.start_s for life in lives[block])}
    blocks = [_block(name, b, lives[b], facts, window) for b in lives if _chosen(b, scope)]
    return _SiteBlocks(
        name,
        tuple(b for b in blocks if b.name in in_window or b.sums.units),
        all(_chosen(block, scope) for block in in_window),
        any(life.stop_s > window.start_s for row in known.values() for life in _lives(row, "ai-hpc", window)),
        _meters(name, facts, window),
    )


def _chosen(block: str, scope: Scope) -> bool:
    return not scope.blocks or block in scope.blocks


def _lives(row: tuple[BlockChange, ...], load_class: str, window: Window) -> list[Window]:
    """Spans in which the block was commissioned in this class, from before the window's stop on, not cut."""
    return union(
        Window(span.start_s, span.stop_s)
        for span in ratings(row)
        if span.value.load_class == load_class and span.start_s < window.stop_s
    )


def _block(site: str, block: str, lives: list[Window], facts: _SiteRows, window: Window) -> _MiningBlock:
    days = facts.hashrates.get(site, {}).get(block, {})
    values = hash_work.within(held(days, window), lives, window)
    found = hash_work.sums(values, lives, window)
    nameplate = installed_before(facts.fleets.get(site, {}).get(block, ()), window.stop_s)
    if nameplate is not None:
        found = found._replace(rated=1, units=nameplate.units, deployed_ghs=nameplate.hashrate_ghs)
    return _MiningBlock(block, Working(values, lives), found)


def _meters(site: str, facts: _SiteRows, window: Window) -> dict[str, tuple[MeterReadings, ...]]:
    """Meters of each scope's load: its revenue meters, or facility meters where it has none; scopes with
    readings.
    """
    roles: dict[str, dict[str, list[str]]] = {}
    for meter, row in sorted(facts.meters.get(site, {}).items()):
        terms = terms_before(row, window.stop_s)
        if terms is not None and terms.role in ROLES and terms.direction == "delivered":
            roles.setdefault(terms.scope, {}).setdefault(terms.role, []).append(meter)
    days = facts.meter_days.get(site, {})
    found = {
        scope: tuple(
            metered(days.get(meter, {}), window)
            for meter in next(by_role[role] for role in ROLES if role in by_role)
        )
        for scope, by_role in roles.items()
    }
    return {scope: meters for scope, meters in found.items() if any(one.starts_s for one in meters)}


# --- notes --------------------------------------------------------------------------------------------------


def _notes(site: _SiteBlocks, facts: _SiteRows, scope: Scope) -> list[str]:
    """Notes for the reader: facts that do not count, figures that leave something out, doubtful readings."""
    stop_s = scope.window.stop_s
    known = facts.blocks.get(site.name, {})
    fleets = facts.fleets.get(site.name, {})
    hashrates = facts.hashrates.get(site.name, {})
    said = {block for block, row in fleets.items() if installed_before(row, stop_s)}
    said |= {block for block, days in hashrates.items() if first_s(days) < stop_s}
    other = [
        b for b in sorted(said) if _chosen(b, scope) and not _lives(known.get(b, ()), "mining", scope.window)
    ]
    unrated = [b.name for b in site.blocks if not b.sums.rated]
    short = [b.name for b in site.blocks if b.sums.units < 0 or b.sums.deployed_ghs < 0]
    notes = [f"not counted, never a mining block by then: {_listed(site, other)}"] if other else []
    if unrated and len(unrated) < len(site.blocks):
        notes.append(f"deployed and units leave out blocks without fleet facts: {_listed(site, unrated)}")
    if short:
        notes.append(f"more machines were removed than installed: {_listed(site, short)}")
    doubtful = sorted({DOUBTFUL[q] for q in _qualities(site) if q in DOUBTFUL})
    if doubtful:
        notes.append(f"facility figures of {site.name} use readings that are {' and '.join(doubtful)}")
    return notes


def _qualities(site: _SiteBlocks) -> set[int]:
    return {q for meters in site.meters.values() for readings in meters for q in readings.qualities}


def _listed(site: _SiteBlocks, blocks: list[str]) -> str:
    return ", ".join(f"{site.name}/{block}" for block in blocks)


COLUMNS: Final = (
    Column("scope", "Scope", "fleet, site or block", unit=""),
    Column("site", "Site", "the site; null for the fleet", unit=""),
    Column("block", "Block", "the mining block; null for fleet and site", unit=""),
    Column(
        "deployed_ghs",
        "Deployed",
        "nameplate installed less removed, at the window's end",
        unit="GH/s",
        draws=("block", "fleet"),
    ),
    Column("operating_ghs", "Operating", "hashrate just before the window's end", unit="GH/s", draws=HASHING),
    Column("average_ghs", "Average", "sum(hashrate x dt) / whole window", unit="GH/s", draws=HASHING),
    Column(
        "peak_ghs",
        "Peak",
        "highest simultaneous sum over the blocks of the scope",
        unit="GH/s",
        draws=HASHING,
    ),
    Column(
        "units",
        "Units",
        "machines installed less removed, at the window's end",
        unit="",
        draws=("block", "fleet"),
    ),
    Column(
        "it_w_average",
        "IT power",
        "sum(power reported with the hashrate x dt) / whole window",
        unit="W",
        draws=HASHING,
    ),
    Column(
        "machine_mj_per_th",
        "Machine",
        "energy / work where hashrate and power are both known",
        unit="mJ/TH",
        draws=HASHING,
    ),
    Column(
        "facility_mj_per_th",
        "Facility",
        "metered energy / work where both are known",
        unit="mJ/TH",
        draws=METERED,
        beyond=("block",),
    ),
    Column(
        "coverage_ppm",
        "Coverage",
        "block-time with known hashrate / commissioned mining block-time",
        unit="ppm",
        draws=HASHING,
    ),
    Column(
        "units_hashing",
        "Hashing",
        "machines reported hashing just before the window's end",
        unit="",
        draws=HASHING,
    ),
    Column(
        "power_coverage_ppm",
        "Power coverage",
        "block-time with known power / commissioned mining block-time",
        unit="ppm",
        draws=HASHING,
    ),
    Column(
        "facility_coverage_ppm",
        "Facility coverage",
        "share of the scope's work that the facility figure is over",
        unit="ppm",
        draws=METERED,
        beyond=("block",),
    ),
)
_cells: Final = row_of(COLUMNS)


def behind(rows: Rows, scope: Scope, cells: Mapping[str, Cell], column: str) -> Behind:
    """The row's blocks; a facility figure looks at all blocks and meters of the site."""
    names = (cells["scope"], cells["site"], cells["block"])

    def numbers() -> tuple[Number, ...]:
        found = next(line for line in _lines(rows, scope)[0] if line.names == names)
        return _numbers(column, found, scope.window.stop_s - scope.window.start_s)

    return Behind(numbers=numbers)


def _numbers(column: str, line: _EfficiencyRow, window_s: int) -> tuple[Number, ...]:
    sums, facility = line.sums, line.facility
    window = Number("window", window_s, "s")
    work = Number("work", sums.work_gh, "GH")
    commissioned = Number("commissioned mining block-time", sums.commissioned_s, "s")
    energy = Number("energy where power is known", sums.energy_j, "J")
    behind_meters = Number("work where metered", facility.work_gh, "GH")
    return {
        "average_ghs": (work, window),
        "it_w_average": (energy, window),
        "machine_mj_per_th": (
            Number("energy where both are known", sums.energy_j, "J"),
            Number("work where both are known", sums.powered_work_gh, "GH"),
        ),
        "facility_mj_per_th": (Number("metered energy", exact(facility.energy_j), "J"), behind_meters),
        "coverage_ppm": (Number("block-time with known hashrate", sums.known_s, "s"), commissioned),
        "power_coverage_ppm": (Number("block-time with known power", sums.powered_s, "s"), commissioned),
        "facility_coverage_ppm": (behind_meters, work),
    }.get(column, ())


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """Hashrate and the energy used, and the share of time for which they are known."""
    whole = next(line for line in by_name(COLUMNS, answer.rows) if line["scope"] == "fleet")
    figures = (
        LeadFigure("Average hashrate", whole["average_ghs"] if whole["coverage_ppm"] else None, "GH/s"),
        LeadFigure("Deployed hashrate", whole["deployed_ghs"], "GH/s"),
        LeadFigure("Energy per work at the machines", whole["machine_mj_per_th"], "mJ/TH"),
        LeadFigure("Energy per work at the meters", whole["facility_mj_per_th"], "mJ/TH"),
        LeadFigure("Mining time with known hashrate", whole["coverage_ppm"], "ppm"),
    )
    return Lead(sentence(*_verdict(whole)), figures)


def _verdict(whole: Line) -> Iterator[str]:
    average, deployed = number_of(whole, "average_ghs"), number_of(whole, "deployed_ghs")
    coverage = number_of(whole, "coverage_ppm")
    if coverage is None:
        yield "No mining block was commissioned in this window"
    elif not coverage or average is None:
        yield "No hashrate is known of the mining blocks in this window"
    else:
        machines, meters = number_of(whole, "machine_mj_per_th"), number_of(whole, "facility_mj_per_th")
        used = [
            *([] if machines is None else [f"{said(machines, 'mJ/TH')} at the machines"]),
            *([] if meters is None else [f"{said(meters, 'mJ/TH')} at the meters{_part(whole)}"]),
        ]
        energy = f" using {listed(used)}" if used else ", with energy unknown"
        yield f"Mining blocks hashed {said(average, 'GH/s')} on average{energy}"
        if coverage < 10**6:
            yield f"hashrate is known for {percent(coverage)} of mining time, and the rest counts as zero"
    if deployed:
        yield f"machines of {said(deployed, 'GH/s')} were installed at the end"


def _part(whole: Line) -> str:
    share = number_of(whole, "facility_coverage_ppm")
    return "" if share is None or share >= 10**6 else f" (of {percent(share)} of the work)"


REPORT: Final = Report(
    name="efficiency",
    definition_version=1,
    title="Hashrate and energy per work",
    packs=("operations",),
    classes=("grid", "operations"),
    row_kinds=(BLOCK, HASHRATE_DAY, FLEET, METER, METER_DAY),
    columns=COLUMNS,
    keys=3,
    compute=compute,
    definition=__doc__,
    daily=True,
    blocks=True,
    behind=behind,
    lead=lead,
    first=(
        "scope",
        "site",
        "block",
        "deployed_ghs",
        "average_ghs",
        "machine_mj_per_th",
        "facility_mj_per_th",
        "coverage_ppm",
    ),
)
