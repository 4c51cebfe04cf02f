"""Opening a database to read, also where nothing can be written (a book on a read-only medium, or in a folder
of somebody else's), and what fails then.
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
"""What SQLite raises. Of a damaged file it may cite bytes that are no text, and then Python raises that in
place of SQLite's error.
"""


def uri_of(path: Path, options: str) -> str:
    """The URI of a database; a ? # or % in its path would else begin options, or be another character."""
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
"""What keeps a database from being read or written that is whole: no room, a failing disk, no right to it,
another process, no memory.
"""
BUSY: Final = frozenset([sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED])
DAMAGE: Final = frozenset([sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB])


def _code(why: BaseException | None) -> int | None:
    """SQLite's primary code of an error, or of the one that it was made of."""
    while why is not None:
        code = getattr(why, "sqlite_errorcode", None)
        if code is not None:
            return int(code) & 0xFF
        why = why.__cause__
    return None


def is_busy(why: BaseException) -> bool:
    """Does SQLite say, itself or through a library, that another process holds the database? Nothing was done
    then, and nothing is damaged.
    """
    return _code(why) in BUSY


def is_hindered(why: BaseException) -> bool:
    """Is a database whole as far as an error says, and only kept from being read or written?"""
    return _code(why) in HINDRANCES


def not_read(path: Path, what: str, why: BaseException) -> WattledgerError:
    """The error for a database that cannot be read: damaged or gone, not this user's to read, held by
    another, or kept from being read.
    """
    if is_busy(why):
        return Conflict(f"{what}: held by another process; try again when it is done")
    if is_hindered(why):
        files = [path, path.with_name(path.name + "-wal")]
        for file in files:
            if not file.is_file() and (file == path or file.exists()):
                gone = "is no file" if file.exists() else "is missing"
                return Tampered(f"{what}: {file} {gone}; restore the book from a backup or an export")
        for file in files:
            if file.exists() and not os.access(
                file, os.R_OK, effective_ids=os.access in os.supports_effective_ids
            ):
                return Malformed(f"{what}: this user may not read {file}")
        return UnknownOutcome(
            f"{what} ({why}): see to the room on the disk and to the rights in the folder, then ask again"
        )
    return Tampered(f"{what} ({why}); run fsck")


def not_written(doing: str, why: BaseException, then: str) -> Tampered | UnknownOutcome:
    """The error for a database that cannot be written while ``doing`` something; ``then`` says what is to be
    done.
    """
    if _code(why) in DAMAGE:
        return Tampered(f"the database is damaged: nothing could be written while {doing} ({why}); run fsck")
    return UnknownOutcome(f"the disk failed while {doing} ({why}): {then}")


def uri_to_read(path: Path) -> str:
    """A database opened to read; where its folder cannot be written and nothing is left to merge, as it
    stands.

    SQLite shares memory between readers and a writer in a file beside the database. On a medium that cannot
    be written it can make none, and there nobody writes: a book on it is read like any other.
    """
    shared, log = (path.with_name(path.name + end) for end in ("-shm", "-wal"))
    try:
        left = log.stat().st_size > 0
    except FileNotFoundError:  # a writer that closes takes it away at any time
        left = False
    still = not os.access(path.parent, os.W_OK) and not shared.exists() and not left
    return uri_of(path, f"mode=ro{STILL if still else ''}")
