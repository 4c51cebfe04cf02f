"""Restatements: which figures of issued reports are others now, by how much, and which records did it.

An issued report is made again from the records known when it was issued; while its definition version and the
tz database it was made with ship, that gives the bytes whose hash was recorded. It is then made over the same
window, as-of and filters with the records known when a later issue of the same report, window and filters
superseded it, and the last one with those known now; every cell that differs is listed. difference = now - as
reported, for numbers. A report that cannot be made again, or whose bytes differ from the recorded hash, is
listed with the reason in why and no cells. A report whose figures still stand is counted in the notes. An
issue of this very report is not restated: what changed in it is what is listed of the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from ledger.calendar import format_instant
from projections.engine.fold import Key, Rows
from projections.engine.report import (
    Answer,
    Cell,
    Column,
    Lead,
    LeadFigure,
    LogView,
    Report,
    ReportRow,
    Restated,
    Scope,
    needs_the_log,
    row_of,
)
from projections.engine.words import by_name, counted, sentence, verb
from projections.rows.issued_reports import ISSUE

NAME: Final = "restatements"
COLUMNS: Final = (
    Column("report", "Report", "the report that was issued", unit=""),
    Column("window", "Window", "its window, start/stop", unit=""),
    Column("filters", "Filters", "what it was limited to; null for nothing", unit=""),
    Column("issued_at", "Issued", "when it left", unit=""),
    Column("recipient", "Recipient", "for whom", unit=""),
    Column("row", "Row", "the row's key", unit=""),
    Column("column", "Column", "the figure", unit=""),
    Column("as_reported", "As reported", "the cell as it was issued, as text", unit=""),
    Column("now", "Now", "the cell in the superseding issue, else as known now, as text", unit=""),
    Column("difference", "Difference", "now - as reported, in the column's unit", unit=""),
    Column("caused_by", "Caused by", "indexes of the records that did it", unit=""),
    Column("known_at", "Known then", "records known when it was issued", unit=""),
    Column("superseded_at", "Superseded", "when a later issue took its place; null for the last", unit=""),
    Column("why", "Why not", "why it cannot be made again; null where it can", unit=""),
)
_cells: Final = row_of(COLUMNS)


def asking(rows: Rows, scope: Scope, log: LogView) -> Answer:
    """One row for each cell that differs now, by report, window and issue."""
    lines: list[ReportRow] = []
    stand: Counter[str] = Counter()
    for key, issues in _issued(rows, scope):
        superseding = [*issues[1:], None]
        for issue, later in zip(issues, superseding, strict=True):
            found = log.restated(issue.body, None if later is None else later.body.known_at)
            lines += [_row(key, issue, later, each) for each in found]
            stand[key[2]] += not found
    notes = [
        f"{report}: {count} issued as it still stands" for report, count in sorted(stand.items()) if count
    ]
    return Answer(tuple(lines), tuple(notes))


def _issued(rows: Rows, scope: Scope) -> Iterator[tuple[Key, list[Any]]]:
    """The issues of every report in scope except this one, by report, window and filters, in order of
    time.
    """
    places = {*scope.sites, *(() if scope.filtered else ("fleet",))}
    others = (key for key in rows[ISSUE.name] if key[0] in places and key[2] != NAME)
    for key in sorted(others, key=lambda key: (key[2:], key[:2])):
        issues = [issue for issue in rows[ISSUE.name][key] if issue.at_s < scope.window.stop_s]
        if issues:
            yield key, issues


def _row(key: Key, issue: Any, later: Any, found: Restated) -> ReportRow:
    return _cells(
        report=key[2],
        window=f"{key[3]}/{key[4]}",
        filters=key[6] or None,
        issued_at=format_instant(issue.at_s),
        recipient=issue.body.recipient,
        row=found.row,
        column=found.column,
        as_reported=_text(found.as_reported),
        now=_text(found.now),
        difference=found.difference,
        caused_by=" ".join(map(str, found.caused_by)) or None,
        known_at=issue.body.known_at,
        superseded_at=None if later is None else format_instant(later.at_s),
        why=found.why,
    )


def _text(cell: Cell) -> str | None:
    return None if cell is None else str(cell).lower() if isinstance(cell, bool) else str(cell)


# --- first screen -------------------------------------------------------------------------------------------


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """Issued reports that still stand, figures that differ now, and the number of records behind that."""
    lines = by_name(COLUMNS, answer.rows)
    issued = sum(len(issues) for _, issues in _issued(rows, scope))
    changed, lost = (
        [line for line in lines if (line["why"] is None) is reproducible] for reproducible in (True, False)
    )
    restated, unmade = (
        len({tuple(line[name] for name in _ISSUE) for line in some}) for some in (changed, lost)
    )
    records = {record for line in changed for record in str(line["caused_by"] or "").split()}
    figures = (
        LeadFigure("Issued reports that stand", f"{issued - restated - unmade:,} of {issued:,}", ""),
        LeadFigure("Restated reports", restated, ""),
        LeadFigure("Restated figures", len(changed), ""),
        LeadFigure("Records that did it", len(records), ""),
        LeadFigure("Reports that cannot be made again", unmade, ""),
    )
    if not issued:
        return Lead("No report was issued by the end of this window.", figures)
    cause = f", because of {counted(len(records), 'record')}" if records else ""
    told = (
        f"{counted(len(changed), 'figure')} in {restated:,} of {counted(issued, 'issued report')}"
        f" {verb(len(changed), 'is', 'are')} different now{cause}"
    )
    verdict = sentence(
        told if changed else f"No figure of {counted(issued, 'issued report')} is different now",
        f"{counted(unmade, 'report')} cannot be made again" if unmade else "",
    )
    return Lead(verdict, figures)


_ISSUE: Final = ("report", "window", "filters", "issued_at", "recipient", "known_at", "superseded_at")


REPORT: Final = Report(
    name=NAME,
    definition_version=1,
    title="Restated figures of issued reports",
    packs=("lease",),
    classes=("grid", "operations", "lease", "community"),
    row_kinds=(ISSUE,),
    columns=COLUMNS,
    keys=7,
    compute=needs_the_log,
    definition=__doc__ or "",
    asking=asking,
    cites=("caused_by",),
    fleet=True,
    alone=False,
    lead=lead,
    first=("report", "window", "why", "row", "column", "as_reported", "now", "caused_by"),
)
