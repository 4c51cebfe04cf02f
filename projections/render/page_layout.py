"""Paper: a table laid out for pages, the same for PDF and DOCX.

The report's first columns are a table of their own, the others another that repeats the columns that name a
row. One wider than a page is split into parts alike; one of few rows that would be split is turned instead:
figures down, rows across. A long table is printed up to a number of cells; a line above the table states what
is left out, and the files that go with it have it. Widths are estimates in hundredths of the type's height
(em), on the wide side.

Characters that the typeface of PDF (Libertinus Serif) lacks, and those of scripts that turn a line's
direction, are shown as escapes ``\\u{65e5}``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import compress
from typing import Final, NamedTuple

from ledger.errors import inert
from projections.engine.pictures import Lanes, Picture
from projections.engine.report import Cell
from projections.engine.table import Paper, Table
from projections.render import display
from projections.render.charts import svg
from projections.render.display import UNKNOWN, Shown, columns

TYPEFACE: Final = "Libertinus Serif"
LANES: Final = 14  # of a timeline, on what the first page has left
CELLS: Final = 20_000
FEW: Final = 3
# paper across with margins of 14 mm, in ordinary type of 8.5 pt
ACROSS: Final[dict[Paper, int]] = {"a4": 8_800, "letter": 8_220}
SMALL_PERCENT: Final = 113  # more fits in small type of 7.5 pt, which is used where it saves a part
BESIDE_PERCENT: Final = 46  # a picture no higher than this share of its width fits on the first page
BOLD_PERCENT: Final = 113
GAP: Final = 110  # between two columns
NARROWEST: Final = 250
DIGIT_WIDE: Final = "\u2007"  # spaces as wide as a digit and as a point
POINT_WIDE: Final = "\u2008"
TEXT: Final = 2_200  # a text is wrapped beyond this
_WIDTHS: Final = {
    **dict.fromkeys(" .,:;'|!ijl()[]/-", 33),
    **dict.fromkeys("0123456789", 50),
    **dict.fromkeys("mwMW%@", 92),
    **dict.fromkeys("ABCDEFGHIJKLNOPQRSTUVXYZ_&+=", 70),
}
_ORDINARY: Final = 54
# what Libertinus Serif has (probed character by character), and runs from left to right
PRINTED: Final = (
    (0x20, 0x17F),
    (0x384, 0x3CE),
    (0x400, 0x45F),
    (0x1E00, 0x1EFF),
    (0x2010, 0x2027),
    (0x2030, 0x2037),
)
PRINTED_ALONE: Final = frozenset("€→←↑↓≤≥≠−×÷±√∑∞≈")
CHECKING: Final = (
    "The figures above are rounded for display. The exact report is its JSON form, whose SHA-256 below is"
    " what the ledger knows it by. Whoever holds the records makes the same bytes with the command below, and"
    " the root of the log says which records they were."
)


class PaperColumn(NamedTuple):
    """A column of a part: its title, its cells, whether they are amounts, its width, and whether it names the
    row.
    """

    title: str
    cells: list[str]
    numeric: bool
    width: int
    names: bool


class Part(NamedTuple):
    """One table on paper, in ordinary or small type, as it is or ``turned``."""

    columns: list[PaperColumn]
    rows: int
    small: bool
    turned: bool = False


class PaperLayout(NamedTuple):
    """A table on paper: the parts of its first columns, those of the others, and the number of rows
    printed.
    """

    first: list[Part]
    rest: list[Part]
    printed: int


def layout(table: Table) -> PaperLayout:
    """The table laid out for its paper across."""
    printed = min(len(table.rows), max(FEW, CELLS // len(table.columns)))
    cut = table._replace(rows=table.rows[:printed])
    found = [c._replace(cells=_cells(c, [row[n] for row in cut.rows])) for n, c in enumerate(columns(cut))]
    places, across = display.order(table), ACROSS[table.paper]
    first = [found[n] for n in places.first]
    rest = [found[n]._replace(names=n in places.names) for n in (*places.names, *places.rest)]
    return PaperLayout(
        _laid(first, printed, across), _laid(rest if places.rest else [], printed, across), printed
    )


def _laid(found: Sequence[Shown], rows: int, across: int) -> list[Part]:
    """Some columns in parts, or turned."""
    parts = _parts(found, rows, across) if found else []
    if len(parts) > 1 and 0 < rows <= FEW:
        turned = _turned(found, rows)
        return [part._replace(turned=True) for part in _parts(turned, len(turned[0].cells), across)]
    return parts


def printable(text: str) -> str:
    """Text in characters that can be printed, others as escapes (directions and controls are escaped in
    ``shown``).
    """
    return text if text.isascii() else "".join(c if _is_printed(c) else f"\\u{{{ord(c):x}}}" for c in text)


def _cells(column: Shown, exact: Sequence[Cell]) -> list[str]:
    if column.numeric:
        return _figures(column.cells, list(map(display.is_amount, exact)))
    if display.is_instants(exact):
        return display.clocks(column.cells)
    return list(map(printable, column.cells))


def _figures(cells: Sequence[str], amounts: Sequence[bool]) -> list[str]:
    """Amounts with aligned decimal points; a plain zero and a dash stay plain, in place of the first digit."""
    full = display.aligned(cells, amounts)
    most = max((len(cell.partition(".")[2]) for cell in compress(full, amounts)), default=0)
    room = POINT_WIDE + DIGIT_WIDE * most if most else ""
    return [
        f"{cell}{room}" if cell in ("0", UNKNOWN) else printable(said)
        for cell, said in zip(cells, full, strict=True)
    ]


def _is_printed(character: str) -> bool:
    code = ord(character)
    return any(first <= code <= last for first, last in PRINTED) or character in PRINTED_ALONE


def pictures(table: Table) -> list[Picture]:
    """The report's pictures, timelines of more lanes than a page holds in several."""
    return [
        part
        for picture in table.pictures()
        for part in (_split(picture) if isinstance(picture, Lanes) else [picture])
    ]


def _split(picture: Lanes) -> list[Picture]:
    count = max(1, -(-len(picture.lanes) // LANES))
    if count == 1:
        return [picture]
    every = -(-len(picture.lanes) // count)
    parts = [picture.lanes[i : i + every] for i in range(0, len(picture.lanes), every)]
    return [
        picture._replace(
            title=f"{picture.title}, {n} of {len(parts)}",
            says=picture.says if n == 1 else f"{lanes[0].name} to {lanes[-1].name}",
            lanes=lanes,
        )
        for n, lanes in enumerate(parts, 1)
    ]


def drawn(picture: Picture) -> bytes:
    """The picture as SVG, in the typeface for paper."""
    return printable(svg.svg(picture).strip().replace(svg.FONTS, TYPEFACE)).encode()


def is_low(drawing: bytes) -> bool:
    """True where a drawing is low enough for the first page."""
    found = re.search(rb'width="([0-9]+)" height="([0-9]+)"', drawing)
    return found is not None and int(found[2]) * 100 <= int(found[1]) * BESIDE_PERCENT


def alternative(picture: Picture) -> str:
    """Alternative text of a picture; never empty."""
    return plain(f"{picture.title}. {picture.says}")


def plain(text: str) -> str:
    """Any text in printable form."""
    return printable(inert(text))


# --- texts around the parts ---------------------------------------------------------------------------------


def part_title(part: Part, laid: PaperLayout) -> str:
    """Title of a part: the figures it holds."""
    parts, name = (laid.first, "Figures") if part in laid.first else (laid.rest, "Other columns")
    if len(parts) == 1 or part.turned:
        return name
    figures = [c.title for c in part.columns if not c.names]
    return f"{name}, part {parts.index(part) + 1} of {len(parts)}: {figures[0]} to {figures[-1]}"


def said(laid: PaperLayout, table: Table, elsewhere: str) -> str:
    """Line above a part: that it has no rows, or which of them, and where all are."""
    if not table.rows:
        return "There is no row: nothing of this kind is known in the window."
    if laid.printed < len(table.rows):
        return f"Rows 1 to {laid.printed:,} of {len(table.rows):,}; {elsewhere}."
    return ""


class Paragraph(NamedTuple):
    """A paragraph of the definition: its lines, and whether they are laid out and must stay as they are."""

    lines: list[str]
    laid_out: bool


def method(table: Table) -> list[Paragraph]:
    """The definition, without the marks of its code."""
    text = table.definition.strip().replace("``", "")
    return [
        Paragraph([plain(line) for line in block.splitlines()], display.is_laid_out(block))
        for block in text.split("\n\n")
    ]


# --- parts --------------------------------------------------------------------------------------------------


def _parts(shown: Sequence[Shown], rows: int, across: int) -> list[Part]:
    """As many columns in each part as fit beside those that name a row."""
    narrow = [_column(c, TEXT) for c in shown]
    smaller = across * SMALL_PERCENT // 100
    small = across < sum(c.width + GAP for c in narrow) <= smaller
    across = smaller if small else across
    named = [column for column in narrow if column.names]
    room = across - sum(c.width + GAP for c in named)
    groups: list[list[PaperColumn]] = [[]]
    left = room
    for column in narrow:
        wide = 0 if column.names else column.width + GAP
        if wide > left and any(not c.names for c in groups[-1]):
            groups.append(list(named))
            left = room
        if not column.names or len(groups) == 1:
            groups[-1].append(column)
        left -= wide
    return [Part(_widened(group, across), rows, small) for group in groups]


def _column(column: Shown, most: int) -> PaperColumn:
    bold = BOLD_PERCENT if column.names else 100
    natural = max(map(width, column.cells), default=0) * bold // 100
    word = max(map(width, column.title.split()), default=0) * BOLD_PERCENT // 100
    wide = max(NARROWEST, word, natural if column.numeric else min(natural, most))
    return PaperColumn(
        column.title, [broken(cell, wide) for cell in column.cells], column.numeric, wide, column.names
    )


def _widened(part: list[PaperColumn], across: int) -> list[PaperColumn]:
    """The columns with the room that is left given to texts that would be wrapped."""
    left = across - sum(c.width + GAP for c in part)
    found = []
    for column in part:
        more = min(max(0, left), max(0, max(map(width, column.cells), default=0) - column.width))
        left -= more
        found.append(column._replace(width=column.width + more))
    return found


def _turned(shown: Sequence[Shown], count: int) -> list[Shown]:
    """Figures down, rows across."""
    named = [column for column in shown if column.names]
    figures = [column for column in shown if not column.names]
    found = [Shown("Figure", [c.title for c in figures], False, names=True)]
    for n in range(count):
        name = " / ".join(c.cells[n] for c in named if c.cells[n] != UNKNOWN)
        found.append(Shown(name, [c.cells[n] for c in figures], False))
    return found


# --- widths -------------------------------------------------------------------------------------------------


def width(text: str) -> int:
    """Estimated width of a text as set, in hundredths of an em."""
    return sum(_WIDTHS.get(c, _ORDINARY) for c in text)


def broken(text: str, wide: int) -> str:
    """The text with places to break in words that are wider than the column: zero-width spaces, which are
    invisible.
    """
    if width(text) <= wide:
        return text
    return " ".join(_broken_word(word, wide) for word in text.split(" "))


def _broken_word(word: str, wide: int) -> str:
    if width(word) <= wide:
        return word
    pieces, used = [""], 0
    for character in word:
        across = width(character)
        if pieces[-1] and used + across > wide:
            pieces.append("")
            used = 0
        pieces[-1] += character
        used += across
    return "\u200b".join(pieces)
