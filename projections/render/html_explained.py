"""Workings of the figures of a report, on its page: folded, a row under a heading, a figure of the table
leads to its own explanation.

A browser opens what is folded where a link leads into it; nothing runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple

from ledger import calendar
from ledger.errors import inert
from ledger.units import rounded
from projections.engine.report import Cell, Workings
from projections.engine.table import CellExplained, Table
from projections.render.display import display, in_words, is_instants, moment, shown


class ShownWorkings(NamedTuple):
    """Workings of a figure: a table whose columns have a title and a class."""

    title: str
    says: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, ...], ...]


class ExplainedFigure(NamedTuple):
    """A figure with what was put into it, and the first records behind it, a line each."""

    ident: str
    title: str
    value: str
    definition: str
    numbers: str
    workings: tuple[ShownWorkings, ...]
    all_records: int
    records: str


class ExplainedRow(NamedTuple):
    """The explained figures of a row, under its name."""

    name: str
    figures: tuple[ExplainedFigure, ...]


class ExplainedRows(NamedTuple):
    """The rows that are explained, and how many figures of the first columns are not."""

    rows: tuple[ExplainedRow, ...]
    left_out: int


def links(table: Table) -> dict[tuple[int, int], str]:
    """The address of each explained figure, by its row and its column's place."""
    return {(one.row, one.place): _ident(one) for one in table.explained().cells}


def rows(table: Table) -> ExplainedRows:
    """The explanations in the order of the table."""
    found = table.explained()
    words = in_words(table).rows if found.cells else ()
    made = []
    for n, cells in groupby(found.cells, key=lambda one: one.row):
        name = "/".join(inert(str(cell)) for cell in table.rows[n][: table.keys] if cell is not None)
        made.append(ExplainedRow(name, tuple(_figure(table, one, words[n][one.place]) for one in cells)))
    return ExplainedRows(tuple(made), found.left_out)


def _ident(one: CellExplained) -> str:
    return f"x{one.row}-{one.place}"


def _figure(table: Table, one: CellExplained, words: Cell) -> ExplainedFigure:
    column = table.columns[one.place]
    return ExplainedFigure(
        _ident(one),
        column.title,
        moment(str(words), table.tz) if is_instants([words]) else amount(column.unit, words),
        column.definition,
        ", ".join(f"{name} {amount(unit, cell)}" for name, unit, cell in one.numbers),
        tuple(workings(each, table.tz) for each in one.workings),
        one.all_records,
        _records(one.records, one.all_records),
    )


def _records(lines: Sequence[str], count: int) -> str:
    more = [f"and {count - len(lines):,} more"] if lines and count > len(lines) else []
    return "\n".join([*map(inert, lines), *more])


def amount(unit: str, cell: Cell) -> str:
    """A value with its unit; a share that is no whole number is rounded."""
    if unit and isinstance(cell, str) and set(cell) <= set("-0123456789/"):
        return f"about {display(unit, rounded(Fraction(cell)))}"
    return display(unit, cell)


def workings(found: Workings, tz: str) -> ShownWorkings:
    """Workings of a figure, on the clocks of a zone."""
    zone = calendar.zone(tz)
    columns = [shown(c, [row[n] for row in found.rows], zone) for n, c in enumerate(found.columns)]
    return ShownWorkings(
        found.title,
        found.says,
        tuple((column.title, "" if column.numeric else "t") for column in columns),
        tuple(zip(*(column.cells for column in columns), strict=True)),
    )
