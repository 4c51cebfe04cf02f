"""The full check of a SQLite store: re-read and re-hash every stored byte, and name every damaged index.

Each part sees what the others miss (TRUST): the trees see changed records, integrity_check sees broken pages
and indexes, the schema fingerprint sees dropped triggers, the head sees a missing tail. It never stops at the
first finding and raises no false alarm.

All of it is judged on one read transaction. The head is read before that begins, so that what a writer adds
meanwhile only makes the database newer than the head, and once more after, because a seal is never newer than
the head. A harmless difference is a notice, not a finding.

Records, trees and indexes are compared by ``database_contents``. SQLite checks its pages meanwhile, in a thread
with a connection of its own.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from ledger.errors import Tampered
from ledger.store.audit import Contents, Finding, Reader
from ledger.store.port import DOCUMENTS
from ledger.store.sqlite.database_contents import CheckedHead, DatabaseContents, Progress
from ledger.store.sqlite.formats import APPLICATION_ID, FORMAT, checked_format
from ledger.store.sqlite.head import SLOT_BYTES, damaged_slots, read_head
from ledger.store.sqlite.read_only import FAILED, is_hindered, not_read, uri_to_read
from ledger.store.sqlite.recorder import SCHEMA
from ledger.store.sqlite.store import DATABASE, HEAD, LOCK

CACHE_KIB: Final = 65_536
LOOKS: Final = 20
LOOK_S: Final = 0.01


class Check:
    """The check of a store on one read transaction; ask for what it read once ``findings`` is exhausted.
    ``connection`` is None where the database cannot be opened.
    """

    def __init__(
        self,
        directory: Path,
        connection: sqlite3.Connection | None,
        pages: Future[list[Finding]],
        head: CheckedHead,
        contents: Callable[[sqlite3.Connection], DatabaseContents],
    ) -> None:
        self.directory, self.connection, self._pages, self._before = directory, connection, pages, head
        self._new_contents = contents
        self._contents: DatabaseContents | None = None
        self.notices: list[Finding] = []

    @property
    def size(self) -> int:
        """Number of records."""
        return 0 if self._contents is None else self._contents.total

    @property
    def contents(self) -> Contents | None:
        """The contents that the check read; None where nothing could be read."""
        return self._contents

    def findings(self) -> Iterator[Finding]:
        """Every finding; the check does not stop at the first."""
        lock = self.directory / LOCK
        if lock.exists() and not lock.is_file():
            yield Finding(None, f"{lock} is not a file, so no writer can lock it")
        try:
            if self.connection is not None:
                yield from _header(self.connection)
                yield from self._schema(self.connection)
                contents = self._contents = self._new_contents(self.connection)
                yield from contents.check(self._before, _read_head(self.directory / HEAD))
        except FAILED as why:
            if is_hindered(why):
                raise not_read(
                    self.directory / DATABASE, f"{self.directory / DATABASE} cannot be read any further", why
                ) from why
            yield Finding(None, f"the database cannot be read any further: {why}")
        yield from self._pages.result()

    def leaves(self, place: Any) -> list[Any]:
        """The leaf of an index; empty where there is none."""
        return [row[0] for row in self._rows("SELECT state FROM records WHERE rowid = ?", place)]

    def kinds(self, limit: int) -> set[Any]:
        """The kinds of the first records."""
        return {row[0] for row in self._rows("SELECT topic FROM records LIMIT ?", limit)}

    def stream(self, number: int) -> list[Any]:
        """The indexes of a stream's records, by position."""
        query = "SELECT rowid FROM records WHERE originator_id = ? ORDER BY originator_version"
        return [row[0] for row in self._rows(query, number)]

    def seals(self, *, now: bool = False) -> list[tuple[Any, Any]]:
        """Size and note of every seal, oldest first; as of the transaction, or as of now."""
        return self._rows("SELECT size, note FROM seals ORDER BY size", now=now)

    def documents(self, *, now: bool = False) -> set[str]:
        """The documents listed as kept; as of the transaction, or as of now."""
        rows = self._rows("SELECT name FROM sections WHERE record = ?", DOCUMENTS, now=now)
        return {str(row[0]) for row in rows}

    def sections(self) -> dict[tuple[Any, Any], tuple[Any, Any]]:
        """Salt and data of every section, by record and name."""
        query = "SELECT record, name, salt, data FROM sections WHERE record <> ? ORDER BY 1, 2"
        return {(place, name): (salt, data) for place, name, salt, data in self._rows(query, DOCUMENTS)}

    def holds_now(self, place: Any, name: Any) -> bool:
        """True where a section is kept now."""
        query = "SELECT 1 FROM sections WHERE record = ? AND name = ?"
        return bool(self._rows(query, place, name, now=True))

    def _rows(self, query: str, *parameters: Any, now: bool = False) -> list[tuple[Any, ...]]:
        if now:
            with closing(_connected(self.directory)) as connection:
                return connection.execute(query, parameters).fetchall()
        assert self.connection is not None, "what is kept was read from it"
        return self.connection.execute(query, parameters).fetchall()

    def _schema(self, connection: sqlite3.Connection) -> Iterator[Finding]:
        wrong, foreign = _compared(connection)
        yield from wrong
        if foreign:
            self.notices.append(
                Finding(
                    None,
                    f"the database holds {', '.join(foreign)}, which the ledger did not make: another"
                    " program, such as one that replicates, keeps them there; they do no harm. To be rid of"
                    " them, stop that program and drop them with sqlite3",
                )
            )


@contextmanager
def checking(
    directory: Path, reader: Reader, progress: Progress | None = None, sizes: Collection[int] = ()
) -> Iterator[Check]:
    """A check of the store in a directory; ``Malformed`` where this program cannot read its format."""
    head = _read_head(directory / HEAD)
    with ThreadPoolExecutor(1) as beside:
        connection = None
        try:
            with suppress(*FAILED):  # integrity_check says why
                connection = _connected(directory)
                connection.execute("BEGIN")
                connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
                _check_format(connection)
            pages = beside.submit(_pages, directory)
            yield Check(
                directory, connection, pages, head, lambda c: DatabaseContents(c, reader, progress, sizes)
            )
        finally:
            if connection is not None:
                connection.close()


def _connected(directory: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(uri_to_read(directory / DATABASE), uri=True, isolation_level=None)
    connection.execute("PRAGMA query_only = ON")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    return connection


def _check_format(connection: sqlite3.Connection) -> None:
    with suppress(Tampered):  # a damaged header is a finding
        checked_format(lambda query: connection.execute(query).fetchall())


def _read_head(path: Path) -> CheckedHead:
    """The head file, read again until it stays the same: a writer may be in the middle of a slot."""
    before: bytes | None = None
    for _ in range(LOOKS):
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return CheckedHead(None, ("is missing",))
        except OSError as why:
            return CheckedHead(None, (f"cannot be read: {why.strerror}",))
        wrong = tuple(damaged_slots(data))
        if not wrong or data == before:
            break
        before = data
        time.sleep(LOOK_S)
    return CheckedHead(read_head(path) if len(data) >= SLOT_BYTES else None, wrong)


def _header(connection: sqlite3.Connection) -> Iterator[Finding]:
    for name, due in (("application_id", {APPLICATION_ID}), ("user_version", set(range(FORMAT + 1)))):
        ((found,),) = connection.execute(f"PRAGMA {name}").fetchall()
        if found not in due:
            yield Finding(None, f"the database's header says {name} {found}, where {max(due)} is due")


def _compared(connection: sqlite3.Connection) -> tuple[list[Finding], list[str]]:
    """Differences from the ledger's schema, and the tables and indexes of other programs."""
    fresh = sqlite3.connect(":memory:")
    for statement in SCHEMA:
        fresh.execute(statement)
    query = "SELECT name, type, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL"
    expected, found = ({row[0]: row[1:] for row in each.execute(query)} for each in (fresh, connection))
    fresh.close()
    ours = {name for name, (kind, _, _) in expected.items() if kind == "table"}
    wrong, foreign = [], []
    for name in sorted(expected.keys() | found.keys(), key=str):
        if name not in found:
            wrong.append(Finding(None, f"the schema lacks {name}"))
        elif name in expected:
            if found[name][2] != expected[name][2]:
                wrong.append(Finding(None, f"the schema has {name} as {found[name][2]!r}"))
        elif found[name][0] in ("table", "index") and found[name][1] not in ours:
            foreign.append(f"{found[name][0]} {name}")
        else:
            wrong.append(
                Finding(None, f"the schema has {name} as {found[name][2]!r}, which is not the ledger's")
            )
    return wrong, foreign


def _pages(directory: Path) -> list[Finding]:
    try:
        with closing(_connected(directory)) as connection:
            said = [row[0] for row in connection.execute("PRAGMA integrity_check")]
    except FAILED as why:
        if is_hindered(why):
            raise not_read(directory / DATABASE, f"{directory / DATABASE} cannot be checked", why) from why
        said = [str(why)]
    return [Finding(None, f"integrity_check: {what}") for what in said if what != "ok"]
