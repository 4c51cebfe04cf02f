"""Contents of the read models: the tables of a book, each with its columns and the source of its rows.

Each report over the whole log is a table of its name. With details there are also the bulky reports,
``events`` with a row for each record, and for a report one table of months (``uptime_monthly``) and, where
its figures of a single day are meaningful, one of days: these begin with ``time``, the window's first
instant, and its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from ledger import calendar
from ledger.app.book.book import Book
from ledger.app.queries import report_run
from ledger.app.queries.log_view import BookLog
from ledger.app.queries.report_run import Question, Registry
from ledger.kinds import BY_BODY, SectionErased, StreamOpened
from ledger.records.envelope import Record
from ledger.records.ids import binary_id
from ledger.records.wording import sentence
from projections.engine.amounts import unit_of
from projections.engine.fold import Rows
from projections.engine.report import Cell, Column, Report
from projections.engine.table import KnownAt, Table
from projections.reports.catalogue import REPORTS

EVENTS: Final = "events"
EVENT_COLUMNS: Final = (
    Column("record", "Record", "index in the log", ""),
    Column("time", "Time", "when it happened, in UTC", ""),
    Column("recorded", "Recorded", "when the ledger took it, in UTC", ""),
    Column("site", "Site", "the site, or the place of a balancing authority", ""),
    Column("stream", "Stream", "the stream of the record", ""),
    Column("kind", "Kind", "the kind of fact, with its version", ""),
    Column("said", "Fact", "the fact in words, without what a section holds", ""),
    Column("stands", "Stands", "1, or 0 where a later record corrects or retracts it", ""),
    Column("id", "Id", "the id of the record", ""),
)


class WindowSeries(NamedTuple):
    """A type of table of windows: ``monthly`` or ``daily``, the column that names the window, the length of
    that name in an ISO date, and how many windows there are at most: one fact dated decades too early would
    else make thousands.
    """

    name: str
    column: str
    length: int
    most: int

    def table(self, report: Report) -> str:
        """The name of a report's table."""
        return f"{table_name(report.name)}_{self.name}"

    def columns(self, report: Report) -> tuple[Column, ...]:
        """The window's columns, then the report's."""
        return (
            Column("time", "Time", f"the first instant of the {self.column}, in UTC", ""),
            Column(self.column, self.column.title(), f"the {self.column} in the report's zone", ""),
            *report.columns,
        )


MONTHLY: Final = WindowSeries("monthly", "month", 7, 240)
DAILY: Final = WindowSeries("daily", "day", 10, 1100)


class TableRows(NamedTuple):
    """Rows of a table of windows that are new or made again: those of windows that begin at ``since``
    or later.
    """

    name: str
    columns: tuple[Column, ...]
    since: str
    rows: list[tuple[Cell, ...]]


def table_name(report: str) -> str:
    """The table of a report: ``power_use``."""
    return report.replace("-", "_")


def whole(details: bool) -> list[Report]:
    """The reports that are made over the whole log."""
    return [report for report in REPORTS if details or not report.bulky]


def spans(details: bool) -> list[tuple[WindowSeries, Report]]:
    """The tables of windows. A report that asks the log, or lists records, is of the whole log only."""
    if not details:
        return []
    plain = [report for report in REPORTS if not report.bulky and report.asking is None and not report.cites]
    daily = [(DAILY, report) for report in plain if report.daily]
    return [*((MONTHLY, report) for report in plain), *daily]


def columns_of(details: bool) -> dict[str, tuple[Column, ...]]:
    """The columns of every table of rows."""
    return {
        **{table_name(report.name): report.columns for report in whole(details)},
        **{span.table(report): span.columns(report) for span, report in spans(details)},
        **({EVENTS: EVENT_COLUMNS} if details else {}),
    }


Fill = Callable[[Book, Sequence[tuple[int, str, int]], Path], None]
"""Fills a cache of rows with some streams, as (number, disclosure class, records)."""


class ReadModelSource:
    """A book's rows, folded once, from which every table is made; ``fill`` lets others fold. Rows are put in at
    once, or ``lazily`` where others make the reports.
    """

    def __init__(
        self,
        book: Book,
        details: bool,
        cache: Path | None = None,
        fill: Fill | None = None,
        size: int | None = None,
        *,
        lazily: bool = False,
    ) -> None:
        self.book, self.details = book, details
        self._whole: dict[str, Table] = {}
        self.known: KnownAt = report_run.known_at(book, None if size is None else str(size))
        self._registry: Registry = report_run.registry_at(book, self.known.size)
        reports = whole(details)
        declared = (
            report_run.declared_streams(report, self._registry, self._registry.sites) for report in reports
        )
        self._names = tuple(dict.fromkeys(name for some in declared for name in some))
        row_kinds = (*(kind for report in reports for kind in report.row_kinds), report_run.EXTENT)
        among = book, self._registry, self._names, self.known.size
        if fill is not None and cache is not None:
            fill(book, list(report_run.folded(*among)), cache)
        self._put_in = partial(report_run.rows_of, *among, row_kinds, cache)
        if not lazily:
            self._rows  # noqa: B018 - folded now

    @cached_property
    def _rows(self) -> Rows:
        """The rows; where others made the reports, only tables of windows ask for them here."""
        return self._put_in()

    def take(self, tables: Iterable[Table]) -> None:
        """Take tables over the whole log that others made."""
        self._whole |= {table.report: table for table in tables}

    def whole(self, report: Report) -> Table:
        """A report over the whole log."""
        if report.name not in self._whole:
            self._whole[report.name] = self._made(report, Question())
        return self._whole[report.name]

    def _made(self, report: Report, question: Question) -> Table:
        return report_run.answer(
            self.book, report, question, self.known, self._registry, self._rows, BookLog
        ).table

    def windows(self, since: str) -> Iterator[TableRows]:
        """The tables of windows, with the windows that do not end before an instant."""
        for span, report in spans(self.details):
            first = ""
            rows: list[tuple[Cell, ...]] = []
            for day in days_of(span, self.whole(report), since):
                name = day.isoformat()[: span.length]
                table = self._made(report, Question(period=name))
                if table.stop <= since:
                    continue
                first = first or table.start
                rows += [(table.start, name, *row) for row in table.rows]
            yield TableRows(span.table(report), span.columns(report), first, rows)


def days_of(span: WindowSeries, all_time: Table, since: str = "") -> Iterator[date]:
    """The first day of each window of a report, from its first fact, or from a day before an instant, to the
    last.
    """
    zone = calendar.zone(all_time.tz)
    start_s = calendar.instant_s(all_time.start)
    if since:
        start_s = max(start_s, calendar.instant_s(since) - calendar.DAY_S)
    day, last = (
        calendar.local_date(at_s, zone)
        for at_s in (start_s, max(start_s, calendar.instant_s(all_time.stop) - 1))
    )
    back = calendar.add_months(last, -span.most) if span is MONTHLY else last - timedelta(days=span.most)
    day = max(day, back)
    day = day.replace(day=1) if span is MONTHLY else day
    while day <= last:
        yield day
        day = calendar.add_months(day, 1) if span is MONTHLY else calendar.days_after(day, 1)


def event_row(record: Record, *, stands: bool) -> tuple[Cell, ...]:
    """A record as a row of ``events``."""
    return (
        record.index,
        record.at,
        record.rec,
        record.place,
        record.stream,
        BY_BODY[type(record.body)].tag,
        sentence(record.body, sections=False),
        int(stands),
        record.id,
    )


def described(columns: Mapping[str, Sequence[Column]]) -> Iterator[dict[str, Any]]:
    """A row for each column of each table: its unit, its display unit and the factor between them."""
    for table, each in columns.items():
        for column in each:
            shown, worth = unit_of(column.unit, column.shown) if column.unit else ("", 1)
            yield {
                "table_name": table,
                "column_name": column.name,
                "title": column.title,
                "unit": column.unit,
                "shown_unit": shown,
                "worth": worth,
                "description": column.definition,
            }


def report_row(table: Table, fingerprint: str | None) -> dict[str, Any]:
    """What a report's table was made from, as a row of ``reports``."""
    return {
        "report": table.report,
        "title": table.title,
        "definition_version": table.definition_version,
        "start": table.start,
        "stop": table.stop,
        "tz": table.tz,
        "as_of": table.as_of,
        "known_at_size": table.known_at.size,
        "tzdata": table.tzdata,
        "fingerprint": fingerprint,
        "notes": "\n".join(table.notes),
    }


def changed_since(book: Book, size: int) -> str | None:
    """The instant before which the records after ``size`` change no window; None where every window may
    change: a stream was opened, which is in all windows, or a section was erased.
    """
    earliest = book.record_at(size - 1).rec[:19] + "Z"
    for record in book.records(size, book.store.size):
        if isinstance(record.body, StreamOpened | SectionErased):
            return None
        earliest = min(earliest, record.at, *(book.record_at(n).at for n in corrected(book, record)))
    return earliest


def corrected(book: Book, record: Record) -> list[int]:
    """The indexes of the records that one corrects or retracts."""
    return list(book.store.indexes(map(binary_id, record.corrects or ())).values())
