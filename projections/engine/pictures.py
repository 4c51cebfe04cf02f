"""Pictures: plain values for figures that are easier to see than to read, independent of any way of drawing.

A report that has any declares ``Report(..., pictures=pictures)``: ``pictures(rows, scope, answer)`` is pure
and called only by a renderer that draws (``table.pictures()``: HTML, PDF). Pictures stand beside the rows,
never in their place, and are not part of JSON, CSV or any hash. ``projections.render.charts`` draws every one
of them.

``says`` is a picture's message in a sentence or two, with figures: the text for readers who cannot see it.
Amounts are integers in ``unit`` (a unit of ``Column.unit``: W, Wh, ppm, s, cent, ... or nothing for counts);
None is unknown and leaves a gap. Instants are seconds since 1970. Nothing here rounds; a report gives at most
a few thousand points, already added up over the sites it shows.

A headroom curve is ``Plot("Headroom", "The grid can take 1.2 GW more if ...", Amounts("Curtailed share of
energy", "ppm"), "Headroom", "W", (Layer("headroom", "line", ((2500, 1_200_000_000), (5000, ...))),))``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from ledger.calendar import day_start_s


class Time(NamedTuple):
    """An x axis in time, [start_s, stop_s), labeled in the local time of a zone (IANA)."""

    start_s: int
    stop_s: int
    tz: str


class Names(NamedTuple):
    """An x axis of names; the x of a point is a position among them, from 0."""

    title: str
    names: tuple[str, ...]


class Amounts(NamedTuple):
    """An x axis of amounts in a unit, from the least to the greatest x of any point."""

    title: str
    unit: str


Form = Literal["area", "step", "line", "bar"]


class Layer(NamedTuple):
    """One series of points (x, value), in order of x.

    ``area`` and ``step`` hold from their x to the next (the last to the end of the axis); areas are stacked
    in the order given and have the same x. A ``line`` joins its points. ``bar`` is for names: several stand
    side by side.
    """

    name: str
    form: Form
    points: tuple[tuple[int, int | None], ...]


class Shade(NamedTuple):
    """A span of the time axis that is highlighted over the whole height, with a label in a named strip above
    the amounts.
    """

    start_s: int
    stop_s: int
    label: str
    strip: str


class Plot(NamedTuple):
    """Amounts over an axis.

    ``y`` names them; ``floor`` is where the y axis begins, None for an axis close to the amounts. ``moment_s``
    is drawn across an axis of time if it is in range.
    """

    title: str
    says: str
    x: Time | Names | Amounts
    y: str
    unit: str
    layers: tuple[Layer, ...]
    shades: tuple[Shade, ...] = ()
    floor: int | None = 0
    moment_s: int | None = None


class LanePart(NamedTuple):
    """A part of a lane from one instant to another."""

    start_s: int
    stop_s: int
    kind: str


class Mark(NamedTuple):
    """An instant of a lane."""

    at_s: int
    kind: str


class Lane(NamedTuple):
    """One line of a timeline: its name, its spans, its events, and a word at its end."""

    name: str
    stretches: tuple[LanePart, ...] = ()
    marks: tuple[Mark, ...] = ()
    label: str = ""


class Lanes(NamedTuple):
    """A timeline of lanes, one above the other. ``kinds`` are all kinds of spans and marks that can occur, in
    the order of their colors; ``now_s`` is drawn across if it is in range.
    """

    title: str
    says: str
    x: Time
    kinds: tuple[str, ...]
    lanes: tuple[Lane, ...]
    now_s: int | None = None


Picture = Plot | Lanes


_FIRST, _LAST = date(1970, 1, 3), date(9998, 12, 1)


def day_s(day: date, tz: ZoneInfo) -> int:
    """The first instant of a local day; a day beyond the axis is placed at its end."""
    return day_start_s(min(max(day, _FIRST), _LAST), tz)


def around(instants: Sequence[int], margin_s: int, tz: str) -> Time:
    """An axis around some instants, with a margin."""
    return Time(max(min(instants) - margin_s, 0), max(instants) + margin_s, tz)
