"""The folder of a book whose records are in PostgreSQL: the head is here, everything else is the server's."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

from ledger.log.forest import Forest
from ledger.store.audit import Audit, Reader
from ledger.store.database_store import HEAD
from ledger.store.head import HeadFile, read_head
from ledger.store.port import Head, LibraryFault
from ledger.store.postgres.address import parsed
from ledger.store.postgres.recorder import SchemaRecorder
from ledger.store.postgres.store import PostgresStore
from ledger.store.sqlite.folder import SqliteFolder
from ledger.store.transfer import fill


class PostgresFolder:
    """A folder with a head, and the address of its records."""

    name: str = SqliteFolder.name
    files: tuple[str, ...] = (HEAD,)
    in_files = False
    caches = True

    def __init__(self, directory: Path, url: str) -> None:
        self._directory, self._head = directory, directory / HEAD
        self.address = parsed(url)

    def exists(self) -> bool:
        """True where the schema holds records."""
        return bool(self.count())

    def owns(self, name: str) -> bool:
        """True where a file of this name belongs to the store."""
        return name in self.files

    def create(self) -> PostgresStore:
        """A new empty store, open to write."""
        return PostgresStore.create(self._directory, self.address)

    @contextmanager
    def filled(self) -> Iterator[PostgresStore]:
        """A store to be filled in one transaction: what is appended is there at the end of the block, or
        nothing.
        """
        if not self._head.exists():
            self.acknowledge(Head(0, Forest().root()))
        with closing(self.open(write=True)) as store, store.writing(), store.filling():
            yield store

    def open(self, *, write: bool, trusts_head: bool = True) -> PostgresStore:
        """The store, compared with the head when it is opened to write."""
        return PostgresStore.open(self._directory, self.address, write=write, trusts_head=trusts_head)

    def head(self) -> Head | None:
        """The head in the head file."""
        return read_head(self._head)

    def count(self) -> int:
        """Number of records."""
        return int(self._rows("SELECT coalesce(max(rowid) + 1, 0) FROM records")[0][0])

    def unsealed_kinds(self, limit: int) -> list[str] | None:
        """The kinds of all records where there are at most ``limit`` and none is sealed; otherwise None."""
        if self._rows("SELECT 1 FROM seals LIMIT 1"):
            return None
        kinds = [kind for (kind,) in self._rows("SELECT topic FROM records LIMIT ?", limit + 1)]
        return kinds if len(kinds) <= limit else None

    def note(self) -> bytes | None:
        """The note of the newest seal."""
        rows = self._rows("SELECT note FROM seals ORDER BY size DESC LIMIT 1")
        return rows[0][0] if rows else None

    @staticmethod
    def note_of(file: Path) -> bytes | None:
        """The newest note in a copy, which is a SQLite database."""
        return SqliteFolder.note_of(file)

    def journal_fault(self) -> str:
        """Empty: how a server writes is its own setting, which ``audit`` looks at."""
        return ""

    def library_faults(self) -> Iterable[LibraryFault]:
        """None known."""
        return ()

    def remove(self) -> None:
        """Empty a log that holds no more than init writes, and remove the head."""
        with closing(SchemaRecorder(self.address)) as recorder:
            recorder.begin_again()
        self._head.unlink(missing_ok=True)

    def snapshot(self, copy: Path) -> None:
        """Copy the records into a SQLite database and head in another folder."""
        with (
            closing(self.open(write=False)) as store,
            SqliteFolder(copy).filled() as copied,
        ):
            fill(store, copied)

    def acknowledge(self, head: Head) -> None:
        """Write a new head file."""
        with closing(HeadFile(self._head, create=True)) as file:
            file.write(head)

    def move_head(self, target: Path) -> None:
        """Move the head into a folder."""
        os.replace(self._head, target / HEAD)

    def move_records(self, target: Path) -> None:
        """Do nothing: the records are where the address says, whatever the folder."""

    def audit(
        self, reader: Reader, progress: Callable[[int, int], None] | None = None, sizes: Collection[int] = ()
    ) -> AbstractContextManager[Audit]:
        """A check of the schema and of the head beside it."""
        from ledger.store.postgres.fsck import checking  # only a check needs it

        return checking(self._directory, self.address, reader, progress, sizes)

    @staticmethod
    def is_records(begin: bytes) -> bool:
        """False: no file holds records."""
        return False

    @staticmethod
    def is_log(begin: bytes) -> bool:
        """False: no file here is a write-ahead log."""
        return False

    def _rows(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with closing(SchemaRecorder(self.address)) as recorder:
            return recorder.rows(statement, parameters)
