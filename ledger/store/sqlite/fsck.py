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
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final

from ledger.errors import Tampered
from ledger.store.audit import Finding, Reader
from ledger.store.database_check import DatabaseCheck, read_checked_head
from ledger.store.database_contents import CheckedHead, DatabaseContents, Progress
from ledger.store.database_store import HEAD
from ledger.store.sqlite.formats import APPLICATION_ID, FORMAT, checked_format
from ledger.store.sqlite.read_only import FAILED, is_hindered, not_read, uri_to_read
from ledger.store.sqlite.recorder import SCHEMA
from ledger.store.sqlite.store import DATABASE, LOCK

CACHE_KIB: Final = 65_536


class Check(DatabaseCheck):
    """The check of a SQLite store; ``connection`` is None where the database cannot be opened."""

    connection: sqlite3.Connection | None

    def __init__(
        self,
        directory: Path,
        connection: sqlite3.Connection | None,
        pages: Future[list[Finding]],
        head: CheckedHead,
        contents: Callable[[sqlite3.Connection], DatabaseContents],
    ) -> None:
        super().__init__(connection, lambda: closing(_connected(directory)))
        self.directory, self._pages, self._before = directory, pages, head
        self._new_contents = contents

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
                yield from contents.check(self._before, read_checked_head(self.directory / HEAD))
        except FAILED as why:
            if is_hindered(why):
                raise not_read(
                    self.directory / DATABASE, f"{self.directory / DATABASE} cannot be read any further", why
                ) from why
            yield Finding(None, f"the database cannot be read any further: {why}")
        yield from self._pages.result()

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
    head = read_checked_head(directory / HEAD)
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
