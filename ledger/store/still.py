"""Opening a database to read, also where nothing can be written (a book on a read-only medium, or in a folder of somebody else's), and what fails then."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Final
from urllib.parse import quote

STILL: Final = "&immutable=1"
FAILED: Final = (sqlite3.Error, UnicodeDecodeError)
"""What SQLite raises. Of a damaged file it may cite bytes that are no text, and then Python raises that in place of SQLite's error."""


def uri_of(path: Path, options: str) -> str:
    """The URI of a database; a ? # or % in its path would else begin options, or be another character."""
    return f"file:{quote(str(path), errors='surrogateescape')}?{options}"


def uri_to_read(path: Path) -> str:
    """A database opened to read; where its folder cannot be written and nothing is left to merge, as it stands.

    SQLite shares memory between readers and a writer in a file beside the database. On a medium that cannot be written it can make none,
    and there nobody writes: a book on it is read like any other.
    """
    shared, log = (path.with_name(path.name + end) for end in ("-shm", "-wal"))
    left = log.exists() and log.stat().st_size > 0
    still = not os.access(path.parent, os.W_OK) and not shared.exists() and not left
    return uri_of(path, f"mode=ro{STILL if still else ''}")
