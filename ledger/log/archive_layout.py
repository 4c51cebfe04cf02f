"""Names and bytes of an archive: a log as plain files, as an object store or a folder keeps them.

``checkpoint``, ``tile/<L>/<N>`` and ``tile/entries/<N>`` are those of C2SP tlog-tiles, so that any client of tiles
reads them. Beside them ``checkpoints/<N>`` holds the notes of earlier checkpoints and ``sections/<N>`` what is kept
apart from the records of an entry bundle. Numbers are written as in tlog-tiles: ``x001/234``, and ``.p/W`` behind
one that is not full.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ledger.log.merkle import TILE_WIDTH, entries_path, tile_path

CHECKPOINT: Final = "checkpoint"
TILES: Final = "tile"
CHECKPOINTS: Final = "checkpoints"
SECTIONS: Final = "sections"
FOLDERS: Final = (TILES, CHECKPOINTS, SECTIONS)
_ENTRIES: Final = "tile/entries"
_LENGTH: Final = 2


def checkpoints_path(number: int, width: int = TILE_WIDTH) -> str:
    """The path of notes: slot k is that of the k-th record of ledger/heads, empty where nothing was signed then."""
    return CHECKPOINTS + entries_path(number, width).removeprefix(_ENTRIES)


def sections_path(number: int) -> str:
    """The path of the sections of the records in entry bundle ``number``; they may be erased."""
    return SECTIONS + entries_path(number).removeprefix(_ENTRIES)


def framed(parts: Iterable[bytes]) -> bytes:
    """Some byte strings one after another, each behind its length in two bytes (tlog-tiles, entry bundles)."""
    return b"".join(len(part).to_bytes(_LENGTH, "big") + part for part in parts)


def unframed(data: bytes) -> list[bytes]:
    """The byte strings of ``framed``; ``ValueError`` where the data end inside of one."""
    found, place = [], 0
    while place < len(data):
        start = place + _LENGTH
        place = start + int.from_bytes(data[place:start], "big")
        found.append(data[start:place])
    if place != len(data):
        raise ValueError("ends inside an entry")
    return found


__all__ = [
    "CHECKPOINT",
    "FOLDERS",
    "TILES",
    "checkpoints_path",
    "entries_path",
    "framed",
    "sections_path",
    "tile_path",
    "unframed",
]
