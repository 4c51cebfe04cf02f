"""Quarterly load: what a utility reports of its large loads each quarter, contract by contract.

Georgia Power's large load economic development report to the Georgia PSC states by quarter the power
committed, which of it has broken ground and which waits for construction, the power expected by winter, and
what changed since the quarter before (as public accounts of the reports of 2025 have it). No text was found
that sets its columns or the day it is due, so the days are a fact: filing_days of load-ramp-agreed. One row
for each contract with a ramp and each quarter that reaches into the window, from the one in which the ramp
was agreed to the one in which minimum take ends. A quarter is one of the site's clocks, as it stood at its
end, or at the window's where that comes first; bills and filings count once they are recorded before the
window's end.

contracted = the last step of the ramp; step = the step in force; connected = power energized at the site
peak       = highest demand of the quarter's months, as load-ramp has it
winter     = forecast of the first winter that begins at the quarter's end or later; summer alike
change     = the figure less that at the end of the quarter before; a contract that is new counts from 0; of
             a forecast for the same season, null where there was none
stage      = connected in full: connected >= contracted; connected in part: above 0; else broken ground,
             once construction-started is reached; else pending construction (own)
in service = first day with any power energized; its due day is that of the milestone energized
due        = filing_days after the quarter's last day
verdict    = not over yet; filed in time, filed late; overdue, not due yet; filed or not filed, where no
             days are set

Worked: a ramp of 100 and 200 MW agreed in Q1, 60 MW energized on March 1, 100 MW on May 1: at the end of Q1
contracted 200 MW (+200), connected 60 (+60), in part; of Q2 200 (0), 100 (+40). With filing_days=45, Q1 is
due on May 15.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from msgspec import UNSET

from ledger.calendar import Window, days_after, local_date, months_after, period, zone
from ledger.kinds import LoadRampAgreed
from ledger.units import rounded
from projections.engine.amounts import said
from projections.engine.fold import Key, Rows
from projections.engine.pictures import Layer, Names, Picture, Plot
from projections.engine.report import (
    Answer,
    Behind,
    Cell,
    Column,
    Deadline,
    Lead,
    LeadFigure,
    Report,
    ReportRow,
    Scope,
    row_of,
)
from projections.engine.words import Line, by_name, counted, listed, numbers, sentence, total, verb
from projections.figures.large_load_contracts import (
    LargeLoad,
    ScopeDays,
    by_site,
    days_of_scope,
    energized_on,
    forecasts,
    milestone,
    season_days,
)
from projections.figures.like_hours import revenue_meters
from projections.figures.minimum_take import SiteLoads, months
from projections.rows.large_loads import BILL, FILING, FORECAST, MILESTONE, RAMP
from projections.rows.meters import METER, METER_DAY, days_of
from projections.rows.site_power import POWER, energized_w
from projections.rows.sites import SITE, data_before

_AGREED: Final = (RAMP.name, POWER.name)
_QUARTERS: Final = 4000
OPEN: Final = "not over yet"

COLUMNS: Final = (
    Column("site", "Site", "the site", unit=""),
    Column("agreement", "Agreement", "the contract", unit=""),
    Column("quarter", "Quarter", "the quarter", unit=""),
    Column(
        "verdict",
        "Filing",
        "whether the quarter was reported in time",
        unit="",
        draws=(*_AGREED, FILING.name),
    ),
    Column(
        "stage",
        "Stage",
        "connected in full or in part, broken ground, or pending construction",
        unit="",
        draws=(*_AGREED, MILESTONE.name),
    ),
    Column("county", "County", "the site's county", unit="", draws=(*_AGREED, SITE.name)),
    Column("state", "State", "the site's state", unit="", draws=(*_AGREED, SITE.name)),
    Column("utility", "Utility", "the site's utility", unit="", draws=(*_AGREED, SITE.name)),
    Column("tariff", "Tariff", "the tariff's short name", unit="", draws=_AGREED),
    Column("contracted_w", "Contracted", "the last step of the ramp", unit="W", draws=_AGREED),
    Column(
        "contracted_change_w",
        "Contracted change",
        "contracted less that of the quarter before",
        unit="W",
        draws=_AGREED,
    ),
    Column("step_w", "Step", "what counts as contracted at the quarter's end", unit="W", draws=_AGREED),
    Column("connected_w", "Connected", "power energized at the site", unit="W", draws=_AGREED),
    Column(
        "connected_change_w",
        "Connected change",
        "connected less that of the quarter before",
        unit="W",
        draws=_AGREED,
    ),
    Column(
        "peak_w",
        "Peak",
        "highest demand of the quarter's months",
        unit="W",
        draws=(*_AGREED, BILL.name, METER.name, METER_DAY.name),
    ),
    Column(
        "winter",
        "Winter",
        "the year in which the next winter with a forecast begins",
        unit="",
        draws=(*_AGREED, FORECAST.name),
    ),
    Column("winter_w", "Winter peak", "its forecast", unit="W", draws=(*_AGREED, FORECAST.name)),
    Column(
        "winter_change_w",
        "Winter change",
        "less the forecast a quarter before",
        unit="W",
        draws=(*_AGREED, FORECAST.name),
    ),
    Column(
        "summer",
        "Summer",
        "the year of the next summer with a forecast",
        unit="",
        draws=(*_AGREED, FORECAST.name),
    ),
    Column("summer_w", "Summer peak", "its forecast", unit="W", draws=(*_AGREED, FORECAST.name)),
    Column(
        "summer_change_w",
        "Summer change",
        "less the forecast a quarter before",
        unit="W",
        draws=(*_AGREED, FORECAST.name),
    ),
    Column("construction_on", "Construction", "day it started", unit="", draws=(*_AGREED, MILESTONE.name)),
    Column(
        "in_service_due_on",
        "In service due",
        "day set for energizing",
        unit="",
        draws=(*_AGREED, MILESTONE.name),
    ),
    Column("in_service_on", "In service", "first day with power energized", unit="", draws=_AGREED),
    Column("due_on", "Due on", "day by which the quarter is reported", unit="", draws=_AGREED),
    Column("filed_on", "Filed on", "day it was reported", unit="", draws=(*_AGREED, FILING.name)),
    Column("filed_with", "Filed with", "to whom", unit="", draws=(*_AGREED, FILING.name)),
)
_cells: Final = row_of(COLUMNS)


class Quarter(NamedTuple):
    """A quarter of a site: its name, its window, the day after its last, and whether it is over."""

    name: str
    window: Window
    after: date
    over: bool


class Stood(NamedTuple):
    """How a contract stood just before an instant."""

    contracted_w: int | None
    step_w: int | None
    connected_w: int | None
    forecast_w: Mapping[tuple[str, str], int]


def compute(rows: Rows, scope: Scope) -> Answer:
    """By site, agreement and quarter."""
    lines: list[ReportRow] = []
    loads, days = SiteLoads(rows, scope.window.stop_s), days_of_scope(scope)
    for ramped in by_site(rows, scope).values():
        for one in ramped:
            alone = len(ramped) == 1
            lines += [_row(one, found, rows, loads, alone=alone) for found in _quarters(one, days)]
    return Answer(tuple(lines))


def _quarters(one: LargeLoad, days: ScopeDays) -> Iterator[Quarter]:
    """The quarters that reach into the window, from the one in which the first ramp was agreed to the one in
    which the last ends.
    """
    last = one.terms(one.stop_s)
    ends = None if last is None else last.ends_on
    agreed_s = min(fact.at_s for fact in one.agreed if isinstance(fact.body, LoadRampAgreed))
    day = max(local_date(agreed_s, one.tz), days.first)
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    for _ in range(_QUARTERS):
        after = months_after(first, 3)
        start_s, stop_s = one.start_of(first), one.start_of(after)
        if first >= days.stop or start_s >= one.stop_s or after <= first or (ends and ends < first):
            return
        name = f"{first.year:04d}-Q{(first.month + 2) // 3}"
        yield Quarter(name, Window(start_s, stop_s), after, after <= days.stop)
        first = after


def _row(one: LargeLoad, quarter: Quarter, rows: Rows, loads: SiteLoads, *, alone: bool) -> ReportRow:
    end_s = min(quarter.window.stop_s, one.stop_s)
    now, before = _stood(one, rows, end_s), _stood(one, rows, quarter.window.start_s)
    last = local_date(max(0, end_s - 1), one.tz)
    data = data_before(rows[SITE.name].get((one.site,), ()), end_s)
    terms = one.terms(end_s)
    ground = milestone(one, "construction-started", one.milestones.get("construction-started", ()))
    started = ground.done_on if ground.done_on is not None and ground.done_on <= last else None
    service = energized_on(one, 1)
    winter, summer = (_next(now, season, one, end_s) for season in ("winter", "summer"))
    filing = one.filings.get(quarter.name)
    filed = None if filing is None else filing[-1].body
    days = None if terms is None else terms.filing_days
    due = None if days is None else days_after(date.fromordinal(quarter.after.toordinal() - 1), days)
    demand = [month.demand_w for month in months(one, loads, _days_of(quarter), alone=alone)]
    peaks = [value for value in demand if value is not None]
    stone = one.milestones.get("energized")
    in_service_due = None if stone is None else milestone(one, "energized", stone).due_on
    return _cells(
        site=one.site,
        agreement=one.agreement,
        quarter=quarter.name,
        verdict=_filing(quarter, one, due, None if filed is None else date.fromisoformat(filed.filed_on)),
        stage=_stage(now, started=started is not None),
        county=None if data is None else data.county,
        state=None if data is None else data.state,
        utility=None if data is None else data.utility,
        tariff=None if terms is None else terms.name,
        contracted_w=now.contracted_w,
        contracted_change_w=_change(now.contracted_w, before.contracted_w or 0),
        step_w=now.step_w,
        connected_w=now.connected_w,
        connected_change_w=_change(now.connected_w, before.connected_w or 0),
        peak_w=rounded(max(peaks)) if peaks else None,
        **_forecast("winter", winter, now, before),
        **_forecast("summer", summer, now, before),
        construction_on=None if started is None else started.isoformat(),
        in_service_due_on=None if in_service_due is None else in_service_due.isoformat(),
        in_service_on=None if service is None or service > last else service.isoformat(),
        due_on=None if due is None else due.isoformat(),
        filed_on=None if filed is None else filed.filed_on,
        filed_with=None if filed is None or filed.filed_with is UNSET else filed.filed_with,
    )


def _days_of(quarter: Quarter) -> ScopeDays:
    """The days of a quarter; the one after it is none of them."""
    first = months_after(quarter.after, -3)
    return ScopeDays(first, date.fromordinal(quarter.after.toordinal() - 1))


def _stood(one: LargeLoad, rows: Rows, at_s: int) -> Stood:
    terms = one.terms(at_s)
    day = local_date(max(0, at_s - 1), one.tz)
    return Stood(
        None if terms is None else terms.full_w,
        None if terms is None else terms.power_w(day),
        energized_w(one.power, at_s - 1),
        {named: facts[-1].body.peak_w for named, facts in forecasts(rows, one.site, at_s)},
    )


def _change(now: int | None, before: int | None) -> int | None:
    return None if now is None or before is None else now - before


def _stage(now: Stood, *, started: bool) -> str:
    connected = now.connected_w or 0
    if connected:
        return "connected in full" if connected >= (now.contracted_w or 0) else "connected in part"
    return "broken ground" if started else "pending construction"


def _next(now: Stood, season: str, one: LargeLoad, end_s: int) -> str | None:
    """The year of the first season with a forecast that begins at an instant or later."""
    years = [
        int(year)
        for year, named in now.forecast_w
        if named == season and season_days(int(year), season, one.tz)[0].start_s >= end_s
    ]
    return str(min(years)) if years else None


def _forecast(season: str, year: str | None, now: Stood, before: Stood) -> dict[str, Cell]:
    known = None if year is None else now.forecast_w[year, season]
    return {
        season: year,
        f"{season}_w": known,
        f"{season}_change_w": _change(known, before.forecast_w.get((year or "", season))),
    }


def _filing(quarter: Quarter, one: LargeLoad, due: date | None, filed: date | None) -> str:
    if not quarter.over:
        return OPEN
    if filed is not None:
        return "filed" if due is None else "filed late" if filed > due else "filed in time"
    if due is None:
        return "not filed"
    return "overdue" if due < one.today else "not due yet"


_LATER: Final = (
    "verdict",
    "filed_on",
    "filed_with",
    "in_service_due_on",
    "construction_on",
    "stage",
    "peak_w",
)
"""Columns that rest on facts recorded after the quarter too, such as its filing and its last bill."""


def behind(rows: Rows, scope: Scope, cells: Mapping[str, Cell], column: str) -> Behind:
    """What was known of the contract by the quarter's end, its bills and readings, and the filing."""
    quarter, site = str(cells["quarter"]), str(cells["site"])
    window = period(quarter, zone(scope.zones[site]))
    read = Window(window.start_s, min(window.stop_s, scope.window.stop_s))
    stop_s = scope.window.stop_s if column in _LATER else read.stop_s
    month = (int(quarter[-1]) - 1) * 3 + 1
    named = {f"{quarter[:4]}-{month + n:02d}" for n in range(3)}
    meters = revenue_meters(rows, site, scope.window.stop_s)
    first, last = days_of(read)

    def counts(kind: str, key: Key) -> bool:
        if kind == METER.name:
            return key[1] in meters
        if kind == METER_DAY.name:
            return key[1] in meters and first <= key[2] <= last
        if kind == BILL.name:
            return key[2] in named
        if kind == FORECAST.name:
            season = column.partition("_")[0]
            return season not in ("winter", "summer") or (key[1], key[2]) == (cells[season], season)
        if kind == MILESTONE.name:
            return key[2] in ("construction-started", "energized")
        return kind != FILING.name or key[2] == quarter

    return Behind(counts, window=Window(window.start_s, stop_s))


# --- first screen -------------------------------------------------------------------------------------------


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """The latest quarter that is over: power contracted and connected, what changed, and overdue reports."""
    lines = by_name(COLUMNS, answer.rows)
    over = [line for line in lines if line["verdict"] != OPEN] or lines
    latest = max((str(line["quarter"]) for line in over), default="")
    now = [line for line in lines if line["quarter"] == latest]
    overdue = [line for line in lines if line["verdict"] == "overdue"]
    sites = list({line["site"]: line for line in now}.values())
    contracted, connected = total(now, "contracted_w"), total(sites, "connected_w")
    more = total(sites, "connected_change_w")
    waiting = [str(line["due_on"]) for line in lines if _waits(line)]
    figures = (
        LeadFigure("Contracts", len(now) if now else None, ""),
        LeadFigure("Contracted", contracted, "W"),
        LeadFigure("Connected", connected, "W"),
        LeadFigure("Connected in the quarter", more, "W"),
        LeadFigure("Earliest report due", min(waiting, default=None), ""),
    )
    if not lines:
        return Lead("No contract with a ramp was agreed by the end of this window.", figures)
    return Lead(
        sentence(
            f"{latest} has {counted(len(now), 'contract')} of {said(contracted or 0, 'W')}, of which"
            f" {'an unknown power' if connected is None else said(connected, 'W')} is connected",
            _changed(now, more),
            f"{counted(len(overdue), 'report')} {verb(len(overdue), 'is', 'are')} overdue" if overdue else "",
        ),
        figures,
    )


def _waits(line: Line) -> bool:
    return line["filed_on"] is None and line["due_on"] is not None


def _changed(now: Sequence[Line], more: int | None) -> str:
    change = total(now, "contracted_change_w")
    known = [what for watts, what in ((change, "contracted"), (more, "connected")) if watts is not None]
    if not change and not more and known:
        return f"as much {listed(known)} as a quarter before"
    words = [
        f"{'no' if not watts else said(abs(watts), 'W')} {'less' if watts < 0 else 'more'} {what}"
        for watts, what in ((change, "contracted"), (more, "connected"))
        if watts is not None
    ]
    return f"{listed(words)} than a quarter before" if words else ""


def deadlines(answer: Answer) -> Iterator[Deadline]:
    """Quarters that were not reported."""
    for line in by_name(COLUMNS, answer.rows):
        if _waits(line):
            key = "/".join(str(line[name]) for name in ("site", "agreement", "quarter"))
            what = f"report {line['quarter']} of agreement {line['agreement']}"
            yield Deadline(date.fromisoformat(str(line["due_on"])), str(line["site"]), what, key)


_MOST: Final = 12


def pictures(rows: Rows, scope: Scope, answer: Answer) -> tuple[Picture, ...]:
    """Power contracted and power connected by quarter, over all contracts."""
    lines = by_name(COLUMNS, answer.rows)
    names = sorted({str(line["quarter"]) for line in lines})[-_MOST:]
    if not names:
        return ()
    by_quarter = [[line for line in lines if line["quarter"] == name] for name in names]
    layers = tuple(
        Layer(
            title,
            "bar",
            tuple((n, total(_once(found, column), column)) for n, found in enumerate(by_quarter)),
        )
        for title, column in (
            ("contracted", "contracted_w"),
            ("connected", "connected_w"),
        )
        if numbers(lines, column)
    )
    last = by_quarter[-1]
    connected = total(_once(last, "connected_w"), "connected_w")
    says = (
        f"{said(total(last, 'contracted_w') or 0, 'W')} contracted and"
        f" {'an unknown power' if connected is None else said(connected, 'W')} connected in {names[-1]}."
    )
    return (Plot("Large load by quarter", says, Names("", tuple(names)), "Power", "W", layers),)


def _once(lines: Sequence[Line], column: str) -> list[Line]:
    """Each site once, where a figure is the site's."""
    return list({line["site"]: line for line in lines}.values()) if column == "connected_w" else list(lines)


REPORT: Final = Report(
    name="quarterly-load",
    definition_version=1,
    title="Large loads by quarter",
    packs=("quarterly-utility",),
    classes=("grid",),
    row_kinds=(RAMP, FILING, POWER, SITE, MILESTONE, FORECAST, BILL, METER, METER_DAY),
    columns=COLUMNS,
    keys=3,
    compute=compute,
    definition=__doc__ or "",
    behind=behind,
    lead=lead,
    first=(
        "site",
        "agreement",
        "quarter",
        "verdict",
        "stage",
        "contracted_w",
        "connected_w",
        "connected_change_w",
    ),
    pictures=pictures,
    deadlines=deadlines,
)
