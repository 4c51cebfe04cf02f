"""eventsourcing's SQLite recorder on our own table: the library's datastore, transactions and select paths,
our rows and pragmas.

Subclassed through the library's extension points (9.5): originator = stream number, version = position in the
stream, state = the leaf bytes, topic = the kind's tag, written because the recorder needs one and never
resolved. ``rowid`` is explicit and equals the log's index, so a notification's id is the index. Every
connection sets WAL and synchronous=FULL and reads them back, because either missing loses acknowledged
commits on power loss (TRUST).
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final
from urllib.parse import unquote

from eventsourcing import persistence
from eventsourcing.persistence import (
    ConnectionPoolClosedError,
    ConnectionUnavailableError,
    InterfaceError,
    PersistenceError,
    StoredEvent,
)
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
    SQLiteTransaction,
)

from ledger.errors import Conflict, Tampered
from ledger.store.port import DOCUMENTS, Entry, Seal
from ledger.store.sqlite.formats import APPLICATION_ID, FORMAT, migrate
from ledger.store.sqlite.read_only import FAILED, STILL, is_busy, not_read, uri_of, uri_to_read

TABLE: Final = "records"
COLUMNS: Final = "rowid, originator_id, originator_version, id, topic, state"  # as an entry begins
WAIT_S: Final = 5.0  # for another process that holds the database, as the library waits
STATEMENTS: Final = 128
CACHE_KIB: Final = (
    2 * 1024
)  # each reader of a service has its own, and more makes none of their answers faster
WRITER_CACHE_KIB: Final = 4 * 1024
CHECKPOINT_PAGES: Final = 8000  # merging the write-ahead log less often is a third faster in batches of 1,000

SCHEMA: Final = (
    """CREATE TABLE records (
    rowid INTEGER PRIMARY KEY,
    originator_id INTEGER NOT NULL,
    originator_version INTEGER NOT NULL,
    topic TEXT NOT NULL,
    state BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16)
) STRICT""",
    "CREATE UNIQUE INDEX records_stream ON records (originator_id, originator_version)",
    "CREATE UNIQUE INDEX records_id ON records (id)",
    "CREATE TABLE corrections (target BLOB PRIMARY KEY, record INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    (
        "CREATE TABLE sections (record INTEGER NOT NULL, name TEXT NOT NULL, salt BLOB NOT NULL, data BLOB"
        " NOT NULL, PRIMARY KEY (record, name)) STRICT, WITHOUT ROWID"
    ),
    "CREATE TABLE seals (size INTEGER PRIMARY KEY, note BLOB NOT NULL) STRICT",
    "CREATE TABLE frontiers (stream INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT",
    (
        "CREATE TABLE tiles (level INTEGER NOT NULL, number INTEGER NOT NULL, hashes BLOB NOT NULL, "
        "PRIMARY KEY (level, number)) STRICT"
    ),
    # INSERT OR REPLACE fires no delete trigger, so an insert is looked at too: only the next record, with new
    # names, goes in
    """CREATE TRIGGER records_append BEFORE INSERT ON records
    WHEN NEW.rowid IS NOT (SELECT coalesce(max(rowid) + 1, 0) FROM records)
      OR EXISTS (SELECT 1 FROM records WHERE id = NEW.id)
      OR NEW.originator_version IS NOT (SELECT coalesce(max(originator_version) + 1, 0) FROM records
                                        WHERE originator_id = NEW.originator_id)
    BEGIN SELECT raise(ABORT, 'records are append-only'); END""",
    """CREATE TRIGGER corrections_append BEFORE INSERT ON corrections
    WHEN EXISTS (SELECT 1 FROM corrections WHERE target = NEW.target)
    BEGIN SELECT raise(ABORT, 'corrections are append-only'); END""",
    """CREATE TRIGGER seals_append BEFORE INSERT ON seals
    WHEN NEW.size <= (SELECT coalesce(max(size), -1) FROM seals)
    BEGIN SELECT raise(ABORT, 'seals are append-only'); END""",
    """CREATE TRIGGER tiles_append BEFORE INSERT ON tiles
    WHEN EXISTS (SELECT 1 FROM tiles WHERE level = NEW.level AND number = NEW.number)
    BEGIN SELECT raise(ABORT, 'tiles are append-only'); END""",
    *(
        f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
        f"BEGIN SELECT raise(ABORT, '{table} are append-only'); END"
        for table in ("records", "corrections", "seals", "tiles")
        for verb in ("update", "delete")
    ),
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {FORMAT}",
)


class Pool(SQLiteConnectionPool):
    """The part of a pool that the library asks for, over one connection with the pragmas that durability needs,
    read back.

    Threads take turns with it. The library's own pool counts readers, writers and connections under four locks:
    to take and return its one connection costs more than SQLite needs for an append.
    """

    def __init__(self, *, write: bool, db_name: str) -> None:
        self._write = write
        self._turn = threading.Lock()
        self._connection: SQLiteConnection | None = None
        super().__init__(db_name=db_name, pool_size=1, max_overflow=0)

    def get_connection(
        self, timeout: float | None = None, *, is_writer: bool | None = None
    ) -> SQLiteConnection:
        """The connection, once no other thread has it."""
        if not self._turn.acquire(timeout=self.pool_timeout if timeout is None else timeout):
            raise ConnectionUnavailableError("another thread has the connection")
        try:
            if self._closed:
                raise ConnectionPoolClosedError
            if self._connection is None:
                self._connection = self._create_connection()
        except BaseException:
            self._turn.release()
            raise
        return self._connection

    def put_connection(self, conn: SQLiteConnection) -> None:
        """Let the next thread have it."""
        self._turn.release()

    def close(self) -> None:
        """Close the connection, whoever has it."""
        self._closed = True
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _create_connection(self) -> SQLiteConnection:
        raw = connected(self.db_name)
        raw.execute("PRAGMA synchronous = FULL")
        raw.execute(f"PRAGMA cache_size = -{WRITER_CACHE_KIB if self._write else CACHE_KIB}")
        raw.execute("PRAGMA trusted_schema = OFF")
        if self._write:
            raw.execute("PRAGMA secure_delete = ON")
            raw.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        else:
            raw.execute("PRAGMA query_only = ON")
        wanted = {"synchronous": 2} if STILL in self.db_name else {"journal_mode": "wal", "synchronous": 2}
        for name, value in wanted.items():
            found = raw.execute(f"PRAGMA {name}").fetchone()[0]
            if found != value:
                raise Tampered(
                    f"{self.db_name}: {name} is {found!r} and cannot be made {value!r}; nothing is durable"
                    " here"
                )
        raw.row_factory = sqlite3.Row
        return SQLiteConnection(sqlite_conn=raw, max_age=self.max_age)


def connected(uri: str) -> sqlite3.Connection:
    """A connection with a write-ahead log, as the library makes it, that keeps its statements prepared.

    The library's own keeps one: an append, which alternates between four, would prepare each of them again, and
    with them the triggers.
    """
    try:
        raw = sqlite3.connect(
            uri,
            uri=True,
            timeout=WAIT_S,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=STATEMENTS,
        )
    except sqlite3.Error as why:
        raise InterfaceError(why) from why
    if raw.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        raw.execute("PRAGMA journal_mode = WAL")
    return raw


class Datastore(SQLiteDatastore):
    """One connection for a writer; a reader's database is opened read-only, so that closing it never
    checkpoints the log away.
    """

    def __init__(self, path: str, *, write: bool) -> None:
        uri = uri_of(Path(path), "mode=rw") if write else uri_to_read(Path(path))
        super().__init__(db_name=uri, originator_id_type="text", pool_size=1, max_overflow=0)
        self.pool.close()
        self.pool = Pool(write=write, db_name=uri)

    def transaction(self, *, commit: bool) -> Transaction:  # type: ignore[override]
        """One transaction on the connection, with the library's errors."""
        return Transaction(self.pool, commit)


class Transaction:
    """What the library does for a transaction, in one object: its five nested generators take longer than the
    statements of a single record.
    """

    def __init__(self, pool: SQLiteConnectionPool, commit: bool) -> None:
        self._pool, self._commit = pool, commit

    def __enter__(self) -> SQLiteCursor:
        self._connection = self._pool.get_connection(is_writer=self._commit)
        self._transaction = SQLiteTransaction(self._connection, commit=self._commit)
        try:
            self._cursor = self._transaction.__enter__()
        except BaseException:
            self._pool.put_connection(self._connection)
            raise
        return self._cursor

    def __exit__(
        self, kind: type[BaseException] | None, why: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._cursor.sqlite_cursor.close()
            self._transaction.__exit__(kind, why, trace)
        finally:
            self._pool.put_connection(self._connection)


class Recorder(SQLiteApplicationRecorder):
    """Appends entries as tuples, in one transaction, by one ``executemany``; everything the library reads it
    reads from here too.
    """

    def __init__(self, datastore: Datastore) -> None:
        super().__init__(datastore, events_table_name=TABLE)
        self.insert_events_statement = f"INSERT INTO {TABLE} ({COLUMNS}) VALUES (?,?,?,?,?,?)"

    def construct_create_table_statements(self) -> list[str]:
        """Our schema in place of the library's."""
        return list(SCHEMA)

    def convert_originator_id(self, originator_id: Any) -> str:
        """A stream's number as the library's text id."""
        return str(originator_id)

    def insert_entries(self, entries: Sequence[Entry]) -> None:
        """One transaction, durable when it returns; the library's ``PersistenceError`` family when it does
        not. A statement alone is a transaction to SQLite.
        """
        if len(entries) == 1 and not entries[0].supersedes and not entries[0].sections:
            self._insert_alone(entries[0])
            return
        with self._held(), self.datastore.transaction(commit=True) as cursor:
            self._insert_entries(cursor, entries)

    def _insert_alone(self, entry: Entry) -> None:
        pool = self.datastore.pool
        connection = pool.get_connection(is_writer=True)
        try:
            connection._sqlite_conn.execute(self.insert_events_statement, entry[:6])
        except sqlite3.Error as why:
            if is_busy(why):
                raise self._busy() from why
            raise getattr(persistence, type(why).__name__, PersistenceError)(why) from why
        finally:
            pool.put_connection(connection)

    def _insert_entries(self, cursor: SQLiteCursor, entries: Sequence[Entry]) -> None:
        cursor.executemany(self.insert_events_statement, [e[:6] for e in entries])
        named = [(id_, e.place) for e in entries for id_ in e.supersedes]
        if named:
            cursor.executemany("INSERT INTO corrections VALUES (?,?)", named)
        kept = [(e.place, s.name, s.salt, s.data) for e in entries for s in e.sections]
        if kept:
            cursor.executemany("INSERT INTO sections VALUES (?,?,?,?)", kept)

    def _insert_events(self, c: SQLiteCursor, stored_events: Sequence[StoredEvent], **_: Any) -> None:
        raise NotImplementedError("records are appended as entries, which have an index and an id")

    def rows(self, statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query as plain tuples, as of one moment: a statement alone is a transaction to
        SQLite.
        """
        try:
            connection = self.datastore.pool.get_connection(is_writer=False)
            try:
                plain: sqlite3.Cursor = connection._sqlite_conn.cursor()
                plain.row_factory = None
                found = plain.execute(statement, parameters).fetchall()
                plain.close()
            finally:
                self.datastore.pool.put_connection(connection)
        except (*FAILED, PersistenceError) as why:
            if is_busy(why):
                raise self._busy() from why
            raise not_read(Path(self._path()), f"{self._path()} cannot be read", why) from why
        return found

    def rows_at_once(self, statements: Sequence[str]) -> list[list[tuple[Any, ...]]]:
        """The rows of several queries as of one moment, whatever others write meanwhile."""
        with self._plain() as cursor:
            return [cursor.execute(statement).fetchall() for statement in statements]

    @contextmanager
    def _plain(self) -> Iterator[sqlite3.Cursor]:
        """A cursor inside one read transaction; ``Tampered`` where the database is damaged,
        ``UnknownOutcome`` where it cannot be read now.
        """
        try:
            with self._held(), self.datastore.transaction(commit=False) as cursor:
                plain = cursor.sqlite_cursor
                plain.row_factory = None
                yield plain
        except (*FAILED, PersistenceError) as why:
            raise not_read(Path(self._path()), f"{self._path()} cannot be read", why) from why

    @contextmanager
    def _held(self) -> Iterator[None]:
        """``Conflict`` where another process holds the database longer than SQLite waits: nothing was
        done.
        """
        try:
            yield
        except (sqlite3.Error, PersistenceError) as why:
            if not is_busy(why):
                raise
            raise self._busy() from why

    def _busy(self) -> Conflict:
        return Conflict(f"{self._path()}: held by another process; try again when it is done")

    def _path(self) -> str:
        return unquote(self.datastore.pool.db_name.removeprefix("file:").partition("?")[0])

    def insert_seal(
        self, seal: Seal, tiles: Sequence[tuple[int, int, bytes]], frontiers: dict[int, bytes]
    ) -> None:
        """A seal, full tiles and changed frontiers, in one durable transaction."""
        with self._held(), self.datastore.transaction(commit=True) as cursor:
            cursor.executemany("INSERT INTO tiles VALUES (?,?,?)", tiles)
            cursor.executemany(
                "INSERT INTO frontiers VALUES (?,?) ON CONFLICT DO UPDATE SET data = excluded.data",
                list(frontiers.items()),
            )
            cursor.execute("INSERT INTO seals VALUES (?,?)", seal)

    def list_documents(self, digests: Iterable[str]) -> None:
        """List documents as kept."""
        rows = [(DOCUMENTS, digest, b"", b"") for digest in digests]
        with self._held(), self.datastore.transaction(commit=True) as cursor:
            cursor.executemany("INSERT OR IGNORE INTO sections VALUES (?,?,?,?)", rows)

    def drop_document(self, digest: str) -> None:
        """Remove a document from the list."""
        with self._held(), self.datastore.transaction(commit=True) as cursor:
            cursor.execute("DELETE FROM sections WHERE record = ? AND name = ?", (DOCUMENTS, digest))

    def erase_sections(self, sections: Sequence[tuple[int, str]]) -> None:
        """Delete sections (record, name) and rewrite all others, in one durable transaction.

        ``secure_delete`` overwrites deleted rows and freed pages with zeros; but a page that was once split
        can keep a copy of a row in its unused part, so only a table that is emptied and filled again
        certainly holds nothing of it.
        """
        with self._held(), self.datastore.transaction(commit=True) as cursor:
            cursor.executemany("DELETE FROM sections WHERE record = ? AND name = ?", sections)
            cursor.sqlite_cursor.row_factory = None
            kept = cursor.sqlite_cursor.execute("SELECT * FROM sections").fetchall()
            cursor.execute("DELETE FROM sections")
            cursor.executemany("INSERT INTO sections VALUES (?,?,?,?)", kept)

    def migrate(self, found: int) -> None:
        """Migrate a database of an older format to today's, in one durable transaction."""
        with self.datastore.transaction(commit=True) as cursor:
            migrate(cursor.sqlite_cursor, found)

    def merge_log(self) -> bool:
        """Merge the write-ahead log into the database and empty it; False while a reader needs it (this does
        not wait for the reader).
        """
        with self.datastore.get_connection(commit=True) as connection:
            raw: sqlite3.Connection = connection._sqlite_conn
            (patience,) = raw.execute("PRAGMA busy_timeout").fetchone()
            raw.execute("PRAGMA busy_timeout = 0")
            try:
                found = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                raw.execute(f"PRAGMA busy_timeout = {patience}")
        return int(found[0]) == 0

    def close(self) -> None:
        """Close the database."""
        self.datastore.close()
