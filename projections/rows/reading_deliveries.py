"""Row kind ``delivery``: the source document of each record of readings, and the records it corrected.

Key (site, meter, UTC day in which the readings begin), as of ``meter-day``. The row is a tuple in order of
pos, of every record, including corrected ones: the chain of corrections is in the rows of one site.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from msgspec import UNSET

from ledger.kinds import IntervalsRecorded
from ledger.records.envelope import Record
from projections.engine.fold import FigureScope, RowKind
from projections.rows.meters import day_key


class Delivery(NamedTuple):
    """One record: its source's SHA-256 in hex, None without one. A correction has its own ``id`` and the ids
    it ``corrects``.
    """

    pos: int
    sha256: str | None
    id: str
    corrects: tuple[str, ...]


def evolve(row: tuple[Delivery, ...] | None, records: Sequence[Record]) -> tuple[Delivery, ...]:
    """The deliveries with more; within a stream records arrive in order of their positions."""
    return (*(row or ()), *map(_delivery, records))


def _delivery(record: Record) -> Delivery:
    source, corrects = record.source, record.corrects or ()
    sha256 = None if source is UNSET or source.sha256 is UNSET else source.sha256
    return Delivery(record.pos, sha256, record.id if corrects else "", corrects)


def bears(row: Iterable[Delivery], asked: FigureScope) -> Iterable[int]:
    """No facts: a report names the chain of the reading that it is asked about."""
    return ()


def chain(delivery: Delivery, corrections: Mapping[str, Delivery]) -> list[list[Delivery]]:
    """The corrections that led to a record, level by level: itself, the corrections it corrects, and so on.

    ``corrections`` by id are all of its site. A record is corrected once, so chains never meet. The number of
    levels is the record's revision: 0 for a record that corrects nothing.
    """
    levels: list[list[Delivery]] = []
    level = [delivery] if delivery.corrects else []
    while level:
        levels.append(level)
        level = [corrections[id_] for one in level for id_ in one.corrects if id_ in corrections]
    return levels


DELIVERY: Final = RowKind(
    "delivery",
    1,
    ("site", "meter", "day"),
    (IntervalsRecorded,),
    day_key,
    evolve,
    bears,
    tuple[Delivery, ...],
    every=True,
)
