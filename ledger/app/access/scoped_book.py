"""A book as a token may read it: the streams of its scope, and nothing of the others.

Every command and page that reads a book reads this one by the same code, as it reads a bundle. What is
hidden is not filtered from an answer afterwards: it is not there (``sight``). A place outside the scope is answered as
one that does not exist; of a place inside it the names of all streams are known, and why one cannot be read.
The log's size, root and record times are public (the checkpoint says them).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, cast

from ledger import kinds
from ledger.app.access.sight import Sight
from ledger.app.access.tokens import CHOICES, Token
from ledger.app.book.book import Book, Reading
from ledger.app.queries import subject
from ledger.app.queries.registry import Registry, registry_at
from ledger.app.queries.report_run import rows_of
from ledger.errors import Malformed
from ledger.records import upcasts
from ledger.records.envelope import Record
from ledger.store.checked_reads import CheckedReads
from ledger.store.port import Section, Store
from projections.rows.lease_phases import PHASE


def book_of(book: Book, token: Token) -> Book:
    """The book as a token may read it: the book itself where that is all of it."""
    role, scope = token.role, token.scope
    if role.classes == kinds.CLASSES and role.sections and not scope:
        return book
    reached = reach(book, token)
    sight = Sight(book, reached.registry, reached.streams, token.period)
    return ScopedBook(book, reached, sight, sections=role.sections)


class Reach(NamedTuple):
    """The sites of a token's scope, and the streams that it may read of those that are open."""

    registry: Registry
    sites: tuple[str, ...]
    streams: frozenset[str]

    @property
    def places(self) -> frozenset[str]:
        """The places whose streams are known by name."""
        return frozenset({name.partition("/")[0] for name in self.streams} | set(self.sites))


def reach(book: Book, token: Token) -> Reach:
    """The sites and streams of a token now."""
    registry = registry_at(book, book.store.size)
    sites = _sites(book, token, registry)
    return Reach(registry, sites, _streams(book, token, registry, sites))


def _sites(book: Book, token: Token, registry: Registry) -> tuple[str, ...]:
    """The sites of a token's scope; none where nothing fits any more."""
    chosen = {name: token.scope[name] for name in CHOICES if name in token.scope}
    try:
        return subject.chosen_sites(book, book.store.size, token.scope.get("site", registry.sites), chosen)
    except Malformed:
        return ()


def _streams(book: Book, token: Token, registry: Registry, sites: tuple[str, ...]) -> frozenset[str]:
    """The streams of the role's classes at the sites; where the token is of all sites, those of the fleet; with
    class grid, those of balancing authorities.
    """
    classes = token.role.classes
    places = sites if {"site", *CHOICES} & set(token.scope) else (*sites, "fleet")
    names = {f"{place}/{disclosure}" for place in places for disclosure in classes}
    if "grid" in classes:
        names |= {f"{authority}/grid" for authority in registry.authorities}
    if classes == kinds.CLASSES and not token.scope:
        names |= {name for name in registry.numbers if name.startswith("ledger/")}
    names &= set(registry.numbers)
    if "tenant" in token.scope:
        names -= _shared_leases(book, registry, names, token.scope["tenant"])
    if "stream" in token.scope:
        names &= set(token.scope["stream"])
    return frozenset(names)


def _shared_leases(book: Book, registry: Registry, names: set[str], tenants: tuple[str, ...]) -> set[str]:
    """The lease streams that hold phases of another tenant too: none of it may be shown to one of them."""
    leases = [name for name in sorted(names) if name.endswith("/lease")]
    mine = {tenant.casefold() for tenant in tenants}
    rows = rows_of(book, registry, leases, book.store.size, (PHASE,))[PHASE.name]
    return {
        f"{site}/lease"
        for (site, _), facts in rows.items()
        for fact in facts
        if isinstance(fact.body, kinds.LeasePhaseOpened) and fact.body.tenant.casefold() not in mine
    }


class ScopedStore:
    """A store in which the records of some streams alone can be found; the rest of it is as it was."""

    def __init__(self, store: Store, streams: Mapping[int, str], sight: Sight) -> None:
        self._store, self._streams, self._sight = store, streams, sight

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def _check(self, number: int) -> None:
        if number and self._streams.get(number) not in self._sight.streams:
            raise Malformed(f"{self._streams.get(number, 'the stream')} is not in the scope of your token")

    def read_stream(self, number: int, start: int, stop: int | None) -> Iterator[bytes]:
        """Leaves of a stream that may be read."""
        self._check(number)
        return self._store.read_stream(number, start, stop)

    def stream_size_at(self, number: int, size: int) -> int:
        """Number of the first records that belong to a stream that may be read."""
        self._check(number)
        return self._store.stream_size_at(number, size)

    def stream_indexes(self, number: int, start: int, stop: int) -> list[int]:
        """Indexes of a stream that may be read."""
        self._check(number)
        return self._store.stream_indexes(number, start, stop)

    def indexes(self, ids: Iterable[bytes]) -> dict[bytes, int]:
        """Indexes of records that may be read."""
        return {id_: index for id_, index in self._store.indexes(ids).items() if self.shows(index)}

    def superseders(self, ids: Iterable[bytes]) -> dict[bytes, int]:
        """Corrections of records, where they may be read; a correction is in the stream of its target."""
        return {id_: index for id_, index in self._store.superseders(ids).items() if self.shows(index)}

    def read_sections(self, index: int) -> list[Section]:
        """The sections of a record that may be read."""
        return self._store.read_sections(index) if self.shows(index) else []

    def shows(self, index: int) -> bool:
        """May the record of an index be read?"""
        return any(map(self._sight.leaf, self._store.read(index, index + 1)))


class ScopedReads(CheckedReads):
    """The leaves that may be read; every one of the others is as if it was not there."""

    def __init__(self, store: Store, sight: Sight) -> None:
        super().__init__(store)
        self._sight = sight

    def leaf(self, index: int) -> bytes:
        """A leaf that may be read; ``Malformed`` as for an index that is not there."""
        leaf = super().leaf(index)
        if not self._sight.leaf(leaf):
            raise Malformed(f"no record {index} is here")
        return leaf

    def leaves(self, start: int, stop: int) -> Iterator[bytes]:
        """Those of the leaves [start, stop) that may be read, in order."""
        return filter(self._sight.leaf, super().leaves(start, stop))


class ScopedBook(Book):
    """A book that shows the streams of a scope; it is never written."""

    called = "scope"

    def __init__(
        self,
        book: Book,
        reached: Reach,
        sight: Sight,
        *,
        sections: bool,
    ) -> None:
        visible = reached.streams
        streams = {number: name for name, number in reached.registry.numbers.items()}
        self._store, self._sight = ScopedStore(book.store, streams, sight), sight
        super().__init__(
            book.directory, cast(Store, self._store), book.config, book.surroundings, book.key_file
        )
        self._whole_book = book
        self._visible, self._places, self._shows_sections = visible, reached.places, sections
        self._hidden = book._hidden
        self.reads = ScopedReads(book.store, sight)
        period = sight.period
        self.cut = period is not None
        self.since, self.until = (None, None) if period is None else period

    def has(self, index: int) -> bool:
        """May the record of an index be read?"""
        return super().has(index) and self._store.shows(index)

    def rec_at(self, index: int) -> str:
        """When any record was taken."""
        return self._whole_book.rec_at(index)

    def root_at(self, size: int) -> bytes:
        """The root of the whole log."""
        return self._whole_book.root_at(size)

    def stream_records(self, number: int, *, read: Reading = upcasts.read) -> Iterator[Record]:
        """Records of a stream that may be read; of the registry, the streams of places in the scope."""
        found = super().stream_records(number, read=read)
        if number:
            return filter(self._sight.record, found)
        if "ledger/registry" in self._visible:
            return found
        return (record for record in found if self._is_open(record))

    def stream_part(
        self, number: int, start: int, stop: int, *, read: Reading | None = None
    ) -> Iterator[Record]:
        """Those records of a part of a stream that may be read."""
        return filter(self._sight.record, super().stream_part(number, start, stop, read=read))

    def now(self) -> str:
        """This instant, or the end of the period that may be read."""
        now = super().now()
        return now if self.until is None else min(now, self.until)

    def _is_open(self, record: Record) -> bool:
        body = record.body
        return isinstance(body, kinds.StreamOpened) and body.stream.partition("/")[0] in self._places

    def sections(self, record: Record) -> list[Section]:
        """The sections of a record, where the role may see them."""
        return super().sections(record) if self._shows_sections else []

    def lacks(self, streams: Mapping[str, int], *, sections: bool = False) -> dict[str, str]:
        """Why some streams cannot be read whole."""
        found = dict.fromkeys(self.absent(streams), "is not in the scope of your token")
        if sections and not self._shows_sections:
            for name, number in streams.items():
                if name not in found and self.store.keeps_sections((number,), self.store.size):
                    found[name] = "keeps back a section from your token"
        return found

    def absent(self, streams: Mapping[str, int]) -> list[str]:
        """Names of the streams that may not be read."""
        return [name for name in streams if name not in self._visible]


__all__ = ["Reach", "ScopedBook", "book_of", "reach"]
