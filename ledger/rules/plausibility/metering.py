"""Rules on loads, feeds and meter readings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

from msgspec import UNSET

from ledger import calendar, kinds
from ledger.calendar import HOUR_S, instant_s
from ledger.records.envelope import Record
from ledger.rules.plausibility.beside import FactsBeside, body_of
from ledger.rules.plausibility.rule import Limit, PlausibilityRule
from ledger.rules.power import block_at
from ledger.units import format_quantity

PICO: Final = 10**12
TYPICAL_READINGS: Final = 24
_LOADS: Final = ("load_w", "power_w", "before_w", "after_w")
_LOADED: Final = (
    kinds.IntervalsRecorded,
    kinds.HashrateChanged,
    kinds.CurtailmentStarted,
    kinds.CurtailmentTargetReached,
    kinds.LoadRestored,
    kinds.DisturbanceRecorded,
)
_LOADS_OF: Final = {
    body: tuple(name for name in _LOADS if name in body.__struct_fields__) for body in _LOADED
}
"""The fields of a kind that are loads."""


def _above_contract(beside: FactsBeside, record: Record, body: Any, limit: int) -> Iterable[str]:
    place = record.place
    allowed = beside.contracted(place, record.at)
    if allowed is None:
        return ()
    if isinstance(body, kinds.IntervalsRecorded):
        load_w = _most_power(body)
    else:
        load_w = max([getattr(body, name) or 0 for name in _LOADS_OF[type(body)]])
    if load_w * 100 <= allowed.power_w * limit:
        return ()
    if isinstance(body, kinds.IntervalsRecorded):
        meter = _meter(beside, place, body)
        if meter is None or meter.direction != "delivered":
            return ()
        named = f"a reading of meter {body.meter}"
    else:
        named = f"the load of block {body.block}" if body.block is not UNSET else "the load"
    return (
        f"{place}: {named}, {_megawatts(load_w)} at {record.at}, is above the contracted"
        f" {format_quantity(allowed.power_w, '_w')}",
    )


def _megawatts(power_w: int) -> str:
    """Power for people: in whole watts, or in kilowatts where a division left odd watts."""
    return format_quantity(power_w if power_w < 1_000_000 else round(power_w, -3), "_w")


def _most_power(body: kinds.IntervalsRecorded) -> int:
    """The mean power of the highest reading, in whole watts."""
    return _pico(body)(max(body.values)) // PICO


def _pico(body: kinds.IntervalsRecorded) -> Callable[[int], int]:
    """A reading's mean power in picowatts, so that no reading is rounded to 0."""
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
    return None if found is None else body_of(found)


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
    """The median of the readings before a record's, or of its own where it is the meter's first; 0 where too
    few are known.
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


def _negative(
    beside: FactsBeside, record: Record, body: kinds.IntervalsRecorded, limit: int
) -> Iterator[str]:
    negative = [value for value in body.values if value < 0]
    if negative:
        lowest_wh = Decimal(min(negative)).scaleb(body.power_of_ten)
        whole = lowest_wh == lowest_wh.to_integral_value()
        lowest = format_quantity(int(lowest_wh), "_wh") if whole else f"{lowest_wh:f}Wh"
        many = "a reading" if len(negative) == 1 else f"{len(negative):,} readings"
        yield (
            f"{record.place}: {many} of meter {body.meter} from {body.start} {'is' if len(negative) == 1 else 'are'}"
            f" below 0, the lowest {lowest}; energy that leaves the site is recorded of a meter of"
            " direction=received"
        )


RULES: Final[tuple[PlausibilityRule, ...]] = (
    PlausibilityRule(
        "above-contract",
        "a load above this share of the contracted power",
        _LOADED,
        _above_contract,
        Limit("load_percent_of_contract", 100),
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
        "negative-reading",
        "a reading of an energy below 0",
        (kinds.IntervalsRecorded,),
        _negative,
    ),
)
