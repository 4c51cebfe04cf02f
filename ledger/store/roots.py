"""Hashes of the main log's tree at any size: from its tiles, each compared with the root before a hash of it
is used.

A tile of 256 hashes is checked against the one hash of the tile above it, up to the partial tiles, and these
against the frontier of the whole log (RFC 6962 2.1, C2SP tlog-tiles). So a proof or an earlier root never
rests on a hash that changed since it was committed, and a leaf can be compared with its own hash without
reading the log: three tiles for a million records.
"""

from __future__ import annotations

from typing import Final

from ledger.errors import Tampered
from ledger.log import merkle
from ledger.log.merkle import TILE_HEIGHT, TILE_WIDTH
from ledger.store.port import Store
from ledger.verifier.trees import HASH_BYTES

TILES_KEPT: Final = 256  # of the lowest level, 8 KB each


class CheckedTiles:
    """The tiles of a store's main log over the records that its handle knows of."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._full: dict[tuple[int, int], bytes] = {}
        self._partial: dict[int, bytes] = {}
        self._partial_size = -1

    def root_at(self, size: int) -> bytes:
        """The RFC 6962 root over the first ``size`` records."""
        forest = self._store.forest
        return forest.root() if size == forest.size else merkle.range_root(self.hash_at, 0, size)

    def hash_at(self, level: int, index: int) -> bytes:
        """The root of the perfect subtree over leaves [index * 2^level, (index + 1) * 2^level)."""
        tile_level, rest = divmod(level, TILE_HEIGHT)
        number, start = divmod(index << rest, TILE_WIDTH)
        hashes = self.hashes(tile_level, number, start, start + (1 << rest))
        return merkle.root([hashes[n : n + HASH_BYTES] for n in range(0, len(hashes), HASH_BYTES)])

    def hashes(self, level: int, number: int, start: int, stop: int) -> bytes:
        """The hashes [start, stop) of a tile, full or not."""
        size = self._store.forest.size >> TILE_HEIGHT * level
        tile = self._tile(level, number) if (number + 1) * TILE_WIDTH <= size else self._last(level)
        return tile[start * HASH_BYTES : stop * HASH_BYTES]

    def rows(self, level: int, number: int, width: int) -> list[list[bytes]]:
        """The rows of the tree over a tile's first hashes (``merkle.rows_of``).

        A full tile is hashed once both to check it and to give its rows: a proof of records all over the log
        needs every tile.
        """
        if width < TILE_WIDTH:
            return merkle.rows_of(_split(self.hashes(level, number, 0, width)))
        tile = self._store.forest.tiles.full(level, number) or self._store.tile(level, number)
        rows = merkle.rows_of(_split(tile or b""))
        if rows[-1] != [self._above(level, number)]:
            raise _not_committed(level, number)
        return rows

    def _above(self, level: int, number: int) -> bytes:
        """The hash that the tile above holds of a tile."""
        return self.hashes(level + 1, *divmod(number, TILE_WIDTH), number % TILE_WIDTH + 1)

    def _tile(self, level: int, number: int) -> bytes:
        """A full tile; ``Tampered`` where its root differs from the hash in the tile above."""
        known = self._full.get((level, number))
        if known is not None:
            return known
        tile = self._store.forest.tiles.full(level, number) or self._store.tile(level, number)
        if tile is None or _frontier(tile).root() != self._above(level, number):
            raise _not_committed(level, number)
        if len(self._full) >= TILES_KEPT:
            self._full = {key: kept for key, kept in self._full.items() if key[0]}
        self._full[level, number] = tile
        return tile

    def _last(self, level: int) -> bytes:
        """The last, partial tile of a level; ``Tampered`` unless its subtrees are those of the frontier of
        the whole log.
        """
        forest = self._store.forest
        if forest.size != self._partial_size:
            self._partial, self._partial_size = {}, forest.size
        if level not in self._partial:
            tile = forest.tiles.last(level)
            width = (forest.size >> TILE_HEIGHT * level) % TILE_WIDTH
            before = (forest.size >> TILE_HEIGHT * (level + 1)).bit_count()
            peaks = forest.main.hashes[before : before + width.bit_count()]
            if len(tile) != width * HASH_BYTES or _frontier(tile).hashes != peaks:
                raise Tampered(
                    f"the last hash tile of level {level} is not that of the log; run fsck to find what"
                    " changed"
                )
            self._partial[level] = tile
        return self._partial[level]


def _frontier(tile: bytes) -> merkle.Frontier:
    return merkle.Frontier.of(_split(tile))


def _split(tile: bytes) -> list[bytes]:
    return [tile[n : n + HASH_BYTES] for n in range(0, len(tile), HASH_BYTES)]


def _not_committed(level: int, number: int) -> Tampered:
    return Tampered(
        f"hash tile {level}/{number} of the log is not the one that was committed; run fsck to find what"
        " changed"
    )


def root_at(store: Store, size: int) -> bytes:
    """The RFC 6962 root over the first ``size`` records."""
    return CheckedTiles(store).root_at(size)


def hash_at(store: Store) -> merkle.HashAt:
    """Roots of perfect subtrees of the log, for proofs."""
    return CheckedTiles(store).hash_at
