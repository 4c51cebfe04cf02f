"""Segments: whole streams of a book as bytes, which another machine folds without the book.

A segment carries the leaves of its streams, the sections that are kept of them, and the streams' trees. The worker
hashes the leaves and compares them with the trees, as a process beside the book does, so that a changed record is
``Tampered`` there too. A stream is never split: its rows follow from all its records.

Why the records travel: machines of a cluster need no disk in common, no database driver and no right to read the
book. 100,000 records of telemetry are 38.7 MB of JSON, and 8.1 MB as segments.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Final

import msgspec

from ledger.app.book.book import Book
from ledger.app.book.config import Config
from ledger.app.host.clock import Machine
from ledger.log.forest import MAIN, PARTIAL_TILES, Forest
from ledger.records import upcasts
from ledger.records.ids import binary_id
from ledger.records.leaf_format import glance
from ledger.store.checked_reads import CheckedReads
from ledger.store.memory import MemoryStore
from ledger.store.port import Section

SECTIONS: Final = b'"sections":{'
FAST: Final = 1  # the level of zlib: the best one saves a tenth more and takes five times as long


class Stream(msgspec.Struct, frozen=True, array_like=True):
    """A stream of a segment: its number, name, size in the question, tree, and all its leaves."""

    number: int
    name: str
    size: int
    tree: bytes
    leaves: list[bytes]

    @property
    def disclosure(self) -> str:
        """Its disclosure class."""
        return self.name.partition("/")[2]


class Segment(msgspec.Struct, frozen=True, array_like=True):
    """Some streams of a log of an origin, with the sections of their records by index; ``trees`` are the frontier
    and the partial tiles of the main log.
    """

    origin: str
    trees: dict[int, bytes]
    streams: list[Stream]
    sections: dict[int, list[Section]]


def records_told(stream: str, size: int) -> str:
    """The first records of a stream, for messages."""
    return f"{stream}, records 0 to {size:,}"


def packed(book: Book, streams: Iterable[tuple[int, str, int]]) -> bytes:
    """Some streams of a book, as (number, name, records in the question), as the bytes of a segment."""
    kept = book.store.forest.frontiers()
    found, sections = [], {}
    for number, name, size in streams:
        leaves = list(book.store.read_stream(number, 0, book.store.forest.stream(number).size))
        for leaf in leaves:
            if SECTIONS in leaf:
                record = upcasts.read(leaf)
                sections[record.index] = book.sections(record)
        found.append(Stream(number, name, size, kept.get(number, bytes(8)), leaves))
    trees = {number: kept[number] for number in (MAIN, PARTIAL_TILES)}
    segment = Segment(book.config.origin, trees, found, sections)
    return zlib.compress(msgspec.msgpack.encode(segment), FAST)


def unpacked(data: bytes) -> Segment:
    """The segment of ``packed``."""
    return msgspec.msgpack.decode(zlib.decompress(data), type=Segment)


class SegmentBook(Book):
    """The streams of a segment as a book, for a cache of their rows; ``directory`` is where it may write."""

    called = "segment"

    def __init__(self, segment: Segment, directory: Path) -> None:
        store = SegmentStore(segment)
        super().__init__(directory, store, Config(segment.origin), Machine(), directory / "none")
        self.reads = UncheckedReads(store)


class SegmentStore(MemoryStore):
    """The streams of a segment behind the store port, by number and position; other records are absent."""

    def __init__(self, segment: Segment) -> None:
        super().__init__()
        self.forest = Forest.load({**segment.trees, **{one.number: one.tree for one in segment.streams}})
        self._of_streams = {one.number: one.leaves for one in segment.streams}
        self._sections = segment.sections

    @property
    def size(self) -> int:
        """Number of records of the log."""
        return self.forest.size

    @cached_property
    def _ids(self) -> dict[bytes, int]:
        """Those of the segment: what a record corrects is of its stream."""
        glances = (glance(leaf) for leaves in self._of_streams.values() for leaf in leaves)
        return {binary_id(one.id): one.index for one in glances}

    @cached_property
    def _by_index(self) -> dict[int, bytes]:
        return {glance(leaf).index: leaf for leaves in self._of_streams.values() for leaf in leaves}

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """Leaves of the log [start, stop), which are all in the segment."""
        return (self._by_index[index] for index in range(start, stop))

    def read_stream(self, number: int, start: int, stop: int | None) -> Iterator[bytes]:
        """Leaves of a stream [start, stop)."""
        return iter(self._of_streams[number][start:stop])


class UncheckedReads(CheckedReads):
    """The leaves of a segment: their stream's root is compared when its last record is folded."""

    def checked(self, index: int, leaf: bytes) -> bytes:
        """A leaf of the segment."""
        return leaf
