"""How one dispatch was answered, from its program's meters: what the report dispatch-performance says in its
columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import takewhile
from typing import Any, Final, NamedTuple

from ledger.calendar import Window
from projections.engine.fold import Key, Rows
from projections.engine.report import Scope
from projections.engine.windows import FOREVER
from projections.figures.baselines import Baseline, BaselineEvent, baseline, look_back_s, mean_w
from projections.figures.metered_load import Days, Interval, days_of, load_of
from projections.rows.dispatches import DISPATCH, DispatchCall, call
from projections.rows.programs import PROGRAM, terms_at
from projections.rows.targets_reached import ANSWER

AFTER_S: Final = 2 * 3600
SAME_DAY_S: Final = 3 * 3600
# classes that a caller asked for; the others are the operator's own, or tests
REQUESTED: Final = ("emergency", "capacity", "utility-economic", "market")
FIRM: Final = "firm-service-level"


class EvaluatedInterval(NamedTuple):
    """One evaluated interval: its baseline, baseline - metered, whether it passes; None where that is
    unknown.
    """

    interval: Interval
    baseline_w: Fraction | None
    reduction_w: Fraction | None
    passed: bool | None


class Answered(NamedTuple):
    """A dispatch with what came of it. ``terms`` are empty without a program; ``before`` is the last interval
    before the start.
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

    # --- of all intervals together --------------------------------------------------------------------------

    @property
    def method(self) -> str | None:
        """The program's method."""
        return self.terms.get("method")

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
        """Do all pass? None where none fails and one is unknown, or a reading is missing, or it is not over,
        or nothing is evaluated.
        """
        found = [slot.passed for slot in self.slots]
        if False in found:
            return False
        return None if None in found or not found or self.missing_s or not self.is_over else True

    @property
    def sustained_s(self) -> int | None:
        """The longest run of passing intervals that follow each other."""
        if not self.slots or None in [slot.passed for slot in self.slots]:
            return None
        longest = held = last = 0
        for interval, _, _, passed in self.slots:
            held = (held if interval.start_s == last else 0) + interval.seconds if passed else 0
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
        """The load that was to be reached: the target of a reduce-to, the firm service level, else mean
        baseline - target.
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
        """Until the last block said that its target is reached, else until the load is at or below target and
        stays there.
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
    """What every dispatch is measured from: all rows, readings by meter, and the requested and test
    dispatches of each (site, program).
    """

    rows: Rows
    days: Days
    called: Mapping[Key, Sequence[Window]]
    window: Window


def seen(rows: Rows, scope: Scope) -> MeasuredFrom:
    """The rows once prepared for all dispatches of a report."""
    called: dict[Key, list[Window]] = {}
    for (site, _), row in rows[DISPATCH.name].items():
        one = call(row, scope.window.stop_s)
        if one is not None and one.took_place and one.called.dispatch_class in (*REQUESTED, "test"):
            window = Window(one.start_s, FOREVER if one.stop_s is None else one.stop_s)
            called.setdefault((site, str(one.called.program)), []).append(window)
    return MeasuredFrom(rows, days_of(rows), called, scope.window)


def answered(site: str, name: str, of: MeasuredFrom) -> Answered | None:
    """What came of a dispatch that started in the window; None for another, and for one that was cancelled
    before it started.
    """
    start_s, before_s = of.window
    one = call(of.rows[DISPATCH.name].get((site, name), ()), before_s)
    if one is None or not one.took_place or not start_s <= one.start_s < before_s:
        return None
    program = one.called.program
    enrolled = of.rows[PROGRAM.name].get((site, str(program)), ()) if program else ()
    terms = terms_at(enrolled, one.start_s, before_s)
    reached = [fact.at_s for fact in of.rows[ANSWER.name].get((site, name), ()) if fact.at_s < before_s]
    return _measured(site, name, one, terms, of)._replace(reached_s=max(reached, default=None))


def _measured(
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
    looked_at = Window(one.start_s - look_back_s(terms), min(stop_s + SAME_DAY_S, before_s))
    load = load_of(of.days, site, terms["meters"], looked_at)
    intervals = load.within(Window(one.start_s, stop_s))
    after = load.within(Window(stop_s, min(stop_s + AFTER_S, before_s))) if bare.is_over else []
    event = BaselineEvent(one.start_s, one.stop_s, one.notified_s, intervals, after)
    found = baseline(terms, event, load, of.called.get((site, str(one.called.program)), ()))
    window = Window(one.start_s, stop_s)
    return bare._replace(
        slots=tuple(_slot(interval, found, terms, committed_w) for interval in intervals),
        baseline=found,
        before=tuple(load.before(one.start_s, 1)),
        after=tuple(after),
        missing_s=window.stop_s - window.start_s - load.known_s(window),
    )


def _slot(
    interval: Interval, found: Baseline, terms: Mapping[str, Any], committed_w: int | None
) -> EvaluatedInterval:
    if terms["method"] == FIRM:
        level = terms.get("firm_service_level_w")
        return EvaluatedInterval(interval, None, None, None if level is None else interval.power_w <= level)
    baseline_w = found.powers_w.get(interval.start_s)
    if baseline_w is None:
        return EvaluatedInterval(interval, None, None, None)
    reduction_w = baseline_w - interval.power_w
    return EvaluatedInterval(
        interval, baseline_w, reduction_w, None if committed_w is None else reduction_w >= committed_w
    )
