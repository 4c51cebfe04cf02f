"""Load ramp: did the site take the power it contracted for, what is owed where not, and what comes next?

A large-load tariff bills a share of the contracted power whatever is drawn, along a ramp agreed step by
step, and asks for collateral and milestones. One row for each contract with a ramp, each of its months that
begin in the window, each step of collateral, instrument and milestone; and one for each season that a
site's forecast names. Beside months, facts before the window's end are seen, its start hides nothing; days
and months are of the site's clocks, today is the window's last day. A bill counts once it is recorded
before the window's end: to see the last bill of a quarter, end the window after it (--from without --to).

contracted = the step of load-ramp-agreed in force on a month's first day (own); of a contract today's; of a
             season the steps on its last day, with the power of agreements that have no ramp
minimum    = contracted x the share billed at least, from the first step until the term's last day
demand     = of a month, as billed (billing-demand-recorded), else as metered: the highest mean load of the
             site's revenue meters over the demand interval, or over their readings; null where more than
             one ramp is at the site, since meters do not tell contracts apart
shortfall  = max(0, minimum - demand) of a month that is over; null while it is not, or where readings are
             missing and those there are below the minimum
owed       = shortfall x the charge for a kW a month (demand-charge-set before the month's end); the site's
             operator owes it to the utility
held       = collateral: amount posted less released over instruments, 0 after an instrument's last day
late days  = days from the day due until done, or until today where it is not done

verdict of a contract   = before the ramp, in the ramp, full contract, over
verdict of a month      = met, short, not over yet, unknown (readings are missing), no minimum
verdict of a season     = within the contract, above the contract, no contract
verdict of collateral   = a step: held, not due yet, lacking; missed, where it was lacking on the last day
                          before the next step; an instrument: held, released, expired
verdict of a milestone  = in time, late, not due yet, overdue; reached where no day was set

Share, term and ramp are the contract's own, else those of its tariff. AEP Ohio Schedule DCT (PUCO
24-508-EL-ATA, order of July 9, 2025): more than 25 MW, 85 %, 8 years after a ramp of at most 4. Consumers
Energy Rate GPD (MPSC U-21859, November 6, 2025): 100 MW, 80 %, 15 years, ramp of at most 5. Dominion GS-5
(SCC, November 25, 2025, in force from January 1, 2027): 25 MW, 85 % of distribution and transmission, 14
years. Evergy Kansas LLPS (KCC, November 6, 2025): 75 MW, 80 %, 12 years after a ramp of at most 5,
collateral of two years of minimum bills. Georgia PSC (rule of January 2025): above 100 MW, share and term
by contract. Evergy's is from the commission's release, the others from public summaries; where the text
differs, it wins. That a tariff's share is of the step in force, also during the ramp, is (own).

Each figure is rounded once, half to even.

Worked: 85 % of a ramp of 100 MW from 2026-01-01 and 200 MW from 2026-07-01, at $9.50. June as billed 80 MW:
85 - 80 = 5 MW short, 5,000 kW x $9.50 = $47,500. July as billed 180 MW: 170 MW are taken, nothing is owed.
Required $20M, held $15M: $5M lacking.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Final

from msgspec import UNSET

from ledger.calendar import Window, period, zone
from ledger.units import format_quantity, ppm, rounded
from projections.engine.amounts import said
from projections.engine.fold import Key, Rows
from projections.engine.pictures import Picture
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
    partial_row_of,
)
from projections.engine.words import (
    Line,
    by_name,
    counted,
    dollars,
    number_of,
    numbers,
    out_of,
    sentence,
    total,
    verb,
)
from projections.figures import collateral
from projections.figures.large_load_contracts import (
    LargeLoad,
    RampTerms,
    Reached,
    by_site,
    days_of_scope,
    forecasts,
    milestone,
    on_contract_w,
    season_days,
    seen,
)
from projections.figures.large_load_pictures import drawn
from projections.figures.like_hours import revenue_meters
from projections.figures.minimum_take import MET, OPEN, SHORT, UNKNOWN, ContractMonth, SiteLoads, months
from projections.rows.large_loads import BILL, FORECAST, INSTRUMENT, MILESTONE, RAMP, STEP
from projections.rows.meters import METER, METER_DAY, days_of
from projections.rows.site_power import POWER, energized_w
from projections.rows.sites import SITE, data_before

CONTRACT: Final = "contract"
MONTH: Final = "month"
SEASON: Final = "forecast"
COLLATERAL: Final = "collateral"
HELD: Final = "instrument"
STONE: Final = "milestone"

_AGREED: Final = (RAMP.name, POWER.name)
_DRAWN: Final = (*_AGREED, FORECAST.name, BILL.name, METER.name, METER_DAY.name)
_SECURED: Final = (*_AGREED, STEP.name, INSTRUMENT.name)
_DATES: Final = (*_SECURED, MILESTONE.name)

COLUMNS: Final = (
    Column("site", "Site", "the site", unit=""),
    Column("agreement", "Agreement", "the contract; null for a forecast of the whole site", unit=""),
    Column("part", "Part", "contract, month, forecast, collateral, instrument or milestone", unit=""),
    Column("name", "Name", "the month, season, step, instrument or milestone", unit=""),
    Column("verdict", "Verdict", "how it stands", unit=""),
    Column(
        "contracted_w",
        "Contracted",
        "the step in force; of a milestone the power it asks for",
        unit="W",
        draws=(*_AGREED, FORECAST.name, MILESTONE.name),
    ),
    Column("full_w", "Full contract", "the last step of the ramp", unit="W", draws=_AGREED),
    Column("minimum_ppm", "Minimum share", "share billed at least", unit="ppm", draws=_AGREED),
    Column(
        "minimum_w",
        "Minimum take",
        "contracted x minimum share",
        unit="W",
        of=("contracted_w", "minimum_ppm"),
        draws=_AGREED,
    ),
    Column(
        "metered_w",
        "Metered demand",
        "highest mean of the revenue meters over the demand interval, or over their readings",
        unit="W",
        draws=_DRAWN,
    ),
    Column("known_ppm", "Readings", "share of the month that has readings", unit="ppm", draws=_DRAWN),
    Column(
        "billed_w", "Billed demand", "demand as the utility billed it", unit="W", draws=(*_AGREED, BILL.name)
    ),
    Column(
        "demand_w",
        "Demand",
        "as billed, else as metered",
        unit="W",
        of=("billed_w", "metered_w"),
        draws=_DRAWN,
    ),
    Column(
        "shortfall_w",
        "Shortfall",
        "minimum take - demand, not below 0; of a contract the largest of its months",
        unit="W",
        of=("minimum_w", "demand_w"),
        draws=_DRAWN,
    ),
    Column("charge_cents", "Charge", "for a kW of demand a month", unit="cent", draws=_AGREED),
    Column(
        "owed_cents",
        "Owed",
        "shortfall x charge; of a contract the sum of its months",
        unit="cent",
        of=("shortfall_w", "charge_cents"),
        draws=_DRAWN,
    ),
    Column(
        "owed_to",
        "Owed to",
        "the utility, where anything is owed; the site's operator owes it",
        unit="",
        draws=(*_DRAWN, SITE.name),
    ),
    Column("short_months", "Months short", "months below the minimum take", unit="", draws=_DRAWN),
    Column("connected_w", "Connected", "power energized at the site", unit="W", draws=_AGREED),
    Column("next_on", "Next step on", "day of the next step", unit="", draws=_AGREED),
    Column("next_w", "Next step", "what counts as contracted from then", unit="W", draws=_AGREED),
    Column("ends_on", "Ends on", "last day of the minimum take", unit="", draws=_AGREED),
    Column("forecast_w", "Forecast", "peak expected in the season", unit="W", draws=(FORECAST.name,)),
    Column(
        "before_w", "Forecast before", "the forecast that this one replaced", unit="W", draws=(FORECAST.name,)
    ),
    Column("due_on", "Due on", "the day set; of an instrument its last day", unit="", draws=_DATES),
    Column("done_on", "Done on", "the day met, posted or reached", unit="", draws=_DATES),
    Column(
        "late_days",
        "Late days",
        "days from due until done, or until today",
        unit="d",
        of=("due_on", "done_on"),
        draws=_DATES,
    ),
    Column("required_cents", "Required", "collateral asked for", unit="cent", draws=(*_AGREED, STEP.name)),
    Column("held_cents", "Held", "collateral held", unit="cent", draws=_SECURED),
    Column(
        "lacking_cents",
        "Lacking",
        "required - held, not below 0",
        unit="cent",
        of=("required_cents", "held_cents"),
        draws=_SECURED,
    ),
    Column("tariff", "Tariff", "the tariff's short name", unit="", draws=_AGREED),
    Column("rule", "Rule", "its text and state, and the collateral it asks for", unit="", draws=_AGREED),
)
_cells: Final = partial_row_of(COLUMNS)


def compute(rows: Rows, scope: Scope) -> Answer:
    """By site: each contract with its months, collateral and milestones; then the site's forecast."""
    lines: list[ReportRow] = []
    notes: list[str] = []
    loads, days = SiteLoads(rows, scope.window.stop_s), days_of_scope(scope)
    contracts = by_site(rows, scope)
    for site in scope.sites:
        ramped = contracts.get(site, [])
        for one in ramped:
            found = list(months(one, loads, days, alone=len(ramped) == 1))
            lines += [_contract(one, found, rows), *(_month(one, month, rows) for month in found)]
            lines += [*_collateral(one), *_instruments(one), *_milestones(one)]
            notes += _notes(one, found)
        if len(ramped) > 1:
            notes.append(
                f"{site}: {len(ramped)} contracts share its meters; only billed demand tells them apart"
            )
        lines += _forecast(site, ramped, loads, rows, scope)
    return Answer(tuple(lines), tuple(dict.fromkeys(notes)))


# --- contract and months ------------------------------------------------------------------------------------


def _contract(one: LargeLoad, found: Sequence[ContractMonth], rows: Rows) -> ReportRow:
    terms = _terms(one)
    contracted, minimum, coming = (
        terms.power_w(one.today),
        terms.minimum_w(one.today),
        terms.next_step(one.today),
    )
    step = collateral.in_force(_steps(one), one.today)
    owed = [month.shortfall_cents for month in found if month.shortfall_cents is not None]
    short = [month for month in found if month.verdict == SHORT]
    worst = [month.shortfall_w for month in found if month.shortfall_w is not None]
    cents = rounded(sum(owed)) if owed else None
    return _cells(
        site=one.site,
        agreement=one.agreement,
        part=CONTRACT,
        verdict=_stage(terms, one.today),
        contracted_w=contracted,
        full_w=terms.full_w,
        minimum_ppm=terms.minimum_ppm,
        minimum_w=None if minimum is None else rounded(minimum),
        shortfall_w=rounded(max(worst)) if worst else None,
        charge_cents=one.charge_cents(one.stop_s),
        owed_cents=cents,
        owed_to=_utility(one, rows) if cents else None,
        short_months=len(short),
        connected_w=energized_w(one.power, one.stop_s),
        next_on=None if coming is None else coming[0].isoformat(),
        next_w=None if coming is None else coming[1],
        ends_on=None if terms.ends_on is None else terms.ends_on.isoformat(),
        required_cents=None if step is None else step.required_cents,
        held_cents=collateral.balance_cents(one.instruments, one.today) if one.instruments or step else None,
        lacking_cents=None if step is None else step.lacking_cents,
        tariff=terms.name,
        rule=_rule(terms),
    )


def _terms(one: LargeLoad) -> RampTerms:
    terms = one.terms(one.stop_s)
    assert terms is not None, "a contract is listed once its ramp is seen"
    return terms


def _rule(terms: RampTerms) -> str:
    """The text of the tariff, its state and what collateral it asks for."""
    asked = f"; collateral: {terms.tariff.collateral}" if terms.tariff.collateral else ""
    return f"{terms.tariff.text}; {terms.tariff.status}{asked}"


def _stage(terms: RampTerms, today: date) -> str:
    if today < terms.steps[0][0]:
        return "before the ramp"
    if terms.ends_on is not None and today > terms.ends_on:
        return "over"
    return "in the ramp" if terms.next_step(today) else "full contract"


def _utility(one: LargeLoad, rows: Rows) -> str | None:
    data = data_before(rows[SITE.name].get((one.site,), ()), one.stop_s)
    return None if data is None else data.utility


def _month(one: LargeLoad, month: ContractMonth, rows: Rows) -> ReportRow:
    cents = None if month.shortfall_cents is None else rounded(month.shortfall_cents)
    return _cells(
        site=one.site,
        agreement=one.agreement,
        part=MONTH,
        name=month.name,
        verdict=month.verdict,
        contracted_w=month.contracted_w,
        full_w=month.terms.full_w,
        minimum_ppm=month.terms.minimum_ppm,
        minimum_w=None if month.minimum_w is None else rounded(month.minimum_w),
        metered_w=None if month.metered_w is None else rounded(month.metered_w),
        known_ppm=ppm(month.known_s, month.window.stop_s - month.window.start_s),
        billed_w=month.billed_w,
        demand_w=None if month.demand_w is None else rounded(month.demand_w),
        shortfall_w=None if month.shortfall_w is None else rounded(month.shortfall_w),
        charge_cents=month.charge_cents,
        owed_cents=cents,
        owed_to=_utility(one, rows) if cents else None,
        tariff=month.terms.name,
    )


def _notes(one: LargeLoad, found: Sequence[ContractMonth]) -> Iterator[str]:
    """What a reader must know of a contract beside its figures."""
    named, terms = f"{one.site}/{one.agreement}", _terms(one)
    tariff, spread = terms.tariff, {month.spread_s for month in found} - {None}
    if tariff.from_w is not None and terms.full_w < tariff.from_w:
        yield (
            f"{named}: {format_quantity(terms.full_w, '_w')} is below the {format_quantity(tariff.from_w, '_w')} from"
            f" which {terms.name} is asked for"
        )
    ramp_months = _months_between(terms.steps[0][0], terms.steps[-1][0])
    if tariff.ramp_months is not None and ramp_months > tariff.ramp_months:
        yield f"{named}: the ramp takes {ramp_months} months, {terms.name} allows {tariff.ramp_months}"
    for seconds in sorted(spread, key=str):
        yield (
            f"{named}: readings of {format_quantity(seconds or 0, '_s')} are longer than the demand interval, so"
            " demand may be higher than metered"
        )
    short = [month for month in found if month.verdict == SHORT]
    if any(month.charge_cents is None for month in short):
        yield f"{named}: no charge was set for a month that is short; record demand-charge-set"


def _months_between(first: date, last: date) -> int:
    whole = (last.year - first.year) * 12 + last.month - first.month
    return whole + (last.day > first.day)


# --- collateral and milestones ------------------------------------------------------------------------------


def _steps(one: LargeLoad) -> list[collateral.Step]:
    return list(collateral.steps(one.collateral_steps, one.instruments, one.today))


def _collateral(one: LargeLoad) -> Iterator[ReportRow]:
    for step in _steps(one):
        late = step.lacking_cents and step.due_on < step.judged_on
        done = step.met_on if not step.lacking_cents else None
        open_words = "missed" if step.followed else "lacking" if late else "not due yet"
        yield _cells(
            site=one.site,
            agreement=one.agreement,
            part=COLLATERAL,
            name=step.name,
            verdict=open_words if step.lacking_cents else "held",
            due_on=step.due_on.isoformat(),
            done_on=None if done is None else done.isoformat(),
            late_days=_late_days(Reached(step.due_on, done, None), step.judged_on) if late or done else None,
            required_cents=step.required_cents,
            held_cents=step.held_cents,
            lacking_cents=step.lacking_cents,
        )


def _late_days(reached: Reached, today: date) -> int | None:
    if reached.due_on is None:
        return None
    return max(0, ((reached.done_on or today) - reached.due_on).days)


def _instruments(one: LargeLoad) -> Iterator[ReportRow]:
    for name, facts in sorted(one.instruments.items()):
        held = collateral.held(facts, one.today)
        if held is not None:
            expires = held.posted.expires_on
            yield _cells(
                site=one.site,
                agreement=one.agreement,
                part=HELD,
                name=name,
                verdict="expired" if held.expired else "held" if held.left_cents else "released",
                due_on=None if expires is UNSET else expires,
                done_on=held.posted.posted_on,
                held_cents=held.left_cents,
            )


def _milestones(one: LargeLoad) -> Iterator[ReportRow]:
    found = [(name, milestone(one, name, facts)) for name, facts in one.milestones.items()]
    for name, reached in sorted(found, key=lambda pair: (pair[1].due_on or date.max, pair[0])):
        yield _cells(
            site=one.site,
            agreement=one.agreement,
            part=STONE,
            name=name,
            verdict=_reached(reached, one.today),
            contracted_w=reached.power_w,
            due_on=None if reached.due_on is None else reached.due_on.isoformat(),
            done_on=None if reached.done_on is None else reached.done_on.isoformat(),
            late_days=_late_days(reached, one.today),
        )


def _reached(one: Reached, today: date) -> str:
    if one.due_on is None:
        return "reached"
    if one.done_on is not None:
        return "late" if one.done_on > one.due_on else "in time"
    return "overdue" if one.due_on < today else "not due yet"


# --- forecast -----------------------------------------------------------------------------------------------


def _forecast(
    site: str, ramped: Sequence[LargeLoad], loads: SiteLoads, rows: Rows, scope: Scope
) -> Iterator[ReportRow]:
    """The seasons that a site's forecast names, by their last day."""
    stop_s, tz = scope.window.stop_s, zone(scope.zones[site])
    power = seen(rows[POWER.name].get((site,), ()), stop_s)
    for (year, season), facts in forecasts(rows, site, stop_s):
        window, last = season_days(int(year), season, tz)
        contracted = on_contract_w(ramped, power, last, window.stop_s - 1)
        peak = facts[-1].body.peak_w
        metered = loads.peak_w(site, window) if window.start_s < stop_s else None
        yield _cells(
            site=site,
            part=SEASON,
            name=f"{year}-{season}",
            verdict="no contract"
            if not contracted
            else "above the contract"
            if peak > contracted
            else "within the contract",
            contracted_w=contracted,
            metered_w=None if metered is None else rounded(metered),
            forecast_w=peak,
            before_w=facts[-2].body.peak_w if len(facts) > 1 else None,
        )


# --- explained ----------------------------------------------------------------------------------------------

_NAMED: Final = {COLLATERAL: STEP.name, HELD: INSTRUMENT.name, STONE: MILESTONE.name}
_READ: Final = (CONTRACT, MONTH, SEASON)


def behind(rows: Rows, scope: Scope, cells: Mapping[str, Cell], column: str) -> Behind:
    """What was agreed, the bill and readings of a month, or the facts of the thing that a row names."""
    part, name = cells["part"], cells["name"]
    site = str(cells["site"])
    read = _read(cells, scope)
    meters = revenue_meters(rows, site, scope.window.stop_s)
    first, last = days_of(read)

    def counts(kind: str, key: Key) -> bool:
        if kind == METER.name:
            return part in _READ and key[1] in meters
        if kind == METER_DAY.name:
            return part in _READ and key[1] in meters and first <= key[2] <= last
        if kind == BILL.name:
            return part == CONTRACT or (part == MONTH and key[2] == name)
        if kind == FORECAST.name:
            return part == SEASON and f"{key[1]}-{key[2]}" == name
        if kind in (INSTRUMENT.name, STEP.name) and part == COLLATERAL:  # a later step ends an earlier one
            return True
        if kind in _NAMED.values():
            return part == CONTRACT or (_NAMED.get(str(part)) == kind and key[2] == name)
        return True

    return Behind(counts, window=Window(read.start_s, scope.window.stop_s))


def _read(cells: Mapping[str, Cell], scope: Scope) -> Window:
    """The time whose readings bear on a row."""
    tz, name = zone(scope.zones[str(cells["site"])]), str(cells["name"])
    if cells["part"] == MONTH:
        whole = period(name, tz)
    elif cells["part"] == SEASON:
        year, _, season = name.partition("-")
        whole, _ = season_days(int(year), season, tz)
    else:
        return scope.window
    return Window(min(whole.start_s, scope.window.stop_s), min(whole.stop_s, scope.window.stop_s))


# --- first screen -------------------------------------------------------------------------------------------


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """Months below the minimum take, what is owed, and collateral and milestones that lack."""
    lines = by_name(COLUMNS, answer.rows)
    whole = [line for line in lines if line["part"] == CONTRACT]
    judged = [line for line in lines if line["part"] == MONTH and line["verdict"] in (MET, SHORT)]
    short = [line for line in judged if line["verdict"] == SHORT]
    owed = total(whole, "owed_cents")
    lacking = [line for line in whole if line["lacking_cents"]]
    stones = [line for line in lines if line["part"] == STONE]
    overdue = [line for line in stones if line["verdict"] == "overdue"]
    figures = (
        LeadFigure("Contracted now", total(whole, "contracted_w"), "W"),
        LeadFigure("Months below minimum", f"{len(short):,} of {len(judged):,}" if judged else None, ""),
        LeadFigure("Owed to utilities", owed, "cent"),
        LeadFigure("Collateral lacking", total(whole, "lacking_cents"), "cent"),
        LeadFigure("Milestones overdue", f"{len(overdue):,} of {len(stones):,}" if stones else None, ""),
    )
    if not whole:
        return Lead("No contract with a ramp was agreed by the end of this window.", figures)
    return Lead(
        sentence(
            _taken(judged, short, owed),
            f"collateral of {dollars(sum(numbers(lacking, 'lacking_cents')))} is lacking" if lacking else "",
            f"{counted(len(overdue), 'milestone')} {verb(len(overdue), 'is', 'are')} overdue"
            if overdue
            else "",
            _coming(whole),
        ),
        figures,
    )


def _taken(judged: Sequence[Line], short: Sequence[Line], owed: int | None) -> str:
    if not judged:
        return "No month with a minimum take was judged in this window"
    if not short:
        return f"The minimum was taken in {counted(len(judged), 'month')} of contract"
    worst = max(
        short, key=lambda line: (number_of(line, "shortfall_w") or 0, str(line["site"]), str(line["name"]))
    )
    most = said(number_of(worst, "shortfall_w") or 0, "W")
    pay = f"; {dollars(owed)} is owed for it" if owed else ""
    return (
        f"{out_of(len(short), len(judged))} months of contract {verb(len(short), 'was', 'were')} below the minimum"
        f" take, at most by {most} ({worst['site']}, {worst['name']}){pay}"
    )


def _coming(whole: Sequence[Line]) -> str:
    steps = [line for line in whole if line["next_on"] is not None]
    if not steps:
        return ""
    first = min(steps, key=lambda line: (str(line["next_on"]), str(line["site"]), str(line["agreement"])))
    return f"the next step is to {said(number_of(first, 'next_w') or 0, 'W')} at {first['site']} on {first['next_on']}"


def plain(scope: Scope, cells: Mapping[str, Cell]) -> Mapping[str, str]:
    """The verdict with what it is about, and a season in words."""
    words = {"verdict": _IN_WORDS[str(cells["part"])](cells)}
    if cells["part"] == SEASON:
        year, _, season = str(cells["name"]).partition("-")
        until = f"/{(int(year) + 1) % 100:02d}" if season == "winter" else ""
        words |= {"name": f"{season} {year}{until}", "agreement": "whole site"}
    return words


def _whole_words(line: Line) -> str:
    step_w, full = number_of(line, "contracted_w"), said(number_of(line, "full_w") or 0, "W")
    return (
        f"{line['verdict']}, {full}"
        if step_w is None
        else f"{line['verdict']}, {said(step_w, 'W')} of {full}"
    )


def _month_words(line: Line) -> str:
    verdict, least = str(line["verdict"]), said(number_of(line, "minimum_w") or 0, "W")
    if verdict == SHORT:
        return f"{said(number_of(line, 'shortfall_w') or 0, 'W')} short of {least}"
    if verdict == MET:
        return f"met, {least} or more"
    return f"{verdict}, {least} or more" if verdict == OPEN else _GAPS.get(verdict, verdict)


_GAPS: Final = {UNKNOWN: "unknown, neither billed nor all metered"}


def _season_words(line: Line) -> str:
    peak, contracted_w = said(number_of(line, "forecast_w") or 0, "W"), number_of(line, "contracted_w")
    return f"{peak}, {line['verdict']}" + (f" of {said(contracted_w, 'W')}" if contracted_w else "")


def _collateral_words(line: Line) -> str:
    required, lacking = (dollars(number_of(line, name) or 0) for name in ("required_cents", "lacking_cents"))
    return (
        f"held, {required}"
        if line["verdict"] == "held"
        else f"{line['verdict']}, {lacking} of {required} open"
    )


def _instrument_words(line: Line) -> str:
    held = dollars(number_of(line, "held_cents") or 0)
    return f"held, {held}" if line["verdict"] == "held" else str(line["verdict"])


def _milestone_words(line: Line) -> str:
    verdict = str(line["verdict"])
    if verdict == "late":
        return f"late by {counted(number_of(line, 'late_days') or 0, 'day')}"
    if verdict == "overdue":
        return f"overdue since {line['due_on']}"
    return f"not due until {line['due_on']}" if verdict == "not due yet" else f"{verdict}, {line['done_on']}"


_IN_WORDS: Final[Mapping[str, Callable[[Line], str]]] = {
    CONTRACT: _whole_words,
    MONTH: _month_words,
    SEASON: _season_words,
    COLLATERAL: _collateral_words,
    HELD: _instrument_words,
    STONE: _milestone_words,
}


# --- deadlines and pictures ---------------------------------------------------------------------------------


def deadlines(answer: Answer) -> Iterator[Deadline]:
    """The next step of each ramp, collateral that lacks or expires, and milestones that are not reached."""
    for line in by_name(COLUMNS, answer.rows):
        found = _due(line)
        if found is not None:
            on, what = found
            key = "/".join(
                str(line[name]) for name in ("site", "agreement", "part", "name") if line[name] is not None
            )
            yield Deadline(date.fromisoformat(on), str(line["site"]), what, key)


def _due(line: Line) -> tuple[str, str] | None:
    part, named = line["part"], f"agreement {line['agreement']}"
    if part == CONTRACT and line["next_on"] is not None:
        step_w, share = number_of(line, "next_w") or 0, number_of(line, "minimum_ppm")
        least = (
            f", of which {said(rounded(Fraction(step_w * share, 10**6)), 'W')} is billed at least"
            if share
            else ""
        )
        return str(line["next_on"]), f"{named} steps to {said(step_w, 'W')}{least}"
    if part == COLLATERAL and line["verdict"] in ("lacking", "not due yet"):
        return str(
            line["due_on"]
        ), f"post {dollars(number_of(line, 'lacking_cents') or 0)} more collateral for {named}"
    if part == HELD and line["verdict"] == "held" and line["due_on"] is not None:
        held = dollars(number_of(line, "held_cents") or 0)
        return str(line["due_on"]), f"renew {line['name']} of {held}, collateral for {named}"
    if part == STONE and line["done_on"] is None and line["due_on"] is not None:
        return str(line["due_on"]), f"reach milestone {line['name']} of {named}"
    return None


def pictures(rows: Rows, scope: Scope, answer: Answer) -> tuple[Picture, ...]:
    """Each contract's ramp with minimum take and demand by month, and forecasts beside contracted power."""
    return drawn(rows, scope, by_name(COLUMNS, answer.rows))


REPORT: Final = Report(
    name="load-ramp",
    definition_version=1,
    title="Load ramp and minimum take",
    packs=("quarterly-utility",),
    classes=("grid",),
    row_kinds=(RAMP, BILL, FORECAST, STEP, INSTRUMENT, MILESTONE, POWER, SITE, METER, METER_DAY),
    columns=COLUMNS,
    keys=4,
    compute=compute,
    definition=__doc__ or "",
    behind=behind,
    lead=lead,
    plain=plain,
    first=(
        "site",
        "verdict",
        "name",
        "part",
        "agreement",
        "demand_w",
        "owed_cents",
    ),
    pictures=pictures,
    deadlines=deadlines,
)
