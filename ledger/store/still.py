"""Opening a database to read, also where nothing can be written (a book on a read-only medium, or in a folder of somebody else's), and what fails then."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Final

STILL: Final = "&immutable=1"
FAILED: Final = (sqlite3.Error, UnicodeDecodeError)
"""What SQLite raises. Of a damaged file it may cite bytes that are no text, and then Python raises that in place of SQLite's error."""
WRITE_FAILED: Final = (
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_FSYNC,
    sqlite3.SQLITE_IOERR_DIR_FSYNC,
    sqlite3.SQLITE_IOERR_TRUNCATE,
    sqlite3.SQLITE_IOERR_SHMOPEN,
    sqlite3.SQLITE_IOERR_SHMSIZE,
    sqlite3.SQLITE_IOERR_SHMMAP,
)
BUSY: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def is_busy(why: BaseException) -> bool:
    """Does SQLite say, itself or through a library, that another process holds the database? Nothing was done then, and nothing is damaged."""
    return any(getattr(each, "sqlite_errorcode", 0) & 0xFF in BUSY for each in (why, why.__cause__))


def is_disk_failure(why: BaseException) -> bool:
    """Does SQLite say, itself or through a library, that the disk is full or takes no writing? That is no damage of what is on it."""
    codes = [getattr(each, "sqlite_errorcode", 0) for each in (why, why.__cause__)]
    return any(code & 0xFF == sqlite3.SQLITE_FULL or code in WRITE_FAILED for code in codes)


def uri_to_read(path: Path) -> str:
    """A database opened to read; where its folder cannot be written and nothing is left to merge, as it stands.

    SQLite shares memory between readers and a writer in a file beside the database. On a medium that cannot be written it can make none,
    and there nobody writes: a book on it is read like any other.
    """
    shared, log = (path.with_name(path.name + end) for end in ("-shm", "-wal"))
    left = log.exists() and log.stat().st_size > 0
    still = not os.access(path.parent, os.W_OK) and not shared.exists() and not left
    return f"file:{path}?mode=ro{STILL if still else ''}"
