"""Faults of SQLite that could damage a database, by version, and whether a book meets their conditions.

Sources: https://sqlite.org/wal.html (section on the WAL-reset bug) and the release log of 3.37.2.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from ledger.store.port import LibraryFault
from ledger.store.sqlite.read_only import SQLITE

WAL: Final = b"\x02\x02"  # read and write version in the header of a database with a write-ahead log
Version = tuple[int, int, int]


class KnownFault(NamedTuple):
    """A fault of the versions [first, mended), and why a book does not meet it; empty where it does."""

    first: Version
    mended: Version
    what: str
    not_reached: str


KNOWN: Final = (
    KnownFault(
        (3, 7, 0),
        (3, 51, 3),
        "two connections that write or merge the write-ahead log at one moment",
        "one process at a time writes and merges, under the writer's lock, unless another program, such as a"
        " replication tool, merges the log too",
    ),
    KnownFault(
        (3, 35, 0),
        (3, 37, 2),
        "a savepoint that is rolled back while temporary files are kept in memory",
        "nothing rolls back to a savepoint",
    ),
)


def library_faults(version: Version = sqlite3.sqlite_version_info) -> Iterator[LibraryFault]:
    """The known faults of a version."""
    for fault in KNOWN:
        if fault.first <= version < fault.mended:
            found, mended = (".".join(map(str, one)) for one in (version, fault.mended))
            yield LibraryFault("SQLite", found, mended, fault.what, fault.not_reached)


def journal_fault(path: Path) -> str:
    """What is wrong with the journal of a database, by its header; empty where it keeps a write-ahead log."""
    try:
        with path.open("rb") as file:
            begin = file.read(20)
    except OSError:  # missing or not readable: whoever opens it says so
        return ""
    if not begin.startswith(SQLITE) or begin[18:20] == WAL:
        return ""
    return f"{path} keeps a rollback journal in place of a write-ahead log: readers refuse it"
