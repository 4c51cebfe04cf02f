"""Changes since the last pack: figures of the reports issued last that differ now, and the records that
changed them.

The last issue of a report with the same filters is made again over its own window from what is known now, as
the report ``restatements`` does.
"""

from __future__ import annotations

from collections.abc import Sequence

from ledger.app.book.book import Book
from ledger.app.delivery.issue import sites_of
from ledger.app.queries.log_view import BookLog
from ledger.app.queries.report_run import registry_at, rows_of
from ledger.calendar import format_instant
from projections.engine.report import Report, Restated
from projections.engine.table import Table
from projections.render import display
from projections.render.pack_index import PackChange, Since
from projections.rows.fact_rows import RecordedFact
from projections.rows.issued_reports import ISSUE


def since(book: Book, reports: Sequence[Report], tables: Sequence[Table]) -> list[Since]:
    """Changes since the last issue of each report that was issued before."""
    found = []
    for report, table in zip(reports, tables, strict=True):
        last = _last(book, report, table)
        if last is not None:
            log = BookLog(book, report, table.known_at, registry_at(book, table.known_at.size))
            restated = log.restated(last.body, None)
            why = next((each.why for each in restated if each.why is not None), "")
            changes = tuple(_change(report, each) for each in restated if each.why is None)
            issued = display.moment(format_instant(last.at_s), table.tz)
            found.append(Since(report.title, issued, last.body.recipient, changes, why))
    return found


def _last(book: Book, report: Report, table: Table) -> RecordedFact | None:
    """The newest issue of a report with these filters, in the stream that its issues are recorded in."""
    sites = sites_of(table.filters)
    stream = f"{sites[0] if len(sites) == 1 else 'fleet'}/{report.reader}"
    size = table.known_at.size
    registry = registry_at(book, size)
    if stream not in registry.numbers or book.lacks({stream: registry.numbers[stream]}):
        return None
    rows = rows_of(book, registry, (stream,), size, (ISSUE,))[ISSUE.name]
    issues = [
        fact
        for facts in rows.values()
        for fact in facts
        if fact.body.report == report.name and fact.body.filters == table.filters
    ]
    return max(issues, key=lambda fact: fact[:2], default=None)


def _change(report: Report, each: Restated) -> PackChange:
    column = next(column for column in report.columns if column.name == each.column)
    was, now = (display.display(column.unit, cell) for cell in (each.as_reported, each.now))
    return PackChange(each.row or "", column.title, was, now, each.caused_by)
