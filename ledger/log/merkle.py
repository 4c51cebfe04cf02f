"""Building RFC 6962 trees: roots, frontiers, proofs, and the hash tiles of C2SP tlog-tiles.

A *frontier* is the compact range of [0, size): the roots of the perfect subtrees that make up the tree,
largest first, one per set bit of the size. It is all that must be kept of a tree to go on. Proofs are made
from a function that gives the root of a perfect subtree, ``hash_at(level, index)`` = root of leaves [index *
2^level, (index + 1) * 2^level), which tiles or leaf hashes can answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from typing import Final

from ledger.verifier.trees import EMPTY_ROOT, HASH_BYTES, Seen, grow, leaf_hash, node_hash, peaks_root

TILE_HEIGHT: Final = 8
TILE_WIDTH: Final = 1 << TILE_HEIGHT
HashAt = Callable[[int, int], bytes]


def root(hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes; SHA-256 of nothing where there are none."""
    return Frontier.of(hashes).root()


def block_roots(hashes: Sequence[bytes]) -> list[bytes]:
    """The roots of each 256 leaf hashes; their number is a multiple of 256."""
    found = list(hashes)
    for _ in range(TILE_HEIGHT):
        left, right = found[::2], found[1::2]
        found = [sha256(b"\x01" + one + other).digest() for one, other in zip(left, right, strict=True)]
    return found


class Frontier:
    """A growing tree of which only the frontier is kept: at most 64 hashes."""

    __slots__ = ("hashes", "size")

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        assert len(hashes) == size.bit_count(), "a frontier has one hash per set bit of its size"
        self.size = size
        self.hashes = list(hashes)

    @classmethod
    def of(cls, hashes: Sequence[bytes]) -> Frontier:
        """The frontier of a tree over these leaf hashes."""
        frontier = cls()
        frontier.extend(hashes)
        return frontier

    def push(self, leaf: bytes, seen: Seen | None = None) -> None:
        """Add one leaf hash (see ``extend``)."""
        size, level = self.size, 0
        if seen is not None:
            seen(0, size, [leaf])
        while size & 1:
            leaf = node_hash(self.hashes.pop(), leaf)
            size, level = size >> 1, level + 1
            if seen is not None:
                seen(level, size, [leaf])
        self.hashes.append(leaf)
        self.size += 1

    def extend(self, hashes: Sequence[bytes], seen: Seen | None = None) -> None:
        """Add leaf hashes, level by level; ``seen(level, index, hashes)`` gets every run of perfect subtree
        roots.
        """
        if len(hashes) < 4:
            for leaf in hashes:
                self.push(leaf, seen)
            return
        self.hashes = grow(self.size, self.hashes, hashes, seen)
        self.size += len(hashes)

    def root(self) -> bytes:
        """The RFC 6962 root."""
        return peaks_root(self.hashes)

    def copy(self) -> Frontier:
        """Another frontier of the same tree."""
        return Frontier(self.size, self.hashes)

    def encode(self) -> bytes:
        """Size in 8 bytes, then the hashes."""
        return self.size.to_bytes(8, "big") + b"".join(self.hashes)

    @classmethod
    def decode(cls, data: bytes) -> Frontier:
        """The frontier of ``encode``; ``ValueError`` for malformed bytes."""
        size, rest = int.from_bytes(data[:8], "big"), data[8:]
        if len(data) < 8 or len(rest) != size.bit_count() * HASH_BYTES:
            raise ValueError("not a frontier")
        return cls(size, [rest[n : n + HASH_BYTES] for n in range(0, len(rest), HASH_BYTES)])


# --- proofs, RFC 6962 2.1 -----------------------------------------------------------------------------------


def subtrees(start: int, stop: int) -> Iterator[tuple[int, int]]:
    """(level, index) of the perfect subtrees that make up [start, stop), left to right."""
    while start < stop:
        level = min((start & -start).bit_length() - 1 if start else 63, (stop - start).bit_length() - 1)
        yield level, start >> level
        start += 1 << level


def range_root(hash_at: HashAt, start: int, stop: int) -> bytes:
    """The root over leaves [start, stop), a subtree as RFC 6962 splits it."""
    parts = [hash_at(level, index) for level, index in subtrees(start, stop)]
    if not parts:
        return EMPTY_ROOT
    found = parts.pop()
    while parts:
        found = node_hash(parts.pop(), found)
    return found


def inclusion_proof(hash_at: HashAt, index: int, size: int) -> list[bytes]:
    """PATH(index, D[size]) from the leaf up."""
    assert 0 <= index < size, f"leaf {index} is not in a tree of {size}"
    proof: list[bytes] = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + (1 << (stop - start - 1).bit_length() - 1)
        if index < middle:
            proof.append(range_root(hash_at, middle, stop))
            stop = middle
        else:
            proof.append(range_root(hash_at, start, middle))
            start = middle
    return proof[::-1]


def consistency_proof(hash_at: HashAt, size1: int, size2: int) -> list[bytes]:
    """PROOF(size1, D[size2])."""
    assert 0 < size1 <= size2, f"no proof from {size1} to {size2}"
    proof: list[bytes] = []
    start, stop, whole = 0, size2, True
    while size1 < stop:
        middle = start + (1 << (stop - start - 1).bit_length() - 1)
        if size1 <= middle:
            proof.append(range_root(hash_at, middle, stop))
            stop = middle
        else:
            proof.append(range_root(hash_at, start, middle))
            start, whole = middle, False
    if not whole:
        proof.append(range_root(hash_at, start, stop))
    return proof[::-1]


TileRows = Callable[[int, int, int], list[list[bytes]]]
"""``tile_rows(level, number, width)``: the rows of a tile of ``width`` full subtrees, see ``rows_of``."""


def multi_proof(tile_rows: TileRows, size: int, indexes: Sequence[int]) -> list[bytes]:
    """The hashes that ``verify.root_from_many`` needs beside the leaves at rising, distinct ``indexes``.

    Why tile by tile: each tile is fetched once for its eight levels. Level by level over the whole tree, the
    lowest tiles would be read and checked eight times.
    """
    proof: list[bytes] = []
    places, edge, tile_level = list(indexes), b"", 0  # edge: the node over leaves after the last full subtree
    while True:
        full = size >> TILE_HEIGHT * tile_level
        width = full + bool(edge)
        if width <= 1:
            return proof
        last = (width - 1) // TILE_WIDTH
        found: list[list[bytes]] = [[] for _ in range(TILE_HEIGHT)]
        above, next_edge = [], b""
        inside: dict[int, list[int]] = {}
        for place in places:
            inside.setdefault(place // TILE_WIDTH, []).append(place % TILE_WIDTH)
        for number in dict.fromkeys([*inside, last]):
            known = inside.get(number, [])
            if known:
                above.append(number)
            if number != last and len(known) == TILE_WIDTH:
                continue
            rows = tile_rows(tile_level, number, min(TILE_WIDTH, full - number * TILE_WIDTH))
            if number == last and edge:
                rows = rows_of([*rows[0], edge])
            for row, siblings in zip(rows, found, strict=False):
                held = set(known)
                siblings += [row[n ^ 1] for n in known if n ^ 1 < len(row) and n ^ 1 not in held]
                known = list(dict.fromkeys(n >> 1 for n in known))
            if number == last and width > full // TILE_WIDTH * TILE_WIDTH:
                ((next_edge,),) = rows[-1:]
        proof += [one for siblings in found for one in siblings]
        places, edge, tile_level = above, next_edge, tile_level + 1


def rows_of(hashes: list[bytes]) -> list[list[bytes]]:
    """The rows of the tree over some hashes, from the lowest to the root; an odd last hash goes up
    unchanged.
    """
    rows = [hashes]
    while len(row := rows[-1]) > 1:
        pairs = zip(row[::2], row[1::2], strict=False)
        above = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
        rows.append(above + row[-1:] if len(row) & 1 else above)
    return rows


def tile_rows_of(hashes: Sequence[bytes]) -> TileRows:
    """The tiles over leaf hashes that are in memory."""

    def tile_rows(level: int, number: int, width: int) -> list[list[bytes]]:
        first, span = number * TILE_WIDTH, 1 << TILE_HEIGHT * level
        places = range(first, first + width)
        return rows_of([root(hashes[n * span : (n + 1) * span]) for n in places])

    return tile_rows


# --- tiles --------------------------------------------------------------------------------------------------


class Tiles:
    """Full tiles of height 8 as a tree grows: tile (level, n) holds 256 hashes of tree level 8 * level."""

    def __init__(self) -> None:
        self._partial: dict[int, bytearray] = {}
        self._done: dict[tuple[int, int], bytes] = {}

    def see(self, level: int, index: int, hashes: list[bytes]) -> None:
        """Take in a run of perfect subtree roots of a tree level that starts at ``index``."""
        if level % TILE_HEIGHT:
            return
        tile_level = level // TILE_HEIGHT
        partial = self._partial.setdefault(tile_level, bytearray())
        assert len(partial) // HASH_BYTES == index % TILE_WIDTH, "runs of hashes follow one another"
        number = index // TILE_WIDTH
        partial += b"".join(hashes)
        width = TILE_WIDTH * HASH_BYTES
        while len(partial) >= width:
            self._done[tile_level, number] = bytes(partial[:width])
            del partial[:width]
            number += 1

    def take(self) -> list[tuple[int, int, bytes]]:
        """The tiles completed since they were last taken: (level, n, 8192 bytes)."""
        done, self._done = self._done, {}
        return [(level, number, tile) for (level, number), tile in done.items()]

    def full(self, level: int, number: int) -> bytes | None:
        """A full tile completed since tiles were last taken."""
        return self._done.get((level, number))

    def last(self, level: int) -> bytes:
        """The partial tile of a level: the hashes after its last full tile, none where the level ends with a
        full one.
        """
        return bytes(self._partial.get(level, b""))

    def partial(self) -> list[tuple[int, bytes]]:
        """The tiles that are neither full nor empty: (level, hashes)."""
        return [(level, bytes(hashes)) for level, hashes in sorted(self._partial.items()) if hashes]

    def fit(self, size: int) -> bool:
        """True for the partial tiles of a tree of this size: each level has exactly the number of hashes that
        the size implies.
        """
        widths = {level: len(hashes) // HASH_BYTES for level, hashes in self._partial.items() if hashes}
        due = {level: width for level, _, width in tile_widths(size) if width}
        return widths == due

    def encode(self) -> bytes:
        """The partial tiles: level and number of hashes in one and two bytes, then the hashes, for each
        level.
        """
        return b"".join(
            bytes([level]) + (len(partial) // HASH_BYTES).to_bytes(2, "big") + bytes(partial)
            for level, partial in sorted(self._partial.items())
        )

    @classmethod
    def decode(cls, data: bytes) -> Tiles:
        """The partial tiles of ``encode``; ``ValueError`` for malformed bytes."""
        tiles, place = cls(), 0
        while place < len(data):
            level, width = data[place], int.from_bytes(data[place + 1 : place + 3], "big") * HASH_BYTES
            place += 3 + width
            if place > len(data) or width >= TILE_WIDTH * HASH_BYTES:
                raise ValueError("not partial tiles")
            tiles._partial[level] = bytearray(data[place - width : place])
        return tiles


def tile_path(level: int, number: int, width: int = TILE_WIDTH) -> str:
    """The path of a tile: ``tile/0/x001/234`` or ``tile/1/000.p/17`` (C2SP tlog-tiles)."""
    return _path(str(level), number, width)


def entries_path(number: int, width: int = TILE_WIDTH) -> str:
    """The path of an entry bundle: ``tile/entries/x001/234`` or ``tile/entries/000.p/17``."""
    return _path("entries", number, width)


def _path(kind: str, number: int, width: int) -> str:
    digits = f"{number % 1000:03d}"
    while number >= 1000:
        number //= 1000
        digits = f"x{number % 1000:03d}/{digits}"
    return f"tile/{kind}/{digits}" + (f".p/{width}" if width < TILE_WIDTH else "")


def tile_widths(size: int) -> Iterator[tuple[int, int, int]]:
    """Every tile of a tree of ``size`` leaves: (level, number of full tiles, width of the partial one or
    0).
    """
    level = 0
    while size:
        yield level, size // TILE_WIDTH, size % TILE_WIDTH
        size //= TILE_WIDTH
        level += 1


def hashes_of(leaves: Sequence[bytes]) -> list[bytes]:
    """The leaf hashes of leaves."""
    digest = sha256
    return [digest(b"\x00" + leaf).digest() for leaf in leaves]


__all__ = [
    "Frontier",
    "Tiles",
    "consistency_proof",
    "inclusion_proof",
    "leaf_hash",
    "node_hash",
    "root",
    "subtrees",
]
