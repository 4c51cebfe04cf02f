"""Row kind ``feed``: the up and down states of a block's electrical feeds.

Key (site, block). The row is a tuple of changes in order of (at, pos). A feed is up until a fact states
otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from ledger.calendar import Window, instant_s
from ledger.kinds import FeedStateChanged
from ledger.records.envelope import Record
from projections.engine.fold import RowKind, bears_all, in_order, key_of
from projections.engine.windows import Span, spans, sweep


class FeedChange(NamedTuple):
    """The state of a feed from ``at_s`` on."""

    at_s: int
    pos: int
    feed: str
    is_up: bool


def change_of(record: Record) -> FeedChange:
    """The change that a record states."""
    body = record.body
    assert isinstance(body, FeedStateChanged), record.kind
    return FeedChange(instant_s(record.at), record.pos, body.feed, body.state == "up")


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
    in_order(change_of),
    bears_all,
    tuple[FeedChange, ...],
    items=True,
)
