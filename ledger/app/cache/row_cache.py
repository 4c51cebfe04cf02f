"""The cache of rows: what every 128 records of a stream changed, kept in the file of the cache, so that any
moment starts near itself.

A *piece* is 128 records of a stream. By row kind and version the cache keeps the rows that each piece changed, as
they are after it (of a row that grows only what is new), and the positions it folded in; and for the stream, its
tree at the end of each piece. What a piece changed never changes, as records do not: a later correction changes a
later piece. A point in time is made from the pieces before it and at most 127 further records; made from the first
record it has the same bytes (law P3).

Pieces are kept in *groups*, one blob each. In a group all changes of a row stand together, each with the number of
its piece: the present needs the last one, an earlier moment the last one before it. A group has at most 512 pieces
and never crosses a multiple of 512. New pieces are joined with the groups before them that are less than twice as
long, as a binary counter carries: so there are at most ten short groups, and a piece is written at most ten times. A
blob for each piece cost a row, a hash and a decoding each, and took a third more disk.

No result depends on the cache: it names the origin and a root of the log it was made from, every group
carries a SHA-256, and whatever is missing, corrupt or of another log is ignored. It is never asked for a
decision. What a group holds follows from its stream, row kind and pieces alone, so those that several processes
keep at once fit together. The records after it are hashed as they are read, against the tree of the next piece or
of the whole stream.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

import msgspec

from ledger.app.cache.cache_file import CachedBook, CacheFile, sealed, unsealed
from ledger.errors import Tampered
from ledger.kinds import BY_BODY
from ledger.log.merkle import Frontier, hashes_of
from ledger.records.envelope import Record
from ledger.records.ids import binary_id
from projections.engine.fold import Key, RowKind, Rows, at_and_pos
from projections.engine.live import Changes, Live

PIECE: Final = 128
GROUP: Final = 512
"""Pieces of a group at most: a moment long past reads no more than these beyond itself."""
BEHIND: Final = 8
"""Pieces of a long stream that row kinds which nobody asks for may be behind: to fold one more, all their rows are
read. A report that asks for them next folds at most 1,024 records of the stream more.
"""
READ: Final = 2 * PIECE
"""Records of a stream that are read at once: more of them do not fit the processor's cache, which takes twice
the time.
"""
AT_ONCE: Final = 32 << 20
"""Bytes of the cache that are written in one transaction, and wait for it in memory."""
ROW: Final = 256
"""Bytes that a waiting row is counted as, besides its blobs."""
PART: Final = "rows/6"
SCHEMA: Final = (
    (
        "CREATE TABLE IF NOT EXISTS cached_groups (stream INTEGER, kind TEXT, version INTEGER, start INTEGER,"
        " stop INTEGER, rows BLOB NOT NULL, places BLOB NOT NULL, PRIMARY KEY (stream, kind, version, start, stop))"
    ),
    (
        "CREATE TABLE IF NOT EXISTS cached_trees (stream INTEGER, piece INTEGER, tree BLOB NOT NULL, PRIMARY"
        " KEY (stream, piece)) WITHOUT ROWID"
    ),
)
_Upto = dict[tuple[str, int], list[int]]
"""By name and version of a row kind: where its groups begin, and where the last one ends."""
_Column = dict[Key, tuple[list[int], list[Any]]]
"""The changes of pieces, one after another: their numbers and parts of the row. A part of None says that what was
before is not of the row any more.
"""
_encode = msgspec.msgpack.Encoder().encode
_column: Final = msgspec.msgpack.Decoder(list[tuple[tuple[str, ...], list[int], list[msgspec.Raw]]])
_positions: Final = msgspec.msgpack.Decoder(list[int] | None)


class _PieceGroup(NamedTuple):
    """Pieces [start, stop) of a row kind: the changes of its rows and the positions folded in, encoded."""

    start: int
    stop: int
    rows: bytes
    places: bytes


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

    ``along`` gives row kinds that are folded with those asked for wherever they have come about as far, so that a
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
        whole = size // PIECE
        upto = self._upto(stream) if whole else {}
        known = min(whole, *(_pieces(upto, kind) for kind in row_kinds))
        if known < whole and self._file.usable:
            last = whole - max(1, min(BEHIND, known // BEHIND))
            more = (
                kind
                for kind in self._along()
                if hears(kind, disclosure) and known - BEHIND <= _pieces(upto, kind) <= last
            )
            row_kinds = tuple(dict.fromkeys((*row_kinds, *more)))
            known = min(_pieces(upto, kind) for kind in row_kinds)
        live = self._live(stream, row_kinds)
        tree = self._restored(live, stream, known, row_kinds)
        new = {
            kind.name: _NewPieces(
                kind, _pieces(upto, kind), dict(live.rows[kind.name]) if kind.form is bytes else {}
            )
            for kind in row_kinds
        }
        trees: list[tuple[int, Frontier]] = []
        for piece, records, after in self._tail(stream, known * PIECE, size, tree):
            live.extend(records)
            self.told(piece * PIECE)
            if after is not None:
                trees.append((piece, after))
                if (piece + 1) * PIECE <= size:
                    for name, found in live.take().items():
                        new[name].add(piece, found)
                    if (piece + 1) % GROUP == 0 or piece + 1 == whole:
                        for one in new.values():
                            one.close(piece + 1)
        if trees:
            self._keep(stream, new.values(), trees, upto)
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
        """The groups kept of each row kind of a stream that follow one another, by name and version."""
        upto: _Upto = {}
        for kind, version, start, stop in self._file.rows(
            "SELECT kind, version, start, stop FROM cached_groups WHERE stream = ? ORDER BY kind, version, start",
            stream,
        ):
            bounds = upto.setdefault((kind, version), [0])
            if start == bounds[-1] and isinstance(stop, int):  # a damaged one is found when it is read
                bounds.append(stop)
        return upto

    def _restored(self, live: Live, stream: int, known: int, row_kinds: Sequence[RowKind]) -> Frontier:
        """Put some pieces that all kinds have into ``live``; the tree after them."""
        if not known:  # a book has many small streams
            return Frontier()
        for kind in row_kinds:
            live.put(kind, _together(kind, self._groups("rows", _of(stream, kind), 0, known), known))

        @cache
        def column(kind: RowKind) -> _Column:
            return _joined(self._groups("places", _of(stream, kind), 0, known))

        def places(kind: RowKind, key: Key) -> Sequence[int]:
            numbers, parts = column(kind).get(key, ([], []))
            found = map(_positions.decode, parts[: bisect_left(numbers, known)])
            return [pos for some in _standing(list(found)) for pos in some]

        live.began_with(places)
        return self._tree(stream, known - 1)

    def _groups(
        self, column: str, of: tuple[int, str, int], start: int, stop: int, *, exact: bool = False
    ) -> Iterator[memoryview]:
        """A column of the groups that follow one another from a piece on, up to another or beyond it, or ``exact``;
        ``ValueError`` where one is missing or was changed. One statement reads them, as another process may join
        groups meanwhile.
        """
        for begins, ends, blob in self._file.rows(
            f"SELECT start, stop, {column} FROM cached_groups WHERE stream = ? AND kind = ? AND version = ?"
            " AND start >= ? AND start < ? ORDER BY start",
            *of,
            start,
            stop,
        ):
            if begins == start:
                yield unsealed(self._file.name(column, of, begins, ends), blob)
                start = ends
        if start < stop or (exact and start > stop):
            raise ValueError("a group of the cache is missing")

    def _tree(self, stream: int, piece: int) -> Frontier:
        """The stream's tree after a piece; ``ValueError`` where it is not kept."""
        ((tree,),) = self._file.rows(
            "SELECT tree FROM cached_trees WHERE stream = ? AND piece = ?", stream, piece
        )
        return Frontier.decode(bytes(unsealed(self._file.name("tree", (stream,), piece), tree)))

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
        self, stream: int, new: Iterable[_NewPieces], trees: Iterable[tuple[int, Frontier]], upto: _Upto
    ) -> None:
        groups = [self._row(_of(stream, one.kind), group, upto) for one in new for group in one.groups]
        kept = [
            (stream, piece, sealed(self._file.name("tree", (stream,), piece), tree.encode()))
            for piece, tree in trees
        ]
        for statement, some in (
            (
                "DELETE FROM cached_groups WHERE stream = ? AND kind = ? AND version = ? AND start >= ? AND start < ?",
                [group[:5] for group in groups],
            ),
            ("INSERT OR REPLACE INTO cached_groups VALUES (?,?,?,?,?,?,?)", groups),
            ("INSERT OR REPLACE INTO cached_trees VALUES (?,?,?)", kept),
        ):
            self._new.setdefault(statement, []).extend(some)
            self._count += sum(
                ROW + sum(len(cell) for cell in row if isinstance(cell, bytes)) for row in some
            )
        if self._count >= AT_ONCE:
            self._flush()

    def _row(self, of: tuple[int, str, int], group: _PieceGroup, upto: _Upto) -> tuple[Any, ...]:
        """A group as it is kept, joined with the short ones before it."""
        start, stop, rows, places = group
        first = _first(upto.get(of[1:], [0]), start, stop)
        if first < start:
            with suppress(ValueError):  # another process may have joined them with others by now
                rows, places = (
                    _encoded(_joined((*self._groups(column, of, first, start, exact=True), data)))
                    for column, data in (("rows", rows), ("places", places))
                )
                start = first
        return (
            *of,
            start,
            stop,
            sealed(self._file.name("rows", of, start, stop), rows),
            sealed(self._file.name("places", of, start, stop), places),
        )

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


class _NewPieces:
    """New pieces of a row kind, in groups from a piece on; ``before`` has the rows of bytes after the piece before."""

    def __init__(self, kind: RowKind, start: int, before: dict[Key, bytes]) -> None:
        self.kind, self._start, self._before = kind, start, before
        self.groups: list[_PieceGroup] = []
        self._rows: _Column = {}
        self._places: _Column = {}

    def add(self, piece: int, found: Changes) -> None:
        """Add the changes of a piece; those that were kept before are left out."""
        for key, places in found.places.items():
            parts = self._parts(found, key)
            if piece >= self._start:
                _put(self._rows, key, piece, parts)
                _put(self._places, key, piece, [None, places] if key in found.refolded else [places])

    def close(self, stop: int) -> None:
        """End the group before a piece."""
        if self._start < stop:
            self.groups.append(_PieceGroup(self._start, stop, _encoded(self._rows), _encoded(self._places)))
            self._start, self._rows, self._places = stop, {}, {}

    def _parts(self, found: Changes, key: Key) -> list[Any]:
        """A changed row as it is kept: of one that grows only the new items, after None where what was before is not
        of it any more, or the bytes from where it is another, with that place.
        """
        row, pack = found.rows[key], self.kind.pack
        if self.kind.form is bytes:
            had = self._before.get(key, b"")
            now = self._before[key] = row or b""
            begins = _alike(had, now)
            return [(begins, now[begins:])]
        if not self.kind.items:
            return [None if row is None else pack(row)]
        if key in found.refolded:
            return [None, pack(row or ())]
        new = frozenset(found.places[key])
        return [pack(tuple(item for item in row if item[1] in new))]


def _put(column: _Column, key: Key, piece: int, parts: Sequence[Any]) -> None:
    numbers, kept = column.setdefault(key, ([], []))
    numbers.extend([piece] * len(parts))
    kept.extend(parts)


def _encoded(column: _Column) -> bytes:
    return _encode([(key, *changes) for key, changes in column.items()])


def _joined(groups: Iterable[bytes | memoryview]) -> _Column:
    """A column of groups, one after another; its parts are not decoded."""
    found: _Column = {}
    for key, numbers, parts in chain.from_iterable(map(_column.decode, groups)):
        all_numbers, all_parts = found.setdefault(key, ([], []))
        all_numbers.extend(numbers)
        all_parts.extend(parts)
    return found


def _standing(parts: list[Any]) -> list[Any]:
    """The parts after the last None."""
    return parts[len(parts) - parts[::-1].index(None) :] if None in parts else parts


def _together(kind: RowKind, groups: Iterable[memoryview], below: int) -> dict[Key, Any]:
    """The rows of a kind from the pieces before one."""
    changes = (
        (key, parts if numbers[-1] < below else parts[: bisect_left(numbers, below)])
        for key, numbers, parts in chain.from_iterable(map(_rows(kind).decode, groups))
        if numbers[0] < below
    )
    if not _grows(kind):
        last = {key: parts[-1] for key, parts in changes}
        return {key: _row(kind).decode(part) for key, part in last.items()}
    if kind.form is bytes:
        return _grown(changes)
    rows: dict[Key, list[Any]] = {}
    for key, parts in changes:
        rows[key] = _standing(rows[key] + parts) if key in rows else _standing(parts)
    together = chain.from_iterable
    return {
        key: (tuple(sorted(together(parts), key=at_and_pos)) if len(parts) > 1 else parts[0]) or None
        for key, parts in rows.items()
    }


def _grown(changes: Iterable[tuple[Key, list[tuple[int, bytes]]]]) -> dict[Key, bytes | None]:
    """The rows of bytes from their changes: each goes on from a place in what was there before."""
    rows: dict[Key, bytearray] = {}
    for key, parts in changes:
        row = rows.setdefault(key, bytearray())
        for begins, new in parts:
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


def _first(bounds: Sequence[int], start: int, stop: int) -> int:
    """Where a group of new pieces begins when it takes in those before it that are less than twice as long."""
    least = start - start % GROUP
    for begins in reversed(bounds[:-1]):
        if begins < least or start - begins >= 2 * (stop - start):
            break
        start = begins
    return start


def hears(kind: RowKind, disclosure: str) -> bool:
    """True where a row kind reads facts of a disclosure class."""
    return any(BY_BODY[fact].disclosure in (None, disclosure) for fact in kind.facts)


def _pieces(upto: _Upto, kind: RowKind) -> int:
    """Number of pieces kept of a row kind."""
    return upto.get((kind.name, kind.version), [0])[-1]


def _of(stream: int, kind: RowKind) -> tuple[int, str, int]:
    return stream, kind.name, kind.version


@cache
def _rows(kind: RowKind) -> Any:
    """Decoder of the rows of a group; only the last part of a row that does not grow is decoded, by ``_row``."""
    grown: Any = tuple[int, bytes] if kind.form is bytes else kind.form | None
    part: Any = grown if _grows(kind) else msgspec.Raw
    column: Any = list[tuple[tuple[str, ...], list[int], list[part]]]
    return msgspec.msgpack.Decoder(column)


@cache
def _row(kind: RowKind) -> Any:
    return msgspec.msgpack.Decoder(kind.form | None)
