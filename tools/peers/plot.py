"""The picture of what was measured: four panels, processor time a reading over the number of readings, both axes
logarithmic. Drawn with the elements of the reports' charts, so the same stores have the same look on paper.
"""

from __future__ import annotations

from itertools import pairwise
from math import ceil, floor, log10
from typing import Any, Final

from projections.render.charts.paint import (
    TONES,
    WIDTH,
    Box,
    heading,
    label,
    legend,
    line,
    rule,
    shape,
    text,
)
from projections.render.charts.svg import FONTS
from tools.peers.shown import WORKS, figure

PANELS: Final = ("append-1", "append-1000", "read", "project")
LIMIT: Final = "raw sqlite3"
TITLE: Final = "Processor time of one meter reading as the store grows, in microseconds"
_WIDE, _HIGH, _TOP, _LEFT, _GAP = 3_600, 2_400, 1_500, 750, 1_200


def svg(found: dict[str, Any]) -> str:
    """The picture; what it says in words is its description."""
    stores = [name for name in found["stores"] if name != LIMIT]
    named, top = legend([(name, n, "line") for n, name in enumerate(stores)], "peers")
    parts = [heading(TITLE), *named]
    parts += [
        rule(250, top + 30, 510, top + 30, "ink", 16),
        label(580, top + 72, f"{LIMIT}, the limit" if LIMIT in found["stores"] else ""),
    ]
    top += 700
    for n, work in enumerate(PANELS):
        left = _LEFT + n % 2 * (_WIDE + _GAP)
        high = top + n // 2 * (_HIGH + _TOP)
        parts += _panel(found, work, stores, Box(left, high, left + _WIDE, high + _HIGH))
    height = top + 2 * _HIGH + _TOP + 600
    return "".join(
        (
            '<svg xmlns="http://www.w3.org/2000/svg" class="picture" role="img" aria-labelledby="t d" ',
            f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH // 10}" height="{height // 10}" ',
            f'font-family="{FONTS}" font-size="120"><title id="t">{text(TITLE)}</title>',
            f'<desc id="d">{text(says(found))}</desc>',
            f'<rect class="f-ground" fill="{TONES["ground"]}" width="{WIDTH}" height="{height}"/>',
            *parts,
            "</svg>\n",
        )
    )


def says(found: dict[str, Any]) -> str:
    """The picture in words: every figure of its panels at the largest size."""
    largest = max((one["records"] for one in found["figures"]), default=0)
    said = []
    for work in PANELS:
        all_of = [(name, figure(found, name, work, largest)) for name in found["stores"]]
        each = ", ".join(f"{name} {one['cpu_us']:,.1f}" for name, one in all_of if one)
        said.append(f"{WORKS[work]}: {each}.")
    return f"With {largest:,} readings, in microseconds. " + " ".join(said)


def _panel(found: dict[str, Any], work: str, stores: list[str], box: Box) -> list[str]:
    shown = [one for one in found["figures"] if one["work"] == work and one["cpu_us"] > 0]
    if not shown:
        return []
    sizes = sorted({one["records"] for one in shown})
    x = _Scale([*sizes], box.left, box.right)
    y = _Scale([one["cpu_us"] for one in shown], box.bottom, box.top)
    parts = [label(box.left, box.top - 130, WORKS[work], "start", "ink")]
    for power in range(y.low, y.high + 1):
        at = y.at(10**power)
        parts += [
            rule(box.left, at, box.right, at, "line"),
            label(box.left - 80, at + 42, f"{10.0**power:,g}", "end"),
        ]
    for size in sizes:
        at = x.at(size)
        parts += [rule(at, box.bottom, at, box.bottom + 60, "soft")]
        parts += [label(at, box.bottom + 200, f"{size:,}", "middle")]
    parts.append(label((box.left + box.right) // 2, box.bottom + 390, "readings in the store", "middle"))
    for n, name in [*enumerate(stores), (-1, LIMIT)]:
        points = [
            (x.at(size), y.at(one["cpu_us"]))
            for size in sizes
            if (one := figure(found, name, work, size)) is not None
        ]
        if n < 0:
            parts += [rule(*a, *b, "ink", 16) for a, b in pairwise(points)]
        elif points:
            parts.append(line(n, "M" + "L".join(f"{a} {b}" for a, b in points)))
            parts += [shape(n, *each) for each in points]
    return parts


class _Scale:
    """Powers of ten between two places of the drawing."""

    def __init__(self, values: list[float], begin: int, end: int) -> None:
        self.low, self.high = floor(log10(min(values))), ceil(log10(max(values)))
        self.high = max(self.high, self.low + 1)
        self.begin, self.end = begin, end

    def at(self, value: float) -> int:
        """The place of a value."""
        share = (log10(value) - self.low) / (self.high - self.low)
        return round(self.begin + share * (self.end - self.begin))
