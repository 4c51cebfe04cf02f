"""Rules on dispatches and on the curtailments and restored loads that answer them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

from msgspec import UNSET

from ledger import kinds
from ledger.calendar import instant_s
from ledger.records.doubts import firm_curtailed, helps_unenrolled, restored_early
from ledger.records.envelope import Record
from ledger.rules.known import Known
from ledger.rules.plausibility.beside import FactsBeside, body_of
from ledger.rules.plausibility.blocks import LOOKED_AT
from ledger.rules.plausibility.rule import Limit, PlausibilityRule
from ledger.rules.power import block_at


def _called(beside: FactsBeside, place: str, dispatch: str) -> kinds.DispatchNotified | None:
    marks = beside.known.marks("dispatch", place, dispatch)
    found = (mark.body for mark in marks if isinstance(mark.body, kinds.DispatchNotified))
    return next(found, None)


def _firm(beside: FactsBeside, record: Record, body: kinds.CurtailmentStarted, limit: int) -> Iterator[str]:
    called = _called(beside, record.place, body.dispatch)
    rated = block_at(beside.known, record.place, body.block, record.at)
    if called is None or rated is None or rated.said.service_class != "firm":
        return
    if called.dispatch_class != "firm-load-shed" and not _throttled(beside.known, record, called, body):
        said = firm_curtailed(record.at, body.dispatch, called.dispatch_class)
        yield f"{record.place}/{body.block}: {said}"


def _unenrolled(
    beside: FactsBeside, record: Record, body: kinds.CurtailmentStarted, limit: int
) -> Iterator[str]:
    called = _called(beside, record.place, body.dispatch)
    if called is None or called.program is UNSET or _throttled(beside.known, record, called, body):
        return
    if body.block not in _enrolled(beside.known, record.place, called.program, record.at):
        said = helps_unenrolled(record.at, body.dispatch, called.program)
        yield f"{record.place}/{body.block}: {said}"


def _throttled(
    known: Known, record: Record, called: kinds.DispatchNotified, body: kinds.CurtailmentStarted
) -> bool:
    """True where the program may throttle the block as deep as the curtailment."""
    if called.program is UNSET or body.depth_w is UNSET:
        return False
    agreed = known.latest(record.at, "throttle", record.place, called.program, body.block)
    gone = [
        mark
        for mark in known.until(record.at, "program", record.place, called.program)
        if isinstance(mark.body, kinds.ProgramWithdrawn)
    ]
    if agreed is None or (gone and (gone[-1].at, gone[-1].pos) > (agreed.at, agreed.pos)):
        return False
    return bool(body.depth_w <= body_of(agreed).depth_w)


def _enrolled(known: Known, place: str, program: str, at: str) -> tuple[str, ...]:
    """The enrolled blocks of a program at an instant: those of its latest enrollment, or of a later amendment
    that has taken effect.
    """
    blocks: tuple[str, ...] = ()
    begun = ""
    for mark in known.until(at, "program", place, program):
        if isinstance(mark.body, kinds.ProgramEnrolled):
            blocks, begun = mark.body.blocks, mark.at
        elif isinstance(mark.body, kinds.ProgramWithdrawn):
            blocks = ()
    for mark in known.marks("program-terms", place, program) if blocks else ():
        terms = body_of(mark)
        if terms.blocks is not UNSET and terms.start <= at and mark.at >= begun:
            blocks = terms.blocks
    return blocks


def _restored(beside: FactsBeside, record: Record, body: kinds.LoadRestored, limit: int) -> Iterator[str]:
    known = beside.known
    rated = block_at(known, record.place, body.block, record.at)
    if rated is None:
        return
    marks = known.marks("curtailments of block", record.place, body.block)
    at = bisect_left(marks, record.at, key=lambda mark: mark.at)
    spans = (beside.span(record.place, mark) for mark in marks[max(0, at - LOOKED_AT) : at + LOOKED_AT])
    held = {body_of(s.begun).dispatch: body_of(s.begun).depth_w for s in spans if s.holds(record.at)}
    if not held:
        return
    depth_w, dispatch = max((depth_w, dispatch) for dispatch, depth_w in held.items())  # the latest of each
    left_w = max(rated.capacity.power_w - depth_w, 0)
    if body.load_w * 100 > left_w * limit:
        said = restored_early(body.load_w, record.at, left_w, dispatch)
        yield f"{record.place}/{body.block}: {said}"


def _unanswered(
    beside: FactsBeside, record: Record, body: kinds.DispatchNotified, limit: int
) -> Iterator[str]:
    known = beside.known
    start = body.start
    for mark in known.marks("dispatch", record.place, body.dispatch):
        if isinstance(mark.body, kinds.DispatchAmended):
            start = mark.body.start or start
    if beside.newest_s - instant_s(start) > limit * 60 and not known.marks(
        "answer", record.place, body.dispatch
    ):
        yield (
            f"{record.place}: nobody answered dispatch {body.dispatch}, more than {limit} min after its start"
            f" at {start}: it was not acknowledged, declined, cancelled or followed by a curtailment"
        )


RULES: Final[tuple[PlausibilityRule, ...]] = (
    PlausibilityRule(
        "early-restore",
        "a load restored above this share of what an open curtailment leaves",
        (kinds.LoadRestored,),
        _restored,
        Limit("load_percent_of_left", 100),
    ),
    PlausibilityRule(
        "unanswered",
        "a dispatch that nobody answered this long after its start",
        (kinds.DispatchNotified,),
        _unanswered,
        Limit("answer_min", 60),
    ),
    PlausibilityRule(
        "firm-curtailed",
        "a firm block curtailed outside firm-load-shed",
        (kinds.CurtailmentStarted,),
        _firm,
    ),
    PlausibilityRule(
        "not-enrolled",
        "a block curtailed for a program that does not enroll it",
        (kinds.CurtailmentStarted,),
        _unenrolled,
    ),
)
