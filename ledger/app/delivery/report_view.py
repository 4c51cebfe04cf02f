"""A report as a page shows it: its answer, its figures, its pictures and its rows in the words of the HTML
format, as values that a template lays out.

A row has the name by which ``explain`` takes it, so that every figure can lead to its explanation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from ledger.app.book.book import Book
from ledger.app.queries import explanation
from ledger.app.queries.difference import Difference
from ledger.app.queries.explanation import Explanation
from ledger.app.queries.record_filter import Lines
from ledger.app.queries.report_run import ReportRun
from ledger.records.envelope import Record
from projections.engine.report import Cell
from projections.engine.table import Table
from projections.render import display, html_explained, html_table, provenance
from projections.render.charts import svg
from projections.render.html_explained import ShownWorkings
from projections.render.templating import markup

if TYPE_CHECKING:
    from markupsafe import Markup

CHANGES: Final = 200
RECORDS: Final = 100


class ViewPicture(NamedTuple):
    """A picture with its drawing."""

    title: str
    says: str
    svg: Markup


class ViewColumn(NamedTuple):
    """A column: its words, its unit for people, its name, what it means; whether it holds amounts, names the row,
    and stands behind the first ones.
    """

    title: str
    unit: str
    name: str
    meaning: str
    numeric: bool
    key: bool
    rest: bool


class ViewRow(NamedTuple):
    """A row: its name for ``explain``, whether others add up to it, and its cells in the order of the columns."""

    name: str
    total: bool
    cells: tuple[str, ...]


class ReportView(NamedTuple):
    """A report on a page; instants as stored. ``beyond``: how many rows are left out."""

    name: str
    title: str
    definition_version: int
    verdict: str
    figures: list[tuple[str, str]]
    pictures: list[ViewPicture]
    columns: list[ViewColumn]
    rows: list[ViewRow]
    beyond: int
    notes: tuple[str, ...]
    where: str
    only: str
    period: str
    start: str
    stop: str
    as_of: str
    tz: str
    definition: list[tuple[str, bool]]
    sha256: str


def report_view(run: ReportRun, *, most: int, ident: str = "p", pictures: bool = True) -> ReportView:
    """A report as a page shows it; ``ident`` keeps the drawings of several in one page apart."""
    table = run.table
    lead = table.lead()
    shown = table._replace(rows=table.rows[:most])
    fields = html_table.fields(shown)
    drawn = table.pictures() if pictures else ()
    return ReportView(
        table.report,
        table.title,
        table.definition_version,
        lead.verdict if lead else "",
        display.figures(table, lead) if lead else [],
        [
            ViewPicture(one.title, one.says, markup(svg.svg(one, f"{ident}{n}")))
            for n, one in enumerate(drawn)
        ],
        [
            ViewColumn(
                field.title,
                field.unit,
                table.columns[field.place].name,
                field.definition,
                field.numeric,
                field.key,
                field.rest,
            )
            for field in fields
        ],
        _rows(shown, fields),
        len(table.rows) - len(shown.rows),
        table.notes,
        display.where(table),
        display.only(table) if display.beyond_scope(table) else "",
        display.moment(table.start, table.tz) if table.start == table.stop else display.period(table),
        table.start,
        table.stop,
        table.as_of,
        table.tz,
        _definition(table),
        provenance.content_sha256(table),
    )


def where(run: ReportRun, every: Sequence[str] = ()) -> str:
    """The sites that a report is about in words, where a reader sees ``every`` site of these alone."""
    table = run.table
    if not any(name.startswith("site=") for name in table.filters):
        table = table._replace(filters=tuple(f"site={site}" for site in every))
    return display.where(table)


def _rows(table: Table, fields: Sequence[html_table.HtmlColumn]) -> list[ViewRow]:
    scoped = table.columns[0].name == "scope"
    cells = zip(*(field.cells for field in fields), strict=True)
    return [
        ViewRow(explanation.key_of(table, row), scoped and row[0] in ("fleet", "site"), tuple(words))
        for row, words in zip(table.rows, cells, strict=True)
    ]


def _definition(table: Table) -> list[tuple[str, bool]]:
    blocks = table.definition.strip().replace("``", "").split("\n\n")
    return [(block, display.is_laid_out(block)) for block in blocks if block]


# --- one figure explained -----------------------------------------------------------------------------------


class RecordLine(NamedTuple):
    """A record as story text."""

    number: int
    text: str


class FigureView(NamedTuple):
    """A figure explained: what was put into it, how it was worked out, and the records behind it."""

    name: str
    title: str
    value: str
    meaning: str
    numbers: tuple[str, ...]
    workings: tuple[ShownWorkings, ...]
    records: int


class ExplanationView(NamedTuple):
    """The figures of a row explained, with the first records behind them, and how many there are in all."""

    row: str
    figures: list[FigureView]
    records: list[RecordLine]
    all_records: int


def explanation_view(book: Book, found: Explanation) -> ExplanationView:
    """An explanation as a page shows it."""
    tz, lines = found.table.tz, Lines(book, as_json=False)
    figures = [
        FigureView(
            each.column.name,
            each.column.title,
            found.words.get(each.column.name) or _said(each.column.unit, each.value, tz),
            each.column.definition,
            (
                *(f"{column.title} {_said(column.unit, cell, tz)}" for column, cell in each.cells),
                *(f"{name} {_said(unit, cell, tz)}" for name, cell, unit in each.numbers),
            ),
            tuple(html_explained.workings(one, tz) for one in each.workings),
            len(each.records),
        )
        for each in found.figures
    ]
    shown = [record_line(lines, record) for record in found.records[:RECORDS]]
    return ExplanationView(found.row, figures, shown, len(found.records))


def _said(unit: str, cell: Cell, tz: str) -> str:
    return display.moment(str(cell), tz) if display.is_instants([cell]) else html_explained.amount(unit, cell)


def record_line(lines: Lines, record: Record) -> RecordLine:
    """A record as a line, without what its sections hold."""
    return RecordLine(record.index, lines.story(record, sections=False))


# --- what changed -------------------------------------------------------------------------------------------


class ChangeView(NamedTuple):
    """A figure that is another: its row, its title, what it was and is, and the records that did it."""

    row: str
    title: str
    was: str
    now: str
    what: str
    records: tuple[int, ...]


def change_views(changes: Sequence[Difference], tz: str) -> list[ChangeView]:
    """Differences as a page shows them."""
    return [
        ChangeView(
            each.row,
            each.column.title,
            _said(each.column.unit, each.was, tz),
            _said(each.column.unit, each.now, tz),
            each.what,
            tuple(record.index for record in each.caused_by),
        )
        for each in changes[:CHANGES]
    ]
