"""Rows of the report load-ramp: the contract, its months, its collateral and milestones, a site's forecast."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from msgspec import UNSET

from ledger.calendar import zone
from ledger.units import format_quantity, ppm, rounded
from projections.engine.fold import Rows
from projections.engine.report import Answer, ReportRow, Scope
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
from projections.figures.minimum_take import SHORT, ContractMonth, SiteLoads, months
from projections.reports.load_ramp.columns import COLLATERAL, CONTRACT, HELD, MONTH, SEASON, STONE, cells_of
from projections.rows.site_power import POWER, energized_w
from projections.rows.sites import SITE, data_before


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
    return cells_of(
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
    return cells_of(
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
        yield cells_of(
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
            yield cells_of(
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
        yield cells_of(
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
        yield cells_of(
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
