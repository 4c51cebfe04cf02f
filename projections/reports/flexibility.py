"""Flexibility: how much of its load the portfolio let go for the grid, and how much new load a grid could
carry that lets go as little.

Of the portfolio, over the intervals of each site's revenue meters: curtailed is the figure of power-use.
L_max = highest mean of a metered interval of the scope, of the simultaneous sum for the fleet. Curtailment
rate = curtailed energy / (L_max x the whole window): a share of energy, not of time. Time with any = the
intervals in which anything is curtailed; full-load-equivalent time = curtailed energy / L_max; keeping x % =
the time with any in which at most (100 - x) % of L_max is curtailed; an event = curtailed intervals that
touch, mean event = time with any / events. Where energized or load is not known, curtailed is unknown; the
fleet adds up its sites and leaves out and notes those.

With --balancing-authority CODE --series FILE, in place of it: the headroom curve of that authority's hourly
demand, by *Rethinking Load Growth* (Norris et al., Duke University, February 2025): threshold = highest hour
of June to August of the whole series (for the hours of April to October) and of December to February
(November to March), by the month of the stamp as given; a new constant load L curtails max(0, demand + L -
threshold) of each hour; rate = mean over calendar years of curtailed / (L x 8,760 h). Headroom = the greatest
L whose rate is at most the limit, found exactly. Years with fewer than 8,000 hours are left out and listed,
blanks skipped and counted. Times and events are those of a mean year; an event = hours that follow each other
without a gap. Published for 22 authorities in sum: 76, 98, 126 and 215 GW at 0.25, 0.5, 1 and 5 % with 85,
177, 366 and 1,848 hours of any curtailment. Each figure is rounded once, half to even.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from ledger.calendar import HOUR_S
from ledger.units import ppm, rounded
from projections.engine.amounts import said
from projections.engine.fold import Rows
from projections.engine.pictures import Amounts, Layer, Picture, Plot
from projections.engine.report import (
    Answer,
    Behind,
    Cell,
    Column,
    Lead,
    LeadFigure,
    Number,
    Parameter,
    Report,
    ReportRow,
    Scope,
    Series,
    partial_row_of,
)
from projections.engine.windows import Span, sweep
from projections.engine.words import Line, by_name, counted, listed, number_of, percent, sentence
from projections.figures import headroom
from projections.figures.energy_split import peak
from projections.figures.headroom import Curve, Found
from projections.figures.power_integrals import LoadStretches, Stretch
from projections.figures.site_loads import site_loads
from projections.rows.blocks import BLOCK
from projections.rows.curtailments import CURTAILMENT
from projections.rows.meters import METER, METER_DAY
from projections.rows.outages import OUTAGE
from projections.rows.site_power import POWER

DIALECT: Final = "eia-930"
LIMITS_PPM: Final = (2_500, 5_000, 10_000, 50_000)
KEPT_PPM: Final = (500_000, 750_000, 900_000)
AUTHORITY: Final = "balancing-authority"
LOADED: Final = ("meter", "meter-day")
USED: Final = (*LOADED, "power", "block", "outage", "curtailment")
_CODE: Final = AUTHORITY.replace("-", "_")
_WH_J: Final = 3600


def _kept(percent: int) -> Column:
    return Column(
        f"keep{percent}_s",
        f"Keeping {percent} %",
        f"time with any curtailment that keeps at least {percent} % of the load",
        "s",
        draws=USED,
    )


COLUMNS: Final = (
    Column("scope", "Scope", "fleet, site or balancing-authority", unit=""),
    Column("site", "Site", "the site; null for the others", unit=""),
    Column(
        "limit_ppm",
        "Limit",
        "share of its energy that the new load may let go; null for the portfolio",
        unit="ppm",
    ),
    Column(_CODE, "Authority", "EIA-930 code of the balancing authority", unit="", draws=("meter",)),
    Column(
        "headroom_w", "Headroom", "greatest new load that keeps within the limit", unit="W", draws=("meter",)
    ),
    Column(
        "l_max_w", "Highest load", "highest metered interval, of the simultaneous sum", unit="W", draws=LOADED
    ),
    Column(
        "curtailed_wh", "Curtailed", "held back, at most what load and outages leave", unit="Wh", draws=USED
    ),
    Column(
        "curtailment_rate_ppm",
        "Curtailment rate",
        "curtailed energy / (highest load x window)",
        unit="ppm",
        of=("curtailed_wh", "l_max_w"),
        draws=USED,
    ),
    Column(
        "hours_any_s",
        "Any curtailment",
        "time with any curtailment, of a mean year for an authority",
        unit="s",
        draws=USED,
    ),
    Column(
        "fleh_s",
        "Full-load equivalent",
        "curtailed energy / highest load",
        unit="s",
        of=("curtailed_wh", "l_max_w"),
        draws=USED,
    ),
    _kept(50),
    _kept(75),
    _kept(90),
    Column(
        "mean_event_s",
        "Mean event",
        "time with any curtailment / events",
        unit="s",
        of=("hours_any_s", "events"),
        draws=USED,
    ),
    Column("events", "Events", "runs of curtailed intervals", unit="", draws=USED),
    Column(
        "events_per_year_milli",
        "Events a year",
        "events of a mean year, in thousandths",
        unit="1/1000",
        draws=("meter",),
    ),
)
_cells: Final = partial_row_of(COLUMNS)  # a site has no limit, an authority no highest load

PARAMETERS: Final = (
    Parameter(AUTHORITY, "The headroom curve of this authority (EIA-930 code).", needs=("series",)),
    Parameter(
        "series",
        "Its hourly demand in W: a CSV file, or the SHA-256 of one in evidence.",
        "series",
        needs=(AUTHORITY,),
    ),
    Parameter(
        "dialect", f"How the file is written, else {DIALECT} (import csv --dialect list).", needs=("series",)
    ),
)


class _SiteLoad(NamedTuple):
    """One site: its load in 1/scale W, where anything was curtailed, in mean W (None where that is unknown),
    and notes.
    """

    name: str
    load: LoadStretches
    curtailed: list[Span[Fraction]] | None
    notes: Sequence[str]


def compute(rows: Rows, scope: Scope) -> Answer:
    """The fleet and each site with a revenue meter; or the headroom curve of an authority."""
    series = scope.given.get("series")
    if isinstance(series, Series):
        return _of_authority(series, str(scope.given[AUTHORITY]))
    scale, sites = _sites(rows, scope)
    if not sites:
        return Answer(())
    notes = [
        f"{site.name}: what was energized is not known for all of it, so what was curtailed is unknown"
        for site in sites
        if site.curtailed is None
    ]
    notes += [note for site in sites for note in site.notes]
    of_site = (_line("site", site.name, [site], scale, scope) for site in sites)
    return Answer((_line("fleet", None, sites, scale, scope), *of_site), tuple(notes))


# --- the portfolio ------------------------------------------------------------------------------------------


def _sites(rows: Rows, scope: Scope) -> tuple[int, list[_SiteLoad]]:
    """The sites with readings of a revenue meter, and the scale of their loads."""
    scale, loads = site_loads(rows, scope)
    return scale, [
        _SiteLoad(
            name, one.load, None if one.use.used is None else _curtailed(one.curtailed, scale), one.notes
        )
        for name, one in loads.items()
        if one.load.powers
    ]


def _curtailed(energies: Iterable[Stretch], scale: int) -> list[Span[Fraction]]:
    return [Span(start, stop, Fraction(energy, (stop - start) * scale)) for start, stop, energy in energies]


def _line(
    scope_name: str, name: str | None, sites: Sequence[_SiteLoad], scale: int, scope: Scope
) -> ReportRow:
    window = scope.window
    top, _ = peak([site.load for site in sites])
    l_max_w = Fraction(top or 0, scale)
    known = [site.curtailed for site in sites if site.curtailed is not None]
    if not known:
        return _cells(scope=scope_name, site=name, l_max_w=rounded(l_max_w))
    pieces = [
        (piece.start_s, piece.stop_s, _together(piece.open))
        for piece in sweep(window, *known)
        if any(piece.open)
    ]
    any_s = sum(stop_s - start_s for start_s, stop_s, _ in pieces)
    curtailed_ws = sum(((stop_s - start_s) * power_w for start_s, stop_s, power_w in pieces), Fraction(0))
    stops = [window.start_s - 1, *(stop_s for _, stop_s, _ in pieces)]
    events = sum(start_s != before_s for before_s, (start_s, _, _) in zip(stops, pieces, strict=False))
    kept = [
        sum(
            stop_s - start_s
            for start_s, stop_s, power_w in pieces
            if power_w * 10**6 <= l_max_w * (10**6 - share)
        )
        for share in KEPT_PPM
    ]
    return _cells(
        scope=scope_name,
        site=name,
        l_max_w=rounded(l_max_w),
        curtailed_wh=rounded(Fraction(curtailed_ws, _WH_J)),
        curtailment_rate_ppm=ppm(curtailed_ws, l_max_w * (window.stop_s - window.start_s)),
        hours_any_s=any_s,
        fleh_s=rounded(Fraction(curtailed_ws, l_max_w)) if l_max_w else None,
        keep50_s=kept[0],
        keep75_s=kept[1],
        keep90_s=kept[2],
        mean_event_s=rounded(Fraction(any_s, events)) if events else None,
        events=events,
    )


def _together(open_w: Iterable[Iterable[Fraction]]) -> Fraction:
    return sum((power_w for group in open_w for power_w in group), Fraction(0))


# --- an authority -------------------------------------------------------------------------------------------


def _of_authority(series: Series, authority: str) -> Answer:
    found = headroom.look(series.values)
    curves = {limit: headroom.curve(found, limit, KEPT_PPM) for limit in LIMITS_PPM}
    lines = tuple(_limit(authority, limit, curve) for limit, curve in curves.items())
    notes = [*_notes(found), *_none_fits(found, curves)]
    return Answer(lines, tuple(f"{authority}: {note}" for note in notes))


def _limit(authority: str, limit_ppm: int, curve: Curve | None) -> ReportRow:
    row: dict[str, Cell] = {"scope": AUTHORITY, "limit_ppm": limit_ppm, _CODE: authority}
    if curve is None:
        return _cells(**row)
    keeping = [rounded(hours * HOUR_S) for hours in curve.keeping_h]
    return _cells(
        **row,
        headroom_w=rounded(curve.headroom_w),
        curtailment_rate_ppm=limit_ppm,
        hours_any_s=rounded(curve.any_h * HOUR_S),
        fleh_s=rounded(Fraction(limit_ppm * headroom.YEAR_H * HOUR_S, 10**6)),
        keep50_s=keeping[0],
        keep75_s=keeping[1],
        keep90_s=keeping[2],
        mean_event_s=None if curve.mean_event_h is None else rounded(curve.mean_event_h * HOUR_S),
        events_per_year_milli=rounded(curve.events * 1000),
    )


def _notes(found: Found) -> Iterator[str]:
    for season, top_w in found.thresholds_w.items():
        yield f"threshold of {season} {'unknown, no hour of it' if top_w is None else said(top_w, 'W')}"
    hours, years = len(found.gaps_w), ", ".join(map(str, found.years)) or "none"
    yield f"{hours:,} hours of the years {years}; {found.blanks:,} blanks skipped"
    if found.left_out:
        listed = ", ".join(f"{year} ({count:,})" for year, count in found.left_out)
        yield f"years with fewer than {headroom.ENOUGH_H:,} hours are left out: {listed}"


def _none_fits(found: Found, curves: Mapping[int, Curve | None]) -> Iterator[str]:
    above = sum(gap_w < 0 for _, gap_w in found.gaps_w)
    none = ", ".join(f"{Decimal(limit).scaleb(-4)} %" for limit, curve in curves.items() if curve is None)
    if above and none:
        yield (
            f"no load keeps within {none}: demand alone is above the threshold of its season in {above:,}"
            " hours"
        )


def behind(rows: Rows, scope: Scope, cells: Mapping[str, Cell], column: str) -> Behind:
    """Ground of a cell; a curve comes from its file, not from records."""
    series = scope.given.get("series")
    if not isinstance(series, Series):
        return Behind()

    def numbers() -> tuple[Number, ...]:
        found = headroom.look(series.values)
        tops = (
            Number(f"highest hour of {season}", top_w, "W")
            for season, top_w in found.thresholds_w.items()
            if top_w is not None
        )
        return Number("SHA-256 of the file", series.sha256, ""), *tops, Number("years", len(found.years), "")

    return Behind(lambda kind, key: False, numbers)


def pictures(rows: Rows, scope: Scope, answer: Answer) -> tuple[Picture, ...]:
    """The headroom curve."""
    found = [line for line in by_name(COLUMNS, answer.rows) if line["headroom_w"] is not None]
    if not found:
        return ()
    points = tuple((int(line["limit_ppm"] or 0), int(line["headroom_w"] or 0)) for line in found)
    (limit_ppm, most_w), *others = points
    more = "".join(f", {said(headroom_w, 'W')} at {said(limit, 'ppm')}" for limit, headroom_w in others)
    says = (
        f"{found[0][_CODE]} could carry {said(most_w, 'W')} of new load that lets go"
        f" {said(limit_ppm, 'ppm')} of its energy{more}."
    )
    return (
        Plot(
            "Headroom",
            says,
            Amounts("Curtailed share of energy", "ppm"),
            "Headroom",
            "W",
            (Layer("headroom", "line", points),),
        ),
    )


# --- first screen -------------------------------------------------------------------------------------------


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """Load curtailed, or new load that an authority could carry."""
    lines = by_name(COLUMNS, answer.rows)
    curve = {limit: line for line in lines if (limit := number_of(line, "limit_ppm")) is not None}
    return _of_curve(curve) if curve else _of_portfolio(lines)


def _of_curve(curve: Mapping[int, Line]) -> Lead:
    figures = tuple(
        LeadFigure(f"Headroom that lets go {percent(limit)}", line["headroom_w"], "W")
        for limit, line in sorted(curve.items())
    )
    code = next(str(line[_CODE]) for line in curve.values())
    fits = [
        f"{said(headroom_w, 'W')} if that lets go {percent(limit)} of its energy"
        for limit, line in sorted(curve.items())
        if (headroom_w := number_of(line, "headroom_w")) is not None
    ]
    none = [percent(limit) for limit, line in sorted(curve.items()) if line["headroom_w"] is None]
    verdict = sentence(
        f"{code} could carry new load of {listed(fits)}" if fits else "",
        f"no new load at {code} keeps within {listed(none)}" if none and fits else "",
        f"No new load at {code} keeps within {listed(none)} of its energy" if not fits else "",
    )
    return Lead(verdict, figures)


def _of_portfolio(lines: Sequence[Line]) -> Lead:
    whole: Line = next((line for line in lines if line["scope"] == "fleet"), {})
    sites = [line for line in lines if line["scope"] == "site"]
    unknown = sum(line["curtailed_wh"] is None for line in sites)
    figures = (
        LeadFigure("Curtailed", whole.get("curtailed_wh"), "Wh"),
        LeadFigure("Curtailment rate", whole.get("curtailment_rate_ppm"), "ppm"),
        LeadFigure("Highest load", whole.get("l_max_w"), "W"),
        LeadFigure("Time with any curtailment", whole.get("hours_any_s"), "s"),
        LeadFigure("Events", whole.get("events"), ""),
    )
    if not whole:
        return Lead("No revenue meter in scope has readings in this window.", figures)
    curtailed, events = number_of(whole, "curtailed_wh"), number_of(whole, "events") or 0
    top, rate = said(number_of(whole, "l_max_w") or 0, "W"), number_of(whole, "curtailment_rate_ppm")
    if curtailed is None:
        return Lead(
            f"The highest load was {top}; what was curtailed is unknown, since what was energized is not known.",
            figures,
        )
    if not curtailed:
        told = f"Nothing was curtailed of a load of up to {top}"
    else:
        share = (
            ""
            if rate is None
            else f", {percent(rate)} of what its highest load of {top} would draw all the time"
        )
        told = f"Load let go {said(curtailed, 'Wh')} in {counted(events, 'event')}{share}"
    return Lead(
        sentence(
            told,
            f"what was curtailed is unknown at {unknown:,} of {counted(len(sites), 'site')}"
            if unknown
            else "",
        ),
        figures,
    )


REPORT: Final = Report(
    name="flexibility",
    definition_version=1,
    title="What load let go, and what a grid could carry if it does",
    packs=("utility",),
    classes=("grid", "operations"),
    row_kinds=(POWER, METER, METER_DAY, BLOCK, OUTAGE, CURTAILMENT),
    columns=COLUMNS,
    keys=3,
    compute=compute,
    definition=__doc__ or "",
    daily=True,
    behind=behind,
    parameters=PARAMETERS,
    pictures=pictures,
    lead=lead,
    first=(
        "scope",
        "site",
        "limit_ppm",
        "headroom_w",
        "l_max_w",
        "curtailed_wh",
        "curtailment_rate_ppm",
        "hours_any_s",
    ),
)
