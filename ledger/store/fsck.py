"""The whole check of a SQLite store: re-read and re-hash every stored byte, and name every damaged index.

Each part sees what the others miss (TRUST): the trees see changed records, integrity_check sees broken pages and indexes, the schema
fingerprint sees dropped triggers, the head sees a missing tail. It never stops at the first finding and raises no false alarm.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from ledger.log.checkpoint import parse_checkpoint
from ledger.log.merkle import TILE_WIDTH, hashes_of
from ledger.log.streams import Forest
from ledger.log.verify import HASH_BYTES, ProofError
from ledger.store.head import read_head
from ledger.store.recorder import SCHEMA
from ledger.store.sqlite import DATABASE, HEAD

PAGE: Final = 4096


class Leaf(NamedTuple):
    """What a leaf says of itself, for comparing with the columns beside it."""

    place: int
    id: bytes
    pos: int
    kind: str
    stream: str
    opens: tuple[str, int] | None
    supersedes: tuple[bytes, ...]


class Finding(NamedTuple):
    """Something is wrong, at a record where one can be named."""

    place: int | None
    what: str


ReadLeaf = Callable[[bytes], Leaf]
Progress = Callable[[int, int], None]


def findings(directory: Path, read_leaf: ReadLeaf, progress: Progress | None = None) -> Iterator[Finding]:
    """Everything that is wrong with the store of a directory; ``read_leaf`` raises ``ValueError`` for a leaf that is no record."""
    connection = sqlite3.connect(f"file:{directory / DATABASE}?mode=ro", uri=True, isolation_level=None)
    connection.execute("PRAGMA query_only = ON")
    try:
        yield from _schema(connection)
        yield from _pages(connection)
        yield from _Contents(connection, read_leaf, progress).check(directory)
    except sqlite3.DatabaseError as why:
        yield Finding(None, f"the database cannot be read any further: {why}")
    finally:
        connection.close()


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


def _pages(connection: sqlite3.Connection) -> Iterator[Finding]:
    for (said,) in connection.execute("PRAGMA integrity_check"):
        if said != "ok":
            yield Finding(None, f"integrity_check: {said}")


class _Contents:
    """One pass over the records in index order, growing the trees and comparing them with all that was kept."""

    def __init__(
        self, connection: sqlite3.Connection, read_leaf: ReadLeaf, progress: Progress | None
    ) -> None:
        self.connection, self.read_leaf, self.progress = connection, read_leaf, progress
        self.total = connection.execute("SELECT coalesce(max(rowid) + 1, 0) FROM records").fetchone()[0]
        self.forest = Forest()
        self.positions: dict[int, int] = {}
        self.names: dict[int, str] = {}
        self.named: dict[bytes, int] = {}
        self.leaf_hashes = bytearray()

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
        yield from self._head(head, roots)
        yield from self._seals(roots)
        yield from self._tiles()
        yield from self._corrections()

    def _records(self, start: int, stop: int) -> Iterator[Finding]:
        query = (
            "SELECT rowid, originator_id, originator_version, topic, state, id FROM records "
            "WHERE rowid >= ? AND rowid < ? ORDER BY rowid"
        )
        for first in range(start, stop, PAGE):
            last = min(first + PAGE, stop)
            rows = self.connection.execute(query, (first, last)).fetchall()
            if len(rows) != last - first:
                present = {row[0] for row in rows}
                yield from (Finding(n, "is missing") for n in range(first, last) if n not in present)
            for row in rows:
                wrong = self._wrong(*row)
                if wrong is not None:
                    yield Finding(row[0], wrong)
            hashes = hashes_of([row[4] for row in rows])
            self.leaf_hashes += b"".join(hashes)
            self.forest.extend([row[1] for row in rows], hashes)
            if self.progress:
                self.progress(last, self.total)

    def _wrong(self, rowid: int, stream: int, pos: int, topic: str, leaf: bytes, id_: bytes) -> str | None:
        expected = self.positions.get(stream, 0)
        self.positions[stream] = pos + 1
        if pos != expected:
            return f"has position {pos} in stream {stream}, which was at {expected}"
        try:
            said = self.read_leaf(leaf)
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
        query = "SELECT originator_id, state FROM records WHERE rowid >= ? AND rowid < ? ORDER BY rowid"
        for first in range(kept.size, self.total, PAGE):
            rows = self.connection.execute(query, (first, first + PAGE)).fetchall()
            kept.extend([row[0] for row in rows], hashes_of([row[1] for row in rows]))
        if kept.root() != self.forest.root() or kept.heads() != self.forest.heads():
            yield Finding(
                None, f"the frontiers kept at the seal of {sealed} records are not those of the records"
            )

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
        for target in kept.keys() | self.named.keys():
            if kept.get(target) != self.named.get(target):
                yield Finding(
                    kept.get(target, self.named.get(target)),
                    f"the list of corrections differs at {target.hex()}",
                )
