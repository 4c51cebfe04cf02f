"""Metered load: readings as mean power over intervals, of one meter or of several together.

Several meters are summed over the intervals of the coarsest of them; a finer reading counts with the part of
it that lies in the interval, evenly spread, and an interval in which one of them has no reading for all of it
is left out. Exact rationals in W and watt-seconds.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Final, NamedTuple

from ledger.calendar import Window
from projections.engine.fold import Key, Rows
from projections.rows.meters import METER_DAY, MeterReadings, metered

_WH_J: Final = 3600
_Energy = int | Fraction


class Interval(NamedTuple):
    """Mean power over [start_s, stop_s)."""

    start_s: int
    stop_s: int
    power_w: Fraction

    @property
    def seconds(self) -> int:
        """Its length."""
        return self.stop_s - self.start_s

    @property
    def energy_ws(self) -> Fraction:
        """Its energy."""
        return self.power_w * self.seconds


class MeteredLoad:
    """Disjoint intervals in order. An energy is over ``lasting`` seconds: longer than the interval where a
    later reading cuts it.
    """

    def __init__(
        self,
        starts_s: Sequence[int] = (),
        stops_s: Sequence[int] = (),
        energies_ws: Sequence[_Energy] = (),
        lasting_s: Sequence[int] = (),
    ) -> None:
        self._starts_s, self._stops_s = starts_s, stops_s
        self._energies_ws, self._lasting_s = energies_ws, lasting_s

    @classmethod
    def of(cls, readings: MeterReadings) -> MeteredLoad:
        """The load of one meter."""
        worth: dict[int, _Energy] = {
            power: _WH_J * 10**power if power >= 0 else Fraction(_WH_J, 10**-power)
            for power in dict.fromkeys(readings.powers_of_ten)
        }
        energies = [
            value * worth[power] for value, power in zip(readings.values, readings.powers_of_ten, strict=True)
        ]
        return cls(readings.starts_s, readings.stops_s, energies, readings.intervals_s)

    def _interval(self, n: int) -> Interval:
        return Interval(
            self._starts_s[n], self._stops_s[n], Fraction(self._energies_ws[n], self._lasting_s[n])
        )

    @property
    def longest_s(self) -> int:
        """The length of its longest reading."""
        return max(self._lasting_s, default=0)

    def all(self) -> list[Interval]:
        """Every interval."""
        return [self._interval(n) for n in range(len(self._starts_s))]

    def within(self, window: Window) -> list[Interval]:
        """The intervals that lie wholly in a window."""
        first = bisect_left(self._starts_s, window.start_s)
        return [self._interval(n) for n in range(first, bisect_right(self._stops_s, window.stop_s))]

    def before(self, instant_s: int, count: int) -> list[Interval]:
        """The last ``count`` consecutive intervals that end by an instant; none where one of them is
        missing.
        """
        stop = bisect_right(self._stops_s, instant_s)
        found = [self._interval(n) for n in range(max(0, stop - count), stop)]
        if not found or len(found) < count:
            return []
        apart = any(one.stop_s != after.start_s for one, after in pairwise(found))
        return [] if apart or instant_s - found[-1].stop_s >= found[-1].seconds else found

    def nearest(self, instant_s: int) -> Interval | None:
        """The last interval that ends by an instant, else the first of all; None without any."""
        n = max(0, bisect_right(self._stops_s, instant_s) - 1)
        return self._interval(n) if self._starts_s else None

    def at(self, start_s: int, seconds: int) -> Interval | None:
        """The interval that begins at an instant and has the given length."""
        n = bisect_left(self._starts_s, start_s)
        if n < len(self._starts_s) and (self._starts_s[n], self._stops_s[n]) == (start_s, start_s + seconds):
            return self._interval(n)
        return None

    def parts(self, window: Window) -> list[Interval]:
        """The intervals that reach into a window, cut to it."""
        return [
            Interval(max(start_s, window.start_s), min(stop_s, window.stop_s), power_w)
            for start_s, stop_s, power_w in map(self._interval, self._reaching(window))
        ]

    def _reaching(self, window: Window) -> range:
        return range(bisect_right(self._stops_s, window.start_s), bisect_left(self._starts_s, window.stop_s))

    def over(self, window: Window) -> list[int]:
        """The lengths, in seconds, of the readings that reach into a window."""
        reaching = self._reaching(window)
        return list(self._lasting_s[reaching.start : reaching.stop])

    def known_s(self, window: Window) -> int:
        """The time of a window that has readings."""
        return sum(
            min(self._stops_s[n], window.stop_s) - max(self._starts_s[n], window.start_s)
            for n in self._reaching(window)
        )

    def energy_ws(self, window: Window) -> Fraction | None:
        """The energy of a window; None unless all of it has readings."""
        return None if self.known_s(window) < window.stop_s - window.start_s else self.metered_ws(window)

    def metered_ws(self, window: Window) -> Fraction:
        """The energy of what has readings in a window. Readings that lie in it whole are added as the integers that
        they are: a rational for each of a year's took most of the time.
        """
        whole: _Energy = 0
        cut = Fraction(0)
        for n in self._reaching(window):
            seconds = min(self._stops_s[n], window.stop_s) - max(self._starts_s[n], window.start_s)
            if seconds == self._lasting_s[n]:
                whole += self._energies_ws[n]
            else:
                cut += Fraction(self._energies_ws[n] * seconds, self._lasting_s[n])
        return cut + whole

    def highest_within_w(self, window: Window) -> Fraction | None:
        """The highest of the intervals that lie wholly in a window."""
        first = bisect_left(self._starts_s, window.start_s)
        return self._highest_w(range(first, bisect_right(self._stops_s, window.stop_s)))

    def highest_reaching_w(self, window: Window) -> Fraction | None:
        """The highest of the intervals that reach into a window."""
        return self._highest_w(self._reaching(window))

    def _highest_w(self, places: range) -> Fraction | None:
        """Of readings of one length the highest has the most energy."""
        most: dict[int, _Energy] = {}
        for n in places:
            lasting_s, energy_ws = self._lasting_s[n], self._energies_ws[n]
            if lasting_s not in most or energy_ws > most[lasting_s]:
                most[lasting_s] = energy_ws
        return max((Fraction(energy_ws, lasting_s) for lasting_s, energy_ws in most.items()), default=None)


def together(loads: Sequence[MeteredLoad]) -> MeteredLoad:
    """The sum of some meters over the intervals of the coarsest; empty without meters."""
    if len(loads) < 2:
        return loads[0] if loads else MeteredLoad()
    starts, stops, energies = [], [], []
    for interval in max(loads, key=lambda load: load.longest_s).all():
        window = Window(interval.start_s, interval.stop_s)
        parts = [load.energy_ws(window) for load in loads]
        known = [part for part in parts if part is not None]
        if len(known) == len(loads):
            starts.append(interval.start_s)
            stops.append(interval.stop_s)
            energies.append(sum(known, Fraction(0)))
    lasting = [stop_s - start_s for start_s, stop_s in zip(starts, stops, strict=True)]
    return MeteredLoad(starts, stops, energies, lasting)


Days = Mapping[Key, Mapping[str, bytes]]
"""Rows by UTC day of each (site, meter)."""


def days_of(rows: Rows) -> Days:
    """The readings of every meter by day."""
    found: dict[Key, dict[str, bytes]] = {}
    for (site, meter, day), row in rows[METER_DAY.name].items():
        found.setdefault((site, meter), {})[day] = row
    return found


def load_of(days: Days, site: str, meters: Iterable[str], window: Window) -> MeteredLoad:
    """The load of some meters of a site together, from the readings that reach into a window."""
    return together(
        [MeteredLoad.of(metered(days.get((site, meter), {}), window)) for meter in dict.fromkeys(meters)]
    )
