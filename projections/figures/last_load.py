"""The last load of each site: the mean power of the newest interval of its revenue meters that ended by an
instant, and not more than a day before it. Readings come late, so the newest is seldom of the very instant.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Final, NamedTuple

from ledger import calendar
from ledger.calendar import Window
from ledger.units import rounded
from projections.engine.fold import Rows
from projections.figures.state_at import ThingState
from projections.rows.meters import METER_DAY, metered

WITHIN_S: Final = 86_400
_WH_J: Final = 3600


class LastLoad(NamedTuple):
    """The load of a site and when the oldest of the intervals that it is of ended."""

    load_w: int
    stop_s: int


def last_loads(rows: Rows, things: Iterable[ThingState], at_s: int) -> dict[str, LastLoad]:
    """The last load of every site whose revenue meters have all been read within a day."""
    meters: dict[str, list[str]] = {}
    for thing in things:
        if thing.what == "meter" and _is_of_site(thing):
            meters.setdefault(thing.place, []).append(thing.name[0])
    window = Window(at_s - WITHIN_S, at_s)
    wanted = {(site, meter) for site, names in meters.items() for meter in names}
    days: dict[tuple[str, str], dict[str, bytes]] = {}
    first = calendar.format_instant(max(0, window.start_s - WITHIN_S))[:10]
    for (site, meter, day), row in rows[METER_DAY.name].items():
        if day >= first and (site, meter) in wanted:
            days.setdefault((site, meter), {})[day] = row
    found = {}
    for site, names in meters.items():
        read = [_last(days.get((site, meter), {}), window) for meter in names]
        known = [one for one in read if one is not None]
        if len(known) == len(names):
            found[site] = LastLoad(sum(one.load_w for one in known), min(one.stop_s for one in known))
    return found


def _is_of_site(meter: ThingState) -> bool:
    wanted = {"scope": "site", "role": "revenue", "direction": "delivered"}
    return all(meter.fields.get(name) == value for name, value in wanted.items())


def _last(days: dict[str, bytes], window: Window) -> LastLoad | None:
    found = None
    for _, stop_s, value, power_of_ten, interval_s, _ in zip(*metered(days, window), strict=True):
        if stop_s <= window.stop_s:
            load_w = rounded(Fraction(value * _WH_J, interval_s) * Fraction(10) ** power_of_ten)
            found = LastLoad(load_w, stop_s)
    return found
