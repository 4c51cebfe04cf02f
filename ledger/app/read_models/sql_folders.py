"""Folders of tables for SQL: one for each reader, knowledge and instant, beside the book, for its owner alone.

A folder is filled with the tables that queries name and removed when others push it out, when the log has
grown, and at the end. What a killed process leaves is removed like any other leftover of the book.
"""

from __future__ import annotations

import re
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from ledger.app.book.book import Book
from ledger.app.host.files import PRIVATE_FOLDER, READ_MODEL, staging
from ledger.app.read_models.sql_tables import COLUMNS, MADE_FROM, SqlTables, table_names
from ledger.errors import Malformed

FOLDERS: Final = 4
_WORD: Final = re.compile(r"[a-z_][a-z0-9_]*")


class SqlQuestion(NamedTuple):
    """A query, and the clocks that it is asked with, in stored form (None: the present). ``reader`` names whose
    book it is asked of: two readers never share tables.
    """

    sql: str
    known_at: str | None = None
    as_of: str | None = None
    reader: str = ""


class TablesTooSlow(Malformed):
    """The tables of a query took too long to make."""


class SqlFolder:
    """Tables in a folder: their forms, and why others cannot be made."""

    def __init__(self, path: Path, clocks: SqlClocks) -> None:
        self.path, self.clocks = path, clocks
        self.tables: dict[str, TableForm] = {}
        self.missing: dict[str, str] = {}
        self.users = 0
        self._filling = threading.Lock()

    def fill(self, tables: SqlTables, names: Mapping[str, None]) -> None:
        """Write the rows of tables that are not here yet."""
        with self._filling:
            for name in names:
                if name not in self.tables and name not in self.missing:
                    self._write(tables, name)

    def _write(self, tables: SqlTables, name: str) -> None:
        try:
            table = tables.made(name)
        except TablesTooSlow:
            raise
        except Malformed as why:
            self.missing[name] = str(why)
            return
        with (self.path / f"{name}.rows").open("wb") as file:
            file.writelines(row + b"\n" for row in table.rows)
        self.tables[name] = TableForm(table.types, table.comments)


class SqlClocks(NamedTuple):
    """What an answer was made from."""

    as_of: str
    size: int
    root: str
    rec: str


class TableForm(NamedTuple):
    """The SQL types of a table's columns, and what they mean."""

    types: dict[str, str]
    comments: dict[str, str]


class SqlFolders:
    """The folders of a process."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._kept: OrderedDict[tuple[object, ...], tuple[SqlFolder, ExitStack]] = OrderedDict()
        self._size = 0  # of the log, as far as it is known

    @contextmanager
    def filled(self, book: Book, asked: SqlQuestion, seconds: int) -> Iterator[SqlFolder]:
        """The folder of a question, with every table that it names; kept until the block ends."""
        folder = self.prepared(book, asked, seconds)
        try:
            yield folder
        finally:
            self.done(folder)

    def prepared(self, book: Book, asked: SqlQuestion, seconds: int) -> SqlFolder:
        """The same, kept until ``done``."""
        tables = SqlTables(book, asked.known_at, asked.as_of, _limit(seconds))
        folder = self._folder(book, asked, tables)
        try:
            folder.fill(tables, named_tables(asked.sql))
        except BaseException:
            self.done(folder)
            raise
        return folder

    def done(self, folder: SqlFolder) -> None:
        """Let a folder go: at once where the log has grown, else when others need its place."""
        with self._guard:
            folder.users -= 1
            self._remove_old()

    def forget(self, size: int) -> None:
        """Remove what was made of a log of another size: it may hold what was erased since."""
        with self._guard:
            self._size = size
            self._remove_old()

    def _folder(self, book: Book, asked: SqlQuestion, tables: SqlTables) -> SqlFolder:
        key = (asked.reader, book.store.size, tables.known.size, asked.as_of)
        with self._guard:
            self._size = max(self._size, book.store.size)
            self._remove_old()
            if key not in self._kept:
                self._make_room()
                self._kept[key] = self._made(book, tables)
            self._kept.move_to_end(key)
            folder = self._kept[key][0]
            folder.users += 1
            return folder

    def _made(self, book: Book, tables: SqlTables) -> tuple[SqlFolder, ExitStack]:
        held = ExitStack()
        try:
            path = held.enter_context(staging(book.directory / READ_MODEL))
        except OSError:  # a book that may only be read
            path = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="wattledger-")))
            path.chmod(PRIVATE_FOLDER)
        known = tables.known
        return SqlFolder(path, SqlClocks(tables.as_of, known.size, known.root, known.rec)), held

    def _remove_old(self) -> None:
        for key, (folder, held) in list(self._kept.items()):
            if not folder.users and key[1] != self._size:
                del self._kept[key]
                held.close()

    def _make_room(self) -> None:
        """Remove the folders that nobody used for longest."""
        for key, (folder, held) in list(self._kept.items()):
            if not folder.users and len(self._kept) >= FOLDERS:
                del self._kept[key]
                held.close()

    def close(self) -> None:
        """Remove all."""
        with self._guard:
            for _, held in self._kept.values():
                held.close()
            self._kept.clear()


def named_tables(sql: str) -> dict[str, None]:
    """The tables whose names are words of a query, and the two that describe; more than it reads, never
    fewer.
    """
    words = set(_WORD.findall(sql.lower()))
    return dict.fromkeys((COLUMNS, MADE_FROM, *(name for name in table_names() if name in words)))


class _limit:
    """Raises when tables took too long to make."""

    def __init__(self, seconds: int) -> None:
        self._seconds, self._until = seconds, time.monotonic() + seconds

    def __call__(self) -> None:
        if time.monotonic() > self._until:
            raise TablesTooSlow(
                f"the tables of this query took longer than {self._seconds} s to make: name fewer, or months in"
                " place of days; a report with a site and a period is quicker"
            )
