"""Availability of load blocks: IEEE 762 and NERC GADS (Data Reporting Instructions, Appendix F) carried over
to a load.

The unit is a load block. Curtailment by the grid or by price is reserve shutdown, not outage: the block could
run. What we decided ourselves, beyond those standards, is marked (own).

At each instant of a commissioned block with capacity C, in this order (own): a full outage (derate = C; of
several the one that began first, then forced, maintenance, planned); else derates in the order of their
start, each up to what is left; then curtailed power = min(deepest open curtailment, what is left). A
retirement ends open outages and curtailments. What is still open runs to the end of the window; facts at or
after that end are not seen. Facts that do not fit together, a firm block curtailed outside firm-load-shed,
and a block that helps a program without being enrolled count as they were said and are noted.

Hours, in seconds, exact until one rounding half to even:
  PH = commissioned time; POH, MOH, FOH = time of full outage, planned, maintenance, forced (U1 to U3);
  AH = PH - POH - MOH - FOH; RSH = time of AH with a curtailment and nothing left; SH = AH - RSH;
  EPDH, EMDH, EFDH = integral of derate/C by class, outside full outages; EDH = their sum;
  curtailed = integral of curtailed power/C;
  OMC (own) = (X-EAF - EAF) x PH = what outages outside management control took.
Ratios, in parts per million of these hours, null where the denominator is 0:
  AF = AH/PH; SF = SH/PH; EAF = (AH - EDH)/PH; X-EAF (own) = EAF recomputed without the outages outside
  management control;
  in-service (own) = (AH - EDH - curtailed)/PH; FOR = FOH/(FOH + SH);
  EFOR = (FOH + EFDH)/(FOH + EFDH + SH), where GADS adds to the denominator only the derated hours within
  reserve shutdown (own).
  EAF, X-EAF and in-service are always read together: in-service <= EAF <= X-EAF.
n forced = forced full outages that start in the window; MTBF = SH/n; MTTR = FOH/n; null without any.

Rows: the fleet, then each site followed by its blocks. Fleet and site have one row for all and one per load
class; a block has one per load class it had. Their hours are sums over blocks. Ratios of the fleet and of a
site weight both terms by capacity at each instant, also over reratings; those of a block do not. MTBF and
MTTR are made from the sums. A block that was not commissioned in the window has no row. On a block without
capacity every outage is full, and nothing is derated or curtailed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from operator import add
from typing import Final, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from ledger.calendar import Window, zone
from ledger.units import ppm, rounded
from projections.engine.amounts import said
from projections.engine.fold import Key, Rows
from projections.engine.pictures import Layer, Picture, Plot, Time
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
    found_for,
    row_of,
)
from projections.engine.windows import clip, local_days, local_months, local_years
from projections.engine.words import Line, by_name, counted, number_of, percent, sentence
from projections.figures.availability import (
    AvailabilityRows,
    AvailabilitySums,
    Share,
    by_block,
    derates,
    facts_in,
    forced_starts,
    held_back,
    shares,
)
from projections.figures.contradictions import astray, contradictions, excess, unusual
from projections.rows.blocks import BLOCK, BlockChange, ratings
from projections.rows.curtailments import CURTAILMENT, Curtailment
from projections.rows.dispatches import DISPATCH
from projections.rows.outages import OUTAGE, OutageFacts
from projections.rows.programs import PROGRAM
from projections.rows.restored_loads import RESTORED

Exact = Fraction | int

LOST: Final = ("block", "outage")  # the row kinds behind what is lost to outages
HELD: Final = (*LOST, "curtailment")  # and behind what is held back too
CLASSES: Final = ("mining", "ai-hpc", "auxiliary")

COLUMNS: Final = (
    Column("scope", "Scope", "fleet, site or block", unit=""),
    Column("site", "Site", "the site; null for the fleet", unit=""),
    Column("block", "Block", "the block; null for fleet and site", unit=""),
    Column("load_class", "Load class", "mining, ai-hpc or auxiliary, or all of them", unit=""),
    Column("ph_s", "PH", "period: time the block was commissioned", unit="s", draws=("block",)),
    Column(
        "ah_s",
        "AH",
        "available: PH - POH - MOH - FOH",
        unit="s",
        of=("ph_s", "poh_s", "moh_s", "foh_s"),
        draws=LOST,
    ),
    Column("sh_s", "SH", "service: AH - RSH", unit="s", of=("ah_s", "rsh_s"), draws=HELD),
    Column(
        "rsh_s",
        "RSH",
        "reserve shutdown: available time with a curtailment and nothing left",
        unit="s",
        draws=HELD,
    ),
    Column("poh_s", "POH", "planned full outage", unit="s", draws=LOST),
    Column("moh_s", "MOH", "maintenance full outage", unit="s", draws=LOST),
    Column("foh_s", "FOH", "forced full outage (U1 to U3)", unit="s", draws=LOST),
    Column(
        "omc_s",
        "OMC",
        "(X-EAF - EAF) x PH: taken by outages outside management control (own)",
        unit="s",
        of=("x_eaf_ppm", "eaf_ppm", "ph_s"),
        draws=LOST,
    ),
    Column(
        "epdh_s",
        "EPDH",
        "equivalent planned derated time: integral of planned derate / capacity",
        unit="s",
        draws=LOST,
    ),
    Column("emdh_s", "EMDH", "equivalent maintenance derated time", unit="s", draws=LOST),
    Column("efdh_s", "EFDH", "equivalent forced derated time", unit="s", draws=LOST),
    Column(
        "curtailed_s",
        "Curtailed",
        "equivalent curtailed time: integral of curtailed power / capacity",
        unit="s",
        draws=HELD,
    ),
    Column("af_ppm", "AF", "AH / PH", unit="ppm", of=("ah_s", "ph_s"), draws=LOST),
    Column("sf_ppm", "SF", "SH / PH", unit="ppm", of=("sh_s", "ph_s"), draws=HELD),
    Column(
        "eaf_ppm",
        "EAF",
        "(AH - EPDH - EMDH - EFDH) / PH",
        unit="ppm",
        of=("ah_s", "epdh_s", "emdh_s", "efdh_s", "ph_s"),
        draws=LOST,
    ),
    Column(
        "x_eaf_ppm",
        "X-EAF",
        "EAF recomputed without outages outside management control (own)",
        unit="ppm",
        of=("omc_s", "ph_s"),
        draws=LOST,
    ),
    Column(
        "in_service_ppm",
        "In service",
        "(AH - EPDH - EMDH - EFDH - curtailed) / PH (own)",
        unit="ppm",
        of=("ah_s", "epdh_s", "emdh_s", "efdh_s", "curtailed_s", "ph_s"),
    ),
    Column("for_ppm", "FOR", "FOH / (FOH + SH)", unit="ppm", of=("foh_s", "sh_s"), draws=HELD),
    Column(
        "efor_ppm",
        "EFOR",
        "(FOH + EFDH) / (FOH + EFDH + SH)",
        unit="ppm",
        of=("foh_s", "efdh_s", "sh_s"),
        draws=HELD,
    ),
    Column(
        "forced_count", "Forced outages", "forced full outages that start in the window", unit="", draws=LOST
    ),
    Column("mtbf_s", "MTBF", "SH / forced outages", unit="s", of=("sh_s", "forced_count"), draws=HELD),
    Column("mttr_s", "MTTR", "FOH / forced outages", unit="s", of=("foh_s", "forced_count"), draws=LOST),
)
_cells: Final = row_of(COLUMNS)


class Unit(NamedTuple):
    """One block in the window: amounts by (load class, capacity), and its class at each forced full outage
    that started.
    """

    site: str
    block: str
    amounts: dict[tuple[str, int], AvailabilitySums]
    forced: tuple[str, ...]
    notes: tuple[str, ...]


class Hours(NamedTuple):
    """Terms of the formulas, exact: in seconds, or in watt-seconds where each instant is weighted by
    capacity.
    """

    period: Exact
    forced_out: Exact
    maintenance_out: Exact
    planned_out: Exact
    forced_derated: Exact
    maintenance_derated: Exact
    planned_derated: Exact
    idle: Exact
    curtailed: Exact
    inside_lost: Exact

    @property
    def available(self) -> Exact:
        """AH."""
        return self.period - self.planned_out - self.maintenance_out - self.forced_out

    @property
    def service(self) -> Exact:
        """SH."""
        return self.available - self.idle

    @property
    def able(self) -> Exact:
        """AH - EDH."""
        return self.available - self.planned_derated - self.maintenance_derated - self.forced_derated

    @property
    def able_inside(self) -> Exact:
        """AH - EDH recomputed without the outages outside management control."""
        return self.period - self.inside_lost


def compute(rows: Rows, scope: Scope) -> Answer:
    """The uptime of every block in scope, of its site and of them all."""
    facts = facts_in(rows, scope)
    units = found_for(rows, scope, _units_in)
    seen = [unit for unit in units if unit.amounts]
    table = _group("fleet", None, seen)
    for site in sorted({unit.site for unit in seen}):
        of_site = [unit for unit in seen if unit.site == site]
        table += _group("site", site, of_site)
        for unit in of_site:
            table += _classes("block", site, unit.block, [unit])
    notes = (note for unit in units for note in unit.notes)
    return Answer(tuple(table), (*notes, *astray(facts, scope), *unusual(facts.held, rows, scope)))


# --- blocks -------------------------------------------------------------------------------------------------


def _units_in(rows: Rows, scope: Scope) -> list[Unit]:
    """The blocks in scope over its window."""
    return _units(facts_in(rows, scope), scope.window)


def _units(facts: AvailabilityRows, window: Window) -> list[Unit]:
    return [_unit(key, *of_block, window) for key, of_block in by_block(facts).items()]


def _unit(
    key: Key,
    changes: Sequence[BlockChange],
    outages: Sequence[tuple[str, OutageFacts]],
    curtailments: Sequence[tuple[str, Curtailment]],
    window: Window,
) -> Unit:
    site, block = key
    lost = derates(outages, changes)
    found = list(shares(changes, lost, held_back((row for _, row in curtailments), changes), window))
    forced = tuple(rating.load_class for rating in forced_starts(changes, lost, window))
    notes = contradictions(f"{site}/{block}", changes, outages, curtailments, window)
    return Unit(site, block, _sums(found), forced, (*excess(f"{site}/{block}", found), *notes))


def _units_by_window(facts: AvailabilityRows, windows: Sequence[Window]) -> Iterator[list[Unit]]:
    """The blocks over each of some windows, their amounts alone: what a block's facts span is found once."""
    blocks = [
        (
            key,
            of.changes,
            derates(of.outages, of.changes),
            held_back((row for _, row in of.curtailments), of.changes),
        )
        for key, of in by_block(facts).items()
    ]
    for window in windows:
        yield [
            Unit(site, block, _sums(shares(changes, lost, held, window)), (), ())
            for (site, block), changes, lost, held in blocks
        ]


def _sums(found: Iterable[Share]) -> dict[tuple[str, int], AvailabilitySums]:
    totals: dict[tuple[str, int], AvailabilitySums] = {}
    for share in found:
        _add(totals, (share.rating.load_class, share.rating.capacity_w), share.amounts)
    return totals


T = TypeVar("T")


def _add(totals: dict[T, AvailabilitySums], key: T, found: AvailabilitySums) -> None:
    held = totals.get(key)
    totals[key] = found if held is None else AvailabilitySums(*map(add, held, found))


# --- rows ---------------------------------------------------------------------------------------------------


def _group(scope: str, site: str | None, units: Sequence[Unit]) -> list[ReportRow]:
    return [_row(scope, site, None, "all", units), *_classes(scope, site, None, units)]


def _classes(scope: str, site: str | None, block: str | None, units: Sequence[Unit]) -> list[ReportRow]:
    present = {load_class for unit in units for load_class, _ in unit.amounts}
    return [_row(scope, site, block, name, units) for name in CLASSES if name in present]


def _totals(units: Sequence[Unit], load_class: str) -> dict[int, AvailabilitySums]:
    totals: dict[int, AvailabilitySums] = {}
    for unit in units:
        for (held_class, capacity_w), found in unit.amounts.items():
            if load_class in ("all", held_class):
                _add(totals, capacity_w, found)
    return totals


def _row(
    scope: str, site: str | None, block: str | None, load_class: str, units: Sequence[Unit]
) -> ReportRow:
    totals = _totals(units, load_class)
    forced = sum(load_class in ("all", held_class) for unit in units for held_class in unit.forced)
    hours = _hours(totals, weighted=False)
    terms = hours if scope == "block" else _hours(totals, weighted=True)
    return _cells(
        scope=scope,
        site=site,
        block=block,
        load_class=load_class,
        **_seconds(hours),
        **_ratios(terms),
        **_between(hours, forced),
    )


def _hours(totals: dict[int, AvailabilitySums], *, weighted: bool) -> Hours:
    """Power over capacity, in seconds; weighted by capacity, this is the power itself."""
    sums: Hours = Hours(*[0] * len(Hours._fields))
    for capacity_w, found in totals.items():
        time = capacity_w if weighted else 1
        power = 1 if weighted else Fraction(1, capacity_w or 1)  # without capacity there is no power
        period, forced, maintenance, planned, f_ws, m_ws, p_ws, idle, curtailed_ws, out, derated_ws = found
        terms = (
            *(seconds * time for seconds in (period, forced, maintenance, planned)),
            *(ws * power for ws in (f_ws, m_ws, p_ws)),
            idle * time,
            curtailed_ws * power,
            out * time + derated_ws * power,
        )
        sums = Hours(*map(add, sums, terms))
    return sums


def _seconds(hours: Hours) -> dict[str, Cell]:
    return {
        "ph_s": rounded(hours.period),
        "ah_s": rounded(hours.available),
        "sh_s": rounded(hours.service),
        "rsh_s": rounded(hours.idle),
        "poh_s": rounded(hours.planned_out),
        "moh_s": rounded(hours.maintenance_out),
        "foh_s": rounded(hours.forced_out),
        "omc_s": rounded(hours.able_inside - hours.able),
        "epdh_s": rounded(hours.planned_derated),
        "emdh_s": rounded(hours.maintenance_derated),
        "efdh_s": rounded(hours.forced_derated),
        "curtailed_s": rounded(hours.curtailed),
    }


def _ratios(terms: Hours) -> dict[str, Cell]:
    forced = terms.forced_out + terms.forced_derated
    return {
        "af_ppm": ppm(terms.available, terms.period),
        "sf_ppm": ppm(terms.service, terms.period),
        "eaf_ppm": ppm(terms.able, terms.period),
        "x_eaf_ppm": ppm(terms.able_inside, terms.period),
        "in_service_ppm": ppm(terms.able - terms.curtailed, terms.period),
        "for_ppm": ppm(terms.forced_out, terms.forced_out + terms.service),
        "efor_ppm": ppm(forced, forced + terms.service),
    }


def _between(hours: Hours, forced: int) -> dict[str, Cell]:
    return {
        "forced_count": forced,
        "mtbf_s": rounded(Fraction(hours.service, forced)) if forced else None,
        "mttr_s": rounded(Fraction(hours.forced_out, forced)) if forced else None,
    }


def behind(rows: Rows, scope: Scope, cells: Mapping[str, Cell], column: str) -> Behind:
    """The blocks of the row's load class, their outages and curtailments; weighted ratios are of watts times
    seconds.
    """
    facts = facts_in(rows, scope)
    load_class = cells["load_class"]
    own = (str(cells["site"]), str(cells["block"]))
    found = (
        facts.blocks if cells["block"] is None else {own: facts.blocks[own]} if own in facts.blocks else {}
    )
    blocks = {
        key
        for key, row in found.items()
        if load_class == "all"
        or any(span.value.load_class == load_class for span in clip(ratings(row), scope.window))
    }

    def counts(kind: str, key: Key) -> bool:
        if kind != OUTAGE.name:
            return key[:2] in blocks
        start = facts.outages[key].start if key in facts.outages else None
        return start is not None and (key[0], start.block) in blocks and cells["block"] in (None, start.block)

    weighted = column.endswith("_ppm") and cells["scope"] != "block"
    return Behind(
        counts, lambda: _terms(found_for(rows, scope, _units_in), cells, column) if weighted else ()
    )


_ABLE: Final = ("PH x capacity", "AH x capacity", "planned derated", "maintenance derated", "forced derated")
_TERMS: Final = {
    "af_ppm": ("PH x capacity", "AH x capacity"),
    "sf_ppm": ("PH x capacity", "SH x capacity"),
    "eaf_ppm": _ABLE,
    "x_eaf_ppm": ("PH x capacity", "(AH - EDH) x capacity without OMC"),
    "in_service_ppm": (*_ABLE, "curtailed"),
    "for_ppm": ("FOH x capacity", "SH x capacity"),
    "efor_ppm": ("FOH x capacity", "SH x capacity", "forced derated"),
}
"""What each ratio of a weighted row is computed from."""


def _terms(units: Sequence[Unit], cells: Mapping[str, Cell], column: str) -> tuple[Number, ...]:
    """Terms of a weighted row's ratio."""
    totals = _totals([unit for unit in units if cells["site"] in (None, unit.site)], str(cells["load_class"]))
    hours = _hours(totals, weighted=True)
    named = {
        "PH x capacity": hours.period,
        "AH x capacity": hours.available,
        "SH x capacity": hours.service,
        "FOH x capacity": hours.forced_out,
        "planned derated": hours.planned_derated,
        "maintenance derated": hours.maintenance_derated,
        "forced derated": hours.forced_derated,
        "curtailed": hours.curtailed,
        "(AH - EDH) x capacity without OMC": hours.able_inside,
    }
    return tuple(Number(name, exact(named[name]), "W s") for name in _TERMS[column])


# --- picture ------------------------------------------------------------------------------------------------

_DAYS, _MONTHS = 62, 60
_TOLD: Final = (("EAF", "eaf_ppm"), ("X-EAF", "x_eaf_ppm"), ("in service", "in_service_ppm"))


def pictures(rows: Rows, scope: Scope, answer: Answer) -> tuple[Picture, ...]:
    """EAF, X-EAF and in-service of all blocks in scope, by day up to two months, by month up to five years,
    else by year.
    """
    part, parts = _parts(scope.window, zone(scope.tz))
    if not answer.rows or len(parts) < 2:
        return ()
    of_parts = _units_by_window(facts_in(rows, scope), parts)
    terms = [_hours(_totals(units, "all"), weighted=True) for units in of_parts]
    shares = {
        "EAF": [ppm(each.able, each.period) for each in terms],
        "X-EAF (own)": [ppm(each.able_inside, each.period) for each in terms],
        "in service (own)": [ppm(each.able - each.curtailed, each.period) for each in terms],
    }
    middles = [(span.start_s + span.stop_s) // 2 for span in parts]
    layers = tuple(
        Layer(name, "line", tuple(zip(middles, values, strict=True))) for name, values in shares.items()
    )
    (whole,) = by_name(COLUMNS, answer.rows[:1])
    shown = [f"{words} {_percent(whole[name])}" for words, name in _TOLD]
    lowest = min((value for value in shares["in service (own)"] if value is not None), default=None)
    says = (
        f"All blocks over the whole window: {', '.join(shown)}. The lowest {part} had {_percent(lowest)} in"
        " service."
    )
    y = "Share of commissioned time, weighted by capacity"
    return (
        Plot(f"Availability by {part}", says, Time(*scope.window, scope.tz), y, "ppm", layers, floor=None),
    )


def _parts(window: Window, tz: ZoneInfo) -> tuple[str, list[Window]]:
    days = local_days(window, tz)
    if len(days) <= _DAYS:
        return "day", days
    months = local_months(window, tz)
    return ("month", months) if len(months) <= _MONTHS else ("year", local_years(window, tz))


def _percent(cell: Cell) -> str:
    return said(cell, "ppm") if isinstance(cell, int) else "unknown"


# --- first screen -------------------------------------------------------------------------------------------


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """Availability of all blocks in scope, and the least available site."""
    lines = by_name(COLUMNS, answer.rows)
    whole = next(line for line in lines if (line["scope"], line["load_class"]) == ("fleet", "all"))
    figures = (
        LeadFigure("Available (EAF)", whole["eaf_ppm"], "ppm"),
        LeadFigure("Available without outages outside management control (X-EAF)", whole["x_eaf_ppm"], "ppm"),
        LeadFigure("In service after curtailment", whole["in_service_ppm"], "ppm"),
        LeadFigure("Full forced outages", whole["forced_count"], ""),
        LeadFigure("Time in full forced outages (FOH)", whole["foh_s"], "s"),
    )
    return Lead(sentence(*_verdict(whole, lines)), figures)


def _verdict(whole: Line, lines: Sequence[Line]) -> Iterator[str]:
    eaf, x_eaf, in_service = (number_of(whole, name) for _, name in _TOLD)
    if not whole["ph_s"]:
        yield "No load block was commissioned in this window"
    elif eaf is None or x_eaf is None or in_service is None:
        yield "The commissioned blocks have no capacity, so their availability cannot be judged"
    else:
        outside = f" ({percent(x_eaf)} without outages outside management control)" if x_eaf != eaf else ""
        sites = [line for line in lines if (line["scope"], line["load_class"]) == ("site", "all")]
        where = str(sites[0]["site"]) if len(sites) == 1 else counted(len(sites), "site")
        yield (
            f"Load blocks at {where} were {percent(eaf)} available{outside} and {percent(in_service)} in service"
        )
        known = [
            (share, str(line["site"])) for line in sites if (share := number_of(line, "eaf_ppm")) is not None
        ]
        if len(known) > 1 and min(known)[0] < eaf:
            yield f"the least available site was {min(known)[1]} at {percent(min(known)[0])}"


REPORT: Final = Report(
    name="uptime",
    definition_version=1,
    title="Availability of load blocks",
    packs=("operations",),
    classes=("grid", "operations"),
    row_kinds=(BLOCK, OUTAGE, CURTAILMENT, DISPATCH, PROGRAM, RESTORED),
    columns=COLUMNS,
    keys=4,
    compute=compute,
    definition=__doc__ or "",
    daily=True,
    blocks=True,
    behind=behind,
    pictures=pictures,
    lead=lead,
    first=("scope", "site", "block", "load_class", "eaf_ppm", "x_eaf_ppm", "in_service_ppm", "forced_count"),
)
