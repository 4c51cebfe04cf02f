"""Power over time as exact integer sums: stretches of constant power, and their energy in windows."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate, repeat
from operator import add, mul, sub
from typing import NamedTuple


class Stretch(NamedTuple):
    """Constant power on [start_s, stop_s)."""

    start_s: int
    stop_s: int
    power: int


class LoadStretches(NamedTuple):
    """Stretches as columns, disjoint and in order."""

    starts_s: tuple[int, ...] = ()
    stops_s: tuple[int, ...] = ()
    powers: Sequence[int] = ()


def load_of(stretches: Iterable[Stretch]) -> LoadStretches:
    """The columns of disjoint stretches in order."""
    return LoadStretches(*zip(*stretches, strict=True))


def shared(
    stretches: Iterable[Stretch], starts_s: Sequence[int], stops_s: Sequence[int], seconds: Sequence[int]
) -> list[int]:
    """The energy of stretches in each of many intervals (disjoint, in order, of known lengths), in their
    power's unit times seconds.

    Where stretches overlap, their powers add up. Made for few stretches over many intervals.
    """
    found = [0] * len(starts_s)
    for start_s, stop_s, power in stretches:
        first, after = bisect_right(stops_s, start_s), bisect_left(starts_s, stop_s)
        if not power or first >= after:
            continue
        whole = slice(first, after)
        found[whole] = map(add, found[whole], map(mul, seconds[whole], repeat(power)))
        found[first] -= power * max(0, start_s - starts_s[first])
        found[after - 1] -= power * max(0, stops_s[after - 1] - stop_s)
    return found


class Integral:
    """The integral of a load, in its power's unit times seconds, and the time in which it is known. Made for
    few windows over many stretches.
    """

    def __init__(self, load: LoadStretches) -> None:
        self._load = load
        seconds = tuple(map(sub, load.stops_s, load.starts_s))
        self._energies = tuple(accumulate(map(mul, load.powers, seconds), initial=0))
        self._seconds = tuple(accumulate(seconds, initial=0))

    def over(self, start_s: int, stop_s: int) -> tuple[int, int]:
        """Energy and known seconds in [start, stop)."""
        (before, known_before_s), (energy, known_s) = self.until((start_s, stop_s))
        return energy - before, known_s - known_before_s

    def until(self, edges_s: Iterable[int]) -> list[tuple[int, int]]:
        """Energy and known seconds before each of some instants."""
        starts, stops, powers = self._load
        found = []
        for edge_s in edges_s:
            after = bisect_left(starts, edge_s)
            energy, seconds = self._energies[after], self._seconds[after]
            if after and stops[after - 1] > edge_s:
                beyond = stops[after - 1] - edge_s
                energy, seconds = energy - beyond * powers[after - 1], seconds - beyond
            found.append((energy, seconds))
        return found
