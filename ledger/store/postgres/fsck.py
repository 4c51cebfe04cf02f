"""The full check of a PostgreSQL store: every record, tree, seal and section is read again and hashed, in one
transaction that sees one moment.

The trees see changed records; tables, triggers, functions and rights are compared with those that
``schema.script`` makes; the head sees a missing tail. The server's own pages and indexes are left to its tools
(``pg_amcheck``, data checksums). On a standby the head is not compared, as
what it acknowledged may still be on its way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
from eventsourcing.persistence import PersistenceError
from psycopg.rows import tuple_row

from ledger.store.audit import Finding, Reader
from ledger.store.database_check import DatabaseCheck, read_checked_head
from ledger.store.database_contents import DatabaseContents, Progress
from ledger.store.database_store import HEAD
from ledger.store.postgres.address import Address
from ledger.store.postgres.connection import DAMAGED, not_read, sqlstate
from ledger.store.postgres.recorder import SchemaRecorder, spoken
from ledger.store.postgres.schema import APPENDED, FUNCTIONS, TABLES, TRIGGERS, body_of

SAFE: Final = {"fsync": "on", "full_page_writes": "on"}
"""Settings of the server without which a power loss takes records."""


class Session:
    """A connection that answers the statements both databases speak."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def execute(self, statement: str, parameters: Sequence[Any] = (), /) -> psycopg.Cursor[Any]:
        """A cursor over the rows of a query."""
        cursor = self._connection.cursor(row_factory=tuple_row, binary=True)
        return cursor.execute(spoken(statement), parameters)


class SchemaCheck(DatabaseCheck):
    """The check of a store in a schema."""

    connection: Session

    def __init__(
        self,
        directory: Path,
        address: Address,
        session: Session,
        contents: DatabaseContents,
        *,
        standby: bool,
    ) -> None:
        super().__init__(session, lambda: _session(address))
        self.directory, self.address, self.standby = directory, address, standby
        self._contents = contents
        self._before = None if standby else read_checked_head(directory / HEAD)

    def findings(self) -> Iterator[Finding]:
        """Every finding; the check does not stop at the first."""
        assert self._contents is not None, "given when it was made"
        try:
            yield from self._schema()
            self._note_rights()
            after = read_checked_head(self.directory / HEAD)
            yield from self._contents.check(self._before, after, may_lag=True)
        except psycopg.Error as why:
            if sqlstate(why) not in DAMAGED:
                raise not_read(self.address, why) from why
            yield Finding(None, f"the database cannot be read any further: {why}")

    def _schema(self) -> Iterator[Finding]:
        tables = self._names("SELECT tablename, '' FROM pg_tables WHERE schemaname = ?")
        yield from (Finding(None, f"the schema lacks table {name}") for name in TABLES if name not in tables)
        bodies = self._names(
            "SELECT proname, prosrc FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = ?"
        )
        for declared, body in FUNCTIONS.items():
            name = declared.partition("(")[0]
            if name not in bodies:
                yield Finding(None, f"the schema lacks function {name}")
            elif bodies[name] != body_of(body):
                yield Finding(None, f"the schema has function {name} as {bodies[name]!r}")
        enabled = self._names(
            "SELECT tgname, tgenabled::text FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid"
            " JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = ?"
        )
        for name in TRIGGERS:
            if enabled.get(name) != "O":
                yield Finding(None, f"the schema {'has switched off' if name in enabled else 'lacks'} {name}")

    def _names(self, query: str) -> dict[Any, Any]:
        return dict(self.connection.execute(query, (self.address.schema,)).fetchall())

    def _note_rights(self) -> None:
        """Notices where the role could change history, or the server could lose it."""
        may = [
            table
            for table in APPENDED
            if (True,)
            in self.connection.execute(
                "SELECT has_table_privilege(?, 'UPDATE') OR has_table_privilege(?, 'DELETE') OR"
                " has_table_privilege(?, 'TRUNCATE')",
                (table,) * 3,
            )
        ]
        if may:
            self.notices.append(
                Finding(
                    None,
                    f"the role that logs in may change {', '.join(may)}: log in as one that may only insert"
                    " and select (wattledger init --sql)",
                )
            )
        for name, due in SAFE.items():
            ((found,),) = self.connection.execute("SELECT current_setting(?)", (name,)).fetchall()
            if found != due:
                self.notices.append(Finding(None, f"the server runs with {name} = {found}, not {due}"))
        if self.standby:
            self.notices.append(
                Finding(None, "this server is a standby: what the head acknowledged was not looked for")
            )


@contextmanager
def checking(
    directory: Path,
    address: Address,
    reader: Reader,
    progress: Progress | None = None,
    sizes: Collection[int] = (),
) -> Iterator[SchemaCheck]:
    """A check of the store in a schema, as of one moment."""
    head_first = read_checked_head(directory / HEAD)  # before the moment, so that it is never newer
    with _session(address, at_once=True) as session:
        ((standby,),) = session.execute("SELECT pg_is_in_recovery()").fetchall()
        contents = DatabaseContents(session, reader, progress, sizes)
        check = SchemaCheck(directory, address, session, contents, standby=standby)
        check._before = None if standby else head_first
        yield check


@contextmanager
def _session(address: Address, *, at_once: bool = False) -> Iterator[Session]:
    recorder = SchemaRecorder(address)
    try:
        with recorder.datastore.get_connection() as connection:
            if not at_once:
                yield Session(connection)
                return
            with connection.transaction():
                connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                # an erasure empties the table for an instant: it waits until the check is done
                connection.execute("LOCK TABLE sections IN ACCESS SHARE MODE")
                yield Session(connection)
    except PersistenceError as why:
        raise not_read(address, why) from why
    finally:
        recorder.close()
