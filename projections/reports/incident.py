"""Incident: what happened, in what order, and when we came to know it.

The timeline of an incident is every standing record of its site's grid and operations streams from its
opening until it was closed (or the window's end), with the records linked to it, whenever they were so, also
those in such streams of the other sites asked for and in the grid streams of balancing authorities (since
definition 2: before, a declared grid condition that was linked could not be shown); of a site and window
without an incident, every such record of the site in the window, with the records linked to its incidents
that were open then (since definition 2). Order is (at, index). delay = rec - at, in whole seconds rounded down: how much later it
was taken into the log than it was so; negative for what was said beforehand. state = how the thing that the
record is about stands after it, from all that was so before; null for a fact that begins or ends nothing.
Corrected and retracted records are not shown; ask with an earlier known-at to see what was known then.
evidence is the source document's hash, else its reference.
"""

from __future__ import annotations

from typing import Final

from ledger.calendar import instant_s, rec_us
from projections.engine.fold import Rows
from projections.engine.report import (
    Answer,
    Cell,
    Column,
    LogView,
    Parameter,
    Report,
    Scope,
    TimelineRecord,
    needs_the_log,
)
from projections.rows.incidents import INCIDENT, linked, open_during

COLUMNS: Final = (
    Column("seq", "Step", "place in the timeline, from 1", unit=""),
    Column("incident", "Incident", "the incident; null for a site's timeline", unit=""),
    Column("at", "At", "when it was so", unit=""),
    Column("rec", "Taken", "when the ledger took it", unit=""),
    Column("delay_s", "Delay", "rec - at, in whole seconds rounded down", unit="s"),
    Column("stream", "Stream", "the stream of the record", unit=""),
    Column("kind", "Kind", "the kind of fact", unit=""),
    Column("summary", "Summary", "what it says", unit=""),
    Column("about", "About", "the thing it begins, changes or ends", unit=""),
    Column(
        "state", "State after", "how that thing stands after it; null where it is over or nothing", unit=""
    ),
    Column("evidence", "Evidence", "hash or reference of the source", unit=""),
    Column("id", "Id", "the record's id", unit=""),
    Column("index", "Index", "the record's place in the log", unit=""),
)


def asking(rows: Rows, scope: Scope, log: LogView) -> Answer:
    """The timeline of the incident asked for, of each incident, or of the sites asked for."""
    start_s, stop_s = scope.window
    found: list[tuple[str | None, TimelineRecord]] = []
    notes: list[str] = []
    wanted = scope.given.get(INCIDENT.name)
    known = [key for key in sorted(rows[INCIDENT.name]) if key[0] in scope.sites]
    facts = {key: [fact for fact in rows[INCIDENT.name][key] if fact.at_s < stop_s] for key in known}
    opened = {key: window for key, row in facts.items() if (window := open_during(row)) is not None}
    if wanted is None and scope.filtered:
        for site in scope.sites:
            own = [key for key, window in opened.items() if key[0] == site and window.stop_s > start_s]
            ids = sorted({id_ for key in own for id_ in linked(facts[key])})
            seen = log.timeline(site, start_s, stop_s, ids, scope.sites)
            found += [(None, one) for one in seen]
            notes += _missing(site, ids, seen)
    else:
        for (site, name), window in opened.items():
            if wanted in (None, name):
                ids = linked(facts[site, name])
                within = max(start_s, window.start_s), min(stop_s, window.stop_s)
                seen = log.timeline(site, *within, ids, scope.sites)
                found += [(name, one) for one in seen]
                notes += _missing(f"{site}/{name}", ids, seen)
        if wanted is not None and wanted not in {name for _, name in known}:
            notes.append(f"no incident in scope is called {wanted!r}")
    return Answer(tuple(_row(n, *each) for n, each in enumerate(found, start=1)), tuple(notes))


def _missing(what: str, ids: list[str], seen: list[TimelineRecord]) -> list[str]:
    """Notes of the linked records that a timeline cannot show."""
    return [
        f"{what}: linked record {id_} was corrected, or is in another stream than the grid and operations"
        " streams of the sites asked for and the grid streams of balancing authorities"
        for id_ in sorted(set(ids) - {one.id for one in seen})
    ]


def _row(seq: int, incident: str | None, seen: TimelineRecord) -> tuple[Cell, ...]:
    delay_s = rec_us(seen.rec) // 1_000_000 - instant_s(seen.at)
    return (
        seq,
        incident,
        seen.at,
        seen.rec,
        delay_s,
        seen.stream,
        seen.kind,
        seen.said,
        seen.about or None,
        seen.state,
        seen.evidence,
        seen.id,
        seen.record,
    )


REPORT: Final = Report(
    name="incident",
    definition_version=2,
    title="Timeline of an incident",
    classes=("grid", "operations"),
    row_kinds=(INCIDENT,),
    columns=COLUMNS,
    keys=1,
    compute=needs_the_log,
    definition=__doc__ or "",
    asking=asking,
    cites=("index",),
    conditions=True,
    matched=("incident", "id"),
    parameters=(Parameter("incident", "The incident that the report is about."),),
)
