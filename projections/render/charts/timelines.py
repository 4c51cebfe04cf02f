"""Timelines: things over time, one lane above the other, with a line at the as-of day."""

from __future__ import annotations

from typing import Final

from projections.engine.pictures import Lane, Lanes
from projections.render.charts.axes import Axis, times
from projections.render.charts.paint import (
    WIDTH,
    Box,
    below,
    filled,
    heading,
    label,
    legend,
    rule,
    shape,
    short,
    wide,
)

_ROW: Final = 240
_NAME: Final = 46  # characters at most
_WORD: Final = 34


def lanes(picture: Lanes, ident: str) -> tuple[int, set[int], list[str]]:
    """The timeline's height, the colors of its spans, its parts."""
    kinds = {kind: n for n, kind in enumerate(picture.kinds)}
    lasting = {kinds[stretch.kind] for lane in picture.lanes for stretch in lane.stretches}
    seen = lasting | {kinds[mark.kind] for lane in picture.lanes for mark in lane.marks}
    named, top = legend(
        ((k, n, "area" if n in lasting else "mark") for k, n in kinds.items() if n in seen), ident
    )
    left = 350 + max((wide(short(lane.name, _NAME)) for lane in picture.lanes), default=0)
    after = max((wide(short(lane.label, _WORD)) for lane in picture.lanes), default=0)
    box = Box(left, top + 250, WIDTH - 300 - after, top + 250 + _ROW * max(1, len(picture.lanes)))
    axis = times(picture.x)
    parts = [heading(picture.title), *named, *_uprights(axis, box), *below(axis, axis.unit, box)]
    for n, lane in enumerate(picture.lanes):
        parts += _lane(lane, box.top + _ROW * n + _ROW // 2, axis, box, kinds, ident)
    if picture.now_s is not None and axis.low <= picture.now_s <= axis.high:
        x = box.left + axis.place(picture.now_s, box.width)
        parts += [
            rule(x, box.top - 40, x, box.bottom, "ink", 14),
            label(x, box.top - 80, "as of", "middle", "ink"),
        ]
    return box.bottom + 560, lasting, parts


def _uprights(axis: Axis, box: Box) -> list[str]:
    xs = [box.left + axis.place(at, box.width) for at, _ in axis.ticks]
    return [rule(x, box.top, x, box.bottom, "line") for x in xs]


def _lane(lane: Lane, middle: int, axis: Axis, box: Box, kinds: dict[str, int], ident: str) -> list[str]:
    parts = [
        rule(box.left, middle, box.right, middle, "line"),
        label(box.left - 120, middle + 42, short(lane.name, _NAME), "end", "ink"),
    ]
    for stretch in lane.stretches:
        start, stop = (box.left + axis.place(at, box.width) for at in (stretch.start_s, stretch.stop_s))
        parts.append(
            filled(
                kinds[stretch.kind],
                ident,
                "rect",
                f'x="{start}" y="{middle - 65}" width="{max(stop - start, 12)}" height="130"',
            )
        )
    parts += [
        shape(kinds[mark.kind], box.left + axis.place(mark.at_s, box.width), middle) for mark in lane.marks
    ]
    if lane.label:
        parts.append(label(box.right + 120, middle + 42, short(lane.label, _WORD)))
    return parts
