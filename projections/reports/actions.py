"""Actions: what was agreed after incidents, who sees to it, by which day, and is it done?

open     = not done by the window's end, on or before its day
overdue  = not done by the window's end, after its day
done     = done on its day or before
done late = done after its day
days late = day it was done, else the window's last day, less its day; null before it

Days are calendar days of the site's zone. An action that is agreed again takes the owner and the day that
were said last; one that is agreed again after it was done is open again. Every action that was agreed
before the window's end is listed; its start hides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from ledger.calendar import format_instant, local_date, zone
from ledger.kinds import IncidentActionAgreed, IncidentActionDone
from projections.engine.fold import Rows
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
from projections.engine.words import Line, by_name, counted, number_of, numbers, out_of, sentence, verb
from projections.rows.fact_rows import RecordedFact
from projections.rows.incidents import INCIDENT

COLUMNS: Final = (
    Column("site", "Site", "the site", unit=""),
    Column("incident", "Incident", "the incident that it follows from", unit=""),
    Column("action", "Action", "the action", unit=""),
    Column("state", "State", "open, overdue, done or done late", unit="", of=("due_on", "done_on")),
    Column("what", "What", "what is to be done", unit=""),
    Column("owner", "Owner", "who sees to it", unit=""),
    Column("agreed", "Agreed", "when it was agreed, or agreed again", unit=""),
    Column("due_on", "Due", "the day by which it is to be done", unit=""),
    Column("done_on", "Done on", "the day on which it was done; null = not yet", unit=""),
    Column(
        "days_late",
        "Days late",
        "done on, else the window's last day, less due; null before the due date",
        unit="",
        of=("due_on", "done_on"),
    ),
    Column("result", "Result", "what came of it, as said", unit=""),
)
_cells: Final = row_of(COLUMNS)


def compute(rows: Rows, scope: Scope) -> Answer:
    """One row for each action, by site, day and name."""
    lines = []
    for (site, incident), facts in rows[INCIDENT.name].items():
        if site in scope.sites:
            seen = [fact for fact in facts if fact.at_s < scope.window.stop_s]
            names = dict.fromkeys(f.body.action for f in seen if isinstance(f.body, IncidentActionAgreed))
            lines += [_row(site, incident, name, seen, scope) for name in names]
    due = [column.name for column in COLUMNS].index("due_on")
    return Answer(tuple(sorted(lines, key=lambda line: (line[0], line[due], line[1:3]))))


def _row(site: str, incident: str, name: str, seen: list[RecordedFact], scope: Scope) -> ReportRow:
    tz = zone(scope.zones[site])
    about = [
        fact
        for fact in seen
        if isinstance(fact.body, IncidentActionAgreed | IncidentActionDone) and fact.body.action == name
    ]
    agreed = [fact for fact in about if isinstance(fact.body, IncidentActionAgreed)][-1]
    last = about[-1]
    done_on = local_date(last.at_s, tz) if isinstance(last.body, IncidentActionDone) else None
    due_on = date.fromisoformat(agreed.body.due_on)
    late = ((done_on or local_date(scope.window.stop_s - 1, tz)) - due_on).days
    words = ("open", "overdue") if done_on is None else ("done", "done late")
    return _cells(
        site=site,
        incident=incident,
        action=name,
        state=words[late > 0],
        what=agreed.body.what,
        owner=agreed.body.owner,
        agreed=format_instant(agreed.at_s),
        due_on=agreed.body.due_on,
        done_on=None if done_on is None else done_on.isoformat(),
        days_late=late if late >= 0 else None,
        result=(last.body.result or None) if done_on is not None else None,
    )


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """Number of actions done, and those overdue."""
    lines = by_name(COLUMNS, answer.rows)
    done = [line for line in lines if line["done_on"] is not None]
    overdue = [line for line in lines if line["state"] == "overdue"]
    due = min((str(line["due_on"]) for line in lines if line["state"] == "open"), default=None)
    figures = (
        LeadFigure("Agreed", len(lines), ""),
        LeadFigure("Done", len(done), ""),
        LeadFigure("Overdue", len(overdue), ""),
        LeadFigure("Next due", due, ""),
    )
    if not lines:
        return Lead("No action was agreed after an incident by the end of this window.", figures)
    worst = min(overdue, key=_lateness, default=None)
    longest = max(numbers(overdue, "days_late"), default=0)
    verdict = sentence(
        f"{out_of(len(done), len(lines))} {'action' if len(lines) == 1 else 'actions'} {verb(len(done), 'is', 'are')} done",
        f"{len(overdue):,} {verb(len(overdue), 'is', 'are')} overdue, the longest by {counted(longest, 'day')}"
        f" ({worst['action']} of {worst['incident']}, {worst['owner']})"
        if worst is not None
        else "nothing is overdue",
    )
    return Lead(verdict, figures)


def _lateness(line: Line) -> tuple[int, tuple[str, ...]]:
    """Sort key: the latest first, then by name."""
    return -(number_of(line, "days_late") or 0), tuple(
        str(line[name]) for name in ("site", "incident", "action")
    )


def deadlines(answer: Answer) -> Iterator[Deadline]:
    """Actions that are not done."""
    for line in by_name(COLUMNS, answer.rows):
        if line["done_on"] is None:
            key = "/".join(str(line[name]) for name in ("site", "incident", "action"))
            what = f"action {line['action']} of incident {line['incident']}: {line['what']} ({line['owner']})"
            yield Deadline(date.fromisoformat(str(line["due_on"])), str(line["site"]), what, key)


REPORT: Final = Report(
    name="actions",
    definition_version=1,
    title="Actions agreed after incidents",
    packs=("operations",),
    classes=("operations",),
    row_kinds=(INCIDENT,),
    columns=COLUMNS,
    keys=3,
    compute=compute,
    definition=__doc__ or "",
    lead=lead,
    first=("site", "incident", "action", "state", "what", "owner", "due_on", "done_on"),
    deadlines=deadlines,
)
