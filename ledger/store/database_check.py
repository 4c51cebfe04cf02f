"""What the full check of every database shares: the questions about what the check read, and the head file as
it is found.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final

from ledger.store.audit import Contents, Finding
from ledger.store.database_contents import CheckedHead, Connection, DatabaseContents
from ledger.store.head import SLOT_BYTES, damaged_slots, read_head
from ledger.store.port import DOCUMENTS

LOOKS: Final = 20
LOOK_S: Final = 0.01


class DatabaseCheck:
    """The check of a store on one read transaction; ask for what it read once ``findings`` of a backend's class
    is exhausted. ``now`` opens another connection, for a look after the transaction's moment.
    """

    def __init__(
        self, connection: Connection | None, now: Callable[[], AbstractContextManager[Connection]]
    ) -> None:
        self.connection, self._now = connection, now
        self._contents: DatabaseContents | None = None
        self.notices: list[Finding] = []

    @property
    def size(self) -> int:
        """Number of records."""
        return 0 if self._contents is None else self._contents.total

    @property
    def contents(self) -> Contents | None:
        """The contents that the check read; None where nothing could be read."""
        return self._contents

    def leaves(self, place: Any) -> list[Any]:
        """The leaf of an index; empty where there is none."""
        return [row[0] for row in self._rows("SELECT state FROM records WHERE rowid = ?", place)]

    def kinds(self, limit: int) -> set[Any]:
        """The kinds of the first records."""
        return {row[0] for row in self._rows("SELECT topic FROM records LIMIT ?", limit)}

    def stream(self, number: int) -> list[Any]:
        """The indexes of a stream's records, by position."""
        query = "SELECT rowid FROM records WHERE originator_id = ? ORDER BY originator_version"
        return [row[0] for row in self._rows(query, number)]

    def seals(self, *, now: bool = False) -> list[tuple[Any, Any]]:
        """Size and note of every seal, oldest first; as of the transaction, or as of now."""
        return self._rows("SELECT size, note FROM seals ORDER BY size", now=now)

    def documents(self, *, now: bool = False) -> set[str]:
        """The documents listed as kept; as of the transaction, or as of now."""
        rows = self._rows("SELECT name FROM sections WHERE record = ?", DOCUMENTS, now=now)
        return {str(row[0]) for row in rows}

    def sections(self) -> dict[tuple[Any, Any], tuple[Any, Any]]:
        """Salt and data of every section, by record and name."""
        query = "SELECT record, name, salt, data FROM sections WHERE record <> ? ORDER BY 1, 2"
        return {(place, name): (salt, data) for place, name, salt, data in self._rows(query, DOCUMENTS)}

    def holds_now(self, place: Any, name: Any) -> bool:
        """True where a section is kept now."""
        query = "SELECT 1 FROM sections WHERE record = ? AND name = ?"
        return bool(self._rows(query, place, name, now=True))

    def _rows(self, query: str, *parameters: Any, now: bool = False) -> list[tuple[Any, ...]]:
        if now:
            with self._now() as connection:
                return list(connection.execute(query, parameters).fetchall())
        assert self.connection is not None, "what is kept was read from it"
        return list(self.connection.execute(query, parameters).fetchall())


def read_checked_head(path: Path) -> CheckedHead:
    """The head file, read again until it stays the same: a writer may be in the middle of a slot."""
    before: bytes | None = None
    for _ in range(LOOKS):
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return CheckedHead(None, ("is missing",))
        except OSError as why:
            return CheckedHead(None, (f"cannot be read: {why.strerror}",))
        wrong = tuple(damaged_slots(data))
        if not wrong or data == before:
            break
        before = data
        time.sleep(LOOK_S)
    return CheckedHead(read_head(path) if len(data) >= SLOT_BYTES else None, wrong)
