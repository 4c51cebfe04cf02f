"""The SQLite store: one database file, its head file beside it, a lock file for the one writer."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from eventsourcing.persistence import PersistenceError

from ledger.errors import Conflict, Malformed, Tampered, UnknownOutcome
from ledger.store import portable
from ledger.store.database_store import DatabaseStore
from ledger.store.head import FILE_MODE
from ledger.store.sqlite.formats import FORMAT, checked_format, format_of
from ledger.store.sqlite.read_only import FAILED, not_written
from ledger.store.sqlite.recorder import Datastore, Recorder

DATABASE: Final = "ledger.db"
LOCK: Final = "ledger.lock"
LOCK_WAIT_S: Final = 5.0
LOCK_POLL_S: Final = 0.01


class SqliteStore(DatabaseStore):
    """The port over SQLite; make one with ``create`` or ``open``."""

    _recorder: Recorder

    def __init__(self, directory: Path, *, write: bool, trusts_head: bool = True) -> None:
        path = directory / DATABASE
        if not path.exists():
            raise Tampered(f"{directory} holds no {DATABASE}: restore it from a backup or an export")
        recorder = Recorder(Datastore(str(path), write=write))
        super().__init__(directory, recorder, write=write, trusts_head=trusts_head)
        self._inode = path.stat().st_ino
        self._lock_file: int | None = None
        self._format = FORMAT

    @classmethod
    def create(cls, directory: Path) -> SqliteStore:
        """A new empty store in a directory, open to write."""
        path = directory / DATABASE
        if path.exists():
            raise Malformed(f"{path} exists already")
        create_empty(path)
        store = cls(directory, write=True)
        try:
            store._recorder.create_table()
            store._begin()
        except (*FAILED, PersistenceError) as why:
            store.close()
            raise UnknownOutcome(f"the disk failed while {path} was made ({why})") from why
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def open(cls, directory: Path, *, write: bool, trusts_head: bool = True) -> SqliteStore:
        """The store of a directory; ``Tampered`` when it is opened to write and its history is not the
        acknowledged one.

        ``trusts_head=False`` is for its repair alone: the log is compared with its last seal only, and the
        first append writes the head.
        """
        path = directory / DATABASE
        found = format_of(path) if path.exists() else FORMAT
        store = cls(directory, write=write, trusts_head=trusts_head)
        store._format = found
        store._look()
        return store

    def name_holder(self, words: str) -> None:
        """Write who holds the writer's lock, for the messages of others."""
        assert self._lock_file is not None, "only inside writing()"
        _name_holder(self._lock_file, f"{words} (process {os.getpid()})")

    def erase_all(self, sections: Sequence[tuple[int, str]], *, wait: bool = True) -> None:
        """Delete sections, then rewrite the table's pages and merge the write-ahead log, so that no old page
        keeps their bytes.
        """
        assert self._locked, "erase only inside writing()"
        try:
            if sections:
                self._recorder.erase_sections(sections)
        except PersistenceError as why:
            raise self._not_written("erasing", why, "ask again") from why
        deadline = time.monotonic() + (LOCK_WAIT_S if wait else 0)
        while not self._merged():
            if time.monotonic() >= deadline:
                raise Conflict(
                    f"{_named(sections)} deleted, but a reader holds the log file in which the bytes still"
                    " are; ask again when it is done"
                )
            time.sleep(LOCK_POLL_S)

    def _merged(self) -> bool:
        try:
            return self._recorder.merge_log()
        except (*FAILED, PersistenceError) as why:
            raise self._not_written("erasing", why, "ask again") from why

    # --- the lock and the file ------------------------------------------------------------------------------

    def _lock(self) -> None:
        self._lock_file = _locked(self.directory / LOCK)

    def _unlock(self) -> None:
        if self._lock_file is not None:
            os.close(self._lock_file)
            self._lock_file = None

    def _catch_up(self) -> None:
        """Migrate a database of an older format first, under the lock."""
        if self._format < FORMAT:
            self._recorder.migrate(checked_format(self._recorder.rows))
            self._format = FORMAT
        super()._catch_up()

    def _not_written(self, doing: str, why: Exception, then: str) -> Tampered | UnknownOutcome:
        return not_written(doing, why, then)

    def _is_there(self) -> bool:
        """True where the open file is still the one that has the name."""
        try:
            return (self.directory / DATABASE).stat().st_ino == self._inode
        except FileNotFoundError:
            return False

    def _replaced(self) -> Conflict:
        return Conflict(f"{self.directory / DATABASE} was replaced meanwhile; open the book again")


def _named(sections: Sequence[tuple[int, str]]) -> str:
    """Sections as the subject of a sentence."""
    if len(sections) != 1:
        return "the sections are"
    ((index, name),) = sections
    return f"section {name!r} of record {index} is"


def _locked(path: Path) -> int:
    """The descriptor that holds the lock; ``Conflict`` naming the holder after five seconds."""
    portable.check_writable()
    flags = os.O_RDWR | os.O_CREAT | portable.NOFOLLOW
    descriptor = os.open(path, flags, FILE_MODE)
    deadline = time.monotonic() + LOCK_WAIT_S
    while True:
        try:
            portable.lock(descriptor, wait=False)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                holder = os.pread(descriptor, 200, 0).decode(errors="replace").strip() or "another process"
                os.close(descriptor)
                raise Conflict(f"{path}: held by {holder}; try again when it is done") from None
            time.sleep(LOCK_POLL_S)
        else:
            try:
                if not _has_name(descriptor, path):  # removed meanwhile: the next writer locks another
                    os.close(descriptor)
                    descriptor = os.open(path, flags, FILE_MODE)
                    continue
                _name_holder(descriptor, f"process {os.getpid()}")
            except BaseException:
                os.close(descriptor)
                raise
            return descriptor


def _name_holder(descriptor: int, words: str) -> None:
    """Write who holds the lock; this only serves messages, so a full disk must not prevent the lock."""
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{words}\n".encode(), 0)


def create_empty(path: Path) -> None:
    """Create an empty file that only its owner can read; SQLite gives the files it makes beside it the same
    mode.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | portable.NOFOLLOW, FILE_MODE)
    portable.set_mode(descriptor, FILE_MODE)
    os.close(descriptor)


def _has_name(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
