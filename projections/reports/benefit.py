"""Benefit: what a community gave up in tax for a site, what it was paid, and what it may take back.

One row for each site and year with an incentive or a payment. Money is in US cents.

abated       = sum of the incentives granted for the year
paid         = sum of the payments made in the year up to the window's last day, by the day they were paid, of
               all promises of the site
net          = abated - paid: what was given up beyond what was paid (own)
achieved     = people counted by the promises that the year's incentives name: of each the value of its latest
               assessment, else evidence, of the last period that ends in the year; null if one is unknown
cost per job = abated / achieved, rounded once; null without any
recapture    = over the incentives with pro-rata recapture: amount x max(0, 1 - achieved / target) of the
               promise named, rounded once; null if one cannot be computed. $1,000,000 at 20 of 25 jobs is
               $200,000.
covers       = the whole year, or the year to date: taxes are given up by the year, so a report of a quarter
               is of its year as far as the quarter's end, its abated amount of the whole year, and the start
               of a window hides nothing

Definition 2 says in covers whether a row is of the whole year or of the year to date, and leaves out payments
of days after the window.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from fractions import Fraction
from typing import Any, Final

from msgspec import UNSET

from ledger.calendar import local_date, zone
from ledger.kinds import EvidenceRecorded, IncentiveGranted, PaymentMade
from ledger.units import rounded
from projections.engine.fold import Rows
from projections.engine.pictures import Layer, Names, Picture, Plot
from projections.engine.report import Answer, Column, Lead, LeadFigure, Report, ReportRow, Scope, row_of
from projections.engine.words import among, by_name, counted, dollars, number_of, numbers, sentence, total
from projections.figures import commitment_terms
from projections.figures.commitment_terms import Promise
from projections.rows.commitments import COMMITMENT
from projections.rows.incentives import INCENTIVE

COLUMNS: Final = (
    Column("site", "Site", "the site", unit=""),
    Column("year", "Year", "the tax year", unit=""),
    Column("abated_cents", "Abated", "tax given up for the year", unit="cent", draws=("incentive",)),
    Column("paid_cents", "Paid", "payments made in the year", unit="cent", draws=("commitment",)),
    Column("net_cents", "Net", "abated - paid (own)", unit="cent", of=("abated_cents", "paid_cents")),
    Column("achieved", "Achieved", "people counted by the promises that the incentives name", unit=""),
    Column("target", "Target", "people promised there", unit=""),
    Column(
        "cost_per_job_cents",
        "Cost per job",
        "abated / achieved",
        unit="cent",
        of=("abated_cents", "achieved"),
    ),
    Column("recapture_cents", "Recapture", "pro rata: amount x max(0, 1 - achieved / target)", unit="cent"),
    Column("covers", "Covers", "whole year, or year to date with the last day that is counted", unit=""),
)
_cells: Final = row_of(COLUMNS)


def compute(rows: Rows, scope: Scope) -> Answer:
    """One row for each site and year, in order."""
    found, notes = commitment_terms.seen(rows, scope)
    lines = []
    parts = set()
    for site in scope.sites:
        tz = zone(scope.zones[site])
        first, today = (local_date(at_s, tz) for at_s in (scope.window.start_s, scope.window.stop_s - 1))
        of_site = {promise.commitment: promise for promise in found if promise.site == site}
        granted = _granted(site, rows, scope)
        paid = _paid(of_site)
        lines += [
            _row(site, year, granted.get(year, []), paid.get(year, 0), of_site, today)
            for year in sorted({*granted, *paid})
        ]
        if (
            today.year in {*granted, *paid}
            and first.year == today.year
            and (first.month, first.day) != (1, 1)
        ):
            parts.add(f"{today.year} is the year up to {today}, not the window from {first} on alone")
    return Answer(tuple(lines), (*sorted(parts), *notes, *commitment_terms.contradictions(found)))


def _covers(year: int, today: date) -> str:
    if year > today.year:
        return "year not begun"
    over = year < today.year or (today.month, today.day) == (12, 31)
    return "whole year" if over else f"year to date, through {today}"


def _granted(site: str, rows: Rows, scope: Scope) -> dict[int, list[IncentiveGranted]]:
    granted: dict[int, list[IncentiveGranted]] = {}
    for (place, year), row in sorted(rows[INCENTIVE.name].items()):
        said = [fact.body for fact in row if fact.at_s < scope.window.stop_s]
        if place == site and said:
            granted[int(year)] = said
    return granted


def _paid(of_site: dict[str, Promise]) -> dict[int, int]:
    paid: dict[int, int] = {}
    for promise in of_site.values():
        for payment in promise.said(PaymentMade):
            paid_on = date.fromisoformat(payment.paid_on)
            if paid_on <= promise.today:
                paid[paid_on.year] = paid.get(paid_on.year, 0) + payment.amount_cents
    return paid


def _row(
    site: str,
    year: int,
    granted: list[IncentiveGranted],
    paid_cents: int,
    of_site: dict[str, Promise],
    today: date,
) -> ReportRow:
    abated = sum(one.amount_cents for one in granted)
    named = dict.fromkeys(one.commitment for one in granted if one.commitment is not UNSET)
    counted = [_counted(of_site.get(name), year) for name in named]
    achieved = _total([value for value, _ in counted])
    return _cells(
        site=site,
        year=year,
        abated_cents=abated,
        paid_cents=paid_cents,
        net_cents=abated - paid_cents,
        achieved=achieved,
        target=_total([target for _, target in counted]),
        cost_per_job_cents=rounded(Fraction(abated, achieved)) if achieved else None,
        recapture_cents=_recapture_cents(granted, of_site, year),
        covers=_covers(year, today),
    )


def _total(values: list[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None


def _counted(promise: Promise | None, year: int) -> tuple[int | None, int | None]:
    """People counted under a commitment in a year and its target then, in the last period that ends in the
    year and has a value.
    """
    if promise is None:
        return None, None
    for terms in reversed(commitment_terms.terms(promise)):
        if terms.period is None or commitment_terms.last_day(terms.period).year != year:
            continue
        said: list[Any] = [fact.body for fact in commitment_terms.assessments(promise, terms.period)]
        said = said or [e for e in promise.said(EvidenceRecorded) if e.period == terms.period]
        if said and said[-1].value is not UNSET:
            return int(said[-1].value), terms.target
    return None, None


def _recapture_cents(granted: list[IncentiveGranted], of_site: dict[str, Promise], year: int) -> int | None:
    total = Fraction(0)
    for one in granted:
        if one.recapture != "pro-rata":
            continue
        achieved, target = _counted(of_site.get(str(one.commitment)), year)
        if achieved is None or not target:
            return None
        total += one.amount_cents * max(Fraction(0), 1 - Fraction(achieved, target))
    return rounded(total)


# --- first screen -------------------------------------------------------------------------------------------


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """Tax that communities abated, payments they received, and amounts open to recapture."""
    lines = by_name(COLUMNS, answer.rows)
    abated, paid, net = (total(lines, name) for name in ("abated_cents", "paid_cents", "net_cents"))
    counts = [line for line in lines if line["achieved"] is not None]
    people, for_people = total(counts, "achieved"), total(counts, "abated_cents")
    recapture = total(lines, "recapture_cents")
    unknown = sum(line["recapture_cents"] is None for line in lines)
    figures = (
        LeadFigure("Tax given up", abated, "cent"),
        LeadFigure("Paid to communities", paid, "cent"),
        LeadFigure("Given up beyond what was paid", net, "cent"),
        LeadFigure(
            "Tax given up per job counted",
            rounded(Fraction(for_people, people)) if people and for_people is not None else None,
            "cent",
        ),
        LeadFigure("Open to recapture", recapture, "cent"),
    )
    if abated is None or paid is None or net is None:
        return Lead("No tax was given up and no payment made by the end of this window.", figures)
    years = sorted(numbers(lines, "year"))
    so_far = " so far" if any(str(line["covers"]).startswith("year to date") for line in lines) else ""
    span = str(years[0]) if years[0] == years[-1] else f"{years[0]} to {years[-1]}"
    sites = len({line["site"] for line in lines})
    more = f"{dollars(net)} more than" if net > 0 else f"{dollars(-net)} less than" if net else "as much as"
    verdict = sentence(
        f"Tax of {dollars(abated)} was given up for {span} at {counted(sites, 'site')}, {more} the"
        f" {dollars(paid)} paid{so_far}",
        f"{dollars(recapture)} is open to recapture" if recapture else "",
        f"what is open to recapture is unknown{among(unknown, len(lines), 'site year')}" if unknown else "",
    )
    return Lead(verdict, figures)


# --- picture ------------------------------------------------------------------------------------------------

_MOST: Final = 12


def pictures(rows: Rows, scope: Scope, answer: Answer) -> tuple[Picture, ...]:
    """Tax abated beside payments, by site; where there are many, the sites with most of either."""
    abated: Counter[str] = Counter()
    paid: Counter[str] = Counter()
    for line in by_name(COLUMNS, answer.rows):
        abated[str(line["site"])] += number_of(line, "abated_cents") or 0
        paid[str(line["site"])] += number_of(line, "paid_cents") or 0
    if not abated:
        return ()
    most = sorted(abated, key=lambda site: (-abated[site] - paid[site], site))[:_MOST]
    layers = tuple(
        Layer(name, "bar", tuple(enumerate(amounts[site] for site in most)))
        for name, amounts in (("given up", abated), ("paid", paid))
    )
    few = f" Shown are the {len(most)} of {len(abated)} sites with most." if len(most) < len(abated) else ""
    says = f"Tax of {dollars(abated.total())} was given up, and {dollars(paid.total())} was paid.{few}"
    return (Plot("Tax given up and paid", says, Names("", tuple(most)), "Amount", "cent", layers),)


REPORT: Final = Report(
    name="benefit",
    definition_version=2,
    title="Tax given up and what came of it",
    packs=("community",),
    classes=("community",),
    row_kinds=(INCENTIVE, COMMITMENT),
    columns=COLUMNS,
    keys=2,
    compute=compute,
    definition=__doc__ or "",
    pictures=pictures,
    lead=lead,
    first=(
        "site",
        "year",
        "covers",
        "net_cents",
        "abated_cents",
        "paid_cents",
        "achieved",
        "recapture_cents",
    ),
)
