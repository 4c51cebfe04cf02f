"""Which records a token may read: those of its streams and, where it is limited to a period, what took effect in it.

A period is half-open. A fact is in it by its ``at``. A fact from before it may be read where what it is about was
still so when the period began, or goes on in it: the site and its blocks, terms in force, an outage that was open;
that is the state at the beginning, as ``state`` tells it. What replaces a record that may be read may be read too,
so that nobody takes for true what was corrected. Everything else is as if it was not there.
"""

from __future__ import annotations

from functools import cached_property
from typing import Final

from ledger import calendar
from ledger.app.access.period import TokenPeriod
from ledger.app.book.book import Book
from ledger.app.queries.registry import Registry
from ledger.app.queries.report_run import rows_of
from ledger.kinds import BY_BODY, HashrateChanged
from ledger.records import leaf_format, upcasts
from ledger.records.envelope import Record
from ledger.records.ids import binary_id
from projections.engine.fold import Key
from projections.figures.state_at import STATE_ROWS, state_at
from projections.rows import lifecycles

HASHRATE: Final = "hashrate"


class Sight:
    """What may be read of a book: streams, and of these a period (None: all of them)."""

    def __init__(
        self, book: Book, registry: Registry, streams: frozenset[str], period: TokenPeriod | None
    ) -> None:
        self._book, self._registry = book, registry
        self.streams, self.period = streams, period

    def leaf(self, leaf: bytes) -> bool:
        """May a record be read, by its leaf?"""
        if leaf_format.glance(leaf).stream not in self.streams:
            return False
        return self.period is None or self.record(upcasts.read(leaf))

    def record(self, record: Record) -> bool:
        """May a record of a stream that may be read be read?"""
        if self.period is None or self.period.holds(record.at):
            return True
        if record.corrects and any(map(self._target, record.corrects)):
            return True
        if self.period.until is not None and record.at >= self.period.until:
            return False
        return _key_of(record) in self._carried

    def _target(self, id_: str) -> bool:
        found = self._book.store.indexes([binary_id(id_)])
        return any(
            self.leaf(leaf) for index in found.values() for leaf in self._book.store.read(index, index + 1)
        )

    @cached_property
    def _carried(self) -> frozenset[Key]:
        """What was so when the period began, or goes on in it."""
        assert self.period is not None, "asked where there is a period"
        assert self.period.since is not None, "asked for what is before it"
        book, registry, names = self._book, self._registry, sorted(self.streams)
        since_s, period = calendar.instant_s(self.period.since), self.period
        rows = rows_of(book, registry, names, book.store.size, STATE_ROWS)
        places = {name.partition("/")[0] for name in names}
        state = state_at(rows, places, since_s)
        held = {(one.place, one.what, *one.name) for one in state}
        held |= {_hashrate(one.place, one.name[0], one.since_s) for one in state if one.what == HASHRATE}
        on = {
            key
            for key, facts in rows[lifecycles.THING.name].items()
            if any(period.holds(calendar.format_instant(fact.at_s)) for fact in facts)
        }
        return frozenset(held | on)


def _key_of(record: Record) -> Key | None:
    """What a fact is about, as ``_carried`` names it; None where it is about nothing that lasts. A hashrate holds
    until the next, so it is named with its beginning.
    """
    body = record.body
    if isinstance(body, HashrateChanged):
        return _hashrate(record.place, body.block, calendar.instant_s(record.at))
    return lifecycles.key(record) if BY_BODY[type(body)].subject is not None else None


def _hashrate(place: str, block: str, since_s: int) -> Key:
    return (place, HASHRATE, block, str(since_s))
