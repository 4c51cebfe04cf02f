"""Rows of the report dispatch-performance: each dispatch, its intervals, and notes on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from msgspec import UNSET

from ledger.calendar import format_instant
from ledger.kinds import DispatchDeclined, DispatchDisputed, DispatchSettled
from ledger.units import ppm, rounded
from projections.engine.amounts import said
from projections.engine.fold import Rows
from projections.engine.report import Answer, Cell, ReportRow, Scope
from projections.engine.words import duration
from projections.figures.availability import held_in
from projections.figures.baselines import METHODS_VERSION
from projections.figures.contradictions import unusual
from projections.figures.dispatch_reason import interval_reason, reason
from projections.figures.dispatch_response import (
    Answered,
    EvaluatedInterval,
    MeasuredFrom,
    answered,
    of_other_programs,
    seen,
)
from projections.reports.dispatch_performance.columns import cells_of
from projections.rows.dispatches import DISPATCH


def compute(rows: Rows, scope: Scope) -> Answer:
    """By site and start, each dispatch followed by its intervals where they are asked for."""
    lines: list[ReportRow] = []
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


def _row(one: Answered, settled: DispatchSettled | None) -> ReportRow:
    performance, capped = _ppm(one.reduction_w, one), _ppm(one.capped_w, one)
    ours = capped if one.terms.get("capped") else performance
    reported = None if settled is None or settled.reported_ppm is UNSET else settled.reported_ppm
    acknowledged_s = one.call.acknowledged_s
    return cells_of(
        **_shared(one),
        interval=None,
        start=format_instant(one.call.start_s),
        stop=None if one.call.stop_s is None else format_instant(one.call.stop_s),
        baseline_w=rounded_or_none(one.baseline_w),
        metered_w=rounded_or_none(one.metered_w),
        reduction_w=rounded_or_none(one.reduction_w),
        performance_ppm=performance,
        performance_capped_ppm=capped,
        passed=one.passed,
        notice_s=one.call.start_s - one.call.notified_s,
        ack_s=None if acknowledged_s is None else acknowledged_s - one.call.notified_s,
        response_s=one.response_s,
        ramp_w_per_min=rounded_or_none(one.ramp_w_per_s, 60),
        sustained_s=one.sustained_s,
        energy_wh=rounded_or_none(one.energy_ws, Fraction(1, 3600)),
        rebound_w=rounded_or_none(one.rebound_w),
        credit_cents=None if settled is None else settled.credit_cents,
        penalty_cents=None if settled is None else settled.penalty_cents,
        reported_ppm=reported,
        difference_ppm=None if reported is None or ours is None else reported - ours,
        overlap_w=rounded_or_none(one.overlap_w),
        evaluated_intervals=len(one.slots) if one.terms else None,
        all_intervals=one.all_intervals,
        why=reason(one),
    )


def _interval(one: Answered, slot: EvaluatedInterval) -> ReportRow:
    interval, reduction_w = slot.interval, slot.reduction_w
    alone = one._replace(slots=(slot,))
    start = format_instant(interval.start_s)
    return cells_of(
        **_shared(one),
        interval=start,
        start=start,
        stop=format_instant(interval.stop_s),
        baseline_w=rounded_or_none(slot.baseline_w),
        metered_w=rounded_or_none(interval.power_w),
        reduction_w=rounded_or_none(reduction_w),
        performance_ppm=_ppm(reduction_w, one),
        performance_capped_ppm=_ppm(alone.capped_w, one),
        passed=slot.passed,
        energy_wh=rounded_or_none(alone.energy_ws, Fraction(1, 3600)),
        overlap_w=rounded_or_none(slot.overlap_w),
        why=interval_reason(one, slot),
    )


def _shared(one: Answered) -> dict[str, Cell]:
    """The cells that the row of a dispatch and those of its intervals have in common."""
    return {
        "dispatch": one.name,
        "program": _program(one),
        "site": one.site,
        "method": one.method,
        "method_version": METHODS_VERSION if one.method else None,
        "committed_w": one.committed_w,
        "dispatch_class": one.call.called.dispatch_class,
        "target_w": one.call.target_w,
    }


def _program(one: Answered) -> str | None:
    program = one.call.called.program
    return None if program is UNSET else program


def rounded_or_none(value: Fraction | None, times: Fraction | int = 1) -> int | None:
    """A figure rounded once, null where it is unknown."""
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
    overlap_w = rounded_or_none(one.overlap_w)
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
