"""Pictures of large-load contracts: ramp, minimum take and demand; forecasts beside the contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from ledger.calendar import days_after, months_after, zone
from projections.engine.amounts import said
from projections.engine.fold import Rows
from projections.engine.pictures import Layer, Names, Picture, Plot, Time, day_s
from projections.engine.report import Scope
from projections.engine.words import Line, counted, number_of, numbers
from projections.figures.large_load_contracts import LargeLoad, large_loads

_MOST: Final = 4
_LONGEST_MONTHS: Final = 1200


def drawn(rows: Rows, scope: Scope, lines: Sequence[Line]) -> tuple[Picture, ...]:
    """A plot for each contract, those with most months short first, and one for each site with a forecast; of
    many, the first.
    """
    found = sorted(
        large_loads(rows, scope), key=lambda one: (-_short(_own(one, lines)), one.site, one.agreement)
    )
    contracts = [plot for one in found for plot in _ramp(one, scope, _own(one, lines))]
    return (*contracts[:_MOST], *list(_forecasts(scope, lines))[:_MOST])


def _own(one: LargeLoad, lines: Sequence[Line]) -> list[Line]:
    """The months of a contract."""
    named = (one.site, one.agreement)
    return [line for line in lines if line["part"] == "month" and (line["site"], line["agreement"]) == named]


def _short(own: Sequence[Line]) -> int:
    return sum(line["verdict"] == "short" for line in own)


def _ramp(one: LargeLoad, scope: Scope, own: Sequence[Line]) -> Iterator[Picture]:
    """From the first month shown, or the first step, until a year after the last step."""
    terms = one.terms(one.stop_s)
    if terms is None:
        return
    name = scope.zones[one.site]
    tz = zone(name)
    days = [_day(line) for line in own]
    first = min([terms.steps[0][0], *days])
    last = months_after(max([terms.steps[-1][0], *days]), 12)
    axis = Time(day_s(first, tz), day_s(last, tz), name)
    if axis.start_s >= axis.stop_s or (last.year - first.year) * 12 > _LONGEST_MONTHS:
        return
    over_on = None if terms.ends_on is None else days_after(terms.ends_on, 1)
    over = [] if over_on is None or over_on >= last else [(day_s(over_on, tz), 0)]
    steps = sorted(dict([(day_s(day, tz), power_w) for day, power_w in terms.steps] + over).items())
    layers = [Layer("contracted", "step", tuple(steps))]
    if share := terms.minimum_ppm:
        least = tuple((at_s, power_w * share // 10**6) for at_s, power_w in steps)
        layers.append(Layer("minimum take", "step", least))
    if demand := tuple(_demand(own, tz_name=name)):
        layers.append(Layer("demand", "step", demand))
    judged = sum(line["verdict"] in ("met", "short") for line in own)
    says = (
        f"{one.agreement} at {one.site} steps from {said(terms.steps[0][1], 'W')} to"
        f" {said(terms.full_w, 'W')}; {_short(own):,} of {counted(judged, 'month')} below the minimum take."
    )
    title = f"Ramp of {one.agreement} at {one.site}"
    yield Plot(title, says, axis, "Power", "W", tuple(layers), moment_s=one.stop_s)


def _day(line: Line) -> date:
    return date.fromisoformat(f"{line['name']}-01")


def _demand(own: Sequence[Line], tz_name: str) -> Iterator[tuple[int, int | None]]:
    """The demand of each month, and nothing after the last."""
    tz = zone(tz_name)
    for line in own:
        yield day_s(_day(line), tz), number_of(line, "demand_w")
    if own:
        yield day_s(months_after(_day(own[-1]), 1), tz), None


def _forecasts(scope: Scope, lines: Sequence[Line]) -> Iterator[Picture]:
    for site in scope.sites:
        own = [line for line in lines if line["part"] == "forecast" and line["site"] == site]
        if own:
            layers = tuple(
                Layer(name, "bar", tuple((n, number_of(line, column)) for n, line in enumerate(own)))
                for name, column in (
                    ("contracted", "contracted_w"),
                    ("forecast", "forecast_w"),
                    ("metered", "metered_w"),
                )
                if numbers(own, column)
            )
            top = max(own, key=lambda line: (number_of(line, "forecast_w") or 0, str(line["name"])))
            says = (
                f"The forecast of {site} names {counted(len(own), 'season')}, the highest {top['name']} with"
                f" {said(number_of(top, 'forecast_w') or 0, 'W')}."
            )
            names = Names("", tuple(str(line["name"]) for line in own))
            yield Plot(f"Forecast of {site}", says, names, "Peak", "W", layers)
