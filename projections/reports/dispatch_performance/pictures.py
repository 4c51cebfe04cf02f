"""Pictures of the report dispatch-performance: the load of a dispatch against its baseline."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from ledger.calendar import Window
from projections.engine.amounts import said
from projections.engine.fold import Rows
from projections.engine.pictures import Layer, Picture, Plot, Shade, Time
from projections.engine.report import Answer, Cell, Scope
from projections.engine.words import Line, by_name, number_of
from projections.figures.dispatch_reason import reason
from projections.figures.dispatch_response import (
    FIRM,
    Answered,
    EvaluatedInterval,
    MeasuredFrom,
    answered,
    seen,
)
from projections.figures.metered_load import Interval, load_of
from projections.reports.dispatch_performance.columns import COLUMNS
from projections.reports.dispatch_performance.rows import rounded_or_none

_MOST: Final = 6
_MARGIN_S: Final = 3 * 3600


def pictures(rows: Rows, scope: Scope, answer: Answer) -> tuple[Picture, ...]:
    """The load of each dispatch against its baseline and the load it had to reach, with the hours before and
    after; where there are many, those that failed or cannot be judged first, by performance.
    """
    whole = [line for line in by_name(COLUMNS, answer.rows) if line["interval"] is None]
    drawn = [line for line in whole if line["metered_w"] is not None]
    shown = sorted(drawn, key=_concern)[:_MOST]
    of = seen(rows, scope)
    found = [answered(str(line["site"]), str(line["dispatch"]), of) for line in shown]
    few = f" Shown are {len(shown)} of {len(drawn)} dispatches with readings."
    plots = [_plot(one, of, scope) for one in found if one is not None]
    if len(shown) < len(drawn):
        plots[0] = plots[0]._replace(says=plots[0].says + few)
    return tuple(plots)


_CONCERNS: Final[tuple[Cell, ...]] = (False, None, True)


def _concern(line: Line) -> tuple[int, int, str, str]:
    """Sort key: failed dispatches first, then those that cannot be judged, by performance."""
    share = number_of(line, "performance_ppm")
    return (
        _CONCERNS.index(line["passed"]),
        10**9 if share is None else share,
        str(line["site"]),
        str(line["dispatch"]),
    )


def _plot(one: Answered, of: MeasuredFrom, scope: Scope) -> Plot:
    start_s, last = one.call.start_s, one.slots[-1].interval.stop_s
    stop_s = max(
        last, min(of.window.stop_s if one.call.stop_s is None else one.call.stop_s, of.window.stop_s)
    )
    around = Window(start_s - _MARGIN_S, min(stop_s + _MARGIN_S, max(of.window.stop_s, stop_s)))
    load = load_of(of.days, one.site, one.terms["meters"], around).within(around)
    baseline = [(slot.interval, slot.baseline_w) for slot in one.slots]
    goal = [(slot.interval, _goal_w(one, slot)) for slot in one.slots]
    layers = (
        Layer("load", "step", _steps([(interval, interval.power_w) for interval in load])),
        Layer("baseline", "step", _steps(baseline)),
        Layer("to pass", "step", _steps(goal)),
    )
    return Plot(
        f"{one.name} at {one.site}",
        _said_of(one),
        Time(*around, scope.tz),
        "Load",
        "W",
        tuple(layer for layer in layers if any(value is not None for _, value in layer.points)),
        (Shade(start_s, stop_s, one.name, "Dispatch"),),
    )


def _goal_w(one: Answered, slot: EvaluatedInterval) -> Fraction | None:
    """The load at or below which an interval passes."""
    if one.method == FIRM:
        level = one.terms.get("firm_service_level_w")
        return None if level is None else Fraction(level)
    if slot.baseline_w is None or one.committed_w is None:
        return None
    return slot.baseline_w - one.committed_w


def _steps(some: Sequence[tuple[Interval, Fraction | None]]) -> tuple[tuple[int, int | None], ...]:
    """Points that hold until the next, with a gap where an interval does not follow the one before."""
    points: dict[int, int | None] = {}
    for interval, power_w in some:
        points[interval.start_s] = rounded_or_none(power_w)
        points[interval.stop_s] = None
    return tuple(sorted(points.items()))


def _said_of(one: Answered) -> str:
    judged = {True: "It passed", False: "It failed", None: "It cannot be judged"}[one.passed]
    load_w, baseline_w = rounded_or_none(one.metered_w), rounded_or_none(one.baseline_w)
    load = "" if load_w is None else f"The mean load was {said(load_w, 'W')}"
    against = "" if baseline_w is None else f" against a baseline of {said(baseline_w, 'W')}"
    return f"{load}{against}. {judged}: {reason(one)}."
