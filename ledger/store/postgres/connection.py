"""One connection to PostgreSQL in the place of the library's pool, and what its errors mean.

One, because the writer's advisory lock belongs to a session: a pool that puts a new connection in the place of a
broken one would append without the lock. While the connection is ``held`` it is never replaced; a reader's is.

A commit that waits for a synchronous standby is bounded here: ``statement_timeout`` does not bound it
(PostgreSQL 15). A wait that is cancelled commits locally and only warns, so any warning while a transaction
commits means that it is not acknowledged.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import psycopg
from eventsourcing.persistence import OperationalError
from eventsourcing.postgres import PostgresDatastore
from psycopg import Connection, errors, pq, sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow, dict_row

from ledger.errors import Conflict, Malformed, Tampered, UnknownOutcome, WattledgerError
from ledger.store.postgres.address import Address

COMMIT_WAIT_S: Final = 30.0
"""Seconds that a commit may take: then the wait for a standby is cancelled."""
CANCEL_WAIT_S: Final = 5.0
DEFAULTS: Final = {
    "connect_timeout": "10",
    "client_encoding": "utf8",
    "tcp_user_timeout": "30000",
    "keepalives_idle": "30",  # a host that is gone is found in a minute; the system's two hours hold a lock
    "keepalives_interval": "10",
    "keepalives_count": "3",
}
OPEN: Final = (pq.TransactionStatus.INTRANS, pq.TransactionStatus.INERROR)


class Unconfirmed(OperationalError):
    """The transaction is committed here, and whether the standby has it is not known."""


class OneConnection:
    """The part of a connection pool that the library asks for, over one connection."""

    def __init__(self, address: Address) -> None:
        self.held = False
        self.warnings: list[str] = []
        self._address = address
        self._connection: Connection[DictRow] | None = None
        self._guard = threading.RLock()

    def open(self, wait: bool = False, timeout: float = 0) -> None:
        """Do nothing: the connection is made when it is first needed."""

    @contextmanager
    def connection(self) -> Iterator[Connection[DictRow]]:
        """The connection, made anew where it broke and nothing is held by it."""
        with self._guard:
            yield self._alive()

    def close(self) -> None:
        """Close the connection; the server lets go of its locks."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error):
                connection.close()

    def _alive(self) -> Connection[DictRow]:
        if self._connection is not None and self._connection.closed:
            if self.held:
                raise psycopg.OperationalError("the connection that held the writer's lock was lost")
            self._connection = None
        if self._connection is None:
            self._connection = self._connected()
        return self._connection

    def _connected(self) -> Connection[DictRow]:
        given = conninfo_to_dict(self._address.conninfo)
        more: dict[str, Any] = {name: value for name, value in DEFAULTS.items() if name not in given}
        more.setdefault("application_name", given.get("application_name") or f"process {os.getpid()}")
        connection = psycopg.connect(self._address.conninfo, autocommit=True, row_factory=dict_row, **more)
        connection.add_notice_handler(self._noticed)
        set_up(connection, self._address)
        return connection

    def is_open(self) -> bool:
        """True where the connection is there, as far as is known."""
        return self._connection is not None and not self._connection.closed

    def in_transaction(self) -> bool:
        """True inside a transaction, whose questions cannot be asked again."""
        connection = self._connection
        return connection is not None and connection.info.transaction_status in OPEN

    def _noticed(self, told: errors.Diagnostic) -> None:
        if told.severity_nonlocalized == "WARNING":
            self.warnings.append(told.message_primary or "a warning without words")


class SchemaDatastore(PostgresDatastore):
    """The library's datastore over one connection, in the ledger's schema."""

    pool: Any

    def __init__(self, address: Address) -> None:
        super().__init__("", "", "", "", "", schema=address.schema, originator_id_type="text")
        self.pool.close()
        self.pool = OneConnection(address)

    def register_type_adapters(self) -> None:
        """Do nothing: entries are inserted as columns, not as the library's composite type."""

    @contextmanager
    def durable(self) -> Iterator[psycopg.Cursor[DictRow]]:
        """A transaction that is durable when the block ends, here and on a synchronous standby;
        ``Unconfirmed`` where it is committed and the standby has not answered in time.
        """
        pool: OneConnection = self.pool
        with self.get_connection() as connection:
            bound = threading.Timer(COMMIT_WAIT_S, _end_wait, (connection,))
            bound.daemon = True
            try:
                with connection.transaction(), connection.cursor() as cursor:
                    yield cursor
                    pool.warnings.clear()
                    bound.start()  # what is left is the commit
            finally:
                bound.cancel()
                if bound.ident is not None:
                    bound.join()  # a cancel under way would hit the next statement
            if pool.warnings:
                raise Unconfirmed("; ".join(pool.warnings))


def _end_wait(connection: Connection[Any]) -> None:
    """Cancel the wait of a commit; where even that is not answered, end the connection."""
    try:
        connection.cancel_safe(timeout=CANCEL_WAIT_S)
    except psycopg.Error:
        with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(connection.fileno())) as wire:
            wire.shutdown(socket.SHUT_RDWR)


def set_up(connection: Connection[Any], address: Address) -> None:
    """Set what our statements and durability need for a session: whether commits wait for a standby is the
    server's or the role's to say, but a commit that is not on the server's own disk is none.
    """
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SET search_path = {}, pg_temp").format(sql.Identifier(address.schema)))
        cursor.execute(
            "SELECT set_config('synchronous_commit', 'on', false)"
            " WHERE current_setting('synchronous_commit') = 'off'"
        )


NOT_REACHED: Final = ("08", "53", "57", "58")
DAMAGED: Final = ("XX001", "XX002")


def sqlstate(why: BaseException | None) -> str:
    """The SQLSTATE of an error, or of the error that caused it; empty where the server gave none."""
    while why is not None:
        code = getattr(why, "sqlstate", None)
        if code:
            return str(code)
        why = why.__cause__
    return ""


def told(why: BaseException) -> str:
    """An error's message on one line."""
    return "; ".join(line.strip() for line in str(why).splitlines() if line.strip())


def not_read(address: Address, why: Exception) -> WattledgerError:
    """The error for a database that cannot be read: not reachable, closed to this role, or damaged."""
    state, what = sqlstate(why), f"{address.url} cannot be read ({told(why)})"
    if state in DAMAGED:
        return Tampered(f"{what}; run fsck")
    if state in ("42P01", "3F000"):
        return Malformed(f"{what}: {no_schema(address)}")
    if state == "55P03":
        return Conflict(f"{what}: held by another process; try again when it is done")
    if state[:2] in ("28", "3D", "42"):
        return Malformed(f"{what}: check the role, its password and its rights")
    return UnknownOutcome(f"{what}: check that the server runs and can be reached, then try again")


def not_written(doing: str, why: Exception, then: str) -> WattledgerError:
    """The error for what could not be written while ``doing`` something; ``then`` states what to do next."""
    if sqlstate(why) in DAMAGED:
        return Tampered(f"the database is damaged: nothing could be written while {doing} ({told(why)})")
    if isinstance(why, Unconfirmed):
        return UnknownOutcome(
            f"the server has committed and does not know whether its standby has ({told(why)}) while {doing}:"
            f" nothing is acknowledged; {then}"
        )
    return UnknownOutcome(f"the database failed while {doing} ({told(why)}): {then}")


def no_schema(address: Address) -> str:
    """How an administrator makes the schema that is not there."""
    return (
        f"schema {address.schema} has to be made first, by whoever may create one: wattledger init --store"
        f" {address.url!r} --sql | psql -d DATABASE"
    )
