"""Jobs: how many people work where how many were promised, by the promise's own basis.

Headcounts reported for a period, of each observed day the latest report:

FTE, annual hours = sum of hours / fte_hours
FTE, weekly hours = full-time people of the last report
average headcount = sum of headcounts / number of days in observed_on that lie in the period; one missing
                    makes it null
point in time     = headcount of the last report

Where days of observation were promised, annual FTE needs a report of each of them too: blank is not zero
(own). The figure held against the target is FTE if the promise says how FTE is counted, else the average for
a period-average, else the point in time (own); it is shown beside the verdict, which is the one of the
commitments report. 6 x 25, 5 x 15 and 1 x 26 people average 20.917, though the year ends with 26.

Rows: each period of a promise about jobs, wages or local hiring, and each period that headcounts were
reported for. Figures are in thousandths, rounded once, half to even. Facts before the end of the window are
seen, its start hides nothing.

Definition 2 says in compared which figure is held against the target, and adds the due date, the day on which
the promise was done, its days late and why, as the commitments report has them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from msgspec import UNSET

from ledger.calendar import period_days
from ledger.kinds import HeadcountReported
from ledger.units import rounded
from projections.engine.amounts import said
from projections.engine.fold import Rows
from projections.engine.pictures import Layer, Names, Picture, Plot
from projections.engine.report import Answer, Cell, Column, Lead, LeadFigure, Report, ReportRow, Scope, row_of
from projections.engine.words import Line, by_name, counted, number_of, sentence, verb
from projections.figures import commitment_terms, commitment_words
from projections.figures.commitment_terms import CommitmentTerms, Promise
from projections.figures.deeds import Deed, behind, deeds
from projections.figures.headcounts import headcount
from projections.rows.commitments import COMMITMENT

ABOUT_PEOPLE: Final = ("jobs", "wage", "local-hiring")

COLUMNS: Final = (
    Column("commitment", "Commitment", "the promise", unit=""),
    Column("site", "Site", "the site it is about", unit=""),
    Column("period", "Period", "the period counted", unit=""),
    Column("counterparty", "Counterparty", "to whom it was promised", unit=""),
    Column(
        "fte_milli",
        "FTE",
        "full-time equivalents: hours / fte_hours, or full-time people of the last report",
        unit="1/1000",
    ),
    Column(
        "average_headcount_milli", "Average headcount", "mean over the days in observed_on", unit="1/1000"
    ),
    Column("point_in_time", "Point in time", "headcount of the last report", unit=""),
    Column("observed_on", "Observed", "day of the last report", unit=""),
    Column("missing", "Missing", "days in observed_on of the period without a report", unit=""),
    Column(
        "at_or_above_floor", "At wage floor", "people at or above the wage floor in the last report", unit=""
    ),
    Column("local", "Local", "local people in the last report", unit=""),
    Column("target", "Target", "people promised", unit=""),
    Column("comparator", "Comparator", "at-least, at-most or equal", unit=""),
    Column("basis", "Basis", "point-in-time, period-average or cumulative", unit=""),
    Column(
        "figure_milli",
        "Figure",
        "the one that the target is compared with (own)",
        unit="1/1000",
        of=("basis", "fte_milli", "average_headcount_milli", "point_in_time"),
    ),
    Column(
        "figure_meets_target",
        "Meets target",
        "figure against target; null if either is unknown",
        unit="",
        of=("figure_milli", "comparator", "target"),
    ),
    Column("verdict", "Verdict", "as in the commitments report", unit=""),
    Column(
        "compared",
        "Compared",
        "what the target is compared with: FTE, average headcount or the headcount of the last report",
        unit="",
    ),
    Column("due_on", "Due", "as in the commitments report", unit=""),
    Column("done_on", "Done on", "as in the commitments report", unit=""),
    Column("days_late", "Days late", "as in the commitments report", unit="", of=("due_on", "done_on")),
    Column(
        "why",
        "Why",
        "why the verdict is what it is, as in the commitments report",
        unit="",
        of=("figure_milli", "target", "verdict"),
    ),
)
_cells: Final = row_of(COLUMNS)


def compute(rows: Rows, scope: Scope) -> Answer:
    """One row for each commitment and period; ``rows`` of the kind ``commitment``."""
    found, notes = commitment_terms.seen(rows, scope)
    lines = []
    for promise in found:
        periods = _periods(promise)
        became = zip(periods, deeds(promise, periods), strict=True)
        lines += [_row(promise, terms, deed) for terms, deed in became]
    return Answer(tuple(lines), (*notes, *commitment_terms.contradictions(found)))


def _periods(promise: Promise) -> list[CommitmentTerms]:
    listed = commitment_terms.terms(promise) if promise.made.category in ABOUT_PEOPLE else []
    reported = {said.period for said in promise.said(HeadcountReported)} - {each.period for each in listed}
    others = [commitment_terms.terms_of(promise, period) for period in sorted(reported, key=period_days)]
    return [each for each in (*listed, *others) if each.period is not None]


def _row(promise: Promise, terms: CommitmentTerms, deed: Deed) -> ReportRow:
    made, found = promise.made, headcount(promise, terms)
    last = found.last
    return _cells(
        commitment=promise.commitment,
        site=promise.site,
        period=terms.period,
        counterparty=made.counterparty,
        fte_milli=_milli(found.fte),
        average_headcount_milli=_milli(found.average),
        point_in_time=None if last is None else last.headcount,
        observed_on=None if last is None else last.as_of_on,
        missing=" ".join(found.missing) or None,
        at_or_above_floor=None if last is None or last.at_or_above_floor is UNSET else last.at_or_above_floor,
        local=None if last is None or last.local is UNSET else last.local,
        target=terms.target,
        comparator=made.comparator,
        basis=made.basis,
        figure_milli=_milli(found.figure),
        figure_meets_target=found.meets,
        verdict=deed.verdict,
        compared=found.compared,
        due_on=None if terms.due_on is None else terms.due_on.isoformat(),
        done_on=None if deed.done_on is None else deed.done_on.isoformat(),
        days_late=deed.days_late,
        why=deed.why,
    )


def _milli(value: Fraction | None) -> int | None:
    return None if value is None else rounded(value * 1000)


# --- first screen -------------------------------------------------------------------------------------------


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """Periods in which the people counted met the commitment, and the largest shortfall."""
    lines = by_name(COLUMNS, answer.rows)
    met, missed, unknown = (
        [line for line in lines if line["figure_meets_target"] is how] for how in (True, False, None)
    )
    gaps = [
        (abs(figure - 1000 * target), line)
        for line in missed
        if (figure := number_of(line, "figure_milli")) is not None
        and (target := number_of(line, "target")) is not None
    ]
    largest = max(gaps, key=lambda gap: (gap[0], *_named(gap[1])), default=None)
    figures = (
        LeadFigure("Target met", f"{len(met):,} of {counted(len(met) + len(missed), 'period')}", ""),
        LeadFigure("Target missed", len(missed), ""),
        LeadFigure("Largest gap to a target", None if largest is None else largest[0], "1/1000"),
        LeadFigure("Not known", len(unknown), ""),
    )
    if not lines:
        return Lead("No commitment about jobs was made, and no headcount reported, by then.", figures)
    known = len(met) + len(missed)
    if not known:
        return Lead("The people counted cannot be held against a target: one of both is not known.", figures)
    gap = ""
    if largest is not None:
        site, period, commitment = _named(largest[1])
        people = said(number_of(largest[1], "figure_milli") or 0, "1/1000")
        promised = largest[1]["target"]
        gap = f"the furthest from it is {people} where {promised} were promised ({commitment} at {site}, {period})"
    verdict = sentence(
        _meeting(len(met), known),
        gap,
        f"{counted(len(unknown), 'period')} {verb(len(unknown), 'has', 'have')} no figure or no target"
        if unknown
        else "",
    )
    return Lead(verdict, figures)


def _meeting(met: int, known: int) -> str:
    if known == 1:
        return f"The people counted {'meet' if met else 'do not meet'} the target in the only period to judge"
    some = "all" if met == known else f"{met:,} of" if met else "none of"
    return f"The people counted meet the target in {some} {known:,} periods"


def _named(line: Line) -> tuple[str, str, str]:
    return str(line["site"]), str(line["period"]), str(line["commitment"])


# --- picture ------------------------------------------------------------------------------------------------

_MOST: Final = 24


def pictures(rows: Rows, scope: Scope, answer: Answer) -> tuple[Picture, ...]:
    """People counted against people committed by period, over the job commitments for which both are known;
    the latest periods where there are many.
    """
    found, _ = commitment_terms.seen(rows, scope)
    jobs = {(promise.site, promise.commitment) for promise in found if promise.made.category == "jobs"}
    people: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    for line in by_name(COLUMNS, answer.rows):
        figure, target = number_of(line, "figure_milli"), number_of(line, "target")
        if (line["site"], line["commitment"]) in jobs and figure is not None and target is not None:
            people[str(line["period"])] += figure
            wanted[str(line["period"])] += 1000 * target
    periods = sorted(wanted, key=period_days)[-_MOST:]
    if not periods:
        return ()
    layers = tuple(
        Layer(name, "bar", tuple(enumerate(amounts[period] for period in periods)))
        for name, amounts in (("promised", wanted), ("counted", people))
    )
    last = periods[-1]
    says = (
        f"In {last} {said(people[last], '1/1000')} people were counted where {said(wanted[last], '1/1000')} were"
        " promised, over the commitments of which both are known."
    )
    return (Plot("People counted and promised", says, Names("", tuple(periods)), "People", "1/1000", layers),)


def plain(scope: Scope, cells: Mapping[str, Cell]) -> Mapping[str, str]:
    """The commitment and its status in words."""
    return commitment_words.plain(cells)


REPORT: Final = Report(
    name="jobs",
    definition_version=2,
    title="Jobs promised to communities",
    packs=("community",),
    classes=("community",),
    row_kinds=(COMMITMENT,),
    columns=COLUMNS,
    keys=3,
    compute=compute,
    definition=__doc__ or "",
    pictures=pictures,
    lead=lead,
    plain=plain,
    first=(
        "commitment",
        "site",
        "period",
        "figure_meets_target",
        "verdict",
        "compared",
        "figure_milli",
        "target",
    ),
    behind=behind,
)
