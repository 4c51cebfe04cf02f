"""Readings delivered again: an importer skips equal ones and turns different ones into corrections (DOMAIN 5 rule 4).

Of a claim of intervals that overlaps recorded ones, interval by interval: what is recorded already with the same energy and quality is
left out; a record with an interval that differs is corrected by one that restates all of it, the untouched intervals copied; what
is new is recorded as it is. Intervals of another length or phase are not compared: the claim then corrects all it overlaps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import msgspec
from msgspec import UNSET

from ledger import calendar
from ledger import events as e
from ledger.records import Claim, Record, changed

REASON: Final = "delivered again with other readings"


class _Slot(NamedTuple):
    """One interval: its value in units of 10^power Wh, and its quality."""

    value: int
    power_of_ten: int
    quality: int

    def same(self, other: _Slot) -> bool:
        """Equal energy and quality."""
        low = min(self.power_of_ten, other.power_of_ten)
        return self.quality == other.quality and self.at(low) == other.at(low)

    def at(self, power_of_ten: int) -> int:
        """The value in units of a lower power of ten."""
        return int(self.value * 10 ** (self.power_of_ten - power_of_ten))


def restated(claim: Claim, overlapping: Sequence[Record]) -> list[Claim]:
    """What is to be recorded of a claim of intervals beside the records it overlaps; nothing if all is recorded already."""
    body = claim.body
    if not isinstance(body, e.IntervalsRecorded) or claim.corrects is not UNSET or not overlapping:
        return [claim]
    said = _slots(body)
    known = {record.id: _slots(_body(record)) for record in overlapping}
    if not all(_same_grid(body, _body(record)) for record in overlapping):
        return [_claim(claim, body, tuple(sorted(known)))]
    recorded = {at_s: slot for slots in known.values() for at_s, slot in slots.items()}
    differ = {
        id_ for id_, slots in known.items() if any(not said[at].same(slots[at]) for at in said.keys() & slots)
    }
    untouched = {at_s: slot for id_ in differ for at_s, slot in known[id_].items()}
    new = {at_s: slot for at_s, slot in said.items() if at_s not in recorded}
    wanted = untouched | new | {at_s: said[at_s] for at_s in untouched.keys() & said}
    return [
        _claim(
            claim,
            _joined(body, run),
            tuple(sorted(id_ for id_ in differ if known[id_].keys() & dict(run).keys())),
        )
        for run in _runs(wanted, body.interval_s)
    ]


def _claim(claim: Claim, body: e.IntervalsRecorded, corrects: tuple[str, ...]) -> Claim:
    return changed(
        claim,
        at=body.start,
        body=body,
        corrects=corrects or UNSET,
        reason=REASON if corrects else UNSET,
    )


def _slots(body: e.IntervalsRecorded) -> dict[int, _Slot]:
    start_s = calendar.instant_s(body.start)
    return {
        start_s + n * body.interval_s: _Slot(value, body.power_of_ten, quality)
        for n, (value, quality) in enumerate(zip(body.values, body.quality, strict=True))
    }


def _body(record: Record) -> e.IntervalsRecorded:
    assert isinstance(record.body, e.IntervalsRecorded), "only intervals overlap"
    return record.body


def _same_grid(some: e.IntervalsRecorded, other: e.IntervalsRecorded) -> bool:
    apart_s = calendar.instant_s(some.start) - calendar.instant_s(other.start)
    return some.interval_s == other.interval_s and apart_s % some.interval_s == 0


def _runs(slots: dict[int, _Slot], interval_s: int) -> Iterator[list[tuple[int, _Slot]]]:
    """Slots in order, cut where one is missing and at midnight UTC."""
    run: list[tuple[int, _Slot]] = []
    for at_s in sorted(slots):
        if run and (at_s != run[-1][0] + interval_s or at_s // calendar.DAY_S != run[0][0] // calendar.DAY_S):
            yield run
            run = []
        run.append((at_s, slots[at_s]))
    if run:
        yield run


def _joined(body: e.IntervalsRecorded, run: Sequence[tuple[int, _Slot]]) -> e.IntervalsRecorded:
    low = min(slot.power_of_ten for _, slot in run)
    return msgspec.structs.replace(
        body,
        start=calendar.format_instant(run[0][0]),
        power_of_ten=low,
        values=tuple(slot.at(low) for _, slot in run),
        quality=tuple(slot.quality for _, slot in run),
    )
