"""Power over time as exact sums: disjoint spans of constant power, and their integral over any window in a few steps."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from fractions import Fraction
from itertools import accumulate, chain
from typing import NamedTuple

Watts = Fraction | int


class Stretch(NamedTuple):
    """Constant power on [start_s, stop_s)."""

    start_s: int
    stop_s: int
    power_w: Watts


class Integral:
    """The integral of disjoint stretches in order, in watt-seconds; outside them the power is 0."""

    def __init__(self, stretches: Iterable[Stretch]) -> None:
        self._stretches = list(stretches)
        self._starts = [stretch.start_s for stretch in self._stretches]
        areas = ((s.stop_s - s.start_s) * s.power_w for s in self._stretches)
        self._before = list(accumulate(chain([0], areas)))

    def _until(self, at_s: int) -> Watts:
        n = bisect_right(self._starts, at_s) - 1
        if n < 0:
            return 0
        stretch = self._stretches[n]
        return self._before[n] + (min(at_s, stretch.stop_s) - stretch.start_s) * stretch.power_w

    def over(self, start_s: int, stop_s: int) -> Watts:
        """Watt-seconds within [start_s, stop_s)."""
        return self._until(stop_s) - self._until(start_s)
