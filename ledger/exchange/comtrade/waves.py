"""RMS values of sampled voltages, and the excursions in them; exact rationals, since only squares are
compared.

The RMS of a waveform is that of the cycle that ends with a sample, taken at each sample (IEC 61000-4-30 takes
it each half cycle). A cycle is the nearest whole number of samples to one at the line's nominal frequency;
below ``LEAST`` samples a cycle, or where the two differ by more than a hundredth, a waveform is not measured.
No cycle reaches over a change of rate. A channel without a negative value holds RMS values itself.

An excursion begins with the first value of any phase beyond the limit and ends with the first at which all
are back for a cycle (own); what is shorter apart is one. Time beyond a level is the sum of the intervals that
end in a value beyond it, by the phase farthest from nominal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import isqrt
from typing import Final, NamedTuple

from ledger.errors import Malformed

LEAST: Final = 4
LOW: Final = Fraction(9, 10)
HIGH: Final = Fraction(11, 10)
LEVELS: Final = tuple(
    Fraction(percent, 100) for percent in (90, 80, 70, 60, 50, 40, 30, 25, 20, 10, 110, 120, 140)
)
"""Levels, of nominal, whose time is told."""


class FoundExcursion(NamedTuple):
    """An excursion: when it began and ended, its extreme squared, the phases beyond the limit, time by level.
    One that is cut off at an end of the file is not whole.
    """

    start: Fraction
    stop: Fraction
    square: Fraction
    phases: tuple[str, ...]
    held: tuple[tuple[Fraction, Fraction], ...]
    whole: bool

    @property
    def share_ppm(self) -> int:
        """The extreme in ppm of nominal, rounded to the nearest."""
        return root_ppm(self.square)


def root_ppm(square: Fraction) -> int:
    """The square root in ppm, rounded to the nearest."""
    scaled = square * 10**12
    floor = isqrt(int(scaled))
    return floor + (scaled > (floor + Fraction(1, 2)) ** 2)


class PhaseRms(NamedTuple):
    """The RMS values of a phase: their times in ticks, the lowest and highest squared, and those beyond the
    range, by their time; of nominal squared.
    """

    ticks: Sequence[int]
    low: Fraction
    high: Fraction
    beyond: Mapping[int, Fraction]


class Sampled(NamedTuple):
    """The samples of a channel: a value squared times ``factor`` is of nominal squared."""

    name: str
    values: Sequence[Fraction | int]
    factor: Fraction
    ticks: Sequence[int]
    tick: Fraction


def first_square(one: Sampled, line_hertz: Fraction) -> Fraction:
    """The first RMS value squared, times ``factor``."""
    for _, totals, share in _stretches(one, line_hertz):
        return share * totals[0]
    raise Malformed(f"channel {one.name!r} is shorter than a cycle")


def phase_of(one: Sampled, line_hertz: Fraction) -> PhaseRms:
    """The RMS values of a channel.

    The sum of squares over a cycle is carried from sample to sample in raw values, which are whole numbers,
    and compared with the range's ends in these. A rational is made of what lies beyond it alone; one for each
    sample takes a hundred times as long.
    """
    every: list[int] = []
    beyond: dict[int, Fraction] = {}
    ends: list[Fraction] = []
    for ticks, totals, share in _stretches(one, line_hertz):
        low, high = -(-(LOW**2) // share), HIGH**2 // share
        every += ticks
        ends += [share * min(totals), share * max(totals)]
        beyond.update(
            (at, share * total)
            for at, total in zip(ticks, totals, strict=True)
            if total < low or total > high
        )
    return PhaseRms(every, min(ends), max(ends), beyond)


def _stretches(
    one: Sampled, line_hertz: Fraction
) -> Iterator[tuple[Sequence[int], list[Fraction | int], Fraction]]:
    """Times, sums of squares, and what a sum is of nominal squared, of each part with one interval."""
    values = one.values
    if min(values) >= 0:
        yield one.ticks, [value**2 for value in values], one.factor
        return
    for ticks, totals, size in cycle_sums([value**2 for value in values], one, line_hertz):
        yield ticks, totals, one.factor * Fraction(1, size)


def cycle_sums(
    values: Sequence[Fraction | int], one: Sampled, line_hertz: Fraction
) -> Iterator[tuple[Sequence[int], list[Fraction | int], int]]:
    """Times, sums over the cycle that ends then, and how many values each has, of each part with one interval
    of a channel's times.
    """
    for first, after, step in _even(one.ticks):
        size = _cycle(Fraction(1) / (step * one.tick * line_hertz), one.name) if after - first > 1 else 0
        if not size or after - first < size:
            continue
        total: Fraction | int = sum(values[first : first + size])
        totals = [total]
        for n in range(first + size, after):
            total += values[n] - values[n - size]
            totals.append(total)
        yield one.ticks[first + size - 1 : after], totals, size


def _cycle(samples: Fraction, name: str) -> int:
    size = round(samples)
    if size < LEAST or abs(samples - size) * 100 > size:
        raise Malformed(
            f"channel {name!r} has {hundredths(samples)} samples a cycle; a waveform needs a whole number,"
            f" {LEAST} and more"
        )
    return size


def hundredths(value: Fraction) -> str:
    """A number with two decimals, for a message."""
    whole, rest = divmod(round(value * 100), 100)
    return f"{whole}.{rest:02d}"


def _even(ticks: Sequence[int]) -> Iterator[tuple[int, int, Fraction]]:
    """Stretches of one interval, to a fiftieth of it: first place, place after it, mean interval."""
    first = 0
    while first < len(ticks) - 1:
        step = ticks[first + 1] - ticks[first]
        after = first + 2
        while after < len(ticks) and abs(ticks[after] - ticks[after - 1] - step) * 50 <= step:
            after += 1
        yield first, after, Fraction(ticks[after - 1] - ticks[first], after - first - 1)
        first = after - 1 if after < len(ticks) else after


class _OutOfRange(NamedTuple):
    """The values beyond the range at a time, by phase, and the time since the values before it."""

    at: int
    since: int
    squares: Mapping[str, Fraction]


def excursions(phases: Mapping[str, PhaseRms], tick: Fraction, line_hertz: Fraction) -> list[FoundExcursion]:
    """The excursions in the RMS values of all phases."""
    cycle = Fraction(1) / (line_hertz * tick)
    grid = sorted({at for phase in phases.values() for at in phase.ticks})
    found: list[FoundExcursion] = []
    held: list[_OutOfRange] = []
    back_since: int | None = None
    before = grid[0]
    for at in grid:
        squares = {name: phase.beyond[at] for name, phase in phases.items() if at in phase.beyond}
        if squares:
            held.append(_OutOfRange(at, at - before, squares))
            back_since = None
        elif held:
            back_since = at if back_since is None else back_since
            if at - back_since >= cycle or at == grid[-1]:
                found.append(_closed(held, back_since, tick, held[0].at > grid[0]))
                held, back_since = [], None
        before = at
    if held:
        found.append(_closed(held, held[-1].at, tick, False))
    return found


def _closed(held: Sequence[_OutOfRange], stop: int, tick: Fraction, whole: bool) -> FoundExcursion:
    worst = [(one.since, max(one.squares.values(), key=_far)) for one in held]
    square = max((value for _, value in worst), key=_far)
    side = square < 1
    times = []
    for level in LEVELS:
        if (level < 1) == side:
            limit = level**2
            ticks = sum(since for since, value in worst if (value < limit if side else value > limit))
            times += [(level, ticks * tick)] if ticks else []
    names = {name for one in held for name in one.squares}
    return FoundExcursion(held[0].at * tick, stop * tick, square, tuple(sorted(names)), tuple(times), whole)


def _far(square: Fraction) -> int:
    """Distance of a value from nominal, by its square."""
    return abs(root_ppm(square) - 10**6)
