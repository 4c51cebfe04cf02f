"""Strips above the amounts of a plot: spans that stand out, each with its word, and their shade over the
whole height.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from ledger.calendar import Window
from projections.engine.pictures import Plot, Time
from projections.engine.windows import union
from projections.render.charts.axes import Axis, times
from projections.render.charts.paint import TONES, Box, label, short, text, wide

_STRIP: Final = 210
_LETTER: Final = 70


def height(picture: Plot) -> int:
    """Height of the strips of a plot."""
    return _STRIP * len(_names(picture)) + (60 if picture.shades else 0)


def shaded(picture: Plot, box: Box) -> list[str]:
    """The strips above a box, and their spans as a shade over all of it, drawn once where they overlap."""
    if not isinstance(picture.x, Time):
        return []
    axis = times(picture.x)
    names = _names(picture)
    parts = []
    for start_s, stop_s in union(Window(*shade[:2]) for shade in picture.shades):
        x, width = _across(start_s, stop_s, axis, box)
        parts.append(_block(x, box.top, width, box.height, ".13"))
    top = box.top - 220 - _STRIP * len(names)
    for n, name in enumerate(names):
        parts.append(label(box.left - 100, top + _STRIP * n + 132, short(name, 12), "end"))
        held = sorted(shade for shade in picture.shades if shade.strip == name)
        nexts = [after.start_s for _, after in pairwise(held)] + [axis.high]
        for shade, after_s in zip(held, nexts, strict=True):
            x, width = _across(shade.start_s, shade.stop_s, axis, box)
            room = box.left + axis.place(after_s, box.width) - x - 40  # words may reach beyond their span
            parts.append(
                f"<g><title>{text(shade.label)}</title>{_block(x, top + _STRIP * n, max(width - 12, 12), _STRIP - 30, '.28')}</g>"
            )
            if room >= 3 * _LETTER:
                words = shade.label if wide(shade.label) <= room else short(shade.label, room // _LETTER)
                parts.append(label(x + 30, top + _STRIP * n + 132, words, "start", "ink"))
    return parts


def _names(picture: Plot) -> list[str]:
    return list(dict.fromkeys(shade.strip for shade in picture.shades)) if isinstance(picture.x, Time) else []


def _across(start_s: int, stop_s: int, axis: Axis, box: Box) -> tuple[int, int]:
    """Start and width of a span, wide enough to be seen."""
    x = box.left + axis.place(start_s, box.width)
    return x, max(box.left + axis.place(stop_s, box.width) - x, 12)


def _block(x: int, y: int, width: int, high: int, opacity: str) -> str:
    tone = f'class="f-soft" fill="{TONES["soft"]}" fill-opacity="{opacity}"'
    return f'<rect {tone} x="{x}" y="{y}" width="{width}" height="{high}"/>'
