"""Readings delivered again: an importer skips equal ones and turns different ones into corrections (DOMAIN 5
rule 4).

A claim of intervals is compared with the recorded ones it overlaps, interval by interval. An interval already
recorded with the same energy and quality is left out; a record with a different interval is corrected by one
that restates it whole, unchanged intervals copied; a new interval is recorded as it is. Intervals of another
length or phase are not compared: the claim then corrects all it overlaps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import msgspec
from msgspec import UNSET

from ledger import calendar, kinds
from ledger.records.envelope import Claim, Record, changed

REASON: Final = "delivered again with other readings"


class _IntervalValue(NamedTuple):
    """One interval: its value in units of 10^power Wh, and its quality."""

    value: int
    power_of_ten: int
    quality: int

    def at(self, power_of_ten: int) -> int:
        """The value in units of a lower power of ten."""
        return int(self.value * 10 ** (self.power_of_ten - power_of_ten))


def restated(claim: Claim, overlapping: Sequence[Record]) -> list[Claim]:
    """The claims to record in place of a claim of intervals, given the records it overlaps; none if all is
    already recorded.
    """
    body = claim.body
    if not isinstance(body, kinds.Series) or claim.corrects is not UNSET or not overlapping:
        return [claim]
    if not body.interval_s or len(body.values) != len(body.quality):
        return [claim]  # for the rules to refuse
    known = {record.id: _body(record) for record in overlapping}
    if not all(_same_grid(body, other) for other in known.values()):
        return [_claim(claim, body, tuple(sorted(known)))]
    differ = {id_: _slots(other) for id_, other in known.items() if not _agree(body, other)}
    recorded = {at_s for other in known.values() for at_s in _begins(other)}
    if not differ and recorded.issuperset(_begins(body)):
        return []
    said = _slots(body)
    untouched = {at_s: slot for slots in differ.values() for at_s, slot in slots.items()}
    new = {at_s: slot for at_s, slot in said.items() if at_s not in recorded}
    wanted = untouched | new | {at_s: said[at_s] for at_s in untouched.keys() & said}
    return [
        _claim(
            claim,
            _joined(body, run),
            tuple(sorted(id_ for id_, slots in differ.items() if slots.keys() & dict(run).keys())),
        )
        for run in _runs(wanted, body.interval_s)
    ]


def _claim(claim: Claim, body: kinds.Series, corrects: tuple[str, ...]) -> Claim:
    return changed(
        claim,
        at=body.start,
        body=body,
        corrects=corrects or UNSET,
        reason=REASON if corrects else UNSET,
    )


def _begins(body: kinds.Series) -> range:
    start_s = calendar.instant_s(body.start)
    return range(start_s, start_s + len(body.values) * body.interval_s, body.interval_s)


def _slots(body: kinds.Series) -> dict[int, _IntervalValue]:
    return {
        at_s: _IntervalValue(value, body.power_of_ten, quality)
        for at_s, value, quality in zip(_begins(body), body.values, body.quality, strict=True)
    }


def _agree(some: kinds.Series, other: kinds.Series) -> bool:
    """True where two bodies on one grid have equal energy and quality in the intervals they share."""
    mine, theirs = _begins(some), _begins(other)
    start_s, stop_s = max(mine.start, theirs.start), min(mine.stop, theirs.stop)
    low = min(some.power_of_ten, other.power_of_ten)
    return _between(some, start_s, stop_s, low) == _between(other, start_s, stop_s, low)


def _between(
    body: kinds.Series, start_s: int, stop_s: int, power_of_ten: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The values and qualities of the intervals that begin in [start_s, stop_s), in units of a lower power of
    ten.
    """
    begin_s = _begins(body).start
    first, stop = ((at_s - begin_s) // body.interval_s for at_s in (start_s, stop_s))
    worth = 10 ** (body.power_of_ten - power_of_ten)
    values = body.values[first:stop]
    return values if worth == 1 else tuple(value * worth for value in values), body.quality[first:stop]


def _body(record: Record) -> kinds.Series:
    assert isinstance(record.body, kinds.Series), "only intervals overlap"
    return record.body


def _same_grid(some: kinds.Series, other: kinds.Series) -> bool:
    apart_s = calendar.instant_s(some.start) - calendar.instant_s(other.start)
    return some.interval_s == other.interval_s and apart_s % some.interval_s == 0


def _runs(slots: dict[int, _IntervalValue], interval_s: int) -> Iterator[list[tuple[int, _IntervalValue]]]:
    """Slots in order, split at gaps and at midnight UTC."""
    run: list[tuple[int, _IntervalValue]] = []
    for at_s in sorted(slots):
        if run and (at_s != run[-1][0] + interval_s or at_s // calendar.DAY_S != run[0][0] // calendar.DAY_S):
            yield run
            run = []
        run.append((at_s, slots[at_s]))
    if run:
        yield run


def _joined(body: kinds.Series, run: Sequence[tuple[int, _IntervalValue]]) -> kinds.Series:
    low = min(slot.power_of_ten for _, slot in run)
    return msgspec.structs.replace(
        body,
        start=calendar.format_instant(run[0][0]),
        power_of_ten=low,
        values=tuple(slot.at(low) for _, slot in run),
        quality=tuple(slot.quality for _, slot in run),
    )
