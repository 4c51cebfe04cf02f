"""CSV (RFC 4180, UTF-8, CRLF): the same cells as JSON, safe to open in a spreadsheet.

The first line holds the column names. Null is an empty field, true and false are ``true`` and ``false``. A
text that a spreadsheet would run as a formula (it begins with = + - @, also full-width or after blanks, or
with tab, CR or LF), that begins with an apostrophe, or that is empty is written with one apostrophe before
it. To read a text back exactly: if the field begins with an apostrophe, take that one apostrophe off.

A text that looks like a number (``12e4``, ``007``, ``1-2``) stands as it is: Excel, LibreOffice, pandas and
DuckDB turn it into a number or a date unless its column is imported as text. XLSX and Parquet keep it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

from projections.engine.made_rows import batches
from projections.engine.report import Cell
from projections.engine.table import Table

BEGINS_A_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def render(table: Table) -> bytes:
    """The table as CSV."""
    return b"".join(pieces(table))


def pieces(table: Table) -> Iterator[bytes]:
    """The table as CSV, piece by piece as its rows come."""
    yield _lines([[column.name for column in table.columns]])
    for batch in batches(table.rows):
        yield _lines([_field(cell) for cell in row] for row in batch)


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    out = StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()


def _field(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int):
        return str(cell)
    return f"'{cell}" if not cell or is_guarded(cell) else cell


def is_guarded(text: str) -> bool:
    """True where a spreadsheet may run a text as a formula, or take its apostrophe for a mark."""
    return text.startswith(("\t", "\r", "\n", "'")) or text.lstrip().startswith(BEGINS_A_FORMULA)


def unescape(field: str) -> str:
    """The text that a field stands for."""
    return field.removeprefix("'") if field.startswith("'") else field
