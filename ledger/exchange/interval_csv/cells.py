"""Cells of a CSV file in columns, a few thousand rows at a time: bytes in, columns out, without keeping the
file.

The part of RFC 4180 that files use: commas, quotes, lines that end in LF, CRLF or CR, an optional byte order
mark. Bytes that are not UTF-8 stay in their cell as they are. A row that is not as wide as the header is a
bad row, except for empty cells at its end, of which spreadsheets write more or fewer; a row of empty cells is
skipped. Rows whose quotes protect nothing need no CSV reader: they are cut at commas.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from operator import itemgetter
from typing import Final, NamedTuple

from ledger.errors import Malformed

LINE_LIMIT: Final = 4 << 20
MAGIC: Final = {
    b"\xff\xfe": "is UTF-16; save it as UTF-8",
    b"\xfe\xff": "is UTF-16; save it as UTF-8",
    b"PK": "is a ZIP or an Excel workbook; save the sheet as CSV (UTF-8)",
    b"\x1f\x8b": "is compressed (gzip); unpack it first",
}
Bad = Callable[[int, str], None]
"""Callback for a bad row: its line and the fault."""


class Piece(NamedTuple):
    """Whole lines of a file, ending in LF, and the number of the first."""

    text: str
    line: int


class Cells(NamedTuple):
    """Columns by their position in the row, and the line of each row."""

    columns: dict[int, Sequence[str]]
    lines: Sequence[int]

    def only(self, rows: Sequence[int]) -> Cells:
        """Some of the rows, by position."""
        return Cells(
            {at: [column[n] for n in rows] for at, column in self.columns.items()},
            [self.lines[n] for n in rows],
        )

    def joined(self, more: Cells) -> Cells:
        """These rows, followed by more."""
        return Cells(
            {at: [*column, *more.columns[at]] for at, column in self.columns.items()},
            [*self.lines, *more.lines],
        )


def pieces(chunks: Iterable[bytes]) -> Iterator[Piece]:
    """A file in pieces of whole lines and whole quoted cells; ``Malformed`` where it is not a CSV file."""
    rest, begun, line = b"", False, 1
    for chunk in chain(chunks, (b"",)):
        data = rest + chunk
        cut = data.rfind(b"\n") + 1 if chunk else len(data)
        if chunk and data.count(b'"', 0, cut) % 2 and len(data) < LINE_LIMIT:
            cut = 0
        piece, rest = data[:cut], data[cut:]
        if len(rest) > LINE_LIMIT:
            raise Malformed(f"has a line longer than {LINE_LIMIT:,} bytes, so it is not a CSV file")
        if piece:
            text = (piece if begun else _begun(piece)).decode("utf-8", "surrogateescape")
            if "\r" in text:
                text = text.replace("\r\n", "\n").replace("\r", "\n")
            yield Piece(text if text.endswith("\n") else f"{text}\n", line)
            line += text.count("\n")
            begun = True


def _begun(piece: bytes) -> bytes:
    """The first piece without its byte order mark; ``Malformed`` for another kind of file."""
    for magic, what in MAGIC.items():
        if piece.startswith(magic):
            raise Malformed(what)
    return piece.removeprefix(b"\xef\xbb\xbf")


def header(piece: Piece) -> tuple[list[str], Piece] | None:
    """The first row that is not empty, and the rest of the file; None if there is none."""
    reader = csv.reader(_lines(piece.text))
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rest = _after(piece.text, reader.line_num)
                return row, Piece(rest, piece.line + reader.line_num)
    except csv.Error as why:
        raise Malformed(f"has no header that can be read ({why})") from None
    return None


def _lines(text: str) -> list[str]:
    return [f"{line}\n" for line in text.split("\n")[:-1]]


def _after(text: str, lines: int) -> str:
    place = 0
    for _ in range(lines):
        place = text.index("\n", place) + 1
    return text[place:]


def cells(
    piece: Piece, width: int, needed: Sequence[int], bad: Bad, totals: frozenset[str] = frozenset()
) -> Cells:
    """The needed columns of a piece's rows, without those whose first cell is one of ``totals``."""
    text = _unquoted(piece.text) if '"' in piece.text else piece.text
    if text is None:
        return _chosen(*_quoted(piece, bad), width, needed, bad, totals)
    marks = _marks(text, b",\n")
    count = len(marks) // width
    if marks == (b"," * (width - 1) + b"\n") * count:
        flat = text.replace("\n", ",").split(",")
        return Cells(
            {at: flat[at : count * width : width] for at in needed}, range(piece.line, piece.line + count)
        )
    rows = [line.split(",") for line in text.split("\n")[:-1]]
    return _chosen(rows, range(piece.line, piece.line + len(rows)), width, needed, bad, totals)


def _unquoted(text: str) -> str | None:
    """Rows without their quotes, where each quote stands at an end of its cell and no cell holds a comma, a
    line end or a quote; None for others.
    """
    ends = sum(map(text.count, ('\n"', ',"', '",', '"\n'))) + text.startswith('"')
    pairs = _marks(text, b',\n"').replace(b'""', b"")
    return text.replace('"', "") if text.count('"') == ends and b'"' not in pairs else None


def _marks(text: str, kept: bytes) -> bytes:
    """Only these characters of a text."""
    return text.encode("utf-8", "surrogateescape").translate(None, bytes(set(range(256)) - set(kept)))


def _chosen(
    rows: list[list[str]],
    lines: Sequence[int],
    width: int,
    needed: Sequence[int],
    bad: Bad,
    totals: frozenset[str],
) -> Cells:
    if totals:
        kept = [n for n, row in enumerate(rows) if not row or row[0].strip() not in totals]
        rows, lines = [rows[n] for n in kept], [lines[n] for n in kept]
    if set(map(len, rows)) != {width}:
        last = max(needed)
        rows = [
            row[:width]
            if len(row) > width and not any(cell.strip() for cell in row[width:])
            else [*row, *[""] * (width - len(row))]
            if last < len(row) < width
            else row
            for row in rows
        ]
        for row, line in zip(rows, lines, strict=True):
            if len(row) != width and any(cell.strip() for cell in row):
                bad(
                    line,
                    f"has {len(row)} cells, where the header has {width}; a cell that holds a comma must be"
                    " quoted",
                )
        good = [n for n, row in enumerate(rows) if len(row) == width]
        rows, lines = [rows[n] for n in good], [lines[n] for n in good]
    return Cells({at: list(map(itemgetter(at), rows)) for at in needed}, lines)


def _quoted(piece: Piece, bad: Bad) -> tuple[list[list[str]], list[int]]:
    """Rows and the line each begins on, where cells may hold commas and line ends."""
    reader = csv.reader(_lines(piece.text), strict=True)
    try:
        rows = list(reader)
    except csv.Error:
        return _one_by_one(piece, bad)
    if reader.line_num == len(rows):
        return rows, list(range(piece.line, piece.line + len(rows)))
    return _one_by_one(piece, bad)


def _one_by_one(piece: Piece, bad: Bad) -> tuple[list[list[str]], list[int]]:
    """The same, row by row, where a cell holds a line end or a row cannot be read."""
    reader = csv.reader(_lines(piece.text), strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    begins = 0
    while True:
        try:
            rows.append(next(reader))
            lines.append(piece.line + begins)
        except StopIteration:
            return rows, lines
        except csv.Error as why:
            bad(piece.line + begins, f"is not a CSV row ({why}); is a quote not closed?")
        begins = reader.line_num
