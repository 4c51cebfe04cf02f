"""Commitments: the register of what was promised to communities, and whether it came.

Every promise known before the end of the window is listed, one row for each of its periods; the start of the
window hides nothing.

verdict        = waived, else the latest assessment, else not-measurable without a target, else pending
value          = that of the latest assessment, else of the latest evidence; in the promise's unit, null if
                 none says one
done on        = the day the last installment of the period was paid; else the day on which the people counted
                 met the target; else that of the first evidence of the period since which every value meets
                 it, or, where the verdict is met, of the first without a value. What is to be at most or
                 exactly a number is not done before its period ends
days late      = done on, while it is not done the last day of the window, less the due date; null before the
                 due date, without one, where it was done before, where the verdict is met and nothing tells
                 when it was done, and where it is waived or not-measurable
assessed after = first assessment with the verdict that holds, without one the last day of the window, less
                 the later of due date and done on; null where that is not later: the assessor's delay is not
                 the promise's
why            = in words, what the records show of it and how it was assessed; done and not assessed is said
next due       = the promise's earliest due date from the last day of the window on that is neither met nor
                 waived
follow-through = met / due, over rows whose due date has come and whose verdict is neither waived nor
                 not-measurable; those two are counted beside it, never dropped. Printed as a note, for all
                 and for each site.

Days are calendar days of the site's zone; due on the last day of the window is due, and not late. An
amendment counts from its start_on (own). Installments are those of the payments report: one belongs to the
period that it is named after, else to the earliest period that is due on its due date or later. Evidence is
named by the first 12 hex digits of each document's SHA-256. Verdicts are those of the promise's own process;
nothing is judged here.

Definition 2 counts days late to the day on which the promise was kept. Definition 1 counted them to the day
on which somebody assessed it, so that payments made on time were late. It adds done_on, assessment_delay_days
and why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import UNSET

from ledger.calendar import DAY_S, local_date, period_days, zone
from ledger.kinds import EvidenceRecorded, RemedyApplied
from ledger.units import ppm
from projections.engine.fold import Rows
from projections.engine.pictures import Lane, LanePart, Lanes, Mark, Picture, around, day_s
from projections.engine.report import (
    Answer,
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
from projections.engine.words import (
    Line,
    by_name,
    counted,
    listed,
    number_of,
    numbers,
    out_of,
    sentence,
    verb,
)
from projections.figures import commitment_terms, commitment_words
from projections.figures.commitment_terms import CommitmentTerms, Promise
from projections.figures.deeds import UNOWED, Deed, behind, deeds
from projections.rows.commitments import COMMITMENT

HEX: Final = 12
COLUMNS: Final = (
    Column("commitment", "Commitment", "the promise", unit=""),
    Column("site", "Site", "the site it is about", unit=""),
    Column("period", "Period", "the period promised for; null for a promise without periods", unit=""),
    Column("counterparty", "Counterparty", "to whom it was promised", unit=""),
    Column("instrument", "Instrument", "the paper it stands in", unit=""),
    Column("binding", "Binding", "is it legally binding?", unit=""),
    Column("category", "Category", "what it is about", unit=""),
    Column("measure", "Measure", "what is measured, in the promise's words", unit=""),
    Column("unit", "Unit", "the unit of target and value", unit=""),
    Column("comparator", "Comparator", "at-least, at-most or equal", unit=""),
    Column("basis", "Basis", "point-in-time, period-average or cumulative", unit=""),
    Column(
        "target", "Target", "the number promised for the period; null = not measurable by a number", unit=""
    ),
    Column("value", "Value", "of the latest assessment, else of the latest evidence", unit=""),
    Column(
        "verdict", "Verdict", "waived, else the latest assessment, else not-measurable, else pending", unit=""
    ),
    Column("due_on", "Due", "the deadline of the period, a day of the site's zone", unit=""),
    Column(
        "next_due",
        "Next due",
        "the promise's earliest open due date from the window's last day on",
        unit="",
        beyond=("period",),
    ),
    Column(
        "days_late",
        "Days late",
        "the day it was done, else the window's last day, less the due date",
        unit="",
        of=("due_on", "verdict", "done_on"),
    ),
    Column("remedy", "Remedy", "what the agreement gives if the promise is broken", unit=""),
    Column("remedy_applied_cents", "Remedy applied", "money applied as remedy for the period", unit="cent"),
    Column(
        "default_state",
        "Default",
        "default-noticed, cure-started or cured, as said last; null if never",
        unit="",
    ),
    Column(
        "evidence",
        "Evidence",
        "SHA-256 of each document recorded for the period, first 12 hex digits",
        unit="",
    ),
    Column(
        "done_on",
        "Done on",
        "the day it was paid in full, the people counted met it, or evidence shows it; null = not yet or "
        "not known",
        unit="",
    ),
    Column(
        "assessment_delay_days",
        "Assessed after",
        "its verdict, else the window's last day, less the later of due date and done on",
        unit="d",
        of=("due_on", "done_on", "verdict"),
    ),
    Column(
        "why",
        "Why",
        "why the verdict is what it is: what the records show and how it was assessed",
        unit="",
        of=("verdict", "target", "value", "done_on", "due_on"),
    ),
)
_cells: Final = row_of(COLUMNS)


def compute(rows: Rows, scope: Scope) -> Answer:
    """One row for each commitment and period, by site; ``rows`` of the kind ``commitment``."""
    found, notes = commitment_terms.seen(rows, scope)
    lines: list[ReportRow] = []
    told: list[str] = []
    for site in scope.sites:
        of_site = [promise for promise in found if promise.site == site]
        listed = [row for promise in of_site for row in _rows(promise)]
        lines += listed
        if of_site:
            told.append(_follow_through(site, by_name(COLUMNS, listed), of_site[0].today))
    whole = [_total(by_name(COLUMNS, lines), found)] if len(told) > 1 else []
    others = [note for promise in found for note in commitment_terms.of_the_whole(promise)]
    return Answer(tuple(lines), (*whole, *told, *others, *notes, *commitment_terms.contradictions(found)))


def _rows(promise: Promise) -> list[ReportRow]:
    terms = commitment_terms.terms(promise)
    became = deeds(promise, terms)
    next_due = _next_due(terms, [deed.verdict for deed in became], promise.today)
    return [_row(promise, each, deed, next_due) for each, deed in zip(terms, became, strict=True)]


def _row(promise: Promise, terms: CommitmentTerms, deed: Deed, next_due: date | None) -> ReportRow:
    made, period = promise.made, terms.period
    evidence = [e for e in promise.said(EvidenceRecorded) if e.period == period]
    said = [fact.body for fact in commitment_terms.assessments(promise, period)] or evidence
    remedies = [r.amount_cents for r in promise.said(RemedyApplied) if r.period == period]
    return _cells(
        commitment=promise.commitment,
        site=promise.site,
        period=period,
        counterparty=made.counterparty,
        instrument=made.instrument,
        binding=made.binding,
        category=made.category,
        measure=_text(made.measure),
        unit=_text(made.unit),
        comparator=made.comparator,
        basis=made.basis,
        target=terms.target,
        value=None if not said or said[-1].value is UNSET else said[-1].value,
        verdict=deed.verdict,
        due_on=_day(terms.due_on),
        next_due=_day(next_due),
        days_late=deed.days_late,
        remedy=terms.remedy,
        remedy_applied_cents=None if not remedies or UNSET in remedies else sum(remedies),
        default_state=commitment_terms.standing(promise, period=period),
        evidence=" ".join(dict.fromkeys(e.document_sha256[:HEX] for e in evidence)) or None,
        done_on=_day(deed.done_on),
        assessment_delay_days=deed.assessment_delay_days,
        why=deed.why,
    )


def _next_due(terms: Sequence[CommitmentTerms], verdicts: Sequence[str], today: date) -> date | None:
    open_ = (
        each.due_on
        for each, verdict in zip(terms, verdicts, strict=True)
        if each.due_on is not None and each.due_on >= today and verdict not in ("met", "waived")
    )
    return min(open_, default=None)


def _text(said: str | object) -> str | None:
    return said if isinstance(said, str) else None


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


# --- follow-through -----------------------------------------------------------------------------------------


def _follow_through(site: str, lines: Iterable[Line], today: date) -> str:
    return f"{site}: {_counted([(line, today) for line in lines])}"


def _total(lines: Iterable[Line], found: Iterable[Promise]) -> str:
    today = {promise.site: promise.today for promise in found}
    return f"follow-through: {_counted([(line, today[str(line['site'])]) for line in lines])}"


def _counted(lines: Iterable[tuple[Line, date]]) -> str:
    verdicts: Counter[str] = Counter()
    met = late = due = done = 0
    for line, today in lines:
        verdict, due_on = str(line["verdict"]), line["due_on"]
        verdicts[verdict] += 1
        if verdict in UNOWED or due_on is None or str(due_on) > today.isoformat():
            continue
        due += 1
        if verdict == "met":
            met += 1
            late += bool(line["days_late"])
        elif verdict == "pending" and line["done_on"] is not None:
            done += 1
    share = ppm(met, due)
    kept = f"met {met} of {due} due" + (
        "" if share is None else f" ({share // 10_000}.{share % 10_000:04d} %)"
    )
    after = f", {late} of them late" if late else ""
    after += f"; {done} done and not assessed yet" if done else ""
    beside = "".join(f"; {verdicts[name]} {name}" for name in UNOWED)
    return kept + after + beside


# --- picture ------------------------------------------------------------------------------------------------

_KINDS: Final = ("met", "pending", "not-met", "promised for", "waived", "not-measurable")
_MOST: Final = 12
_MARGIN_S: Final = 20 * DAY_S


def pictures(rows: Rows, scope: Scope, answer: Answer) -> tuple[Picture, ...]:
    """A lane for each commitment: the periods it was made for, and each deadline with its verdict; where
    there are many, the latest ones.
    """
    told: dict[tuple[Cell, Cell], list[Line]] = {}
    lines = by_name(COLUMNS, answer.rows)
    for line in lines:
        if line["period"] is not None or line["due_on"] is not None:
            told.setdefault((line["site"], line["commitment"]), []).append(line)
    if not told:
        return ()
    shown = sorted(told, key=lambda name: -_latest(told[name]))[:_MOST]
    tz = zone(scope.tz)
    lanes = tuple(_lane(told[name], tz) for name in told if name in shown)
    edges = [s for lane in lanes for stretch in lane.stretches for s in stretch[:2]]
    edges += [mark.at_s for lane in lanes for mark in lane.marks]
    time = around(edges, _MARGIN_S, scope.tz)
    found, _ = commitment_terms.seen(rows, scope)
    few = f" Shown are the {len(shown)} of {len(told)} promises that are latest."
    many = few if len(shown) < len(told) else ""
    says = f"F{_total(lines, found)[1:]}.{many}"
    return (Lanes("What was promised, and when it is due", says, time, _KINDS, lanes, scope.window.stop_s),)


def _latest(lines: Sequence[Line]) -> int:
    """Days by which the latest of a commitment's deadlines is late."""
    return max(int(line["days_late"] or 0) for line in lines)


def _lane(lines: Sequence[Line], tz: ZoneInfo) -> Lane:
    spans = [period_days(str(line["period"])) for line in lines if line["period"] is not None]
    due = [(str(line["due_on"]), str(line["verdict"])) for line in lines if line["due_on"] is not None]
    late = _latest(lines)
    open_ = [str(line["next_due"]) for line in lines if line["next_due"] is not None]
    met = "met" if all(line["verdict"] == "met" for line in lines) else ""
    label = f"{met} {late} d late".strip() if late else f"next {open_[0]}" if open_ else met
    return Lane(
        f"{lines[0]['site']} {lines[0]['commitment']}",
        tuple(LanePart(day_s(first, tz), day_s(after, tz), "promised for") for first, after in spans),
        tuple(Mark(day_s(date.fromisoformat(day), tz), verdict) for day, verdict in due),
        label,
    )


# --- first screen -------------------------------------------------------------------------------------------


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """Number of due commitments that are met, and those still open."""
    lines = by_name(COLUMNS, answer.rows)
    due = [line for line in lines if _is_due(line, scope) and line["verdict"] not in UNOWED]
    met = [line for line in due if line["verdict"] == "met"]
    failed = [line for line in due if line["verdict"] == "not-met"]
    done, overdue = (
        [line for line in due if line["verdict"] == "pending" and (line["done_on"] is not None) is is_done]
        for is_done in (True, False)
    )
    beside = Counter(str(line["verdict"]) for line in lines if line["verdict"] in UNOWED)
    ahead = [line for line in lines if line not in due and line["verdict"] not in UNOWED]
    early = sum(line["verdict"] == "met" for line in ahead)
    failing = sum(line["verdict"] == "not-met" for line in ahead)
    worst = max(numbers([*failed, *overdue], "days_late"), default=None)
    figures = (
        LeadFigure("Met of those due", f"{len(met):,} of {len(due):,}", ""),
        LeadFigure("Not met", len(failed), ""),
        LeadFigure("Done, not yet assessed", len(done), ""),
        LeadFigure("Overdue, not yet assessed", len(overdue), ""),
        LeadFigure("Longest overdue", worst, "d"),
    )
    if not lines:
        return Lead("No commitment was made by the end of this window.", figures)
    late = sum(bool(line["days_late"]) for line in met)
    verdict = sentence(
        *(_only(due[0], late) if len(due) == 1 else _of_many(due, met, failed, done, overdue, late)),
        f"the longest open is {counted(worst, 'day')} past its due date" if worst and len(due) > 1 else "",
        f"{len(ahead):,} {verb(len(ahead), 'is', 'are')} not due yet{_ahead(early, failing)}"
        if ahead
        else "",
        *(f"{count:,} {verb(count, 'is', 'are')} {_PLAIN[word]}" for word, count in sorted(beside.items())),
    )
    return Lead(verdict, figures)


_PLAIN: Final = {"waived": "waived", "not-measurable": "not measurable by a number"}


def _is_due(line: Line, scope: Scope) -> bool:
    """True where its due date has come by the last day of the window."""
    today = local_date(scope.window.stop_s - 1, zone(scope.zones[str(line["site"])]))
    return line["due_on"] is not None and str(line["due_on"]) <= today.isoformat()


def _only(line: Line, late: int) -> list[str]:
    """Status of the only commitment due."""
    word = commitment_words.verdict(line)
    days = number_of(line, "days_late")
    told = f"{word}, but {counted(days, 'day')} late" if late and days else word
    open_ = f", {counted(days, 'day')} past its due date" if days and line["verdict"] != "met" else ""
    return [f"The only commitment due is {told}{open_}"]


def _of_many(
    due: Sequence[Line],
    met: Sequence[Line],
    failed: Sequence[Line],
    done: Sequence[Line],
    overdue: Sequence[Line],
    late: int,
) -> list[str]:
    if not due:
        return ["No commitment is due yet"]
    after = f", {late:,} of them late" if late else ""
    many = f"All {len(due):,}" if len(met) == len(due) else out_of(len(met), len(due))
    beside = (
        (failed, "not met"),
        (done, "done and not yet assessed"),
        (overdue, "overdue and not yet assessed"),
    )
    return [
        f"{many} commitments due {verb(len(met) or 1, 'is', 'are')} met{after}",
        *(f"{len(some):,} {verb(len(some), 'is', 'are')} {how}" for some, how in beside if some),
    ]


def _ahead(early: int, failing: int) -> str:
    told = [
        *([f"{early:,} of them met already"] if early else []),
        *([f"{failing:,} of them not met so far"] if failing else []),
    ]
    return f" ({listed(told)})" if told else ""


def plain(scope: Scope, cells: Mapping[str, Cell]) -> Mapping[str, str]:
    """The commitment and its status in words."""
    return commitment_words.plain(cells)


def deadlines(answer: Answer) -> Iterator[Deadline]:
    """Commitments for a period that are not done and neither waived nor assessed."""
    for line in by_name(COLUMNS, answer.rows):
        if line["due_on"] is not None and line["done_on"] is None and line["verdict"] == "pending":
            promise, period = str(line["commitment"]), str(line["period"] or "")
            due, site = date.fromisoformat(str(line["due_on"])), str(line["site"])
            target = "" if line["target"] is None else f": {line['target']} {line['unit']}"
            what = f"commitment {promise} {period}".rstrip() + f", {line['measure']}{target}"
            yield Deadline(due, site, what, "/".join(filter(None, (promise, site, period))))


REPORT: Final = Report(
    name="commitments",
    definition_version=2,
    title="Commitments to communities",
    packs=("community",),
    classes=("community",),
    row_kinds=(COMMITMENT,),
    columns=COLUMNS,
    keys=3,
    compute=compute,
    definition=__doc__ or "",
    behind=behind,
    pictures=pictures,
    lead=lead,
    plain=plain,
    first=("commitment", "site", "period", "verdict", "why", "due_on", "days_late"),
    deadlines=deadlines,
)
