"""Opening a database to read, also where nothing can be written (a book on a read-only medium or in another
user's folder), and the errors on the way.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Final
from urllib.parse import quote

from ledger.errors import Conflict, Malformed, Tampered, UnknownOutcome, WattledgerError

SQLITE: Final = b"SQLite format 3\0"  # how every database begins
STILL: Final = "&immutable=1"
FAILED: Final = (sqlite3.Error, UnicodeDecodeError)
"""Exceptions that SQLite raises. For a damaged file SQLite may cite bytes that are not text, and Python then
raises an error about these in place of SQLite's.
"""


def uri_of(path: Path, options: str) -> str:
    """The URI of a database; a ?, # or % in its path would otherwise begin options or stand for another
    character.
    """
    return f"file:{quote(str(path), errors='surrogateescape')}?{options}"


HINDRANCES: Final = frozenset(
    [
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
    ]
)
"""Error codes that keep an undamaged database from being read or written: a full or failing disk, missing
rights, another process, no memory.
"""
BUSY: Final = frozenset([sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED])
DAMAGE: Final = frozenset([sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB])


def _code(why: BaseException | None) -> int | None:
    """SQLite's primary code of an error, or of the error that caused it."""
    while why is not None:
        code = getattr(why, "sqlite_errorcode", None)
        if code is not None:
            return int(code) & 0xFF
        why = why.__cause__
    return None


def is_busy(why: BaseException) -> bool:
    """True where SQLite, directly or through a library, reports that another process holds the database:
    nothing was done, and nothing is damaged.
    """
    return _code(why) in BUSY


def is_hindered(why: BaseException) -> bool:
    """True where an error leaves the database undamaged and only prevents reading or writing it."""
    return _code(why) in HINDRANCES


def not_read(path: Path, what: str, why: BaseException) -> WattledgerError:
    """The error for a database that cannot be read: damaged or missing, not readable by this user, held by
    another process, or prevented.
    """
    if is_busy(why):
        return Conflict(f"{what}: held by another process; try again when it is done")
    if is_hindered(why):
        files = [path, path.with_name(path.name + "-wal")]
        for file in files:
            if not file.is_file() and (file == path or file.exists()):
                gone = "is not a file" if file.exists() else "is missing"
                return Tampered(f"{what}: {file} {gone}; restore the book from a backup or an export")
        for file in files:
            if file.exists() and not os.access(
                file, os.R_OK, effective_ids=os.access in os.supports_effective_ids
            ):
                return Malformed(f"{what}: this user may not read {file}")
        return UnknownOutcome(
            f"{what} ({why}): check the free space on the disk and the rights to the folder, then try again"
        )
    return Tampered(f"{what} ({why}); run fsck")


def not_written(doing: str, why: BaseException, then: str) -> Tampered | UnknownOutcome:
    """The error for a database that cannot be written while ``doing`` something; ``then`` states what to do
    next.
    """
    if _code(why) in DAMAGE:
        return Tampered(f"the database is damaged: nothing could be written while {doing} ({why}); run fsck")
    return UnknownOutcome(f"the disk failed while {doing} ({why}): {then}")


def uri_to_read(path: Path) -> str:
    """The URI of a database opened to read; where its folder cannot be written and nothing is left to merge,
    it is opened as immutable.

    SQLite shares memory between readers and a writer in a file beside the database. It cannot make one on a
    read-only medium, where no process writes: a book there is read like any other.
    """
    shared, log = (path.with_name(path.name + end) for end in ("-shm", "-wal"))
    try:
        left = log.stat().st_size > 0
    except FileNotFoundError:  # a writer that closes takes it away at any time
        left = False
    still = not os.access(path.parent, os.W_OK) and not shared.exists() and not left
    return uri_of(path, f"mode=ro{STILL if still else ''}")
