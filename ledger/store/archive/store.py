"""The store of an archive: a log as plain files, read only (layout: ``ledger.log.archive_layout``).

Everything is read and hashed when it is opened: hash tiles against the checkpoint from the top down, each record
against its hash, earlier checkpoints against the tree. So the first changed or missing file is ``Tampered`` with its
name. Where records stand in their streams is kept in memory, 8 bytes for each; ids are, once one is asked for.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec

from ledger.errors import Tampered
from ledger.log import archive_layout as layout
from ledger.log.checkpoint import parse_checkpoint
from ledger.log.forest import MAIN, PARTIAL_TILES, Forest
from ledger.log.merkle import TILE_WIDTH, Frontier, Tiles, hashes_of, tile_widths
from ledger.store.archive.files import ArchiveFiles
from ledger.store.ids_in_memory import IdsInMemory
from ledger.store.port import Entry, Seal, Section
from ledger.store.roots import CheckedTiles
from ledger.store.unwritten import Unwritten
from ledger.verifier.faults import ProofError
from ledger.verifier.trees import HASH_BYTES

HEADS: Final = "ledger/heads"
OPENED: Final = "stream-opened."
SETTLED: Final = 64 * TILE_WIDTH
"""Records whose hashes wait for their streams' trees."""


class EntryGlance(msgspec.Struct, frozen=True):
    """What the store needs to know of a leaf; ``body`` is its fact as JSON."""

    id: str
    index: int
    kind: str
    pos: int
    stream: str
    body: msgspec.Raw
    corrects: tuple[str, ...] = ()
    sections: dict[str, str] = {}


class _StreamOpening(msgspec.Struct, frozen=True):
    """The fact that opens a stream."""

    stream: str
    number: int


_glance: Final = msgspec.json.Decoder(EntryGlance)
_opened: Final = msgspec.json.Decoder(_StreamOpening)


class ArchiveStore(Unwritten, IdsInMemory):
    """The records of an archive behind the store port."""

    def __init__(self, directory: Path) -> None:
        self._files = ArchiveFiles(directory)
        self._newest, self.note = self._files.newest()
        self.size = self._newest.size
        self._numbers: dict[str, int] = {}
        self._places: dict[int, array[int]] = {}
        self.forest = self._planted({})
        self._read_all()
        self._seals = list(self._checked_seals())

    # --- opening --------------------------------------------------------------------------------------------

    def _planted(self, streams: dict[int, bytes]) -> Forest:
        """The forest: the main log's frontier from the partial tiles, compared with the checkpoint."""
        hashes, partial = list[bytes](), b""
        for level, number, width in tile_widths(self.size):
            if width:
                tile = self._files.tile(level, number, width)
                hashes[:0] = Frontier.of(_split(tile)).hashes
                partial += bytes([level]) + width.to_bytes(2, "big") + tile
        main = Frontier(self.size, hashes)
        if main.root() != self._newest.root:
            raise self._blamed(main)
        return Forest.load({**streams, MAIN: main.encode(), PARTIAL_TILES: partial})

    def _blamed(self, main: Frontier) -> Tampered:
        """The error for partial tiles and a checkpoint that do not agree: entries tell which of them changed."""
        tree, tiles = Frontier(), Tiles()
        for number in range(-(-self.size // TILE_WIDTH)):
            tree.extend(hashes_of(self._page(number)), tiles.see)
            tiles.take()
        where = self._files.directory / layout.CHECKPOINT
        if tree.root() == main.root():
            return Tampered(f"{where} is not over the {self.size:,} records of this archive")
        for level, number, width in tile_widths(self.size):
            if width and self._files.tile(level, number, width) != tiles.last(level):
                where = self._files.directory / layout.tile_path(level, number, width)
                return Tampered(f"{where} is not the tile that was committed, or an entry below it changed")
        return Tampered(f"{where} is not over the records and tiles of this archive: one of them changed")

    def _read_all(self) -> None:
        tiles, trees = CheckedTiles(self), dict[int, Frontier]()
        waiting: dict[int, list[bytes]] = {}
        for number in range(-(-self.size // TILE_WIDTH)):
            leaves = self._page(number)
            hashes = hashes_of(leaves)
            kept = tiles.hashes(0, number, 0, len(leaves))
            if b"".join(hashes) != kept:
                place = next(n for n, one in enumerate(_split(kept)) if one != hashes[n])
                where = self._files.directory / layout.entries_path(number, len(leaves))
                raise Tampered(
                    f"{where}: record {number * TILE_WIDTH + place} is not the one that was committed"
                )
            for place, (leaf, digest) in enumerate(zip(leaves, hashes, strict=True), number * TILE_WIDTH):
                waiting.setdefault(self._took(place, leaf), []).append(digest)
            if number % (SETTLED // TILE_WIDTH) == 0:
                _settle(trees, waiting)
        _settle(trees, waiting)
        self.forest = self._planted({number: tree.encode() for number, tree in trees.items()})

    def _took(self, place: int, data: bytes) -> int:
        """Remember where a record stands; the number of its stream."""
        leaf = self._leaf(place, data)
        if leaf.kind.startswith(OPENED):
            opened = _opened.decode(leaf.body)
            self._numbers[opened.stream] = opened.number
        number = self._numbers.get(leaf.stream)
        of_stream = self._places.setdefault(-1 if number is None else number, array("q"))
        if number is None or (leaf.index, leaf.pos) != (place, len(of_stream)):
            raise Tampered(f"record {place} of the archive does not follow those before it in {leaf.stream}")
        of_stream.append(place)
        for target in leaf.corrects:
            self._superseders[_binary(target)] = place
        return number

    def _leaf(self, place: int, data: bytes) -> EntryGlance:
        try:
            return _glance.decode(data)
        except (msgspec.MsgspecError, UnicodeDecodeError) as why:
            raise Tampered(f"record {place} of the archive: {why}") from None

    def _page(self, number: int) -> list[bytes]:
        """The leaves of an entry bundle."""
        width = min(TILE_WIDTH, self.size - number * TILE_WIDTH)
        found: list[bytes] = self._files.entries(number, width)
        return found

    def _checked_seals(self) -> Iterator[Seal]:
        """The seals, each of the tree at its size."""
        tiles = CheckedTiles(self)
        heads = self._places.get(self._numbers.get(HEADS, -1), array("q"))
        for first in range(0, len(heads), TILE_WIDTH):
            slots = heads[first : first + TILE_WIDTH]
            number = first // TILE_WIDTH
            for place, note in zip(slots, self._files.notes(number, len(slots)), strict=True):
                if note:
                    where = self._files.directory / layout.checkpoints_path(number, len(slots))
                    try:
                        found = parse_checkpoint(note)
                    except ProofError as why:
                        raise Tampered(f"{where}: the note over {place + 1} records: {why}") from None
                    if found != (self._newest.origin, place + 1, tiles.root_at(place + 1)):
                        raise Tampered(f"{where}: the note over {place + 1} records is of other records")
                    yield Seal(place + 1, note)

    # --- records --------------------------------------------------------------------------------------------

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """Leaves of the log [start, stop)."""
        return (self._page(n // TILE_WIDTH)[n % TILE_WIDTH] for n in range(start, min(stop, self.size)))

    def read_stream(self, number: int, start: int, stop: int | None) -> Iterator[bytes]:
        """Leaves of a stream [start, stop)."""
        return (leaf for n in self._of(number)[start:stop] for leaf in self.read(n, n + 1))

    def _of(self, number: int) -> array[int]:
        return self._places.get(number, array("q"))

    def stream_size_at(self, number: int, size: int) -> int:
        """Number of the first ``size`` records that belong to a stream."""
        return bisect_left(self._of(number), size)

    def stream_indexes(self, number: int, start: int, stop: int) -> list[int]:
        """Indexes in the log of the records [start, stop) of a stream."""
        return list(self._of(number)[start:stop])

    @cached_property
    def _ids(self) -> dict[bytes, int]:
        leaves = enumerate(self.read(0, self.size))
        return {_binary(self._leaf(place, data).id): place for place, data in leaves}

    def entries(self, start: int, stop: int) -> Iterator[Entry]:
        """The records [start, stop); a section that is not in the archive is marked as never kept."""
        for place, data in enumerate(self.read(start, stop), start):
            leaf = self._leaf(place, data)
            held = {section.name: section for section in self.read_sections(place)}
            yield Entry(
                place,
                self._numbers[leaf.stream],
                leaf.pos,
                _binary(leaf.id),
                leaf.kind,
                data,
                tuple(map(_binary, leaf.corrects)),
                tuple(held.get(name, Section(name, b"", b"")) for name in sorted(leaf.sections)),
            )

    # --- what is kept beside records ------------------------------------------------------------------------

    def read_sections(self, index: int) -> list[Section]:
        """The sections of a record that are in the archive."""
        return sorted(self._files.sections(index // TILE_WIDTH).get(index, ()))

    def keeps_sections(self, streams: Iterable[int], size: int) -> bool:
        """True where a section of a record of these streams is in the archive."""
        return any(self.read_sections(n) for number in streams for n in self._of(number) if n < size)

    def last_seal(self) -> Seal | None:
        """The newest checkpoint, as it was signed."""
        return self._seals[-1] if self._seals else None

    def seals(self) -> list[Seal]:
        """Every seal."""
        return list(self._seals)

    def tile(self, level: int, number: int) -> bytes | None:
        """A full tile."""
        full = (number + 1) * TILE_WIDTH <= self.size >> 8 * level
        return self._files.tile(level, number, TILE_WIDTH) if full else None


def _settle(trees: dict[int, Frontier], waiting: dict[int, list[bytes]]) -> None:
    for number, hashes in waiting.items():
        trees.setdefault(number, Frontier()).extend(hashes)
    waiting.clear()


def _split(hashes: bytes) -> list[bytes]:
    return [hashes[n : n + HASH_BYTES] for n in range(0, len(hashes), HASH_BYTES)]


def _binary(id_: str) -> bytes:
    return UUID(id_).bytes
