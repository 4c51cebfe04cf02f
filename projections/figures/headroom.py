"""Headroom of a balancing authority: how much new load its system could carry, if that load is curtailed for
a small share of its energy.

The method of Norris, Profeta, Patino-Echeverri and Cowie-Haskell, *Rethinking Load Growth* (Duke University,
February 2025), as DOMAIN 6 fixes it: threshold T = the highest hour of June to August of the whole series for
the hours of April to October, that of December to February for November to March, by the month of the stamp
as the file gives it; a new constant load L curtails max(0, D + L - T) in an hour of demand D. The rate is the
mean over calendar years of curtailed / (L x 8,760 h); years with fewer than 8,000 hours are left out, blanks
are skipped.

L is found for a rate, exactly: with x = T - D of each hour, curtailed energy is the sum of L - x over the
hours with x < L, so that the rate is a line between neighbouring x, and the greatest L that keeps within it
is a rational number. Nothing is rounded here.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import accumulate
from typing import Final, NamedTuple

from ledger.calendar import HOUR_S

YEAR_H: Final = 8760
ENOUGH_H: Final = 8000
WARM: Final = range(4, 11)
PEAKS: Final = {"Jun-Aug": (6, 7, 8), "Dec-Feb": (12, 1, 2)}
SUMMER, WINTER = PEAKS


class Hour(NamedTuple):
    """One hour that has a value: year and month of its stamp, begin in seconds since 1970, demand in W."""

    year: int
    month: int
    start_s: int
    demand_w: int


class Found(NamedTuple):
    """The hours of a series: thresholds in W by season (None: no hour of it), the hours of years that count,
    and the years that do not.
    """

    thresholds_w: dict[str, int | None]
    years: tuple[int, ...]
    left_out: tuple[tuple[int, int], ...]
    blanks: int
    gaps_w: tuple[tuple[int, int], ...]
    """(begin, threshold - demand) of each hour of those years."""


class Curve(NamedTuple):
    """A mean year of a load within the limit: the load in W, hours with any curtailment and those that keep a
    share, mean event, events.
    """

    headroom_w: Fraction
    any_h: Fraction
    keeping_h: tuple[Fraction, ...]
    mean_event_h: Fraction | None
    events: Fraction


def look(values: Iterable[tuple[str, int, int | None]]) -> Found:
    """Read the hours of a series ``(stamp, begin, value in W)`` in order of time."""
    hours, blanks = [], 0
    for stamp, start_s, value in values:
        if value is None:
            blanks += 1
        else:
            hours.append(Hour(int(stamp[:4]), int(stamp[5:7]), start_s, value))
    peaks = {
        season: max((hour.demand_w for hour in hours if hour.month in months), default=None)
        for season, months in PEAKS.items()
    }
    counts = Counter(hour.year for hour in hours)
    years = tuple(sorted(year for year, count in counts.items() if count >= ENOUGH_H))
    gaps = []
    for hour in hours:
        peak_w = peaks[SUMMER if hour.month in WARM else WINTER]
        if hour.year in years and peak_w is not None:
            gaps.append((hour.start_s, peak_w - hour.demand_w))
    left_out = tuple((year, counts[year]) for year in sorted(counts) if year not in years)
    return Found(peaks, years, left_out, blanks, tuple(gaps))


def greatest_load(gaps_w: Sequence[int], allowed_h: Fraction) -> Fraction | None:
    """The greatest L with sum(max(0, L - x)) <= allowed x L, for x of ``gaps_w`` and a limit in hours (of
    full load); None if there is none above 0.
    """
    ordered = sorted(gaps_w)
    sums = list(accumulate(ordered, initial=0))
    within = [n for n in range(len(ordered)) if n * ordered[n] - sums[n] <= allowed_h * ordered[n]]
    count = within[-1] + 1 if within else 0
    if count <= allowed_h:
        return None
    found = Fraction(sums[count]) / (count - allowed_h)
    return found if found > 0 else None


def curve(found: Found, limit_ppm: int, kept_ppm: Sequence[int]) -> Curve | None:
    """The greatest load within a curtailed share of its energy, with its mean year; None where the series
    does not give one.
    """
    if not found.years or None in found.thresholds_w.values():
        return None
    years = len(found.years)
    gaps = [gap for _, gap in found.gaps_w]
    load_w = greatest_load(gaps, Fraction(limit_ppm, 10**6) * YEAR_H * years)
    if load_w is None:
        return None
    ordered = sorted(gaps)
    curtailed = bisect_left(ordered, load_w)
    keeping = tuple(curtailed - bisect_left(ordered, Fraction(load_w * kept, 10**6)) for kept in kept_ppm)
    begins = [start_s for start_s, gap in found.gaps_w if gap < load_w]
    events = sum(
        start_s - before != HOUR_S for before, start_s in zip([-2 * HOUR_S, *begins], begins, strict=False)
    )
    return Curve(
        load_w,
        Fraction(curtailed, years),
        tuple(Fraction(max(0, count), years) for count in keeping),
        Fraction(curtailed, events) if events else None,
        Fraction(events, years),
    )
