"""Timelines of incidents and of sites: their records, each as a line by column name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ledger.calendar import Window, instant_s, rec_us
from ledger.kinds import IncidentActionAgreed, IncidentActionDone
from projections.engine.fold import Rows
from projections.engine.report import Cell, LogView, Scope, TimelineRecord
from projections.figures import incident_words
from projections.figures.incident_impact import ImpactRows, leading
from projections.rows.incidents import INCIDENT, linked, open_during


class IncidentTimeline(NamedTuple):
    """An incident (None: a site's timeline), its records, and the time it was opened."""

    site: str
    incident: str | None
    opened_s: int | None
    records: list[TimelineRecord]


def timelines(
    rows: Rows, scope: Scope, ground: ImpactRows, log: LogView
) -> tuple[list[IncidentTimeline], list[str]]:
    """The timelines, and notes of the linked records that they cannot show."""
    start_s, stop_s = scope.window
    wanted = scope.given.get(INCIDENT.name)
    known = [key for key in sorted(rows[INCIDENT.name]) if key[0] in scope.sites]
    facts = {key: [fact for fact in rows[INCIDENT.name][key] if fact.at_s < stop_s] for key in known}
    opened = {key: window for key, row in facts.items() if (window := open_during(row)) is not None}
    found: list[IncidentTimeline] = []
    notes: list[str] = []
    if wanted is None and scope.filtered:
        for site in scope.sites:
            own = [key for key, window in opened.items() if key[0] == site and window.stop_s > start_s]
            ids = sorted({id_ for key in own for id_ in linked(facts[key])})
            seen = log.timeline(site, scope.window, ids, scope.sites)
            found.append(IncidentTimeline(site, None, None, seen))
            notes += _missing(site, ids, seen)
    else:
        for (site, name), window in opened.items():
            if wanted in (None, name):
                ids = linked(facts[site, name])
                within = Window(max(start_s, window.start_s), min(stop_s, window.stop_s))
                places = leading(ground, site, window)
                seen = log.timeline(site, within, ids, scope.sites, name, stop_s, places)
                if any(start_s <= instant_s(one.at) for one in seen):
                    found.append(IncidentTimeline(site, name, window.start_s, seen))
                    notes += _missing(f"{site}/{name}", ids, seen)
    return found, notes


def _missing(what: str, ids: list[str], seen: list[TimelineRecord]) -> list[str]:
    """Notes of the linked records that a timeline cannot show."""
    return [
        f"{what}: linked record {id_} is in another stream than the grid and operations streams of the sites"
        " asked for and the grid streams of balancing authorities"
        for id_ in sorted(set(ids) - {one.id for one in seen})
    ]


def done_at(seen: Sequence[TimelineRecord]) -> dict[tuple[str, str], str]:
    """When each action was done."""
    return {
        (one.body.incident, one.body.action): one.at
        for one in seen
        if isinstance(one.body, IncidentActionDone) and one.corrected_by is None
    }


def timeline_line(
    told: IncidentTimeline, seen: TimelineRecord, done: dict[tuple[str, str], str], size: int | None
) -> dict[str, Cell]:
    """A record as a line: its instant, its content, and its standing."""
    at_s, body = instant_s(seen.at), seen.body
    agreed = body if isinstance(body, IncidentActionAgreed) else None
    return {
        "incident": told.incident,
        "at": seen.at,
        "rec": seen.rec,
        "delay_s": rec_us(seen.rec) // 1_000_000 - at_s,
        "stream": seen.stream,
        "kind": seen.kind,
        "summary": seen.said,
        "about": seen.about or None,
        "state": seen.state,
        "evidence": seen.evidence,
        "id": seen.id,
        "index": seen.record,
        "clock": None if told.opened_s is None else clock(at_s - told.opened_s),
        "told": incident_words.told(seen),
        "since_s": None if told.opened_s is None else at_s - told.opened_s,
        "standing": _standing(seen),
        "why": seen.why,
        "believed_until": seen.corrected_rec,
        "corrected_by": seen.corrected_by,
        "corrects": " ".join(map(str, seen.corrects)) or None,
        "then": None if size is None else _then(seen, size),
        "owner": None if agreed is None else agreed.owner,
        "due_on": None if agreed is None else agreed.due_on,
        "done": None if agreed is None else done.get((agreed.incident, agreed.action)),
    }


def clock(seconds: int) -> str:
    """``T+06:00``, ``T-1:02:03``: time from the opening of an incident."""
    minutes, left_s = divmod(abs(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"T{'-' if seconds < 0 else '+'}{f'{hours}:' if hours else ''}{minutes:02d}:{left_s:02d}"


def _standing(seen: TimelineRecord) -> str:
    if seen.corrected_by is not None:
        return "retracted" if seen.retracted else "corrected"
    return "correction" if seen.corrects else "holds"


def _then(seen: TimelineRecord, size: int) -> str:
    if seen.record >= size:
        return "unknown"
    if seen.corrected_by is not None and seen.corrected_by < size:
        return "retracted" if seen.retracted else "corrected"
    return "holds"
