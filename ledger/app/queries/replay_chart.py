"""The load of a site around a moment, as a drawing: as it was known then, and where it differs as it is known
now, with what was called and declared above it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final, NamedTuple

from ledger import calendar
from ledger.app.book.book import Book
from ledger.app.queries import report_run
from ledger.app.queries.replay import MomentAsked
from ledger.units import rounded
from projections.engine.amounts import said
from projections.engine.fold import Rows
from projections.engine.pictures import Layer, Plot, Shade, Time
from projections.engine.report import Scope
from projections.figures.energy_split import every, meters_of, scale_of, summed
from projections.figures.load_over_time import shades
from projections.figures.power_integrals import LoadStretches
from projections.render.charts.svg import svg
from projections.rows.curtailments import CURTAILMENT
from projections.rows.grid_conditions import CONDITION
from projections.rows.meters import METER, METER_DAY
from projections.rows.site_power import POWER, energized_w
from projections.rows.sites import SITE

ROWS: Final = (METER, METER_DAY, CURTAILMENT, CONDITION, SITE, POWER)
Points = tuple[tuple[int, int | None], ...]


class LoadKnown(NamedTuple):
    """One knowledge's chart: the load of the site's revenue meters, what was energized, and what stands out."""

    load: Points
    energized_w: int | None
    shades: tuple[Shade, ...]


class LoadChart(NamedTuple):
    """A drawing and its message."""

    says: str
    svg: str


def load_chart(book: Book, asked: MomentAsked, size: int) -> LoadChart | None:
    """The chart of the window, as known with the first ``size`` records; None where nothing is metered in it."""
    then = _known(book, asked, size)
    now = then if size == book.store.size else _known(book, asked, book.store.size)
    if not then.load and not now.load:
        return None
    layers = [Layer("Load as known then", "area", then.load)] if then.load else []
    if now.load != then.load:
        layers.append(Layer("Otherwise, as known now", "step", _differing(then.load, now.load)))
    window, at_s = asked.window, calendar.instant_s(asked.at)
    plot = Plot(
        "Load",
        _says(then, now, at_s, asked.tz),
        Time(window.start_s, window.stop_s, asked.tz),
        "Load",
        "W",
        tuple(layers),
        then.shades,
        moment_s=at_s,
    )
    return LoadChart(plot.says, svg(plot, "load"))


def _known(book: Book, asked: MomentAsked, size: int) -> LoadKnown:
    registry = report_run.registry_at(book, size)
    lacks = book.lacks(registry.numbers)
    names = [
        name
        for name in registry.numbers
        if name not in lacks and (name.startswith("ba-") or name.partition("/")[0] == asked.site)
    ]
    rows = report_run.rows_of(book, registry, names, size, ROWS)
    scope = Scope(asked.window, (asked.site,), (), asked.tz, {asked.site: asked.tz})
    meters = meters_of(rows, scope).get(asked.site, {})
    revenue, scale = meters.get("revenue", []), scale_of(every({asked.site: meters}))
    load = summed(revenue, scale, asked.window) if revenue else None
    return LoadKnown(
        () if load is None else _steps(load, scale),
        _energized(rows, asked),
        shades(rows, scope, asked.window),
    )


def _energized(rows: Rows, asked: MomentAsked) -> int | None:
    return energized_w(rows[POWER.name].get((asked.site,), ()), calendar.instant_s(asked.at))


def _steps(load: LoadStretches, scale: int) -> Points:
    """Points that hold until the next, with a gap where no reading follows."""
    points: dict[int, int | None] = {}
    for start_s, stop_s, power in zip(*load, strict=True):
        points[start_s] = rounded(Fraction(power, scale))
        points[stop_s] = None
    return tuple(sorted(points.items()))


def _differing(then: Points, now: Points) -> Points:
    """The load as known now where it is not what was known then; a gap elsewhere."""
    was = dict(then)
    points: list[tuple[int, int | None]] = []
    held_then: int | None = None
    held_now: int | None = None
    is_now = dict(now)
    for start_s in sorted(was.keys() | is_now.keys()):
        held_then, held_now = was.get(start_s, held_then), is_now.get(start_s, held_now)
        points.append((start_s, None if held_now == held_then else held_now))
    return tuple(points)


def _says(then: LoadKnown, now: LoadKnown, at_s: int, tz: str) -> str:
    """The load at the moment in words, as known then and now."""
    clock = calendar.clock(at_s, tz)
    held, today = (_at(one.load, at_s) for one in (then, now))
    of = "" if then.energized_w is None else f" of {said(then.energized_w, 'W')} energized"
    first = f"At {clock} " + ("no load was known" if held is None else f"{said(held, 'W')}{of} was drawn")
    if held == today:
        return f"{first}."
    return f"{first}; as known now it was {'unknown' if today is None else said(today, 'W')}."


def _at(points: Points, at_s: int) -> int | None:
    """The load at an instant."""
    past = [value for start_s, value in points if start_s <= at_s]
    return past[-1] if past else None
