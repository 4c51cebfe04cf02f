"""Power use: where a site's energized megawatts went, interval by interval of its revenue meter.

For each interval of the site's revenue meters (scope site, direction delivered; several are summed where all
have a reading) in mean watts:

E          = energized
L          = load, at most E (more is flagged)
outage     = min(power lost to outages, E - L)
curtailed  = min(power held back, E - L - outage)
idle       = the rest, so that L + curtailed + outage + idle = E exactly

Lost and held-back power are those of the uptime report, summed over the site's blocks. An interval without a
reading is missing: it is counted, and nothing is carried forward into it; an interval that the window cuts
counts with its part, its energy spread evenly.

contracted, energized: at the window's end. Everything metered is of the sites with readings in the window:
compare it with metered energized, what these sites may draw at the window's end, and not with energized,
which is that of all; metered sites and energized sites say how many they are. peak = highest mean of an
interval; of the fleet, of the simultaneous sum. average = load energy / time with readings; load factor =
average / peak; utilization = load energy / energized energy, both over the time with readings. PUE = facility
energy / IT energy over the time in which meters of both roles have readings; with less than 12 months of it,
it is interim. The fleet adds up its sites; what a site does not know is left out of its sums and noted. Each
figure is rounded once, half to even.

Definition 2 adds metered_energized_w, metered_sites and energized_sites: by definition 1 a fleet showed the
load of its metered sites beside the energized power of all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final, NamedTuple

from ledger.calendar import Window, format_instant
from ledger.units import ppm, rounded
from projections.engine.amounts import said
from projections.engine.fold import Rows
from projections.engine.pictures import Picture
from projections.engine.report import Answer, Column, Lead, LeadFigure, Report, ReportRow, Scope, row_of
from projections.engine.words import Line, by_name, counted, duration, percent, sentence, total, verb
from projections.figures.contradictions import above
from projections.figures.energy_split import drawn, every, meters_of, nothing_taken, peak, scale_of, taken_of
from projections.figures.load_over_time import pictures_of
from projections.figures.power_integrals import LoadStretches
from projections.figures.site_loads import SplitLoad, Use, site_loads
from projections.rows.blocks import BLOCK
from projections.rows.curtailments import CURTAILMENT
from projections.rows.grid_conditions import CONDITION
from projections.rows.meters import METER, METER_DAY
from projections.rows.outages import OUTAGE
from projections.rows.site_power import POWER, contracted_w, energized_w
from projections.rows.sites import SITE

YEAR_S: Final = 365 * 86_400
_WH_J: Final = 3600
OVER: Final = "load above energized"
"""Wording of the note on readings that count up to the energized power."""
LOADED: Final = ("meter", "meter-day")
USED: Final = (*LOADED, "power", "block", "outage", "curtailment")

COLUMNS: Final = (
    Column("scope", "Scope", "fleet or site", unit=""),
    Column("site", "Site", "the site; null for the fleet", unit=""),
    Column(
        "contracted_w", "Contracted", "power under contract at the window's end", unit="W", draws=("power",)
    ),
    Column("energized_w", "Energized", "authorised draw at the window's end", unit="W", draws=("power",)),
    Column(
        "peak_w", "Peak", "highest mean load of an interval, of the simultaneous sum", unit="W", draws=LOADED
    ),
    Column("average_w", "Average", "load energy / time with readings", unit="W", draws=LOADED),
    Column(
        "load_factor_ppm",
        "Load factor",
        "average / peak",
        unit="ppm",
        of=("average_w", "peak_w"),
        draws=LOADED,
    ),
    Column(
        "utilisation_ppm",
        "Utilization",
        "load energy / energized energy",
        unit="ppm",
        draws=(*LOADED, "power"),
    ),
    Column(
        "load_wh",
        "Load",
        "metered energy, of each interval at most what was energized",
        unit="Wh",
        draws=(*LOADED, "power"),
    ),
    Column(
        "curtailed_wh", "Curtailed", "held back, at most what load and outages leave", unit="Wh", draws=USED
    ),
    Column("outage_wh", "Outage", "lost to outages, at most what the load leaves", unit="Wh", draws=USED),
    Column("idle_wh", "Idle", "energized and not used, held back or lost", unit="Wh", draws=USED),
    Column(
        "energized_wh",
        "Energized energy",
        "load + curtailed + outage + idle",
        unit="Wh",
        draws=(*LOADED, "power"),
    ),
    Column(
        "missing_s",
        "Missing",
        "time of the window without a reading; null without a revenue meter",
        unit="s",
        draws=LOADED,
    ),
    Column(
        "pue_ppm",
        "PUE",
        "facility energy / IT energy where both are known",
        unit="ppm",
        shown="ratio",
        draws=LOADED,
    ),
    Column(
        "metered_energized_w",
        "Metered energized",
        "authorised draw at the window's end of the sites with readings: what the load compares with",
        unit="W",
        draws=(*LOADED, "power"),
    ),
    Column("metered_sites", "Metered sites", "sites with readings in the window", unit="", draws=LOADED),
    Column(
        "energized_sites", "Energized sites", "sites energized at the window's end", unit="", draws=("power",)
    ),
)
_cells: Final = row_of(COLUMNS)


class _SitePower(NamedTuple):
    """One site in the window: its energized power at the end, its sums, its load as stretches, notes."""

    name: str
    contracted_w: int | None
    energized_w: int | None
    use: Use
    load: LoadStretches
    missing_s: int | None
    notes: tuple[str, ...]


def compute(rows: Rows, scope: Scope) -> Answer:
    """The fleet, then each site with a revenue meter or anything energized or contracted."""
    scale, loads = site_loads(rows, scope)
    found = (_site(name, rows, load, scope.window) for name, load in loads.items())
    sites = [one for one in found if one is not None]
    if not sites:
        return Answer(())
    lines = [_line("fleet", None, sites, scale), *(_line("site", site.name, [site], scale) for site in sites)]
    return Answer(tuple(lines), tuple(note for site in sites for note in site.notes))


# --- a site -------------------------------------------------------------------------------------------------


def _site(name: str, rows: Rows, found: SplitLoad, window: Window) -> _SitePower | None:
    power = [fact for fact in rows[POWER.name].get((name,), ()) if fact.at_s < window.stop_s]
    at_end = (contracted_w(power, window.stop_s - 1), energized_w(power, window.stop_s - 1))
    if not found.revenue and at_end == (None, None):
        return None
    use = found.use
    missing_s = window.stop_s - window.start_s - use.known_s if found.revenue else None
    notes = (
        *above(name, "energized", at_end[1], "contracted", at_end[0]),
        *_notes(name, use, found.over_s, found.revenue, window),
        *found.notes,
    )
    return _SitePower(name, *at_end, use, found.load, missing_s, notes)


# --- rows ---------------------------------------------------------------------------------------------------


def _line(scope_name: str, name: str | None, sites: Sequence[_SitePower], scale: int) -> ReportRow:
    metered = [site for site in sites if site.load.powers]
    load = sum(site.use.load for site in metered)
    top, known_s = peak([site.load for site in metered])
    average = Fraction(load, known_s) if known_s else None
    used, energized, curtailed, outage = (
        _sum([getattr(site.use, field) for site in metered])
        for field in ("used", "energized", "curtailed", "outage")
    )
    idle = None if energized is None else energized - (used or 0) - (curtailed or 0) - (outage or 0)
    it = sum(site.use.it for site in sites)
    return _cells(
        scope=scope_name,
        site=name,
        contracted_w=_sum([site.contracted_w for site in sites]),
        energized_w=_sum([site.energized_w for site in sites]),
        peak_w=None if top is None else rounded(Fraction(top, scale)),
        average_w=None if average is None else rounded(Fraction(average, scale)),
        load_factor_ppm=None if average is None or not top else ppm(average, top),
        utilisation_ppm=None if used is None or not energized else ppm(used, energized),
        load_wh=_wh(used if used is not None else load if metered else None, scale),
        curtailed_wh=_wh(curtailed, scale),
        outage_wh=_wh(outage, scale),
        idle_wh=_wh(idle, scale),
        energized_wh=_wh(energized, scale),
        missing_s=_sum([site.missing_s for site in sites]),
        pue_ppm=ppm(sum(site.use.facility for site in sites), it),
        metered_energized_w=_sum([site.energized_w for site in metered]),
        metered_sites=len(metered),
        energized_sites=sum(bool(site.energized_w) for site in sites),
    )


def _sum(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _wh(watt_seconds: int | None, scale: int) -> int | None:
    return None if watt_seconds is None else rounded(Fraction(watt_seconds, _WH_J * scale))


def _notes(name: str, use: Use, over: int | None, meters: int, window: Window) -> Iterator[str]:
    if not meters:
        yield f"{name}: no revenue meter, so its load is unknown"
    elif use.known_s < window.stop_s - window.start_s:
        left_out_s = window.stop_s - window.start_s - use.known_s
        yield f"{name}: time without a reading, {duration(left_out_s)}, is left out"
    if meters and use.known_s and use.energized is None:
        yield f"{name}: what was energized is not known for all of it, so the rest of its load is unknown"
    if over is not None:
        yield (f"{name}: {OVER} from {format_instant(over)} on; it counts up to what was energized")
    if use.both_s and use.both_s < YEAR_S:
        yield f"{name}: PUE is interim, over {duration(use.both_s)} of meters of role facility and it"


# --- pictures -----------------------------------------------------------------------------------------------


def pictures(rows: Rows, scope: Scope, answer: Answer) -> tuple[Picture, ...]:
    """The window day by day, and the week with the most curtailment hour by hour, over the time in which the
    energized power is known.
    """
    taken, meters = taken_of(rows, scope), meters_of(rows, scope)
    scale = scale_of(every(meters))
    sites = []
    for name, roles in sorted(meters.items()):
        revenue = roles.get("revenue", [])
        _, parts, first_s = drawn(name, rows, taken.get(name, nothing_taken()), revenue, scale, scope.window)
        sites.append(parts.since(first_s))
    return pictures_of(sites, scale, rows, scope)


# --- first screen -------------------------------------------------------------------------------------------


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """Split of the energized energy at the sites with meters."""
    lines = by_name(COLUMNS, answer.rows)
    sites = [line for line in lines if line["scope"] == "site"]
    metered = [line for line in sites if line["load_wh"] is not None]
    whole: Line = next((line for line in lines if line["scope"] == "fleet"), {})
    figures = (
        LeadFigure("Sites metered", f"{len(metered)} of {len(sites)}", ""),
        LeadFigure("Utilization", whole.get("utilisation_ppm"), "ppm"),
        LeadFigure("Average load", whole.get("average_w"), "W"),
        LeadFigure("Peak load", whole.get("peak_w"), "W"),
        LeadFigure("Without readings, all sites", whole.get("missing_s"), "s"),
    )
    over = sum(f": {OVER} from " in note for note in answer.notes)
    return Lead(sentence(*_verdict(sites, metered, over)), figures)


def _verdict(sites: Sequence[Line], metered: Sequence[Line], over: int) -> Iterator[str]:
    split = [line for line in metered if line["energized_wh"] is not None]
    if not sites:
        yield "No site in scope has a revenue meter, or power under contract or energized"
        return
    if not metered:
        none = "the site" if len(sites) == 1 else f"any of {len(sites)} sites"
        yield f"Where the energized power went is unknown: no revenue meter of {none} has readings"
        return
    where = "the metered site" if len(sites) == 1 else f"{len(split)} of {len(sites)} sites"
    if not split:
        yield f"{said(total(metered, 'load_wh') or 0, 'Wh')} was drawn, and what was energized is not known for all of it"
        return
    energized, load, curtailed, outage, idle = (
        total(split, name) or 0
        for name in ("energized_wh", "load_wh", "curtailed_wh", "outage_wh", "idle_wh")
    )
    if not energized:
        yield f"Nothing was energized at {where}"
        return
    shares = [percent(ppm(part, energized) or 0) for part in (load, curtailed, outage, idle)]
    yield (
        f"{shares[0]} of the {said(energized, 'Wh')} energized at {where} was drawn, {shares[1]} was"
        f" curtailed, {shares[2]} was lost to outages and {shares[3]} was idle"
    )
    if over:
        where = "" if len(sites) == 1 else f" at {counted(over, 'site')}"
        yield f"readings{where} were above what was energized and count up to it"
    if missing_s := total(metered, "missing_s"):
        yield f"readings are missing there for {duration(missing_s)}"
    if len(split) < len(sites):
        others = len(sites) - len(split)
        yield f"{counted(others, 'site')} {verb(others, 'has', 'have')} no readings, or {verb(others, 'is', 'are')} not known to be energized"


REPORT: Final = Report(
    name="power-use",
    definition_version=2,
    title="Where the energized megawatts went",
    packs=("operations", "quarterly-utility"),
    classes=("grid", "operations"),
    row_kinds=(POWER, METER, METER_DAY, BLOCK, OUTAGE, CURTAILMENT, SITE, CONDITION),
    columns=COLUMNS,
    keys=2,
    compute=compute,
    definition=__doc__ or "",
    daily=True,
    conditions=True,
    pictures=pictures,
    lead=lead,
    first=(
        "scope",
        "site",
        "utilisation_ppm",
        "metered_energized_w",
        "average_w",
        "peak_w",
        "curtailed_wh",
        "missing_s",
    ),
)
