"""The SQLite store: one database file, its head file beside it, a lock file for the one writer.

Order of an append: commit, head fsync, acknowledge. Opening to write loads the frontiers of the last seal, checks their root against the
signed checkpoint, hashes the records since, and compares with the head: a head behind the database is adopted if the database extends it;
a head ahead of the database, or another history below it, is ``Tampered``. Older records are fsck's. Readers open the database read-only, and compare
with the head what they hash.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from eventsourcing.persistence import IntegrityError, PersistenceError

from ledger.errors import Conflict, Malformed, Tampered, UnknownOutcome
from ledger.log.checkpoint import parse_checkpoint
from ledger.log.merkle import hashes_of
from ledger.log.streams import Forest
from ledger.log.verify import ProofError
from ledger.store.head import FILE_MODE, Head, HeadFile, read_head
from ledger.store.port import Entry, Seal, Section
from ledger.store.recorder import Datastore, Recorder
from ledger.store.still import FAILED

DATABASE: Final = "ledger.db"
HEAD: Final = "ledger.head"
LOCK: Final = "ledger.lock"
PAGE: Final = 4096
IDS: Final = 500
LOCK_WAIT_S: Final = 5.0
LOCK_POLL_S: Final = 0.01


class SqliteStore:
    """The port over SQLite; make one with ``create`` or ``open``."""

    def __init__(self, directory: Path, *, write: bool) -> None:
        path = directory / DATABASE
        if not path.exists():
            raise Malformed(f"{directory} holds no {DATABASE}")
        self.directory, self._write = directory, write
        self._recorder = Recorder(Datastore(str(path), write=write))
        self._inode = path.stat().st_ino
        self._head: HeadFile | None = None
        self._lock: int | None = None
        self._newest_seal: Seal | None = None  # only while the lock is held
        self._failed = False
        self._size = 0
        self._forest: Forest | None = None

    @classmethod
    def create(cls, directory: Path) -> SqliteStore:
        """A new empty store in a directory, open to write."""
        path = directory / DATABASE
        if path.exists():
            raise Malformed(f"{path} exists already")
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, FILE_MODE)
        os.fchmod(descriptor, FILE_MODE)  # what SQLite makes beside it gets the same mode
        os.close(descriptor)
        store = cls(directory, write=True)
        try:
            store._recorder.create_table()
            HeadFile(directory / HEAD, create=True).close()
            with suppress(OSError):
                descriptor = os.open(directory, os.O_RDONLY)
                os.fsync(descriptor)
                os.close(descriptor)
            store._head = HeadFile(directory / HEAD)
            store._head.write(Head(0, Forest().root()))
        except (*FAILED, PersistenceError) as why:
            store.close()
            raise UnknownOutcome(f"the disk failed while {path} was made ({why})") from why
        except BaseException:
            store.close()
            raise
        store._forest = Forest()
        return store

    @classmethod
    def open(cls, directory: Path, *, write: bool) -> SqliteStore:
        """The store of a directory; ``Tampered`` when it is opened to write and its history is not the acknowledged one."""
        store = cls(directory, write=write)
        try:
            if write:
                with suppress(FileNotFoundError):
                    store._head = HeadFile(directory / HEAD)
                with store.writing():
                    pass
            else:
                store.refresh()
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Let go of the database, the head and the lock."""
        self._recorder.datastore.close()
        if self._head is not None:
            self._head.close()
            self._head = None
        self._release()

    @property
    def size(self) -> int:
        """Records this handle knows of."""
        return self._size

    @property
    def forest(self) -> Forest:
        """The trees over the records this handle knows of; a reader makes them when they are first asked for."""
        if self._forest is None:
            seal = self.last_seal()  # before the head, which is written before any seal
            self._forest = self._planted(self._size, self._acknowledged(), seal)
        return self._forest

    # --- writing ------------------------------------------------------------------------------------------------

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the writer's lock; nested use is one hold."""
        assert self._write, "the store was opened to read"
        if self._lock is not None:
            yield
            return
        self._lock = _locked(self.directory / LOCK)
        try:
            self._catch_up()
            yield
        finally:
            self._release()

    def _release(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = self._newest_seal = None

    def append(self, entries: Sequence[Entry], expected_size: int) -> None:
        """Commit, make the head durable, then acknowledge by returning."""
        assert self._lock is not None, "append only inside writing()"
        if self._failed:
            raise UnknownOutcome(
                "the disk failed during an earlier append; open the book again, then retry by the same ids"
            )
        if expected_size != self._size:
            raise Conflict(f"the log holds {self._size} records, not {expected_size}")
        try:
            self._recorder.insert_entries(entries)
        except IntegrityError as why:
            raise Conflict(f"the records do not follow the log: {why}") from why
        except PersistenceError as why:
            self._failed = True
            raise UnknownOutcome(
                f"the disk failed while appending ({why}): open the book again, then retry by the same ids"
            ) from why
        self.forest.extend([e.stream for e in entries], hashes_of([e.leaf for e in entries]))
        self._size += len(entries)
        self._write_head()

    def _write_head(self) -> None:
        assert self._head is not None, "a writer has its head file"
        try:
            self._head.write(Head(self._size, self.forest.root()))
        except OSError as why:
            self._failed = True
            raise UnknownOutcome(
                f"the head could not be made durable ({why}): open the book again, then retry by the same ids"
            ) from why

    def erase(self, index: int, name: str) -> None:
        """Delete a section, then write the table's pages anew and merge the write-ahead log: no old page keeps its bytes."""
        assert self._lock is not None, "erase only inside writing()"
        try:
            self._recorder.erase_section(index, name)
        except PersistenceError as why:
            raise UnknownOutcome(f"the disk failed while erasing ({why}): ask again") from why
        deadline = time.monotonic() + LOCK_WAIT_S
        while not self._recorder.merge_log():
            if time.monotonic() >= deadline:
                raise Conflict(
                    f"section {name!r} of record {index} is deleted, but a reader holds the log file in which its bytes still are; "
                    "ask again when it is done"
                )
            time.sleep(LOCK_POLL_S)

    def seal(self, note: bytes) -> None:
        """Keep the checkpoint, the changed frontiers and the full tiles in one transaction."""
        assert self._lock is not None, "seal only inside writing()"
        forest = self.forest
        tiles, frontiers = forest.take_tiles(), forest.take_changed()
        try:
            self._recorder.execute_all(
                [
                    ("INSERT INTO tiles VALUES (?,?,?)", tiles),
                    (
                        "INSERT INTO frontiers VALUES (?,?) ON CONFLICT DO UPDATE SET data = excluded.data",
                        list(frontiers.items()),
                    ),
                    ("INSERT INTO seals VALUES (?,?)", [(self._size, note)]),
                ]
            )
        except PersistenceError as why:
            self._failed = True
            raise UnknownOutcome(f"the disk failed while sealing ({why}): open the book again") from why
        self._newest_seal = Seal(self._size, note)

    # --- catching up --------------------------------------------------------------------------------------------

    def refresh(self) -> int:
        """See what others appended."""
        size = self._stored_size()
        if size != self._size:
            self._size = size
            if not self._write:
                self._forest = None
        return self._size

    def _stored_size(self) -> int:
        return int(self._recorder.rows("SELECT coalesce(max(rowid) + 1, 0) FROM records")[0][0])

    def _catch_up(self) -> None:
        """Under the lock: the trees over all that is stored, checked against the head."""
        if not self._is_there():
            raise Conflict(f"{self.directory / DATABASE} was replaced meanwhile; open the book again")
        size = self._stored_size()
        head = self._head.read() if self._head is not None else None
        if self._forest is not None and size == self._size and head == Head(size, self._forest.root()):
            return
        if head is None:
            raise Tampered(
                f"{self.directory / HEAD} is missing or unreadable, so what was acknowledged is not known; "
                "run fsck, and restore the head or the book from a backup"
            )
        self._check_tail(head, size)
        self._forest = self._planted(size, head, self.last_seal())
        self._size = size
        if head.size < size:
            self._write_head()

    def _is_there(self) -> bool:
        """Is the open file still the one that has the name?"""
        try:
            return (self.directory / DATABASE).stat().st_ino == self._inode
        except FileNotFoundError:
            return False

    def _acknowledged(self) -> Head | None:
        """What a reader knows to be acknowledged, as far as its handle goes; None where nothing says it."""
        head = read_head(self.directory / HEAD)
        if head is None or head.size <= self._size:
            return head
        self._check_tail(head, self._stored_size())
        return None  # more was appended since the handle looked

    def _check_tail(self, head: Head, size: int) -> None:
        if head.size > size:
            raise Tampered(
                f"{head.size} records were acknowledged and the database holds {size}: "
                f"records {size} to {head.size - 1} are missing; restore the database from a backup or an export"
            )

    def _planted(self, size: int, head: Head | None, seal: Seal | None) -> Forest:
        """The forest of a seal, grown by the records since; roots on the way compared with seal and head."""
        forest = Forest()
        if seal is not None and seal.size <= size:
            forest = self._sealed_forest(seal)
        if head is not None and head.size < forest.size:
            raise Tampered(
                f"the database is sealed at {forest.size} and the head knows only {head.size}: this is another head"
            )
        stops = [size] if head is None else sorted({head.size, size})
        for stop in stops:
            self._grow(forest, stop)
            if head is not None and stop == head.size and forest.root() != head.root:
                raise Tampered(
                    f"the first {head.size} records are not the ones that were acknowledged: history below the head changed"
                )
        return forest

    def _sealed_forest(self, seal: Seal) -> Forest:
        try:
            forest = Forest.load(dict(self._recorder.rows("SELECT stream, data FROM frontiers")))
            signed = parse_checkpoint(seal.note)
        except (ValueError, ProofError) as why:
            raise Tampered(f"the seal at {seal.size} records cannot be read ({why}); run fsck") from why
        if (forest.size, forest.root(), signed.size) != (seal.size, signed.root, seal.size):
            raise Tampered(f"the trees kept for {seal.size} records are not the signed ones; run fsck")
        return forest

    def _grow(self, forest: Forest, stop: int) -> None:
        for start in range(forest.size, stop, PAGE):
            rows = self._recorder.rows(
                "SELECT rowid, originator_id, state FROM records WHERE rowid >= ? AND rowid < ? ORDER BY rowid",
                (start, min(start + PAGE, stop)),
            )
            if [row[0] for row in rows] != list(range(start, min(start + PAGE, stop))):
                raise Tampered(f"records between {start} and {min(start + PAGE, stop)} are missing; run fsck")
            forest.extend([row[1] for row in rows], hashes_of([row[2] for row in rows]))

    # --- reading ------------------------------------------------------------------------------------------------

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """Leaves of the log [start, stop), a page at a time."""
        for first in range(start, stop, PAGE):
            last = min(first + PAGE, stop)
            rows = self._recorder.rows(
                "SELECT state FROM records WHERE rowid >= ? AND rowid < ? ORDER BY rowid", (first, last)
            )
            if len(rows) != last - first:
                raise Tampered(f"records between {first} and {last} are missing; run fsck")
            for (leaf,) in rows:
                yield leaf

    def read_stream(self, number: int, start: int, stop: int | None) -> Iterator[bytes]:
        """Leaves of a stream by position, a page at a time."""
        statement = (
            "SELECT state FROM records WHERE originator_id = ? AND originator_version >= ? AND originator_version < ? "
            "ORDER BY originator_version"
        )
        while stop is None or start < stop:
            end = start + PAGE if stop is None else min(start + PAGE, stop)
            rows = self._recorder.rows(statement, (number, start, end))
            for (leaf,) in rows:
                yield leaf
            start += PAGE
            if len(rows) < PAGE:
                return

    def stream_size_at(self, number: int, size: int) -> int:
        """How many of the first ``size`` records belong to a stream, by halving."""
        low, high = 0, self.forest.stream(number).size
        while low < high and size < self._size:
            middle = (low + high) // 2
            found = self._recorder.rows(
                "SELECT rowid FROM records WHERE originator_id = ? AND originator_version = ?",
                (number, middle),
            )
            if found and found[0][0] < size:
                low = middle + 1
            else:
                high = middle
        return high

    def indexes(self, ids: Iterable[bytes]) -> dict[bytes, int]:
        """Where records of these ids are."""
        return self._looked_up("SELECT id, rowid FROM records WHERE id", ids)

    def superseders(self, ids: Iterable[bytes]) -> dict[bytes, int]:
        """Which of these ids are corrected, and by which index."""
        return self._looked_up("SELECT target, record FROM corrections WHERE target", ids)

    def _looked_up(self, statement: str, ids: Iterable[bytes]) -> dict[bytes, int]:
        wanted = list(ids)
        found: dict[bytes, int] = {}
        for first in range(0, len(wanted), IDS):
            some = wanted[first : first + IDS]
            found.update(self._recorder.rows(f"{statement} IN ({','.join('?' * len(some))})", some))
        return found

    def corrections(self) -> Iterator[tuple[bytes, int]]:
        """Every corrected id with its corrector's index."""
        rows: list[Any] = self._recorder.rows("SELECT target, record FROM corrections ORDER BY target")
        return iter(rows)

    def read_sections(self, index: int) -> list[Section]:
        """The sections kept of a record."""
        rows = self._recorder.rows(
            "SELECT name, salt, data FROM sections WHERE record = ? ORDER BY name", (index,)
        )
        return [Section(*row) for row in rows]

    def last_seal(self) -> Seal | None:
        """The newest seal; asked of the database once while the writer's lock is held."""
        if self._lock is not None and self._newest_seal is not None:
            return self._newest_seal
        rows = self._recorder.rows("SELECT size, note FROM seals ORDER BY size DESC LIMIT 1")
        seal = Seal(*rows[0]) if rows else None
        if self._lock is not None:
            self._newest_seal = seal
        return seal

    def seals(self) -> list[Seal]:
        """Every seal, oldest first."""
        return [Seal(*row) for row in self._recorder.rows("SELECT size, note FROM seals ORDER BY size")]

    def tile(self, level: int, number: int) -> bytes | None:
        """A full tile of the main log."""
        rows = self._recorder.rows("SELECT hashes FROM tiles WHERE level = ? AND number = ?", (level, number))
        return rows[0][0] if rows else None


def _locked(path: Path) -> int:
    """The descriptor that holds the lock; ``Conflict`` naming the holder after five seconds."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, FILE_MODE)
    deadline = time.monotonic() + LOCK_WAIT_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                holder = os.pread(descriptor, 100, 0).decode(errors="replace").strip() or "another process"
                os.close(descriptor)
                raise Conflict(f"{path}: held by {holder}; try again when it is done") from None
            time.sleep(LOCK_POLL_S)
        else:
            try:
                with suppress(
                    OSError
                ):  # who holds it is for messages only: a full disk does not keep the lock from being held
                    os.ftruncate(descriptor, 0)
                    os.pwrite(descriptor, f"process {os.getpid()}\n".encode(), 0)
            except BaseException:
                os.close(descriptor)
                raise
            return descriptor


__all__ = ["SqliteStore", "read_head"]
