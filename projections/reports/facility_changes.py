"""Facility changes: which changes made the load's models stale, when were these verified and submitted again,
and do the channels to the grid answer?

item = change: due on = the day of the change + verify days; done on = the day of the first model-verified at
       or after the change that names it, or that names no change
item = model: on = the day it was submitted last; due on = that day + resubmit months (clamped to the month's
       last day), null before it was ever submitted
item = test: the latest test of a channel; no day is set for the next

state = open, overdue (not done by the window's last day, after the due date), done, done late; submitted,
        overdue, never submitted; passed, failed
days late = done on, else the window's last day, less due on; null before it

180 days and 13 months are those of NERC CLO-001-1, a draft posted on 19 August 2026; nothing is owed by it
before it is approved. An operator sets other numbers with ride-through-terms-set (verify_days,
resubmit_months); those set last by the window's end hold. Days are calendar days of the site's zone.
Everything that was recorded before the window's end is listed; its start hides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from msgspec import UNSET

from ledger.calendar import days_after, local_date, months_after, zone
from ledger.kinds import CommunicationTested, FacilityChanged, ModelSubmitted, ModelVerified
from ledger.kinds.curves import MODEL_CLOCKS, ModelClocks
from projections.engine.fold import Rows
from projections.engine.pictures import Lane, LanePart, Lanes, Mark, Picture, Time, day_s
from projections.engine.report import (
    Answer,
    Column,
    Deadline,
    Lead,
    LeadFigure,
    Report,
    ReportRow,
    Scope,
    row_of,
)
from projections.engine.words import Line, by_name, counted, number_of, numbers, sentence, verb
from projections.rows.excursions import TERMS
from projections.rows.facility import FACILITY, channel_name
from projections.rows.fact_rows import RecordedFact

CHANGE: Final = "change"
MODEL: Final = "model"
TEST: Final = "test"
OPEN: Final = "open"
OVERDUE: Final = "overdue"
DONE: Final = "done"
LATE: Final = "done late"
_CLOCKED: Final = (FACILITY.name, TERMS.name)

COLUMNS: Final = (
    Column("site", "Site", "the site", unit=""),
    Column("item", "Item", "change, model or test", unit=""),
    Column("name", "Name", "the change, the model or the channel", unit=""),
    Column("state", "State", "where it stands", unit="", of=("due_on", "done_on")),
    Column(
        "what", "What", "what was changed, who verified or got the model, who answers the channel", unit=""
    ),
    Column("category", "Category", "settings, firmware or equipment", unit="", draws=(FACILITY.name,)),
    Column(
        "block", "Block", "the block that was changed; null for the site", unit="", draws=(FACILITY.name,)
    ),
    Column(
        "on", "On", "day of the change, of the last submission or verification, of the last test", unit=""
    ),
    Column("due_on", "Due", "the day by which it is to be done", unit="", of=("on",), draws=_CLOCKED),
    Column("done_on", "Done on", "the day on which it was verified; null = not yet", unit=""),
    Column(
        "days_late", "Days late", "done on, else the window's last day, less due; null before it", unit=""
    ),
    Column("times", "Times", "changes: 1; how often the model was submitted, the channel tested", unit=""),
    Column("answered_s", "Answered", "how long the channel took to answer", unit="s", shown="s"),
)
_cells: Final = row_of(COLUMNS)


class SiteFacility(NamedTuple):
    """A site at the window's end: its facts, the clocks in force, its zone and last day."""

    site: str
    seen: tuple[RecordedFact, ...]
    clocks: ModelClocks
    tz: ZoneInfo
    today: date

    def day(self, fact: RecordedFact) -> date:
        """The local day of a fact."""
        return local_date(fact.at_s, self.tz)

    def of(self, *kinds: type) -> list[RecordedFact]:
        """The facts of some kinds, in order of time."""
        return [fact for fact in self.seen if isinstance(fact.body, kinds)]


def compute(rows: Rows, scope: Scope) -> Answer:
    """By site, then changes, models and tests by name."""
    places = [_place(site, rows, scope) for site in scope.sites]
    lines = [line for place in places for line in (*_changes(place), *_models(place), *_tests(place))]
    drafts = {place.clocks for place in places if place.seen} & {MODEL_CLOCKS}
    notes = [f"{one.verify_days} days and {one.resubmit_months} months are of {one.rule}" for one in drafts]
    return Answer(tuple(lines), tuple(notes))


def _place(site: str, rows: Rows, scope: Scope) -> SiteFacility:
    seen = tuple(fact for fact in rows[FACILITY.name].get((site,), ()) if fact.at_s < scope.window.stop_s)
    tz = zone(scope.zones[site])
    return SiteFacility(site, seen, _clocks(site, rows, scope), tz, local_date(scope.window.stop_s - 1, tz))


def _clocks(site: str, rows: Rows, scope: Scope) -> ModelClocks:
    """The clocks of the table, with what the operator set last in place of each."""
    found = MODEL_CLOCKS
    for fact in rows[TERMS.name].get((site,), ()):
        if fact.at_s < scope.window.stop_s:
            days, months = fact.body.verify_days, fact.body.resubmit_months
            found = ModelClocks(
                MODEL_CLOCKS.rule,
                MODEL_CLOCKS.verify_days if days is UNSET else days,
                MODEL_CLOCKS.resubmit_months if months is UNSET else months,
            )
    return found


def _changes(place: SiteFacility) -> Iterator[ReportRow]:
    for fact in sorted(place.of(FacilityChanged), key=lambda one: one.body.change):
        body = fact.body
        due_on = days_after(place.day(fact), place.clocks.verify_days)
        covering = (
            one
            for one in place.of(ModelVerified)
            if one.at_s >= fact.at_s and (one.body.changes is UNSET or body.change in one.body.changes)
        )
        done = next(covering, None)
        done_on = None if done is None else place.day(done)
        late = ((done_on or place.today) - due_on).days
        yield _cells(
            site=place.site,
            item=CHANGE,
            name=body.change,
            state=(OPEN, OVERDUE)[late > 0] if done_on is None else (DONE, LATE)[late > 0],
            what=body.what,
            category=body.category,
            block=None if body.block is UNSET else body.block,
            on=place.day(fact).isoformat(),
            due_on=due_on.isoformat(),
            done_on=None if done_on is None else done_on.isoformat(),
            days_late=late if late >= 0 else None,
            times=1,
            answered_s=None,
        )


def _models(place: SiteFacility) -> Iterator[ReportRow]:
    for name in sorted({fact.body.model for fact in place.of(ModelVerified, ModelSubmitted)}):
        verified = [fact for fact in place.of(ModelVerified) if fact.body.model == name]
        submitted = [fact for fact in place.of(ModelSubmitted) if fact.body.model == name]
        last = (submitted or verified)[-1]
        due_on = months_after(place.day(last), place.clocks.resubmit_months) if submitted else None
        late = None if due_on is None else (place.today - due_on).days
        yield _cells(
            site=place.site,
            item=MODEL,
            name=name,
            state="never submitted" if late is None else "submitted" if late <= 0 else OVERDUE,
            what=f"submitted to {last.body.submitted_to}"
            if submitted
            else f"verified by {last.body.verified_by}",
            category=None,
            block=None,
            on=place.day(last).isoformat(),
            due_on=None if due_on is None else due_on.isoformat(),
            done_on=place.day(verified[-1]).isoformat() if verified else None,
            days_late=late if late is not None and late >= 0 else None,
            times=len(submitted),
            answered_s=None,
        )


def _tests(place: SiteFacility) -> Iterator[ReportRow]:
    tests = place.of(CommunicationTested)
    for name in sorted({channel_name(fact.body) for fact in tests}):
        own = [fact for fact in tests if channel_name(fact.body) == name]
        body = own[-1].body
        yield _cells(
            site=place.site,
            item=TEST,
            name=name,
            state="passed" if body.passed else "failed",
            what=body.counterparty,
            category=None,
            block=None,
            on=place.day(own[-1]).isoformat(),
            due_on=None,
            done_on=None,
            days_late=None,
            times=len(own),
            answered_s=None if body.answered_s is UNSET else body.answered_s,
        )


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """Number of changes without a verified model, overdue submissions, and channels that failed."""
    lines = by_name(COLUMNS, answer.rows)
    changes = [line for line in lines if line["item"] == CHANGE]
    waiting = [line for line in changes if line["done_on"] is None]
    overdue = [line for line in lines if line["state"] == OVERDUE]
    failed = [line for line in lines if line["state"] == "failed"]
    soon = (str(line["due_on"]) for line in lines if line["state"] in (OPEN, "submitted"))
    figures = (
        LeadFigure("Changes", len(changes), ""),
        LeadFigure("Not verified", len(waiting), ""),
        LeadFigure("Overdue", len(overdue), ""),
        LeadFigure("Next due", min(soon, default=None), ""),
        LeadFigure("Channels that failed", len(failed), ""),
    )
    if not lines:
        return Lead(
            "No change of a facility, model or test of a channel was recorded by this window's end.", figures
        )
    return Lead(
        sentence(
            f"{counted(len(changes), 'change')} {verb(len(changes), 'was', 'were')} recorded"
            + (f", {len(waiting):,} of them not yet verified in a model" if waiting else ""),
            f"{len(overdue):,} {verb(len(overdue), 'is', 'are')} overdue, the longest by"
            f" {counted(max(numbers(overdue, 'days_late')), 'day')} ({_worst(overdue)})"
            if overdue
            else "nothing is overdue",
            f"{counted(len(failed), 'channel')} failed the last test" if failed else "",
        ),
        figures,
    )


def _worst(overdue: Iterable[Line]) -> str:
    line = min(
        overdue,
        key=lambda one: (-(number_of(one, "days_late") or 0), *(str(one[k]) for k in ("site", "name"))),
    )
    return f"{line['item']} {line['name']} of {line['site']}"


def deadlines(answer: Answer) -> Iterator[Deadline]:
    """Changes that no verified model covers, and models due for resubmission."""
    for line in by_name(COLUMNS, answer.rows):
        due = line["due_on"]
        if due is None or (line["item"] == CHANGE and line["done_on"] is not None):
            continue
        key = "/".join(str(line[name]) for name in ("site", "item", "name"))
        what = (
            f"verify a model after change {line['name']}: {line['what']}"
            if line["item"] == CHANGE
            else f"submit model {line['name']} again"
        )
        yield Deadline(date.fromisoformat(str(due)), str(line["site"]), what, key)


def pictures(rows: Rows, scope: Scope, answer: Answer) -> tuple[Picture, ...]:
    """A lane for each change: from it until it was verified, with its due date."""
    changes = [line for line in by_name(COLUMNS, answer.rows) if line["item"] == CHANGE][:40]
    if not changes:
        return ()
    tz = zone(scope.tz)
    lanes = []
    days = []
    for line in changes:
        on, due = (date.fromisoformat(str(line[name])) for name in ("on", "due_on"))
        end_s = (
            scope.window.stop_s
            if line["done_on"] is None
            else day_s(date.fromisoformat(str(line["done_on"])), tz)
        )
        begun_s = day_s(on, tz)
        days += [begun_s, day_s(due, tz), end_s]
        lanes.append(
            Lane(
                f"{line['name']} ({line['site']})",
                (LanePart(begun_s, max(end_s, begun_s), "until verified"),),
                (Mark(begun_s, "change"), Mark(day_s(due, tz), "due")),
                str(line["state"]),
            )
        )
    late = sum(line["state"] in (OVERDUE, LATE) for line in changes)
    says = f"{counted(len(changes), 'change')}, {late} verified late or overdue."
    x = Time(min(days) - 86_400, max(days) + 86_400, scope.tz)
    return (
        Lanes(
            "Changes until a model was verified",
            says,
            x,
            ("until verified", "change", "due"),
            tuple(lanes),
            scope.window.stop_s,
        ),
    )


REPORT: Final = Report(
    name="facility-changes",
    definition_version=1,
    title="Facility changes, load models and communication tests",
    packs=("reliability",),
    classes=("grid",),
    row_kinds=(FACILITY, TERMS),
    columns=COLUMNS,
    keys=3,
    compute=compute,
    definition=__doc__ or "",
    pictures=pictures,
    lead=lead,
    first=("site", "item", "name", "state", "what", "on", "due_on", "done_on"),
    deadlines=deadlines,
)
