"""``archive``: the sealed log as plain files that never change, for an object store or another disk.

The folder is a book that is only read (``backend = "archive"``): its layout is ``ledger.log.archive_layout``. Every
file is whole or absent, and durable before the checkpoint is replaced, which is the last step: a run that was killed
leaves the archive of before, with files that nobody reads yet. A later run reads the records that are new and writes
their files; what is there is never written again, and one that would differ is another log's.

Sections are left out unless asked for, and are the only files that may change: a section that was erased in the book
is removed from the archive by the next run. Documents, anchors and keys are not part of an archive.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from msgspec import UNSET

from ledger.app.book import config
from ledger.app.book.batch import HEADS
from ledger.app.book.book import Book
from ledger.app.book.config import Config
from ledger.app.book.making import alone
from ledger.app.host.files import (
    PRIVATE,
    make_folder,
    remove_all_leftovers,
    sync_directory,
    wipe,
    write_durably,
)
from ledger.app.proofs.log_proofs import sealed
from ledger.app.proofs.log_tiles import files_since, pages
from ledger.app.queries.report_run import registry_at
from ledger.errors import Malformed, Refused
from ledger.log import archive_layout as layout
from ledger.log.merkle import TILE_WIDTH
from ledger.records import leaf_format
from ledger.store.archive.files import ArchiveFiles
from ledger.store.open import ARCHIVE

PARTIAL: Final = ".p"
_SECTIONS: Final = re.compile(r"(?:x\d{3}/)*\d{3}")


class Archived(NamedTuple):
    """What an archive holds now, and how many records and files of it are new."""

    origin: str
    size: int
    root: str
    new: int
    files: int


def archive_book(book: Book, directory: Path, *, sections: bool) -> Archived:
    """Bring an archive up to the newest checkpoint of a book; ``Refused`` where it is of another history."""
    checkpoint, note = sealed(book)
    make_folder(directory)
    with alone(directory):
        seen = _begun(book, directory)
        written, full = 0, []
        for name, data in _files(book, seen, checkpoint.size):
            written += _written(directory / name, data)
            if PARTIAL not in name:
                full.append(name)
        for name, kept in _sections(book, directory, seen, checkpoint.size, more=sections):
            written += _replaced(directory / name, kept)
        path = directory / layout.CHECKPOINT
        if not path.exists() or path.read_bytes() != note:
            write_durably(path, note, PRIVATE)
            written += 1
        for name in full:
            _remove_partial(directory / (name + PARTIAL))
    return Archived(
        checkpoint.origin, checkpoint.size, checkpoint.root.hex(), checkpoint.size - seen, written
    )


def _begun(book: Book, directory: Path) -> int:
    """Number of records that the archive holds already; its settings are written where it is new."""
    mine = Config(book.config.origin, ARCHIVE, book.config.tz)
    if not (directory / config.NAME).exists():
        remove_all_leftovers(directory)
        if any(directory.iterdir()):
            raise Malformed(f"{directory} holds other files: name a new folder, or that of an archive")
        config.write_config(directory, mine)
        return 0
    theirs = config.read_config(directory)
    if theirs.backend != ARCHIVE:
        raise Malformed(f"{directory} is a book, not an archive: name a new folder")
    if theirs.origin != mine.origin:
        raise Refused(f"{directory} is the archive of {theirs.origin}, this book is {mine.origin}")
    if not (directory / layout.CHECKPOINT).exists():
        return 0
    newest = ArchiveFiles(directory).newest().checkpoint
    if newest.size > sealed(book)[0].size or book.root_at(newest.size) != newest.root:
        raise Refused(
            f"{directory} holds {newest.size:,} records that are not the first ones of this book: nothing was"
            " archived"
        )
    return newest.size


def _files(book: Book, seen: int, size: int) -> Iterator[tuple[str, bytes]]:
    yield from files_since(book, seen, size)
    heads = registry_at(book, book.store.size).numbers[HEADS]
    before, after = (book.store.stream_size_at(heads, one) for one in (seen, size))
    notes = {seal.size: seal.note for seal in book.store.seals()}
    for number, width in pages(before, after):
        first = number * TILE_WIDTH
        places = book.store.stream_indexes(heads, first, first + width)
        yield layout.checkpoints_path(number, width), layout.framed(notes.get(one + 1, b"") for one in places)


def _sections(
    book: Book, directory: Path, seen: int, size: int, *, more: bool
) -> Iterator[tuple[str, bytes | None]]:
    """The files of sections: of those that are there as they are now, and with ``more`` of new records."""
    folder = directory / layout.SECTIONS
    there = {
        int(name.replace("x", "").replace("/", ""))
        for name in (path.relative_to(folder).as_posix() for path in folder.rglob("*"))
        if _SECTIONS.fullmatch(name) and (folder / name).is_file()
    }
    new = {number for number, _ in pages(seen if there else 0, size)} if more else set()
    for number in sorted(there | new):
        yield layout.sections_path(number), _disclosed(book, number, size) or None


def _disclosed(book: Book, number: int, size: int) -> bytes:
    first = number * TILE_WIDTH
    return b"".join(
        leaf_format.disclosure(record.index, section.name, section.salt, section.data) + b"\n"
        for record in book.records(first, min(first + TILE_WIDTH, size), read=leaf_format.decode)
        if record.sections is not UNSET
        for section in book.sections(record)
    )


# --- files --------------------------------------------------------------------------------------------------


def _written(path: Path, data: bytes) -> bool:
    """Write a file that is there for good; False where it is there already, ``Refused`` where it differs."""
    if path.exists():
        if path.read_bytes() != data:
            raise Refused(
                f"{path} holds other bytes than this book: the archive is of another log, or it changed"
            )
        return False
    make_folder(path.parent)
    write_durably(path, data, PRIVATE)
    return True


def _replaced(path: Path, data: bytes | None) -> bool:
    """Write a file of sections where it changed; with none left it is removed."""
    if data is None:
        there = path.exists()
        wipe(path)
        return there
    if path.exists() and path.read_bytes() == data:
        return False
    make_folder(path.parent)
    write_durably(path, data, PRIVATE)
    return True


def _remove_partial(folder: Path) -> None:
    """Remove partial pages that a full one replaced."""
    if folder.is_dir():
        for path in sorted(folder.iterdir()):
            path.unlink()
        with suppress(OSError):
            folder.rmdir()
        sync_directory(folder.parent)
