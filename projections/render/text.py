"""Text: for a person at a terminal.

The verdict and its figures come first, then the report's title, its window in local time, as-of and known-at;
then the rows, each column in its fixed unit (``display``), and the notes needed to read them.
The table shows the report's first columns; ``wattledger report --columns all`` shows every one.

A row takes one line where the terminal is wide enough. Where it is not, long texts are wrapped, and a table
that is wider still is folded: each row's figures go on lines of their own under its name.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from ledger import calendar
from ledger.errors import inert
from projections.engine.report import Cell, Column, Lead
from projections.engine.table import Table
from projections.render import display
from projections.render.display import UNKNOWN, UNKNOWN_SAID, Shown, aligned, clocks, heading, order

GAP: Final = 2
NARROWEST: Final = 16  # a text is wrapped no narrower
TITLE_LINES: Final = 3
_ABBREVIATION: Final = re.compile(r"\b(?:[A-Z]-)?[A-Z]{2,}\b")


class TextColumn(NamedTuple):
    """A column on a terminal: the lines of its title, its cells, its width, and whether its cells are
    wrapped.
    """

    title: list[str]
    shown: Shown
    width: int
    wraps: bool = False


def render(table: Table, width: int = 100) -> bytes:
    """The table for a terminal of some width."""
    places = order(table)
    lead = table.lead()
    lines = [*_opening(table, lead, width), *heading(table), ""]
    lines += _rows(table, places, width) if table.rows else ["(no rows)"]
    lines += ["", *_footing(table, lead, places, width)]
    return ("\n".join(line.rstrip() for line in lines) + "\n").encode()


def _opening(table: Table, lead: Lead | None, width: int) -> list[str]:
    """The verdict, and its figures one below the other."""
    if lead is None:
        return []
    figures = display.figures(table, lead)
    widest = _widest([name for name, _ in figures])
    lines = [f"  {_pad(name, widest, False)}  {amount}" for name, amount in figures]
    return [*textwrap.wrap(inert(lead.verdict), width), "", *lines, ""]


def _footing(table: Table, lead: Lead | None, places: display.Order, width: int) -> list[str]:
    lines = list(_legend(table, places, width))
    for note in table.notes:
        lines += textwrap.wrap(f"note: {inert(note)}", width, subsequent_indent="      ") or [""]
    dashed = any(row[n] is None for row in table.rows for n in places.first)
    if dashed or (lead and any(figure.value is None for figure in lead.figures)):
        lines.append(UNKNOWN_SAID)
    if places.rest:
        count = len(places.rest)
        lines.append(f"{count} more column{'' if count == 1 else 's'}: --columns all.")
    lines.append("Figures are rounded for display; exact: --format json or csv.")
    return lines


def _legend(table: Table, places: display.Order, width: int) -> Iterator[str]:
    """Meanings of the abbreviations in the titles, and of those in the meanings."""
    meant = {column.title: column.definition for column in table.columns}
    found = [table.columns[n].title for n in places.first]
    told: set[str] = set()
    while found:
        title = found.pop(0)
        if title not in told and _ABBREVIATION.search(title):
            told.add(title)
            yield from textwrap.wrap(f"{inert(title)}: {inert(meant[title])}", width, subsequent_indent="  ")
            found += [each for each in _ABBREVIATION.findall(meant[title]) if each in meant]


def grid(columns: Sequence[Column], rows: Sequence[tuple[Cell, ...]], tz: str) -> list[str]:
    """A table beside a report, such as how a figure was worked out: each row on a line."""
    zone, found = calendar.zone(tz), []
    for n, column in enumerate(columns):
        cells = [row[n] for row in rows]
        found.append(_stacked(display.shown(column, cells, zone), cells, zone))
    made = _grid([_titled(column, _widest(column.cells), TITLE_LINES) for column in found])
    return [line.rstrip() for line in made]


# --- the rows -----------------------------------------------------------------------------------------------


def _rows(table: Table, places: display.Order, width: int) -> list[str]:
    """A row a line where there is room, else folded."""
    shown = display.columns(table, places.first)
    exact = [[row[n] for row in table.rows] for n in places.first]
    zone = calendar.zone(table.tz)
    stacked = [_stacked(column, cells, zone) for column, cells in zip(shown, exact, strict=True)]
    widths = [_widest(column.cells) for column in stacked]
    for lines in range(1, TITLE_LINES + 1):
        fitted = [_titled(column, cells, lines) for column, cells in zip(stacked, widths, strict=True)]
        if _across(fitted) <= width:
            return _grid(fitted)
    wrapped = _narrowed(fitted, _across(fitted) - width)
    if _across(wrapped) <= width:
        return _grid(wrapped)
    beside = [one if one.numeric else below for one, below in zip(shown, stacked, strict=True)]
    return _folded(beside, len(table.rows), width)


def _stacked(column: Shown, exact: Sequence[Cell], zone: ZoneInfo) -> Shown:
    """The cells of a column: points aligned, times short."""
    if column.numeric:
        return column._replace(cells=aligned(column.cells, list(map(display.is_amount, exact))))
    return column._replace(cells=_short(clocks(column.cells), zone)) if display.is_instants(exact) else column


def _short(cells: Sequence[str], zone: ZoneInfo) -> list[str]:
    """Local times without their offset, but on days on which it changes: the heading names the zone."""
    days = {cell[:10] for cell in cells if cell != UNKNOWN}
    changed = {day for day in days if _begin(day, zone) != _begin(day, zone, 1)}
    return [cell if cell == UNKNOWN or cell[:10] in changed else cell[:-7] for cell in cells]


def _begin(day: str, zone: ZoneInfo, later: int = 0) -> timedelta | None:
    """The offset at the beginning of a day, or of a later one."""
    return (datetime.fromisoformat(day).replace(tzinfo=zone) + timedelta(days=later)).utcoffset()


def _titled(column: Shown, cells: int, lines: int) -> TextColumn:
    """A column with cells of some width and its title on some lines, as wide as both need."""
    wide = max(cells, _widest(column.title.split()))
    while len(_wrapped(column.title, wide)) > lines:
        wide += 1
    return TextColumn(_wrapped(column.title, wide), column, wide)


def _narrowed(columns: Sequence[TextColumn], excess: int) -> list[TextColumn]:
    """The columns with long texts wrapped, the longest first, to save some width."""
    found = list(columns)
    texts = [n for n, column in enumerate(found) if not (column.shown.numeric or column.shown.names)]
    for n in sorted(texts, key=lambda n: -found[n].width):
        if excess > 0 and found[n].width > NARROWEST:
            narrow = max(NARROWEST, found[n].width - excess)
            excess -= found[n].width - narrow
            found[n] = TextColumn(_wrapped(found[n].shown.title, narrow), found[n].shown, narrow, True)
    return found


def _across(columns: Sequence[TextColumn]) -> int:
    return sum(column.width + GAP for column in columns) - GAP


def _grid(columns: Sequence[TextColumn]) -> list[str]:
    deep = max(len(column.title) for column in columns)
    titles = [[""] * (deep - len(column.title)) + column.title for column in columns]
    lines = [*_lines(titles, columns), (" " * GAP).join("-" * column.width for column in columns)]
    if not any(column.wraps for column in columns):
        padded = (_padded(c.shown.cells, c.width, c.shown.numeric) for c in columns)
        return [*lines, *map((" " * GAP).join, zip(*padded, strict=True))]
    for cells in zip(*(column.shown.cells for column in columns), strict=True):
        wrapped = [_wrapped(cell, column.width) for cell, column in zip(cells, columns, strict=True)]
        lines += _lines(wrapped, columns)
    return lines


def _lines(cells: Sequence[Sequence[str]], columns: Sequence[TextColumn]) -> Iterator[str]:
    """The lines of a row whose cells may have several."""
    for k in range(max(map(len, cells))):
        yield (" " * GAP).join(
            _pad(parts[k] if k < len(parts) else "", column.width, column.shown.numeric)
            for parts, column in zip(cells, columns, strict=True)
        )


def _wrapped(text: str, width: int) -> list[str]:
    if _width(text) <= width:
        return [text]
    return textwrap.wrap(text, width) if len(text) == _width(text) else [text]


def _folded(columns: Sequence[Shown], count: int, width: int) -> list[str]:
    """Each row's name, then its figures in as many columns as fit."""
    named = [column for column in columns if column.names]
    figures = [column for column in columns if not column.names]
    label = _widest([c.title for c in figures])
    value = max((_widest(c.cells) for c in figures), default=0)
    cell = label + 1 + value
    across = max(1, (width - 2 + GAP) // (cell + GAP))
    titles = _padded([c.title for c in figures], label, False)
    cells = [
        [f"{title} {cell}" for cell in _padded(c.cells, value, c.numeric and across > 1)]
        for title, c in zip(titles, figures, strict=True)
    ]
    lines: list[str] = []
    for n in range(count):
        parts = [column[n] for column in cells]
        lines.append("  ".join(c.cells[n] for c in named if c.cells[n] != UNKNOWN))
        lines += ["  " + (" " * GAP).join(parts[i : i + across]) for i in range(0, len(parts), across)]
        lines.append("")
    return lines[:-1]


def _pad(text: str, width: int, right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space


def _padded(cells: Sequence[str], width: int, right: bool) -> list[str]:
    """All cells of a column; of plain ones the interpreter knows the width."""
    if not _is_plain(cells):
        return [_pad(cell, width, right) for cell in cells]
    return [cell.rjust(width) if right else cell.ljust(width) for cell in cells]


def _widest(cells: Sequence[str]) -> int:
    return max(map(len if _is_plain(cells) else _width, cells), default=0)


def _is_plain(cells: Sequence[str]) -> bool:
    return all(map(str.isascii, cells))


def _width(text: str) -> int:
    """Number of columns that a text takes on a terminal: wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )
