"""Explain: every figure down to its records.

For a row of a report, column by column: the formula in words, the numbers put into it, and the records behind
it by index and id. The records suffice: a report made from them alone gives the same figure (law).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, takewhile
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from ledger import calendar
from ledger.app.book.book import Book
from ledger.app.queries import report_run
from ledger.calendar import Window
from ledger.errors import Malformed, nearest, no_such, there_are
from ledger.kinds import BY_BODY
from ledger.records.envelope import Record
from ledger.records.wording import sentence
from projections.engine.fold import FigureScope, Key, RowKind, Rows, found_once
from projections.engine.report import (
    Behind,
    Cell,
    Column,
    Number,
    Report,
    ReportRow,
    Scope,
    Workings,
    every_key,
)
from projections.engine.table import CellExplained, Explained, Table

_WITH_UNIT: Final = re.compile(r" *\([^()]*\)$")
At = tuple[str, int]  # stream and position
Keys = tuple[Key, ...]
_MANY: Final = 16
Line = Callable[[Record], str]
"""Shows a record."""


class Figure(NamedTuple):
    """One cell explained: its column, its value, the cells and numbers put into it, the positions of its
    records, and tables of its computation.
    """

    column: Column
    value: Cell
    cells: tuple[tuple[Column, Cell], ...]
    numbers: tuple[Number, ...]
    records: tuple[At, ...]
    workings: tuple[Workings, ...] = ()


class Explanation(NamedTuple):
    """One row explained; ``words`` are what people read in place of some of its stored cells, by column."""

    table: Table
    row: str
    figures: tuple[Figure, ...]
    records: tuple[Record, ...]
    words: Mapping[str, str] = MappingProxyType({})


def explain(
    book: Book, report: Report, found: report_run.ReportRun, row: str, column: str | None
) -> Explanation:
    """The figures of one row (of one column, if given) with the records behind them."""
    cells = matched(report, found.table).get(row) or row_named(found.table, row)
    figures_of = report.columns[report.keys :]
    wanted = figures_of if column is None else (column_named(report.name, figures_of, column),)
    if report.cites:
        records = [book.record_at(index) for index in sorted(cited(report, cells))]
        places = tuple((record.stream, record.pos) for record in records)
        figures = tuple(Figure(c, cells[c.name], (), (), places) for c in wanted)
    else:
        figures = tuple(figure(report, found.rows, found.scope, cells, c) for c in wanted)
        behind = sorted({at for each in figures for at in each.records})
        records = sorted(read(book, numbers_of(book), behind), key=lambda record: record.index)
    words = found.table.plain(cells) if found.table.plain else {}
    return Explanation(
        found.table, key_of(found.table, tuple(cells.values())), figures, tuple(records), words
    )


def column_named(report: str, columns: Sequence[Column], text: str) -> Column:
    """The column of a name or a title, which may have its unit behind it; ``Malformed`` names the nearest."""
    wanted = {text.lower(), _WITH_UNIT.sub("", text).lower()}
    found = [c for c in columns if c.name == text] or [c for c in columns if c.title.lower() in wanted]
    if len(found) > 1:
        names = ", ".join(column.name for column in found)
        raise Malformed(f"{report} has more than one column called {text!r}: {names}")
    if not found:
        spelled = {label: column.name for column in columns for label in (column.title, column.name)}
        near = list(dict.fromkeys(spelled[label] for label in nearest(text, spelled)))
        raise no_such("column", text, near or [c.name for c in columns], f" in {report}")
    return found[0]


def cited(report: Report, cells: Mapping[str, Cell]) -> set[int]:
    """The indexes of records that a row of a report cites: one in a cell, or several as text."""
    said = (str(cells[name]) for name in report.cites if cells[name] is not None)
    return {int(index) for text in said for index in text.split()}


def figure(report: Report, rows: Rows, scope: Scope, cells: Mapping[str, Cell], column: Column) -> Figure:
    """One cell of a row explained, from the rows that the report was made from."""
    titled = {c.name: c for c in report.columns}
    behind = report.behind(rows, scope, cells, column.name)
    rests_on = _ground(report, rows, scope, cells, column, behind)
    return Figure(
        column,
        cells[column.name],
        tuple((titled[name], cells[name]) for name in column.of),
        behind.numbers(),
        _places(rests_on, rows),
        behind.workings(),
    )


class Ground(NamedTuple):
    """Rows behind one cell, by row kind, in a window, and records beside them."""

    rows: tuple[tuple[RowKind, Keys], ...]
    asked: FigureScope
    also: tuple[At, ...]


def ground(report: Report, rows: Rows, scope: Scope, cells: Mapping[str, Cell], column: Column) -> Ground:
    """Rows and records behind one cell of a row."""
    return _ground(report, rows, scope, cells, column, report.behind(rows, scope, cells, column.name))


def _ground(
    report: Report, rows: Rows, scope: Scope, cells: Mapping[str, Cell], column: Column, behind: Behind
) -> Ground:
    window = behind.window or scope.window
    looked_at = {name: cell for name, cell in cells.items() if name not in column.beyond}
    found = []
    for kind in report.row_kinds:
        if column.draws and kind.name not in column.draws:
            continue
        each = [_keys(kind, rows, scope.sites, window, looked_at | also) for also in _narrowed(kind, behind)]
        keys = each[0] if len(each) == 1 else tuple(chain.from_iterable(each))
        if behind.counts is not every_key:
            keys = tuple(key for key in keys if behind.counts(kind.name, key))
        found.append((kind, keys))
    names = {*(c.name for c in report.columns[: report.keys]), *report.matched}
    named = {name: cell for name, cell in looked_at.items() if name in names}
    return Ground(tuple(found), FigureScope(*window, named), behind.also)


def _narrowed(kind: RowKind, behind: Behind) -> Iterator[dict[str, str]]:
    """Cells that keys of a kind agree with beside those of the row: a figure that looks at a few of many names."""
    if kind.name in behind.only:
        part, names = behind.only[kind.name]
        yield from ({part: name} for name in sorted(names))
    else:
        yield {}


def records_in(kind: RowKind, keys: Keys, rows: Rows, asked: FigureScope) -> frozenset[At]:
    """Positions of the records behind some rows of a kind; those of few rows and those of many are kept for the
    next figure: figures of one row ask for the same, and so do those of all rows that look at the whole site.
    """
    question = keys, asked.start_s, asked.stop_s, tuple(asked.cells.items())
    name = "records", kind.name, len(keys) < _MANY
    return found_once(rows, name, lambda: _records_in(kind, keys, rows, asked), question)


def _records_in(kind: RowKind, keys: Keys, rows: Rows, asked: FigureScope) -> frozenset[At]:
    table, disclosure = rows[kind.name], BY_BODY[kind.facts[0]].disclosure
    return frozenset(
        (f"{key[0]}/{disclosure}", pos)
        for key in keys
        if key in table
        for pos in kind.bears(table[key], asked)
    )


def records_behind(
    report: Report, rows: Rows, scope: Scope, cells: Mapping[str, Cell], column: Column
) -> tuple[At, ...]:
    """Positions of the records behind one cell of a row."""
    return _places(ground(report, rows, scope, cells, column), rows)


def _places(found: Ground, rows: Rows) -> tuple[At, ...]:
    records = (records_in(kind, keys, rows, found.asked) for kind, keys in found.rows)
    return tuple(sorted({*found.also}.union(*records)))


def _keys(kind: RowKind, rows: Rows, sites: Sequence[str], window: Window, cells: Mapping[str, Cell]) -> Keys:
    """The keys of a row kind whose parts agree with a row's cells; for days those in a window, and the
    last one before.
    """
    said = tuple(None if (cell := cells.get(part)) is None else str(cell) for part in kind.parts)
    name = "keys", kind.name, tuple(cell is None for cell in said)
    return found_once(
        rows, name, lambda: tuple(_agreeing(kind, rows, sites, window, said)), (said, window, sites)
    )


def _agreeing(
    kind: RowKind, rows: Rows, sites: Sequence[str], window: Window, said: Sequence[str | None]
) -> Iterator[Key]:
    known = found_once(rows, ("keys", kind.name), lambda: sorted(rows[kind.name]))
    begin = tuple(takewhile(lambda cell: cell is not None, said))
    if begin:  # most rows belong to other sites and blocks
        after = (*begin[:-1], f"{begin[-1]}\0")
        known = known[bisect_left(known, begin) : bisect_left(known, after)]
    within = found_once(rows, "sites", lambda: frozenset(sites), (sites,))
    agreeing = [
        key
        for key in known
        if key[0] in within
        and all(cell is None or cell == value for cell, value in zip(said, key, strict=True))
    ]
    if kind.parts[-1] != "day":
        yield from agreeing
        return
    first, last = (calendar.format_instant(at_s)[:10] for at_s in (window.start_s, window.stop_s - 1))
    before: dict[Key, Key] = {}
    for key in agreeing:
        if key[-1] < first:
            before[key[:-1]] = key
    yield from before.values()
    yield from (key for key in agreeing if first <= key[-1] <= last)


# --- for a page ---------------------------------------------------------------------------------------------

EXPLAINED_CELLS: Final = 40
EXPLAINED_RECORDS: Final = 4


def explained(book: Book, report: Report, run: report_run.ReportRun, line: Line) -> Explained:
    """The figures of a report's first columns, row by row, as far as a page has room for them; ``line`` is
    how a record is shown. A report that cites records names them in its rows.
    """
    if report.cites:
        return Explained()
    columns = {column.name: n for n, column in enumerate(report.columns)}
    figures = [name for name in report.first if columns[name] >= report.keys]
    wanted = 0
    some: list[tuple[int, ReportRow, int]] = []
    for n, row in enumerate(run.table.rows):
        known = [columns[name] for name in figures if row[columns[name]] is not None]
        wanted += len(known)
        some += [(n, row, place) for place in known[: EXPLAINED_CELLS - len(some)]]
    made = []
    for n, row, place in some:
        cells = dict(zip(columns, row, strict=True))
        made.append((n, place, figure(report, run.rows, run.scope, cells, report.columns[place])))
    first = {at for _, _, one in made for at in one.records[:EXPLAINED_RECORDS]}
    lines = {(r.stream, r.pos): line(r) for r in read(book, numbers_of(book), sorted(first))}
    found = []
    for n, place, one in made:
        put_in = [(column.title, column.unit, cell) for column, cell in one.cells]
        put_in += [(number.name, number.unit, number.value) for number in one.numbers]
        records = tuple(lines[at] for at in one.records[:EXPLAINED_RECORDS])
        found.append(CellExplained(n, place, tuple(put_in), one.workings, records, len(one.records)))
    return Explained(tuple(found), wanted - len(found))


# --- rows by their names ------------------------------------------------------------------------------------


def key_of(table: Table, row: tuple[Cell, ...]) -> str:
    """``block/s1/b1/mining``: the key columns that are known, joined."""
    return "/".join(str(cell) for cell in row[: table.keys] if cell is not None)


def matched(report: Report, table: Table) -> dict[str, dict[str, Cell]]:
    """The rows by names that hold in another knowledge too: ``Report.matched`` where the leading columns only
    count, else these.
    """
    names = [column.name for column in table.columns]
    rows = [dict(zip(names, row, strict=True)) for row in table.rows]
    by = report.matched or names[: table.keys]
    return {"/".join(str(cells[name]) for name in by if cells[name] is not None): cells for cells in rows}


def row_named(table: Table, name: str) -> dict[str, Cell]:
    """The row of a key, or of the only key that begins with it; ``Malformed`` lists what there is."""
    keys = {key_of(table, row): row for row in table.rows}
    found = [key for key in keys if key == name] or [key for key in keys if key.startswith(f"{name}/")]
    where = f" in {table.report} over this window"
    if not found:
        raise no_such("row", name, keys, where)
    if len(found) > 1:
        raise Malformed(f"more than one row is called {name!r}{where}; there are {', '.join(found[:8])}")
    return dict(zip((c.name for c in table.columns), keys[found[0]], strict=True))


def needs_row(table: Table) -> Malformed:
    """The error where no row is named: it says what names one and lists the rows, as that of a wrong one does."""
    keys = ", ".join(column.name for column in table.columns[: table.keys])
    return Malformed(
        f"explain {table.report} needs --row, the values of {keys} joined by /"
        f"{there_are(key_of(table, row) for row in table.rows)}"
    )


# --- records ------------------------------------------------------------------------------------------------


def numbers_of(book: Book) -> dict[str, int]:
    """The number of each stream."""
    return report_run.registry_at(book, book.store.size).numbers


def read(book: Book, numbers: Mapping[str, int], places: Iterable[At]) -> Iterator[Record]:
    """The records at some positions of streams, given in order."""
    for stream, first, stop in _runs(places):
        yield from book.stream_part(numbers[stream], first, stop)


def _runs(places: Iterable[At]) -> Iterator[tuple[str, int, int]]:
    """Neighbouring positions together: (stream, first, stop)."""
    held: tuple[str, int, int] | None = None
    for stream, pos in places:
        if held is not None and held[0] == stream and held[2] == pos:
            held = (stream, held[1], pos + 1)
            continue
        if held is not None:
            yield held
        held = (stream, pos, pos + 1)
    if held is not None:
        yield held


# --- as JSON ------------------------------------------------------------------------------------------------


def as_json(found: Explanation, definition: str) -> dict[str, Any]:
    """Everything, for machines."""
    table = found.table
    indexes = {(r.stream, r.pos): r.index for r in found.records}
    return {
        "report": table.report,
        "definition_version": table.definition_version,
        "row": found.row,
        "window": {"start": table.start, "stop": table.stop, "tz": table.tz},
        "as_of": table.as_of,
        "known_at": table.known_at._asdict(),
        "definition": definition,
        "figures": [
            {
                "column": each.column.name,
                "title": each.column.title,
                "value": each.value,
                "unit": each.column.unit,
                "formula": each.column.definition,
                "numbers": (
                    [{"name": c.name, "value": cell, "unit": c.unit} for c, cell in each.cells]
                    + [number._asdict() for number in each.numbers]
                ),
                "records": [indexes[at] for at in each.records],
                **({"workings": [_workings_json(one) for one in each.workings]} if each.workings else {}),
            }
            for each in found.figures
        ],
        "records": [record_json(record) for record in found.records],
    }


def _workings_json(found: Workings) -> dict[str, Any]:
    names = [column.name for column in found.columns]
    return {
        "title": found.title,
        "says": found.says,
        "columns": [{"name": c.name, "title": c.title, "unit": c.unit} for c in found.columns],
        "rows": [dict(zip(names, row, strict=True)) for row in found.rows],
    }


def record_json(record: Record) -> dict[str, Any]:
    """A record's position and content, for machines."""
    return {
        "index": record.index,
        "id": record.id,
        "stream": record.stream,
        "pos": record.pos,
        "kind": record.kind,
        "at": record.at,
        "rec": record.rec,
        "said": sentence(record.body),
    }
