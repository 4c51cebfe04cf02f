"""Power over time, and its pictures: the mean in each span by use, over several sites, exact until one
rounding.

Curtailments by their dispatch, and the time in which the sites' grid was strained, are highlighted.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate
from operator import sub
from typing import Final, NamedTuple

from ledger.calendar import HOUR_S, Window, zone
from ledger.records.envelope import authority_place
from ledger.units import rounded
from projections.engine.amounts import said
from projections.engine.fold import Rows
from projections.engine.pictures import Layer, Picture, Plot, Shade, Time
from projections.engine.report import Scope
from projections.engine.windows import clip, local_days, union
from projections.rows.curtailments import CURTAILMENT, depths
from projections.rows.grid_conditions import CONDITION, strained
from projections.rows.sites import SITE, data_before


class Parts(NamedTuple):
    """Intervals as columns: their begins and ends, and their energy by use, in scaled watt-seconds."""

    starts_s: tuple[int, ...]
    stops_s: tuple[int, ...]
    used: tuple[int, ...]
    curtailed: tuple[int, ...]
    outage: tuple[int, ...]
    energized: tuple[int, ...]
    drawn: tuple[int, ...]

    def since(self, at_s: int) -> Parts:
        """The intervals that begin at an instant or later."""
        first = bisect_left(self.starts_s, at_s)
        return Parts(*(column[first:] for column in self))


class Mean(NamedTuple):
    """Mean power in a span, in W; the four parts add up to the energized power."""

    load_w: int
    curtailed_w: int
    outage_w: int
    idle_w: int

    @property
    def energized_w(self) -> int:
        """The sum of all four."""
        return sum(self)


def course(sites: Sequence[Parts], scale: int, spans: Sequence[Window]) -> list[Mean | None]:
    """The mean over each of some adjoining spans, summed over every site's known time; None where nothing is
    known.
    """
    edges = [*(span.start_s for span in spans), *(span.stop_s for span in spans[-1:])]
    found: list[list[Fraction] | None] = [None] * len(spans)
    for site in sites:
        for n, mean in enumerate(_means(site, scale, edges)):
            if mean is not None:
                found[n] = [a + b for a, b in zip(found[n] or [Fraction()] * 4, mean, strict=True)]
    return [None if mean is None else Mean(*map(rounded, mean)) for mean in found]


def _means(site: Parts, scale: int, edges: Sequence[int]) -> list[list[Fraction] | None]:
    lengths = tuple(map(sub, site.stops_s, site.starts_s))
    known, used, curtailed, outage, may = (
        _within(column, site, edges)
        for column in (lengths, site.used, site.curtailed, site.outage, site.energized)
    )
    return [
        (
            [Fraction(part) / (seconds * scale) for part in (load, back, out, all_ - load - back - out)]
            if seconds
            else None
        )
        for seconds, load, back, out, all_ in zip(known, used, curtailed, outage, may, strict=True)
    ]


def _within(column: Sequence[int], site: Parts, edges: Sequence[int]) -> list[Fraction]:
    """The part of a column between each two edges; an interval across an edge counts in proportion."""
    before = [0, *accumulate(column)]
    until = []
    for edge in edges:
        n = bisect_right(site.starts_s, edge) - 1
        if n < 0:
            until.append(Fraction())
            continue
        start_s, stop_s = site.starts_s[n], site.stops_s[n]
        until.append(before[n] + Fraction(column[n] * (min(edge, stop_s) - start_s), stop_s - start_s))
    return list(map(sub, until[1:], until))


# --- pictures -----------------------------------------------------------------------------------------------

_WEEK_D: Final = 7
_CALLS: Final = 40  # at most so many spans stand in a strip
_GRIDS: Final = 5


def pictures_of(sites: Sequence[Parts], scale: int, rows: Rows, scope: Scope) -> tuple[Picture, ...]:
    """The window day by day where it is longer than eight days, and hour by hour the week in which most was
    held back; ``rows`` as ``shades`` needs them.
    """
    if not any(parts.starts_s for parts in sites):
        return ()
    days = local_days(scope.window, zone(scope.tz))
    if len(days) <= _WEEK_D + 1:
        return (_hourly("Where the energized megawatts went", sites, scale, rows, scope, scope.window),)
    daily = course(sites, scale, days)
    words = _says(sites, scale, days, daily)
    whole = _plot("Where the energized megawatts went, day by day", words, scope, days, daily, ())
    back = [
        0 if mean is None else mean.curtailed_w * (d.stop_s - d.start_s)
        for mean, d in zip(daily, days, strict=True)
    ]
    sums = [sum(back[n : n + _WEEK_D]) for n in range(len(days) - _WEEK_D + 1)]
    if not max(sums):
        return (whole,)
    first = sums.index(max(sums))
    week = Window(days[first].start_s, days[first + _WEEK_D - 1].stop_s)
    return whole, _hourly("The week in which most was held back", sites, scale, rows, scope, week)


def _hourly(title: str, sites: Sequence[Parts], scale: int, rows: Rows, scope: Scope, window: Window) -> Plot:
    edges = [window.start_s, *range(window.start_s // HOUR_S * HOUR_S + HOUR_S, window.stop_s, HOUR_S)]
    hours = [Window(a, min(a // HOUR_S * HOUR_S + HOUR_S, window.stop_s)) for a in edges]
    means = course(sites, scale, hours)
    words = _says(sites, scale, hours, means)
    return _plot(title, words, scope, hours, means, shades(rows, scope, window))


def _plot(
    title: str,
    says: str,
    scope: Scope,
    spans: Sequence[Window],
    means: Sequence[Mean | None],
    shaded: Sequence[Shade],
) -> Plot:
    window = Window(spans[0].start_s, spans[-1].stop_s)
    layers = tuple(
        Layer(
            name,
            "area",
            tuple(
                (span.start_s, None if mean is None else mean[n])
                for span, mean in zip(spans, means, strict=True)
            ),
        )
        for n, name in enumerate(("load", "held back", "lost to outages", "idle"))
    )
    energized = Layer(
        "energized",
        "step",
        tuple(
            (span.start_s, None if mean is None else mean.energized_w)
            for span, mean in zip(spans, means, strict=True)
        ),
    )
    return Plot(
        f"{title}, {scope.sites[0]}" if len(scope.sites) == 1 else title,
        says + _standing_out(shaded),
        Time(*window, scope.tz),
        "Mean power",
        "W",
        (*layers, energized),
        tuple(shaded),
    )


def _says(sites: Sequence[Parts], scale: int, spans: Sequence[Window], means: Sequence[Mean | None]) -> str:
    """The energy by what became of it, over the hours that have readings, and the least load."""
    edges = (spans[0].start_s, spans[-1].stop_s)
    used, back_, out_, may = (
        sum((_within(site[column], site, edges)[0] for site in sites), Fraction())
        for column in map(Parts._fields.index, ("used", "curtailed", "outage", "energized"))
    )
    load, back, out, idle = (
        said(rounded(Fraction(part) / (scale * HOUR_S)), "Wh")
        for part in (used, back_, out_, may - used - back_ - out_)
    )
    known = [mean for mean in means if mean is not None]
    least = min(mean.load_w for mean in known)
    most = max(mean.energized_w for mean in known)
    return (
        f"{load} was drawn, {back} held back, {out} lost to outages and {idle} not used; the mean load went"
        f" down to {said(least, 'W')} where up to {said(most, 'W')} was energized."
    )


def _standing_out(shaded: Sequence[Shade]) -> str:
    """The labels of the strips, each once."""
    strips: dict[str, list[str]] = {}
    for shade in shaded:
        strips.setdefault(shade.strip, []).append(shade.label)
    return "".join(f" {name}: {', '.join(dict.fromkeys(words))}." for name, words in strips.items())


def shades(rows: Rows, scope: Scope, window: Window) -> tuple[Shade, ...]:
    """Curtailments by their dispatch, and the strained times of the grids of the sites in scope; only the
    longest where there are many.
    """
    held: dict[str, list[Window]] = {}
    for (site, _, dispatch), row in sorted(rows[CURTAILMENT.name].items()):
        if site in scope.sites:
            held.setdefault(dispatch, []).extend(Window(*span[:2]) for span in clip(depths(row), window))
    calls = [Shade(*span, name, "Dispatches") for name, some in held.items() for span in union(some)]
    return (*_longest(calls, _CALLS), *_strained(rows, scope, window))


def _strained(rows: Rows, scope: Scope, window: Window) -> list[Shade]:
    """A strip for each balancing authority of the sites that declared a state."""
    known = (data_before(rows[SITE.name].get((site,), ()), window.stop_s) for site in scope.sites)
    codes = sorted({data.balancing_authority for data in known if data is not None})
    found = {
        code: [
            Shade(span.start_s, span.stop_s, _state(span.value), f"{code} grid")
            for span in clip(strained(rows[CONDITION.name].get((authority_place(code),), ())), window)
        ]
        for code in codes
    }
    most = sorted(found, key=lambda code: -_lasting(found[code]))[:_GRIDS]
    return [shade for code in codes if code in most for shade in _longest(found[code], _CALLS)]


def _longest(found: Sequence[Shade], most: int) -> list[Shade]:
    return sorted(sorted(found, key=lambda shade: shade.start_s - shade.stop_s)[:most])


def _lasting(found: Sequence[Shade]) -> int:
    return sum(shade.stop_s - shade.start_s for shade in found)


def _state(said_: str) -> str:
    """``conservative operations``, ``EEA2``."""
    return said_.upper() if said_.startswith("eea") else said_.replace("-", " ")
