"""Paper: a table laid out for pages, the same for PDF and DOCX.

A table wider than a page is split into parts, each a table of its own that repeats the columns that name a row. One of few rows that would be split is
turned instead: figures down, rows across. A long table is printed up to so many cells; what is left out is said where the table begins, and is in the
files that go with it. Widths are estimates in hundredths of the type's height (em), on the wide side.

Characters that the typeface of PDF (Libertinus Serif) lacks, and those of scripts that turn a line's direction, are shown as escapes ``\\u{65e5}``.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from typing import Final, NamedTuple

from ledger.errors import inert
from projections.engine.pictures import Lanes, Picture
from projections.engine.report import Cell
from projections.engine.table import Table
from projections.render import display
from projections.render.charts import svg
from projections.render.display import UNKNOWN, Shown, columns

TYPEFACE: Final = "Libertinus Serif"
LANES: Final = 14  # of a timeline, on what the first page has left
CELLS: Final = 20_000
FEW: Final = 3
ACROSS: Final = 8_800  # A4 across with margins of 14 mm, in ordinary type of 8.5 pt
ACROSS_SMALL: Final = 9_970  # in small type of 7.5 pt, which is taken where it saves a part
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
    """One table on paper, in ordinary or small type."""

    columns: list[PaperColumn]
    rows: int
    small: bool


class PaperLayout(NamedTuple):
    """A table on paper: its parts, and how many of its rows they print."""

    parts: list[Part]
    printed: int
    turned: bool


def layout(table: Table) -> PaperLayout:
    """The table laid out for A4 across."""
    printed = min(len(table.rows), max(FEW, CELLS // len(table.columns)))
    cut = table._replace(rows=table.rows[:printed])
    found = [c._replace(cells=_cells(c, [row[n] for row in cut.rows])) for n, c in enumerate(columns(cut))]
    parts = _parts(found, table.keys, printed)
    if len(parts) > 1 and 0 < printed <= FEW:
        turned = _turned(found, table.keys, printed)
        return PaperLayout(_parts(turned, 1, len(found) - table.keys), printed, True)
    return PaperLayout(parts, printed, False)


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
    """Amounts whose points stand below each other; a plain zero and a dash stay plain, where their first
    digit would stand.
    """
    full = display.aligned(cells, amounts)
    most = max(len(cell.partition(".")[2]) for cell in compress(full, amounts))
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
    """The picture as SVG, in the typeface of paper."""
    return printable(svg.svg(picture).strip().replace(svg.FONTS, TYPEFACE)).encode()


def alternative(picture: Picture) -> str:
    """What stands for a picture to who cannot see it; never nothing."""
    return plain(f"{picture.title}. {picture.says}")


def plain(text: str) -> str:
    """Any text as it can be printed."""
    return printable(inert(text))


# --- what stands around the parts ---------------------------------------------------------------------------


def part_title(part: Part, laid: PaperLayout) -> str:
    """What a part is called: which figures it holds."""
    count = len(laid.parts)
    if count == 1 or laid.turned:
        return "Figures"
    figures = [c.title for c in part.columns if not c.names]
    return f"Figures, part {laid.parts.index(part) + 1} of {count}: {figures[0]} to {figures[-1]}"


def said(laid: PaperLayout, table: Table, elsewhere: str) -> str:
    """What must be said above a part: that it has no rows, or not all of them and where all are."""
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


def _parts(shown: Sequence[Shown], keys: int, rows: int) -> list[Part]:
    """As many columns in each part as fit beside those that name a row."""
    narrow = [_column(c, TEXT, names=n < keys) for n, c in enumerate(shown)]
    small = ACROSS < sum(c.width + GAP for c in narrow) <= ACROSS_SMALL
    across = ACROSS_SMALL if small else ACROSS
    named, figures = narrow[:keys], narrow[keys:]
    room = across - sum(c.width + GAP for c in named)
    groups: list[list[PaperColumn]] = [[]]
    left = room
    for column in figures:
        if groups[-1] and column.width + GAP > left:
            groups.append([])
            left = room
        groups[-1].append(column)
        left -= column.width + GAP
    return [Part(_widened([*named, *group], across), rows, small) for group in groups]


def _column(column: Shown, most: int, *, names: bool) -> PaperColumn:
    natural = max(map(width, column.cells), default=0) * (BOLD_PERCENT if names else 100) // 100
    word = max(map(width, column.title.split()), default=0) * BOLD_PERCENT // 100
    wide = max(NARROWEST, word, natural if column.numeric else min(natural, most))
    return PaperColumn(
        column.title, [broken(cell, wide) for cell in column.cells], column.numeric, wide, names
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


def _turned(shown: Sequence[Shown], keys: int, count: int) -> list[Shown]:
    """Figures down, rows across."""
    named, figures = shown[:keys], shown[keys:]
    found = [Shown("Figure", [c.title for c in figures], False)]
    for n in range(count):
        name = " / ".join(c.cells[n] for c in named if c.cells[n] != UNKNOWN)
        found.append(Shown(name, [c.cells[n] for c in figures], False))
    return found


# --- widths -------------------------------------------------------------------------------------------------


def width(text: str) -> int:
    """About how wide a text is set, in hundredths of an em."""
    return sum(_WIDTHS.get(c, _ORDINARY) for c in text)


def broken(text: str, wide: int) -> str:
    """The text with places to break in words that are wider than the column: zero-width spaces, which no eye
    sees.
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
