"""The store over a database: the part of the port that is the same for every database, over a recorder of its
tables and the head file beside them.

Order of an append: commit, head fsync, acknowledge. Opening to write loads the frontiers of the last seal,
checks their root against the signed checkpoint, hashes the records since, and compares with the head: a head
behind the database is adopted if the database extends it; a head ahead of the database, or another history
below it, is ``Tampered``. Older records are fsck's. Readers open the database read-only, and compare with the
head what they hash.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Final, NamedTuple

from eventsourcing.persistence import IntegrityError, PersistenceError

from ledger.errors import Conflict, Tampered, UnknownOutcome, WattledgerError
from ledger.log.checkpoint import parse_checkpoint
from ledger.log.forest import Forest
from ledger.log.merkle import hashes_of
from ledger.store import recent_ids
from ledger.store.head import HeadFile, read_head
from ledger.store.port import Entry, Head, Seal
from ledger.store.table_reads import PAGE, TableReads, Tables, leaves_of
from ledger.verifier.faults import ProofError

HEAD: Final = "ledger.head"
_SIZE: Final = "SELECT coalesce(max(rowid) + 1, 0) FROM records"
_NEWEST_SEAL: Final = "SELECT size, note FROM seals WHERE size <= ? ORDER BY size DESC LIMIT 1"
_HIGHEST_IDS: Final = "SELECT id, rowid FROM records ORDER BY id DESC LIMIT ?"
_SEALED: Final = "SELECT size, note FROM seals ORDER BY size DESC LIMIT 1"
_FRONTIERS: Final = "SELECT stream, data FROM frontiers"


class _Snapshot(NamedTuple):
    """The content of a database at one moment: its size, its newest seal, and the frontiers kept with that
    seal.
    """

    size: int
    seal: Seal | None
    frontiers: dict[int, bytes]


class DatabaseStore(TableReads):
    """The port over a recorder of a ledger's tables; a backend's class makes one, and locks."""

    def __init__(self, directory: Path, recorder: Tables, *, write: bool, trusts_head: bool = True) -> None:
        self.directory, self._write, self._trusts_head = directory, write, trusts_head
        self._recorder = recorder
        self._head: HeadFile | None = None
        self._locked = False
        self._newest_seal: Seal | None = None  # only while the lock is held
        self._recent: recent_ids.RecentIds | None = None  # the same
        self._asked = False  # for ids, since the lock is held
        self._failed = False
        self._size = 0
        self._forest: Forest | None = None
        self._grown_from = 0  # the size of the seal whose frontiers the forest was grown from
        self._snapshot: _Snapshot | None = None  # a reader's, until its forest is made
        self._earlier: Forest | None = None  # a reader's, of the size that it looked at before

    def _begin(self) -> None:
        """Write the head of a store that was just made and is empty."""
        HeadFile(self.directory / HEAD, create=True).close()
        with suppress(OSError):
            descriptor = os.open(self.directory, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)
        self._head = HeadFile(self.directory / HEAD)
        self._head.write(Head(0, Forest().root()))
        self._forest = Forest()

    def _look(self) -> None:
        """Check the store on opening; where that fails nothing stays open."""
        try:
            if self._write:
                with self.writing():
                    pass
            else:
                self.refresh()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the database, the head and the lock."""
        self._recorder.close()
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

    def writing(self) -> AbstractContextManager[None]:
        """Hold the writer's lock; nested use is one hold."""
        assert self._write, "the store was opened to read"
        return nullcontext() if self._locked else self._writing()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._lock()
        self._locked = True
        try:
            self._catch_up()
            yield
        finally:
            self._release()

    def _release(self) -> None:
        if self._locked:
            self._locked, self._newest_seal, self._recent, self._asked = False, None, None, False
            self._unlock()

    def append(self, entries: Sequence[Entry], expected_size: int) -> None:
        """Commit, make the head durable, then acknowledge by returning."""
        assert self._locked, "append only inside writing()"
        if self._failed:
            raise UnknownOutcome("an earlier append failed; open the book again, then retry by the same ids")
        if expected_size != self._size:
            raise Conflict(f"the log holds {self._size} records, not {expected_size}")
        try:
            self._recorder.insert_entries(entries)
        except IntegrityError as why:
            raise Conflict(f"the records do not follow the log: {why}") from why
        except PersistenceError as why:
            self._failed = True
            raise self._not_written(
                "appending", why, "open the book again, then retry by the same ids"
            ) from why
        self.forest.extend([e.stream for e in entries], hashes_of([e.leaf for e in entries]))
        self._size += len(entries)
        if self._recent is not None:
            self._recent.add({e.id: e.place for e in entries})
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

    def hold(self, digests: Iterable[str]) -> None:
        """List documents as kept beside the records."""
        assert self._locked, "hold only inside writing()"
        with self._listing():
            self._recorder.list_documents(digests)

    def let_go(self, digest: str) -> None:
        """Remove a document from the list before it is deleted."""
        assert self._locked, "let_go only inside writing()"
        with self._listing():
            self._recorder.drop_document(digest)

    @contextmanager
    def _listing(self) -> Iterator[None]:
        try:
            yield
        except PersistenceError as why:
            raise self._not_written("listing a document", why, "ask again") from why

    def seal(self, note: bytes) -> None:
        """Keep the checkpoint, the changed frontiers and the full tiles in one transaction."""
        assert self._locked, "seal only inside writing()"
        forest = self.forest
        tiles, frontiers = forest.take_tiles(), forest.take_changed()
        try:
            self._recorder.insert_seal(Seal(self._size, note), tiles, frontiers)
        except PersistenceError as why:
            self._failed = True
            raise self._not_written("sealing", why, "open the book again") from why
        self._newest_seal = Seal(self._size, note)
        self._grown_from = self._size

    def indexes(self, ids: Iterable[bytes]) -> dict[bytes, int]:
        """Indexes of the records with these ids. The second question under one hold of the writer's lock, which is
        a long file's or a server's, and those after it are answered from memory where the ids are recent.
        """
        wanted = list(ids)
        if self._recent is None:
            if not self._locked or not self._asked:
                self._asked = self._locked
                return super().indexes(wanted)
            self._recent = recent_ids.RecentIds(self._recorder.rows(_HIGHEST_IDS, (recent_ids.FIRST,)))
        return super().indexes(self._recent.older(wanted)) | self._recent.found(wanted)

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
            self._check_below_seal(head, forest)
            head = None
        stops = [size] if head is None else sorted({head.size, size})
        for stop in stops:
            self._grow(forest, stop)
            if head is not None and stop == head.size and forest.root() != head.root:
                raise Tampered(
                    f"the first {head.size} records are not the ones that were acknowledged: history below"
                    " the head changed"
                )
        return forest

    def _check_below_seal(self, head: Head, forest: Forest) -> None:
        """Refuse a head that knows fewer records than are sealed: this folder's writers write it first."""
        raise Tampered(
            f"the log is sealed at {forest.size} records and the head knows only {head.size}; "
            "see what wattledger repair --head can do"
        )

    def _grow(self, forest: Forest, stop: int) -> None:
        for start in range(forest.size, stop, PAGE):
            rows = self._recorder.rows(
                "SELECT rowid, originator_id, state FROM records WHERE rowid >= ? AND rowid < ? ORDER BY"
                " rowid",
                (start, min(start + PAGE, stop)),
            )
            if [row[0] for row in rows] != list(range(start, min(start + PAGE, stop))):
                raise Tampered(f"records between {start} and {min(start + PAGE, stop)} are missing; run fsck")
            forest.extend([row[1] for row in rows], hashes_of(leaves_of([row[2:] for row in rows])))

    def last_seal(self) -> Seal | None:
        """The newest seal over records that this handle covers: others may have sealed more since."""
        return self._seal_within(self._size)

    def _seal_within(self, size: int) -> Seal | None:
        """The newest seal over at most a number of records; while the writer's lock is held the database is
        asked only once.
        """
        if self._locked and self._newest_seal is not None:
            return self._newest_seal
        rows = self._recorder.rows(_NEWEST_SEAL, (size,))
        seal = Seal(*rows[0]) if rows else None
        if self._locked:
            self._newest_seal = seal
        return seal

    # --- what a backend does in its own way -----------------------------------------------------------------

    def _lock(self) -> None:
        """Take the writer's lock; ``Conflict`` naming the holder where it is not free after a while."""
        raise NotImplementedError

    def _unlock(self) -> None:
        """Let go of the writer's lock."""
        raise NotImplementedError

    def _not_written(self, doing: str, why: Exception, then: str) -> WattledgerError:
        """The error for what could not be written while ``doing`` something; ``then`` states what to do
        next.
        """
        raise NotImplementedError

    def _is_there(self) -> bool:
        """True where the open database is still the one that has the name."""
        return True

    def _replaced(self) -> Conflict:
        """The error for a database that is not."""
        raise NotImplementedError


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
