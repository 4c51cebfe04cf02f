"""The log as tiles over HTTP (C2SP tlog-tiles): hash tiles of height 8 and bundles of entries, full or partial, as far
as the newest signed checkpoint goes. ``export tiles`` writes the same bytes as files.

A tile never changes, so any cache may keep it. Whoever holds hash tiles learns nothing of a record: a leaf has a
nonce. Entries are the leaves themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from ledger.app.book.book import Book
from ledger.app.proofs.log_proofs import sealed
from ledger.log.archive_layout import framed
from ledger.log.merkle import TILE_HEIGHT, TILE_WIDTH, entries_path, tile_path

_NUMBER: Final = re.compile(r"((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)
_LEVEL: Final = re.compile(r"([0-7])/(.*)", re.ASCII)
ROOM: Final = "tile/"


class TileNumber(NamedTuple):
    """Which tile of a level, and how many hashes of it."""

    number: int
    width: int


def hash_tile(book: Book, path: str) -> bytes | None:
    """The hash tile of a path such as ``0/x001/234`` or ``1/000.p/17``; None where there is none of it."""
    level = _LEVEL.fullmatch(path)
    asked = None if level is None else _number(level[2])
    if level is None or asked is None or tile_path(int(level[1]), *asked) != ROOM + path:
        return None
    hashes = sealed(book)[0].size >> TILE_HEIGHT * int(level[1])
    if asked.number * TILE_WIDTH + asked.width > hashes:
        return None
    return book.reads.tiles.hashes(int(level[1]), asked.number, 0, asked.width)


def entry_bundle(book: Book, path: str) -> bytes | None:
    """The entries of a path such as ``x001/234`` or ``000.p/17``; None where there are none of it."""
    asked = _number(path)
    if asked is None or entries_path(*asked) != f"{ROOM}entries/{path}":
        return None
    first = asked.number * TILE_WIDTH
    if first + asked.width > sealed(book)[0].size:
        return None
    return framed(book.reads.leaves(first, first + asked.width))


def files_since(book: Book, seen: int, size: int) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of every file of the log of ``size`` records that the log of the first ``seen`` has not, entries
    before the tiles over them.
    """
    for number, width in pages(seen, size):
        first = number * TILE_WIDTH
        yield entries_path(number, width), framed(book.reads.leaves(first, first + width))
        book.progress(first + width, size)
    level = 0
    while size >> TILE_HEIGHT * level:
        before, after = (one >> TILE_HEIGHT * level for one in (seen, size))
        for number, width in pages(before, after):
            yield tile_path(level, number, width), book.reads.tiles.hashes(level, number, 0, width)
        level += 1


def pages(seen: int, count: int) -> Iterator[TileNumber]:
    """The pages of ``count`` things, 256 on each, that hold one which is not among the first ``seen``."""
    for number in range(seen // TILE_WIDTH, -(-count // TILE_WIDTH)):
        width = min(TILE_WIDTH, count - number * TILE_WIDTH)
        if number * TILE_WIDTH + width > seen:
            yield TileNumber(number, width)


def _number(path: str) -> TileNumber | None:
    found = _NUMBER.fullmatch(path)
    if found is None:
        return None
    number = int(found[1].replace("x", "").replace("/", ""))
    return TileNumber(number, TILE_WIDTH if found[2] is None else int(found[2]))
