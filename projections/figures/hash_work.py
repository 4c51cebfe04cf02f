"""Hash work of mining blocks in a window, as exact sums: the arithmetic under the efficiency report.

A block has *lives* (the time it was commissioned as mining) and *values* (the time its hashrate is known).
Everything here is an integer or a Fraction that adds up over blocks; quotients and rounding are the report's.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import compress, islice, pairwise
from math import lcm
from operator import eq, mul, sub
from typing import Final, NamedTuple

from ledger.calendar import Window
from projections.engine.windows import union
from projections.rows.hashrate_days import Held, held_of
from projections.rows.meters import MeterReadings
from projections.rows.packed_steps import NONE

_WH_J: Final = 3600
_FINEST: Final = 12  # powers of ten go down to -12 (ledger.kinds.IntervalsRecorded)


class Sums(NamedTuple):
    """Sums that add up over blocks. ``powered`` = hashrate and power both known; ``ending`` = just before the
    window's stop.
    """

    commissioned_s: int = 0
    known_s: int = 0
    powered_s: int = 0
    work_gh: int = 0
    powered_work_gh: int = 0
    energy_j: int = 0
    ending: int = 0
    ending_known: int = 0
    ending_counted: int = 0
    operating_ghs: int = 0
    units_hashing: int = 0
    rated: int = 0
    units: int = 0
    deployed_ghs: int = 0


class Metered(NamedTuple):
    """Energy of meters and work of the blocks behind them, both over the instants at which both are known."""

    energy_j: Fraction = Fraction(0)
    work_gh: int = 0


def added(parts: Iterable[Sums]) -> Sums:
    """The sum of all, column by column."""
    return Sums._make(map(sum, zip(*(Sums(), *parts), strict=True)))


def metered(parts: Iterable[Metered]) -> Metered:
    """The sum of all."""
    known = tuple(parts)
    return Metered(sum((m.energy_j for m in known), Fraction(0)), sum(m.work_gh for m in known))


def within(values: Held, lives: Sequence[Window], window: Window) -> Held:
    """The parts of a block's values that lie in its lives (in order, not cut to the window) and in the
    window.

    A value recorded before a retirement does not hold in a later life, in which nothing is known yet.
    """
    starts, stops = values.starts_s, values.stops_s
    if starts and lives:
        start_s, stop_s = max(lives[0].start_s, window.start_s), min(lives[0].stop_s, window.stop_s)
        if stops[0] > start_s and stops[-1] <= stop_s and all(at_s >= start_s for at_s in starts[1:2]):
            # most blocks have one life around all values
            return values._replace(starts_s=(max(starts[0], start_s), *starts[1:]))
    found = []
    floor_s = NONE
    for life in lives:
        start_s, stop_s = max(life.start_s, window.start_s), min(life.stop_s, window.stop_s)
        for from_s, to_s, *value in zip(*values, strict=True) if start_s < stop_s else ():
            if (from_s >= start_s and to_s <= stop_s) or (
                from_s < stop_s and to_s > start_s and from_s >= floor_s
            ):
                found.append((max(from_s, start_s), min(to_s, stop_s), *value))
        floor_s = life.stop_s
    return held_of(found)


def sums(values: Held, lives: Sequence[Window], window: Window) -> Sums:
    """The sums of one block; ``values`` lie within its lives and the window, while lives may reach beyond
    it.
    """
    starts, stops, ghs, powers, units = values
    seconds = tuple(map(sub, stops, starts))
    known_s, work_gh = sum(seconds), sum(map(mul, ghs, seconds))
    powered_s, powered_work_gh = known_s, work_gh
    if NONE in powers:
        powered = tuple(map(NONE.__ne__, powers))
        ghs_then, powers, seconds = (tuple(compress(some, powered)) for some in (ghs, powers, seconds))
        powered_s, powered_work_gh = sum(seconds), sum(map(mul, ghs_then, seconds))
    known = bool(stops) and stops[-1] == window.stop_s
    counted = known and units[-1] != NONE
    return Sums(
        commissioned_s=sum(
            max(0, min(life.stop_s, window.stop_s) - max(life.start_s, window.start_s)) for life in lives
        ),
        known_s=known_s,
        powered_s=powered_s,
        work_gh=work_gh,
        powered_work_gh=powered_work_gh,
        energy_j=sum(map(mul, powers, seconds)),
        ending=sum(life.stop_s >= window.stop_s for life in lives),
        ending_known=known,
        ending_counted=counted,
        operating_ghs=ghs[-1] if known else 0,
        units_hashing=units[-1] if counted else 0,
    )


class Working(NamedTuple):
    """The parts of a block that ``over_known`` needs: its values, and its lives, which may reach beyond the
    window.
    """

    values: Held
    lives: Sequence[Window]


def over_known(blocks: Iterable[Working], meters: Sequence[MeterReadings], window: Window) -> Metered:
    """Energy of all meters and work of all blocks, over the instants when every meter has a reading, some
    block is commissioned and the hashrate of every commissioned one is known; a reading counts pro rata of
    its interval.
    """
    if not meters:
        return Metered()
    blocks = tuple(blocks)
    known = _both([window], union(life for block in blocks for life in block.lives))
    for block in blocks:
        known = _both(known, union([*runs(block.values), *_gaps(block.lives, window)]))
    for readings in meters:
        known = _both(known, runs(readings))
    work_gh = sum(_integral(block.values, block.values.hashrates_ghs, known) for block in blocks)
    return Metered(sum((_energy_j(readings, known) for readings in meters), Fraction(0)), work_gh)


def _energy_j(readings: MeterReadings, known: Sequence[Window]) -> Fraction:
    """Energy of readings over some windows; all intervals are brought to one denominator to keep it exact."""
    scale = lcm(*set(readings.intervals_s))
    shapes = tuple(zip(readings.powers_of_ten, readings.intervals_s, strict=True))
    worth = {
        (power, interval_s): 10 ** (power + _FINEST) * (scale // interval_s)
        for power, interval_s in dict.fromkeys(shapes)
    }
    rates = tuple(map(mul, readings.values, map(worth.__getitem__, shapes)))
    return Fraction(_integral(readings, rates, known) * _WH_J, scale * 10**_FINEST)


def _integral(spans: Held | MeterReadings, rates: Sequence[int], known: Sequence[Window]) -> int:
    """The sum of rate x seconds over the parts of disjoint spans in order that lie in some windows."""
    starts, stops = spans.starts_s, spans.stops_s
    total = 0
    for start_s, stop_s in known:
        first, after = bisect_right(stops, start_s), bisect_left(starts, stop_s)
        if first < after:
            seconds = list(map(sub, stops[first:after], starts[first:after]))
            seconds[0] -= max(0, start_s - starts[first])
            seconds[-1] -= max(0, stops[after - 1] - stop_s)
            total += sum(map(mul, rates[first:after], seconds))
    return total


def runs(spans: Held | MeterReadings) -> list[Window]:
    """Disjoint spans in order, joined where one stops as the next starts."""
    starts, stops = spans.starts_s, spans.stops_s
    return [Window(starts[first], stops[after - 1]) for first, after in _joined(starts, stops)]


def _joined(starts: Sequence[int], stops: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Starts and ends of runs of touching spans, as positions in the columns."""
    if not starts:
        return iter(())
    if stops[:-1] == starts[1:]:
        return iter(((0, len(starts)),))
    apart = [n for n, same in enumerate(map(eq, stops, starts[1:]), 1) if not same]
    return pairwise([0, *apart, len(starts)])


def _gaps(lives: Sequence[Window], window: Window) -> list[Window]:
    """The parts of a window in which a block was not commissioned."""
    edges = [window.start_s, *(edge for life in lives for edge in life), window.stop_s]
    return [Window(start_s, stop_s) for start_s, stop_s in zip(edges[::2], edges[1::2], strict=True)]


def _both(some: Sequence[Window], others: Sequence[Window]) -> list[Window]:
    """The instants in windows of both lists, each disjoint and in order."""
    found = []
    at = 0
    for start_s, stop_s in some:
        while at < len(others) and others[at].stop_s <= start_s:
            at += 1
        for other in islice(others, at, None):
            if other.start_s >= stop_s:
                break
            found.append(Window(max(start_s, other.start_s), min(stop_s, other.stop_s)))
    return found
