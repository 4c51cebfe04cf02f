"""Erasures that are not finished: a small file in the book names them until nothing of what they erase is
left.

``erasing.json`` = {id of a section-erased record: [SHA-256 of each document to delete with it]}. It is
written durably before the record, and removed after the section, its old pages, the read models and the
documents are gone; it never holds a value. An erasure that a crash cut short is finished by the next opening
to write; until then a book that is opened to read leaves the section out. An id that the log does not hold
was cut short before its record: the erasure never happened, and asking again begins it anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from ledger.app.book.evidence import FOLDER
from ledger.app.cache.cache_file import CachedBook
from ledger.app.host.files import (
    NO_ROOM,
    PRIVATE,
    forget_read_models,
    sync_directory,
    wipe,
    write_durably,
)
from ledger.errors import Conflict, Refused, Tampered, UnknownOutcome
from ledger.kinds import SectionErased
from ledger.records import upcasts
from ledger.records.envelope import Record
from ledger.records.ids import binary_id
from ledger.store.port import Store

NAME: Final = "erasing.json"
ERASED: Final = b'"kind":"section-erased.'
Begun = dict[str, tuple[str, ...]]
_read: Final = msgspec.json.Decoder(Begun).decode


def begin(directory: Path, erasures: Mapping[str, Sequence[str]]) -> None:
    """Remember erasures, by the ids that their records have or will have, with the documents that go with
    each.
    """
    held = begun(directory)
    more = {id_: tuple(documents) for id_, documents in erasures.items() if documents or id_ not in held}
    if more:
        write_durably(directory / NAME, msgspec.json.encode(held | more), PRIVATE)


def begun(directory: Path) -> Begun:
    """The erasures that were begun and not finished."""
    path = directory / NAME
    try:
        return _read(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError, msgspec.MsgspecError) as why:
        if (
            isinstance(why, OSError) and why.errno in NO_ROOM
        ):  # the file may be whole, and names what to erase
            raise UnknownOutcome(
                f"{path} cannot be read ({why.strerror}): check the disk, then try again"
            ) from None
        raise Tampered(
            f"{path} cannot be read ({why}), so which erasures were cut short is not known: move it away, run"
            " fsck, and erase again what it says is still kept"
        ) from None


def finish(book: CachedBook, *, wait: bool = True) -> None:
    """Erase what was begun and is in the log; without ``wait`` a reader that keeps old pages in use leaves it
    to the next opening.
    """
    if not begun(book.directory):
        return
    with book.store.writing():
        erasures = begun(book.directory)
        found = list(_records(book.store, erasures))
        if found:
            sections = list(_sections(book.store, found))
            try:
                book.store.erase_all(sections if wait else _kept(book.store, sections), wait=wait)
            except Conflict:
                if wait:
                    raise
                return
            finally:  # after the sections: a read model that is made meanwhile does not hold them
                forget_read_models(book.directory)
                documents = [one for record in found for one in erasures[record.id]]
                for digest in documents:
                    book.store.let_go(digest)
                wipe_documents(book.directory, documents)
        (book.directory / NAME).unlink(missing_ok=True)
        sync_directory(book.directory)


def hidden(book: CachedBook) -> frozenset[tuple[int, str]]:
    """Sections (record, name) that the log states are erased and that may still be kept; read models that may
    show them are removed.
    """
    erasures = begun(book.directory)
    sections = frozenset(_sections(book.store, _records(book.store, erasures)))
    if sections:
        try:
            forget_read_models(book.directory)
        except OSError as why:
            raise Refused(
                f"an erasure was cut short and cannot be finished here ({why}): open the book once where it"
                " can be written, such as with wattledger checkpoint"
            ) from None
    return sections


def still_kept(store: Store) -> list[tuple[int, str]]:
    """Sections (record, name) still stored although a record states that they are erased: the copy was made
    between the two steps.
    """
    erasures = (upcasts.read(leaf) for leaf in store.read(0, store.size) if ERASED in leaf)
    return _kept(store, _sections(store, erasures))


def document_files(directory: Path, digest: str) -> list[Path]:
    """The files in which a document is kept."""
    return sorted((directory / FOLDER).glob(f"{digest}*"))


def wipe_documents(directory: Path, digests: Iterable[str]) -> None:
    """Delete documents, durably."""
    for digest in digests:
        for path in document_files(directory, digest):
            wipe(path)
    with suppress(FileNotFoundError):
        sync_directory(directory / FOLDER)


def _records(store: Store, ids: Iterable[str]) -> Iterator[Record]:
    """The records of these ids that are in the log."""
    for index in store.indexes(map(binary_id, ids)).values():
        (leaf,) = store.read(index, index + 1)
        yield upcasts.read(leaf)


def _sections(store: Store, records: Iterable[Record]) -> Iterator[tuple[int, str]]:
    """Sections that erasures name: the index of each target, and the section."""
    for record in records:
        if isinstance(record.body, SectionErased):
            for index in store.indexes([binary_id(record.body.target)]).values():
                yield index, record.body.section


def _kept(store: Store, sections: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    return [(index, name) for index, name in sections if name in {s.name for s in store.read_sections(index)}]
