"""The SQLite store: one database file, its head file beside it, a lock file for the one writer.

Order of an append: commit, head fsync, acknowledge. Opening to write loads the frontiers of the last seal,
checks their root against the signed checkpoint, hashes the records since, and compares with the head: a head
behind the database is adopted if the database extends it; a head ahead of the database, or another history
below it, is ``Tampered``. Older records are fsck's. Readers open the database read-only, and compare with the
head what they hash.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

from eventsourcing.persistence import IntegrityError, PersistenceError

from ledger.errors import Conflict, Malformed, Tampered, UnknownOutcome
from ledger.log.checkpoint import parse_checkpoint
from ledger.log.forest import Forest
from ledger.log.merkle import hashes_of
from ledger.store import portable
from ledger.store.port import DOCUMENTS, Entry, Head, Seal, Section
from ledger.store.sqlite.formats import FORMAT, checked_format, format_of
from ledger.store.sqlite.head import FILE_MODE, HeadFile, read_head
from ledger.store.sqlite.read_only import FAILED, not_written
from ledger.store.sqlite.recorder import Datastore, Recorder
from ledger.verifier.faults import ProofError

DATABASE: Final = "ledger.db"
HEAD: Final = "ledger.head"
LOCK: Final = "ledger.lock"
PAGE: Final = 4096
IDS: Final = 500
LOCK_WAIT_S: Final = 5.0
LOCK_POLL_S: Final = 0.01


_SIZE: Final = "SELECT coalesce(max(rowid) + 1, 0) FROM records"
_NEWEST_SEAL: Final = "SELECT size, note FROM seals WHERE size <= ? ORDER BY size DESC LIMIT 1"
_SEALED: Final = "SELECT size, note FROM seals ORDER BY size DESC LIMIT 1"
_FRONTIERS: Final = "SELECT stream, data FROM frontiers"


class _Snapshot(NamedTuple):
    """The content of a database at one moment: its size, its newest seal, and the frontiers kept with that
    seal.
    """

    size: int
    seal: Seal | None
    frontiers: dict[int, bytes]


class SqliteStore:
    """The port over SQLite; make one with ``create`` or ``open``."""

    def __init__(self, directory: Path, *, write: bool, trusts_head: bool = True) -> None:
        path = directory / DATABASE
        if not path.exists():
            raise Tampered(f"{directory} holds no {DATABASE}: restore it from a backup or an export")
        self.directory, self._write, self._trusts_head = directory, write, trusts_head
        self._recorder = Recorder(Datastore(str(path), write=write))
        self._inode = path.stat().st_ino
        self._head: HeadFile | None = None
        self._lock: int | None = None
        self._newest_seal: Seal | None = None  # only while the lock is held
        self._failed = False
        self._format = FORMAT
        self._size = 0
        self._forest: Forest | None = None
        self._grown_from = 0  # the size of the seal whose frontiers the forest was grown from
        self._snapshot: _Snapshot | None = None  # a reader's, until its forest is made
        self._earlier: Forest | None = None  # a reader's, of the size that it looked at before

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
        try:
            if write:
                with store.writing():
                    pass
            else:
                store.refresh()
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Close the database, the head and the lock."""
        self._recorder.datastore.close()
        if self._head is not None:
            self._head.close()
            self._head = None
        self._release()

    @property
    def size(self) -> int:
        """Number of records that this handle covers."""
        return self._size

    @property
    def forest(self) -> Forest:
        """The trees over the records that this handle covers; a reader builds them when they are first
        needed.
        """
        if self._forest is None:
            seen, head = self._snapshot or self._seen(), self._acknowledged()
            sealed = 0 if seen.seal is None else seen.seal.size
            self._forest = self._planted(self._size, head, seen, self._left_off(head, sealed))
            self._snapshot, self._grown_from = None, sealed
        return self._forest

    def _left_off(self, head: Head | None, sealed: int) -> Forest | None:
        """A reader's forest of the size that it read before, where it can be extended: no seal came since,
        and the head is not behind it. A caller that reads between appends would otherwise hash all unsealed
        records each time.
        """
        earlier, self._earlier = self._earlier, None
        if earlier is None or sealed != self._grown_from or earlier.size > self._size:
            return None
        return earlier if head is None or head.size >= earlier.size else None

    # --- writing --------------------------------------------------------------------------------------------

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the writer's lock; nested use is one hold."""
        assert self._write, "the store was opened to read"
        if self._lock is not None:
            yield
            return
        self._lock = _locked(self.directory / LOCK)
        try:
            self._migrate()
            self._catch_up()
            yield
        finally:
            self._release()

    def _migrate(self) -> None:
        """Migrate a database of an older format, under the lock."""
        if self._format < FORMAT:
            self._recorder.migrate(checked_format(self._recorder.rows))
            self._format = FORMAT

    def _release(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = self._newest_seal = None

    def name_holder(self, words: str) -> None:
        """Write who holds the writer's lock, for the messages of others."""
        assert self._lock is not None, "only inside writing()"
        _name_holder(self._lock, f"{words} (process {os.getpid()})")

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
            raise not_written("appending", why, "open the book again, then retry by the same ids") from why
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

    def erase_all(self, sections: Sequence[tuple[int, str]], *, wait: bool = True) -> None:
        """Delete sections, then rewrite the table's pages and merge the write-ahead log, so that no old page
        keeps their bytes.
        """
        assert self._lock is not None, "erase only inside writing()"
        try:
            if sections:
                self._recorder.erase_sections(sections)
        except PersistenceError as why:
            raise not_written("erasing", why, "ask again") from why
        deadline = time.monotonic() + (LOCK_WAIT_S if wait else 0)
        while not self._merged():
            if time.monotonic() >= deadline:
                raise Conflict(
                    f"{_named(sections)} deleted, but a reader holds the log file in which the bytes still"
                    " are; ask again when it is done"
                )
            time.sleep(LOCK_POLL_S)

    def hold(self, digests: Iterable[str]) -> None:
        """List documents as kept beside the records."""
        assert self._lock is not None, "hold only inside writing()"
        rows = [(DOCUMENTS, digest, b"", b"") for digest in digests]
        self._change_documents("INSERT OR IGNORE INTO sections VALUES (?,?,?,?)", rows)

    def let_go(self, digest: str) -> None:
        """Remove a document from the list before it is deleted."""
        assert self._lock is not None, "let_go only inside writing()"
        self._change_documents("DELETE FROM sections WHERE record = ? AND name = ?", [(DOCUMENTS, digest)])

    def _change_documents(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        try:
            self._recorder.execute_all([(statement, rows)])
        except PersistenceError as why:
            raise not_written("listing a document", why, "ask again") from why

    def _merged(self) -> bool:
        try:
            return self._recorder.merge_log()
        except (*FAILED, PersistenceError) as why:
            raise not_written("erasing", why, "ask again") from why

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
            raise not_written("sealing", why, "open the book again") from why
        self._newest_seal = Seal(self._size, note)
        self._grown_from = self._size

    # --- catching up ----------------------------------------------------------------------------------------

    def refresh(self) -> int:
        """Catch up with what others appended; for a reader, ``Conflict`` where another database has the name
        now.
        """
        if self._write:
            self._size = self._stored_size()
        elif not self._is_there():
            raise self._replaced()
        elif self._stored_size() != self._size or self._size == 0:
            self._snapshot = self._seen()
            self._earlier = self._forest or self._earlier
            self._size, self._forest = self._snapshot.size, None
        return self._size

    def _stored_size(self) -> int:
        return int(self._recorder.rows(_SIZE)[0][0])

    def _seen(self) -> _Snapshot:
        """Size, newest seal and frontiers as of one moment: read one by one, a writer that seals in between
        would mix two seals.
        """
        sizes, seals, frontiers = self._recorder.rows_at_once((_SIZE, _SEALED, _FRONTIERS))
        return _Snapshot(int(sizes[0][0]), Seal(*seals[0]) if seals else None, dict(frontiers))

    def _catch_up(self) -> None:
        """Build the trees over all that is stored and check them against the head, under the lock."""
        if not self._is_there():
            raise self._replaced()
        size = self._stored_size()
        seal = self._seal_within(size)
        head = self._read_head()
        sealed = 0 if seal is None else seal.size
        if (
            self._forest is not None
            and (size, sealed) == (self._size, self._grown_from)
            and head == Head(size, self._forest.root())
        ):
            return
        if not self._trusts_head:
            self._forest = self._planted(size, None, self._seen())
            self._size, self._grown_from = size, sealed
            return
        if head is None:
            raise Tampered(
                f"{self.directory / HEAD} is missing or unreadable, so what was acknowledged is not known; "
                "see what wattledger repair --head can do, or restore the book from a backup"
            )
        self._check_tail(head, size)
        self._forest = self._planted(size, head, self._seen())
        self._size, self._grown_from = size, sealed
        if head.size < size:
            self._write_head()

    def _read_head(self) -> Head | None:
        """The head in the file that has the name now, since a restore puts another in its place; None where
        there is none.
        """
        path = self.directory / HEAD
        if self._head is not None and not self._head.is_at(path):
            self._head.close()
            self._head = None
        if self._head is None:
            if not path.exists() and self._trusts_head:
                return None
            self._head = HeadFile(path, create=not path.exists())
        return self._head.read()

    def _replaced(self) -> Conflict:
        return Conflict(f"{self.directory / DATABASE} was replaced meanwhile; open the book again")

    def _is_there(self) -> bool:
        """True where the open file is still the one that has the name."""
        try:
            return (self.directory / DATABASE).stat().st_ino == self._inode
        except FileNotFoundError:
            return False

    def _acknowledged(self) -> Head | None:
        """The acknowledged head within a reader's range; None where none can be read."""
        head = read_head(self.directory / HEAD)
        if head is None:
            self._check_sealed()
        if head is None or head.size <= self._size:
            return head
        self._check_tail(head, self._stored_size())
        return None  # more was appended since the handle looked

    def _check_sealed(self) -> None:
        """Require that a seal covers all records where there is no head: without a head only a seal shows
        what was acknowledged.
        """
        seal = self.last_seal()
        sealed = 0 if seal is None else seal.size
        if sealed < self._size:
            raise Tampered(
                f"{self.directory / HEAD} is missing or unreadable, and no checkpoint covers records {sealed}"
                f" to {self._size - 1}: nothing shows whether they are what was acknowledged; see what"
                " wattledger repair --head can do"
            )

    def _check_tail(self, head: Head, size: int) -> None:
        if head.size > size:
            raise Tampered(
                f"{head.size} records were acknowledged and the database holds {size}: records {size} to"
                f" {head.size - 1} are missing; restore the database from a backup or an export"
            )

    def _planted(
        self, size: int, head: Head | None, seen: _Snapshot, earlier: Forest | None = None
    ) -> Forest:
        """The forest of a seal, or an ``earlier`` one grown from it, extended by the records since; roots on
        the way are compared with the seal and the head.
        """
        forest = earlier or Forest()
        if earlier is None and seen.seal is not None and seen.seal.size <= size:
            forest = _sealed_forest(seen.seal, seen.frontiers)
        if head is not None and head.size < forest.size:
            raise Tampered(
                f"the log is sealed at {forest.size} records and the head knows only {head.size}; "
                "see what wattledger repair --head can do"
            )
        stops = [size] if head is None else sorted({head.size, size})
        for stop in stops:
            self._grow(forest, stop)
            if head is not None and stop == head.size and forest.root() != head.root:
                raise Tampered(
                    f"the first {head.size} records are not the ones that were acknowledged: history below"
                    " the head changed"
                )
        return forest

    def _grow(self, forest: Forest, stop: int) -> None:
        for start in range(forest.size, stop, PAGE):
            rows = self._recorder.rows(
                "SELECT rowid, originator_id, state FROM records WHERE rowid >= ? AND rowid < ? ORDER BY"
                " rowid",
                (start, min(start + PAGE, stop)),
            )
            if [row[0] for row in rows] != list(range(start, min(start + PAGE, stop))):
                raise Tampered(f"records between {start} and {min(start + PAGE, stop)} are missing; run fsck")
            forest.extend([row[1] for row in rows], hashes_of(_leaves([row[2:] for row in rows])))

    # --- reading --------------------------------------------------------------------------------------------

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """Leaves of the log [start, stop), a page at a time."""
        for first in range(start, stop, PAGE):
            last = min(first + PAGE, stop)
            rows = self._recorder.rows(
                "SELECT state FROM records WHERE rowid >= ? AND rowid < ? ORDER BY rowid", (first, last)
            )
            if len(rows) != last - first:
                raise Tampered(f"records between {first} and {last} are missing; run fsck")
            yield from _leaves(rows)

    def read_stream(self, number: int, start: int, stop: int | None) -> Iterator[bytes]:
        """Leaves of a stream by position, a page at a time."""
        statement = (
            "SELECT state FROM records WHERE originator_id = ? AND originator_version >= ? AND"
            " originator_version < ? ORDER BY originator_version"
        )
        while stop is None or start < stop:
            end = start + PAGE if stop is None else min(start + PAGE, stop)
            rows = self._recorder.rows(statement, (number, start, end))
            yield from _leaves(rows)
            start += PAGE
            if len(rows) < PAGE:
                return

    def stream_size_at(self, number: int, size: int) -> int:
        """Number of the first ``size`` records that belong to a stream, by binary search."""
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

    def stream_indexes(self, number: int, start: int, stop: int) -> list[int]:
        """Indexes in the log of the records [start, stop) of a stream: SQLite's index of streams holds them,
        so that no record is read.
        """
        statement = (
            "SELECT rowid FROM records WHERE originator_id = ? AND originator_version >= ? AND"
            " originator_version < ? ORDER BY originator_version"
        )
        return [place for (place,) in self._recorder.rows(statement, (number, start, stop))]

    def indexes(self, ids: Iterable[bytes]) -> dict[bytes, int]:
        """Indexes of the records with these ids."""
        return self._looked_up("SELECT id, rowid FROM records WHERE id", ids)

    def superseders(self, ids: Iterable[bytes]) -> dict[bytes, int]:
        """Those of these ids that are corrected, with the index of the correction."""
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
        """The sections kept for a record."""
        rows = self._recorder.rows(
            "SELECT name, salt, data FROM sections WHERE record = ? ORDER BY name", (index,)
        )
        return [section for row in rows if (section := Section(*row)).is_held]

    def documents(self) -> set[str]:
        """The documents kept beside the records."""
        return {
            row[0] for row in self._recorder.rows("SELECT name FROM sections WHERE record = ?", (DOCUMENTS,))
        }

    def keeps_sections(self, streams: Iterable[int], size: int) -> bool:
        """True where a section is kept for any of the first ``size`` records that belongs to one of these
        streams.
        """
        numbers = sorted(streams)
        return any(
            self._recorder.rows(
                "SELECT 1 FROM sections CROSS JOIN records ON records.rowid = record "  # CROSS: sections are few, records are not
                f"WHERE record < ? AND length(salt) > 0 AND originator_id IN ({','.join('?' * len(some))})"
                " LIMIT 1",
                (size, *some),
            )
            for some in (numbers[first : first + IDS] for first in range(0, len(numbers), IDS))
        )

    def last_seal(self) -> Seal | None:
        """The newest seal over records that this handle covers: others may have sealed more since."""
        return self._seal_within(self._size)

    def _seal_within(self, size: int) -> Seal | None:
        """The newest seal over at most a number of records; while the writer's lock is held the database is
        asked only once.
        """
        if self._lock is not None and self._newest_seal is not None:
            return self._newest_seal
        rows = self._recorder.rows(_NEWEST_SEAL, (size,))
        seal = Seal(*rows[0]) if rows else None
        if self._lock is not None:
            self._newest_seal = seal
        return seal

    def seals(self) -> list[Seal]:
        """Every seal over records that this handle covers, oldest first."""
        query = "SELECT size, note FROM seals WHERE size <= ? ORDER BY size"
        return [Seal(*row) for row in self._recorder.rows(query, (self._size,))]

    def tile(self, level: int, number: int) -> bytes | None:
        """A full tile of the main log."""
        rows = self._recorder.rows("SELECT hashes FROM tiles WHERE level = ? AND number = ?", (level, number))
        return rows[0][0] if rows else None


def _leaves(rows: Sequence[tuple[Any, ...]]) -> list[bytes]:
    """The leaves in rows of one column; ``Tampered`` where one is not bytes."""
    leaves = [row[0] for row in rows]
    if set(map(type, leaves)) - {bytes}:
        raise Tampered("a record of the database holds no bytes; run fsck to find it")
    return leaves


def _sealed_forest(seal: Seal, frontiers: dict[int, bytes]) -> Forest:
    """The trees kept at a seal; ``Tampered`` unless they match its signed checkpoint."""
    try:
        forest = Forest.load(frontiers)
        signed = parse_checkpoint(seal.note)
    except (ValueError, ProofError) as why:
        raise Tampered(f"the seal at {seal.size} records cannot be read ({why}); run fsck") from why
    if (forest.size, forest.root(), signed.size) != (seal.size, signed.root, seal.size):
        raise Tampered(f"the trees kept for {seal.size} records are not the signed ones; run fsck")
    return forest


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
