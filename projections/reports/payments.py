"""Payments: were promised installments paid, and on time?

Parts add up. An installment is paid on the day when the sum of its parts, in order of the day they were paid,
reaches its amount:

PAID_ON_TIME = paid by the due date
PAID_IN_CURE = paid within the cure days after it
PAID_LATE    = paid later
DUE          = not paid, on or before the due date
LATE         = not paid, within the cure days
IN_DEFAULT   = not paid, after them

Days are calendar days of the site's zone; "not paid" is judged on the last day of the window. Cure days are
those in force on the due date (an amendment counts from its start_on). Of several schedules of one
installment the latest holds. Every installment known before the end of the window is listed; its start hides
nothing. Money paid toward an installment that nobody scheduled is listed without amount, due date and status,
and noted (own). Money is in US cents.

Definition 2 spells installment in the title of its column; every figure is that of definition 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from ledger.calendar import days_after
from ledger.kinds import PaymentMade
from projections.engine.fold import Rows
from projections.engine.pictures import Layer, Names, Picture, Plot
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
    dollars,
    listed,
    number_of,
    numbers,
    sentence,
    total,
    verb,
)
from projections.figures import commitment_terms, commitment_words
from projections.figures.commitment_terms import Promise
from projections.figures.instalments import Instalment, instalments
from projections.rows.commitments import COMMITMENT

COLUMNS: Final = (
    Column("commitment", "Commitment", "the promise", unit=""),
    Column("site", "Site", "the site it is about", unit=""),
    Column("instalment", "Installment", "which part of what was promised", unit=""),
    Column("counterparty", "Counterparty", "to whom it was promised", unit=""),
    Column("due_on", "Due", "the day by which it is owed", unit=""),
    Column("amount_cents", "Amount", "what is owed", unit="cent"),
    Column("paid_cents", "Paid", "sum of the parts paid up to the window's last day", unit="cent"),
    Column(
        "left_cents", "Left", "amount - paid, never below 0", unit="cent", of=("amount_cents", "paid_cents")
    ),
    Column("paid_on", "Paid on", "the day on which the sum reached the amount; null = not yet", unit=""),
    Column(
        "days_late",
        "Days late",
        "paid on, else the window's last day, less due; null before the due date",
        unit="",
    ),
    Column("cure_days", "Cure days", "days after the due date in which payment still cures", unit="d"),
    Column(
        "status",
        "Status",
        "PAID_ON_TIME, PAID_IN_CURE, PAID_LATE, DUE, LATE or IN_DEFAULT",
        unit="",
        of=("due_on", "cure_days", "paid_on", "amount_cents", "paid_cents"),
    ),
    Column(
        "default_state",
        "Default",
        "default-noticed, cure-started or cured, as said last; null if never",
        unit="",
    ),
)
_cells: Final = row_of(COLUMNS)


def compute(rows: Rows, scope: Scope) -> Answer:
    """One row for each installment, by site, commitment and due date; ``rows`` of the kind ``commitment``."""
    found, notes = commitment_terms.seen(rows, scope)
    lines: list[ReportRow] = []
    for promise in found:
        found_here = instalments(promise)
        for name in sorted(found_here, key=lambda name: (_due(found_here[name]), name)):
            lines.append(_row(promise, name, found_here[name]))
            if found_here[name].scheduled is None:
                notes.append(f"{promise.name}: {name!r} was paid toward and never scheduled")
        if found_here:
            notes += commitment_terms.of_the_whole(promise)
    return Answer(tuple(lines), tuple(notes))


def _row(promise: Promise, name: str, instalment: Instalment) -> ReportRow:
    scheduled, due_on, paid_on = instalment.scheduled, instalment.due_on, instalment.paid_on
    amount = None if scheduled is None else scheduled.amount_cents
    late = cure_days = status = None
    if due_on is not None and amount is not None:
        cure_days = commitment_terms.cure_days(promise, due_on)
        late = _days_late(due_on, paid_on or promise.today)
        status = _status(due_on, cure_days, paid_on, amount, promise.today)
    return _cells(
        commitment=promise.commitment,
        site=promise.site,
        instalment=name,
        counterparty=promise.made.counterparty,
        due_on=None if due_on is None else due_on.isoformat(),
        amount_cents=amount,
        paid_cents=instalment.paid_cents,
        left_cents=instalment.left_cents,
        paid_on=None if paid_on is None else paid_on.isoformat(),
        days_late=late,
        cure_days=cure_days,
        status=status,
        default_state=commitment_terms.standing(promise, instalment=name),
    )


def _status(due_on: date, cure_days: int, paid_on: date | None, amount_cents: int, today: date) -> str:
    paid = paid_on is not None or amount_cents == 0
    day = paid_on or (due_on if paid else today)
    names = ("PAID_ON_TIME", "PAID_IN_CURE", "PAID_LATE") if paid else ("DUE", "LATE", "IN_DEFAULT")
    if day <= due_on:
        return names[0]
    return names[1] if day <= days_after(due_on, cure_days) else names[2]


def _days_late(due_on: date, day: date) -> int | None:
    return (day - due_on).days if day >= due_on else None


def _due(instalment: Instalment) -> str:
    return instalment.scheduled.due_on if instalment.scheduled is not None else "9999-12-31"


# --- first screen -------------------------------------------------------------------------------------------


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """Amounts paid, due and overdue, and the longest delay."""
    lines = by_name(COLUMNS, answer.rows)
    scheduled = [line for line in lines if line["status"] is not None]
    paid, overdue, due = (
        [line for line in scheduled if line["status"] in some] for some in (_PAID, _OVERDUE, ("DUE",))
    )
    worst = max(numbers(overdue, "days_late"), default=None)
    figures = (
        LeadFigure("Scheduled", total(scheduled, "amount_cents"), "cent"),
        LeadFigure("Paid", total(lines, "paid_cents"), "cent"),
        LeadFigure("Overdue", total(overdue, "left_cents") if overdue else 0 if scheduled else None, "cent"),
        LeadFigure("Not due yet", total(due, "left_cents") if due else 0 if scheduled else None, "cent"),
        LeadFigure("Longest overdue", worst, "d"),
    )
    if not lines:
        return Lead("No payment was scheduled or made by the end of this window.", figures)
    late = [line for line in paid if line["status"] == "PAID_LATE"]
    cured = sum(line["status"] == "PAID_IN_CURE" for line in paid)
    default = sum(line["status"] == "IN_DEFAULT" for line in overdue)
    unscheduled = [line for line in lines if line["status"] is None]
    verdict = sentence(
        _of_amount(lines, scheduled, unscheduled),
        _paid_late(late) if late else "",
        f"{counted(cured, 'installment')} {verb(cured, 'was', 'were')} paid within the cure period"
        if cured
        else "",
        _overdue(overdue, default, worst or 0) if overdue else "nothing is overdue",
        f"{dollars(total(due, 'left_cents') or 0)} is not due yet" if due else "",
    )
    return Lead(verdict, figures)


_PAID: Final = ("PAID_ON_TIME", "PAID_IN_CURE", "PAID_LATE")
_OVERDUE: Final = ("LATE", "IN_DEFAULT")
_NAMED: Final = 4  # counterparties; more make no sentence


def _paid_late(late: Sequence[Line]) -> str:
    days = counted(max(numbers(late, "days_late")), "day")
    if len(late) == 1:
        return f"1 installment was paid {days} late"
    return f"{len(late):,} installments were paid late, the longest by {days}"


def _overdue(overdue: Sequence[Line], default: int, worst: int) -> str:
    amount, many, late = dollars(total(overdue, "left_cents") or 0), len(overdue), counted(worst, "day")
    owed = f"{amount}{_to_whom(overdue)} is overdue"
    if many == 1:
        return f"{owed} by {late}{', in default' if default else ''}"
    part = (
        ", all of them in default"
        if default == many
        else f", {default:,} of them in default"
        if default
        else ""
    )
    return f"{owed} in {many:,} installments{part}, the longest by {late}"


def _to_whom(overdue: Sequence[Line]) -> str:
    """The counterparties still owed, where there are few."""
    names = sorted({str(line["counterparty"]) for line in overdue})
    return f" to {listed(names)}" if len(names) <= _NAMED else ""


def _of_amount(lines: Sequence[Line], scheduled: Sequence[Line], unscheduled: Sequence[Line]) -> str:
    paid = dollars(total(scheduled, "paid_cents") or 0)
    extra = dollars(total(unscheduled, "paid_cents") or 0)
    if not scheduled:
        return f"{extra} was paid, and no installment was scheduled"
    more = f", and {extra} toward installments that nobody scheduled" if unscheduled else ""
    return f"{paid} of {dollars(total(scheduled, 'amount_cents') or 0)} scheduled was paid{more}"


# --- picture ------------------------------------------------------------------------------------------------

_MONTHS: Final = 36


def pictures(rows: Rows, scope: Scope, answer: Answer) -> tuple[Picture, ...]:
    """Amounts due and paid by month; the latest months where there are many."""
    found, _ = commitment_terms.seen(rows, scope)
    due: Counter[str] = Counter()
    paid: Counter[str] = Counter()
    for line in by_name(COLUMNS, answer.rows):
        if line["due_on"] is not None:
            due[str(line["due_on"])[:7]] += number_of(line, "amount_cents") or 0
    for promise in found:
        for part in promise.said(PaymentMade):
            if date.fromisoformat(part.paid_on) <= promise.today:
                paid[part.paid_on[:7]] += part.amount_cents
    months = _months(sorted({*due, *paid}))
    if not months:
        return ()
    layers = tuple(
        Layer(name, "bar", tuple(enumerate(amounts[month] for month in months)))
        for name, amounts in (("due", due), ("paid", paid))
    )
    span = months[0] if len(months) == 1 else f"{months[0]} to {months[-1]}"
    says = (
        f"{dollars(sum(due[month] for month in months))} due and"
        f" {dollars(sum(paid[month] for month in months))} paid, {span}."
    )
    return (Plot("Due and paid by month", says, Names("", tuple(months)), "Amount", "cent", layers),)


def _months(named: Sequence[str]) -> list[str]:
    """Every month from the first to the last; the latest where there are many."""
    if not named:
        return []
    first, last = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (named[0], named[-1]))
    return [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(max(first, last - _MONTHS + 1), last + 1)]


def plain(scope: Scope, cells: Mapping[str, Cell]) -> Mapping[str, str]:
    """Status of an installment in words."""
    words = commitment_words.plain(cells)
    if cells["status"] is not None:
        words["status"] = commitment_words.status(cells)
        if cells["paid_on"] is None and cells["left_cents"]:
            words["paid_on"] = "not yet"
    return words


def deadlines(answer: Answer) -> Iterator[Deadline]:
    """Installments that are not paid in full."""
    for line in by_name(COLUMNS, answer.rows):
        left = number_of(line, "left_cents")
        if line["due_on"] is not None and line["paid_on"] is None and left:
            what = f"payment {line['instalment']} of {line['commitment']}: {dollars(left)} to"
            key = "/".join(str(line[name]) for name in ("commitment", "site", "instalment"))
            due = date.fromisoformat(str(line["due_on"]))
            yield Deadline(due, str(line["site"]), f"{what} {line['counterparty']}", key)


REPORT: Final = Report(
    name="payments",
    definition_version=2,
    title="Payments promised to communities",
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
    first=("commitment", "site", "instalment", "status", "due_on", "amount_cents", "paid_on", "days_late"),
    deadlines=deadlines,
)
