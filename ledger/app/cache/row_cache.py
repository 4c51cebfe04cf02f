"""The cache of rows: what every 128 records of a stream changed, kept in the file of the cache, so that any
moment starts near itself.

A *piece* is 128 records of a stream. For each piece the cache keeps, by row kind and version, the rows that it
changed, as they are after it (of a row that grows only what is new), and the positions it folded in; and for the
stream, its tree at the end of the piece and the positions that the piece withdrew. A piece never changes, as
records do not: a later correction changes a later piece. A point in time is made from the pieces before it and at
most 127 further records; made from the first record it has the same bytes (law P3).

No result depends on the cache: it names the origin and a root of the log it was made from, every piece
carries a SHA-256, and whatever is missing, corrupt or of another log is ignored. It is never asked for a
decision. The records after it are hashed as they are read, against the tree of the next piece or of the whole
stream.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

import msgspec

from ledger.app.cache.cache_file import BlobSeal, CachedBook, CacheFile, sealed, unsealed
from ledger.errors import Tampered
from ledger.kinds import BY_BODY
from ledger.log.merkle import Frontier, hashes_of
from ledger.records.envelope import Record
from ledger.records.ids import binary_id
from projections.engine.fold import Key, RowKind, Rows, at_and_pos
from projections.engine.live import Changes, Live

PIECE: Final = 128
READ: Final = 2 * PIECE
"""Records of a stream that are read at once: more of them do not fit the processor's cache, which takes twice
the time.
"""
AT_ONCE: Final = 32 << 20
"""Bytes of the cache that are written in one transaction, and wait for it in memory."""
ROW: Final = 256
"""Bytes that a waiting row is counted as, besides its blobs."""
PART: Final = "rows/5"
SCHEMA: Final = (
    (
        "CREATE TABLE IF NOT EXISTS cached_rows (stream INTEGER, kind TEXT, version INTEGER, piece INTEGER,"
        " rows BLOB NOT NULL, places BLOB NOT NULL, PRIMARY KEY (stream, kind, version, piece)) WITHOUT ROWID"
    ),
    (
        "CREATE TABLE IF NOT EXISTS cached_pieces (stream INTEGER, kind TEXT, version INTEGER, pieces INTEGER"
        " NOT NULL, numbers BLOB NOT NULL, PRIMARY KEY (stream, kind, version)) WITHOUT ROWID"
    ),
    (
        "CREATE TABLE IF NOT EXISTS cached_gone (stream INTEGER, piece INTEGER, gone BLOB NOT NULL, PRIMARY"
        " KEY (stream, piece)) WITHOUT ROWID"
    ),
    (
        "CREATE TABLE IF NOT EXISTS cached_trees (stream INTEGER, piece INTEGER, tree BLOB NOT NULL, PRIMARY"
        " KEY (stream, piece)) WITHOUT ROWID"
    ),
)
_Upto = dict[tuple[str, int], tuple[int, Sequence[int]]]
"""By name and version of a row kind: the number of pieces kept, and runs of those that changed rows (``_changing``)."""
_encode = msgspec.msgpack.Encoder().encode
_places: Final = msgspec.msgpack.Decoder(list[tuple[tuple[str, ...], list[int]]])
_positions: Final = msgspec.msgpack.Decoder(list[int])


class _CachePiece(NamedTuple):
    """One new piece: the rows it changed by row kind, and the positions it withdrew."""

    number: int
    changes: dict[str, Changes]
    gone: list[int]


class ReadsOfBook(CachedBook, Protocol):
    """The part of a book that rows are folded from; every record is compared with the log before it is handed
    on, or by the cache itself.
    """

    def read_all(self, leaves: Sequence[bytes]) -> list[Record]:
        """The records of leaves, with the sections that are kept."""
        ...

    def record_at(self, index: int) -> Record:
        """The record of an index."""
        ...

    def stream_part(self, number: int, start: int, stop: int) -> Iterator[Record]:
        """Records of a stream by position [start, stop)."""
        ...


class RowCache:
    """The cache beside a book; where it cannot be used everything is folded from zero.

    ``along`` gives row kinds that are folded with those asked for wherever they have come as far, so that a
    stream is read once for all of them; it is called where something is folded. ``told`` is called with the records
    done of a stream that takes long.
    """

    def __init__(
        self, book: ReadsOfBook, along: Callable[[], Sequence[RowKind]] = tuple, path: Path | None = None
    ) -> None:
        self._book, self._along = book, along
        self._file = CacheFile(book, f"{PART}/{PIECE}", SCHEMA, path)
        self.told: Callable[[int], None] = lambda done: None
        self._new: dict[str, list[Sequence[Any]]] = {}  # rows to keep, by statement
        self._count = 0

    def close(self) -> None:
        """Keep what is new, and close the file."""
        self._flush()
        self._file.close()

    def __enter__(self) -> RowCache:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def adopt(self, path: Path) -> None:
        """Take in what another cache of the same book keeps."""
        self._file.adopt(path)

    def rows(self, stream: int, disclosure: str, size: int, row_kinds: Sequence[RowKind]) -> Rows:
        """The rows of the first ``size`` records of a stream, of a disclosure class; new pieces on the way
        are kept.
        """
        try:
            return self._rows(stream, disclosure, size, row_kinds)
        except (sqlite3.Error, ValueError, msgspec.MsgspecError) as why:  # the cache is not what was kept
            self._new, self._count = {}, 0
            self._file.distrust(why)
            return self._rows(stream, disclosure, size, row_kinds)

    def _rows(self, stream: int, disclosure: str, size: int, row_kinds: Sequence[RowKind]) -> Rows:
        upto = self._upto(stream) if size >= PIECE else {}
        known = min(size // PIECE, *(_pieces(upto, kind) for kind in row_kinds))
        if known < size // PIECE and self._file.usable:
            more = (
                kind for kind in self._along() if hears(kind, disclosure) and _pieces(upto, kind) == known
            )
            row_kinds = tuple(dict.fromkeys((*row_kinds, *more)))
        live = self._live(stream, row_kinds)
        tree, seals = self._restored(live, stream, known, {kind: _changing(upto, kind) for kind in row_kinds})
        before = {kind: dict(live.rows[kind.name]) for kind in row_kinds if kind.form is bytes}
        new: list[_CachePiece] = []
        trees: list[tuple[int, Frontier]] = []
        for piece, records, after in self._tail(stream, known * PIECE, size, tree):
            live.extend(records)
            self.told(piece * PIECE)
            if after is not None:
                trees.append((piece, after))
                if (piece + 1) * PIECE <= size:
                    new.append(_CachePiece(piece, *live.take()))
        if trees:
            self._keep(stream, seals, new, trees, upto, before)
        return live.rows

    # --- restoring ------------------------------------------------------------------------------------------

    def _live(self, stream: int, row_kinds: Sequence[RowKind]) -> Live:
        def known(id_: str) -> Record | None:
            found = self._book.store.indexes([binary_id(id_)])
            return self._book.record_at(next(iter(found.values()))) if found else None

        def at(pos: int) -> Record:
            for record in self._book.stream_part(stream, pos, pos + 1):
                return record
            raise Tampered(f"the record at position {pos} of stream {stream} is missing; run fsck")

        return Live(row_kinds, known, at)

    def _upto(self, stream: int) -> _Upto:
        """The pieces kept of each row kind of a stream, by name and version."""
        found = self._file.rows(
            "SELECT kind, version, pieces, numbers FROM cached_pieces WHERE stream = ?", stream
        )
        return {
            (kind, version): (
                pieces,
                _positions.decode(
                    unsealed(self._file.name("numbers", (stream, kind, version), pieces), numbers)
                ),
            )
            for kind, version, pieces, numbers in found
        }

    def _restored(
        self, live: Live, stream: int, known: int, changing: Mapping[RowKind, Sequence[int]]
    ) -> tuple[Frontier, dict[RowKind, BlobSeal]]:
        """Put some pieces that all kinds have into ``live``; the tree and the seals of rows after them.
        ``changing`` are runs of the pieces that changed rows of a kind.
        """
        if not known:  # a book has many small streams
            return Frontier(), {kind: self._file.seal("rows", _of(stream, kind)) for kind in changing}
        seals = {}
        numbers = {kind: _numbers(runs, known) for kind, runs in changing.items()}
        for kind in changing:
            pieces, seals[kind] = self._file.run("rows", "cached_rows", _of(stream, kind), numbers[kind])
            changes = chain.from_iterable(map(_rows(kind).decode, pieces))
            live.put(kind, _together(kind, changes) if _grows(kind) else dict(changes))

        def places(kind: RowKind) -> Iterator[dict[Key, list[int]]]:
            found = self._file.pieces("places", "cached_rows", _of(stream, kind), numbers[kind])
            return (dict(_places.decode(data)) for data in found)

        def gone() -> Iterator[int]:
            found = self._file.pieces("gone", "cached_gone", (stream,), range(known))
            return (pos for data in found for pos in _positions.decode(data))

        live.began_with(places, gone)
        return self._tree(stream, known - 1), seals

    def _tree(self, stream: int, piece: int) -> Frontier:
        """The stream's tree after a piece; ``ValueError`` where it is not kept."""
        (data,) = self._file.pieces("tree", "cached_trees", (stream,), [piece])
        return Frontier.decode(bytes(data))

    # --- the records after it -------------------------------------------------------------------------------

    def _tail(
        self, stream: int, start: int, size: int, tree: Frontier
    ) -> Iterator[tuple[int, list[Record], Frontier | None]]:
        """The records [start, size) a piece at a time with the tree after each whole piece, hashed and
        compared as they are read.

        Where the tree after the last piece is not known, the rest of the stream is hashed too, up to a tree
        that is.
        """
        if start == size:
            return
        end = self._book.store.forest.stream(stream)
        if size < end.size:
            with suppress(sqlite3.Error, ValueError):
                end = self._tree(stream, (size - 1) // PIECE)
        for first in range(start, end.size, READ):
            leaves = list(self._book.store.read_stream(stream, first, min(first + READ, end.size)))
            hashes, records = hashes_of(leaves), self._book.read_all(leaves[: max(0, size - first)])
            for at in range(0, len(leaves), PIECE):
                tree.extend(hashes[at : at + PIECE])
                after = tree.copy() if at + PIECE <= len(leaves) else None
                yield (first + at) // PIECE, records[at : at + PIECE], after
        if (tree.size, tree.root()) != (end.size, end.root()):
            raise Tampered(
                f"the records of stream {stream} are not the ones that were committed: some changed; run fsck"
                " to find them"
            )

    # --- keeping --------------------------------------------------------------------------------------------

    def _keep(
        self,
        stream: int,
        seals: dict[RowKind, BlobSeal],
        new: Sequence[_CachePiece],
        trees: Sequence[tuple[int, Frontier]],
        upto: _Upto,
        before: dict[RowKind, dict[Key, bytes]],
    ) -> None:
        rows, pieces = [], []
        for kind, seal in seals.items():
            of, runs = _of(stream, kind), _before(_changing(upto, kind), new[0].number if new else 0)
            for piece in new:
                found = piece.changes[kind.name]
                if not found.rows:
                    continue
                if piece.number in runs[-1:]:
                    runs[-1] += 1
                else:
                    runs += (piece.number, piece.number + 1)
                changed = list(map(partial(_changed, kind, found, before.get(kind, {})), found.rows))
                rows.append(
                    (
                        *of,
                        piece.number,
                        seal.sealed(_encode(changed)),
                        sealed(
                            self._file.name("places", of, piece.number), _encode(list(found.places.items()))
                        ),
                    )
                )
            if new:
                count = new[-1].number + 1
                pieces.append((*of, count, sealed(self._file.name("numbers", of, count), _encode(runs))))
        gone = [
            (stream, p.number, sealed(self._file.name("gone", (stream,), p.number), _encode(p.gone)))
            for p in new
        ]
        kept = [
            (stream, piece, sealed(self._file.name("tree", (stream,), piece), tree.encode()))
            for piece, tree in trees
        ]
        for statement, some in (
            ("INSERT OR REPLACE INTO cached_rows VALUES (?,?,?,?,?,?)", rows),
            ("INSERT OR REPLACE INTO cached_gone VALUES (?,?,?)", gone),
            ("INSERT OR REPLACE INTO cached_trees VALUES (?,?,?)", kept),
            ("INSERT OR REPLACE INTO cached_pieces VALUES (?,?,?,?,?)", pieces),
        ):
            self._new.setdefault(statement, []).extend(some)
            self._count += sum(
                ROW + sum(len(cell) for cell in row if isinstance(cell, bytes)) for row in some
            )
        if self._count >= AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        """Write what is new of some streams in one transaction: a book has many small ones."""
        if self._count:
            self._file.keep(self._new.items())
            self._new, self._count = {}, 0


def _grows(kind: RowKind) -> bool:
    """True where a piece keeps what is new of a row: a row of many facts would else be kept again for every 128
    records.
    """
    return kind.items or kind.form is bytes


def _changed(kind: RowKind, found: Changes, before: dict[Key, bytes], key: Key) -> tuple[Any, ...]:
    """A changed row as it is kept. Of a row that grows, only the new items are kept, with a flag that says whether
    they are the whole row, or the bytes from where it is another, with that place. ``before`` has the rows of bytes after the piece before; it is updated.
    """
    row = found.rows[key]
    if not _grows(kind):
        return key, None if row is None else kind.pack(row)
    if kind.form is bytes:
        had, before[key] = before.get(key, b""), row or b""
        begins = _alike(had, before[key])
        return key, before[key][begins:], begins
    if key in found.refolded:
        return key, () if row is None else kind.pack(row), True
    new = frozenset(found.places[key])
    return key, kind.pack(tuple(item for item in row if item[1] in new)), False


def _together(kind: RowKind, changes: Iterable[tuple[Key, Any, bool]]) -> dict[Key, Any]:
    """The rows that grow from their changes, one after another."""
    if kind.form is bytes:
        return _grown(changes)
    rows: dict[Key, list[Any]] = {}
    for key, new, are_all in changes:
        if are_all:
            rows[key] = []
        rows.setdefault(key, []).append(new)
    together = chain.from_iterable
    return {key: tuple(sorted(together(parts), key=at_and_pos)) or None for key, parts in rows.items()}


def _grown(changes: Iterable[tuple[Key, bytes, int]]) -> dict[Key, bytes | None]:
    """The rows of bytes from their changes: each goes on from a place in what was there before."""
    rows: dict[Key, bytearray] = {}
    for key, new, begins in changes:
        row = rows.setdefault(key, bytearray())
        row[begins:] = new
    return {key: bytes(row) or None for key, row in rows.items()}


def _alike(one: bytes, other: bytes) -> int:
    """Number of bytes with which both begin, found by halves: facts come late by a little, and most do not."""
    if other.startswith(one):
        return len(one)
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def hears(kind: RowKind, disclosure: str) -> bool:
    """True where a row kind reads facts of a disclosure class."""
    return any(BY_BODY[fact].disclosure in (None, disclosure) for fact in kind.facts)


def _pieces(upto: _Upto, kind: RowKind) -> int:
    """Number of pieces kept of a row kind."""
    return upto.get((kind.name, kind.version), (0, ()))[0]


def _changing(upto: _Upto, kind: RowKind) -> Sequence[int]:
    """Starts and ends of the runs of pieces that changed rows of a kind: most kinds hear nothing for long, and what
    changed nothing is not kept.
    """
    return upto.get((kind.name, kind.version), (0, ()))[1]


def _before(runs: Sequence[int], below: int) -> list[int]:
    """Runs of the pieces before one."""
    starts_and_stops = zip(runs[::2], runs[1::2], strict=True)
    return [n for start, stop in starts_and_stops if start < below for n in (start, min(stop, below))]


def _numbers(runs: Sequence[int], below: int) -> list[int]:
    """The pieces of runs before one."""
    runs = _before(runs, below)
    return [n for start, stop in zip(runs[::2], runs[1::2], strict=True) for n in range(start, stop)]


def _of(stream: int, kind: RowKind) -> tuple[int, str, int]:
    return stream, kind.name, kind.version


@cache
def _rows(kind: RowKind) -> Any:
    row: Any = kind.form if _grows(kind) else kind.form | None
    added: Any = int if kind.form is bytes else bool
    named: Any = tuple[tuple[str, ...], row, added] if _grows(kind) else tuple[tuple[str, ...], row]
    return msgspec.msgpack.Decoder(list[named])
