"""How figures of a report were worked out, on its page: folded, a row under a heading, a figure of the table
leads to its own explanation.

A browser opens what is folded where a link leads into it; nothing runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from html import escape
from itertools import groupby

from ledger import calendar
from ledger.errors import inert
from ledger.units import rounded
from projections.engine.report import Cell, Workings
from projections.engine.table import CellExplained, Table
from projections.render.display import display, in_words, is_instants, moment, shown


def links(table: Table) -> dict[tuple[int, int], str]:
    """Where each explained figure is explained, by its row and its column's place."""
    return {(one.row, one.place): _ident(one) for one in table.explained().cells}


def section(table: Table) -> Iterator[str]:
    """The explanations; nothing where there are none."""
    found = table.explained()
    if not found.cells:
        return
    yield (
        '<section aria-labelledby="explained" class="screen">\n<h2 id="explained">How figures were worked out</h2>\n'
        "<p>Click a figure of the table to come here.</p>\n"
    )
    rows = in_words(table).rows
    for n, cells in groupby(found.cells, key=lambda one: one.row):
        key = "/".join(inert(str(cell)) for cell in table.rows[n][: table.keys] if cell is not None)
        yield f"<details>\n<summary>{escape(key)}</summary>\n"
        for one in cells:
            yield from _figure(table, one, rows[n][one.place])
        yield "</details>\n"
    if found.left_out:
        yield (
            f"<p>{found.left_out:,} more figures of the first columns are not explained here; each is by the command"
            ' under <a href="#provenance">Where it comes from</a>.</p>\n'
        )
    yield "</section>\n"


def _ident(one: CellExplained) -> str:
    return f"x{one.row}-{one.place}"


def _figure(table: Table, one: CellExplained, words: Cell) -> Iterator[str]:
    column = table.columns[one.place]
    value = escape(
        moment(str(words), table.tz) if is_instants([words]) else inert(_amount(column.unit, words))
    )
    yield f'<div class="why" id="{_ident(one)}"><h3>{escape(inert(column.title))} = {value}</h3>\n'
    yield f"<p>{escape(inert(column.definition))}</p>\n"
    if one.numbers:
        put_in = ", ".join(f"{name} {_amount(unit, cell)}" for name, unit, cell in one.numbers)
        yield f"<p>With {escape(inert(put_in))}</p>\n"
    for workings in one.workings:
        yield from _workings(workings, table.tz)
    yield f"<p>Records behind it: {one.all_records:,}</p>\n"
    if one.records:
        lines = "\n".join(escape(inert(line)) for line in one.records)
        more = one.all_records - len(one.records)
        yield f"<pre>{lines}{f'{chr(10)}and {more:,} more' if more else ''}</pre>\n"
    yield "</div>\n"


def _amount(unit: str, cell: Cell) -> str:
    """A value with its unit; a share that is no whole number is rounded."""
    if unit and isinstance(cell, str) and set(cell) <= set("-0123456789/"):
        return f"about {display(unit, rounded(Fraction(cell)))}"
    return display(unit, cell)


def _workings(found: Workings, tz: str) -> Iterator[str]:
    zone = calendar.zone(tz)
    columns = [shown(c, [row[n] for row in found.rows], zone) for n, c in enumerate(found.columns)]
    kinds = ["" if column.numeric else ' class="t"' for column in columns]
    yield f'<div class="scroll whole" role="region" aria-label="{escape(found.title)}" tabindex="0">\n<table>\n'
    yield f"<caption>{escape(found.title)}. {escape(inert(found.says))}</caption>\n<thead><tr>"
    yield from (
        f'<th scope="col"{kind}>{escape(c.title)}</th>' for c, kind in zip(columns, kinds, strict=True)
    )
    yield "</tr></thead>\n<tbody>\n"
    for row in zip(*(column.cells for column in columns), strict=True):
        cells = "".join(f"<td{kind}>{escape(cell)}</td>" for cell, kind in zip(row, kinds, strict=True))
        yield f"<tr>{cells}</tr>\n"
    yield "</tbody>\n</table>\n</div>\n"
