"""Interval readings of one meter in columns. Their begins are *runs*, ranges of consecutive intervals, so
that a day of quarter-hours is ordered, joined and cut as one range, and begins become numbers only where they
are used.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from operator import attrgetter, lt
from typing import Final, NamedTuple

from ledger.calendar import DAY_S


class Readings(NamedTuple):
    """``runs`` hold the begins in seconds since 1970, in the order of ``values`` (in 10^-``decimals`` of the
    unit), ``lines`` and ``quality`` (ESPI codes; empty where the file states none).
    """

    runs: Sequence[range]
    values: list[int]
    lines: Sequence[int]
    decimals: int
    quality: Sequence[int] = ()

    @property
    def starts(self) -> list[int]:
        """The begin of each."""
        return list(chain.from_iterable(self.runs))

    @property
    def ordered(self) -> bool:
        """True where each is after the one before."""
        return all(map(lt, (run[-1] for run in self.runs), (run.start for run in self.runs[1:])))

    def only(self, places: Iterable[int]) -> Readings:
        """Some of them, in an order."""
        kept, starts = list(places), self.starts
        step_s = self.runs[0].step if self.runs else DAY_S
        return Readings(
            runs([[starts[n] for n in kept]], step_s),
            [self.values[n] for n in kept],
            [self.lines[n] for n in kept],
            self.decimals,
            [self.quality[n] for n in kept] if self.quality else (),
        )


NONE: Final = Readings((), [], (), 0)


def runs(begins: Iterable[Sequence[int]], step_s: int) -> list[range]:
    """Begins as runs, in their order."""
    found: list[range] = []
    for some in begins:
        if isinstance(some, range):
            found.append(some)
            continue
        first = 0
        for n in range(1, len(some) + 1):
            if n == len(some) or some[n] != some[n - 1] + step_s:
                found.append(range(some[first], some[n - 1] + step_s, step_s))
                first = n
    return found


def joined(some: Readings, more: Readings) -> Readings:
    """Both lists of readings in sequence, in the smaller unit of the two."""
    if not some.runs or not more.runs:
        return some if some.runs else more
    decimals = max(some.decimals, more.decimals)
    before, after = (
        (
            part.values
            if part.decimals == decimals
            else [value * 10 ** (decimals - part.decimals) for value in part.values]
        )
        for part in (some, more)
    )
    lines, quality = _chained(some.lines, more.lines), [*some.quality, *more.quality]
    return Readings([*some.runs, *more.runs], before + after, lines, decimals, quality)


def _chained(some: Sequence[int], more: Sequence[int]) -> Sequence[int]:
    """Lines in sequence; a range where no line is missing."""
    if not some or not more:
        return some or more
    if isinstance(some, range) and isinstance(more, range) and some.stop == more.start:
        return range(some.start, more.stop)
    return [*some, *more]


def apart(some: Readings, day_s: int) -> tuple[Readings, Readings]:
    """Readings in order, split at a UTC day: those before it, and those that begin in it."""
    near = bisect_right(some.runs, day_s, key=attrgetter("stop"))
    out = [*some.runs[:near]]
    low = sum(map(len, out))
    inside: list[range] = []
    for run in some.runs[near:]:
        first, stop = (bisect_left(run, at_s) for at_s in (day_s, day_s + DAY_S))
        low += first
        out += filter(None, (run[:first], run[stop:]))
        inside += filter(None, (run[first:stop],))
    high = low + sum(map(len, inside))
    values, lines, quality = some.values, some.lines, some.quality
    return (
        Readings(
            out,
            values[:low] + values[high:],
            _chained(lines[:low], lines[high:]),
            some.decimals,
            [*quality[:low], *quality[high:]],
        ),
        Readings(inside, values[low:high], lines[low:high], some.decimals, quality[low:high]),
    )


def records(some: Sequence[range]) -> Iterator[tuple[int, int, int]]:
    """The begin of each record of runs in order, and where its readings begin and stop: they are consecutive
    and begin in one UTC day.
    """
    begin_s = next_s = -1
    first = stop = 0
    for run in chain.from_iterable(map(_by_day, some)):
        if run.start != next_s or run.start // DAY_S != begin_s // DAY_S:
            if stop:
                yield begin_s, first, stop
            begin_s, first = run.start, stop
        stop += len(run)
        next_s = run.stop
    if stop:
        yield begin_s, first, stop


def _by_day(run: range) -> Iterator[range]:
    """A run cut at midnights UTC."""
    while run:
        count = -((run.start % DAY_S - DAY_S) // run.step)
        yield run[:count]
        run = run[count:]
