"""Text: for a person at a terminal.

What the report is, its window in local time, as-of and known-at stand first; then the rows, and what must be known to read them. Quantities
are shown in the unit that suits each column (MW, h, %, USD, EH/s) with at most three decimals, rounded half to even for display only: the
exact integers are in JSON and CSV. A dash is unknown. A table wider than the terminal is folded: each row's figures go on lines of their own under its name.
Control and direction characters in names are shown as escapes, so that no name can move the cursor.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence
from fractions import Fraction
from typing import Final, NamedTuple

from ledger import calendar, units
from projections.tables import Cell, Column, Table

UNKNOWN: Final = "-"
GAP: Final = 2
# unit of the cells -> (unit shown, how many of the cell's unit it is), largest first
_SHOWN: Final[dict[str, tuple[tuple[str, int], ...]]] = {
    "W": (("GW", 10**9), ("MW", 10**6), ("kW", 10**3), ("W", 1)),
    "Wh": (("GWh", 10**9), ("MWh", 10**6), ("kWh", 10**3), ("Wh", 1)),
    "GH/s": (("EH/s", 10**9), ("PH/s", 10**6), ("TH/s", 10**3), ("GH/s", 1)),
    "s": (("h", 3600),),
    "ppm": (("%", 10**4),),
    "cent": (("USD", 100),),
    "mJ/TH": (("J/TH", 1000),),
    "1/1000": (("", 1000),),
    "W/min": (("MW/min", 10**6),),
    "uWh": (("kWh", 10**9),),
}


class _Shown(NamedTuple):
    """A column ready to print."""

    title: str
    cells: list[str]
    numeric: bool

    @property
    def width(self) -> int:
        return max(map(_width, [self.title, *self.cells]))


def render(table: Table, width: int = 100) -> bytes:
    """The table for a terminal of so many columns."""
    shown = [_shown(column, [row[n] for row in table.rows]) for n, column in enumerate(table.columns)]
    lines = [*heading(table), ""]
    if not table.rows:
        lines.append("(no rows)")
    elif sum(column.width + GAP for column in shown) - GAP <= width:
        lines += _grid(shown, len(table.rows))
    else:
        lines += _folded(shown, table.keys, len(table.rows), width)
    lines += ["", *_footing(table, width)]
    return ("\n".join(line.rstrip() for line in lines) + "\n").encode()


# --- around the rows --------------------------------------------------------------------------------------------


def heading(table: Table) -> list[str]:
    """What the report is, its window in local time, as-of and known-at."""
    zone = calendar.zone(table.tz)
    start, stop, as_of = (
        calendar.format_local(calendar.instant_s(text), zone)
        for text in (table.start, table.stop, table.as_of)
    )
    known = table.known_at
    filters = f"  only {', '.join(map(_inert, table.filters))}" if table.filters else ""
    return [
        f"{table.title}  ({table.report}, definition {table.definition_version}){filters}",
        f"window   {start} to {stop}  ({table.tz}, tz database {table.tzdata})",
        f"as of    {as_of}",
        f"known at {known.size:,} records, root {known.root[:16]}..., last taken {known.rec}",
    ]


def _footing(table: Table, width: int) -> list[str]:
    lines: list[str] = []
    for note in table.notes:
        lines += textwrap.wrap(f"note: {_inert(note)}", width, subsequent_indent="      ") or [""]
    if any(cell is None for row in table.rows for cell in row):
        lines.append(f"{UNKNOWN} is unknown or does not apply.")
    lines.append("Figures are rounded for display; exact: --format json or csv.")
    return lines


# --- the rows ---------------------------------------------------------------------------------------------------


def _grid(columns: Sequence[_Shown], count: int) -> list[str]:
    lines = [_line([(c.title, c) for c in columns]), _line([("-" * c.width, c) for c in columns])]
    return lines + [_line([(c.cells[n], c) for c in columns]) for n in range(count)]


def _folded(columns: Sequence[_Shown], keys: int, count: int, width: int) -> list[str]:
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


def _line(cells: Sequence[tuple[str, _Shown]]) -> str:
    return (" " * GAP).join(_pad(text, column.width, column.numeric) for text, column in cells)


def _shown(column: Column, cells: Sequence[Cell]) -> _Shown:
    numbers = [cell for cell in cells if isinstance(cell, int) and not isinstance(cell, bool)]
    if column.name == "year":  # a name, not an amount
        return _Shown(column.title, [UNKNOWN if cell is None else str(cell) for cell in cells], False)
    unit, worth = _unit(column.unit, numbers)
    title = f"{column.title} ({unit})" if unit else column.title
    return _Shown(title, [_cell(cell, worth) for cell in cells], bool(numbers))


def display(unit: str, cell: Cell) -> str:
    """One cell with its unit, as a table shows it: ``97.5 %``; a dash where it is unknown."""
    numbers = [cell] if isinstance(cell, int) and not isinstance(cell, bool) else []
    named, worth = _unit(unit, numbers)
    text = _cell(cell, worth)
    return f"{text} {named}" if named and numbers else text


def _unit(unit: str, numbers: Sequence[int]) -> tuple[str, int]:
    """The unit a whole column is shown in: the largest that its largest figure reaches."""
    choices = _SHOWN.get(unit, ((unit, 1),))
    largest = max(map(abs, numbers), default=0)
    return next((choice for choice in choices if largest >= choice[1]), choices[-1])


def _cell(cell: Cell, worth: int) -> str:
    if cell is None:
        return UNKNOWN
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int):
        return _number(cell, worth)
    return _inert(cell)


def _number(value: int, worth: int) -> str:
    thousandths = units.rounded(Fraction(value * 1000, worth))
    sign = "-" if thousandths < 0 else ""
    whole, rest = divmod(abs(thousandths), 1000)
    return f"{sign}{whole:,}" + (f".{rest:03d}".rstrip("0") if rest else "")


def _inert(text: str) -> str:
    """Text that cannot move the cursor or turn the direction of a line."""
    return "".join(c if c.isprintable() else f"\\u{{{ord(c):x}}}" for c in text)


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
