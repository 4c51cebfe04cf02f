"""``repair --head``: a head file that fell behind, or cannot be read, is set to the records that continue
what the key signed.

A head that is behind is left by two writers of an earlier build, or a head file put back from an older
copy; it is no sign of tampering where the log below it is the one it acknowledged, and the log from the last
seal on continues the checkpoint that the key signed last. Everything is hashed again before anything is
written; records, evidence and anchors are not touched. A head that knows MORE records than the database
holds, or another history, is never repaired: those records are missing or were changed.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from msgspec import UNSET

from ledger import kinds
from ledger.app.book.book import Book
from ledger.app.book.config import folder_of
from ledger.app.host.clock import Surroundings
from ledger.app.host.progress import Progress
from ledger.errors import Malformed, Tampered
from ledger.records import leaf_format
from ledger.store.port import Head

PAGE = 4096


class HeadState(NamedTuple):
    """Sizes in records: what the head knows (None: it cannot be read), what the log holds and what the key
    signed last.

    ``record`` is the index of the record that says that the head was repaired, None where nothing was
    written.
    """

    head_size: int | None
    size: int
    signed_size: int
    record: int | None = None

    @property
    def sound(self) -> bool:
        """True where the head knows all records."""
        return self.head_size == self.size


def repair_head(
    directory: Path,
    *,
    apply: bool,
    key_file: str | None = None,
    surroundings: Surroundings | None = None,
    progress: Progress = lambda done, total: None,
) -> HeadState:
    """Compare the head with the log and, with ``apply``, set it right; ``Tampered`` where the log is not what
    was acknowledged and signed.
    """
    with ExitStack() as held:
        book = held.enter_context(
            Book.open_for_repair(directory, key_file=key_file, surroundings=surroundings)
        )
        held.enter_context(book.writing())
        head = folder_of(directory).head()
        found = HeadState(None if head is None else head.size, book.store.size, book.seals.signed().size)
        _check_head(book, head)
        _check_records(book, found.signed_size, progress)
        if found.sound or not apply:
            return found
        record = book.seals.record_repair(
            kinds.HeadRepaired(
                head_size=UNSET if head is None else head.size, signed_size=found.signed_size, size=found.size
            )
        )
        return found._replace(record=record.index)


def _check_head(book: Book, head: Head | None) -> None:
    """Refuse a head that is of another history."""
    if head is None:
        return
    if head.size > book.store.size:
        raise Tampered(
            f"{head.size} records were acknowledged and the database holds {book.store.size}: the head is"
            " right and records are missing; restore the database from a backup or an export"
        )
    if book.root_at(head.size) != head.root:
        raise Tampered(
            f"the first {head.size} records are not the ones that the head acknowledged: this is another"
            " history, and no repair of its head"
        )


def _check_records(book: Book, signed_size: int, progress: Progress) -> None:
    """Hash every record again, and read in full those that no signature covers."""
    size = book.store.size
    for index, leaf in enumerate(book.reads.leaves(0, size)):
        if index >= signed_size:
            _check_form(index, leaf)
        if index % PAGE == 0:
            progress(index, size)


def _check_form(index: int, leaf: bytes) -> None:
    try:
        record = leaf_format.decode_strict(leaf)
    except Malformed as why:
        raise Tampered(
            f"record {index} {why}: it is not a record of this ledger, and no head may vouch for it"
        ) from None
    if record.index != index:
        raise Tampered(f"the record at index {index} states that it is record {record.index}; run fsck")
