"""A copy of a SQLite store as of one moment, while others go on writing: the ledger's own tables, in a new
database.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from ledger.log.checkpoint import parse_checkpoint
from ledger.store.database_store import HEAD
from ledger.store.head import HeadFile, read_head
from ledger.store.port import Head
from ledger.store.sqlite.read_only import FAILED, not_read, uri_of, uri_to_read
from ledger.store.sqlite.recorder import SCHEMA
from ledger.store.sqlite.store import DATABASE, create_empty
from ledger.verifier.faults import ProofError

TABLES: Final = {statement.split()[2] for statement in SCHEMA if statement.startswith("CREATE TABLE")}


def copy_store(directory: Path, copy: Path) -> None:
    """Copy all used pages of the ledger's tables, and the head as it was before; no lock is held against the
    writer.

    A writer may append and seal between the two: the head of the copy is then that of its newest seal, which
    was acknowledged before the seal was kept. A head that is behind by itself stays so.
    """
    head = read_head(directory / HEAD)
    create_empty(copy / DATABASE)
    try:
        with closing(sqlite3.connect(uri_to_read(directory / DATABASE), uri=True)) as connection:
            connection.execute("VACUUM INTO ?", (uri_of(copy / DATABASE, "mode=rwc"),))
        with closing(sqlite3.connect(copy / DATABASE, isolation_level=None)) as copied:
            _drop_foreign(copied)
            head = _not_behind(head, _sealed(copied), read_head(directory / HEAD))
    except FAILED as why:
        raise not_read(directory / DATABASE, f"{directory / DATABASE} cannot be copied", why) from why
    with closing(HeadFile(copy / HEAD, create=True)) as file:
        if head is not None:
            file.write(head)


def _sealed(copied: sqlite3.Connection) -> Head | None:
    """Size and root of the newest seal; None where there is none, or it is no checkpoint."""
    for (note,) in copied.execute("SELECT note FROM seals ORDER BY size DESC LIMIT 1"):
        with suppress(ProofError):
            signed = parse_checkpoint(note if isinstance(note, bytes) else b"")
            return Head(signed.size, signed.root)
    return None


def _not_behind(before: Head | None, sealed: Head | None, after: Head | None) -> Head | None:
    """The head of a copy, of the heads that were read before and after it."""
    if before is None or sealed is None or after is None:
        return before
    return sealed if before.size < sealed.size <= after.size else before


def _drop_foreign(copied: sqlite3.Connection) -> None:
    """Drop from a copy what another program keeps in the database, such as a replication tool's
    bookkeeping.
    """
    names = copied.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    foreign = [name for (name,) in names if name not in TABLES and name != "sqlite_sequence"]
    for name in foreign:
        quoted = name.replace('"', '""')
        copied.execute(f'DROP TABLE "{quoted}"')
    if foreign:
        copied.execute("VACUUM")
