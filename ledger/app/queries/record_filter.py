"""``log`` and ``status``: records as people and machines read them."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Set
from heapq import merge
from itertools import islice
from typing import Any, Final, NamedTuple

from msgspec import UNSET

from ledger.app.book.book import Book
from ledger.app.cache.cache_file import read_model_size
from ledger.app.queries.report_run import PLACE, bounds, known_at, places_of, registry_at
from ledger.errors import Malformed, no_such
from ledger.exchange.story import format_claim
from ledger.fields import is_id
from ledger.kinds import KINDS, Fact, kind_of
from ledger.records import envelope, leaf_format
from ledger.records.envelope import Record
from ledger.records.ids import binary_id

POLL_S: Final = 0.2
PAGE: Final = 1_000
FEW: Final = 4
"""Records of a stream that are read first: a list of the newest of many streams needs few of each."""
MOST: Final = 4
"""The log is read where it has less than so many times the records of the streams: it is checked by the block."""


def _tags(said: str) -> list[str]:
    """Stored tags of a typed kind: one version, or all versions of a name."""
    kind = kind_of(said)
    return [kind.tag] if said == kind.tag else [other.tag for other in KINDS if other.name == kind.name]


class Filter(NamedTuple):
    """Criteria for records; ``start`` and ``stop`` bound ``at``, half-open, as stored instants."""

    stream: str | None
    site: str | None
    tags: frozenset[str]
    start: str | None
    stop: str | None
    after: int | None
    limit: int | None
    known: int
    streams: tuple[int, ...] | None
    """The streams of all that can pass; None where any may be."""

    @classmethod
    def of(
        cls,
        book: Book,
        stream: str | None,
        site: str | None,
        kinds: tuple[str, ...],
        start: str | None,
        stop: str | None,
        after: int | None,
        limit: int | None,
        known: str | None = None,
    ) -> Filter:
        """The filter that was typed; ``Malformed`` for a kind, stream or instant that cannot be."""
        registry = registry_at(book, book.store.size)
        numbers = registry.numbers
        if stream is not None and stream not in numbers:
            raise no_such("stream", stream, numbers)
        if site is not None and site.startswith("ba-"):
            site = site.lower()  # ba-SWPP as story text and the help write it
        if site is not None and not any(name.startswith(f"{site}/") for name in numbers):
            raise no_such(PLACE, site, places_of(registry))
        _check_held(book, numbers, stream, site)
        place = site or (stream or "").partition("/")[0]
        first, last = bounds(book, registry, (place,) if place else (), start, stop)
        tags = frozenset(tag for kind in kinds for tag in _tags(kind))
        streams = _streams(book, numbers, stream, site, tags)
        return cls(stream, site, tags, first, last, after, limit, known_at(book, known).size, streams)

    def wants(self, record: Record) -> bool:
        """True where the record passes every filter."""
        return (
            (self.stream is None or record.stream == self.stream)
            and (self.site is None or record.place == self.site)
            and (not self.tags or record.kind in self.tags)
            and (self.start is None or record.at >= self.start)
            and (self.stop is None or record.at < self.stop)
        )


def _check_held(book: Book, numbers: Mapping[str, int], stream: str | None, site: str | None) -> None:
    """``Malformed`` where nothing of a stream, or of a site, is in a bundle."""
    asked = {
        name: number
        for name, number in numbers.items()
        if stream in (None, name) and site in (None, name.partition("/")[0])
    }
    absent = book.absent(asked)
    if absent and len(absent) == len(asked):
        raise Malformed(f"not in the {book.called}: {', '.join(absent[:6])}")


def _streams(
    book: Book, numbers: Mapping[str, int], stream: str | None, site: str | None, tags: Set[str]
) -> tuple[int, ...] | None:
    """The streams of all that can pass: of a stream, a site, and the classes of kinds. None where that may be any
    stream, or where only a part of one is here.
    """
    classes = {kind.disclosure for kind in KINDS if kind.tag in tags}
    if book.cut or (stream is None and site is None and (not classes or None in classes)):
        return None
    found = {
        name: number
        for name, number in numbers.items()
        if stream in (None, name)
        and site in (None, name.partition("/")[0])
        and (not classes or not classes.isdisjoint({None, name, name.partition("/")[2]}))
    }
    for name in book.absent(found):
        del found[name]
    return None if book.lacks(found) else tuple(found.values())


def listed(book: Book, wanted: Filter) -> Iterable[Record]:
    """The records that pass, oldest first; with a limit the newest, or the first after an index."""
    if wanted.limit is not None and wanted.after is None:
        return newest(newest_first(book, wanted), wanted.limit)
    sizes = _sizes(book, wanted)
    first = 0 if wanted.after is None else min(max(wanted.after + 1, 0), wanted.known)
    if sizes is None:
        found = book.records(first, wanted.known, read=leaf_format.decode)
    else:
        begun = ((number, book.store.stream_size_at(number, first), size) for number, size in sizes.items())
        found = merge(*(_forward(book, *part) for part in begun), key=lambda record: record.index)
    return islice(filter(wanted.wants, found), wanted.limit and min(wanted.limit, sys.maxsize))


def newest(newest_first: Iterable[Record], limit: int) -> Iterable[Record]:
    """So many of records that come newest first, oldest first."""
    return reversed(list(islice(newest_first, min(limit, sys.maxsize))))


def _sizes(book: Book, wanted: Filter) -> dict[int, int] | None:
    """The streams to read, with their sizes; None where they are most of the log, which is quicker to read."""
    if wanted.streams is None:
        return None
    sizes = {number: book.store.stream_size_at(number, wanted.known) for number in wanted.streams}
    return sizes if sum(sizes.values()) * MOST <= wanted.known else None


def _forward(book: Book, number: int, start: int, stop: int) -> Iterator[Record]:
    """The records of a stream by position, read in pages that grow."""
    page = FEW
    while start < stop:
        last = min(stop, start + page)
        yield from book.stream_part(number, start, last, read=leaf_format.decode)
        start, page = last, min(page * 4, PAGE)


def _backward(book: Book, number: int, stop: int) -> Iterator[Record]:
    """The records of a stream from its end on, read in pages that grow."""
    page = FEW
    while stop > 0:
        start = max(0, stop - page)
        yield from reversed(list(book.stream_part(number, start, stop, read=leaf_format.decode)))
        stop, page = start, min(page * 4, PAGE)


def newest_first(book: Book, wanted: Filter) -> Iterator[Record]:
    """The records that pass whatever the limit, from the end on, read in pages that grow."""
    sizes = _sizes(book, wanted)
    if sizes is not None:
        ends = (_backward(book, *part) for part in sizes.items())
        yield from filter(wanted.wants, merge(*ends, key=lambda record: -record.index))
        return
    stop, page = wanted.known, min(wanted.limit or PAGE, PAGE)
    while stop > 0:
        start = max(0, stop - page)
        read = list(filter(wanted.wants, book.records(start, stop, read=leaf_format.decode)))
        yield from reversed(read)
        stop, page = start, min(page * 4, PAGE)


def follow_records(book: Book, wanted: Filter) -> Iterator[Record]:
    """Records as they are recorded, for ever."""
    seen = book.store.size
    while True:
        size = book.store.refresh()
        yield from filter(wanted.wants, book.records(seen, size, read=leaf_format.decode))
        seen = size
        time.sleep(POLL_S)


def index_said(book: Book, said: str, name: str) -> int:
    """The index of a record that is named by its index or its id; ``Malformed`` where there is none."""
    if is_id(said):
        found = book.store.indexes([binary_id(said)])
        if not found:
            raise Malformed(f"{name}: no record has the id {said}")
        return next(iter(found.values()))
    is_index = said.isascii() and said.isdecimal() and len(said) <= 18
    if not is_index or int(said) >= book.store.size:
        raise Malformed(f"{name} is an id, or an index from 0 to {book.store.size - 1}: {said[:80]!r}")
    if not book.has(int(said)):
        raise Malformed(f"{name}: record {said} is not in the {book.called}")
    return int(said)


class Lines:
    """Records as lines: the stored bytes for machines, else index (and id) and story text in the zone of the
    record's site. In brief, long lists are cut.
    """

    def __init__(self, book: Book, *, as_json: bool, ids: bool = False, brief: bool = False) -> None:
        self._book, self._as_json, self._ids, self._brief = book, as_json, ids, brief
        self._zones: dict[str, str] = {}

    def line(self, record: Record) -> str:
        """One line, with sections put back where they are kept."""
        if self._as_json:
            return leaf_format.encode(record).decode()
        id_ = f"{record.id}  " if self._ids else ""
        return f"{record.index:>8}  {id_}{self.story(record)}"

    def story(self, record: Record, *, sections: bool = True) -> str:
        """The record as story text; a comment names the sections that are not held, or not disclosed."""
        if not sections and record.sections is not UNSET:
            record = self._book.record_at(record.index)  # as stored: the one given may have them in its body
        kept, body = disclosed(self._book, record, sections=sections)
        line = format_claim(envelope.claim_of(record, body), self.zone(record.place), brief=self._brief)
        missing = sorted(set(record.sections or ()) - kept)
        why = "not held" if sections else "withheld"
        return f"{line}  # {', '.join(missing)} section {why}" if missing else line

    def zone(self, place: str) -> str | None:
        """The zone of a place; None where it has none."""
        if place not in self._zones:
            self._zones = {place: ""} | registry_at(self._book, self._book.store.size).zones
        return self._zones[place] or None


def disclosed(book: Book, record: Record, *, sections: bool) -> tuple[set[str], Fact]:
    """The names of the sections that are disclosed, and the body with their values."""
    kept = {s.name: s.data for s in book.sections(record)} if sections else {}
    return set(kept), leaf_format.with_sections(record.body, kept) if kept else record.body


def status_of(book: Book) -> dict[str, Any]:
    """Origin, key, size, root, rec, sealed_size, backend, path, read_model_size."""
    seal = book.store.last_seal()
    size = book.store.size
    return {
        "origin": book.config.origin,
        "key": _key_of(book),
        "size": size,
        "root": book.root_at(size).hex(),
        "rec": book.rec_at(size - 1) if size else None,
        "sealed_size": 0 if seal is None else seal.size,
        "backend": book.config.backend,
        "path": str(book.directory),
        "read_model_size": read_model_size(book.directory),
    }


def _key_of(book: Book) -> str | None:
    """The verifier key, where the signing key is at hand and may be read."""
    try:
        return book.seals.signer().vkey
    except (Malformed, OSError):
        return None


__all__ = ["Filter", "Lines", "follow_records", "listed", "status_of"]
