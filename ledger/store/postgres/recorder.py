"""eventsourcing's PostgreSQL recorder on our own tables: the library's datastore, transactions and select paths,
our rows.

Subclassed through the library's extension points (9.5), as the SQLite recorder is: originator = stream number,
version = position in the stream, state = the leaf bytes, topic = the kind's tag, never resolved. The
notification id is the log's index, given and not drawn from a sequence, which a rolled back transaction would
leave a gap in. The library's insert is not used: it retries a lost connection by itself, and answers a commit
that was taken back from the standby as done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, Final, TypeVar

import psycopg
from eventsourcing.persistence import PersistenceError, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder
from psycopg.rows import tuple_row

from ledger.store.port import DOCUMENTS, Entry, Seal
from ledger.store.postgres.address import Address
from ledger.store.postgres.connection import SchemaDatastore, not_read

Answer = TypeVar("Answer")
TABLE: Final = "records"
_INSERT: Final = "INSERT INTO records SELECT * FROM unnest({})".format(
    ", ".join(f"%s::{kind}[]" for kind in ("bigint", "int", "bigint", "text", "bytea", "bytea"))
)


@cache
def spoken(statement: str) -> bytes:
    """A statement that both databases speak, as psycopg takes it."""
    return statement.replace("?", "%s").replace("rowid", "notification_id").encode()


class SchemaRecorder(PostgresApplicationRecorder):
    """Appends entries as columns, in one statement of one transaction; everything the library reads it reads
    from here too.
    """

    datastore: SchemaDatastore

    def __init__(self, address: Address) -> None:
        self.address = address
        super().__init__(SchemaDatastore(address), events_table_name=TABLE)

    @property
    def pool(self) -> Any:
        """The one connection."""
        return self.datastore.pool

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:
        """Refuse: records are appended as entries."""
        raise NotImplementedError("records are appended as entries, which have an index and an id")

    def close(self) -> None:
        """Close the connection."""
        self.datastore.close()

    # --- writing --------------------------------------------------------------------------------------------

    def insert_entries(self, entries: Sequence[Entry]) -> None:
        """One transaction, durable when it returns; the library's ``PersistenceError`` family when it does
        not.
        """
        columns = tuple([*column] for column in zip(*[e[:6] for e in entries], strict=True)) or ([],) * 6
        places, streams, positions, ids, kinds, leaves = columns
        named = [(id_, e.place) for e in entries for id_ in e.supersedes]
        kept = [(e.place, s.name, s.salt, s.data) for e in entries for s in e.sections]
        with self.datastore.durable() as cursor:
            cursor.execute(_INSERT, (places, streams, positions, kinds, leaves, ids))
            if named:
                cursor.executemany("INSERT INTO corrections VALUES (%s,%s)", named)
            if kept:
                cursor.executemany("INSERT INTO sections VALUES (%s,%s,%s,%s)", kept)

    def insert_seal(
        self, seal: Seal, tiles: Sequence[tuple[int, int, bytes]], frontiers: dict[int, bytes]
    ) -> None:
        """A seal, full tiles and changed frontiers, in one durable transaction."""
        with self.datastore.durable() as cursor:
            if tiles:
                cursor.executemany("INSERT INTO tiles VALUES (%s,%s,%s)", tiles)
            cursor.execute(
                "SELECT keep_frontiers(%s::int[], %s::bytea[])", ([*frontiers], [*frontiers.values()])
            )
            cursor.execute("INSERT INTO seals VALUES (%s,%s)", seal)

    def list_documents(self, digests: Iterable[str]) -> None:
        """List documents as kept."""
        rows = [(DOCUMENTS, digest, b"", b"") for digest in digests]
        with self.datastore.durable() as cursor:
            cursor.executemany("INSERT INTO sections VALUES (%s,%s,%s,%s) ON CONFLICT DO NOTHING", rows)

    def drop_document(self, digest: str) -> None:
        """Remove a document from the list."""
        with self.datastore.durable() as cursor:
            cursor.execute("SELECT drop_document(%s)", (digest,))

    def erase_sections(self, sections: Sequence[tuple[int, str]], wait_ms: int) -> None:
        """Delete sections (record, name) and write all others into a new file, in one durable transaction;
        the library's ``OperationalError`` where a reader keeps the table in use for longer than the wait.
        """
        with self.datastore.durable() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", (f"{wait_ms}ms",))
            cursor.execute(
                "SELECT erase_sections(%s::bigint[], %s::text[])",
                ([place for place, _ in sections], [name for _, name in sections]),
            )

    def begin_again(self) -> None:
        """Empty a log of at most three records that was never sealed."""
        with self.datastore.durable() as cursor:
            cursor.execute("SELECT begin_again()")

    def confirm(self) -> None:
        """Wait until a synchronous standby has everything that is committed: commits reach it in order, so one
        that it has answers for those before. A transaction that writes nothing would not wait.
        """
        with self.datastore.durable() as cursor:
            cursor.execute("SELECT pg_logical_emit_message(true, 'wattledger', '')")

    # --- reading --------------------------------------------------------------------------------------------

    def rows(self, statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query as plain tuples."""
        return self._asked(lambda cursor: _all(cursor, statement, parameters))

    def rows_at_once(self, statements: Sequence[str]) -> list[list[tuple[Any, ...]]]:
        """The rows of several queries as of one moment, whatever others write meanwhile."""

        def asked(cursor: psycopg.Cursor[Any]) -> list[list[tuple[Any, ...]]]:
            with self.moment(cursor.connection):
                return [_all(cursor, statement, ()) for statement in statements]

        return self._asked(asked)

    @contextmanager
    def moment(self, connection: psycopg.Connection[Any]) -> Iterator[None]:
        """A transaction that reads one moment; inside a transaction that writes, that one."""
        if connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
            yield
            return
        with connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield

    def _asked(self, ask: Callable[[psycopg.Cursor[Any]], Answer]) -> Answer:
        """The answer to a question that may be asked again where the connection broke or a standby needed to
        go on.
        """
        try:
            try:
                return self._answer(ask)
            except (PersistenceError, psycopg.Error):
                if self.pool.held or self.pool.in_transaction():
                    raise
                return self._answer(ask)
        except (PersistenceError, psycopg.Error) as why:
            raise not_read(self.address, why) from why

    def _answer(self, ask: Callable[[psycopg.Cursor[Any]], Answer]) -> Answer:
        with (
            self.datastore.get_connection() as connection,
            connection.cursor(row_factory=tuple_row, binary=True) as cursor,
        ):
            return ask(cursor)


def _all(cursor: psycopg.Cursor[Any], statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    return cursor.execute(spoken(statement), parameters).fetchall()
