"""The current terms of a commitment and their outcome: deadlines and verdicts. Shared by commitments,
payments and jobs.

A commitment is made for periods; ``due_on[i]`` is the deadline of ``periods[i]``. An amendment holds from its
``start_on`` (own):

- its target for every period that ends on or after it,
- its periods, due dates, cure days and remedy for every deadline on or after it (of a period without a due
  date: its last day).

A period that an amendment leaves out stays where its deadline had passed before ``start_on``, and wherever it
has a verdict or evidence: no period is dropped. A waiver covers the periods within its own, or all of them if
it names none.

Facts with ``at`` before the end of the window are seen, however long before its start; deadlines are judged
on the last local day of the window in the site's zone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, Final, NamedTuple

from msgspec import UNSET, UnsetType

from ledger.calendar import local_date, period_days, zone
from ledger.kinds import (
    CommitmentAmended,
    CommitmentAssessed,
    CommitmentDischarged,
    CommitmentMade,
    Cured,
    CureStarted,
    DefaultNoticed,
    EvidenceRecorded,
    RemedyApplied,
    WaiverGranted,
)
from ledger.units import format_quantity
from projections.engine.fold import Rows
from projections.engine.report import Scope
from projections.figures.lease_precedence import unfounded
from projections.rows.commitments import COMMITMENT
from projections.rows.fact_rows import RecordedFact

_STANDING: Final = {DefaultNoticed: "default-noticed", CureStarted: "cure-started", Cured: "cured"}


class CommitmentTerms(NamedTuple):
    """The terms of one period of a commitment; ``period`` is None for a commitment without periods."""

    period: str | None
    due_on: date | None
    target: int | None
    cure_days: int
    remedy: str | None


class Promise(NamedTuple):
    """One commitment of one site as known in a scope; ``today`` is the last local day of the window. ``of_kind``
    are its facts by their kind, and ``in_default`` the latest fact of each installment in default, as
    ``standing`` names it: asked for installment by installment, all facts took the square of their number.
    """

    site: str
    commitment: str
    made: CommitmentMade
    facts: tuple[RecordedFact, ...]
    today: date
    tz: str
    of_kind: dict[type[Any], list[Any]]
    in_default: dict[str, str]

    @property
    def name(self) -> str:
        """``site/commitment``, as notes name it."""
        return f"{self.site}/{self.commitment}"

    def said(self, *bodies: type[Any]) -> list[Any]:
        """Facts of some kinds, in order of (at, pos)."""
        if len(bodies) == 1:
            return self.of_kind.get(bodies[0], [])
        return [fact.body for fact in self.facts if isinstance(fact.body, bodies)]

    def day(self, fact: RecordedFact) -> date:
        """The local day of a fact."""
        return local_date(fact.at_s, zone(self.tz))


def seen(rows: Rows, scope: Scope) -> tuple[list[Promise], list[str]]:
    """The commitments of the sites in scope, sorted, and notes on facts about commitments that were never
    made.
    """
    found, notes = [], []
    stop_s = scope.window.stop_s
    for (site, commitment), row in sorted(rows[COMMITMENT.name].items()):
        facts = tuple(fact for fact in row if fact.at_s < stop_s)
        if site not in scope.sites or not facts:
            continue
        if any(isinstance(fact.body, CommitmentMade) for fact in facts):
            tz = scope.zones[site]
            found.append(_promise(site, commitment, facts, local_date(stop_s - 1, zone(tz)), tz))
        else:
            what = "fact" if len(facts) == 1 else "facts"
            notes.append(f"{site}/{commitment}: {len(facts)} {what} about a commitment that is not recorded")
    return found, notes


def _promise(site: str, commitment: str, facts: tuple[RecordedFact, ...], today: date, tz: str) -> Promise:
    of_kind: dict[type[Any], list[Any]] = {}
    in_default: dict[str, str] = {}
    for fact in facts:
        of_kind.setdefault(type(fact.body), []).append(fact.body)
        word = _STANDING.get(type(fact.body))
        if word is not None and fact.body.instalment is not UNSET:
            in_default[fact.body.instalment] = word
    return Promise(site, commitment, of_kind[CommitmentMade][-1], facts, today, tz, of_kind, in_default)


def contradictions(found: Iterable[Promise]) -> list[str]:
    """Notes on assessments whose evidence is no longer effective."""
    return [f"{promise.name}: {said}" for promise in found for said in unfounded(promise.facts)]


# --- terms --------------------------------------------------------------------------------------------------


def terms(promise: Promise) -> list[CommitmentTerms]:
    """The terms of each period, in the order of the periods' first days."""
    made = promise.made
    due: dict[str, date | None] = _paired(made.periods, made.due_on)
    for amended in promise.said(CommitmentAmended):
        due = _amended(due, amended)
    for period in _mentioned(promise):
        due.setdefault(period, None)
    if not due:
        only = date.fromisoformat(made.due_on[0]) if made.due_on else None
        return [terms_of(promise, None, only)]
    return [terms_of(promise, period, due[period]) for period in sorted(due, key=period_days)]


def cure_days(promise: Promise, due_on: date) -> int:
    """Days to cure a default on terms due on a day."""
    return int(_in_force(promise, "cure_days", promise.made.cure_days, due_on))


def terms_of(promise: Promise, period: str | None, due_on: date | None = None) -> CommitmentTerms:
    """The terms of one period with a deadline, listed in the commitment or not."""
    made = promise.made
    ends = promise.today if period is None else last_day(period)
    deadline = due_on or ends
    remedy = _in_force(promise, "remedy", made.remedy, deadline)
    target = _in_force(promise, "target", made.target, ends)
    return CommitmentTerms(
        period,
        due_on,
        None if target is UNSET else target,
        cure_days(promise, deadline),
        None if remedy is UNSET else remedy,
    )


def _in_force(promise: Promise, field: str, first: Any, day: date) -> Any:
    value = first
    for amended in promise.said(CommitmentAmended):
        said = getattr(amended, field)
        if said is not UNSET and date.fromisoformat(amended.start_on) <= day:
            value = said
    return value


def _paired(periods: Sequence[str], due_on: Sequence[str]) -> dict[str, date | None]:
    days = [date.fromisoformat(day) for day in due_on]
    return {period: days[n] if n < len(days) else None for n, period in enumerate(periods)}


def _amended(due: dict[str, date | None], amended: CommitmentAmended) -> dict[str, date | None]:
    if amended.periods is UNSET and amended.due_on is UNSET:
        return due
    start = date.fromisoformat(amended.start_on)
    passed = {period: day for period, day in due.items() if (day or last_day(period)) < start}
    listed = tuple(due) if amended.periods is UNSET else amended.periods
    said = {p: due.get(p) for p in listed} if amended.due_on is UNSET else _paired(listed, amended.due_on)
    return said | passed


def _mentioned(promise: Promise) -> Iterable[str]:
    """Periods that have a verdict or evidence, also where the terms no longer list them."""
    return (said.period for said in promise.said(CommitmentAssessed, EvidenceRecorded))


def last_day(period: str) -> date:
    """The last calendar day of a period."""
    return date.fromordinal(period_days(period)[1].toordinal() - 1)


def compares(value: Fraction | int | UnsetType | None, comparator: str, target: int | None) -> bool | None:
    """True where a value meets a target; None where one of both is unknown."""
    if value is None or isinstance(value, UnsetType) or target is None:
        return None
    return {"at-least": value >= target, "at-most": value <= target, "equal": value == target}[comparator]


# --- what became of it --------------------------------------------------------------------------------------


def verdict(promise: Promise, terms: CommitmentTerms) -> str:
    """Waived, else the latest assessment, else not-measurable without a target, else pending."""
    if waived(promise, terms.period):
        return "waived"
    assessed = assessments(promise, terms.period)
    if assessed:
        return str(assessed[-1].body.verdict)
    return "not-measurable" if terms.target is None else "pending"


def assessments(promise: Promise, period: str | None) -> list[RecordedFact]:
    """The assessments of a period, the latest last."""
    return [f for f in promise.facts if isinstance(f.body, CommitmentAssessed) and f.body.period == period]


def waived(promise: Promise, period: str | None) -> bool:
    """True where the period, or the whole commitment, is waived."""
    return any(_covers(waiver.period, period) for waiver in promise.said(WaiverGranted))


def _covers(waived: Any, period: str | None) -> bool:
    if waived is UNSET:
        return True
    if period is None:
        return False
    first, after = period_days(waived)
    start, stop = period_days(period)
    return first <= start and stop <= after


def standing(promise: Promise, *, period: str | None = None, instalment: str | None = None) -> str | None:
    """``default-noticed``, ``cure-started`` or ``cured``, the latest fact about a period or an installment;
    else null.

    A notice that names neither is about the whole commitment: it shows on all its periods and on none of its
    installments.
    """
    if instalment is not None:
        return promise.in_default.get(instalment)
    last = None
    for fact in promise.facts:
        word = _STANDING.get(type(fact.body))
        if word is None:
            continue
        of = fact.body
        last = word if of.instalment is UNSET and (of.period is UNSET or of.period == period) else last
    return last


def of_the_whole(promise: Promise) -> list[str]:
    """Notes on facts about the whole commitment that belong to no period: discharge, waiver, remedy."""
    notes = []
    for fact in promise.facts:
        day = promise.day(fact)
        if isinstance(fact.body, CommitmentDischarged):
            notes.append(f"{promise.name}: discharged on {day}: {fact.body.cause}")
        elif isinstance(fact.body, WaiverGranted) and fact.body.period is UNSET:
            notes.append(f"{promise.name}: waived altogether on {day}: {fact.body.scope}")
        elif isinstance(fact.body, RemedyApplied) and fact.body.period is UNSET:
            notes.append(
                f"{promise.name}: remedy applied to the whole promise on {day}: {_remedy(fact.body)}"
            )
    return notes


def _remedy(applied: RemedyApplied) -> str:
    if applied.amount_cents is UNSET:
        return applied.remedy
    return f"{applied.remedy}, {format_quantity(applied.amount_cents, '_cents')}"
