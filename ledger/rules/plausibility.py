"""What is possible but unlikely: taken, told when it is recorded, and listed by ``doctor`` (DOMAIN 5).

Each rule is one entry of ``PLAUSIBILITY``: its name, what it notes, the facts it looks at, and where it has
one its limit, which ``[plausibility]`` of ``book.toml`` may change. A rule is a pure function of a record and
of what is known beside it (``FactsBeside``). It is judged after all facts that were recorded together, so that an
answer or an end that comes later in a file is seen. Of two facts that do not fit together the one recorded
last is noted. The sentences that reports print too are those of ``records/doubts``.

Why at most 4 outages or curtailments of a block are looked at on each side: a fact of a busy block would else
be compared with all facts of years, and one that stays open would be noted with each of them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from msgspec import UNSET

from ledger import calendar, kinds
from ledger.calendar import DAY_S, instant_s
from ledger.errors import Malformed
from ledger.kinds import BY_BODY, KINDS, Fact
from ledger.records.doubts import firm_curtailed, helps_unenrolled, restored_early
from ledger.records.envelope import Record
from ledger.rules.known import Known
from ledger.rules.power import Power, block_at, contracted
from ledger.rules.register import FactMark
from ledger.units import LIMIT, format_quantity

TABLE: Final = "plausibility"
OFF: Final = "off"
LOOKED_AT: Final = 4
TYPICAL_READINGS: Final = 24
HOUR_S: Final = 3600
PICO: Final = 10**12

At = str | None
"""An instant as stored; None where there is none."""


class Unlikely(NamedTuple):
    """A record, the rule that notes it, and what it notes."""

    record: Record
    rule: str
    note: str


class OpenSpan(NamedTuple):
    """An outage or curtailment of a block, from its first record to its end, None while it is open."""

    begun: FactMark
    stop: At

    def holds(self, at: str) -> bool:
        """Is it open at an instant?"""
        return self.begun.at <= at and (self.stop is None or at < self.stop)

    def overlaps(self, other: OpenSpan) -> bool:
        """Are both open at some instant?"""
        return (self.stop is None or other.begun.at < self.stop) and (
            other.stop is None or self.begun.at < other.stop
        )


class FactsBeside:
    """What a rule looks at beside a record: everything known, when the newest record was taken, any record by
    its index, and the ``at`` of the facts before and after a record in its stream. What it works out it keeps,
    as neighboring records ask for the same.
    """

    def __init__(
        self,
        known: Known,
        newest_s: int,
        record_at: Callable[[int], Record],
        neighbours: Mapping[str, tuple[At, At]],
    ) -> None:
        self.known, self.newest_s, self.record_at, self.neighbours = known, newest_s, record_at, neighbours
        self._spans: dict[str, OpenSpan] = {}
        self._changes: dict[str, list[str]] = {}
        self._contracted: dict[tuple[str, int], Power | None] = {}

    def span(self, place: str, begun: FactMark) -> OpenSpan:
        """An outage or curtailment by the fact that begins it: to its own end, or the block's retirement."""
        found = self._spans.get(begun.id)
        if found is None:
            body, marks = _body(begun), self.known.marks
            ended = marks(*(_outage if isinstance(body, kinds.OutageStarted) else _curtailment)(place, body))
            stops = (
                *_first(ended, begun.at, (kinds.OutageEnded, kinds.CurtailmentEnded)),
                *_first(marks("block", place, body.block), begun.at, (kinds.LoadBlockRetired,)),
            )
            found = self._spans[begun.id] = OpenSpan(begun, min(stops, default=None))
        return found

    def contracted(self, place: str, at: str) -> Power | None:
        """The site's contracted power at an instant: worked out once between two changes of it."""
        changes = self._changes.get(place)
        if changes is None:
            marks = (
                m
                for name in self.known.names("contract", place)
                for m in self.known.marks("contract", place, *name)
            )
            instants = {instant for m in marks for instant in (m.at, _body(m).start, _body(m).stop)}
            changes = self._changes[place] = sorted(instant for instant in instants if instant)
        key = place, bisect_right(changes, at)
        if key not in self._contracted:
            self._contracted[key] = contracted(self.known, place, at)
        return self._contracted[key]


Judge = Callable[[FactsBeside, Record, Any, int], Iterator[str]]
"""``judge(beside, record, record.body, limit)``: the notes on a record."""


class Limit(NamedTuple):
    """A number that a book may set: its key in ``book.toml``, with the unit in its name, and its default."""

    key: str
    default: int


class PlausibilityRule(NamedTuple):
    """One rule. ``what`` is what it notes, for people; a rule without a limit has no number to set."""

    name: str
    what: str
    facts: tuple[type[Fact], ...]
    judge: Judge
    limit: Limit | None = None


# --- outages and curtailments of a block --------------------------------------------------------------------


def _first(marks: Sequence[FactMark], at: str, bodies: tuple[type[Fact], ...]) -> Iterator[str]:
    """When the first of some facts is that is not before an instant, if there is one."""
    for mark in marks:
        if mark.at >= at and isinstance(mark.body, bodies):
            yield mark.at
            return


def _around(
    beside: FactsBeside, record: Record, what: str, block: str
) -> tuple[OpenSpan | None, list[OpenSpan]]:
    """The outage or curtailment that a record begins, and those of its block near it that were recorded
    before it and overlap it.
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
        said = " and ".join(f"outage {_body(span.begun).outage} ({_by(span.begun)})" for span in others[:3])
        yield f"{record.place}/{body.block}: outage {body.outage} is open at the same time as {said}"


def _derates(beside: FactsBeside, record: Record, body: kinds.OutageStarted, limit: int) -> Iterator[str]:
    own, others = _around(beside, record, "outages of block", body.block)
    if own is None or not others:
        return
    for at in sorted({own.begun.at, *(span.begun.at for span in others if span.begun.at > own.begun.at)}):
        rated = block_at(beside.known, record.place, body.block, at)
        open_w = [_body(span.begun).derate_w for span in others if span.holds(at)]
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
        said = " and ".join(f"{_body(span.begun).dispatch} ({_by(span.begun)})" for span in others[:3])
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
    name = (_outage if is_outage else _curtailment)(record.place, body)
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


def _hours(duration_s: int) -> str:
    """``25 h``, ``12 h 20 min``."""
    hours, rest_s = divmod(duration_s, HOUR_S)
    return f"{hours:,} h {rest_s // 60} min" if rest_s >= 60 else f"{hours:,} h"


def _outage(place: str, body: Any) -> tuple[str, str, str]:
    return "outage", place, body.outage


def _curtailment(place: str, body: Any) -> tuple[str, str, str, str]:
    return "curtailment", place, body.dispatch, body.block


# --- curtailments against their dispatch --------------------------------------------------------------------


def _called(beside: FactsBeside, place: str, dispatch: str) -> kinds.DispatchNotified | None:
    marks = beside.known.marks("dispatch", place, dispatch)
    found = (mark.body for mark in marks if isinstance(mark.body, kinds.DispatchNotified))
    return next(found, None)


def _firm(beside: FactsBeside, record: Record, body: kinds.CurtailmentStarted, limit: int) -> Iterator[str]:
    called = _called(beside, record.place, body.dispatch)
    rated = block_at(beside.known, record.place, body.block, record.at)
    if called is None or rated is None or rated.said.service_class != "firm":
        return
    if called.dispatch_class != "firm-load-shed":
        said = firm_curtailed(record.at, body.dispatch, called.dispatch_class)
        yield f"{record.place}/{body.block}: {said}"


def _unenrolled(
    beside: FactsBeside, record: Record, body: kinds.CurtailmentStarted, limit: int
) -> Iterator[str]:
    called = _called(beside, record.place, body.dispatch)
    if called is None or called.program is UNSET:
        return
    if body.block not in _enrolled(beside.known, record.place, called.program, record.at):
        said = helps_unenrolled(record.at, body.dispatch, called.program)
        yield f"{record.place}/{body.block}: {said}"


def _enrolled(known: Known, place: str, program: str, at: str) -> tuple[str, ...]:
    """The blocks of a program at an instant: those of its latest enrollment, or of an amendment that has
    started since.
    """
    blocks: tuple[str, ...] = ()
    begun = ""
    for mark in known.until(at, "program", place, program):
        if isinstance(mark.body, kinds.ProgramEnrolled):
            blocks, begun = mark.body.blocks, mark.at
        elif isinstance(mark.body, kinds.ProgramWithdrawn):
            blocks = ()
    for mark in known.marks("program-terms", place, program) if blocks else ():
        terms = _body(mark)
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
    held = [(_body(s.begun).depth_w, _body(s.begun).dispatch) for s in spans if s.holds(record.at)]
    if not held:
        return
    depth_w, dispatch = max(held)
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


# --- power, feeds and meters --------------------------------------------------------------------------------


def _above_contract(beside: FactsBeside, record: Record, body: Any, limit: int) -> Iterator[str]:
    allowed = beside.contracted(record.place, record.at)
    if allowed is None:
        return
    if isinstance(body, kinds.IntervalsRecorded):
        meter = _meter(beside, record.place, body)
        if meter is None or meter.direction != "delivered":
            return
        named, load_w = f"a reading of meter {body.meter}", _most_power(body)
    else:
        named = f"the load of block {body.block}" if body.block is not UNSET else "the load"
        load_w = max(getattr(body, name, UNSET) or 0 for name in _LOADS)
    if load_w * 100 > allowed.power_w * limit:
        yield (
            f"{record.place}: {named}, {_megawatts(load_w)} at {record.at}, is above the contracted"
            f" {format_quantity(allowed.power_w, '_w')}"
        )


_LOADS: Final = ("load_w", "power_w", "before_w", "after_w")


def _megawatts(power_w: int) -> str:
    """Power as people read it: watts that a division leaves are rounded to kilowatts."""
    return format_quantity(power_w if power_w < 1_000_000 else round(power_w, -3), "_w")


def _most_power(body: kinds.IntervalsRecorded) -> int:
    """The mean power of the highest reading, in whole watts."""
    return _pico(body)(max(body.values)) // PICO


def _pico(body: kinds.IntervalsRecorded) -> Callable[[int], int]:
    """A reading's mean power in millionths of a microwatt, so that no reading is rounded to nothing."""
    worth, interval_s = 10 ** (body.power_of_ten + 12) * HOUR_S, body.interval_s
    return lambda value: value * worth // interval_s


def _unknown_feed(
    beside: FactsBeside, record: Record, body: kinds.FeedStateChanged, limit: int
) -> Iterator[str]:
    rated = block_at(beside.known, record.place, body.block, record.at)
    if rated is not None and body.feed not in rated.said.feeds:
        feeds = ", ".join(rated.said.feeds) or "none"
        yield f"{record.place}/{body.block}: the block has no feed {body.feed}; its feeds are {feeds}"


def _no_block(beside: FactsBeside, record: Record, body: kinds.MeterRegistered, limit: int) -> Iterator[str]:
    if body.scope != "site" and not beside.known.marks("block", record.place, body.scope):
        yield (
            f"{record.place}: meter {body.meter} is registered on block {body.scope}, which was never"
            " commissioned; scope=site is a meter of the whole site"
        )


def _meter(beside: FactsBeside, place: str, body: kinds.IntervalsRecorded) -> kinds.MeterRegistered | None:
    marks = beside.known.marks("meter", place, body.meter)
    found = beside.known.latest(body.start, "meter", place, body.meter) or (marks[0] if marks else None)
    return None if found is None else _body(found)


def _other_interval(
    beside: FactsBeside, record: Record, body: kinds.IntervalsRecorded, limit: int
) -> Iterator[str]:
    meter = _meter(beside, record.place, body)
    if meter is not None and meter.interval_s != body.interval_s:
        own, said = (format_quantity(s, "_s") for s in (body.interval_s, meter.interval_s))
        yield (
            f"{record.place}: readings of meter {body.meter} from {body.start} are of {own}, and the meter is"
            f" registered with {said}"
        )


def _silent(beside: FactsBeside, record: Record, body: kinds.IntervalsRecorded, limit: int) -> Iterator[str]:
    start_s = instant_s(body.start)
    last = beside.known.register.covered_before(record.place, body.meter, start_s)
    missing = 0 if last is None else (start_s - last.stop_s) // body.interval_s
    if last is not None and missing >= limit:
        since = calendar.format_instant(last.stop_s)
        yield (
            f"{record.place}: meter {body.meter} has no reading from {since} to {body.start}, which is"
            f" {missing} intervals"
        )


def _spike(beside: FactsBeside, record: Record, body: kinds.IntervalsRecorded, limit: int) -> Iterator[str]:
    typical, most = _typical(beside, record, body), _pico(body)(max(body.values))
    if typical > 0 and most >= typical * limit:
        highest, usual = (_megawatts(value // PICO) for value in (most, typical))
        yield (
            f"{record.place}: a reading of meter {body.meter} from {body.start} is {highest}, {limit} times the"
            f" median of {usual} or more; is its unit right?"
        )


def _typical(beside: FactsBeside, record: Record, body: kinds.IntervalsRecorded) -> int:
    """The median of the readings before a record's, or of its own where it is the meter's first; 0 where they
    are too few to tell.
    """
    start_s = instant_s(body.start)
    last = beside.known.register.covered_before(record.place, body.meter, start_s)
    if last is None:
        return _median(_pico(body), body.values)
    before: Any = beside.record_at(last.record).body
    if len(before.values) >= TYPICAL_READINGS:
        return _median(_pico(before), before.values)
    found = list(map(_pico(before), before.values))
    for _ in range(TYPICAL_READINGS):
        last = beside.known.register.covered_before(record.place, body.meter, last.start_s)
        if last is None or len(found) >= TYPICAL_READINGS:
            break
        before = beside.record_at(last.record).body
        found += map(_pico(before), before.values)
    return _median(lambda power: power, found)


def _median(power: Callable[[int], int], values: Sequence[int]) -> int:
    return power(sorted(values)[len(values) // 2]) if len(values) >= TYPICAL_READINGS else 0


# --- instants -----------------------------------------------------------------------------------------------


def _ahead(limit_s: int, said: str) -> Judge:
    def judge(beside: FactsBeside, record: Record, body: Fact, limit: int) -> Iterator[str]:
        if record.at > record.rec and instant_s(record.at) - calendar.rec_us(record.rec) // 1_000_000 > (
            limit * limit_s
        ):
            yield (
                f"{record.place}: {BY_BODY[type(body)].name} is dated {record.at}, more than {limit} {said}"
                " after it was recorded"
            )

    return judge


def _stray(beside: FactsBeside, record: Record, body: Fact, limit: int) -> Iterator[str]:
    before, after = beside.neighbours.get(record.id, (None, None))
    if before is None:
        return
    early = record.at < before
    if early != (record.at < after) if after is not None else not early:
        return  # between the two, or the last one: what is recorded next may be as late
    at_s = instant_s(record.at)
    apart_s = min(abs(at_s - instant_s(other)) for other in (before, after) if other is not None)
    if apart_s > limit * DAY_S:
        yield (
            f"{record.place}: {BY_BODY[type(body)].name} is dated {record.at}, more than {limit} days"
            f" {'before' if early else 'after'} the facts recorded beside it"
        )


# --- the list -----------------------------------------------------------------------------------------------

_BEGUN_AND_ENDED: Final = (
    kinds.OutageStarted,
    kinds.OutageEnded,
    kinds.CurtailmentStarted,
    kinds.CurtailmentEnded,
)
_OBSERVED: Final = (
    *_BEGUN_AND_ENDED,
    kinds.CurtailmentTargetReached,
    kinds.LoadRestored,
    kinds.HashrateChanged,
    kinds.FeedStateChanged,
    kinds.DisturbanceRecorded,
    kinds.IntervalsRecorded,
)
_ANY: Final = tuple(
    kind.body
    for kind in KINDS
    if kind.claimable and kind.body not in (kinds.EventRetracted, kinds.SectionErased, kinds.ReportIssued)
)
_OLD_AS_A_RULE: Final = (
    kinds.SiteRegistered,
    kinds.SiteInterestChanged,
    kinds.InterconnectionMilestoneReached,
    kinds.PowerContracted,
    kinds.MeterRegistered,
    kinds.LeasePhaseOpened,
    kinds.CommitmentMade,
    kinds.IncentiveGranted,
)
"""Facts that a book takes over from the time before it."""
_LOADED: Final = (
    kinds.IntervalsRecorded,
    kinds.HashrateChanged,
    kinds.CurtailmentStarted,
    kinds.CurtailmentTargetReached,
    kinds.LoadRestored,
    kinds.DisturbanceRecorded,
)

PLAUSIBILITY: Final[tuple[PlausibilityRule, ...]] = (
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
        _BEGUN_AND_ENDED,
        _lasts_long,
        Limit("longest_h", 12),
    ),
    PlausibilityRule(
        "dated-ahead",
        "an outage, a curtailment, a load or a reading dated further ahead of the time it was recorded",
        _OBSERVED,
        _ahead(HOUR_S, "h"),
        Limit("ahead_h", 24),
    ),
    PlausibilityRule(
        "years-ahead",
        "any other fact dated further ahead of the time it was recorded",
        tuple(body for body in _ANY if body not in _OBSERVED),
        _ahead(DAY_S, "days"),
        Limit("far_ahead_days", 365),
    ),
    PlausibilityRule(
        "stray-date",
        "a fact dated further before, or further after, both facts recorded beside it in its stream",
        tuple(body for body in _ANY if body not in _OLD_AS_A_RULE),
        _stray,
        Limit("stray_days", 365),
    ),
    PlausibilityRule(
        "above-contract",
        "a load above this share of the contracted power",
        _LOADED,
        _above_contract,
        Limit("load_percent_of_contract", 100),
    ),
    PlausibilityRule(
        "early-restore",
        "a load restored above this share of what an open curtailment leaves",
        (kinds.LoadRestored,),
        _restored,
        Limit("load_percent_of_left", 100),
    ),
    PlausibilityRule(
        "silent-meter",
        "a meter without this many readings in a row",
        (kinds.IntervalsRecorded,),
        _silent,
        Limit("silent_intervals", 3),
    ),
    PlausibilityRule(
        "high-reading",
        "a reading this many times the median of the 24 or more readings before it",
        (kinds.IntervalsRecorded,),
        _spike,
        Limit("times_median", 10),
    ),
    PlausibilityRule(
        "other-interval",
        "readings of another length than the meter is registered with",
        (kinds.IntervalsRecorded,),
        _other_interval,
    ),
    PlausibilityRule(
        "meter-without-block",
        "a meter registered on a block that was never commissioned",
        (kinds.MeterRegistered,),
        _no_block,
    ),
    PlausibilityRule(
        "unknown-feed",
        "a feed that the block does not have",
        (kinds.FeedStateChanged,),
        _unknown_feed,
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

Chosen = Mapping[type[Fact], tuple[tuple[PlausibilityRule, int], ...]]
"""The rules that look at a fact, each with its limit."""


def chosen(settings: Mapping[str, Any]) -> Chosen:
    """The rules of a book with their limits, from the table ``[plausibility]`` of its ``book.toml``;
    ``Malformed`` for a key or a rule that does not exist.
    """
    limits = {rule.limit.key: rule.limit.default for rule in PLAUSIBILITY if rule.limit}
    names = [rule.name for rule in PLAUSIBILITY]
    off = settings.get(OFF, [])
    if not isinstance(off, list):
        raise Malformed(f"{TABLE}.{OFF} must be a list of rules such as [{names[0]!r}]: {off!r}")
    for name in off:
        if name not in names:
            raise Malformed(f"{TABLE}.{OFF} names no rule: {name!r}; {_nearest(str(name), names)}")
    for key, value in settings.items():
        if key == OFF:
            continue
        if key not in limits:
            raise Malformed(f"{TABLE} has no {key!r}; {_nearest(key, [*limits, OFF])}")
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= LIMIT:
            raise Malformed(f"{TABLE}.{key} must be a whole number above 0: {value!r}")
        limits[key] = value
    found: dict[type[Fact], list[tuple[PlausibilityRule, int]]] = {}
    for rule in PLAUSIBILITY:
        if rule.name not in off:
            for body in rule.facts:
                found.setdefault(body, []).append((rule, limits[rule.limit.key] if rule.limit else 0))
    return {body: tuple(rules) for body, rules in found.items()}


def _nearest(name: str, known: list[str]) -> str:
    import difflib  # only where something is wrong

    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"


def unlikely(rules: Chosen, beside: FactsBeside, record: Record) -> Iterator[Unlikely]:
    """What the rules note on an effective record."""
    body = record.body
    for rule, limit in rules.get(type(body), ()):
        for note in rule.judge(beside, record, body, limit):
            yield Unlikely(record, rule.name, note)


def neighbours(
    records: Iterable[Record], first: Callable[[Record], At] = lambda record: None
) -> dict[str, tuple[At, At]]:
    """The ``at`` of the facts before and after each record in its stream, by id; ``first`` gives the one
    before the first. What corrects stands beside what it corrects, not here, and is left out; so is what is
    dated after it was recorded, which is noted for that and would make its neighbors look early.
    """
    found: dict[str, tuple[At, At]] = {}
    last: dict[str, Record] = {}
    for record in records:
        if not dates_others(record):
            continue
        before = last.get(record.stream)
        if before is not None:
            found[before.id] = found[before.id][0], record.at
        found[record.id] = (first(record) if before is None else before.at), None
        last[record.stream] = record
    return found


def dates_others(record: Record) -> bool:
    """Can the dates of the facts beside a record be compared with its own?"""
    return not record.corrects and record.at <= record.rec


def _body(mark: FactMark) -> Any:
    return mark.body
