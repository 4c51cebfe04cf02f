"""The rows of a report on a terminal: each column as wide as its widest cell, times short, points aligned.

A row takes one line where the terminal is wide enough. Where it is not, long texts are wrapped, and a table
that is wider still is folded: each row's figures go on lines of their own under its name. A report of millions
is gone through once for its widths and once to be written, some thousand rows at a time.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import compress, count, repeat
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from ledger import calendar
from projections.engine.made_rows import batches
from projections.engine.report import Cell, Column
from projections.engine.table import Table
from projections.render import display
from projections.render.display import UNKNOWN, Look, Order, Shown, aligned, clocks

GAP: Final = 2
NARROWEST: Final = 16  # a text is wrapped no narrower
TITLE_LINES: Final = 3


class TextColumn(NamedTuple):
    """A column on a terminal: the lines of its title, its cells, its width, and whether its cells are
    wrapped.
    """

    title: list[str]
    shown: Shown
    width: int
    wraps: bool = False


class ColumnForm(NamedTuple):
    """What the form of each cell of a column depends on: the look of all, in words and as stored, and whether any
    time has seconds.
    """

    words: Look
    exact: Look
    seconds: bool


class ColumnRoom(NamedTuple):
    """The room that the cells of a column need below each other: the most decimals of an amount and the widest of
    its part before the point, the widest other cell, and the widest of all before amounts are aligned; and
    whether any is unknown.
    """

    form: ColumnForm
    decimals: int
    whole: int
    others: int
    plain: int
    unknown: bool

    def beside(self, other: ColumnRoom) -> ColumnRoom:
        """The room of the cells of both."""
        mine, its = self.form, other.form
        words, exact = mine.words.beside(its.words), mine.exact.beside(its.exact)
        return ColumnRoom(
            ColumnForm(words, exact, mine.seconds or its.seconds),
            max(self.decimals, other.decimals),
            max(self.whole, other.whole),
            max(self.others, other.others),
            max(self.plain, other.plain),
            self.unknown or other.unknown,
        )

    @property
    def width(self) -> int:
        """The width of the widest cell, with amounts aligned."""
        return max(self.whole + self.decimals + bool(self.decimals), self.others)


class RowBatch(NamedTuple):
    """Some rows by columns: the cells as they are shown and as they are stored, and the form that these alone
    would have.
    """

    shown: list[Shown]
    exact: list[list[Cell]]
    forms: list[ColumnForm]


class TextRows:
    """The first columns of a table with rows, for a terminal."""

    def __init__(self, table: Table, places: Order) -> None:
        self._table, self._places = table, places
        self._zone = calendar.zone(table.tz)
        self._only: tuple[list[ColumnForm], RowBatch] | None = (
            None  # of listed rows, all of which are one batch
        )
        self.rooms = self._measured()

    def lines(self, width: int) -> Iterator[list[str]]:
        """The lines, those of some rows at a time: a row a line where there is room, else folded."""
        rooms = self.rooms
        empty = [column._replace(cells=[]) for column in self._empty()]
        fitted: list[TextColumn] = []
        for most in range(1, TITLE_LINES + 1):
            fitted = [_titled(column, room.width, most) for column, room in zip(empty, rooms, strict=True)]
            if _across(fitted) <= width:
                break
        else:
            fitted = _narrowed(fitted, _across(fitted) - width)
        if _across(fitted) > width:
            yield from self._folded(empty, width)
            return
        yield _head(fitted)
        for batch in self._batches([room.form for room in rooms]):
            cells = map(_stacked, batch.shown, batch.exact, rooms, repeat(self._zone))
            yield _grid([c._replace(shown=shown) for c, shown in zip(fitted, cells, strict=True)])

    def _empty(self) -> list[Shown]:
        """The columns without cells."""
        forms = [room.form for room in self.rooms]
        return self._columns([[] for _ in self._places.first], [form.words for form in forms])

    def _columns(self, words: Sequence[Sequence[Cell]], looks: Sequence[Look]) -> list[Shown]:
        table = self._table
        return [
            display.shown(table.columns[n], cells, self._zone, look)._replace(names=n < table.keys)
            for n, cells, look in zip(self._places.first, words, looks, strict=True)
        ]

    def _batches(self, forms: list[ColumnForm] | None, *, measure: bool = False) -> Iterator[RowBatch]:
        """The rows in the form of all, or in that of the first batch where it is not known yet; to ``measure`` them,
        with the form that each batch would have alone.
        """
        if self._only is not None and self._only[0] == forms:
            yield self._only[1]
            return
        table, first = self._table, self._places.first
        for rows in batches(table.rows):
            exact = words = [[row[n] for row in rows] for n in first]
            if table.plain is not None:
                said = display.in_words(table._replace(rows=rows)).rows
                words = [[row[n] for row in said] for n in first]
            looks = list(map(display.look, words)) if measure else []
            stored = looks if words is exact or not measure else list(map(display.look, exact))
            shown = self._columns(words, looks if forms is None else [form.words for form in forms])
            seconds = [
                look.instants and display.has_seconds(column.cells)
                for look, column in zip(stored, shown, strict=False)
            ]
            batch = RowBatch(shown, exact, list(map(ColumnForm, looks, stored, seconds)))
            forms = forms or batch.forms
            if rows is table.rows:
                self._only = forms, batch
            yield batch

    def _measured(self) -> list[ColumnRoom]:
        """The room of each column. Where a later batch shows that the cells of a column have another form than
        those of the first, all are measured again.
        """
        forms: list[ColumnForm] | None = None
        while True:
            rooms: list[ColumnRoom] = []
            for batch in self._batches(forms, measure=True):
                forms = forms or batch.forms
                found = list(map(_room, batch.shown, batch.exact, batch.forms, forms, repeat(self._zone)))
                rooms = list(map(ColumnRoom.beside, rooms, found)) if rooms else found
            if [room.form for room in rooms] == forms:
                return rooms
            forms = [room.form for room in rooms]

    def _folded(self, columns: Sequence[Shown], width: int) -> Iterator[list[str]]:
        """Each row's name, then its figures in as many columns as fit."""
        named = [column.names for column in columns]
        figures = [not name for name in named]
        label = widest([c.title for c in compress(columns, figures)])
        value = max((room.plain for room in compress(self.rooms, figures)), default=0)
        across = max(1, (width - 2 + GAP) // (label + 1 + value + GAP))
        titles = padded([c.title for c in compress(columns, figures)], label, right=False)
        first = count()
        for batch in self._batches([room.form for room in self.rooms]):
            stacked = map(_stacked, batch.shown, batch.exact, self.rooms, repeat(self._zone))
            cells = [one if one.numeric else below for one, below in zip(batch.shown, stacked, strict=True)]
            names = [column.cells for column in compress(cells, named)]
            said = [
                [f"{title} {cell}" for cell in padded(c.cells, value, right=c.numeric and across > 1)]
                for title, c in zip(titles, compress(cells, figures), strict=True)
            ]
            lines: list[str] = []
            for n in range(len(batch.exact[0])):
                parts = [column[n] for column in said]
                lines += [""] if next(first) else []
                lines.append("  ".join(column[n] for column in names if column[n] != UNKNOWN))
                lines += [
                    "  " + (" " * GAP).join(parts[i : i + across]) for i in range(0, len(parts), across)
                ]
            yield lines


def grid(columns: Sequence[Column], rows: Sequence[tuple[Cell, ...]], tz: str) -> list[str]:
    """A table beside a report, such as how a figure was worked out: each row on a line."""
    zone, found = calendar.zone(tz), []
    for n, column in enumerate(columns):
        cells = [row[n] for row in rows]
        look = display.look(cells)
        shown = display.shown(column, cells, zone, look)
        form = ColumnForm(look, look, look.instants and display.has_seconds(shown.cells))
        room = _room(shown, cells, form, form, zone)
        found.append(_titled(_stacked(shown, cells, room, zone), room.width, TITLE_LINES))
    return [line.rstrip() for line in (*_head(found), *_grid(found))]


# --- columns ------------------------------------------------------------------------------------------------


def _room(
    column: Shown, exact: Sequence[Cell], own: ColumnForm, form: ColumnForm, zone: ZoneInfo
) -> ColumnRoom:
    """The room of some cells in the ``form`` of all; ``own`` is the form that they would have alone."""
    cells = column.cells
    unknown = None in exact
    if not column.numeric:
        wide = widest(_timed(cells, form, zone))
        return ColumnRoom(own, 0, 0, wide, wide, unknown)
    amounts = display.are_amounts(exact)
    others = [cell for cell, amount in zip(cells, amounts, strict=True) if not amount]
    whole = max((len(cell.partition(".")[0]) for cell in compress(cells, amounts)), default=0)
    return ColumnRoom(own, display.decimals(cells, amounts), whole, widest(others), widest(cells), unknown)


def _stacked(column: Shown, exact: Sequence[Cell], room: ColumnRoom, zone: ZoneInfo) -> Shown:
    """The cells of a column: points aligned, times short."""
    if column.numeric:
        amounts = display.are_amounts(exact)
        return column._replace(cells=aligned(column.cells, amounts, room.decimals))
    return column._replace(cells=_timed(column.cells, room.form, zone))


def _timed(cells: list[str], form: ColumnForm, zone: ZoneInfo) -> list[str]:
    return _short(clocks(cells, seconds=form.seconds), zone) if form.exact.instants else cells


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
    wide = max(cells, widest(column.title.split()))
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


def _head(columns: Sequence[TextColumn]) -> list[str]:
    """The titles, and the line below them."""
    deep = max(len(column.title) for column in columns)
    titles = [[""] * (deep - len(column.title)) + column.title for column in columns]
    return [*_lines(titles, columns), (" " * GAP).join("-" * column.width for column in columns)]


def _grid(columns: Sequence[TextColumn]) -> list[str]:
    if not any(column.wraps for column in columns):
        stacked = (padded(c.shown.cells, c.width, right=c.shown.numeric) for c in columns)
        return list(map((" " * GAP).join, zip(*stacked, strict=True)))
    lines: list[str] = []
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


def _pad(text: str, width: int, right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space


def padded(cells: Sequence[str], width: int, *, right: bool) -> list[str]:
    """All cells of a column; of plain ones the interpreter knows the width."""
    if not _is_plain(cells):
        return [_pad(cell, width, right) for cell in cells]
    return [cell.rjust(width) if right else cell.ljust(width) for cell in cells]


def widest(cells: Sequence[str]) -> int:
    """The width of the widest of some cells."""
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
