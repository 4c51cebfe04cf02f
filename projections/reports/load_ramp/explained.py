"""Records behind the figures of the report load-ramp."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ledger.calendar import Window, period, zone
from projections.engine.fold import Key, Rows
from projections.engine.report import Behind, Cell, Scope
from projections.figures.large_load_contracts import season_days
from projections.figures.like_hours import revenue_meters
from projections.reports.load_ramp.columns import COLLATERAL, CONTRACT, HELD, MONTH, SEASON, STONE
from projections.rows.large_loads import BILL, FORECAST, INSTRUMENT, MILESTONE, STEP
from projections.rows.meters import METER, METER_DAY, days_of

_NAMED: Final = {COLLATERAL: STEP.name, HELD: INSTRUMENT.name, STONE: MILESTONE.name}
_READ: Final = (CONTRACT, MONTH, SEASON)


def behind(rows: Rows, scope: Scope, cells: Mapping[str, Cell], column: str) -> Behind:
    """What was agreed, the bill and readings of a month, or the facts of the thing that a row names."""
    part, name = cells["part"], cells["name"]
    site = str(cells["site"])
    read = _read(cells, scope)
    meters = revenue_meters(rows, site, scope.window.stop_s)
    first, last = days_of(read)

    def counts(kind: str, key: Key) -> bool:
        if kind == METER.name:
            return part in _READ and key[1] in meters
        if kind == METER_DAY.name:
            return part in _READ and key[1] in meters and first <= key[2] <= last
        if kind == BILL.name:
            return part == CONTRACT or (part == MONTH and key[2] == name)
        if kind == FORECAST.name:
            return part == SEASON and f"{key[1]}-{key[2]}" == name
        if kind in (INSTRUMENT.name, STEP.name) and part == COLLATERAL:  # a later step ends an earlier one
            return True
        if kind in _NAMED.values():
            return part == CONTRACT or (_NAMED.get(str(part)) == kind and key[2] == name)
        return True

    return Behind(counts, window=Window(read.start_s, scope.window.stop_s))


def _read(cells: Mapping[str, Cell], scope: Scope) -> Window:
    """The time whose readings bear on a row."""
    tz, name = zone(scope.zones[str(cells["site"])]), str(cells["name"])
    if cells["part"] == MONTH:
        whole = period(name, tz)
    elif cells["part"] == SEASON:
        year, _, season = name.partition("-")
        whole, _ = season_days(int(year), season, tz)
    else:
        return scope.window
    return Window(min(whole.start_s, scope.window.stop_s), min(whole.stop_s, scope.window.stop_s))
