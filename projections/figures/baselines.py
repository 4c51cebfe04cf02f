"""Baselines: the load that would have been drawn without the call, by the methods of programs (DOMAIN 6).

meter-before-after    = mean of the last baseline_intervals (1 where not said, own) that end by the start; all
                        of them must be there
baseline-10-of-10     = mean of the same local clock interval over the last 10 like days
baseline-high-4-of-5  = over the 4 with most energy in the event's clock window of the last 5 like days, ties
                        to the latest day
baseline-high-5-of-10 = over the 5 with most of the last 10
same-day-3-2          = mean of the 3 h that end 1 h before the event and the 2 h that begin 1 h after it
                        (HE9-11 and HE19-20 of HE13-17)
firm-service-level    = has none

Like days lie before the event's local day, at most 60 days back, and are of its type (Monday to Friday and no
holiday, or the rest), without a requested or test dispatch of the program (one cancelled before it started
does not count), with all needed intervals present. Needed are the clock intervals of the event and, with an
adjustment, of the adjustment's window. The clock is that of the program's zone: an interval that clocks
repeat is the mean of the two, one that they skip is missing. Fewer like days than the method looks at: no
baseline.

Adjustment, symmetric-additive: the mean of load - baseline over the intervals wholly in the window of
adjustment_window_s that ends adjustment_gap_s before the notification, at most adjustment_cap_ppm of the
event's mean baseline up or down, is added to every interval (own: the cap is of the event's mean). A part of
that window without a reading: no baseline.

A program's own numbers (program-baseline-set) take the place of the method: how many of how many like days,
on working days and on days off; those with the most energy, the least, in the middle, or the latest; two or
three types of days; the days looked back at, and those right before the event that are skipped; the least
number of like days; days excluded, and days of low use: below a share of the mean energy of the like days
found before (own); an adjustment before the notification or the start, added or multiplied by load / like
days over its window, with a cap up and one down (of the event's mean baseline where it is added, of the ratio
1 where it multiplies).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from ledger.calendar import HOUR_S, Window, day_start_s, local_time, moments, zone
from projections.figures.like_day_rules import LikeDayRule, rule_of
from projections.figures.metered_load import Interval, MeteredLoad

METHODS_VERSION: Final = 1
_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5


class BaselineEvent(NamedTuple):
    """A call as its baseline sees it: ``stop_s`` None while it is open, ``intervals`` the evaluated ones,
    ``after`` those after it.
    """

    start_s: int
    stop_s: int | None
    notified_s: int
    intervals: Sequence[Interval]
    after: Sequence[Interval] = ()


class Adjustment(NamedTuple):
    """The adjustment of a baseline: the intervals of its window with the mean load of the like days at their
    time, the mean of load - like days over them, and the most that is added up or taken off down (None: no
    cap). ``usual_w`` is the mean of the like days over the window where the baseline is multiplied, None
    where it is added to.
    """

    window: Window
    pairs: tuple[tuple[Interval, Fraction], ...]
    found_w: Fraction
    cap_w: Fraction | None
    down_w: Fraction | None
    usual_w: Fraction | None = None

    @property
    def added_w(self) -> Fraction:
        """The mean, limited by the caps."""
        up_w = self.found_w if self.cap_w is None else min(self.cap_w, self.found_w)
        return up_w if self.down_w is None else max(-self.down_w, up_w)

    def applied(self, power_w: Fraction) -> Fraction:
        """A baseline's power after adjustment: ``added_w`` more, or more in the same proportion."""
        if self.usual_w is None:
            return power_w + self.added_w
        return power_w * (self.usual_w + self.added_w) / Fraction(self.usual_w)


class Baseline(NamedTuple):
    """The baseline of an event's intervals in W by their start, the intervals it was computed from, its like
    days; or ``why`` there is none.
    """

    powers_w: Mapping[int, Fraction] = MappingProxyType({})
    made_of: tuple[Interval, ...] = ()
    days: tuple[date, ...] = ()
    adjustment: Adjustment | None = None
    why: str | None = None


def baseline(
    terms: Mapping[str, Any], event: BaselineEvent, load: MeteredLoad, called: Sequence[Window]
) -> Baseline:
    """The baseline by a program's terms; ``called`` are its requested and test dispatches."""
    method, rule = terms["method"], rule_of(terms)
    if rule is not None:
        return _x_of_y(rule, terms, event, load, called)
    if method == "meter-before-after":
        count = terms.get("baseline_intervals", 1)
        named = "interval" if count == 1 else f"{count} intervals"
        return _constant(event, load.before(event.start_s, count), f"the {named} before the start")
    if method == "same-day-3-2":
        return _same_day(event, load)
    return Baseline()


def look_back_s(terms: Mapping[str, Any]) -> int:
    """The longest time before an event that its baseline may look at."""
    rule = rule_of(terms)
    days = terms.get("baseline_intervals", 1) if rule is None else rule.look_back_days
    return 86_400 * (int(days) + 1)


def mean_w(intervals: Iterable[Interval]) -> Fraction | None:
    """The mean power of intervals by time; None without intervals."""
    found = list(intervals)
    return sum((i.energy_ws for i in found), Fraction(0)) / sum(i.seconds for i in found) if found else None


def _constant(event: BaselineEvent, made_of: Sequence[Interval], named: str) -> Baseline:
    power_w = mean_w(made_of)
    if power_w is None:
        return Baseline(why=f"no reading for all of {named}")
    return Baseline(
        dict.fromkeys((i.start_s for i in (*event.intervals, *event.after)), power_w), tuple(made_of)
    )


def _same_day(event: BaselineEvent, load: MeteredLoad) -> Baseline:
    if event.stop_s is None:
        return Baseline(why="it is open, and the method looks at the hours after it")
    start_s, stop_s = event.start_s, event.stop_s
    windows = (
        Window(start_s - 4 * HOUR_S, start_s - HOUR_S),
        Window(stop_s + HOUR_S, stop_s + 3 * HOUR_S),
    )
    known = all(load.energy_ws(window) is not None for window in windows)
    made_of = [part for window in windows for part in load.parts(window)] if known else []
    return _constant(event, made_of, "the 3 hours before and the 2 hours after")


# --- like days ----------------------------------------------------------------------------------------------


class _ClockStretch(NamedTuple):
    """A stretch of local time: it begins ``days`` after the day it is looked at for, at ``time``, and has a
    duration.
    """

    days: int
    time: datetime
    seconds: int

    @classmethod
    def of(cls, interval: Interval, day: date, tz: ZoneInfo) -> _ClockStretch:
        local = local_time(interval.start_s, tz)
        return cls((local.date() - day).days, local, interval.seconds)

    def on(self, day: date, tz: ZoneInfo, load: MeteredLoad) -> list[Interval]:
        """The intervals of the stretch on a day: two where clocks repeat it; none where a reading is
        missing.
        """
        local = datetime.combine(day + self.days * _DAY, self.time.time())
        found = [load.at(at_s, self.seconds) for at_s in moments(local, tz)]
        return [interval for interval in found if interval is not None] if None not in found else []


class _LikeDay(NamedTuple):
    """A day that was looked at: the intervals of each clock stretch of the event on it, and those of the
    adjustment; ``why`` it is not a like day, None where it is one.
    """

    day: date
    event: list[list[Interval]]
    adjusting: list[list[Interval]]
    why: str | None

    @property
    def energy_ws(self) -> Fraction:
        """Its energy in the event's clock window; a repeated interval counts once, with its mean."""
        return sum((_mean(some) * some[0].seconds for some in self.event), Fraction(0))


def _mean(intervals: Sequence[Interval]) -> Fraction:
    return sum((i.power_w for i in intervals), Fraction(0)) / len(intervals)


def _x_of_y(
    rule: LikeDayRule,
    terms: Mapping[str, Any],
    event: BaselineEvent,
    load: MeteredLoad,
    called: Sequence[Window],
) -> Baseline:
    if not event.intervals:
        return Baseline(why="no interval of it is evaluated")
    adjusted = rule.adjustment != "none"
    window = _adjustment_window(rule, event)
    adjusting = load.within(window) if adjusted else []
    if adjusted and (not adjusting or load.known_s(window) < window.stop_s - window.start_s):
        return Baseline(why="no reading for all of the adjustment's window")
    tz = zone(terms["tz"])
    day = local_time(event.start_s, tz).date()
    kept, looked_at = rule.numbers(_is_working(day, frozenset(terms["holidays"])))
    after = [_ClockStretch.of(interval, day, tz) for interval in event.after]
    found: list[_LikeDay] = []
    for like in _looked_at(rule, day, terms, event, adjusting, load, called):
        if like.why is None:
            found.append(like)
        if len(found) == looked_at:
            break
    else:
        if not found or len(found) < (looked_at if rule.least is None else rule.least):
            return Baseline(
                why=f"{len(found)} like days, not {looked_at}, in the {rule.look_back_days} days before"
            )
    days = _kept(found, kept, rule.take)
    powers_w = {i.start_s: _over(one.event[n] for one in days) for n, i in enumerate(event.intervals)}
    for interval, clock in zip(event.after, after, strict=True):
        some = [clock.on(one.day, tz, load) for one in days]
        if all(some):
            powers_w[interval.start_s] = _over(some)
    adjustment = None
    if adjusted:
        expected = [_over(one.adjusting[n] for one in days) for n in range(len(adjusting))]
        adjustment = _adjustment(rule, event, powers_w, adjusting, expected)
        if adjustment is None:
            return Baseline(why="the like days have no load in the adjustment's window")
        powers_w = {at_s: adjustment.applied(power_w) for at_s, power_w in powers_w.items()}
    looked = [i for one in found for some in (*one.event, *one.adjusting) for i in some]
    looked += [i for one in days for clock in after for i in clock.on(one.day, tz, load)]
    return Baseline(powers_w, (*looked, *adjusting), tuple(one.day for one in days), adjustment)


def _over(some: Iterable[Sequence[Interval]]) -> Fraction:
    means = [_mean(intervals) for intervals in some]
    return sum(means, Fraction(0)) / len(means)


def _looked_at(
    rule: LikeDayRule,
    day: date,
    terms: Mapping[str, Any],
    event: BaselineEvent,
    adjusting: Sequence[Interval],
    load: MeteredLoad,
    called: Sequence[Window],
) -> Iterator[_LikeDay]:
    """The days before a day, the latest first."""
    tz, off = zone(terms["tz"]), frozenset(terms["holidays"])
    clocks, before = (
        [_ClockStretch.of(interval, day, tz) for interval in some] for some in (event.intervals, adjusting)
    )
    usual: list[Fraction] = []
    for back in range(1, rule.look_back_days + 1):
        like = day - back * _DAY
        why = (
            "right before the event"
            if back <= rule.skipped_days
            else _unlike(rule, like, day, off, tz, called)
        )
        if why is not None:
            yield _LikeDay(like, [], [], why)
            continue
        on_it = [[clock.on(like, tz, load) for clock in some] for some in (clocks, before)]
        missing = [
            clock
            for some, found in zip((clocks, before), on_it, strict=True)
            for clock, at in zip(some, found, strict=True)
            if not at
        ]
        why = f"no reading at {missing[0].time:%H:%M}" if missing else None
        one = _LikeDay(like, on_it[0], on_it[1], why)
        if why is None and _is_low(rule, one, usual):
            one = one._replace(why="less energy than the program counts")
        elif why is None:
            usual.append(one.energy_ws)
        yield one


def _is_low(rule: LikeDayRule, one: _LikeDay, usual: Sequence[Fraction]) -> bool:
    """True where its energy is below the required share of the mean of the like days found before it."""
    return one.energy_ws * 10**6 * len(usual) < rule.low_usage_ppm * sum(usual, Fraction(0))


def _kept(found: Sequence[_LikeDay], kept: int, take: str = "highest") -> list[_LikeDay]:
    """The like days taken, by day: those with the most energy in the event's clock window (or the least, or
    those in the middle), ties to the latest; or the latest.
    """
    if take == "latest":
        return sorted(found[:kept])
    most_first = sorted(found, key=lambda one: (-one.energy_ws, -one.day.toordinal()))
    if take == "lowest":
        return sorted(sorted(found, key=lambda one: (one.energy_ws, -one.day.toordinal()))[:kept])
    first = max(0, len(found) - kept) // 2 if take == "middle" else 0
    return sorted(most_first[first : first + kept])


def _unlike(
    rule: LikeDayRule, like: date, day: date, off: frozenset[str], tz: ZoneInfo, called: Sequence[Window]
) -> str | None:
    """The reason why a day is not a like day: its type, an exclusion, or a call on it; None where it is
    one.
    """
    if _is_working(like, off) != _is_working(day, off):
        return "holiday" if like.isoformat() in off else "weekend" if _is_working(day, off) else "working day"
    if rule.three and _is_saturday(like, off) != _is_saturday(day, off):
        return "Saturday" if _is_saturday(like, off) else "Sunday or holiday"
    if like.isoformat() in rule.off:
        return "excluded by the program"
    start_s, stop_s = day_start_s(like, tz), day_start_s(like + _DAY, tz)
    if any(call.start_s < stop_s and start_s < max(call.stop_s, call.start_s + 1) for call in called):
        return "a dispatch of the program on it"
    return None


def _is_working(day: date, holidays: frozenset[str]) -> bool:
    return day.weekday() < _SATURDAY and day.isoformat() not in holidays


def _is_saturday(day: date, holidays: frozenset[str]) -> bool:
    return day.weekday() == _SATURDAY and day.isoformat() not in holidays


# --- adjustment ---------------------------------------------------------------------------------------------


def _adjustment_window(rule: LikeDayRule, event: BaselineEvent) -> Window:
    stop_s = (event.start_s if rule.before_start else event.notified_s) - rule.gap_s
    return Window(stop_s - rule.window_s, stop_s)


def _adjustment(
    rule: LikeDayRule,
    event: BaselineEvent,
    powers_w: Mapping[int, Fraction],
    adjusting: Sequence[Interval],
    expected: Sequence[Fraction],
) -> Adjustment | None:
    pairs = tuple(zip(adjusting, expected, strict=True))
    seconds = sum(i.seconds for i in adjusting)
    above_ws = sum((i.energy_ws - power_w * i.seconds for i, power_w in pairs), Fraction(0))
    found = above_ws * Fraction(1, seconds)
    window = _adjustment_window(rule, event)
    if rule.adjustment == "multiplicative":
        usual = sum((power_w * i.seconds for i, power_w in pairs), Fraction(0)) * Fraction(1, seconds)
        if usual <= 0:
            return None
        return Adjustment(window, pairs, found, *_caps(rule, usual), usual)
    whole = mean_w(i._replace(power_w=powers_w[i.start_s]) for i in event.intervals)
    assert whole is not None, "an adjusted event has intervals"
    return Adjustment(window, pairs, found, *_caps(rule, abs(whole)))


def _caps(rule: LikeDayRule, whole: Fraction) -> tuple[Fraction | None, Fraction | None]:
    """The most that is adjusted up and down."""
    up, down = (None if ppm is None else whole * Fraction(ppm, 10**6) for ppm in (rule.up_ppm, rule.down_ppm))
    return up, down


# --- for explain --------------------------------------------------------------------------------------------


class DayLookedAt(NamedTuple):
    """A day that a baseline looked at: the mean load of each clock hour of the event, None where it has no
    reading; its energy in the event's clock window; whether it was taken, and the reason.
    """

    day: date
    powers_w: tuple[Fraction | None, ...]
    energy_ws: Fraction | None
    taken: bool
    why: str


class DaysLookedAt(NamedTuple):
    """The clock hours of an event (``14:00``), the days that its baseline looked at, the latest first, and
    the number of like days it needs.
    """

    hours: tuple[str, ...]
    days: tuple[DayLookedAt, ...]
    wanted: int


def days_looked_at(
    terms: Mapping[str, Any], event: BaselineEvent, load: MeteredLoad, called: Sequence[Window]
) -> DaysLookedAt | None:
    """The days behind a baseline by like days, taken and not; None for another method."""
    rule = rule_of(terms)
    if rule is None or not event.intervals:
        return None
    tz = zone(terms["tz"])
    day = local_time(event.start_s, tz).date()
    kept, looked_at = rule.numbers(_is_working(day, frozenset(terms["holidays"])))
    adjusting = load.within(_adjustment_window(rule, event)) if rule.adjustment != "none" else []
    hours: dict[str, list[int]] = {}
    for n, interval in enumerate(event.intervals):
        hours.setdefault(f"{local_time(interval.start_s, tz):%H}:00", []).append(n)
    seen: list[_LikeDay] = []
    for one in _looked_at(rule, day, terms, event, adjusting, load, called):
        seen.append(one)
        if sum(each.why is None for each in seen) == looked_at:
            break
    found = [one for one in seen if one.why is None]
    enough = looked_at if rule.least is None else max(rule.least, 1)
    taken = {one.day for one in _kept(found, kept, rule.take)} if len(found) >= enough else set()
    shown = tuple(_shown(one, list(hours.values()), one.day in taken, len(found), enough) for one in seen)
    return DaysLookedAt(tuple(hours), shown, looked_at)


def _shown(
    one: _LikeDay, hours: Sequence[Sequence[int]], taken: bool, found: int, wanted: int
) -> DayLookedAt:
    powers_w = []
    for numbers in hours:
        some = [one.event[n] for n in numbers] if one.event else []
        whole = bool(some) and all(some)
        seconds = sum(each[0].seconds for each in some) if whole else 0
        energy_ws = sum((_mean(each) * each[0].seconds for each in some), Fraction(0)) if whole else None
        powers_w.append(None if energy_ws is None else Fraction(energy_ws) / seconds)
    short = f"like day, but {found} of {wanted} were found"
    why = one.why or ("like day" if taken else "less energy than those taken" if found >= wanted else short)
    return DayLookedAt(one.day, tuple(powers_w), None if one.why else one.energy_ws, taken, why)
