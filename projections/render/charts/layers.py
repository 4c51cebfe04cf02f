"""Layers of a plot: stacked areas, lines, bars, and the amounts written beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import Final, TypeVar

from projections.engine.pictures import Layer, Names, Plot
from projections.render.charts.axes import Axis
from projections.render.charts.paint import Box, filled, label, line, shape, wide

SAID: Final = 14  # at most so many amounts are written beside their marks

Points = Sequence[tuple[int, int | None]]
Place = Callable[[int], int]
T = TypeVar("T")


def level(value: int, y: Axis, box: Box) -> int:
    """Vertical position of an amount in a box."""
    return box.bottom - y.place(value, box.height)


def areas(areas: Sequence[tuple[int, Points]], place: Place, y: Axis, box: Box, ident: str) -> list[str]:
    """Stacked areas; none is drawn where one of them is unknown."""
    if not areas:
        return []
    xs = [place(x) for x, _ in areas[0][1]]
    columns = list(zip(*([value for _, value in points] for _, points in areas), strict=True))
    tops = [None if None in column else [0, *accumulate(v or 0 for v in column)] for column in columns]
    parts = []
    for upon, (n, _) in enumerate(areas):
        path = ""
        for xs_held, held in _runs(xs, tops, box.right):
            upper = _steps(xs_held, [level(sums[upon + 1], y, box) for sums in held])
            lower = _steps(xs_held, [level(sums[upon], y, box) for sums in held])
            path += _path((*upper, *reversed(lower))) + "Z"
        parts.append(filled(n, ident, "path", f'd="{path}"'))
    return parts


def curve(n: int, layer: Layer, place: Place, y: Axis, box: Box) -> list[str]:
    """A line of steps, or of points that are joined; few points have their shape."""
    xs = [place(x) for x, _ in layer.points]
    heights = [None if value is None else level(value, y, box) for _, value in layer.points]
    path = ""
    for xs_held, held in _runs(xs, heights, box.right):
        path += _path(
            _steps(xs_held, held) if layer.form == "step" else list(zip(xs_held, held, strict=False))
        )
    known = [(x, at) for x, at in zip(xs, heights, strict=True) if at is not None]
    few = layer.form == "line" and len(known) <= 4 * SAID
    return [line(n, path), *(shape(n, *at) for at in (known if few else ()))]


def bars(bars: Sequence[tuple[int, Points]], picture: Plot, y: Axis, box: Box, ident: str) -> list[str]:
    """Bars side by side at each name; where they are few, with their amounts."""
    if not bars or not isinstance(picture.x, Names):
        return []
    band = box.width // max(1, len(picture.x.names))
    thick = min(1100, band * 7 // 10 // len(bars))
    base = level(max(y.low, min(0, y.high)), y, box)
    parts = []
    for beside, (n, points) in enumerate(bars):
        for x, value in points:
            left = box.left + band * x + (band - thick * len(bars)) // 2 + thick * beside
            end = base if value is None else level(value, y, box)
            top = min(end, base)
            parts.append(
                filled(n, ident, "rect", f'x="{left}" y="{top}" width="{thick}" height="{abs(end - base)}"')
            )
            if value is None or len(bars) * len(picture.x.names) <= SAID:
                words = "?" if value is None else y.said(value)
                parts.append(label(left + thick // 2, top - 60, words, "middle", "ink"))
    return parts


def amounts_said(points: Points, place: Place, y: Axis, box: Box) -> list[str]:
    """The amount of each point above it, or below and beside it where it would touch the one before."""
    parts, free = [], 0
    for x, value in points:
        if value is None:
            continue
        words, high = y.said(value), level(value, y, box)
        middle = min(place(x), box.right - wide(words) // 2 + 200)
        if middle - wide(words) // 2 < free:
            parts.append(label(place(x) + 60, high + 190, words, "start", "ink"))
        else:
            parts.append(label(middle, high - 120, words, "middle", "ink"))
            free = middle + wide(words) // 2
    return parts


def _runs(xs: Sequence[int], values: Sequence[T | None], end: int) -> Iterator[tuple[list[int], list[T]]]:
    """The stretches of known values: where each begins, and where the last ends."""
    ends = [*xs[1:], end]
    held: list[T] = []
    held_xs: list[int] = []
    for x, until, value in zip(xs, ends, values, strict=False):
        if value is not None:
            held_xs = held_xs[:-1] if held else held_xs
            held_xs += [x, until]
            held.append(value)
        elif held:
            yield held_xs, held
            held, held_xs = [], []
    if held:
        yield held_xs, held


def _steps(xs: Sequence[int], heights: Sequence[int]) -> list[tuple[int, int]]:
    """Corners of values that hold from each x to the next; an edge that does not move is left out."""
    corners: list[tuple[int, int]] = []
    for n, at in enumerate(heights):
        if n and at == heights[n - 1]:
            corners[-1] = (xs[n + 1], at)
        else:
            corners += [(xs[n], at), (xs[n + 1], at)]
    return corners


def _path(corners: Sequence[tuple[int, int]]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in corners)
