"""Checked reads: a leaf of the log is compared with the committed tree before it is handed on.

The log is read in blocks of 256 records, each compared with the hash that the tree has of it, so that
whatever is printed, exported or decided on was never changed (RFC 6962 2.1), and reading needs no second
pass. A stream has no tiles of its own: all its leaves are hashed as they pass, and the root over them is
compared at the end; a caller that prints a stream's records one by one compares each with its index in the
log.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from ledger.errors import Tampered
from ledger.log import merkle
from ledger.log.merkle import TILE_HEIGHT, TILE_WIDTH, Frontier, hashes_of
from ledger.store.port import Store
from ledger.store.roots import CheckedTiles
from ledger.verifier.trees import HASH_BYTES, leaf_hash

PAGE: Final = 4096
BLOCKS: Final = 4 * TILE_WIDTH
"""Leaves of the log that are checked at once."""
FEW: Final = 16
"""Leaves that are read first, and four times as many after each read: a caller that wants five does not wait for a
thousand.
"""


class CheckedReads:
    """The leaves of a store, each checked before it is handed on; ``tiles`` gives roots and hashes for
    proofs.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.tiles = CheckedTiles(store)

    def leaf(self, index: int) -> bytes:
        """The leaf of an index."""
        (leaf,) = self._store.read(index, index + 1)
        return self.checked(index, leaf)

    def checked(self, index: int, leaf: bytes) -> bytes:
        """The given leaf, if it is the log's at an index; ``Tampered`` where it is not."""
        number, place = divmod(index, TILE_WIDTH)
        if not 0 <= index < self._store.forest.size or leaf_hash(leaf) != self.tiles.hashes(
            0, number, place, place + 1
        ):
            raise _changed(index)
        return leaf

    def leaves(self, start: int, stop: int) -> Iterator[bytes]:
        """The leaves [start, stop) in order."""
        most = FEW
        while start < stop:
            last = min(stop, start + most, start - start % BLOCKS + BLOCKS)
            page = list(self._store.read(start, last))
            self._check(start, hashes_of(page))
            yield from page
            start, most = last, most * 4

    def _check(self, start: int, hashes: list[bytes]) -> None:
        """Compare leaf hashes from an index on: whole blocks by one hash each, the rest hash by hash."""
        first = min(-start % TILE_WIDTH, len(hashes))  # the first whole block begins here
        last = first + (len(hashes) - first) // TILE_WIDTH * TILE_WIDTH
        self._compare(start, hashes[:first])
        for n, root in enumerate(merkle.block_roots(hashes[first:last])):
            place = first + n * TILE_WIDTH
            if root != self.tiles.hash_at(TILE_HEIGHT, (start + place) // TILE_WIDTH):
                self._compare(start + place, hashes[place : place + TILE_WIDTH])
        self._compare(start + last, hashes[last:])

    def _compare(self, place: int, block: list[bytes]) -> None:
        if not block:
            return
        number, first = divmod(place, TILE_WIDTH)
        kept = self.tiles.hashes(0, number, first, first + len(block))
        for n, one in enumerate(block):
            if one != kept[n * HASH_BYTES : (n + 1) * HASH_BYTES]:
                raise _changed(place + n)


def _changed(index: int) -> Tampered:
    return Tampered(
        f"record {index} is not the one that was committed: it changed; run fsck to find all that did"
    )


def check_root(store: Store, size: int, root: bytes) -> None:
    """``Tampered`` unless a root is that of the first ``size`` records of the log."""
    if CheckedTiles(store).root_at(size) != root:
        raise Tampered(
            f"the first {size} records are not the ones that were committed: some changed; run fsck to find"
            " them"
        )


def stream_leaves(store: Store, number: int) -> Iterator[bytes]:
    """All leaves of a stream that the store's handle covers; ``Tampered`` after the last where their root is
    another.
    """
    kept = store.forest.stream(number)
    return _ending_at(store.read_stream(number, 0, kept.size), kept.root(), f"the records of stream {number}")


def _ending_at(leaves: Iterable[bytes], root: bytes, what: str) -> Iterator[bytes]:
    rest, seen = iter(leaves), Frontier()
    while page := list(islice(rest, PAGE)):
        seen.extend(hashes_of(page))
        yield from page
    if seen.root() != root:
        raise Tampered(f"{what} are not the ones that were committed: some changed; run fsck to find them")
