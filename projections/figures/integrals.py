"""Power over time as exact integer sums: disjoint stretches of constant power, and their integral over windows asked in order."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate, chain
from typing import NamedTuple


class Stretch(NamedTuple):
    """Constant power on [start_s, stop_s)."""

    start_s: int
    stop_s: int
    power: int


class Integral:
    """The integral of disjoint stretches in order, in their power's unit times seconds; outside them the power is 0."""

    def __init__(self, stretches: Iterable[Stretch]) -> None:
        self._stretches = list(stretches)
        self._starts = [stretch.start_s for stretch in self._stretches]
        areas = ((s.stop_s - s.start_s) * s.power for s in self._stretches)
        self._before = list(accumulate(chain([0], areas)))
        self._last = (-1, 0)

    def _until(self, at_s: int) -> int:
        if self._last[0] != at_s:
            n = bisect_right(self._starts, at_s) - 1
            found = 0
            if n >= 0:
                start_s, stop_s, power = self._stretches[n]
                found = self._before[n] + (min(at_s, stop_s) - start_s) * power
            self._last = at_s, found
        return self._last[1]

    def over(self, start_s: int, stop_s: int) -> int:
        """Within [start_s, stop_s); quickest where each window begins where the last one ended."""
        before = self._until(start_s)
        return self._until(stop_s) - before
