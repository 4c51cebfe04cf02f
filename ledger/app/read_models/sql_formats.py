"""The answer to a query as JSON, CSV and text. CSV is that of reports: safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from io import StringIO
from typing import Any, Final

from ledger.app.read_models.sql import SqlAnswer
from ledger.errors import Malformed, inert
from projections.render.csv_file import is_guarded

NUMBERS: Final = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DOUBLE|FLOAT|DECIMAL(\([0-9,]+\))?")
WIDEST: Final = 48


def as_json(answer: SqlAnswer) -> dict[str, Any]:
    """The answer for machines: a row is an object, as Grafana's Infinity data source reads it. ``more``: the
    result goes on.
    """
    names = [name for name, _ in answer.columns]
    clocks = answer.clocks
    return {
        "as_of": clocks.as_of,
        "known_at": {"size": clocks.size, "root": clocks.root, "rec": clocks.rec},
        "columns": [{"name": name, "type": kind} for name, kind in answer.columns],
        "rows": [dict(zip(names, row, strict=True)) for row in answer.rows],
        "more": answer.more,
    }


def as_csv(answer: SqlAnswer) -> bytes:
    """The answer as CSV, which has no place to say that it goes on: ``Malformed`` where it would."""
    if answer.more:
        raise Malformed(
            f"the result has more than {len(answer.rows):,} rows: raise the limit, or add LIMIT to the query"
        )
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_field(name) for name, _ in answer.columns])
    writer.writerows([_field(cell) for cell in row] for row in answer.rows)
    return out.getvalue().encode("utf-8", "backslashreplace")


def _field(cell: Any) -> str:
    if isinstance(cell, str):
        return f"'{cell}" if not cell or is_guarded(cell) else cell
    return cell_text(cell)


def as_lines(answer: SqlAnswer) -> Iterator[str]:
    """The answer for a terminal: columns side by side, numbers to the right."""
    right = [is_number(kind) for _, kind in answer.columns]
    table = [[name for name, _ in answer.columns]]
    table += [[_short(cell_text(cell)) for cell in row] for row in answer.rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for number, row in enumerate(table):
        cells = zip(row, widths, right, strict=True)
        yield "  ".join(cell.rjust(w) if to_right else cell.ljust(w) for cell, w, to_right in cells).rstrip()
        if not number:
            yield "  ".join("-" * width for width in widths)
    if not answer.rows:
        yield "(no rows)"
    if answer.more:
        yield f"({len(answer.rows):,} rows shown; there are more)"


def is_number(kind: str) -> bool:
    """Whether values of an SQL type are numbers."""
    return NUMBERS.fullmatch(kind) is not None


def cell_text(cell: Any) -> str:
    """A cell in words: nothing where it is null."""
    return "" if cell is None else str(cell).lower() if isinstance(cell, bool) else str(cell)


def _short(text: str) -> str:
    text = inert(text)
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 3]}..."
