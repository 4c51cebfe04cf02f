"""Records and numbers behind the figures of the report dispatch-performance."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.calendar import Window, format_instant
from projections.engine.fold import Key, Rows
from projections.engine.report import Behind, Cell, Number, Scope, exact, found_for, no_workings
from projections.figures.baseline_workings import workings
from projections.figures.dispatch_response import Answered, answered, seen
from projections.reports.dispatch_performance.columns import ALONE, BEYOND
from projections.rows.dispatches import DISPATCH, DispatchCall, call
from projections.rows.meters import METER_DAY
from projections.rows.programs import PROGRAM
from projections.rows.targets_reached import ANSWER


def behind(rows: Rows, scope: Scope, cells: Mapping[str, Cell], column: str) -> Behind:
    """The dispatch and its program; the readings that it is evaluated by and those of its baseline."""
    site, name, program = (str(cells[part]) for part in ("site", "dispatch", "program"))
    of, calls = seen(rows, scope), found_for(rows, scope, _calls)
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
        other = calls.get(key)
        if kind == ANSWER.name or not like_days or other is None or other.called.program != program:
            return False
        return other.start_s < last_s and (other.stop_s is None or other.stop_s >= first_s)

    worked_out = (
        (lambda: tuple(workings(one, of))) if column in ("baseline_w", "reduction_w") else no_workings
    )
    put_in = (lambda: _numbers(one)) if "dispatch" in BEYOND[column] else tuple
    only = (
        {} if like_days else {DISPATCH.name: ("dispatch", names | {name}), ANSWER.name: ("dispatch", {name})}
    )
    return Behind(counts, put_in, Window(first_s, scope.window.stop_s), workings=worked_out, only=only)


def _calls(rows: Rows, scope: Scope) -> dict[Key, DispatchCall | None]:
    return {key: call(row, scope.window.stop_s) for key, row in rows[DISPATCH.name].items()}


def _numbers(one: Answered) -> tuple[Number, ...]:
    found = one.baseline
    days = [Number("like days", " ".join(day.isoformat() for day in found.days), "")] if found.days else []
    if found.adjustment is not None:
        days.append(Number("adjustment", exact(found.adjustment.added_w), "W"))
    return tuple(days)
