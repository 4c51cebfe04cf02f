"""Rules on the dates of facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ledger import calendar, kinds
from ledger.calendar import DAY_S, HOUR_S, instant_s
from ledger.kinds import BY_BODY, KINDS, Fact
from ledger.records.envelope import Record
from ledger.rules.plausibility.beside import FactsBeside
from ledger.rules.plausibility.blocks import BEGUN_AND_ENDED
from ledger.rules.plausibility.rule import Judge, Limit, PlausibilityRule

_OBSERVED: Final = (
    *BEGUN_AND_ENDED,
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


def _ahead(limit_s: int, said: str) -> Judge:
    def judge(beside: FactsBeside, record: Record, body: Fact, limit: int) -> Iterable[str]:
        if record.at <= record.rec:
            return ()
        if instant_s(record.at) - calendar.rec_us(record.rec) // 1_000_000 <= limit * limit_s:
            return ()
        name = BY_BODY[type(body)].name
        return (
            f"{record.place}: {name} is dated {record.at}, more than {limit} {said} after it was recorded",
        )

    return judge


def _stray(beside: FactsBeside, record: Record, body: Fact, limit: int) -> Iterable[str]:
    beside_it = beside.neighbours.get(record.id)
    return () if beside_it is None else _apart(record, body, beside_it, limit)


def _apart(record: Record, body: Fact, beside_it: tuple[str, str | None], limit: int) -> Iterator[str]:
    early = record.at < beside_it[0]
    at_s = instant_s(record.at)
    apart_s = min(abs(at_s - instant_s(other)) for other in beside_it if other is not None)
    if apart_s > limit * DAY_S:
        yield (
            f"{record.place}: {BY_BODY[type(body)].name} is dated {record.at}, more than {limit} days"
            f" {'before' if early else 'after'} the facts recorded beside it"
        )


RULES: Final[tuple[PlausibilityRule, ...]] = (
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
)
