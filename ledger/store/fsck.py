"""The whole check of a SQLite store: re-read and re-hash every stored byte, and name every damaged index.

Each part sees what the others miss (TRUST): the trees see changed records, integrity_check sees broken pages and indexes, the schema
fingerprint sees dropped triggers, the head sees a missing tail. It never stops at the first finding and raises no false alarm.

Records are compared with their columns by a glance at their envelope, a page at a time; only where that or a tree disagrees are they read in full,
one by one, to name the damaged ones. SQLite checks its pages meanwhile, in a thread with a connection of its own.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from operator import attrgetter
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

from ledger.log.checkpoint import parse_checkpoint
from ledger.log.merkle import TILE_WIDTH, hashes_of
from ledger.log.streams import Forest
from ledger.log.verify import HASH_BYTES, ProofError, leaf_hash
from ledger.store.head import read_head
from ledger.store.recorder import SCHEMA
from ledger.store.sqlite import DATABASE, HEAD
from ledger.store.still import FAILED, is_hindered, not_read, uri_to_read

PAGE: Final = 4096
CACHE_KIB: Final = 65_536
REGISTRY, HEADS = 0, 1  # the numbers of the ledger's own streams

Row = tuple[int, int, int, str, bytes, bytes]  # as the table of records has it


class Leaf(NamedTuple):
    """What a leaf says of itself, for comparing with the columns beside it."""

    place: int
    id: bytes
    pos: int
    kind: str
    stream: str
    opens: tuple[str, int] | None
    supersedes: tuple[bytes, ...]


class Glance(Protocol):
    """The part of a leaf that its columns repeat; ``corrects`` is empty or unset where it names nothing."""

    id: str
    index: int
    kind: str
    pos: int
    stream: str
    corrects: Any


class Finding(NamedTuple):
    """Something is wrong, at a record where one can be named."""

    place: int | None
    what: str


class Reader(NamedTuple):
    """How to read a leaf: at a glance, in full, or what a heads record commits to; each raises ``ValueError`` for what is none."""

    glance: Callable[[bytes], Glance]
    read: Callable[[bytes], Leaf]
    heads: Callable[[bytes], tuple[int, str]]


Progress = Callable[[int, int], None]


_columns = attrgetter("index", "pos", "kind", "stream")


def findings(directory: Path, reader: Reader, progress: Progress | None = None) -> Iterator[Finding]:
    """Everything that is wrong with the store of a directory."""
    with ThreadPoolExecutor(1) as beside:
        pages = beside.submit(_pages, directory)
        try:
            with closing(_connected(directory)) as connection:
                yield from _schema(connection)
                yield from _Contents(connection, reader, progress).check(directory)
        except FAILED as why:
            if is_hindered(why):
                raise not_read(f"{directory / DATABASE} cannot be read any further", why) from why
            yield Finding(None, f"the database cannot be read any further: {why}")
        yield from pages.result()


def _connected(directory: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(uri_to_read(directory / DATABASE), uri=True, isolation_level=None)
    connection.execute("PRAGMA query_only = ON")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    return connection


def _schema(connection: sqlite3.Connection) -> Iterator[Finding]:
    fresh = sqlite3.connect(":memory:")
    for statement in SCHEMA:
        fresh.execute(statement)
    query = "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL"
    expected, found = dict(fresh.execute(query)), dict(connection.execute(query))
    fresh.close()
    for name in sorted(expected.keys() | found.keys()):
        if name not in found:
            yield Finding(None, f"the schema lacks {name}")
        elif found[name] != expected.get(name):
            yield Finding(None, f"the schema has {name} as {found[name]!r}")


def _pages(directory: Path) -> list[Finding]:
    try:
        with closing(_connected(directory)) as connection:
            said = [row[0] for row in connection.execute("PRAGMA integrity_check")]
    except FAILED as why:
        if is_hindered(why):
            raise not_read(f"{directory / DATABASE} cannot be checked", why) from why
        said = [str(why)]
    return [Finding(None, f"integrity_check: {what}") for what in said if what != "ok"]


class _Contents:
    """One pass over the records in index order, growing the trees and comparing them with all that was kept."""

    def __init__(self, connection: sqlite3.Connection, reader: Reader, progress: Progress | None) -> None:
        self.connection, self.reader, self.progress = connection, reader, progress
        self.total = connection.execute("SELECT coalesce(max(rowid) + 1, 0) FROM records").fetchone()[0]
        self.forest = Forest()
        self.positions: dict[int, int] = {}
        self.names: dict[int, str] = {}
        self.named: dict[bytes, int] = {}
        self.blamed: set[int] = set()
        self.agreed: (
            int | None
        ) = -1  # the last heads record that agreed with the streams, None once one did not

    def check(self, directory: Path) -> Iterator[Finding]:
        """Records, then each seal's root on the way, then what is kept beside them."""
        head = read_head(directory / HEAD)
        roots = {0: self.forest.root()}
        stops = sorted(
            {row[0] for row in self.connection.execute("SELECT size FROM seals")}
            | ({head.size} if head else set())
        )
        place = 0
        for stop in [*(s for s in stops if 0 < s <= self.total), self.total]:
            if stop > place:
                yield from self._records(place, stop)
                place = stop
            roots[stop] = self.forest.root()
        wrong = [*self._head(head, roots), *self._seals(roots), *self._tiles()]
        if wrong:
            yield from self._read_in_full()
        yield from wrong
        yield from self._corrections()

    def _records(self, start: int, stop: int) -> Iterator[Finding]:
        for first in range(start, stop, PAGE):
            last = min(first + PAGE, stop)
            rows = self._rows(first, last)
            if len(rows) != last - first:
                present = {row[0] for row in rows}
                yield from (Finding(n, "is missing") for n in range(first, last) if n not in present)
            before = dict(self.positions)
            if not self._sound(rows):
                self.positions = before
                yield from self._named(rows)
            yield from self._grow(rows)
            if self.progress:
                self.progress(last, self.total)

    def _grow(self, rows: Sequence[Row]) -> Iterator[Finding]:
        """Take the records into the trees, and compare each heads record with the streams as they stand before it."""
        streams, hashes, at = [row[1] for row in rows], hashes_of([row[4] for row in rows]), 0
        for n in [n for n, stream in enumerate(streams) if stream in (REGISTRY, HEADS)]:
            self.forest.extend(streams[at:n], hashes[at:n])
            at = n
            yield from self._opening(rows[n]) if streams[n] == REGISTRY else self._heads(rows[n])
        self.forest.extend(streams[at:], hashes[at:])

    def _opening(self, row: Row) -> Iterator[Finding]:
        """A stream that is opened has a line in the directory, empty or not."""
        with suppress(ValueError):
            opened = self.reader.read(row[4]).opens
            if opened is not None and opened[1] == self.forest.count():
                self.forest.open_stream(opened[1])
        return iter(())

    def _heads(self, row: Row) -> Iterator[Finding]:
        """Only the first that does not agree is told: whatever changed, all after it disagree too."""
        try:
            said = self.reader.heads(row[4])
        except ValueError:
            return  # named as no record already
        if self.agreed is None:
            return
        count, root = self.forest.heads() if self.forest.is_dense() else (0, b"")
        if said == (count, root.hex()):
            self.agreed = row[0]
            return
        since = "the beginning" if self.agreed < 0 else f"record {self.agreed}"
        self.agreed = None
        yield Finding(
            row[0],
            f"commits to other streams than those before it: it changed, or a record since {since} did",
        )

    def _rows(self, first: int, last: int) -> list[Row]:
        query = (
            "SELECT rowid, originator_id, originator_version, topic, state, id FROM records "
            "WHERE rowid >= ? AND rowid < ? ORDER BY rowid"
        )
        return self.connection.execute(query, (first, last)).fetchall()

    def _sound(self, rows: Sequence[Row]) -> bool:
        """Does every record say what its columns say? Moves positions, names of streams and corrections on."""
        places, streams, positions, topics, leaves, ids = zip(*rows, strict=True) if rows else ((),) * 6
        due = self.positions
        for stream, pos in zip(streams, positions, strict=True):
            if due.get(stream, 0) != pos:
                return False
            due[stream] = pos + 1
        try:
            said = list(map(self.reader.glance, leaves))
            opening = [leaf for leaf, stream in zip(leaves, streams, strict=True) if stream == REGISTRY]
            opened = (self.reader.read(leaf).opens for leaf in opening)
            self.names |= {number: name for name, number in filter(None, opened)}
            own = list(map(_columns, said))
            own_ids = bytes.fromhex("".join([one.id for one in said]).replace("-", ""))
        except ValueError:
            return False
        for place, one in zip(places, said, strict=True):
            if one.corrects:
                self.named |= dict.fromkeys((bytes.fromhex(i.replace("-", "")) for i in one.corrects), place)
        return own_ids == b"".join(ids) and own == list(
            zip(places, positions, topics, map(self.names.get, streams), strict=True)
        )

    def _read_in_full(self) -> Iterator[Finding]:
        self.positions = {}
        for first in range(0, self.total, PAGE):
            yield from self._named(self._rows(first, min(first + PAGE, self.total)))

    def _named(self, rows: Sequence[Row]) -> Iterator[Finding]:
        for row in rows:
            wrong = self._wrong(*row)
            if wrong is not None and row[0] not in self.blamed:
                self.blamed.add(row[0])
                yield Finding(row[0], wrong)

    def _wrong(self, rowid: int, stream: int, pos: int, topic: str, leaf: bytes, id_: bytes) -> str | None:
        expected = self.positions.get(stream, 0)
        self.positions[stream] = (pos if isinstance(pos, int) else expected) + 1
        if pos != expected:
            return f"has position {pos} in stream {stream}, which was at {expected}"
        try:
            said = self.reader.read(leaf)
        except ValueError as why:
            return f"its bytes are no record: {why}"
        if said.opens is not None:
            self.names[said.opens[1]] = said.opens[0]
        self.named.update(dict.fromkeys(said.supersedes, rowid))
        columns: dict[str, tuple[Any, Any]] = {
            "index": (said.place, rowid),
            "pos": (said.pos, pos),
            "id": (said.id, id_),
            "kind": (said.kind, topic),
            "stream": (said.stream, self.names.get(stream)),
        }
        for name, (own, beside) in columns.items():
            if own != beside:
                return f"its bytes say {name} {own!r}, the database {beside!r}"
        return None

    def _head(self, head: Any, roots: dict[int, bytes]) -> Iterator[Finding]:
        if head is None:
            yield Finding(None, "the head file is missing or unreadable: what was acknowledged is not known")
        elif head.size > self.total:
            yield from (Finding(n, "was acknowledged and is missing") for n in range(self.total, head.size))
        elif roots[head.size] != head.root:
            yield Finding(None, f"the first {head.size} records are not the ones that were acknowledged")

    def _seals(self, roots: dict[int, bytes]) -> Iterator[Finding]:
        last = None
        for size, note in self.connection.execute("SELECT size, note FROM seals ORDER BY size"):
            try:
                signed = parse_checkpoint(note)
            except ProofError as why:
                yield Finding(None, f"the seal at {size} records is no checkpoint: {why}")
                continue
            last = size
            if signed.size != size or roots.get(size) != signed.root:
                yield Finding(
                    None,
                    f"the seal at {size} records has another root than the records: some before {size} changed",
                )
        if last is not None and last <= self.total:
            yield from self._frontiers(last)

    def _frontiers(self, sealed: int) -> Iterator[Finding]:
        try:
            kept = Forest.load(dict(self.connection.execute("SELECT stream, data FROM frontiers")))
        except ValueError as why:
            yield Finding(None, f"the kept frontiers cannot be read: {why}")
            return
        partial = dict(kept.tiles.partial()).get(0, b"")
        query = "SELECT originator_id, state FROM records WHERE rowid >= ? AND rowid < ? ORDER BY rowid"
        for first in range(kept.size, self.total, PAGE):
            rows = self.connection.execute(query, (first, first + PAGE)).fetchall()
            kept.extend([row[0] for row in rows], hashes_of([row[1] for row in rows]))
        if kept.frontiers() != self.forest.frontiers():
            yield from self._last_leaves(partial, sealed)
            yield Finding(
                None, f"the frontiers kept at the seal of {sealed} records are not those of the records"
            )

    def _last_leaves(self, hashes: bytes, sealed: int) -> Iterator[Finding]:
        """The sealed records that no full tile covers, against the hashes kept of them."""
        first = sealed - len(hashes) // HASH_BYTES
        for row in self._rows(first, sealed):
            start = (row[0] - first) * HASH_BYTES
            if leaf_hash(row[4]) != hashes[start : start + HASH_BYTES]:
                yield Finding(row[0], "differs from its hash kept at the last seal: one of the two changed")

    def _tiles(self) -> Iterator[Finding]:
        expected = {(level, number): data for level, number, data in self.forest.take_tiles()}
        newest = self.connection.execute("SELECT coalesce(max(size), 0) FROM seals").fetchone()[0]
        for level, number, data in self.connection.execute("SELECT level, number, hashes FROM tiles"):
            tile = expected.pop((level, number), None)
            if tile != data:
                yield from self._tile_findings(level, number, data, tile)
        for level, number in sorted(expected):
            if (number + 1) * TILE_WIDTH ** (level + 1) <= newest:
                yield Finding(None, f"tile {level}/{number} is missing")

    @staticmethod
    def _tile_findings(level: int, number: int, data: bytes, tile: bytes | None) -> Iterator[Finding]:
        if tile is None or level or len(data) != len(tile):
            yield Finding(None, f"tile {level}/{number} is not that of the records")
            return
        for n in range(TILE_WIDTH):
            if data[n * HASH_BYTES : (n + 1) * HASH_BYTES] != tile[n * HASH_BYTES : (n + 1) * HASH_BYTES]:
                yield Finding(
                    number * TILE_WIDTH + n,
                    f"differs from its hash in tile {level}/{number}: one of the two changed",
                )

    def _corrections(self) -> Iterator[Finding]:
        kept = dict(self.connection.execute("SELECT target, record FROM corrections"))
        for target in sorted(kept.keys() | self.named.keys()):
            if kept.get(target) != self.named.get(target):
                yield Finding(
                    kept.get(target, self.named.get(target)),
                    f"the list of corrections differs at {target.hex()}",
                )
