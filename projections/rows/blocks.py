"""Row kind ``block``: the commissioning, rerating and retirement of a load block.

Key (site, block). The row is a tuple of changes in order of (at, pos). A retired block can be commissioned
again, then with another capacity and another class. Between lives there is no capacity, and outages and
curtailments open at the retirement ended with it (DOMAIN 5 rule 2).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from ledger.calendar import instant_s
from ledger.kinds import LoadBlockCommissioned, LoadBlockRerated, LoadBlockRetired
from ledger.records.envelope import Record
from projections.engine.fold import RowKind, bears_all, in_order, key_of
from projections.engine.windows import FOREVER, Span, spans


class Rating(NamedTuple):
    """The rating of a commissioned block: its capacity, ``mining | ai-hpc | auxiliary``, ``interruptible |
    firm``, its feeds.
    """

    capacity_w: int
    load_class: str
    service_class: str
    feeds: tuple[str, ...] = ()


class BlockChange(NamedTuple):
    """One fact. A commissioning has ``rating``, a rerating ``capacity_w``, a retirement ``cause``."""

    at_s: int
    pos: int
    rating: Rating | None
    capacity_w: int | None
    cause: str | None


def change_of(record: Record) -> BlockChange:
    """The change that a record states."""
    body = record.body
    rating = capacity_w = cause = None
    if isinstance(body, LoadBlockCommissioned):
        rating = Rating(body.capacity_w, body.load_class, body.service_class, body.feeds)
    elif isinstance(body, LoadBlockRerated):
        capacity_w = body.capacity_w
    elif isinstance(body, LoadBlockRetired):
        cause = body.cause
    return BlockChange(instant_s(record.at), record.pos, rating, capacity_w, cause)


def ratings(row: Iterable[BlockChange]) -> list[Span[Rating]]:
    """The commissioned time of the block, cut wherever its rating changes; there is no span between lives. A
    rerating outside a life changes nothing.
    """
    rating: Rating | None = None
    steps: list[tuple[int, Rating | None]] = []
    for change in row:
        rating = _after(rating, change)
        steps.append((change.at_s, rating))
    return [Span(start_s, stop_s, held) for start_s, stop_s, held in spans(steps) if held is not None]


def rating_at(row: Iterable[BlockChange], at_s: int) -> Rating | None:
    """The block's rating at an instant; None while it is not commissioned."""
    return next((held for start_s, stop_s, held in ratings(row) if start_s <= at_s < stop_s), None)


def _after(rating: Rating | None, change: BlockChange) -> Rating | None:
    if change.capacity_w is None:
        return change.rating
    return None if rating is None else rating._replace(capacity_w=change.capacity_w)


def retired_after(row: Iterable[BlockChange], instant_s: int) -> int:
    """The retirement that ends what began on the block at an instant; ``FOREVER`` if there is none.

    A retirement at the same instant ends it too, unless the block is commissioned again then.
    """
    changes = tuple(row)
    rating: Rating | None = None
    for change in changes:
        if change.at_s <= instant_s:
            rating = _after(rating, change)
    first_s = instant_s if rating is None else instant_s + 1
    ends = (change.at_s for change in changes if _is_retirement(change) and change.at_s >= first_s)
    return next(ends, FOREVER)


def converted_at(row: Iterable[BlockChange]) -> frozenset[int]:
    """The instants at which the block was retired for conversion."""
    return frozenset(change.at_s for change in row if change.cause == "conversion")


def contradicted(row: Iterable[BlockChange]) -> list[BlockChange]:
    """Changes that a late or corrected fact made contradictory: to a block that is not commissioned, or is
    already.
    """
    rating: Rating | None = None
    found = []
    for change in row:
        if (change.rating is None) == (rating is None):
            found.append(change)
        rating = _after(rating, change)
    return found


def _is_retirement(change: BlockChange) -> bool:
    return change.rating is None and change.capacity_w is None


BLOCK: Final = RowKind(
    "block",
    3,
    ("site", "block"),
    (LoadBlockCommissioned, LoadBlockRerated, LoadBlockRetired),
    key_of(("site", "block")),
    in_order(change_of),
    bears_all,
    tuple[BlockChange, ...],
    items=True,
)
