"""Rules on a block, its outages and its curtailments: size, depth, overlaps and length.

Why at most 4 outages or curtailments of a block are looked at on each side: a fact of a busy block would
otherwise be compared with all facts of years, and one that stays open would be noted with each of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import Any, Final

from msgspec import UNSET

from ledger import kinds
from ledger.calendar import HOUR_S, instant_s
from ledger.records.envelope import Record
from ledger.rules.plausibility.beside import FactsBeside, OpenSpan, body_of, curtailment_of, outage_of
from ledger.rules.plausibility.rule import Limit, PlausibilityRule
from ledger.rules.power import block_at
from ledger.rules.register import FactMark
from ledger.units import format_quantity

LOOKED_AT: Final = 4
BEGUN_AND_ENDED: Final = (
    kinds.OutageStarted,
    kinds.OutageEnded,
    kinds.CurtailmentStarted,
    kinds.CurtailmentEnded,
)


def _around(
    beside: FactsBeside, record: Record, what: str, block: str
) -> tuple[OpenSpan | None, list[OpenSpan]]:
    """The outage or curtailment that a record begins, and those of its block near it that were recorded
    earlier and overlap it.
    """
    known = beside.known
    marks = known.marks(what, record.place, block)
    at = bisect_left(marks, (record.at, record.pos), key=lambda mark: (mark.at, mark.pos))
    if at == len(marks) or marks[at].id != record.id:
        return None, []  # corrected since
    own = beside.span(record.place, marks[at])
    near = marks[max(0, at - LOOKED_AT) : at] + marks[at + 1 : at + 1 + LOOKED_AT]
    spans = (beside.span(record.place, mark) for mark in near if mark.index < record.index)
    return own, [span for span in spans if span.overlaps(own)]


def _by(mark: FactMark) -> str:
    return f"record {mark.index}"


def _two_outages(beside: FactsBeside, record: Record, body: kinds.OutageStarted, limit: int) -> Iterator[str]:
    _, others = _around(beside, record, "outages of block", body.block)
    if len(others) >= limit:
        said = " and ".join(f"outage {body_of(span.begun).outage} ({_by(span.begun)})" for span in others[:3])
        yield f"{record.place}/{body.block}: outage {body.outage} is open at the same time as {said}"


def _derates(beside: FactsBeside, record: Record, body: kinds.OutageStarted, limit: int) -> Iterator[str]:
    own, others = _around(beside, record, "outages of block", body.block)
    if own is None or not others:
        return
    for at in sorted({own.begun.at, *(span.begun.at for span in others if span.begun.at > own.begun.at)}):
        rated = block_at(beside.known, record.place, body.block, at)
        open_w = [body_of(span.begun).derate_w for span in others if span.holds(at)]
        capacity_w = rated.capacity.power_w if rated else 0
        if open_w and capacity_w and (body.derate_w + sum(open_w)) * 100 > capacity_w * limit:
            left_w = max(capacity_w * limit // 100 - sum(open_w), 0)
            yield (
                f"{record.place}/{body.block}: the derate of {format_quantity(body.derate_w, '_w')} at {at} is"
                f" above the {format_quantity(left_w, '_w')} that other open outages leave"
            )
            return


def _curtailed_twice(
    beside: FactsBeside, record: Record, body: kinds.CurtailmentStarted, limit: int
) -> Iterator[str]:
    _, others = _around(beside, record, "curtailments of block", body.block)
    if len(others) >= limit:
        said = " and ".join(f"{body_of(span.begun).dispatch} ({_by(span.begun)})" for span in others[:3])
        yield (
            f"{record.place}/{body.block}: curtailed under {body.dispatch} at the same time as under {said}"
        )


def _too_deep(
    beside: FactsBeside, record: Record, body: kinds.CurtailmentStarted, limit: int
) -> Iterator[str]:
    rated = block_at(beside.known, record.place, body.block, record.at)
    if rated is None or body.depth_w is UNSET:
        return
    if body.depth_w * 100 > rated.capacity.power_w * limit:
        yield (
            f"{record.place}/{body.block}: a curtailment of {format_quantity(body.depth_w, '_w')} is deeper"
            f" than the block's capacity of {format_quantity(rated.capacity.power_w, '_w')}"
        )


def _lasts_long(beside: FactsBeside, record: Record, body: Any, limit: int) -> Iterator[str]:
    known, most_s = beside.known, limit * HOUR_S
    is_outage = isinstance(body, kinds.OutageStarted | kinds.OutageEnded)
    named = f"outage {body.outage}" if is_outage else f"{body.block}: the curtailment under {body.dispatch}"
    where = f"{record.place}: {named}" if is_outage else f"{record.place}/{named}"
    if isinstance(body, kinds.OutageStarted | kinds.CurtailmentStarted):
        begun_by = FactMark(record.at, record.pos, record.index, record.id, body)
        open_s = beside.newest_s - instant_s(record.at)
        if open_s > most_s and beside.span(record.place, begun_by).stop is None:
            yield f"{where} has no end, more than {limit} h after it began at {record.at}"
        return
    name = (outage_of if is_outage else curtailment_of)(record.place, body)
    begun = next(
        (
            mark.at
            for mark in reversed(known.until(record.at, *name))
            if isinstance(mark.body, kinds.OutageStarted | kinds.CurtailmentStarted)
        ),
        record.at,
    )
    lasted_s = instant_s(record.at) - instant_s(begun)
    if lasted_s > most_s:
        yield f"{where} lasted {_hours(lasted_s)}, longer than {limit} h"


def _empty_outage(beside: FactsBeside, record: Record, body: Any, limit: int) -> Iterator[str]:
    if isinstance(body, kinds.OutageStarted):
        if body.derate_w == 0:
            yield (
                f"{record.place}/{body.block}: outage {body.outage} takes 0 W of the block, so no report counts"
                " it; a full outage takes the block's capacity"
            )
        return
    starts = beside.known.marks(*outage_of(record.place, body))
    if any(isinstance(mark.body, kinds.OutageStarted) and mark.at == record.at for mark in starts):
        yield f"{record.place}: outage {body.outage} ends at the instant it begins, so no report counts it"


def _small(beside: FactsBeside, record: Record, body: Any, limit: int) -> Iterator[str]:
    is_emptied = body.capacity_w == 0 and isinstance(body, kinds.LoadBlockRerated)  # its power was released
    if body.capacity_w < limit and not is_emptied:
        yield (
            f"{record.place}/{body.block}: a load block of {format_quantity(body.capacity_w, '_w')} is smaller than"
            f" {format_quantity(limit, '_w')}; is its unit right?"
        )


def _hours(duration_s: int) -> str:
    """``25 h``, ``12 h 20 min``."""
    hours, rest_s = divmod(duration_s, HOUR_S)
    return f"{hours:,} h {rest_s // 60} min" if rest_s >= 60 else f"{hours:,} h"


RULES: Final[tuple[PlausibilityRule, ...]] = (
    PlausibilityRule(
        "deep-curtailment",
        "a curtailment deeper than this share of the block's capacity",
        (kinds.CurtailmentStarted,),
        _too_deep,
        Limit("depth_percent_of_capacity", 100),
    ),
    PlausibilityRule(
        "curtailed-twice",
        "a block curtailed while this many other dispatches curtail it already",
        (kinds.CurtailmentStarted,),
        _curtailed_twice,
        Limit("other_curtailments", 1),
    ),
    PlausibilityRule(
        "two-outages",
        "an outage of a block while this many other outages of it are open",
        (kinds.OutageStarted,),
        _two_outages,
        Limit("other_outages", 1),
    ),
    PlausibilityRule(
        "large-derate",
        "derates of open outages that add up to more than this share of the block's capacity",
        (kinds.OutageStarted,),
        _derates,
        Limit("derates_percent_of_capacity", 100),
    ),
    PlausibilityRule(
        "lasts-long",
        "an outage or a curtailment that lasted, or has been open, for longer",
        BEGUN_AND_ENDED,
        _lasts_long,
        Limit("longest_h", 12),
    ),
    PlausibilityRule(
        "empty-outage",
        "an outage that takes no power, or ends at the instant it begins",
        (kinds.OutageStarted, kinds.OutageEnded),
        _empty_outage,
    ),
    PlausibilityRule(
        "small-block",
        "a load block smaller than this",
        (kinds.LoadBlockCommissioned, kinds.LoadBlockRerated),
        _small,
        Limit("smallest_block_w", 10_000),
    ),
)
