"""The PostgreSQL store: records, trees, seals and sections in a schema, the head file in the book's folder.

Many writers, on many machines; one at a time holds the schema's advisory lock, which the server lets go of when
its session ends. The head stays outside the database because it is what tells a database that lost its tail, such
as a standby that was promoted without its last records: every folder keeps what it acknowledged. So a head may be
behind a seal that another folder's writer made, and is compared by the tiles then; a head that is ahead of a
standby is only ahead.

What a crash, a cancelled wait or a lost connection left committed and not acknowledged is adopted by the next
writer, once a synchronous standby has it too.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from eventsourcing.persistence import PersistenceError

from ledger.errors import Conflict, Malformed, WattledgerError
from ledger.log.forest import Forest
from ledger.store.database_store import DatabaseStore
from ledger.store.port import Head
from ledger.store.postgres.address import Address
from ledger.store.postgres.connection import no_schema, not_read, not_written, sqlstate
from ledger.store.postgres.recorder import SchemaRecorder
from ledger.store.postgres.schema import FORMAT
from ledger.store.roots import CheckedTiles

LOCK_WAIT_S: Final = 5.0
HOLDERS: Final = """SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND (classid::bigint << 32 | objid::bigint) = %s"""


class _SealedTrees(NamedTuple):
    """A forest and where its tiles are: as much of a store as ``CheckedTiles`` asks for."""

    forest: Forest
    store: DatabaseStore

    def tile(self, level: int, number: int) -> bytes | None:
        """A full tile of the main log."""
        return self.store.tile(level, number)


class PostgresStore(DatabaseStore):
    """The port over PostgreSQL; make one with ``create`` or ``open``."""

    _recorder: SchemaRecorder

    def __init__(self, directory: Path, address: Address, *, write: bool, trusts_head: bool = True) -> None:
        super().__init__(directory, SchemaRecorder(address), write=write, trusts_head=trusts_head)
        self.address = address
        self._standby: bool | None = None

    @classmethod
    def create(cls, directory: Path, address: Address) -> PostgresStore:
        """A new empty store in a schema that an administrator made, open to write."""
        store = cls(directory, address, write=True)
        try:
            store._check_format()
            if store._stored_size():
                raise Malformed(f"{address.url} holds records already: each book needs a schema of its own")
            store._begin()
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def open(
        cls, directory: Path, address: Address, *, write: bool, trusts_head: bool = True
    ) -> PostgresStore:
        """The store of a schema; ``Tampered`` when it is opened to write and its history is not what was
        acknowledged in this folder.
        """
        store = cls(directory, address, write=write, trusts_head=trusts_head)
        try:
            store._check_format()
        except BaseException:
            store.close()
            raise
        store._look()
        return store

    def _check_format(self) -> None:
        ((schema, table),) = self._recorder.rows(
            "SELECT to_regnamespace(?) IS NULL, to_regclass('format') IS NULL", (self.address.schema,)
        )
        if schema:
            raise Malformed(f"{self.address.url}: {no_schema(self.address)}")
        if table:
            raise Malformed(
                f"{self.address.url}: the role {self.address.role} may not use the schema, or it holds no book:"
                " check the role and its rights"
            )
        ((number,),) = self._recorder.rows("SELECT number FROM format")
        if number > FORMAT:
            raise Malformed(
                f"this book has format {number}, and this program reads formats up to {FORMAT}: install a"
                " newer wattledger"
            )
        if self._write and self.is_standby():
            raise Malformed(
                f"{self.address.url} is a standby, which can only be read: write to the primary, such as with"
                " target_session_attrs=read-write in the address"
            )

    def is_standby(self) -> bool:
        """True where the server follows another, whose records arrive a little later here."""
        ((standby,),) = self._recorder.rows("SELECT pg_is_in_recovery()")
        return bool(standby)

    @contextmanager
    def filling(self) -> Iterator[None]:
        """Make everything that is appended in the block durable at its end, or nothing."""
        try:
            with self._recorder.datastore.durable():
                yield
        except PersistenceError as why:
            raise self._not_written("the records were copied", why, "run it again") from why

    # --- the writer's lock ----------------------------------------------------------------------------------

    def name_holder(self, words: str) -> None:
        """Write who holds the writer's lock, for the messages of others."""
        assert self._locked, "only inside writing()"
        self._call_session(f"{words} (process {os.getpid()} on {socket.gethostname()})")

    def _call_session(self, words: str) -> None:
        self._recorder.rows("SELECT set_config('application_name', ?, false)", (words,))

    def _lock(self) -> None:
        try:
            with self._recorder.datastore.get_connection() as connection:
                connection.execute(f"SET lock_timeout = '{int(LOCK_WAIT_S * 1000)}ms'")
                connection.execute("SELECT pg_advisory_lock(%s)", (self._lock_key(),))
        except PersistenceError as why:
            if sqlstate(why) == "55P03":
                raise Conflict(
                    f"{self.address.url}: held by {self._holder()}; try again when it is done"
                ) from None
            raise not_read(self.address, why) from why
        self._recorder.pool.held = True
        self._call_session(f"process {os.getpid()} on {socket.gethostname()}")

    def _unlock(self) -> None:
        self._recorder.pool.held = False
        if not self._recorder.pool.is_open():
            return  # the server let go of the lock with the session
        with suppress(PersistenceError), self._recorder.datastore.get_connection() as connection:
            connection.execute("SELECT pg_advisory_unlock(%s)", (self._lock_key(),))

    def _lock_key(self) -> int:
        digest = sha256(b"wattledger writer\n" + self.address.schema.encode()).digest()
        return int.from_bytes(digest[:8], "big", signed=True)

    def _holder(self) -> str:
        found = self._recorder.rows(HOLDERS.replace("%s", "?"), (self._lock_key(),))
        return next((name for (name,) in found if name), "another process")

    # --- heads ----------------------------------------------------------------------------------------------

    def _catch_up(self) -> None:
        """Adopt what is behind the head only once a synchronous standby has it."""
        head = self._read_head()
        if head is not None and head.size < self._stored_size():
            try:
                self._recorder.confirm()
            except PersistenceError as why:
                raise self._not_written("earlier records were confirmed", why, "try again") from why
        super()._catch_up()

    def _check_tail(self, head: Head, size: int) -> None:
        """A standby may not have yet what was acknowledged."""
        if head.size > size and not self.is_standby():
            super()._check_tail(head, size)

    def _check_below_seal(self, head: Head, forest: Forest) -> None:
        """Compare a head that is behind the seal with the tiles: another folder's writer sealed."""
        sealed = _SealedTrees(forest, self)
        if head.size and CheckedTiles(sealed).root_at(head.size) != head.root:  # type: ignore[arg-type]
            super()._check_below_seal(head, forest)

    # --- erasing --------------------------------------------------------------------------------------------

    def erase_all(self, sections: Sequence[tuple[int, str]], *, wait: bool = True) -> None:
        """Delete sections; the others go into a new file of the table, so that no page of it keeps their
        bytes.
        """
        assert self._locked, "erase only inside writing()"
        if not sections:
            return
        try:
            self._recorder.erase_sections(sections, int(LOCK_WAIT_S * 1000) if wait else 1)
        except PersistenceError as why:
            if sqlstate(why) == "55P03":
                raise Conflict(
                    "nothing was erased, because a reader holds the table of sections; ask again when it is"
                    " done"
                ) from why
            raise self._not_written("erasing", why, "ask again") from why

    def _not_written(self, doing: str, why: Exception, then: str) -> WattledgerError:
        return not_written(doing, why, then)
