"""The port: the interface of a store to a ledger, small enough for memory, SQLite and PostgreSQL to
implement.

A store keeps exact leaf bytes by dense index and by dense position in their stream, the trees over them,
seals, and sections apart. It appends whole batches, durably and in order, for one writer at a time; it
decides nothing and understands no fact.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from ledger.log.forest import Forest
from ledger.store.audit import Audit, Reader

DOCUMENTS: Final = -1
"""Record number under which the sections table lists the documents that are kept, by their SHA-256."""


class Section(NamedTuple):
    """Fields of one record kept apart from its leaf, erasable, with the salt of their hash in the leaf.

    Empty salt and data state that the section was never here: the record was restored from an export without
    it.
    """

    name: str
    salt: bytes
    data: bytes

    @property
    def is_held(self) -> bool:
        """True where the section is here."""
        return bool(self.salt or self.data)


class Entry(NamedTuple):
    """One record in a store: ``place`` is its index in the log, beside its stream's registry number, its
    ``pos`` in the stream and its 16-byte id.

    ``kind`` is written because the recorder needs a topic, and never read. ``supersedes`` are the ids named
    in ``corrects``.
    """

    place: int
    stream: int
    pos: int
    id: bytes
    kind: str
    leaf: bytes
    supersedes: tuple[bytes, ...] = ()
    sections: tuple[Section, ...] = ()


def entry(members: tuple[int, int, int, bytes, str, bytes, tuple[bytes, ...], tuple[Section, ...]]) -> Entry:
    """The entry of its members; the class itself is a function in Python, which takes longer than the leaf's hash."""
    return tuple.__new__(Entry, members)


class Seal(NamedTuple):
    """A signed checkpoint over the first ``size`` records."""

    size: int
    note: bytes


class Head(NamedTuple):
    """The number of acknowledged records, and the RFC 6962 root over them."""

    size: int
    root: bytes


class Store(Protocol):
    """Records, trees and seals. A handle sees the records up to its ``size``; ``refresh`` and ``writing``
    move it on.
    """

    @property
    def size(self) -> int:
        """Number of records that this handle covers."""
        ...

    @property
    def forest(self) -> Forest:
        """The trees over exactly ``size`` records."""
        ...

    def writing(self) -> AbstractContextManager[None]:
        """Hold the writer's lock, first catching up with what others appended; ``Conflict`` names the
        holder.
        """
        ...

    def name_holder(self, words: str) -> None:
        """Write who holds the writer's lock, for the messages of others; inside ``writing`` only."""
        ...

    def append(self, entries: Sequence[Entry], expected_size: int) -> None:
        """Append all or nothing, durably; inside ``writing`` only.

        ``Conflict`` when the log is not at ``expected_size`` or an id or position is taken;
        ``UnknownOutcome`` when the disk failed, after which this handle appends nothing more.
        """
        ...

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """Leaves of the log [start, stop), in order."""
        ...

    def read_stream(self, number: int, start: int, stop: int | None) -> Iterator[bytes]:
        """Leaves of a stream by position [start, stop), to its end when ``stop`` is None."""
        ...

    def stream_size_at(self, number: int, size: int) -> int:
        """Number of the log's first ``size`` records that belong to a stream."""
        ...

    def stream_indexes(self, number: int, start: int, stop: int) -> list[int]:
        """Indexes in the log of the records [start, stop) of a stream."""
        ...

    def indexes(self, ids: Iterable[bytes]) -> dict[bytes, int]:
        """Indexes of the records with these ids; unknown ids are left out."""
        ...

    def superseders(self, ids: Iterable[bytes]) -> dict[bytes, int]:
        """Those of these ids that a later record corrects, with the index of that record."""
        ...

    def corrections(self) -> Iterator[tuple[bytes, int]]:
        """Every corrected id with the index of the record that corrects it."""
        ...

    def read_sections(self, index: int) -> list[Section]:
        """The sections of a record that are still kept, by name."""
        ...

    def keeps_sections(self, streams: Iterable[int], size: int) -> bool:
        """True where a section is kept for any of the log's first ``size`` records that belongs to one of
        these streams.
        """
        ...

    def erase_all(self, sections: Sequence[tuple[int, str]], *, wait: bool = True) -> None:
        """Delete sections (record, name) and their salts, so that no file of the store holds them any more;
        inside ``writing`` only.

        The sections need not still be kept; an empty list only makes sure that no old page is left.
        ``Conflict`` where a reader keeps old pages in use, at once or after a while (``wait``): call again
        when it is done.
        """
        ...

    def hold(self, digests: Iterable[str]) -> None:
        """List documents, by their SHA-256, as kept beside the records; inside ``writing`` only."""
        ...

    def let_go(self, digest: str) -> None:
        """Remove a document from the list before it is deleted; inside ``writing`` only."""
        ...

    def documents(self) -> set[str]:
        """The documents listed as kept."""
        ...

    def seal(self, note: bytes) -> None:
        """Keep a signed checkpoint over all records, with frontiers and full tiles; inside ``writing``
        only.
        """
        ...

    def last_seal(self) -> Seal | None:
        """The newest seal."""
        ...

    def seals(self) -> list[Seal]:
        """Every seal, oldest first."""
        ...

    def tile(self, level: int, number: int) -> bytes | None:
        """A full tile of the main log: 256 hashes; None where it is not complete."""
        ...

    def refresh(self) -> int:
        """Catch up with what others appended; the new size."""
        ...

    def close(self) -> None:
        """Release files and locks."""
        ...


class KeptStore(Store, Protocol):
    """A store of a backend, which can be copied into another backend's."""

    def entries(self, start: int, stop: int) -> Iterator[Entry]:
        """The records [start, stop) of the log as they were appended, with the sections that are still
        listed.
        """
        ...


class LibraryFault(NamedTuple):
    """A known fault of the version of a library that is in use: the first version without it, what brings it
    about, and why it does not reach a book (empty: it does).
    """

    library: str
    found: str
    mended: str
    what: str
    why: str

    @property
    def reaches(self) -> bool:
        """True where a book can be damaged by it."""
        return not self.why


class StoreFolder(Protocol):
    """The folder of a backend's store, and the operations on the store as a whole. Made from the folder's
    path and the backend as ``book.toml`` names it.
    """

    name: str
    """The file that holds the records, as messages and backups name it."""
    files: tuple[str, ...]
    """Prefixes of the names of its files."""
    in_files: bool
    """True where the records are files of the folder, which move with it; otherwise a copy of them is a store of
    the default backend."""
    caches: bool
    """True where caches may be kept beside the records."""

    def exists(self) -> bool:
        """True where records are kept here."""
        ...

    def owns(self, name: str) -> bool:
        """True where a file of this name belongs to the store."""
        ...

    def create(self) -> KeptStore:
        """A new empty store, open to write."""
        ...

    def filled(self) -> AbstractContextManager[KeptStore]:
        """A store to copy another into, its writer's lock held: whatever interrupts the block, the records are
        there whole once the folder is in its place, or nothing opens.
        """
        ...

    def open(self, *, write: bool, trusts_head: bool = True) -> KeptStore:
        """The store; ``Tampered`` when it is opened to write and its history is not the acknowledged one.

        ``trusts_head=False`` is for the repair of the head alone: the log is compared with its last seal only,
        and the first append writes the head.
        """
        ...

    def head(self) -> Head | None:
        """The acknowledged head; None where none can be read."""
        ...

    def count(self) -> int | None:
        """Number of records; None where they cannot be read."""
        ...

    def unsealed_kinds(self, limit: int) -> list[str] | None:
        """The kinds of all records where there are at most ``limit`` and none is sealed; otherwise None."""
        ...

    def note(self) -> bytes | None:
        """The note of the newest seal; None where there is none or it cannot be read."""
        ...

    @staticmethod
    def note_of(file: Path) -> bytes | None:
        """The note of the newest seal in a copy of the records, which is not changed; None where it has
        none.
        """
        ...

    def journal_fault(self) -> str:
        """What is wrong with the way in which the store writes, so that readers refuse it; empty where nothing
        is.
        """
        ...

    def library_faults(self) -> Iterable[LibraryFault]:
        """Known faults of the library that reads and writes the store, of its version here."""
        ...

    def remove(self) -> None:
        """Remove the files of a store of which nothing was acknowledged."""
        ...

    def snapshot(self, copy: Path) -> None:
        """Copy the records and the head into another folder as of one moment, while others go on writing."""
        ...

    def acknowledge(self, head: Head) -> None:
        """Write the head of a store that was placed here without one."""
        ...

    def move_head(self, target: Path) -> None:
        """Move the head into a folder, replacing a store that is removed there."""
        ...

    def move_records(self, target: Path) -> None:
        """Move the records into a folder that already has their head."""
        ...

    def audit(
        self, reader: Reader, progress: Callable[[int, int], None] | None = None, sizes: Collection[int] = ()
    ) -> AbstractContextManager[Audit]:
        """A check of everything that is kept; ``Malformed`` where this program cannot read its format."""
        ...

    @staticmethod
    def is_records(begin: bytes) -> bool:
        """True where a file that begins with these bytes holds records of a store of this kind."""
        ...

    @staticmethod
    def is_log(begin: bytes) -> bool:
        """True where a file that begins with these bytes is a write-ahead log."""
        ...
