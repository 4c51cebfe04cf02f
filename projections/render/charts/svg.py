"""Charts: every picture as one SVG, whole numbers throughout, the same bytes for the same picture.

A drawing is self-contained and runs no script; its title and its message are in it for people who cannot see
it (``role=img``, ``title``, ``desc``). It works alone, in a page (with ``paint.STYLE``) and on paper.
Measures are tenths of a pixel of a drawing 960 pixels wide.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from projections.engine.pictures import Lanes, Layer, Names, Picture, Plot, Time
from projections.render.charts import strips, timelines
from projections.render.charts.axes import Axis, amounts, times
from projections.render.charts.layers import SAID, Place, amounts_said, areas, bars, curve, level
from projections.render.charts.paint import (
    TONES,
    WIDTH,
    Box,
    below,
    hatches,
    heading,
    label,
    legend,
    rule,
    said_below,
    short,
    text,
)

FONTS: Final = "Arial, Liberation Sans, DejaVu Sans, sans-serif"
_HEIGHT: Final = 2500
_LEFT: Final = 950
_RIGHT: Final = 300


def svg(picture: Picture, ident: str = "picture") -> str:
    """The drawing; ``ident`` keeps the ids of several in one page apart."""
    drawn = timelines.lanes(picture, ident) if isinstance(picture, Lanes) else _plot(picture, ident)
    height, used, parts = drawn
    return "".join(
        (
            (
                '<svg xmlns="http://www.w3.org/2000/svg" class="picture" role="img"'
                f' aria-labelledby="{ident}-t {ident}-d" '
            ),
            f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH // 10}" height="{height // 10}" ',
            f'font-family="{FONTS}" font-size="120">',
            (
                f'<title id="{ident}-t">{text(picture.title)}</title><desc'
                f' id="{ident}-d">{text(picture.says)}</desc>'
            ),
            f"<defs>{hatches(used, ident)}</defs>",
            f'<rect class="f-ground" fill="{TONES["ground"]}" width="{WIDTH}" height="{height}"/>',
            *parts,
            "</svg>\n",
        )
    )


def _plot(picture: Plot, ident: str) -> tuple[int, set[int], list[str]]:
    """A plot's height, the colors of its areas, its parts."""
    layers = tuple(enumerate(picture.layers))
    named, top = (
        legend(((layer.name, n, layer.form) for n, layer in layers), ident) if len(layers) > 1 else ([], 380)
    )
    top += 260 + strips.height(picture)
    box = Box(_LEFT, top, WIDTH - _RIGHT, top + _HEIGHT)
    y = amounts(_extremes(picture.layers), picture.unit, picture.floor)
    place, under = _across(picture, box)
    parts = [heading(picture.title), *named, *_grid(picture.y, y, box), *under]
    parts += areas([(n, layer.points) for n, layer in layers if layer.form == "area"], place, y, box, ident)
    parts += bars([(n, layer.points) for n, layer in layers if layer.form == "bar"], picture, y, box, ident)
    parts += strips.shaded(picture, box)
    for n, layer in layers:
        if layer.form in ("step", "line"):
            parts += curve(n, layer, place, y, box)
            if len(layers) == 1 and len(layer.points) <= SAID:
                parts += amounts_said(layer.points, place, y, box)
    zero = level(0, y, box) if y.low <= 0 <= y.high else box.bottom
    parts.append(rule(box.left, zero, box.right, zero, "soft"))
    parts += _moment(picture, box)
    return box.bottom + 560, {n for n, layer in layers if layer.form in ("area", "bar")}, parts


def _moment(picture: Plot, box: Box) -> list[str]:
    """The moment that a plot is looked at from, across it."""
    if picture.moment_s is None or not isinstance(picture.x, Time):
        return []
    axis = times(picture.x)
    if not axis.low <= picture.moment_s <= axis.high:
        return []
    x = box.left + axis.place(picture.moment_s, box.width)
    return [rule(x, box.top - 40, x, box.bottom, "ink", 24)]


# --- axes ---------------------------------------------------------------------------------------------------


def _extremes(layers: Sequence[Layer]) -> list[int]:
    """Amounts that the axis must take in: for areas their totals."""
    areas = [[value or 0 for _, value in layer.points] for layer in layers if layer.form == "area"]
    others = [v for layer in layers if layer.form != "area" for _, v in layer.points if v is not None]
    return [*map(sum, zip(*areas, strict=True)), *others]


def _grid(said: str, y: Axis, box: Box) -> list[str]:
    """Horizontal rules with their amounts, and their title above."""
    parts = [label(250, box.top - 110, f"{said} ({y.unit})" if y.unit else said)]
    for at, words in y.ticks:
        high = level(at, y, box)
        parts += [
            rule(box.left, high, box.right, high, "line"),
            label(box.left - 100, high + 42, words, "end"),
        ]
    return parts


def _across(picture: Plot, box: Box) -> tuple[Place, list[str]]:
    """Function from an x to its position, and the labels below."""
    if isinstance(picture.x, Names):
        band = box.width // max(1, len(picture.x.names))
        every = -(-len(picture.x.names) // 24)
        names = [
            label(
                box.left + band * n + band // 2,
                box.bottom + 190,
                short(name, max(3, band * every // 75)),
                "middle",
            )
            for n, name in enumerate(picture.x.names)
            if n % every == 0
        ]
        return lambda x: box.left + band * x + band // 2, [*names, said_below(picture.x.title, box)]
    if isinstance(picture.x, Time):
        axis = times(picture.x)
        said = axis.unit
    else:
        xs = [x for layer in picture.layers for x, _ in layer.points]
        axis = amounts(xs, picture.x.unit, None, clock=True)
        said = f"{picture.x.title} ({axis.unit})" if axis.unit else picture.x.title
    return lambda x: box.left + axis.place(x, box.width), below(axis, said, box)
