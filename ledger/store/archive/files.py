"""The files of an archive, read: each is there and has the form that its name says, or ``Tampered`` names it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from ledger.errors import Malformed, Tampered
from ledger.log import archive_layout as layout
from ledger.log.checkpoint import Checkpoint, parse_checkpoint
from ledger.log.merkle import TILE_WIDTH
from ledger.store.port import Section
from ledger.verifier.faults import NOTE_LIMIT, ProofError
from ledger.verifier.trees import HASH_BYTES

PAGES: Final = 4096
"""Entry bundles that are kept in memory: a million records."""
LARGEST: Final = TILE_WIDTH * (2 + 65_535)


class SectionLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of a file of sections; ``section`` is its JSON as it was hashed."""

    index: int
    name: str
    salt: str
    section: msgspec.Raw


class Newest(NamedTuple):
    """The newest checkpoint, and its note."""

    checkpoint: Checkpoint
    note: bytes


_line: Final = msgspec.json.Decoder(SectionLine)


class ArchiveFiles:
    """The files of an archive in a folder."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.entries: Any = lru_cache(PAGES)(self._entries)
        self.sections: Any = lru_cache(PAGES)(self._sections)

    def newest(self) -> Newest:
        """The checkpoint; ``Malformed`` where the folder has none."""
        path = self.directory / layout.CHECKPOINT
        try:
            with path.open("rb") as file:
                note = file.read(NOTE_LIMIT + 1)
            return Newest(parse_checkpoint(note), note)
        except FileNotFoundError:
            raise Malformed(
                f"{self.directory} holds no finished archive: it has no {layout.CHECKPOINT}; run wattledger archive"
                " again"
            ) from None
        except ProofError as why:
            raise Tampered(f"{path} is not a checkpoint: {why}") from None

    def tile(self, level: int, number: int, width: int) -> bytes:
        """The first hashes of a tile."""
        length = width * HASH_BYTES
        path, data = self._page(layout.tile_path, level, number, width=width)
        if len(data) < length or len(data) % HASH_BYTES:
            raise Tampered(f"{path} has {len(data):,} bytes, not {length:,}")
        return data[:length]

    def _entries(self, number: int, width: int) -> list[bytes]:
        return self._framed(*self._page(layout.entries_path, number, width=width), width)

    def notes(self, number: int, width: int) -> list[bytes]:
        """The first notes of a file of checkpoints."""
        return self._framed(*self._page(layout.checkpoints_path, number, width=width), width)

    def _sections(self, number: int) -> dict[int, list[Section]]:
        """The sections of an entry bundle's records by index; none where there is no such file."""
        path = self.directory / layout.sections_path(number)
        found: dict[int, list[Section]] = {}
        try:
            for line in path.read_bytes().splitlines():
                said = _line.decode(line)
                if said.index // TILE_WIDTH != number:
                    raise ValueError(f"record {said.index} belongs to another file")
                section = Section(said.name, bytes.fromhex(said.salt), bytes(said.section))
                found.setdefault(said.index, []).append(section)
        except FileNotFoundError:
            pass
        except (msgspec.MsgspecError, ValueError) as why:
            raise Tampered(f"{path} holds no sections: {why}") from None
        return found

    def _page(self, path_of: Any, *place: int, width: int) -> tuple[Path, bytes]:
        """The bytes of a page of some width, or of the full one: that replaces partial ones."""
        names = dict.fromkeys((path_of(*place, width), path_of(*place)))
        for path in (self.directory / name for name in names):
            try:
                with path.open("rb") as file:
                    return path, file.read(LARGEST)
            except (FileNotFoundError, NotADirectoryError):
                continue
            except IsADirectoryError:
                raise Tampered(f"{path} is a folder where a file of the archive belongs") from None
        raise Tampered(f"{self.directory / path_of(*place, width)} is missing from the archive")

    def _framed(self, path: Path, data: bytes, width: int) -> list[bytes]:
        try:
            found = layout.unframed(data)
        except ValueError as why:
            raise Tampered(f"{path} {why}") from None
        if len(found) < width:
            raise Tampered(f"{path} has {len(found)} entries, not {width}")
        return found[:width]
