"""Roots of the main log at any earlier size, from its tiles and the few leaves that no tile holds yet."""

from __future__ import annotations

from functools import lru_cache

from ledger.log import merkle
from ledger.log.verify import HASH_BYTES
from ledger.store.port import Store


def root_at(store: Store, size: int) -> bytes:
    """The RFC 6962 root over the first ``size`` records."""
    if size == store.forest.size:
        return store.forest.root()
    return merkle.range_root(hash_at(store), 0, size)


def hash_at(store: Store) -> merkle.HashAt:
    """Roots of perfect subtrees, from full tiles where they are kept, else from leaves."""

    @lru_cache(maxsize=64)
    def tile(level: int, number: int) -> bytes | None:
        return store.tile(level, number)

    def found(level: int, index: int) -> bytes:
        tile_level, rest = divmod(level, merkle.TILE_HEIGHT)
        first = index << rest
        data = tile(tile_level, first // merkle.TILE_WIDTH)
        if data is not None:
            start = first % merkle.TILE_WIDTH * HASH_BYTES
            width = HASH_BYTES << rest
            part = data[start : start + width]
            return merkle.root([part[n : n + HASH_BYTES] for n in range(0, width, HASH_BYTES)])
        if level == 0:
            (leaf,) = store.read(index, index + 1)
            return merkle.leaf_hash(leaf)
        if level <= merkle.TILE_HEIGHT:
            return merkle.root(merkle.hashes_of(list(store.read(index << level, (index + 1) << level))))
        return merkle.node_hash(found(level - 1, 2 * index), found(level - 1, 2 * index + 1))

    return found
