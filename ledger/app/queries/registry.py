"""The streams of a book by name, the zones of its sites, and instants as people type them beside these.

It is separate from the reports, so that a command which needs no report does not wait for them to load.
"""

from __future__ import annotations

from typing import NamedTuple

from ledger import calendar, kinds
from ledger.app.book.book import Book
from ledger.exchange.everyday_times import EverydayTimes
from ledger.records.envelope import RESERVED_PLACES


class Registry(NamedTuple):
    """Streams opened in the first n records: name -> number, and the zone of each place that has one."""

    numbers: dict[str, int]
    zones: dict[str, str]

    @property
    def sites(self) -> tuple[str, ...]:
        """Places that are sites, sorted."""
        places = {name.partition("/")[0] for name in self.numbers}
        return tuple(sorted(p for p in places if p not in RESERVED_PLACES and not p.startswith("ba-")))

    @property
    def authorities(self) -> tuple[str, ...]:
        """The places of all balancing authorities, sorted."""
        places = {name.partition("/")[0] for name in self.numbers}
        return tuple(sorted(place for place in places if place.startswith("ba-")))


def registry_at(book: Book, size: int) -> Registry:
    """The streams opened in the first ``size`` records."""
    numbers: dict[str, int] = {}
    zones: dict[str, str] = {}
    for record in book.stream_records(0):
        body = record.body
        if record.index < size and isinstance(body, kinds.StreamOpened):
            numbers[body.stream] = body.number
            if body.tz:
                zones.setdefault(body.stream.partition("/")[0], body.tz)
    return Registry(numbers, zones)


def times_of(book: Book, registry: Registry | None = None) -> EverydayTimes:
    """Reader of typed times, beside the book's clock and the zones of its sites."""
    zones = (registry or registry_at(book, book.store.size)).zones
    return EverydayTimes(calendar.instant_s(book.now()), zones, book.config.tz)
