"""Power over time as exact integer sums: stretches of constant power, and their integral over windows."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate, repeat
from operator import mul, sub
from typing import NamedTuple


class Stretch(NamedTuple):
    """Constant power on [start_s, stop_s)."""

    start_s: int
    stop_s: int
    power: int


class Integral:
    """The integral of stretches, in their power's unit times seconds; they may overlap, then their powers add up; outside them it is 0."""

    def __init__(self, stretches: Iterable[Stretch]) -> None:
        changes: dict[int, int] = {}
        for start_s, stop_s, power in stretches:
            changes[start_s] = changes.get(start_s, 0) + power
            changes[stop_s] = changes.get(stop_s, 0) - power
        self._at_s = sorted(changes)
        self._powers = [
            0,
            *accumulate(map(changes.__getitem__, self._at_s)),
        ]  # before the first, then from each on
        lengths = map(sub, self._at_s[1:], self._at_s)
        self._before = [
            0,
            *accumulate(map(mul, self._powers[1:], lengths), initial=0),
        ]  # the integral up to each

    def over(self, starts_s: Sequence[int], stops_s: Sequence[int]) -> list[int]:
        """Within each [start, stop) of some windows."""
        return list(map(sub, self._until(stops_s), self._until(starts_s)))

    def _until(self, edges_s: Sequence[int]) -> list[int]:
        at_s, powers, before = [0, *self._at_s], self._powers, self._before
        places = map(bisect_right, repeat(self._at_s), edges_s)
        return [before[n] + (edge_s - at_s[n]) * powers[n] for n, edge_s in zip(places, edges_s, strict=True)]
