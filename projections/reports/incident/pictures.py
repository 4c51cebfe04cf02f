"""Pictures of an incident: the state of each thing over time, and beside it the load of the sites."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final

from ledger.calendar import Window, instant_s
from ledger.units import rounded
from projections.engine.amounts import said
from projections.engine.fold import Rows
from projections.engine.pictures import Lane, LanePart, Lanes, Layer, Mark, Picture, Plot, Shade, Time, around
from projections.engine.report import Answer, Scope
from projections.engine.words import Line, by_name, counted, listed, number_of
from projections.figures.energy_split import every, meters_of, scale_of, summed
from projections.figures.power_integrals import LoadStretches
from projections.reports.incident.columns import COLUMNS, IMPACT
from projections.rows.dispatches import DISPATCH, call
from projections.rows.incidents import INCIDENT

_FEW: Final = 3
_MOST: Final = 12
_POINTS: Final = 3000
_MARGIN_S: Final = 3 * 3600
_DAY_S: Final = 86_400
_TWO: Final = 2
_AFTERWARDS: Final = ("incident-action-agreed", "incident-action-done", "dispatch-settled")
_LASTING: Final = ("stood", "began", "changed", "ended", "corrected later")


def pictures(rows: Rows, scope: Scope, answer: Answer) -> tuple[Picture, ...]:
    """The state of each thing over the time of the records, and beside it the metered load of the sites."""
    found = by_name(COLUMNS, answer.rows)
    lines = sorted(
        (line for line in found if line["kind"] != IMPACT), key=lambda line: number_of(line, "seq") or 0
    )
    time = _time(lines, [line for line in found if line["kind"] == IMPACT], scope.tz)
    lanes = [_seen(lane, time) for lane in _lanes(lines, scope.window.stop_s) if " action " not in lane.name]
    lanes = [lane for lane in lanes if lane.stretches or lane.marks]
    if not lanes:
        return ()
    shown = lanes[:_MOST]
    many = f" Shown are the {len(shown)} with most records." if len(shown) < len(lanes) else ""
    says = f"{counted(len(lanes), 'thing')} in {counted(len(lines), 'record')}.{many}"
    timeline = Lanes("What stood when", says, time, _LASTING, tuple(shown), scope.window.stop_s)
    return (timeline, *_load(rows, scope, lines, time))


def _time(lines: Sequence[Line], wholes: Sequence[Line], tz: str) -> Time:
    """The time in which anything was out, with some time before and after; else that of the records."""
    edges = [instant_s(str(line[name])) for line in wholes for name in ("onset", "restored") if line[name]]
    if not all(line["restored"] for line in wholes) or len(edges) < _TWO:
        edges = [instant_s(str(line["at"])) for line in lines if line["kind"] not in _AFTERWARDS]
    length_s = max(edges, default=0) - min(edges, default=0)
    return around(edges or [0], max(_MARGIN_S, min(length_s, _DAY_S)), tz)


def _seen(lane: Lane, time: Time) -> Lane:
    """Visible part of a lane."""
    parts = (
        LanePart(max(part.start_s, time.start_s), min(part.stop_s, time.stop_s), part.kind)
        for part in lane.stretches
    )
    return lane._replace(
        stretches=tuple(part for part in parts if part.start_s < part.stop_s),
        marks=tuple(mark for mark in lane.marks if time.start_s <= mark.at_s < time.stop_s),
    )


def _lanes(lines: Sequence[Line], stop_s: int) -> list[Lane]:
    """A lane for each thing that the records are about, those with most records first."""
    told: dict[str, list[Line]] = {}
    for line in lines:
        if line["about"] is not None:
            told.setdefault(f"{str(line['stream']).partition('/')[0]} {line['about']}", []).append(line)
    return [
        _lane(name, told[name], stop_s) for name in sorted(told, key=lambda name: (-len(told[name]), name))
    ]


def _lane(name: str, lines: Sequence[Line], stop_s: int) -> Lane:
    marks: list[Mark] = []
    stood: list[LanePart] = []
    since: int | None = None
    for line in lines:
        at_s, stands = instant_s(str(line["at"])), line["state"] is not None
        if line["corrected_by"] is not None:
            marks.append(Mark(at_s, "corrected later"))
            continue
        marks.append(Mark(at_s, "ended" if not stands else "began" if since is None else "changed"))
        if since is not None and not stands:
            stood.append(LanePart(since, at_s, "stood"))
        since = None if not stands else at_s if since is None else since
    if since is not None and since < stop_s:
        stood.append(LanePart(since, stop_s, "stood"))
    return Lane(name, tuple(stood), tuple(marks), "" if since is None else "no end in this timeline")


def _load(rows: Rows, scope: Scope, lines: Sequence[Line], time: Time) -> Iterator[Plot]:
    """The load of the sites of the incidents, or of those asked for, over the same time."""
    named = {line["incident"] for line in lines} - {None}
    known = {site for site, name in rows[INCIDENT.name] if name in named}
    sites = tuple(site for site in scope.sites if site in known or not named)
    window = Window(time.start_s, min(time.stop_s, scope.window.stop_s))
    meters = meters_of(rows, scope._replace(sites=sites, window=window)) if len(sites) <= _FEW else {}
    scale = scale_of(every(meters))
    loads = {site: summed(roles.get("revenue", []), scale, window) for site, roles in sorted(meters.items())}
    layers = tuple(
        Layer(site, "step", _steps(load, scale))
        for site, load in loads.items()
        if 0 < len(load.powers) <= _POINTS
    )
    if layers:
        said_of = [f"{layer.name} between {_between(layer)}" for layer in layers]
        shades = (*_shades(lines, time, window.stop_s), *_called(rows, sites, window))
        yield Plot("Load", f"Load of {listed(said_of)}.", time, "Load", "W", layers, shades)


def _shades(lines: Sequence[Line], time: Time, stop_s: int) -> Iterator[Shade]:
    """Spans of the incident and of outages, shown above the load."""
    for lane in _lanes(lines, stop_s):
        _, what, *name = lane.name.split(" ", 2)
        if what in ("incident", "outage"):
            for part in _seen(lane, time).stretches:
                yield Shade(part.start_s, part.stop_s, " ".join(name), what.title())


def _called(rows: Rows, sites: Sequence[str], window: Window) -> Iterator[Shade]:
    """The dispatches in progress."""
    for (site, name), facts in sorted(rows[DISPATCH.name].items()):
        one = call(facts, window.stop_s) if site in sites else None
        if one is not None and one.took_place:
            start_s = max(one.start_s, window.start_s)
            stop_s = window.stop_s if one.stop_s is None else min(one.stop_s, window.stop_s)
            if start_s < stop_s:
                yield Shade(start_s, stop_s, name, "Dispatch")


def _steps(load: LoadStretches, scale: int) -> tuple[tuple[int, int | None], ...]:
    """Points that hold until the next, with a gap where no reading follows."""
    points: dict[int, int | None] = {}
    for start_s, stop_s, power in zip(*load, strict=True):
        points[start_s] = rounded(Fraction(power, scale))
        points[stop_s] = None
    return tuple(sorted(points.items()))


def _between(layer: Layer) -> str:
    known = [value for _, value in layer.points if value is not None]
    return f"{said(min(known), 'W')} and {said(max(known), 'W')}"
