"""The response to one dispatch, from its program's meters: the columns of the report dispatch-performance.

Dispatches of one program over the same meters and hours share one reduction, which is counted once. In each
interval the dispatches get their part in order of notification: each at most what was asked of it, what its
own baseline shows, and what those before it leave of the largest reduction that any of them shows.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import takewhile
from typing import Any, Final, NamedTuple

from ledger.calendar import Window
from projections.engine.fold import Key, Rows
from projections.engine.report import Scope, found_for
from projections.engine.windows import FOREVER
from projections.figures.baselines import (
    Baseline,
    BaselineEvent,
    DaysLookedAt,
    baseline,
    days_looked_at,
    look_back_s,
    mean_w,
)
from projections.figures.like_day_rules import rule_of
from projections.figures.metered_load import Days, Interval, MeteredLoad, days_of, load_of
from projections.rows.dispatches import DISPATCH, DispatchCall, call
from projections.rows.programs import PROGRAM, terms_at
from projections.rows.targets_reached import ANSWER

AFTER_S: Final = 2 * 3600
SAME_DAY_S: Final = 3 * 3600
# classes that a caller asked for; the others are the operator's own, or tests
REQUESTED: Final = ("emergency", "capacity", "utility-economic", "market")
FIRM: Final = "firm-service-level"


class EvaluatedInterval(NamedTuple):
    """One evaluated interval: its baseline, the reduction that counts, whether it passes, and baseline -
    metered; None where unknown.
    """

    interval: Interval
    baseline_w: Fraction | None
    reduction_w: Fraction | None
    passed: bool | None
    measured_w: Fraction | None

    @property
    def overlap_w(self) -> Fraction | None:
        """The part of baseline - metered that is not counted for this dispatch."""
        if self.measured_w is None or self.reduction_w is None:
            return None
        return self.measured_w - self.reduction_w


class Answered(NamedTuple):
    """A dispatch and its response.

    ``terms`` are empty without a program; ``before`` is the last interval before the start; ``all_intervals``
    counts those without a reading too, None where no reading gives their length, and ``counted_by`` the
    readings that give it; ``others`` are the dispatches that it shares its reduction with.
    """

    site: str
    name: str
    call: DispatchCall
    terms: Mapping[str, Any]
    committed_w: int | None
    slots: tuple[EvaluatedInterval, ...]
    baseline: Baseline
    before: tuple[Interval, ...]
    after: tuple[Interval, ...]
    missing_s: int
    is_over: bool
    reached_s: int | None
    all_intervals: int | None = None
    counted_by: tuple[Interval, ...] = ()
    others: tuple[Answered, ...] = ()

    # --- of all intervals together --------------------------------------------------------------------------

    @property
    def method(self) -> str | None:
        """The program's method, or the name of its own numbers."""
        rule = rule_of(self.terms) if self.terms else None
        return self.terms.get("method") if rule is None else rule.name

    @property
    def baseline_w(self) -> Fraction | None:
        """The mean baseline; None unless every interval has one."""
        return _mean(self.slots, [slot.baseline_w for slot in self.slots])

    @property
    def metered_w(self) -> Fraction | None:
        """The mean load."""
        return mean_w(slot.interval for slot in self.slots)

    @property
    def reduction_w(self) -> Fraction | None:
        """mean(r)"""
        return _mean(self.slots, [slot.reduction_w for slot in self.slots])

    @property
    def overlap_w(self) -> Fraction | None:
        """The mean of the reduction that is not counted for it."""
        return _mean(self.slots, [slot.overlap_w for slot in self.slots])

    @property
    def energy_ws(self) -> Fraction | None:
        """sum of r x time"""
        mean = self.reduction_w
        return None if mean is None else mean * sum(slot.interval.seconds for slot in self.slots)

    @property
    def capped_w(self) -> Fraction | None:
        """mean(min(committed, max(0, r)))"""
        most = self.committed_w
        if most is None:
            return None
        values = [slot.reduction_w for slot in self.slots]
        return _mean(
            self.slots, [None if r is None else min(Fraction(most), max(Fraction(0), r)) for r in values]
        )

    @property
    def passed(self) -> bool | None:
        """True where all intervals pass. None where none fails and one is unknown, or a reading is missing,
        or it is not over, or nothing is evaluated.
        """
        found = [slot.passed for slot in self.slots]
        if False in found:
            return False
        return None if None in found or not found or self.missing_s or not self.is_over else True

    @property
    def sustained_s(self) -> int | None:
        """The longest run of consecutive passing intervals."""
        if not self.slots or None in [slot.passed for slot in self.slots]:
            return None
        longest = held = last = 0
        for slot in self.slots:
            interval = slot.interval
            held = (held if interval.start_s == last else 0) + interval.seconds if slot.passed else 0
            longest, last = max(longest, held), interval.stop_s
        return longest

    @property
    def rebound_w(self) -> Fraction | None:
        """max(metered - baseline) in the time after"""
        powers = self.baseline.powers_w
        return max((i.power_w - powers[i.start_s] for i in self.after if i.start_s in powers), default=None)

    # --- how fast -------------------------------------------------------------------------------------------

    @property
    def target_w(self) -> Fraction | None:
        """The load to reach: the target of a reduce-to, the firm service level, else mean baseline -
        target.
        """
        if self.call.called.mode == "reduce-to":
            return Fraction(self.call.target_w)
        if self.method == FIRM:
            level = self.terms.get("firm_service_level_w")
            return None if level is None else Fraction(level)
        mean = self.baseline_w
        return None if mean is None else mean - self.call.target_w

    @property
    def response_s(self) -> int | None:
        """Time until the last block reports its target reached, else until the load stays at or below the
        target.
        """
        if self.reached_s is not None:
            return self.reached_s - self.call.start_s
        staying = list(takewhile(self._is_at_target, reversed(self.slots)))
        return staying[-1].interval.start_s - self.call.start_s if staying else None

    def _is_at_target(self, slot: EvaluatedInterval) -> bool:
        if self.call.called.mode == "reduce-by" and self.method != FIRM:
            return slot.reduction_w is not None and slot.reduction_w >= self.call.target_w
        return self.target_w is not None and slot.interval.power_w <= self.target_w

    @property
    def ramp_w_per_s(self) -> Fraction | None:
        """(last interval before start - target) / response"""
        target_w, response_s = self.target_w, self.response_s
        if not self.before or target_w is None or response_s is None or response_s <= 0:
            return None
        return Fraction(self.before[-1].power_w - target_w) / response_s


def _mean(slots: Sequence[EvaluatedInterval], values: Sequence[Fraction | None]) -> Fraction | None:
    """The mean of a value of each interval by time; None where one is unknown."""
    known = [value for value in values if value is not None]
    if not slots or len(known) < len(slots):
        return None
    return mean_w(slot.interval._replace(power_w=value) for slot, value in zip(slots, known, strict=True))


class MeasuredFrom(NamedTuple):
    """The data that every dispatch is measured from: all rows, readings by meter, the requested and test
    dispatches of each (site, program), and all that took place by name.

    ``measured`` and ``allotted`` cache results: dispatches that were never released overlap each other for
    months.
    """

    rows: Rows
    days: Days
    called: Mapping[Key, Sequence[Window]]
    calls: Mapping[Key, Mapping[str, DispatchCall]]
    window: Window
    measured: dict[Key, Answered]
    allotted: dict[Any, Mapping[str, Fraction | None]]


def seen(rows: Rows, scope: Scope) -> MeasuredFrom:
    """The rows once prepared for all dispatches of a report."""
    return found_for(rows, scope, _seen)


def _seen(rows: Rows, scope: Scope) -> MeasuredFrom:
    rows = dict(rows)  # what is kept with rows does not hold them
    called: dict[Key, list[Window]] = {}
    calls: dict[Key, dict[str, DispatchCall]] = {}
    for (site, name), row in rows[DISPATCH.name].items():
        one = call(row, scope.window.stop_s)
        if one is None or not one.took_place:
            continue
        program = (site, str(one.called.program))
        if one.called.program:
            calls.setdefault(program, {})[name] = one
        if one.called.dispatch_class in (*REQUESTED, "test"):
            window = Window(one.start_s, FOREVER if one.stop_s is None else one.stop_s)
            called.setdefault(program, []).append(window)
    return MeasuredFrom(rows, days_of(rows), called, calls, scope.window, {}, {})


def answered(site: str, name: str, of: MeasuredFrom) -> Answered | None:
    """The response to a dispatch that started in the window; None for another, and for one cancelled before
    it started.
    """
    start_s, before_s = of.window
    one = call(of.rows[DISPATCH.name].get((site, name), ()), before_s)
    if one is None or not one.took_place or not start_s <= one.start_s < before_s:
        return None
    reached = [fact.at_s for fact in of.rows[ANSWER.name].get((site, name), ()) if fact.at_s < before_s]
    alone = _measured(site, name, one, of)
    return _counted_once(alone, _sharing(alone, of), of)._replace(reached_s=max(reached, default=None))


def _measured(site: str, name: str, one: DispatchCall, of: MeasuredFrom) -> Answered:
    """A dispatch measured as if there were no other."""
    found = of.measured.get((site, name))
    if found is None:
        program = one.called.program
        enrolled = of.rows[PROGRAM.name].get((site, str(program)), ()) if program else ()
        terms = terms_at(enrolled, one.start_s, of.window.stop_s)
        found = of.measured[site, name] = _evaluated(site, name, one, terms, of)
    return found


def _evaluated(
    site: str, name: str, one: DispatchCall, terms: Mapping[str, Any], of: MeasuredFrom
) -> Answered:
    before_s = of.window.stop_s
    stop_s = before_s if one.stop_s is None else min(one.stop_s, before_s)
    committed_w = one.target_w if one.called.mode == "reduce-by" else terms.get("committed_w")
    bare = Answered(
        site, name, one, terms, committed_w, (), Baseline(), (), (), 0, one.stop_s == stop_s, None
    )
    if not terms:
        return bare
    window = Window(one.start_s, stop_s)
    event, load = _event(site, one, terms, of)
    intervals, after = event.intervals, event.after
    found = baseline(terms, event, load, _called(site, one, of))
    nearest, known = load.nearest(stop_s), load.parts(window)
    return bare._replace(
        slots=tuple(_slot(interval, found, terms, committed_w) for interval in intervals),
        baseline=found,
        before=tuple(load.before(one.start_s, 1)),
        after=tuple(after),
        missing_s=window.stop_s - window.start_s - sum(part.seconds for part in known),
        all_intervals=None if nearest is None else len(intervals) + _missing(nearest, known, window),
        counted_by=() if nearest is None else (nearest, *known[:1], *known[-1:]),
    )


def _event(
    site: str, one: DispatchCall, terms: Mapping[str, Any], of: MeasuredFrom
) -> tuple[BaselineEvent, MeteredLoad]:
    """The dispatch as its baseline sees it, and the load that it looks at."""
    before_s = of.window.stop_s
    stop_s = before_s if one.stop_s is None else min(one.stop_s, before_s)
    looked_at = Window(one.start_s - look_back_s(terms), min(stop_s + SAME_DAY_S, before_s))
    load = load_of(of.days, site, terms["meters"], looked_at)
    is_over = one.stop_s == stop_s
    after = load.within(Window(stop_s, min(stop_s + AFTER_S, before_s))) if is_over else []
    intervals = load.within(Window(one.start_s, stop_s))
    return BaselineEvent(one.start_s, one.stop_s, one.notified_s, intervals, after), load


def _called(site: str, one: DispatchCall, of: MeasuredFrom) -> Sequence[Window]:
    return of.called.get((site, str(one.called.program)), ())


def days_behind(one: Answered, of: MeasuredFrom) -> DaysLookedAt | None:
    """The days that the baseline of a dispatch looked at; None where its method looks at none."""
    if not one.terms:
        return None
    event, load = _event(one.site, one.call, one.terms, of)
    return days_looked_at(one.terms, event, load, _called(one.site, one.call, of))


def _slot(
    interval: Interval, found: Baseline, terms: Mapping[str, Any], committed_w: int | None
) -> EvaluatedInterval:
    if terms["method"] == FIRM:
        level = terms.get("firm_service_level_w")
        passed = None if level is None else interval.power_w <= level
        return EvaluatedInterval(interval, None, None, passed, None)
    baseline_w = found.powers_w.get(interval.start_s)
    if baseline_w is None:
        return EvaluatedInterval(interval, None, None, None, None)
    reduction_w = baseline_w - interval.power_w
    passed = None if committed_w is None else reduction_w >= committed_w
    return EvaluatedInterval(interval, baseline_w, reduction_w, passed, reduction_w)


def _missing(nearest: Interval, known: Sequence[Interval], window: Window) -> int:
    """The intervals of a window without a reading, on the grid of the nearest one with a reading."""
    at_s, missing = window.start_s, 0
    for start_s, stop_s in (*(part[:2] for part in known), (window.stop_s, window.stop_s)):
        first = -((nearest.start_s - at_s) // nearest.seconds)
        missing += max(0, (start_s - nearest.start_s) // nearest.seconds - first)
        at_s = stop_s
    return missing


# --- counted once -------------------------------------------------------------------------------------------


def _sharing(one: Answered, of: MeasuredFrom) -> list[Answered]:
    """The other dispatches of its program over the same meters and hours, in order of notification."""
    return _over_the_same(one, str(one.call.called.program), of)


def of_other_programs(one: Answered, of: MeasuredFrom) -> list[Answered]:
    """The dispatches of other programs over the same meters and hours: each program counts the reduction for
    itself.
    """
    programs = sorted(program for site, program in of.calls if site == one.site)
    others = (each for each in programs if each != one.call.called.program)
    return [other for program in others for other in _over_the_same(one, program, of)]


def _over_the_same(one: Answered, program: str, of: MeasuredFrom) -> list[Answered]:
    if not one.slots or one.method == FIRM:
        return []
    hours = Interval(one.slots[0].interval.start_s, one.slots[-1].interval.stop_s, Fraction(0))
    meters = frozenset(one.terms["meters"])
    found = []
    for name, call_ in of.calls[one.site, program].items():
        ends_s = FOREVER if call_.stop_s is None else call_.stop_s
        if name != one.name and call_.start_s < hours.stop_s and hours.start_s < ends_s:
            other = _measured(one.site, name, call_, of)
            same = other.method != FIRM and meters & {*other.terms.get("meters", ())}
            if same and any(_reaching(other, hours)):
                found.append(other)
    return sorted(found, key=in_order)


def in_order(one: Answered) -> tuple[int, int, str]:
    """By notification, then by start."""
    return one.call.notified_s, one.call.start_s, one.name


def _counted_once(one: Answered, others: Sequence[Answered], of: MeasuredFrom) -> Answered:
    """A dispatch with the part of its reduction that counts for it, beside the others."""
    if not others:
        return one
    group = sorted((one, *others), key=in_order)
    shared = (one.site, str(one.call.called.program), frozenset(one.terms["meters"]))
    slots = []
    for slot in one.slots:
        key = (*shared, slot.interval[:2])
        if key not in of.allotted:
            of.allotted[key] = _allotted(group, slot.interval)
        allotted = of.allotted[key]
        slots.append(_with(slot, allotted[one.name], one.committed_w) if len(allotted) > 1 else slot)
    return one._replace(slots=tuple(slots), others=tuple(others))


def _with(
    slot: EvaluatedInterval, reduction_w: Fraction | None, committed_w: int | None
) -> EvaluatedInterval:
    passed = None if reduction_w is None or committed_w is None else reduction_w >= committed_w
    return slot._replace(reduction_w=reduction_w, passed=passed)


def _allotted(group: Sequence[Answered], interval: Interval) -> dict[str, Fraction | None]:
    """The reduction counted for each dispatch that evaluates part of an interval, in order of notification;
    None for those after one whose reduction is unknown.
    """
    parts = {one.name: part for one in group if (part := _part(one, interval)) is not None}
    shown = [part.measured_w for part in parts.values() if part.measured_w is not None]
    left: Fraction | None = max(shown, default=Fraction(0))
    found: dict[str, Fraction | None] = {}
    for name, (measured_w, asked_w) in parts.items():
        counted = None
        if left is not None and measured_w is not None:
            counted = measured_w if measured_w <= 0 else min(asked_w, measured_w, left)
            left = max(Fraction(0), left - max(Fraction(0), counted))
        else:
            left = None
        found[name] = counted
    return found


class _SharedPart(NamedTuple):
    """The reduction a dispatch shows in an interval and the target there; None where unknown."""

    measured_w: Fraction | None
    asked_w: Fraction


def _part(one: Answered, interval: Interval) -> _SharedPart | None:
    """A dispatch's part of an interval, by time; None where it evaluates none of it."""
    reaching = list(_reaching(one, interval))
    if not reaching:
        return None
    measured, asked = Fraction(0), Fraction(0)
    for slot, seconds in reaching:
        if slot.measured_w is None or slot.baseline_w is None:
            return _SharedPart(None, Fraction(0))
        least = slot.baseline_w - one.call.target_w if one.committed_w is None else Fraction(one.committed_w)
        measured += slot.measured_w * seconds
        asked += max(Fraction(0), least) * seconds
    share = Fraction(1, interval.seconds)
    return _SharedPart(measured * share, asked * share)


def _reaching(one: Answered, interval: Interval) -> Iterator[tuple[EvaluatedInterval, int]]:
    """The evaluated intervals of a dispatch that reach into an interval, and by how many seconds."""
    first = bisect_right(one.slots, interval.start_s, key=_stops_s)
    for n in range(first, bisect_left(one.slots, interval.stop_s, key=_starts_s)):
        slot = one.slots[n]
        yield slot, min(slot.interval.stop_s, interval.stop_s) - max(slot.interval.start_s, interval.start_s)


def _starts_s(slot: EvaluatedInterval) -> int:
    return slot.interval.start_s


def _stops_s(slot: EvaluatedInterval) -> int:
    return slot.interval.stop_s
