"""Rows of the report incident: each timeline, then each incident as a whole."""

from __future__ import annotations

from ledger.calendar import Window
from projections.engine.fold import Rows
from projections.engine.report import Answer, Cell, LogView, Scope
from projections.figures.incident_impact import ImpactRows
from projections.reports.incident.columns import cells_of
from projections.reports.incident.impact_line import impact_lines
from projections.reports.incident.timeline import done_at, timeline_line, timelines
from projections.rows.incidents import INCIDENT


def asking(rows: Rows, scope: Scope, log: LogView) -> Answer:
    """Timeline of one incident, of each incident, or of sites; each incident as a whole; on request beside
    an earlier knowledge.
    """
    wanted = scope.given.get(INCIDENT.name)
    beside = scope.given.get("beside")
    ground = ImpactRows.of(rows, scope)
    told, notes = timelines(rows, scope, ground, log)
    lines: list[dict[str, Cell]] = []
    then = None if beside is None else log.earlier(str(beside), scope.sites)
    size = None if then is None else then.size
    for each in told:
        done = done_at(each.records)
        lines += [timeline_line(each, one, done, size) for one in each.records]
    wholes, found = impact_lines(rows, scope, ground, told)
    lines, notes = lines + wholes, notes + found
    if then is not None:
        until_s = min(scope.window.stop_s, then.last_s + 1)  # facts of that second were known too
        before = scope._replace(window=Window(min(scope.window.start_s, until_s), until_s))
        ground = ImpactRows.of(then.rows, before)
        earlier = timelines(then.rows, before, ground, then.log)[0]
        for line in impact_lines(then.rows, before, ground, earlier)[0]:
            words = f"With the first {then.size:,} records: {line['summary']}"
            lines.append(line | {"known_records": then.size, "summary": words, "told": words})
    if wanted is not None and not any(
        name == wanted and site in scope.sites for site, name in rows[INCIDENT.name]
    ):
        notes.append(f"no incident in scope is called {wanted!r}")
    return Answer(tuple(cells_of(**line, seq=n) for n, line in enumerate(lines, start=1)), tuple(notes))
