"""The Python API: a book opened read-only, answering with values. Users import it as ``wattledger``.

Every call computes what the command of the same name shows, and fails with the same error and message. Cells
are integers in the unit of their column, as in JSON; ``to_display`` gives them in the units people read.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import msgspec

from ledger.app import frames
from ledger.app.book.book import Book
from ledger.app.queries import deadlines, explanation, log_view, moment, parameters, report_run
from ledger.app.queries.explanation import Explanation
from ledger.app.queries.moment import Moment
from ledger.app.queries.record_filter import Filter, Lines, listed
from ledger.app.queries.typed import Typed
from ledger.errors import Malformed
from ledger.records.envelope import Record
from projections.engine.amounts import unit_of
from projections.engine.report import Cell, Column, LeadFigure, Report
from projections.engine.table import KnownAt, Table
from projections.render import csv_file, display, json_file
from projections.reports import catalogue

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

When = str | date | datetime
"""An instant or a date: text as on the command line, or a date; a datetime must carry its zone."""
Names = str | Iterable[str]


class DisplayUnit(NamedTuple):
    """The unit that people are shown a column in, and how many of the cell's unit it is: MW is
    1,000,000 W.
    """

    unit: str
    worth: int


class LogEntry(msgspec.Struct, frozen=True):
    """A record of the log: ``text`` is its fact as ``wattledger log`` shows it, ``record`` all of it."""

    index: int
    id: str
    stream: str
    kind: str
    at: str
    rec: str
    text: str
    record: Record


class DueDay(NamedTuple):
    """A deadline: its day on the site's clocks, the days until it (negative once it is past), and the
    report row that states it.
    """

    on: date
    days: int
    site: str
    what: str
    report: str
    row: str


class ReportAnswer:
    """A computed report. Its rows are cells in the order of ``columns``: integers in the column's unit, text,
    true or false, None where a figure is unknown or does not apply.
    """

    def __init__(self, report: Report, made: report_run.ReportRun) -> None:
        self._report, self._made = report, made

    def __repr__(self) -> str:
        table = self._table
        return f"<report {self.name} {table.start} to {table.stop}: {len(table.rows):,} rows>"

    def __len__(self) -> int:
        return len(self._table.rows)

    @property
    def _table(self) -> Table:
        return self._made.table

    # --- its content ----------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The report's name: ``uptime``."""
        return self._table.report

    @property
    def title(self) -> str:
        """The report's title for people."""
        return self._table.title

    @property
    def verdict(self) -> str | None:
        """The answer in one sentence; None where the report has none."""
        return None if self._lead is None else self._lead.verdict

    @property
    def figures(self) -> tuple[LeadFigure, ...]:
        """The three to five figures of the first screen, each with ``name``, ``value`` and ``unit``."""
        return () if self._lead is None else self._lead.figures

    @cached_property
    def _lead(self) -> Any:
        return self._table.lead()

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns, each with ``name``, ``title``, ``unit`` and ``definition``."""
        return self._table.columns

    @cached_property
    def rows(self) -> tuple[tuple[Cell, ...], ...]:
        """The rows, cells in the order of ``columns``."""
        return tuple(self._table.rows)

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of the leading columns, which together name a row."""
        return tuple(column.name for column in self.columns[: self._table.keys])

    @property
    def row_names(self) -> tuple[str, ...]:
        """The name of each row, its keys joined by /, as ``explain`` takes it."""
        return tuple(explanation.key_of(self._table, row) for row in self.rows)

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes that a reader needs with the figures."""
        return self._table.notes

    # --- what it was made of --------------------------------------------------------------------------------

    @property
    def definition_version(self) -> int:
        """The version of the report's formulas."""
        return self._table.definition_version

    @property
    def definition(self) -> str:
        """The report's formulas and their sources."""
        return self._table.definition

    @property
    def start(self) -> str:
        """The first instant of the window, in UTC."""
        return self._table.start

    @property
    def stop(self) -> str:
        """The end of the window, not included, in UTC."""
        return self._table.stop

    @property
    def tz(self) -> str:
        """The zone of the window and of local dates."""
        return self._table.tz

    @property
    def as_of(self) -> str:
        """Facts up to this instant were seen, in UTC."""
        return self._table.as_of

    @property
    def known_at(self) -> KnownAt:
        """The part of the log that was known: ``size``, ``root`` and ``rec``, the last record's time."""
        return self._table.known_at

    # --- units ----------------------------------------------------------------------------------------------

    @property
    def units(self) -> Mapping[str, str]:
        """The unit of the integers of each column that has one: ``{"energized_w": "W"}``."""
        return MappingProxyType({column.name: column.unit for column in self.columns if column.unit})

    @property
    def display_units(self) -> Mapping[str, DisplayUnit]:
        """The unit that people are shown each of these columns in, and its worth; the same for every
        month.
        """
        return MappingProxyType(
            {
                column.name: DisplayUnit(*unit_of(column.unit, column.shown))
                for column in self.columns
                if column.unit
            }
        )

    def to_display(self) -> list[dict[str, str]]:
        """The rows as people are shown them: titles with units, rounded amounts, local times, - where a
        figure is unknown.
        """
        shown = display.columns(self._table)
        titles = [column.title for column in shown]
        return [
            dict(zip(titles, row, strict=True))
            for row in zip(*(column.cells for column in shown), strict=True)
        ]

    # --- other forms ----------------------------------------------------------------------------------------

    def to_dicts(self) -> list[dict[str, Cell]]:
        """The rows as dictionaries by column name."""
        names = [column.name for column in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows]

    def to_json(self) -> bytes:
        """The bytes of ``wattledger report --format json``; a report's hash is over these."""
        return json_file.render(self._table)

    def to_csv(self) -> bytes:
        """The bytes of ``wattledger report --format csv``."""
        return csv_file.render(self._table)

    def to_arrow(self) -> pyarrow.Table:
        """An Arrow table: 64-bit integers, text, booleans, instants in UTC and dates. Fields carry title,
        unit and definition as metadata.
        """
        return frames.arrow(self._table)

    def to_polars(self) -> polars.DataFrame:
        """A polars data frame, typed as ``to_arrow`` is."""
        return frames.polars(self._table)

    def to_pandas(self) -> pandas.DataFrame:
        """A pandas data frame, typed as ``to_arrow`` is, with nullable integers; ``attrs["units"]`` holds the
        units.
        """
        return frames.pandas(self._table)


class OpenBook:
    """A book opened read-only. It sees the records that were there when it was opened, or at ``refresh``."""

    def __init__(self, book: Book) -> None:
        self._book, self._closed = book, False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<book {self.origin} at {self._book.directory}: {self.size:,} records>"

    def close(self) -> None:
        """Close the files."""
        self._closed = True
        self._book.close()

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Run a query on the open book, and report an unreadable file as the command line does."""
        if self._closed:
            raise Malformed("the book is closed; open it again")
        with _files_named(), self._book.blaming_damage():
            yield

    @property
    def origin(self) -> str:
        """The log's name."""
        return self._book.config.origin

    @property
    def size(self) -> int:
        """Number of records seen."""
        return self._book.store.size

    @property
    def sites(self) -> tuple[str, ...]:
        """The sites of the book, sorted."""
        with self._asking():
            return report_run.registry_at(self._book, self.size).sites

    @property
    def reports(self) -> tuple[str, ...]:
        """The names of all reports."""
        return catalogue.NAMES

    def refresh(self) -> int:
        """See the records that were taken since; return the number of records."""
        with self._asking():
            return self._book.store.refresh()

    def report(
        self,
        name: str,
        *,
        period: str | int | None = None,
        start: When | None = None,
        stop: When | None = None,
        tz: str | None = None,
        as_of: When | None = None,
        known_at: When | int | None = None,
        site: Names = (),
        block: Names = (),
        **own: Any,
    ) -> ReportAnswer:
        """Compute a report. The arguments are the command's options (``start`` and ``stop`` are ``--from``
        and ``--to``); ``own`` are those of this report, such as ``incident="i1"`` or ``intervals=True``.
        """
        with self._asking():
            found = report_run.report_named(name)
            question = report_run.Question(
                period=_text("period", period),
                start=_text("from", start),
                stop=_text("to", stop),
                tz=_text("tz", tz),
                as_of=_text("as-of", as_of),
                known_at=_text("known-at", known_at),
                sites=_names("site", site),
                blocks=_names("block", block),
                said=parameters.read_words(_own(found, own), self._book.directory),
            )
            question = Typed(self._book).question(question, (found,))
            return ReportAnswer(found, log_view.run_whole(self._book, found, question))

    def explain(
        self, report: str | ReportAnswer, row: str, column: str | None = None, **asked: Any
    ) -> Explanation:
        """Explain a figure of a report, or all figures of a row, down to the records: ``figures`` with their
        formula and numbers, and ``records``.

        A report by name is computed with the arguments of ``report``; one that was computed already takes
        none.
        """
        if not isinstance(report, ReportAnswer):
            report = self.report(report, **asked)
        elif asked:
            raise Malformed(f"{report.name} is computed already; leave {', '.join(asked)} out")
        with self._asking():
            return explanation.explain(self._book, report._report, report._made, row, column)

    def state(self, at: When, *, site: Names = (), known_at: When | int | None = None) -> Moment:
        """Everything that was true at an instant: ``things``, each with its place, name, ``fields`` and
        ``words``.
        """
        with self._asking():
            typed, sites = Typed(self._book), _names("site", site)
            instant = typed.instant("at", str(_text("at", at)), sites)
            return moment.state(
                self._book, instant, sites, typed.known_at(_text("known-at", known_at), sites)
            )

    def log(
        self,
        *,
        stream: str | None = None,
        site: str | None = None,
        kind: Names = (),
        start: When | None = None,
        stop: When | None = None,
        after: int | None = None,
        limit: int | None = None,
        known_at: When | int | None = None,
    ) -> Iterator[LogEntry]:
        """The records that pass, oldest first; ``limit`` takes the newest, with ``after`` the first after an
        index.
        """
        _count("limit", limit)
        if limit is not None and limit < 1:
            raise Malformed(f"limit must be at least 1: {limit}")
        options: dict[str, Any] = {
            "stream": stream,
            "site": site,
            "start": _text("from", start),
            "stop": _text("to", stop),
            "known": _text("known-at", known_at),
            "kinds": _names("kind", kind),
            "after": _count("after", after),
            "limit": limit,
        }
        with self._asking():
            Typed(self._book).filter(options)
            wanted = Filter.of(self._book, **options)
        return self._entries(wanted)

    def _entries(self, wanted: Filter) -> Iterator[LogEntry]:
        lines = Lines(self._book, as_json=False)
        with self._asking():
            for each in listed(self._book, wanted):
                yield LogEntry(
                    each.index, each.id, each.stream, each.kind, each.at, each.rec, lines.story(each), each
                )

    def due(self, within_days: int = 30, *, at: When | None = None, site: Names = ()) -> tuple[DueDay, ...]:
        """Every deadline that is past and open, or comes within some days, by day."""
        with self._asking():
            typed, sites = Typed(self._book), _names("site", site)
            instant = self._book.now() if at is None else typed.instant("at", str(_text("at", at)), sites)
            days = _count("within_days", within_days) or 0
            found = deadlines.due(self._book, sites, instant, days).found
        return tuple(
            DueDay(day.on, days, day.site, day.what, report.name, day.row) for day, report, days in found
        )


def open(path: str | os.PathLike[str]) -> OpenBook:
    """The book of a directory, read-only; ``Malformed`` where there is none. Close it, or use ``with``."""
    with _files_named():
        return OpenBook(Book.open(Path(path), write=False))


@contextmanager
def _files_named() -> Iterator[None]:
    try:
        yield
    except OSError as why:
        raise Malformed(f"{why.filename or 'the disk'}: {why.strerror or why}") from why


def _text(name: str, value: When | int | None) -> str | None:
    """A value as it is typed on the command line."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise Malformed(f"{name} needs a zone: give the datetime a tzinfo, such as UTC: {value}")
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise Malformed(f"{name} must be text, a date or a datetime: {value!r}")


def _names(name: str, said: Names | None) -> tuple[str, ...]:
    found = () if said is None else (said,) if isinstance(said, str) else said
    if isinstance(found, Iterable):
        found = tuple(found)
        if all(isinstance(one, str) for one in found):
            return found
    raise Malformed(f"{name} must be a name, or several: {said!r}")


def _count(name: str, said: int | None) -> int | None:
    if said is None or (isinstance(said, int) and not isinstance(said, bool)):
        return said
    raise Malformed(f"{name} must be a whole number: {said!r}")


def _own(report: Report, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Parameters of single reports by their names on the command line; a flag that is off is left out."""
    found: dict[str, Any] = {}
    for name, value in said.items():
        parameter = catalogue.parameters().get(name.replace("_", "-"))
        if parameter is None:
            own = ", ".join(one.name.replace("-", "_") for one in report.parameters) or "none"
            raise Malformed(f"{report.name} has no argument {name}; its own are: {own}")
        if parameter.form == "flag" and not isinstance(value, bool | None):
            raise Malformed(f"{name} is True or False: {value!r}")
        if parameter.form != "flag" and not isinstance(value, str | os.PathLike | None):
            raise Malformed(f"{name} must be text: {value!r}")
        if value is not None and value is not False:
            found[parameter.name] = value if value is True else os.fspath(value)
    return found
