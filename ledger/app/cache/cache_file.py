"""The cache of a book, a file of its own: tables that name the log they were made from, and blobs that carry
their SHA-256.

It can be deleted at any time, needs no durability, and is not trusted: what is not of this log or does not
match its hash is not used.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Protocol

from ledger.app.host.files import CACHE, READ_MODEL, create_private
from ledger.store.port import Store
from ledger.store.roots import root_at
from ledger.store.sqlite.read_only import FAILED, SQLITE, is_busy, uri_of

WAIT_S: Final = 2.0
READ_WAIT_S: Final = 0.5
FROM: Final = (
    "CREATE TABLE IF NOT EXISTS cached_from (part TEXT PRIMARY KEY, origin TEXT NOT NULL, size INTEGER NOT"
    " NULL, root BLOB NOT NULL) WITHOUT ROWID"
)
HASH_BYTES: Final = 32


def is_cache(begin: bytes) -> bool:
    """True where a file begins as a cache or a read model does."""
    return begin.startswith(SQLITE)


def read_model_size(directory: Path) -> int | None:
    """Number of records the read models were made from; None before the first rebuild, and where the file
    does not state it.
    """
    uri = uri_of(directory / READ_MODEL, "mode=ro")
    try:
        with closing(sqlite3.connect(uri, uri=True, timeout=READ_WAIT_S)) as database:
            row = database.execute("SELECT size FROM made_from").fetchone()
    except FAILED:
        return None
    return row[0] if row and isinstance(row[0], int) else None


class CachedBook(Protocol):
    """The part of a book that the cache uses."""

    @property
    def directory(self) -> Any:
        """Directory of the cache."""
        ...

    @property
    def store(self) -> Store:
        """The records."""
        ...

    @property
    def config(self) -> Any:
        """Its origin."""
        ...


class CacheFile:
    """One part of the cache; every call does nothing where the file cannot be used."""

    def __init__(self, book: CachedBook, part: str, schema: Sequence[str], path: Path | None = None) -> None:
        self._book, self._part = book, part
        self._tables = [statement.split("EXISTS ")[1].split(" ")[0] for statement in schema]
        self._database: sqlite3.Connection | None = None
        self.size = 0
        try:
            path = path or book.directory / CACHE
            create_private(path)
            database = sqlite3.connect(path, timeout=WAIT_S, isolation_level=None)
            self._database = database
            for statement in ("PRAGMA synchronous = OFF", FROM, *schema):
                database.execute(statement)
            self._check()
        except (*FAILED, OSError):  # among them a folder in which nothing can be written
            self.close()

    @property
    def usable(self) -> bool:
        """True where the file can be written."""
        return self._database is not None

    def close(self) -> None:
        """Close the file."""
        if self._database is not None:
            with suppress(*FAILED):
                self._database.close()
            self._database = None

    def _check(self) -> None:
        """Empty this part where it was made from another log."""
        assert self._database is not None, "called with the file open"
        said = self._database.execute(
            "SELECT origin, size, root FROM cached_from WHERE part = ?", (self._part,)
        ).fetchone()
        if said is None:
            return
        origin, size, root = said
        store = self._book.store
        if (
            size > store.size
        ):  # made by one who saw more, or of a book that was put back: not to be used, not ours to empty
            self.close()
        elif origin == self._book.config.origin and size and root_at(store, size) == root:
            self.size = size
        else:
            self.forget()

    def forget(self) -> None:
        """Empty this part; where even that cannot be done, use the file no more."""
        self.size = 0
        if self._database is None:
            return
        try:
            self._database.execute("BEGIN IMMEDIATE")
            for table in self._tables:
                self._database.execute(f"DELETE FROM {table}")
            self._database.execute("DELETE FROM cached_from WHERE part = ?", (self._part,))
            self._database.execute("COMMIT")
        except FAILED:
            self.close()

    def adopt(self, path: Path) -> None:
        """Copy this part of another cache of the same log; nothing where that cannot be done."""
        if self._database is None:
            return
        with suppress(*FAILED):
            self._database.execute("ATTACH DATABASE ? AS other", (str(path),))
            self._database.execute("BEGIN IMMEDIATE")
            for table in self._tables:
                self._database.execute(f"INSERT OR REPLACE INTO main.{table} SELECT * FROM other.{table}")
            self._database.execute(
                "INSERT OR REPLACE INTO main.cached_from SELECT * FROM other.cached_from WHERE part = ?",
                (self._part,),
            )
            self._database.execute("COMMIT")
            self._database.execute("DETACH DATABASE other")
            self._check()

    def distrust(self, why: Exception) -> None:
        """Empty this part, which is not as it was kept; where the file is only busy, leave it out."""
        if is_busy(why):
            self.size = 0
            self.close()
        else:
            self.forget()

    def rows(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return [] if self._database is None else self._database.execute(statement, parameters).fetchall()

    def name(self, column: str, of: tuple[Any, ...], *piece: int) -> bytes:
        """Name of a blob for its digest, so that a blob in another's place is not accepted."""
        return "/".join(map(str, (self._part, column, *of, *piece))).encode()

    def keep(self, statements: Iterable[tuple[str, Sequence[Sequence[Any]]]]) -> bool:
        """Write in one transaction, with the log it is from; False where that cannot be done now."""
        if self._database is None:
            return False
        store = self._book.store
        try:
            self._database.execute("BEGIN IMMEDIATE")
            for statement, parameters in statements:
                self._database.executemany(statement, parameters)
            self._database.execute(
                "INSERT OR REPLACE INTO cached_from VALUES (?,?,?,?)",
                (self._part, self._book.config.origin, store.size, store.forest.root()),
            )
            self._database.execute("COMMIT")
        except FAILED:
            with suppress(*FAILED):
                self._database.execute("ROLLBACK")
            return False
        self.size = store.size
        return True


def sealed(name: bytes, data: bytes) -> bytes:
    """The data after the SHA-256 of its name and itself."""
    return _seal(name, data) + data


def unsealed(name: bytes, blob: bytes) -> memoryview:
    """The data of a sealed blob; ``ValueError`` if it is not what was sealed under that name."""
    data = memoryview(blob)[HASH_BYTES:]
    if _seal(name, data) != blob[:HASH_BYTES]:
        raise ValueError("a piece of the cache is not what was kept")
    return data


def _seal(name: bytes, data: bytes | memoryview) -> bytes:
    found = sha256(name + b"\n")
    found.update(data)
    return found.digest()
