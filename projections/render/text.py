"""Text: for a person at a terminal.

What the report is, its window in local time, as-of and known-at stand first; then the rows, each column in
the unit that suits it (``shown``), and what must be known to read them. A table wider than the terminal is
folded: each row's figures go on lines of their own under its name.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence
from typing import Final

from ledger.errors import inert
from projections.engine.table import Table
from projections.render.display import UNKNOWN, UNKNOWN_SAID, Shown, columns, has_unknown, heading

GAP: Final = 2


def render(table: Table, width: int = 100) -> bytes:
    """The table for a terminal of so many columns."""
    shown = columns(table)
    lines = [*heading(table), ""]
    if not table.rows:
        lines.append("(no rows)")
    elif sum(_across(column) + GAP for column in shown) - GAP <= width:
        lines += _grid(shown, len(table.rows))
    else:
        lines += _folded(shown, table.keys, len(table.rows), width)
    lines += ["", *_footing(table, width)]
    return ("\n".join(line.rstrip() for line in lines) + "\n").encode()


def _footing(table: Table, width: int) -> list[str]:
    lines: list[str] = []
    for note in table.notes:
        lines += textwrap.wrap(f"note: {inert(note)}", width, subsequent_indent="      ") or [""]
    if has_unknown(table):
        lines.append(UNKNOWN_SAID)
    lines.append("Figures are rounded for display; exact: --format json or csv.")
    return lines


# --- the rows -----------------------------------------------------------------------------------------------


def _grid(columns: Sequence[Shown], count: int) -> list[str]:
    widths = [_across(column) for column in columns]
    lines = [_line([c.title for c in columns], columns, widths), (" " * GAP).join("-" * w for w in widths)]
    return lines + [_line([c.cells[n] for c in columns], columns, widths) for n in range(count)]


def _folded(columns: Sequence[Shown], keys: int, count: int, width: int) -> list[str]:
    """Each row's name, then its figures in as many columns as fit."""
    named, figures = columns[:keys], columns[keys:]
    label = max((_width(c.title) for c in figures), default=0)
    value = max((max(map(_width, c.cells)) for c in figures), default=0)
    cell = label + 1 + value
    across = max(1, (width - 2 + GAP) // (cell + GAP))
    lines: list[str] = []
    for n in range(count):
        name = "  ".join(c.cells[n] for c in named if c.cells[n] != UNKNOWN)
        parts = [
            _pad(c.title, label, False) + " " + _pad(c.cells[n], value, c.numeric and across > 1)
            for c in figures
        ]
        lines.append(name)
        lines += ["  " + (" " * GAP).join(parts[i : i + across]) for i in range(0, len(parts), across)]
        lines.append("")
    return lines[:-1]


def _line(texts: Sequence[str], columns: Sequence[Shown], widths: Sequence[int]) -> str:
    return (" " * GAP).join(
        _pad(text, width, c.numeric) for text, c, width in zip(texts, columns, widths, strict=True)
    )


def _across(column: Shown) -> int:
    return max(map(_width, [column.title, *column.cells]))


def _pad(text: str, width: int, right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space


def _width(text: str) -> int:
    """Columns that a text takes on a terminal: wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )
