"""The folder of a SQLite store: operations on the store as a whole (``port.StoreFolder``)."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from typing import Final

from ledger.store.audit import Audit, Reader
from ledger.store.database_store import HEAD
from ledger.store.head import HeadFile, read_head
from ledger.store.port import Head, LibraryFault
from ledger.store.sqlite.copy import copy_store
from ledger.store.sqlite.library import journal_fault, library_faults
from ledger.store.sqlite.read_only import FAILED, SQLITE, STILL, uri_of, uri_to_read
from ledger.store.sqlite.store import DATABASE, LOCK, SqliteStore

ENDINGS: Final = ("-wal", "-shm", "-journal", "")  # the log first: no other database may meet it
OURS: Final = b"WLd1"  # application_id, at byte 68 of a database
LOGS: Final = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")


class SqliteFolder:
    """A folder with a database, its head and its lock file."""

    name: str = DATABASE
    files: tuple[str, ...] = (DATABASE, HEAD, LOCK)
    in_files = True
    caches = True

    def __init__(self, directory: Path, backend: str = "sqlite") -> None:
        self._directory = directory
        self._database, self._head = directory / DATABASE, directory / HEAD

    def exists(self) -> bool:
        """True where the database is here."""
        return self._database.exists()

    def owns(self, name: str) -> bool:
        """True where a file of this name belongs to the store."""
        return name in self.files or name in {DATABASE + ending for ending in ENDINGS}

    def create(self) -> SqliteStore:
        """A new empty store, open to write."""
        return SqliteStore.create(self._directory)

    @contextmanager
    def filled(self) -> Iterator[SqliteStore]:
        """A new store: it is filled in a folder of its own, which is not the book's until it is whole."""
        with closing(self.create()) as store, store.writing():
            yield store

    def open(self, *, write: bool, trusts_head: bool = True) -> SqliteStore:
        """The store, compared with its head when it is opened to write."""
        return SqliteStore.open(self._directory, write=write, trusts_head=trusts_head)

    def head(self) -> Head | None:
        """The head in the head file."""
        return read_head(self._head)

    def count(self) -> int | None:
        """Number of records in the database; None where it cannot be read."""
        try:
            with closing(sqlite3.connect(self._database)) as connection:
                return int(connection.execute("SELECT count(*) FROM records").fetchone()[0])
        except FAILED:
            return None

    def unsealed_kinds(self, limit: int) -> list[str] | None:
        """The kinds of all records where there are at most ``limit`` and none is sealed; otherwise None."""
        head = self.head()
        if head is not None and head.size > limit:
            return None
        if not self.exists():
            return []
        try:  # to write: a database cut short in its first transaction is put right by whoever opens it next
            with closing(sqlite3.connect(uri_of(self._database, "mode=rw"), uri=True)) as connection:
                if not connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                    return []
                kinds = [
                    row[0] for row in connection.execute("SELECT topic FROM records LIMIT ?", (limit + 1,))
                ]
                sealed = connection.execute("SELECT count(*) FROM seals").fetchone()[0]
        except FAILED:
            return None
        return None if sealed or len(kinds) > limit else kinds

    def note(self) -> bytes | None:
        """The note of the newest seal."""
        return _newest_note(uri_to_read(self._database))

    @staticmethod
    def note_of(file: Path) -> bytes | None:
        """The newest note in a copy of a database, which is not changed: no file is made beside it."""
        return _newest_note(uri_of(file, f"mode=ro{STILL}"))

    def journal_fault(self) -> str:
        """What is wrong with the journal of the database; empty where it keeps a write-ahead log."""
        return journal_fault(self._database)

    def library_faults(self) -> Iterable[LibraryFault]:
        """The known faults of this SQLite."""
        return library_faults()

    def remove(self) -> None:
        """Remove the database and the head."""
        for ending in ENDINGS:
            (self._directory / (DATABASE + ending)).unlink(missing_ok=True)
        self._head.unlink(missing_ok=True)

    def snapshot(self, copy: Path) -> None:
        """Copy the database and the head as of one moment."""
        copy_store(self._directory, copy)

    def acknowledge(self, head: Head) -> None:
        """Write a new head file."""
        with closing(HeadFile(self._head, create=True)) as file:
            file.write(head)

    def move_head(self, target: Path) -> None:
        """Move the head into a folder, replacing a database that is removed there."""
        for ending in ("", "-wal", "-shm"):
            (target / (DATABASE + ending)).unlink(missing_ok=True)
        os.replace(self._head, target / HEAD)

    def move_records(self, target: Path) -> None:
        """Move the database into a folder."""
        os.replace(self._database, target / DATABASE)

    def audit(
        self, reader: Reader, progress: Callable[[int, int], None] | None = None, sizes: Collection[int] = ()
    ) -> AbstractContextManager[Audit]:
        """A check of the database and of the files beside it."""
        from ledger.store.sqlite.fsck import checking  # only a check needs its threads

        return checking(self._directory, reader, progress, sizes)

    @staticmethod
    def is_records(begin: bytes) -> bool:
        """True where a file that begins with these bytes is a ledger's database."""
        return begin.startswith(SQLITE) and begin[68:72] == OURS

    @staticmethod
    def is_log(begin: bytes) -> bool:
        """True where a file that begins with these bytes is a write-ahead log."""
        return begin.startswith(LOGS)


def _newest_note(uri: str) -> bytes | None:
    with suppress(*FAILED), closing(sqlite3.connect(uri, uri=True)) as connection:
        for (note,) in connection.execute("SELECT note FROM seals ORDER BY size DESC LIMIT 1"):
            return note if isinstance(note, bytes) else None
    return None
