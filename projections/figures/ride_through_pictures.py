"""The picture of ``ride-through``: voltage excursions as dips and swells beside what the curve asks."""

from __future__ import annotations

from typing import Any, Final

from ledger.kinds import ExcursionRecorded
from ledger.kinds.curves import NOMINAL_PPM, RideThroughCurve
from projections.engine.amounts import said
from projections.engine.fold import Rows
from projections.engine.pictures import Amounts, Layer, Picture, Plot
from projections.engine.report import Answer, Scope
from projections.figures.excursion_events import events_of

SHOWN: Final = 4
"""Dips beside a curve; more of them hide each other."""


def pictures(rows: Rows, scope: Scope, answer: Answer) -> tuple[Picture, ...]:
    """One picture for each curve by which voltage excursions were judged, and one of those without."""
    found: dict[RideThroughCurve | None, list[tuple[str, ExcursionRecorded]]] = {}
    for event in events_of(rows, scope):
        if event.fact.body.quantity == "voltage":
            found.setdefault(event.curve, []).append((f"{event.name} at {event.site}", event.fact.body))
    ordered = sorted(found.items(), key=lambda one: ("~" if one[0] is None else one[0].name, one[1][0][0]))
    return tuple(_picture(curve, dips) for curve, dips in ordered)


def _picture(curve: RideThroughCurve | None, dips: list[tuple[str, Any]]) -> Plot:
    bands = () if curve is None else curve.voltage
    deepest = sorted(dips, key=lambda dip: (-abs(dip[1].voltage_ppm - NOMINAL_PPM), dip[0]))[:SHOWN]
    under = sorted((band for band in bands if band.low < NOMINAL_PPM), key=lambda band: band.low)
    over = sorted((band for band in bands if band.low >= NOMINAL_PPM), key=lambda band: -band.high)
    end_ms = max([*(band.held_ms for band in (*under, *over)), *(dip[1].duration_ms for dip in deepest), 1])
    end_ms += end_ms // 4
    limits = (
        (
            "must stay above",
            [(band.held_ms, band.low) for band in under],
            max((b.high for b in under), default=0),
        ),
        (
            "must stay below",
            [(band.held_ms, band.high) for band in over],
            min((b.low for b in over), default=0),
        ),
    )
    layers = [Layer(words, "line", _staircase(steps, last, end_ms)) for words, steps, last in limits if steps]
    layers += [Layer(name, "line", _shape(body)) for name, body in deepest]
    name, worst = deepest[0]
    says = (
        f"{name} went to {said(worst.voltage_ppm, 'ppm')} of nominal for {said(worst.duration_ms, 'ms')}"
        + (f", the farthest of {len(dips)} excursions" if len(dips) > 1 else "")
        + ("; no curve is in force." if curve is None else f"; the curve is {curve.name}.")
    )
    return Plot(
        "Voltage and how long it must be ridden through",
        says,
        Amounts("Time since the excursion began", "ms"),
        "RMS voltage, of nominal",
        "ppm",
        tuple(layers),
    )


def _staircase(steps: list[tuple[int, int]], last: int, end_ms: int) -> tuple[tuple[int, int], ...]:
    """The limit from 0 on: each level until its time is over, then the range that holds for ever."""
    points: list[tuple[int, int]] = []
    since = 0
    for held_ms, level in steps:
        points += [(since, level), (held_ms, level)]
        since = held_ms
    return (*points, (since, last), (end_ms, last))


def _shape(body: Any) -> tuple[tuple[int, int], ...]:
    """A dip as its extreme for its whole duration, then nominal."""
    return (0, body.voltage_ppm), (body.duration_ms, body.voltage_ppm), (body.duration_ms, NOMINAL_PPM)
