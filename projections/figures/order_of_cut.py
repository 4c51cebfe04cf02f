"""The order in which the blocks of a site were cut for a directive, compared with the required order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from msgspec import UNSET

from projections.engine.fold import Rows
from projections.rows.blocks import BLOCK, Rating, rating_at
from projections.rows.curtailments import CURTAILMENT
from projections.rows.directives import DirectiveSteps

_CLASSES: Final = ("mining", "auxiliary", "ai-hpc")
Rank = tuple[int, int, int]


class CutBlock(NamedTuple):
    """A block that was cut, the time from the receipt, its rating, and its rank: the lowest goes first."""

    after_s: int
    rank: Rank
    name: str
    what: str


def cut_blocks(rows: Rows, site: str, seen: DirectiveSteps, stop_s: int) -> list[CutBlock]:
    """The blocks that were cut for a directive before an instant, in order; blocks cut at one instant by
    rank.
    """
    first: dict[str, int] = {}
    for fact in seen.opened:
        first[fact.body.block] = min(first.get(fact.body.block, fact.at_s), fact.at_s)
    for (place, block, dispatch), row in rows[CURTAILMENT.name].items():
        if place == site and dispatch == seen.said.dispatch:
            starts = [c.at_s for c in row if c.depth_w and seen.received_s <= c.at_s < stop_s]
            if starts:
                first[block] = min(first.get(block, starts[0]), starts[0])
    ratings = {block: _rating(rows, site, block, at_s) for block, at_s in first.items()}
    return sorted(
        CutBlock(
            at_s - seen.received_s,
            _rank(block, ratings[block], seen),
            block,
            "unknown" if (rating := ratings[block]) is None else rating.load_class,
        )
        for block, at_s in first.items()
    )


def in_order(cut: Sequence[CutBlock]) -> bool:
    """True where no block was cut before one that must go first. Blocks cut at one instant are in order."""
    return all(earlier.rank <= later.rank for earlier, later in pairwise(cut))


def left_on(rows: Rows, site: str, seen: DirectiveSteps, cut: Iterable[CutBlock]) -> list[str]:
    """The blocks commissioned at the receipt that were not cut although a block that must go later was, in
    order.
    """
    cut = list(cut)
    last = max((block.rank for block in cut), default=None)
    names = {block.name for block in cut}
    found = []
    for place, block in rows[BLOCK.name]:
        rating = _rating(rows, site, block, seen.received_s) if place == site else None
        if rating is not None and block not in names and last is not None:
            rank = _rank(block, rating, seen)
            if rank < last:
                found.append((rank, block))
    return [block for _, block in sorted(found)]


def _rating(rows: Rows, site: str, block: str, at_s: int) -> Rating | None:
    return rating_at(rows[BLOCK.name].get((site, block), ()), at_s)


def _rank(block: str, rating: Rating | None, seen: DirectiveSteps) -> Rank:
    """The rank in the directive; blocks that it does not name go after those, interruptible before firm,
    mining first.
    """
    said = () if seen.said.blocks is UNSET else seen.said.blocks
    if block in said:
        return said.index(block), 0, 0
    if rating is None:
        return len(said), 0, len(_CLASSES)
    return len(said), int(rating.service_class == "firm"), _CLASSES.index(rating.load_class)
