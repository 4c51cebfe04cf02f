"""CSV (RFC 4180, UTF-8, CRLF): the same cells as JSON, safe to open in a spreadsheet.

The first line holds the column names. Null is an empty field, true and false are ``true`` and ``false``. A
text that a spreadsheet would run as a formula (it begins with = + - @ tab or CR), that begins with an
apostrophe, or that is empty is written with one apostrophe before it. To read a text back exactly: if the
field begins with an apostrophe, take that one apostrophe off.
"""

from __future__ import annotations

import csv
from io import StringIO

from projections.engine.tables import Cell, Table

GUARDED = ("=", "+", "-", "@", "\t", "\r", "'")


def render(table: Table) -> bytes:
    """The table as CSV."""
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.name for column in table.columns])
    writer.writerows([_field(cell) for cell in row] for row in table.rows)
    return out.getvalue().encode()


def _field(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int):
        return str(cell)
    return f"'{cell}" if not cell or cell.startswith(GUARDED) else cell


def unescape(field: str) -> str:
    """The text that a field stands for."""
    return field.removeprefix("'") if field.startswith("'") else field
