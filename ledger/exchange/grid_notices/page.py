"""The text of a saved web page: in order with the line of each piece, and the cells of its tables. A text
file is a page without tags.
"""

from __future__ import annotations

from bisect import bisect_right
from html.parser import HTMLParser
from typing import Final, NamedTuple

UNSEEN: Final = frozenset(("script", "style", "template", "noscript"))


class Cell(NamedTuple):
    """A cell of a table: the classes that the page gives it, and its text."""

    classes: tuple[str, ...]
    text: str


class Row(NamedTuple):
    """A row of a table, at its line of the file."""

    line: int
    cells: tuple[Cell, ...]


class PageText:
    """The text of a page as one string with single blanks, and the line of each position in it."""

    def __init__(self, pieces: list[tuple[int, str]]) -> None:
        self.text = " ".join(text for _, text in pieces)
        self._starts: list[int] = []
        at = 0
        for _, text in pieces:
            self._starts.append(at)
            at += len(text) + 1
        self._lines = [line for line, _ in pieces]

    def line_at(self, position: int) -> int:
        """The line of the file at a position of the text."""
        return self._lines[bisect_right(self._starts, position) - 1] if self._lines else 0


class _PageReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[tuple[int, str]] = []
        self.rows: list[Row] = []
        self._unseen = 0
        self._row: tuple[int, list[Cell]] | None = None
        self._cell: tuple[tuple[str, ...], list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in UNSEEN:
            self._unseen += 1
        if tag == "tr":
            self._end_row()
            self._row = (self.getpos()[0], [])
        if tag in ("td", "th"):
            self._end_cell()
            self._cell = (tuple((dict(attrs).get("class") or "").split()), [])

    def handle_endtag(self, tag: str) -> None:
        if tag in UNSEEN:
            self._unseen = max(self._unseen - 1, 0)
        if tag in ("td", "th"):
            self._end_cell()
        if tag in ("tr", "table"):
            self._end_row()

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        for number, words in enumerate((line.split() for line in data.split("\n")), start=self.getpos()[0]):
            if words:
                self.pieces.append((number, " ".join(words)))
                if self._cell is not None:
                    self._cell[1].append(" ".join(words))

    def _end_cell(self) -> None:
        if self._cell is not None and self._row is not None:
            self._row[1].append(Cell(self._cell[0], " ".join(self._cell[1])))
        self._cell = None

    def _end_row(self) -> None:
        self._end_cell()
        if self._row is not None and self._row[1]:
            self.rows.append(Row(self._row[0], tuple(self._row[1])))
        self._row = None


def page_text(text: str) -> PageText:
    """The text of a page."""
    return PageText(_read(text).pieces)


def table_rows(text: str) -> list[Row]:
    """The rows of a page's tables."""
    return _read(text).rows


def _read(text: str) -> _PageReader:
    reader = _PageReader()
    reader.feed(text)
    reader.close()
    return reader
