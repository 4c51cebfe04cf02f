"""What mining blocks did in a window, as exact sums: the arithmetic under the efficiency report.

A block is looked at through its *lives* (when it was commissioned as mining) and its *values* (where its hashrate is
known). Everything here is an integer or a Fraction that adds up over blocks; quotients and rounding are the report's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import accumulate
from math import lcm
from typing import Final, NamedTuple

from ledger.calendar import Window
from projections.facts.hashrate import Held
from projections.facts.meters import Reading
from projections.facts.packed import NONE

Changes = dict[int, int]  # instant -> change of the hashrate there, GH/s

_WH_J: Final = 3600
_FINEST: Final = 12  # powers of ten go down to -12 (ledger.events.IntervalsRecorded)


class Sums(NamedTuple):
    """What adds up over blocks. ``powered`` = hashrate and power both known; ``ending`` = just before the window's stop."""

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


def within(values: Sequence[Held], lives: Sequence[Window], window: Window) -> list[Held]:
    """The parts of a block's values that lie in its lives (in order, not cut to the window) and in the window.

    A value said before a retirement does not hold in a later life: of that block nothing was said yet.
    """
    found = []
    floor_s = NONE
    for life in lives:
        start_s, stop_s = max(life.start_s, window.start_s), min(life.stop_s, window.stop_s)
        for value in values if start_s < stop_s else ():
            from_s, to_s, ghs, power_w, units = value
            if from_s >= start_s and to_s <= stop_s:
                found.append(value)
            elif from_s < stop_s and to_s > start_s and from_s >= floor_s:
                found.append(Held(max(from_s, start_s), min(to_s, stop_s), ghs, power_w, units))
        floor_s = life.stop_s
    return found


def sums(values: Sequence[Held], lives: Sequence[Window], window: Window) -> Sums:
    """The sums of one block; ``values`` lie within its lives and the window, lives may reach beyond it."""
    known_s = powered_s = work_gh = powered_work_gh = energy_j = 0
    for start_s, stop_s, ghs, power_w, _ in values:
        seconds = stop_s - start_s
        known_s += seconds
        work_gh += ghs * seconds
        if power_w != NONE:
            powered_s += seconds
            powered_work_gh += ghs * seconds
            energy_j += power_w * seconds
    last = values[-1] if values and values[-1].stop_s == window.stop_s else None
    counted = last is not None and last.units_hashing != NONE
    return Sums(
        commissioned_s=sum(
            max(0, min(life.stop_s, window.stop_s) - max(life.start_s, window.start_s)) for life in lives
        ),
        known_s=known_s,
        powered_s=powered_s,
        work_gh=work_gh,
        powered_work_gh=powered_work_gh,
        energy_j=energy_j,
        ending=sum(life.stop_s >= window.stop_s for life in lives),
        ending_known=last is not None,
        ending_counted=counted,
        operating_ghs=last.hashrate_ghs if last else 0,
        units_hashing=last.units_hashing if last and counted else 0,
    )


def changes(values: Sequence[Held]) -> Changes:
    """Where the hashrate changes and by how much; unknown adds 0."""
    found: Changes = {}
    get = found.get
    for start_s, stop_s, ghs, _, _ in values:
        found[start_s] = get(start_s, 0) + ghs
        found[stop_s] = get(stop_s, 0) - ghs
    return found


def merge(into: Changes, more: Changes) -> None:
    """Add changes to those of a wider scope, in place."""
    get = into.get
    for at_s, change in more.items():
        into[at_s] = get(at_s, 0) + change


def peak_ghs(found: Changes) -> int:
    """The highest simultaneous sum, GH/s; changes of one instant count together."""
    return max(accumulate(found[at_s] for at_s in sorted(found)), default=0)


class Working(NamedTuple):
    """A block as ``over_known`` needs it: its values and their changes, its lives, which may reach beyond the window."""

    values: Sequence[Held]
    changes: Changes
    lives: Sequence[Window]


def over_known(blocks: Iterable[Working], meters: Sequence[Sequence[Reading]], window: Window) -> Metered:
    """Energy of all meters and work of all blocks, over the instants when every meter has a reading, some block is
    commissioned and the hashrate of every commissioned one is known; a reading counts pro rata of its interval.

    Four sums are followed through their changes: blocks commissioned, things missing (values and meters), hashrate, and
    the rate of energy, an integer because all intervals are brought to one denominator.
    """
    if not meters:
        return Metered()
    scale = lcm(*(reading.interval_s for readings in meters for reading in readings))
    opened: Changes = {}
    missing: Changes = {window.start_s: len(meters)}
    ghs: Changes = {}
    rate: Changes = {}
    for block in blocks:
        for life in block.lives:
            _enter(opened, life, 1, window)
            _enter(missing, life, 1, window)
        for run in runs(block.values):
            _enter(missing, run, -1, window)
        merge(ghs, block.changes)
    for readings in meters:
        for run in runs(readings):
            _enter(missing, run, -1, window)
        for start_s, stop_s, value, power, interval_s, _ in readings:
            amount = value * 10 ** (power + _FINEST) * (scale // interval_s)
            _enter(rate, (start_s, stop_s), amount, window)
    return _integral((opened, missing, ghs, rate), scale)


def runs(spans: Iterable[tuple[int, ...]]) -> Iterator[tuple[int, int]]:
    """Spans in order, (start, stop, ...), joined where one stops as the next starts."""
    run: tuple[int, int] | None = None
    for start_s, stop_s, *_ in spans:
        if run is not None and run[1] != start_s:
            yield run
            run = None
        run = (start_s if run is None else run[0], stop_s)
    if run is not None:
        yield run


def _enter(into: Changes, span: tuple[int, int], amount: int, window: Window) -> None:
    start_s, stop_s = max(span[0], window.start_s), min(span[1], window.stop_s)
    if start_s < stop_s:
        into[start_s] = into.get(start_s, 0) + amount
        into[stop_s] = into.get(stop_s, 0) - amount


def _integral(followed: tuple[Changes, Changes, Changes, Changes], scale: int) -> Metered:
    more_opened, more_missing, more_ghs, more_rate = (changes.get for changes in followed)
    energy = work_gh = at_s = opened = missing = ghs = rate = 0
    for next_s in sorted(set().union(*followed)):
        if opened and not missing:
            energy += rate * (next_s - at_s)
            work_gh += ghs * (next_s - at_s)
        at_s = next_s
        opened += more_opened(at_s, 0)
        missing += more_missing(at_s, 0)
        ghs += more_ghs(at_s, 0)
        rate += more_rate(at_s, 0)
    return Metered(Fraction(energy * _WH_J, scale * 10**_FINEST), work_gh)
