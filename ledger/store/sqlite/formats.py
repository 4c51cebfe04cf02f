"""The format of a book's database: the programs that can read it, and migration to today's format.

``PRAGMA application_id`` marks a database as wattledger's and ``PRAGMA user_version`` gives its format. Every
command refuses a newer format before anything is read, because its meaning is unknown here. An older format
is read as it is, and migrated step by step, in one transaction, when a writer first holds the lock.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from ledger.errors import Malformed, Tampered
from ledger.store.sqlite.read_only import FAILED, not_read, uri_to_read

APPLICATION_ID: Final = 1464615985  # 'WLd1'
FORMAT: Final = 1
OURS: Final = "records"  # the table that every format has

Rows = Callable[[str], list[tuple[Any, ...]]]
Step = Callable[[sqlite3.Cursor], None]


def _number(_: sqlite3.Cursor) -> None:
    """Do nothing more: format 0 is format 1 without its number, which ``migrate`` writes."""


STEPS: Final[tuple[Step, ...]] = (_number,)
"""``STEPS[n]`` migrates format n to format n + 1."""


def checked_format(rows: Rows) -> int:
    """The format of a database that this program can read.

    ``Malformed`` where it is newer or another program's, which is not damage; ``Tampered`` where its header
    is damaged.
    """
    ((application,),), ((found,),) = rows("PRAGMA application_id"), rows("PRAGMA user_version")
    if application != APPLICATION_ID:
        raise _foreign(application, {row[0] for row in rows("SELECT name FROM sqlite_schema")})
    if found > FORMAT:
        raise Malformed(
            f"this book has format {found}, and this program reads formats up to {FORMAT}: install a newer"
            " wattledger"
        )
    if found < 0:
        raise Tampered(
            f"the database says that it has format {found}, which no program writes: its header is damaged;"
            " run fsck"
        )
    return int(found)


def format_of(path: Path) -> int:
    """The format of a database file, read before any query or change; ``Tampered`` where it cannot be
    read.
    """
    try:
        with closing(sqlite3.connect(uri_to_read(path), uri=True)) as connection:
            return checked_format(lambda query: connection.execute(query).fetchall())
    except FAILED as why:
        raise not_read(path, f"{path} cannot be read", why) from why


def _foreign(application: int, names: set[str]) -> Malformed | Tampered:
    said = f"the database has application id {application} where wattledger writes {APPLICATION_ID}"
    if OURS in names:
        return Tampered(f"{said}: its header is damaged; run fsck")
    if not names:
        return Tampered("the database is empty: what it held is gone; restore it from a backup or an export")
    return Malformed(f"{said}: this is no wattledger database")


def migrate(cursor: sqlite3.Cursor, found: int) -> None:
    """Migrate a database of an older format to today's, in the transaction of the cursor."""
    for step in STEPS[found:]:
        step(cursor)
    cursor.execute(f"PRAGMA user_version = {FORMAT}")
