"""Streams and the trees over them: the directory of PROOF 2, and the forest that grows with every append.

Line k of the directory is the canonical JSON ``[k,size,"<root hex>"]`` of the stream with number k; ``dir``
is the RFC 6962 root over the lines. An opened empty stream has size 0 and the root SHA-256("").
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ledger.log.merkle import Frontier, Tiles, hashes_of, root
from ledger.verifier.trees import directory_line

Tile = tuple[int, int, bytes]


def directory_root(lines: Iterable[bytes]) -> bytes:
    """RFC 6962 root over directory lines."""
    return root(hashes_of(list(lines)))


class Forest:
    """The main log's tree, one tree per stream, and the main log's full tiles, over the records so far.

    ``extend`` is on the path of every append: streams only remember their new leaf hashes until ``heads`` is
    asked.
    """

    def __init__(self) -> None:
        self.main = Frontier()
        self.tiles = Tiles()
        self._streams: dict[int, Frontier] = {}
        self._pending: dict[int, list[bytes]] = {}
        self._changed: set[int] = set()
        self._lines: dict[int, bytes] = {}

    @property
    def size(self) -> int:
        """Number of records in the main log."""
        return self.main.size

    def root(self) -> bytes:
        """The main log's root."""
        return self.main.root()

    def extend(self, streams: Sequence[int], hashes: Sequence[bytes]) -> None:
        """Add leaf hashes in the order of the log; ``streams[i]`` is the number of the stream of
        ``hashes[i]``.
        """
        self.main.extend(hashes, self.tiles.see)
        pending = self._pending
        for number, leaf in zip(streams, hashes, strict=True):
            if number in pending:
                pending[number].append(leaf)
            else:
                pending[number] = [leaf]

    def open_stream(self, number: int) -> None:
        """Give a stream that is opened, and may still be empty, its line in the directory."""
        if number not in self._streams:
            self._streams[number] = Frontier()
            self._changed.add(number)

    def stream(self, number: int) -> Frontier:
        """The tree of a stream; an empty tree where nothing was appended."""
        self._settle()
        return self._streams.get(number) or Frontier()

    def count(self) -> int:
        """Number of streams."""
        self._settle()
        return len(self._streams)

    def is_dense(self) -> bool:
        """True where the streams are numbered 0, 1, 2, ...; those of a damaged store may not be."""
        self._settle()
        return sorted(self._streams) == list(range(len(self._streams)))

    def heads(self) -> tuple[int, bytes]:
        """The number of streams, and the root over their directory lines."""
        assert self.is_dense(), "stream numbers are dense"
        for number in self._changed:
            frontier = self._streams[number]
            self._lines[number] = directory_line(number, frontier.size, frontier.root())
        for number in self._streams.keys() - self._lines.keys():
            frontier = self._streams[number]
            self._lines[number] = directory_line(number, frontier.size, frontier.root())
        return len(self._lines), directory_root(self._lines[number] for number in range(len(self._lines)))

    def _settle(self) -> None:
        for number, hashes in self._pending.items():
            self.open_stream(number)
            self._streams[number].extend(hashes)
            self._changed.add(number)
            self._lines.pop(number, None)
        self._pending.clear()

    # --- keeping --------------------------------------------------------------------------------------------

    def take_tiles(self) -> list[Tile]:
        """Main log tiles completed since they were last taken."""
        return self.tiles.take()

    def take_changed(self) -> dict[int, bytes]:
        """The encoded frontiers of streams that changed since they were last taken; the main tree's under -1,
        its partial tiles under -2.
        """
        self._settle()
        changed = {number: self._streams[number].encode() for number in sorted(self._changed)}
        self._changed.clear()
        return changed | {MAIN: self.main.encode(), PARTIAL_TILES: self.tiles.encode()}

    def frontiers(self) -> dict[int, bytes]:
        """Every frontier that is not empty, encoded, as ``take_changed`` gives them."""
        self._settle()
        streams = {number: tree.encode() for number, tree in self._streams.items() if tree.size}
        return streams | {MAIN: self.main.encode(), PARTIAL_TILES: self.tiles.encode()}

    @classmethod
    def load(cls, kept: dict[int, bytes]) -> Forest:
        """The forest of everything ``take_changed`` ever gave, the latest per number; ``ValueError`` for
        malformed bytes.
        """
        forest = cls()
        for number, data in kept.items():
            if not isinstance(data, bytes):
                raise ValueError("a frontier must be bytes")
            if number == MAIN:
                forest.main = Frontier.decode(data)
            elif number == PARTIAL_TILES:
                forest.tiles = Tiles.decode(data)
            else:
                forest._streams[number] = Frontier.decode(data)
        if not forest.tiles.fit(forest.main.size):
            raise ValueError("the partial tiles are not those of the tree")
        return forest


MAIN = -1
PARTIAL_TILES = -2
