"""The day on which a commitment was kept, as opposed to the day on which it was assessed.

done on = the day on which the last installment of the period was paid; else the day on which the people
counted met the target; else that of the first evidence of the period since which every value meets it, where
the verdict is met also of evidence without a value. A target of at most or exactly a number is not met before
its period ends. late = done on, while it is not done the window's last day, less the due date; null before
the due date, and where that is not later. Met on a day that is not recorded: null. delay = first assessment
with the verdict that holds, without one the window's last day, less the later of due date and done on; null
where that is not later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import takewhile
from typing import Final, NamedTuple

from msgspec import UNSET

from ledger.kinds import EvidenceRecorded, PaymentMade, PaymentScheduled
from ledger.units import rounded
from projections.engine.amounts import number
from projections.engine.fold import Rows
from projections.engine.report import Behind, Cell, Scope
from projections.figures import commitment_terms
from projections.figures.commitment_terms import CommitmentTerms, Promise, compares
from projections.figures.headcounts import headcount
from projections.figures.instalments import Instalment, by_period
from projections.rows.commitments import COMMITMENT
from projections.rows.fact_rows import RecordedFact

COLUMNS: Final = ("done_on", "days_late", "assessment_delay_days", "why")
UNOWED: Final = ("waived", "not-measurable")
WORDS: Final = {"at-least": "at least", "at-most": "at most", "equal": "exactly"}


class Deed(NamedTuple):
    """The outcome of one period of a commitment: the day it was kept, how late, how much later it was
    assessed, and the reason for its verdict, in words.
    """

    verdict: str
    done_on: date | None
    days_late: int | None
    assessment_delay_days: int | None
    why: str


class _RecordsShow(NamedTuple):
    """The evidence in the records: in words, and the day on which the commitment was kept by it."""

    words: str | None
    done_on: date | None


def deeds(promise: Promise, terms: Sequence[CommitmentTerms]) -> list[Deed]:
    """The outcomes of some periods of a commitment."""
    paid = by_period(promise, commitment_terms.terms(promise))
    return [_deed(promise, each, paid.get(each.period, ())) for each in terms]


def _deed(promise: Promise, terms: CommitmentTerms, paid: Sequence[Instalment]) -> Deed:
    verdict = commitment_terms.verdict(promise, terms)
    shown = _shown(promise, terms, verdict, paid)
    assessed_on = _assessed_on(promise, terms, verdict)
    late = delay = None
    if verdict not in UNOWED and terms.due_on is not None and terms.due_on <= promise.today:
        if shown.done_on is not None or verdict != "met":
            late = _days(terms.due_on, shown.done_on or promise.today)
        since = max(terms.due_on, shown.done_on or terms.due_on)
        delay = _days(since, assessed_on or promise.today)
    return Deed(verdict, shown.done_on, late, delay, _why(promise, terms, verdict, shown, assessed_on))


def _days(first: date, last: date) -> int | None:
    days = (last - first).days
    return days if days >= 0 else None


def _assessed_on(promise: Promise, terms: CommitmentTerms, verdict: str) -> date | None:
    """The day of the first assessment with the current verdict; None where no assessor gave it."""
    said = commitment_terms.assessments(promise, terms.period)
    same = (fact for fact in said if fact.body.verdict == verdict != "pending")
    first = next(same, None)
    return None if first is None else promise.day(first)


def behind(rows: Rows, scope: Scope, cells: Mapping[str, Cell], column: str) -> Behind:
    """The facts behind it beside those of the period and of the whole; for a commitment paid in installments
    all of them, as the installments of a period depend on the others.
    """
    site, name = str(cells["site"]), str(cells["commitment"])
    said = [fact for fact in rows[COMMITMENT.name][site, name] if fact.at_s < scope.window.stop_s]
    if column not in COLUMNS or not any(isinstance(f.body, PaymentScheduled | PaymentMade) for f in said):
        return Behind()
    return Behind(also=tuple((f"{site}/community", fact.pos) for fact in said))


# --- what the records show ----------------------------------------------------------------------------------


def _shown(
    promise: Promise, terms: CommitmentTerms, verdict: str, paid: Sequence[Instalment]
) -> _RecordsShow:
    ways = (_by_payments(verdict, paid), _by_people(promise, terms), _by_evidence(promise, terms, verdict))
    told = [shown for shown in ways if shown.words is not None]
    return next(
        (shown for shown in told if shown.done_on is not None), next(iter(told), _RecordsShow(None, None))
    )


def _by_payments(verdict: str, paid: Sequence[Instalment]) -> _RecordsShow:
    scheduled = [one for one in paid if one.scheduled is not None]
    if not scheduled:
        parts = [part.paid_on for one in paid for part in one.parts] if verdict == "met" else []
        return (
            _RecordsShow(f"paid on {max(parts)}", date.fromisoformat(max(parts)))
            if parts
            else _RecordsShow(None, None)
        )
    left = sum(one.left_cents or 0 for one in scheduled)
    if left:
        whole = sum(one.scheduled.amount_cents for one in scheduled if one.scheduled is not None)
        open_ = "nothing" if left == whole else f"all but {_dollars(left)}"
        return _RecordsShow(f"{open_} of {_dollars(whole)} paid", None)
    days = [one.paid_on or one.due_on for one in scheduled]
    done_on = max(day for day in days if day is not None)
    return _RecordsShow(f"paid in full on {done_on}", done_on)


def _dollars(cents: int) -> str:
    return f"${number(cents, 100)}"


def _by_people(promise: Promise, terms: CommitmentTerms) -> _RecordsShow:
    found = headcount(promise, terms)
    if found.figure is None or terms.target is None:
        return _RecordsShow(None, None)
    counted = number(rounded(found.figure * 1000), 1000)
    words = f"{found.compared} {counted}, promised {WORDS[promise.made.comparator]} {terms.target}"
    return _RecordsShow(words, _when(promise, terms, found.kept_on))


def _by_evidence(promise: Promise, terms: CommitmentTerms, verdict: str) -> _RecordsShow:
    some = [
        fact
        for fact in promise.facts
        if isinstance(fact.body, EvidenceRecorded) and fact.body.period == terms.period
    ]
    if not some:
        return _RecordsShow(None, None)
    comparator = promise.made.comparator

    def meets(fact: RecordedFact) -> bool:
        return bool(compares(fact.body.value, comparator, terms.target))

    valued = [fact for fact in some if fact.body.value is not UNSET]
    run = [*takewhile(meets, reversed(valued))]
    bare = [fact for fact in some if fact.body.value is UNSET]
    first = run[-1] if run else (*bare, some[0])[0] if verdict == "met" else None
    last = valued[-1] if valued else some[-1]
    value = "" if last.body.value is UNSET else f" shows {last.body.value}"
    if value and terms.target is not None:
        value += f", promised {WORDS[comparator]} {terms.target}"
    words = f"evidence of {promise.day(last)}{value}"
    return _RecordsShow(words, None if first is None else _when(promise, terms, promise.day(first)))


def _when(promise: Promise, terms: CommitmentTerms, day: date | None) -> date | None:
    """The day itself; for a target of at most or exactly a number, not before the period ends."""
    if day is None or terms.period is None or promise.made.comparator == "at-least":
        return day
    ends = commitment_terms.last_day(terms.period)
    return max(day, ends) if ends <= promise.today else None


# --- in words -----------------------------------------------------------------------------------------------


def _why(
    promise: Promise, terms: CommitmentTerms, verdict: str, shown: _RecordsShow, assessed_on: date | None
) -> str:
    if verdict == "waived":
        return "waived"
    if verdict == "not-measurable":
        return "no target was set" if assessed_on is None else f"assessed as not measurable on {assessed_on}"
    told = [] if shown.words is None else [shown.words]
    if assessed_on is None:
        return "; ".join((*told, _open(promise, terms, shown)))
    told.append(f"assessed as {verdict.replace('-', ' ')} on {assessed_on}")
    if verdict == "met" and shown.done_on is None:
        told.append("the day it was done is not recorded")
    return "; ".join(told)


def _open(promise: Promise, terms: CommitmentTerms, shown: _RecordsShow) -> str:
    """The status of a commitment that was not assessed."""
    if shown.done_on is not None:
        return "done, not assessed yet"
    if terms.due_on is None:
        return "no due date"
    return f"due on {terms.due_on}" if terms.due_on > promise.today else "overdue, not assessed yet"
