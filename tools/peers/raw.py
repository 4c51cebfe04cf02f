"""The limit: a table of JSON in raw sqlite3, as durable as a book, with a unique id for each row."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from tools.peers.durability import of_sqlite
from tools.peers.readings import stream

encode = msgspec.json.encode
decode = msgspec.json.Decoder().decode


class Raw:
    """A connection to a file."""

    def __init__(self, folder: Path) -> None:
        self.db = sqlite3.connect(folder / "raw.db", isolation_level=None)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = FULL")
        self.db.execute(
            "CREATE TABLE raw (n INTEGER PRIMARY KEY, stream TEXT, data BLOB, id BLOB UNIQUE) STRICT"
        )

    def about(self) -> dict[str, str]:
        """SQLite's version, and its settings."""
        return {
            "version": sqlite3.sqlite_version,
            "class": "sqlite3.Connection",
            "durability": of_sqlite(lambda said: self.db.execute(said).fetchone()[0]),
        }

    def append(self, meter: int, before: int, readings: Sequence[Mapping[str, Any]]) -> None:
        """One transaction."""
        name = stream(meter)
        rows = [(name, encode(one), os.urandom(16)) for one in readings]
        self.db.execute("BEGIN IMMEDIATE")
        self.db.executemany("INSERT INTO raw (stream, data, id) VALUES (?,?,?)", rows)
        self.db.execute("COMMIT")

    def reads(self) -> dict[str, Callable[[], int]]:
        """All rows decoded; all rows counted by stream."""
        return {"read": self._read, "project": self._project}

    def _read(self) -> int:
        return sum(1 for _, data in self._rows() if decode(data))

    def _project(self) -> int:
        found: Counter[str] = Counter()
        for name, data in self._rows():
            found[name] += len(decode(data)["values"])
        return found.total()

    def _rows(self) -> sqlite3.Cursor:
        return self.db.execute("SELECT stream, data FROM raw ORDER BY n")

    def close(self) -> None:
        """Close the file."""
        self.db.close()


opened = Raw
