"""Energy hour by hour in whole Wh, and its division among shares without a rest.

An hour counts if it lies in the window and all of it is known. The hours of a series add up to its energy in
them, rounded once: each has the difference of two rounded sums, and so is less than 1 Wh from its own energy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

from ledger.calendar import HOUR_S, Window
from ledger.units import rounded
from projections.figures.energy_split import scale_of, summed
from projections.figures.power_integrals import Integral, LoadStretches
from projections.rows.meters import MeterReadings

ByHour = dict[int, int]
"""Energy in Wh by the instant at which its hour begins, in order; hours that are not known are not in it."""


def hours_of(window: Window) -> range:
    """The begins of the full UTC hours of a window."""
    return range(-(-window.start_s // HOUR_S) * HOUR_S, window.stop_s - HOUR_S + 1, HOUR_S)


def by_hour(meters: Sequence[MeterReadings], window: Window) -> ByHour:
    """The energy of some meters together, in the hours in which all of them have readings."""
    scale = scale_of(meters)
    load = summed(meters, scale, window)
    integral = Integral(load)
    found: ByHour = {}
    total = before = 0
    for hours in _known_hours(load, window):
        edges = (integral.until(edge_s) for edge_s in range(hours.start, hours.stop + HOUR_S, HOUR_S))
        for start_s, (energy, energy_after) in zip(hours, pairwise(edges), strict=True):
            total += energy_after - energy
            until = rounded(Fraction(total, HOUR_S * scale))
            found[start_s], before = until - before, until
    return found


def _known_hours(load: LoadStretches, window: Window) -> Iterator[range]:
    """The begins of the full hours of a window that are known, one range for each time without a gap.

    Asking each hour of the window costs as much where nothing is known: a day of readings in a year of hours.
    """
    starts_s = [at for at, before in zip(load.starts_s, (None, *load.stops_s), strict=False) if at != before]
    stops_s = [at for at, after in zip(load.stops_s, (*load.starts_s[1:], None), strict=False) if at != after]
    for known in map(Window, starts_s, stops_s):
        found = hours_of(Window(max(known.start_s, window.start_s), min(known.stop_s, window.stop_s)))
        if found:
            yield range(found.start, found[-1] + HOUR_S, HOUR_S)


def shares_of(total: int, weights: Mapping[str, int]) -> dict[str, int]:
    """A whole number divided in proportion to weights: each has its part rounded down, and what is left goes one
    by one to the largest remainders, the first of equal ones. The weights are 0 or more, and not all 0.
    """
    whole = sum(weights.values())
    found = {name: total * weight // whole for name, weight in weights.items()}
    left = total - sum(found.values())
    by_rest = sorted(weights, key=lambda name: -(total * weights[name] % whole))
    for name in by_rest[:left]:
        found[name] += 1
    return found
