"""Dispatch performance: was each dispatch answered, how fast, how deep, for how long, by the method of its
program.

One row for each dispatch that starts in the window; one cancelled before its start has none. Figures are of
the whole dispatch, [start, released or stop), as far as the window's end: a dispatch that goes on beyond it,
and what comes after it, is seen by asking for a longer window. With --intervals a row for each evaluated
interval follows, named by its start.

evaluated   = intervals of the program's meters (summed) wholly in the dispatch; metered is their mean load.
              Means are by time
committed   = target of a reduce-by, else the program's committed power, by the terms in force at the start
measured    = baseline - metered, of each interval
r           = measured, counted once: where dispatches of one program are over the same meters and hours, they
              get their part of each interval in order of notification, each at most what was asked of it
              (committed, else baseline - target), what its own baseline shows, and what those before it leave
              of the largest reduction that any of them shows (own)
reduction   = mean(r); overlap = mean(measured - r), what is counted for others or beyond what was asked of
              all; energy = sum of r x time
performance = mean(r) / committed; capped = mean(min(1, max(0, r / committed)))
passed      = every interval passes: r >= committed, under firm-service-level metered <= level (then baseline,
              reduction and performance are null). Unknown where no interval fails but a reading is missing or
              it is not over (own)
notice      = start - notification, negative if notified later; ack = acknowledgement - notification
response    = latest curtailment-target-reached - start, else start of the first interval at or below target
              and staying - start
target      = the load of a reduce-to, the firm service level, or mean baseline - target of a reduce-by
ramp        = (last interval before the start - target) / response, null unless response is above 0
sustained   = longest run of passing intervals; rebound = max(metered - baseline) in the 2 h after
all         = the evaluated intervals and, on their grid, those without a reading, as far as the window's end
why         = in words, what made it pass or fail or what keeps it from being judged
credit      = as of the latest settlement, and so are penalty and reported; difference = reported -
              performance, capped if the program is capped

No program: method, performance and all that is metered are null. Each figure is rounded once, half to even.

Dispatches of different programs over the same meters and hours each have all of the reduction; a note says
so.

Definition 2 counts a reduction once. By definition 1 two dispatches over the same hours both had all of it:
90.93 MW were 151 % of one and 202 % of the other, and both passed. It adds overlap_w, evaluated_intervals,
all_intervals and why.

Baselines, by version 1 of the methods; an open dispatch has none by same-day-3-2:
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final

from msgspec import UNSET

from ledger.calendar import Window, format_instant
from ledger.kinds import DispatchDeclined, DispatchDisputed, DispatchSettled
from ledger.units import ppm, rounded
from projections.engine.amounts import said
from projections.engine.fold import Key, Rows
from projections.engine.pictures import Layer, Picture, Plot, Shade, Time
from projections.engine.report import (
    Answer,
    Behind,
    Cell,
    Column,
    Lead,
    LeadFigure,
    Number,
    Parameter,
    Report,
    Scope,
    exact,
    no_workings,
)
from projections.engine.words import (
    Line,
    by_name,
    counted,
    duration,
    listed,
    number_of,
    numbers,
    out_of,
    percent,
    sentence,
    total,
    verb,
)
from projections.figures import baselines
from projections.figures.availability import held_in
from projections.figures.baseline_workings import workings
from projections.figures.baselines import METHODS_VERSION
from projections.figures.contradictions import unusual
from projections.figures.dispatch_reason import interval_reason, reason
from projections.figures.dispatch_response import (
    FIRM,
    Answered,
    EvaluatedInterval,
    MeasuredFrom,
    answered,
    of_other_programs,
    seen,
)
from projections.figures.metered_load import Interval, load_of
from projections.rows.blocks import BLOCK
from projections.rows.curtailments import CURTAILMENT
from projections.rows.dispatches import DISPATCH, call
from projections.rows.meters import METER_DAY
from projections.rows.programs import PROGRAM
from projections.rows.restored_loads import RESTORED
from projections.rows.targets_reached import ANSWER

CALLED: Final = (DISPATCH.name,)
TERMS: Final = (DISPATCH.name, PROGRAM.name)
LOADED: Final = (*TERMS, METER_DAY.name)
FAST: Final = (*LOADED, ANSWER.name)
OTHERS: Final = ("dispatch",)  # a baseline leaves out the days of the program's other dispatches


def _of_load(name: str, title: str, definition: str, unit: str, of: tuple[str, ...] = ()) -> Column:
    return Column(name, title, definition, unit, of, LOADED, OTHERS)


COLUMNS: Final = (
    Column("dispatch", "Dispatch", "the dispatch", unit=""),
    Column("program", "Program", "the program that called; null without one", unit=""),
    Column("site", "Site", "the site", unit=""),
    Column("interval", "Interval", "start of an evaluated interval; null for the whole dispatch", unit=""),
    Column("dispatch_class", "Class", "why it was called", unit="", draws=CALLED),
    Column("method", "Method", "how performance is measured; null without a program", unit="", draws=TERMS),
    Column("method_version", "Method version", "version of the method as defined here", unit="", draws=TERMS),
    Column("start", "Start", "when it began", unit="", draws=CALLED),
    Column("stop", "Stop", "release or stop; null while it is open", unit="", draws=CALLED),
    Column("target_w", "Target", "load of a reduce-to, reduction of a reduce-by", unit="W", draws=CALLED),
    Column("committed_w", "Committed", "target of a reduce-by, else the program's", unit="W", draws=TERMS),
    _of_load("baseline_w", "Baseline", "mean baseline of the evaluated intervals", "W"),
    Column("metered_w", "Metered", "mean load of the evaluated intervals", unit="W", draws=LOADED),
    _of_load(
        "reduction_w",
        "Reduction",
        "mean(r): baseline - metered, counted once",
        "W",
        of=("baseline_w", "metered_w", "overlap_w"),
    ),
    _of_load(
        "performance_ppm",
        "Performance",
        "mean(r) / committed, uncapped",
        "ppm",
        of=("reduction_w", "committed_w"),
    ),
    _of_load(
        "performance_capped_ppm",
        "Capped",
        "mean(min(1, max(0, r / committed)))",
        "ppm",
        of=("reduction_w", "committed_w"),
    ),
    _of_load(
        "passed",
        "Passed",
        "every interval passes; null where a reading is missing or it is not over",
        "",
        of=("committed_w",),
    ),
    Column("notice_s", "Notice", "start - notification", unit="s", draws=CALLED, shown="min"),
    Column("ack_s", "Acknowledged", "acknowledgement - notification", unit="s", draws=CALLED, shown="min"),
    Column(
        "response_s", "Response", "target reached - start", unit="s", draws=FAST, beyond=OTHERS, shown="min"
    ),
    Column(
        "ramp_w_per_min",
        "Ramp",
        "(last interval before start - target) / response",
        unit="W/min",
        of=("response_s",),
        draws=FAST,
        beyond=OTHERS,
    ),
    _of_load("sustained_s", "Sustained", "longest run of passing intervals", "s"),
    _of_load("energy_wh", "Energy", "sum of r x time", "Wh"),
    _of_load("rebound_w", "Rebound", "max(metered - baseline) in the 2 h after", "W"),
    Column("credit_cents", "Credit", "as settled", unit="cent", draws=CALLED),
    Column("penalty_cents", "Penalty", "as settled", unit="cent", draws=CALLED),
    Column("reported_ppm", "Reported", "performance as settled", unit="ppm", draws=CALLED),
    _of_load(
        "difference_ppm",
        "Difference",
        "reported - performance, capped if the program is capped",
        "ppm",
        of=("reported_ppm", "performance_ppm", "performance_capped_ppm"),
    ),
    _of_load(
        "overlap_w",
        "Overlap",
        "mean of baseline - metered that is not counted here, as other dispatches of the program are over "
        "the same meters and hours",
        "W",
        of=("baseline_w", "metered_w"),
    ),
    Column("evaluated_intervals", "Evaluated", "intervals evaluated", unit="", draws=LOADED),
    Column(
        "all_intervals",
        "Of intervals",
        "intervals in it with or without a reading; null without any reading that tells how long they are",
        unit="",
        draws=LOADED,
    ),
    _of_load(
        "why",
        "Why",
        "why it passed, failed or cannot be judged",
        "",
        of=("passed", "committed_w", "overlap_w", "evaluated_intervals", "all_intervals"),
    ),
)
ALONE: Final = frozenset(
    ("baseline_w", "metered_w", "rebound_w", "evaluated_intervals", "all_intervals")
)  # what does not look at the dispatches that share a reduction
_NAMES: Final = tuple(column.name for column in COLUMNS)
_BEYOND: Final = {column.name: column.beyond for column in COLUMNS}


def compute(rows: Rows, scope: Scope) -> Answer:
    """By site and start, each dispatch followed by its intervals where they are asked for."""
    lines: list[tuple[Cell, ...]] = []
    notes: list[str] = []
    unread: Counter[str] = Counter()
    of = seen(rows, scope)
    found = (answered(site, name, of) for site, name in rows[DISPATCH.name] if site in scope.sites)
    for one in sorted((a for a in found if a is not None), key=lambda a: (a.site, a.call.start_s, a.name)):
        lines.append(_row(one, _settled(one, rows, scope)))
        notes += _notes(one, rows, scope)
        notes += _twice(one, of)
        unread[f"{one.site}/{_program(one)}"] += bool(one.terms) and not one.slots
        if scope.given.get("intervals"):
            lines += [_interval(one, slot) for slot in one.slots]
    notes += [
        f"{named}: no interval of its meters to evaluate in {count} of its dispatches"
        for named, count in unread.items()
        if count
    ]
    return Answer(tuple(lines), (*notes, *unusual(held_in(rows, scope), rows, scope)))


def _row(one: Answered, settled: DispatchSettled | None) -> tuple[Cell, ...]:
    performance, capped = _ppm(one.reduction_w, one), _ppm(one.capped_w, one)
    ours = capped if one.terms.get("capped") else performance
    reported = None if settled is None or settled.reported_ppm is UNSET else settled.reported_ppm
    acknowledged_s = one.call.acknowledged_s
    cells: dict[str, Cell] = {
        "dispatch_class": one.call.called.dispatch_class,
        "start": format_instant(one.call.start_s),
        "stop": None if one.call.stop_s is None else format_instant(one.call.stop_s),
        "target_w": one.call.target_w,
        "baseline_w": _rounded(one.baseline_w),
        "metered_w": _rounded(one.metered_w),
        "reduction_w": _rounded(one.reduction_w),
        "performance_ppm": performance,
        "performance_capped_ppm": capped,
        "passed": one.passed,
        "notice_s": one.call.start_s - one.call.notified_s,
        "ack_s": None if acknowledged_s is None else acknowledged_s - one.call.notified_s,
        "response_s": one.response_s,
        "ramp_w_per_min": _rounded(one.ramp_w_per_s, 60),
        "sustained_s": one.sustained_s,
        "energy_wh": _rounded(one.energy_ws, Fraction(1, 3600)),
        "rebound_w": _rounded(one.rebound_w),
        "credit_cents": None if settled is None else settled.credit_cents,
        "penalty_cents": None if settled is None else settled.penalty_cents,
        "reported_ppm": reported,
        "difference_ppm": None if reported is None or ours is None else reported - ours,
        "overlap_w": _rounded(one.overlap_w),
        "evaluated_intervals": len(one.slots) if one.terms else None,
        "all_intervals": one.all_intervals,
        "why": reason(one),
    }
    return _cells(one, None, cells)


def _interval(one: Answered, slot: EvaluatedInterval) -> tuple[Cell, ...]:
    interval, reduction_w = slot.interval, slot.reduction_w
    alone = one._replace(slots=(slot,))
    start = format_instant(interval.start_s)
    cells: dict[str, Cell] = {
        "dispatch_class": one.call.called.dispatch_class,
        "start": start,
        "stop": format_instant(interval.stop_s),
        "target_w": one.call.target_w,
        "baseline_w": _rounded(slot.baseline_w),
        "metered_w": _rounded(interval.power_w),
        "reduction_w": _rounded(reduction_w),
        "performance_ppm": _ppm(reduction_w, one),
        "performance_capped_ppm": _ppm(alone.capped_w, one),
        "passed": slot.passed,
        "energy_wh": _rounded(alone.energy_ws, Fraction(1, 3600)),
        "overlap_w": _rounded(slot.overlap_w),
        "why": interval_reason(one, slot),
    }
    return _cells(one, start, cells)


def _cells(one: Answered, interval: str | None, cells: Mapping[str, Cell]) -> tuple[Cell, ...]:
    named: dict[str, Cell] = {
        "dispatch": one.name,
        "program": _program(one),
        "site": one.site,
        "interval": interval,
        "method": one.method,
        "method_version": METHODS_VERSION if one.method else None,
        "committed_w": one.committed_w,
    }
    return tuple({**named, **cells}.get(name) for name in _NAMES)


def _program(one: Answered) -> str | None:
    program = one.call.called.program
    return None if program is UNSET else program


def _rounded(value: Fraction | None, times: Fraction | int = 1) -> int | None:
    return None if value is None else rounded(value * times)


def _ppm(value: Fraction | None, one: Answered) -> int | None:
    return None if value is None or one.committed_w is None else ppm(value, one.committed_w)


def _settled(one: Answered, rows: Rows, scope: Scope) -> DispatchSettled | None:
    """The latest settlement known in the window."""
    facts = rows[DISPATCH.name][one.site, one.name]
    found = [f.body for f in facts if isinstance(f.body, DispatchSettled) and f.at_s < scope.window.stop_s]
    return found[-1] if found else None


def _notes(one: Answered, rows: Rows, scope: Scope) -> Iterator[str]:
    named = f"{one.site}/{one.name}"
    if _program(one) is not None and not one.terms:
        yield f"{named}: {_program(one)} has no terms in force at its start"
    if one.slots and one.baseline.why is not None:
        yield f"{named}: no baseline: {one.baseline.why}"
    if one.slots and one.missing_s:
        yield f"{named}: no readings for {duration(one.missing_s)} of it"
    overlap_w = _rounded(one.overlap_w)
    if overlap_w:
        others = ", ".join(other.name for other in one.others)
        yield (
            f"{named}: over the same meters and hours as {others}; the reduction is counted once, in order of"
            f" notification, and {said(overlap_w, 'W')} of it are not counted here"
        )
    if not one.is_over:
        yield f"{named}: goes on beyond the window, and is evaluated as far as its end"
    for fact in rows[DISPATCH.name][one.site, one.name]:
        if fact.at_s < scope.window.stop_s and isinstance(fact.body, DispatchDeclined | DispatchDisputed):
            what = "declined" if isinstance(fact.body, DispatchDeclined) else "disputed"
            yield f"{named}: {what} at {format_instant(fact.at_s)}: {fact.body.cause}"


def _twice(one: Answered, of: MeasuredFrom) -> Iterator[str]:
    for other in of_other_programs(one, of):
        yield (
            f"{one.site}/{one.name}: over the same meters and hours as {other.name} of program"
            f" {_program(other)}; the reduction counts for both programs"
        )


def behind(rows: Rows, scope: Scope, cells: Mapping[str, Cell], column: str) -> Behind:
    """The dispatch and its program; of the readings those it is evaluated by and its baseline is made of."""
    site, name, program = (str(cells[part]) for part in ("site", "dispatch", "program"))
    of = seen(rows, scope)
    one = answered(site, name, of)
    assert one is not None, "a row of the report is of a dispatch that was answered"
    all_of_them = [one] if column in ALONE else [one, *one.others]
    made_of = [
        interval
        for each in all_of_them
        for some in (
            each.baseline.made_of,
            each.before,
            each.after,
            each.counted_by,
            (slot.interval for slot in each.slots),
        )
        for interval in some
    ]
    days = {format_instant(at_s)[:10] for i in made_of for at_s in (i.start_s, i.stop_s - 1)}
    meters = frozenset(meter for each in all_of_them for meter in each.terms.get("meters", ()))
    names = frozenset(each.name for each in all_of_them)
    like_days = any(each.baseline.days for each in all_of_them)
    last_s = max(each.call.start_s for each in all_of_them)
    first_s = min([*(each.call.start_s for each in all_of_them), *(i.start_s for i in made_of)])

    def counts(kind: str, key: Key) -> bool:
        if kind == METER_DAY.name:
            return key[1] in meters and key[2] in days
        if kind == PROGRAM.name:
            return cells["program"] is not None
        if key[1] == name or (kind == DISPATCH.name and key[1] in names):
            return True
        other = call(rows[DISPATCH.name].get(key, ()), scope.window.stop_s)
        if kind == ANSWER.name or not like_days or other is None or other.called.program != program:
            return False
        return other.start_s < last_s and (other.stop_s is None or other.stop_s >= first_s)

    worked_out = (
        (lambda: tuple(workings(one, of))) if column in ("baseline_w", "reduction_w") else no_workings
    )
    put_in = (lambda: _numbers(one)) if "dispatch" in _BEYOND[column] else tuple
    return Behind(counts, put_in, Window(first_s, scope.window.stop_s), workings=worked_out)


def _numbers(one: Answered) -> tuple[Number, ...]:
    found = one.baseline
    days = [Number("like days", " ".join(day.isoformat() for day in found.days), "")] if found.days else []
    if found.adjustment is not None:
        days.append(Number("adjustment", exact(found.adjustment.added_w), "W"))
    return tuple(days)


# --- first screen -------------------------------------------------------------------------------------------


_FEW: Final = 3


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """How many of the dispatches that a program called passed, and what came of the others."""
    whole = [line for line in by_name(COLUMNS, answer.rows) if line["interval"] is None]
    called = [line for line in whole if line["program"] is not None]
    passed, failed, unknown = (
        [line for line in called if line["passed"] is how] for how in (True, False, None)
    )
    figures = (
        LeadFigure("Passed", f"{len(passed)} of {len(called)}", ""),
        LeadFigure("Failed", len(failed), ""),
        LeadFigure("Cannot be judged", len(unknown), ""),
        LeadFigure("Lowest performance", min(numbers(called, "performance_ppm"), default=None), "ppm"),
        LeadFigure("Energy let go", total(called, "energy_wh"), "Wh"),
    )
    own = len(whole) - len(called)
    shared = sum(bool(line["overlap_w"]) for line in called)
    if not whole:
        return Lead("No dispatch started in this window.", figures)
    if not called:
        what = "dispatch of this window was" if own == 1 else f"{own:,} dispatches of this window were"
        return Lead(f"The {what} not called by a program, so nothing is judged.", figures)
    verdict = sentence(
        _passed(called, passed, failed, unknown, scope),
        _failed(called, failed),
        _unknown(called, unknown, scope),
        f"{counted(shared, 'dispatch', 'dispatches')} {verb(shared, 'shares', 'share')} a reduction that is counted once"
        if shared
        else "",
        f"{own:,} more {verb(own, 'was', 'were')} not called by a program and {verb(own, 'is', 'are')} not judged"
        if own
        else "",
    )
    return Lead(verdict, figures)


def _passed(
    called: Sequence[Line],
    passed: Sequence[Line],
    failed: Sequence[Line],
    unknown: Sequence[Line],
    scope: Scope,
) -> str:
    if len(called) == 1:
        judged = "passed" if passed else "failed" if failed else f"cannot be judged{_reasons(unknown, scope)}"
        return f"The only dispatch called by a program {judged}"
    if len(unknown) == len(called):
        return (
            f"None of {len(called):,} dispatches called by a program can be judged{_reasons(unknown, scope)}"
        )
    if len(passed) == len(called):
        return f"All {len(called):,} dispatches called by a program passed"
    return f"{out_of(len(passed), len(called))} dispatches called by a program passed"


def _failed(called: Sequence[Line], failed: Sequence[Line]) -> str:
    if not failed:
        return ""
    shares = sorted(numbers(failed, "performance_ppm"))
    if len(shares) == len(failed) <= _FEW:
        why = f" ({failed[0]['why']})" if len(failed) == 1 else ""
        told = f"{listed([percent(share) for share in shares])} of what was committed on average{why}"
        return f"{_which(called, failed)} delivered {told}"
    if len(called) == 1:
        return str(failed[0]["why"])
    worst = f", the worst with {percent(shares[0])} of what was committed" if shares else ""
    return f"{len(failed):,} failed{worst}"


def _which(called: Sequence[Line], failed: Sequence[Line]) -> str:
    if len(called) == 1:
        return "it"
    if len(failed) == 1:
        return f"the one that failed, {failed[0]['dispatch']} at {failed[0]['site']},"
    return f"the {len(failed)} that failed"


def _unknown(called: Sequence[Line], unknown: Sequence[Line], scope: Scope) -> str:
    if not unknown or len(unknown) == len(called):
        return ""
    return f"{len(unknown):,} cannot be judged{_reasons(unknown, scope)}"


def _reasons(unknown: Sequence[Line], scope: Scope) -> str:
    """Why dispatches cannot be judged, the most frequent reason first."""
    reasons = Counter(_unjudged(line, scope) for line in unknown)
    if len(reasons) == 1:
        return f" {next(iter(reasons))}"
    ranked = sorted(reasons.items(), key=lambda each: (-each[1], each[0]))
    return f": {listed([f'{count:,} {reason}' for reason, count in ranked])}"


def _unjudged(line: Line, scope: Scope) -> str:
    """Why it is not known whether a dispatch passed."""
    if line["method"] is None:
        return "for lack of program terms"
    if line["stop"] is None or str(line["stop"]) > format_instant(scope.window.stop_s):
        return "while in progress"
    if line["metered_w"] is None:
        return "for lack of readings"
    if line["method"] == FIRM:
        return "for lack of some readings"
    if line["baseline_w"] is None:
        return "for lack of a baseline"
    return "for lack of a committed power" if line["committed_w"] is None else "for lack of some readings"


# --- picture ------------------------------------------------------------------------------------------------

_MOST: Final = 6
_MARGIN_S: Final = 3 * 3600


def pictures(rows: Rows, scope: Scope, answer: Answer) -> tuple[Picture, ...]:
    """The load of each dispatch against its baseline and what it had to come down to, with the hours before
    and after; where they are many, those that failed or cannot be judged first, the least performance first.
    """
    whole = [line for line in by_name(COLUMNS, answer.rows) if line["interval"] is None]
    drawn = [line for line in whole if line["metered_w"] is not None]
    shown = sorted(drawn, key=_concern)[:_MOST]
    of = seen(rows, scope)
    found = [answered(str(line["site"]), str(line["dispatch"]), of) for line in shown]
    few = f" Shown are {len(shown)} of {len(drawn)} dispatches with readings."
    plots = [_plot(one, of, scope) for one in found if one is not None]
    if len(shown) < len(drawn):
        plots[0] = plots[0]._replace(says=plots[0].says + few)
    return tuple(plots)


_CONCERNS: Final[tuple[Cell, ...]] = (False, None, True)


def _concern(line: Line) -> tuple[int, int, str, str]:
    """Failed dispatches first, then those that cannot be judged, by performance."""
    share = number_of(line, "performance_ppm")
    return (
        _CONCERNS.index(line["passed"]),
        10**9 if share is None else share,
        str(line["site"]),
        str(line["dispatch"]),
    )


def _plot(one: Answered, of: MeasuredFrom, scope: Scope) -> Plot:
    start_s, last = one.call.start_s, one.slots[-1].interval.stop_s
    stop_s = max(
        last, min(of.window.stop_s if one.call.stop_s is None else one.call.stop_s, of.window.stop_s)
    )
    around = Window(start_s - _MARGIN_S, min(stop_s + _MARGIN_S, max(of.window.stop_s, stop_s)))
    load = load_of(of.days, one.site, one.terms["meters"], around).within(around)
    baseline = [(slot.interval, slot.baseline_w) for slot in one.slots]
    goal = [(slot.interval, _goal_w(one, slot)) for slot in one.slots]
    layers = (
        Layer("load", "step", _steps([(interval, interval.power_w) for interval in load])),
        Layer("baseline", "step", _steps(baseline)),
        Layer("to pass", "step", _steps(goal)),
    )
    return Plot(
        f"{one.name} at {one.site}",
        _said_of(one),
        Time(*around, scope.tz),
        "Load",
        "W",
        tuple(layer for layer in layers if any(value is not None for _, value in layer.points)),
        (Shade(start_s, stop_s, one.name, "Dispatch"),),
    )


def _goal_w(one: Answered, slot: EvaluatedInterval) -> Fraction | None:
    """The load at or below which an interval passes."""
    if one.method == FIRM:
        level = one.terms.get("firm_service_level_w")
        return None if level is None else Fraction(level)
    if slot.baseline_w is None or one.committed_w is None:
        return None
    return slot.baseline_w - one.committed_w


def _steps(some: Sequence[tuple[Interval, Fraction | None]]) -> tuple[tuple[int, int | None], ...]:
    """Points that hold until the next, with a gap where an interval does not follow the one before."""
    points: dict[int, int | None] = {}
    for interval, power_w in some:
        points[interval.start_s] = _rounded(power_w)
        points[interval.stop_s] = None
    return tuple(sorted(points.items()))


def _said_of(one: Answered) -> str:
    judged = {True: "It passed", False: "It failed", None: "It cannot be judged"}[one.passed]
    load_w, baseline_w = _rounded(one.metered_w), _rounded(one.baseline_w)
    load = "" if load_w is None else f"The mean load was {said(load_w, 'W')}"
    against = "" if baseline_w is None else f" against a baseline of {said(baseline_w, 'W')}"
    return f"{load}{against}. {judged}: {reason(one)}."


REPORT: Final = Report(
    name="dispatch-performance",
    definition_version=2,
    title="How dispatches were answered",
    classes=("grid",),
    row_kinds=(DISPATCH, PROGRAM, ANSWER, METER_DAY, BLOCK, CURTAILMENT, RESTORED),
    columns=COLUMNS,
    keys=4,
    compute=compute,
    definition=(__doc__ or "") + (baselines.__doc__ or "").split("\n\n", 1)[1],
    behind=behind,
    parameters=(Parameter("intervals", "Each evaluated interval of a dispatch too.", "flag"),),
    pictures=pictures,
    lead=lead,
    first=("dispatch", "site", "start", "passed", "why", "committed_w", "reduction_w", "performance_ppm"),
)
