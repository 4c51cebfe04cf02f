"""Row kind ``feed``: the up and down states of a block's electrical feeds.

Key (site, block). The row is a tuple of changes in order of (at, pos). A feed is up until a fact states
otherwise.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from ledger.calendar import Window, instant_s
from ledger.kinds import FeedStateChanged
from ledger.records.envelope import Record
from projections.engine.fold import RowKind, bears_all, key_of
from projections.engine.windows import Span, spans, sweep


class FeedChange(NamedTuple):
    """The state of a feed from ``at_s`` on."""

    at_s: int
    pos: int
    feed: str
    is_up: bool


def evolve(row: tuple[FeedChange, ...] | None, record: Record) -> tuple[FeedChange, ...]:
    """The changes with one more in order of (at, pos)."""
    body = record.body
    assert isinstance(body, FeedStateChanged), record.kind
    changes = list(row or ())
    change = FeedChange(instant_s(record.at), record.pos, body.feed, body.state == "up")
    insort(changes, change, key=lambda one: one[:2])
    return tuple(changes)


def all_down_s(row: Iterable[FeedChange], feeds: Sequence[str], window: Window) -> int | None:
    """Seconds of a window in which all of some feeds were down; None where the feeds are unknown."""
    changes = list(row)
    down = [
        [
            Span(start_s, stop_s, feed)
            for start_s, stop_s, is_up in spans((c.at_s, c.is_up) for c in changes if c.feed == feed)
            if not is_up
        ]
        for feed in dict.fromkeys(feeds)
    ]
    return sum(piece.seconds for piece in sweep(window, *down) if all(piece.open)) if down else None


FEED: Final = RowKind(
    "feed",
    1,
    ("site", "block"),
    (FeedStateChanged,),
    key_of(("site", "block")),
    evolve,
    bears_all,
    tuple[FeedChange, ...],
)
