"""Energy hour by hour in whole Wh, and its division among shares without a rest.

An hour counts if it lies in the window and all of it is known. The hours of a series add up to its energy in
them, rounded once: each has the difference of two rounded sums, and so is less than 1 Wh from its own energy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ledger.calendar import HOUR_S, Window
from ledger.units import nearest
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
    load = summed(meters, scale, window) if meters else LoadStretches()
    if not load.starts_s:
        return {}
    hours = hours_of(Window(load.starts_s[0], load.stops_s[-1]))
    sums = Integral(load).until((*hours, *(start_s + HOUR_S for start_s in hours[-1:])))
    found: ByHour = {}
    total = before = 0
    for start_s, (energy, known_s), (energy_after, known_after_s) in zip(hours, sums, sums[1:], strict=False):
        if known_after_s - known_s == HOUR_S:
            total += energy_after - energy
            until = nearest(total, HOUR_S * scale)
            found[start_s], before = until - before, until
    return found


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
