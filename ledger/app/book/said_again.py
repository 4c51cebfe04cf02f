"""Repeated facts that are not effective: another about the same thing at the same instant came after them.

The line is set to 50 MW, to 60 MW and, at the same instant, to 50 MW again. The last claim is the first one
word for word, so it has its id and is recorded already; of facts of one instant the later record holds, and
that is 60 MW. The command reports it, as nothing else would show it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import msgspec

from ledger import kinds
from ledger.app.book.batch import Position
from ledger.kinds import BY_BODY, Fact
from ledger.records.envelope import Record

LATEST_HOLDS: Final[dict[type[Fact], tuple[str, ...]]] = {
    body: BY_BODY[body].named
    for body in (
        kinds.SiteRegistered,
        kinds.SiteInterestChanged,
        kinds.PowerContracted,
        kinds.CapacityEnergized,
        kinds.CapacityDeenergized,
        kinds.LoadBlockRerated,
        kinds.FeedStateChanged,
        kinds.MeterRegistered,
        kinds.GridConditionDeclared,
        kinds.LeaseForecastSet,
        kinds.PaymentScheduled,
    )
} | {kinds.HashrateChanged: ("block",)}
"""Facts that replace the one before about the same thing, with the fields that name the thing."""
LOOKED_AT: Final = 50
"""Most repeated facts that are looked at: a file imported again has thousands, in the order of the log."""

After = Callable[[str, int], Iterable[Record]]
"""``after(stream, pos)``: the effective records of a stream behind a position."""


def with_replaced(positions: list[Position], after: After) -> list[Position]:
    """The positions, repeated ones with the index of the record that took their place at their instant."""
    again = [position.record for position in positions if _may_be_replaced(position)]
    if not 0 < len(again) <= LOOKED_AT:
        return positions
    firsts: dict[str, int] = {}
    for record in again:
        firsts[record.stream] = min(record.pos, firsts.get(record.stream, record.pos))
    latest: dict[tuple[Any, ...], Record] = {}
    for record in _behind(firsts, after):
        latest[_about(record)] = record
    found = []
    for position in positions:
        other = latest.get(_about(position.record)) if _may_be_replaced(position) else None
        later = other is not None and other.pos > position.record.pos
        found.append(
            msgspec.structs.replace(position, replaced_by=other.index) if other and later else position
        )
    return found


def _behind(firsts: dict[str, int], after: After) -> Iterator[Record]:
    for stream, pos in firsts.items():
        yield from (record for record in after(stream, pos) if type(record.body) in LATEST_HOLDS)


def _may_be_replaced(position: Position) -> bool:
    return position.repeated and position.gone_by is None and type(position.record.body) in LATEST_HOLDS


def _about(record: Record) -> tuple[Any, ...]:
    """Thing that a record is about, and its instant."""
    named = (getattr(record.body, field) for field in LATEST_HOLDS[type(record.body)])
    return record.stream, type(record.body), record.at, *named
