"""Disturbances: fast changes of load, who began them, and who was told when.

An uncoordinated fast drop of a computational load is itself an event for the grid (NERC Level 3 alert on
computational loads, May 2026). One row for each that was recorded in the window, by site and time. change =
after - before; rate = change / duration, in watts a second, rounded once, null without a duration; told after
= the instant of the communication less that of the disturbance, negative if it was announced.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

from msgspec import UNSET

from ledger.calendar import format_instant, instant_s
from ledger.units import rounded
from projections.engine.amounts import said
from projections.engine.fold import Rows
from projections.engine.report import Answer, Column, Lead, LeadFigure, Report, ReportRow, Scope, row_of
from projections.engine.words import Line, by_name, counted, number_of, numbers, sentence, verb
from projections.rows.disturbances import DISTURBANCE

COLUMNS: Final = (
    Column("site", "Site", "the site", unit=""),
    Column("position", "Position", "its record's place in the site's grid stream", unit=""),
    Column("at", "At", "when it began", unit=""),
    Column("block", "Block", "the block; null for the whole site", unit=""),
    Column("before_w", "Before", "load before", unit="W"),
    Column("after_w", "After", "load after", unit="W"),
    Column("change_w", "Change", "after - before", unit="W", of=("after_w", "before_w")),
    Column("duration_ms", "Duration", "how long the change took", unit="ms", shown="ms"),
    Column("rate_w_per_s", "Rate", "change / duration", unit="W/s", of=("change_w", "duration_ms")),
    Column("initiated_by", "Initiated by", "customer, protection or utility", unit=""),
    Column("communicated_to", "Told", "who was told; null if nobody", unit=""),
    Column("communicated_at", "Told at", "when they were told", unit=""),
    Column("told_after_s", "Told after", "told at - at", unit="s", of=("communicated_at", "at"), shown="min"),
)
_cells: Final = row_of(COLUMNS)


def compute(rows: Rows, scope: Scope) -> Answer:
    """One row for each disturbance in the window."""
    lines: list[ReportRow] = []
    untold = 0
    for site in scope.sites:
        facts = rows[DISTURBANCE.name].get((site,), ())
        inside = [f for f in facts if scope.window.start_s <= f.at_s < scope.window.stop_s]
        lines += [_row(site, fact.pos, fact.at_s, fact.body) for fact in inside]
        untold += sum(fact.body.communicated_to is UNSET for fact in inside)
    notes = (f"{untold} of {len(lines)} were communicated to nobody",) if untold else ()
    return Answer(tuple(lines), notes)


def _row(site: str, pos: int, at_s: int, body: Any) -> ReportRow:
    change_w = body.after_w - body.before_w
    told_at = None if body.communicated_at is UNSET else body.communicated_at
    return _cells(
        site=site,
        position=pos,
        at=format_instant(at_s),
        block=None if body.block is UNSET else body.block,
        before_w=body.before_w,
        after_w=body.after_w,
        change_w=change_w,
        duration_ms=body.duration_ms,
        rate_w_per_s=rounded(Fraction(change_w * 1000, body.duration_ms)) if body.duration_ms else None,
        initiated_by=body.initiated_by,
        communicated_to=None if body.communicated_to is UNSET else body.communicated_to,
        communicated_at=told_at,
        told_after_s=None if told_at is None else instant_s(told_at) - at_s,
    )


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """Number of fast changes of load, the largest of them, and those not communicated."""
    lines = by_name(COLUMNS, answer.rows)
    largest = max(lines, key=lambda line: (abs(number_of(line, "change_w") or 0), _named(line)), default=None)
    untold = sum(line["communicated_to"] is None for line in lines)
    late_s = numbers(lines, "told_after_s")
    rates = numbers(lines, "rate_w_per_s")
    figures = (
        LeadFigure("Disturbances", len(lines), ""),
        LeadFigure("Largest change", None if largest is None else largest["change_w"], "W"),
        LeadFigure("Fastest change", max(rates, key=lambda rate: (abs(rate), rate), default=None), "W/s"),
        LeadFigure("Told to nobody", untold, ""),
        LeadFigure("Longest until told", max(late_s, default=None), "s", "min"),
    )
    if largest is None:
        return Lead("No fast change of load was recorded in this window.", figures)
    change_w, took_ms = number_of(largest, "change_w") or 0, number_of(largest, "duration_ms")
    move = f"{'dropped' if change_w < 0 else 'rose'} {said(abs(change_w), 'W')}"
    took = f" in {said(took_ms, 'ms')}" if took_ms else ""
    each = "it" if len(lines) == 1 else "the largest"
    verdict = sentence(
        f"{counted(len(lines), 'fast change')} of load {verb(len(lines), 'was', 'were')} recorded",
        f"{each} {move}{took} at {largest['site']}, begun by {_BEGUN[str(largest['initiated_by'])]}",
        _told_nobody(untold, len(lines)) if untold else "",
    )
    return Lead(verdict, figures)


def _told_nobody(untold: int, whole: int) -> str:
    if whole == 1:
        return "it was communicated to nobody"
    return f"{untold:,} of {whole:,} {verb(untold, 'was', 'were')} communicated to nobody"


_BEGUN: Final = {"customer": "the customer", "protection": "protection", "utility": "the utility"}


def _named(line: Line) -> tuple[str, int]:
    return str(line["site"]), -(number_of(line, "position") or 0)


REPORT: Final = Report(
    name="disturbances",
    definition_version=1,
    title="Fast changes of load",
    packs=("utility", "reliability"),
    classes=("grid",),
    row_kinds=(DISTURBANCE,),
    columns=COLUMNS,
    keys=2,
    compute=compute,
    definition=__doc__ or "",
    lead=lead,
    first=(
        "site",
        "position",
        "at",
        "change_w",
        "duration_ms",
        "initiated_by",
        "communicated_to",
        "told_after_s",
    ),
)
