"""The tables that SQL is asked over: those of the read models with details, and ``records``.

A table is made when a query names it, from the book at hand: of a token's scope, or a bundle, it holds what
that book holds. A report that cannot be made from it has no table. Instants are text in UTC and integers are
in the unit of their column, as in the read models.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from ledger import calendar
from ledger.app.book.book import Book
from ledger.app.queries import log_view, report_run
from ledger.app.queries.log_view import BookLog
from ledger.app.queries.report_run import Question
from ledger.app.read_models import plan
from ledger.records.envelope import Record
from projections.engine.report import Column, Report
from projections.engine.table import Table
from projections.render.json_file import render as as_json

RECORDS: Final = "records"
COLUMNS: Final = "columns"
REPORTS: Final = "reports"
MADE_FROM: Final = "made_from"
RECORD_COLUMNS: Final = (
    *plan.EVENT_COLUMNS,
    Column("pos", "Position", "position in its stream", ""),
    Column("actor", "Actor", "who recorded it", ""),
    Column("corrects", "Corrects", "ids of the records that it corrects or retracts, a JSON array", ""),
    Column("reason", "Reason", "why it corrects them", ""),
    Column("source", "Source", "where the fact comes from, a JSON object", ""),
    Column("body", "Body", "the fact as JSON by the names of its kind, without what a section holds", ""),
)
ABOUT: Final = {
    COLUMNS: ("table_name", "column_name", "title", "unit", "shown_unit", "worth", "description"),
    REPORTS: (
        *("report", "title", "definition_version", "start", "stop", "tz", "as_of", "known_at_size"),
        *("tzdata", "fingerprint", "notes"),
    ),
    MADE_FROM: ("origin", "size", "root", "rec"),
}
"""Tables about the others, and their columns."""
JSON_COLUMNS: Final = ("corrects", "source", "body")
LARGEST: Final = 1 << 63
Check = Callable[[], None]


class SqlTable(NamedTuple):
    """A table's columns with their SQL types and what they mean, and its rows as JSON objects."""

    types: dict[str, str]
    comments: dict[str, str]
    rows: Iterable[bytes]


def columns_by_table() -> dict[str, tuple[Column, ...]]:
    """The tables of rows with their columns."""
    return {RECORDS: RECORD_COLUMNS, **plan.columns_of(details=True)}


def table_names() -> tuple[str, ...]:
    """Every table that a query may name."""
    return (*columns_by_table(), *ABOUT)


class SqlTables:
    """The tables of a book, as known with some records and as of an instant (None: as reports choose it).
    ``check`` is called now and then, and may raise to end what takes too long.
    """

    def __init__(self, book: Book, known_at: str | None, as_of: str | None, check: Check) -> None:
        self._book, self._asked, self._check = book, Question(known_at=known_at, as_of=as_of), check
        self.known = report_run.known_at(book, known_at)
        self._registry = report_run.registry_at(book, self.known.size)
        self._reports = {plan.table_name(report.name): report for report in plan.whole(details=True)}
        self._windows = {span.table(report): (span, report) for span, report in plan.spans(details=True)}

    def made(self, name: str) -> SqlTable:
        """A table of ``table_names``; ``Malformed`` where it cannot be made from this book."""
        if name in ABOUT:
            return self._about(name)
        columns = columns_by_table()[name]
        if name in (RECORDS, plan.EVENTS):
            integers = {"record", "pos", "stands"}
            types = {
                one.name: "BIGINT"
                if one.name in integers
                else "JSON"
                if one.name in JSON_COLUMNS
                else "VARCHAR"
                for one in columns
            }
            return SqlTable(types, _comments(columns), self._records(whole=name == RECORDS))
        rows = (
            list(self._window_rows(*self._windows[name]))
            if name in self._windows
            else list(self._report(self._reports[name]).rows)
        )
        types = {column.name: _type(column, [row[n] for row in rows]) for n, column in enumerate(columns)}
        return SqlTable(types, _comments(columns), _encoded([one.name for one in columns], rows))

    def has(self, name: str) -> bool:
        """Can a table be made of what of the book is here?"""
        report = self._windows[name][1] if name in self._windows else self._reports.get(name)
        if report is None:
            return True
        whole, why = report_run.sites_held(self._book, report, self._registry)
        return bool(whole) or not why

    def _report(self, report: Report) -> Table:
        self._check()
        return log_view.run(self._book, report, self._asked)

    def _window_rows(self, span: plan.WindowSeries, report: Report) -> Iterator[Sequence[Any]]:
        """The rows of every window, from rows that are folded once."""
        book, registry, size = self._book, self._registry, self.known.size
        all_time = self._report(report)
        held = report_run.held_here(book, report, registry, self._asked)
        sites = report_run.sites_of(registry, held.sites)
        names = report_run.declared_streams(report, registry, sites)
        rows = report_run.rows_of(book, registry, names, size, report.row_kinds)
        for day in plan.days_of(span, all_time):
            self._check()
            name = day.isoformat()[: span.length]
            question = held._replace(period=name)
            table = report_run.answer(book, report, question, self.known, registry, rows, BookLog).table
            for row in table.rows:
                yield (table.start, name, *row)

    def _records(self, *, whole: bool) -> Iterator[bytes]:
        gone = report_run.gone_at(self._book, self.known.size)
        names = [column.name for column in (RECORD_COLUMNS if whole else plan.EVENT_COLUMNS)]
        for record in self._book.records(0, self.known.size):
            if not record.index & 1023:
                self._check()
            row = plan.event_row(record, stands=record.id not in gone)
            cells = (*row, *_envelope(record)) if whole else row
            yield msgspec.json.encode(dict(zip(names, cells, strict=True)))

    def _about(self, name: str) -> SqlTable:
        integers = {"worth", "size", "known_at_size", "definition_version"}
        types = {column: "BIGINT" if column in integers else "VARCHAR" for column in ABOUT[name]}
        if name == COLUMNS:
            rows: Iterable[dict[str, Any]] = plan.described(columns_by_table())
        elif name == MADE_FROM:
            known = self.known
            origin = self._book.config.origin
            rows = [{"origin": origin, "size": known.size, "root": known.root, "rec": known.rec}]
        else:
            rows = (plan.report_row(table, _fingerprint(table)) for table in self._held_reports())
        return SqlTable(types, {}, (msgspec.json.encode(row) for row in rows))

    def _held_reports(self) -> Iterator[Table]:
        for report in plan.whole(details=False):
            if not report_run.sites_held(self._book, report, self._registry)[0]:
                continue
            yield self._report(report)

    @property
    def as_of(self) -> str:
        """As of when reports over the whole log speak."""
        asked = self._asked.as_of
        return calendar.format_instant(report_run.last_s(self.known)) if asked is None else asked


def _envelope(record: Record) -> tuple[Any, ...]:
    """What ``records`` has beside the columns of ``events``."""
    return (
        record.pos,
        record.actor,
        record.corrects or None,
        record.reason or None,
        record.source or None,
        record.body,
    )


def _fingerprint(table: Table) -> str:
    return hashlib.sha256(as_json(table)).hexdigest()


def _comments(columns: Sequence[Column]) -> dict[str, str]:
    return {
        one.name: f"{one.title}{f' ({one.unit})' if one.unit else ''}: {one.definition}" for one in columns
    }


def _encoded(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    return (msgspec.json.encode(dict(zip(names, row, strict=True))) for row in rows)


def _type(column: Column, values: Sequence[Any]) -> str:
    """The SQL type of a column: by its unit, else by what is known of it."""
    known = [value for value in values if value is not None]
    if any(isinstance(value, int) and not -LARGEST <= value < LARGEST for value in known):
        return "HUGEINT"
    if known and all(isinstance(value, bool) for value in known):
        return "BOOLEAN"
    integers = column.unit or (known and all(isinstance(value, int) for value in known))
    return "BIGINT" if integers else "VARCHAR"


__all__ = ["MADE_FROM", "SqlTable", "SqlTables", "columns_by_table", "table_names"]
