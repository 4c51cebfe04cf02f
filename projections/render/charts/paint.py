"""Elements of a drawing: colors with their hatchings, dashes and shapes, words, rules, a legend. SVG text,
whole numbers.

The colors are those of Okabe and Ito, which people with color blindness can tell apart; each also has its own
hatching, dash and shape. They are written as attributes, for paper and for programs without style
sheets; in a page ``STYLE`` replaces them by the page's own, so that one drawing serves light, dark and print.
Names are text, never markup.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from html import escape
from typing import Final, NamedTuple

from ledger.errors import inert
from projections.render.charts.axes import Axis

WIDTH: Final = 9600  # tenths of a pixel
COLOURS: Final = ("#0072b2", "#e69f00", "#d55e00", "#8d939c", "#009e73", "#b0559b")
TONES: Final = {"ink": "#1a1d21", "soft": "#4d545c", "line": "#d3d8dd", "ground": "#ffffff"}
_HATCHES: Final = (
    "",
    "M0 80L80 0M-10 10L10 -10M70 90L90 70",
    "M0 0L80 80M-10 70L10 90M70 -10L90 10",
    "M40 22V58M22 40H58",
    "M0 40H80",
    "M40 0V80",
)
_DASHES: Final = ("", "160 70", "40 50", "220 60 40 60", "100 40", "20 40")
_SHAPES: Final = (  # about 50 each way from their middle
    "m-45 0a45 45 0 1 0 90 0a45 45 0 1 0 -90 0z",
    "m-42 -42h84v84h-84z",
    "m0 -58l58 58l-58 58l-58 -58z",
    "m-50 44l50 -96l50 96z",
    "m-50 -44l50 96l50 -96z",
    "m-48 -18h30v-30h36v30h30v36h-30v30h-36v-30h-30z",
)
STYLE: Final = "".join(
    f".picture .f-{name}{{fill:var(--{name})}}.picture .s-{name}{{stroke:var(--{name})}}"
    for name in (*(f"c{n}" for n in range(len(COLOURS))), *TONES)
)
"""Style rules of a page for its drawings; the page defines the variables --c0 to --c5, --ink, --soft, --line
and --ground.
"""


class Box(NamedTuple):
    """A part of the drawing."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """From top to bottom."""
        return self.bottom - self.top


# --- colors -------------------------------------------------------------------------------------------------


def filled(n: int, ident: str, tag: str, place: str) -> str:
    """A shape (``rect`` or ``path`` with its attributes) in the n-th color, hatched from the second on."""
    n %= len(COLOURS)
    over = f'<{tag} fill="url(#{ident}-h{n})" {place}/>' if _HATCHES[n] else ""
    return f'<{tag} class="f-c{n}" fill="{COLOURS[n]}" {place}/>{over}'


def hatches(used: Iterable[int], ident: str) -> str:
    """The hatchings that ``filled`` lays over colors."""
    return "".join(
        f'<pattern id="{ident}-h{n}" width="80" height="80" patternUnits="userSpaceOnUse"><path'
        f' class="s-ground" stroke="{TONES["ground"]}" stroke-width="14" stroke-opacity=".6" fill="none"'
        f' d="{_HATCHES[n]}"/></pattern>'
        for n in sorted({n % len(COLOURS) for n in used})
        if _HATCHES[n]
    )


def line(n: int, path: str) -> str:
    """A line in the n-th color, dashed from the second on."""
    n %= len(COLOURS)
    dash = f' stroke-dasharray="{_DASHES[n]}"' if _DASHES[n] else ""
    return (
        f'<path class="s-c{n}" stroke="{COLOURS[n]}" fill="none" stroke-width="24"'
        f' stroke-linejoin="round"{dash} d="{path}"/>'
    )


def shape(n: int, x: int, y: int) -> str:
    """The n-th shape in its color, with an outline against the background."""
    n %= len(COLOURS)
    return (
        f'<g class="s-ground" stroke="{TONES["ground"]}" stroke-width="16">'
        f'<path class="f-c{n}" fill="{COLOURS[n]}" d="M{x} {y}{_SHAPES[n]}"/></g>'
    )


def rule(x1: int, y1: int, x2: int, y2: int, tone: str, width: int = 8) -> str:
    """A straight line."""
    return f'<path class="s-{tone}" stroke="{TONES[tone]}" stroke-width="{width}" d="M{x1} {y1}L{x2} {y2}"/>'


# --- words --------------------------------------------------------------------------------------------------


def text(words: str) -> str:
    """Words made safe: neither markup nor a change of text direction."""
    return escape(inert(words))


def label(x: int, y: int, words: str, anchor: str = "start", tone: str = "soft", extra: str = "") -> str:
    """Words at a place; ``anchor`` is start, middle or end."""
    return (
        f'<text class="f-{tone}" fill="{TONES[tone]}" x="{x}" y="{y}"'
        f' text-anchor="{anchor}"{extra}>{text(words)}</text>'
    )


def heading(words: str) -> str:
    """The title of a drawing."""
    return label(250, 270, short(words, 100), "start", "ink", ' font-size="165" font-weight="bold"')


def short(words: str, most: int) -> str:
    """At most so many characters."""
    words = inert(words)
    return words if len(words) <= most else words[: most - 1] + "…"


def wide(words: str) -> int:
    """Estimated width of words."""
    return sum(125 if unicodedata.east_asian_width(c) in "WF" else 70 for c in words)


# --- under a box --------------------------------------------------------------------------------------------


def below(axis: Axis, said: str, box: Box) -> list[str]:
    """The ticks of an axis under a box, and their title; one that would touch the tick before it has no
    label.
    """
    parts, free = [said_below(said, box)], 0
    for at, words in axis.ticks:
        x = box.left + axis.place(at, box.width)
        parts.append(rule(x, box.bottom, x, box.bottom + 60, "soft"))
        if x - wide(words) // 2 >= free:
            parts.append(label(x, box.bottom + 190, words, "middle"))
            free = x + wide(words) // 2 + 60
    return parts


def said_below(words: str, box: Box) -> str:
    """Title of an axis under its box."""
    return label((box.left + box.right) // 2, box.bottom + 400, short(words, 100), "middle")


# --- legend -------------------------------------------------------------------------------------------------


def legend(names: Iterable[tuple[str, int, str]], ident: str) -> tuple[list[str], int]:
    """Legend entries (name, number, area | bar | step | line | mark), in as many lines as needed, and the top
    of the space below.
    """
    parts: list[str] = []
    x, y = 250, 520
    for name, n, form in names:
        words = short(name, 48)
        needs = 330 + wide(words) + 200
        if x > 250 and x + needs > WIDTH:
            x, y = 250, y + 210
        parts += [_swatch(n, form, x, y, ident), label(x + 330, y + 42, words)]
        x += needs
    return parts, y + 150


def _swatch(n: int, form: str, x: int, y: int, ident: str) -> str:
    if form in ("area", "bar"):
        return filled(n, ident, "rect", f'x="{x}" y="{y - 60}" width="260" height="120"')
    if form == "mark":
        return shape(n, x + 130, y)
    return line(n, f"M{x} {y}h260") + (shape(n, x + 130, y) if form == "line" else "")
