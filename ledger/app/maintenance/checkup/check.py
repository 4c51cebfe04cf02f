"""What a check looks at, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from ledger.app.book.book import Book
from ledger.app.maintenance.checkup.host import Host
from ledger.store.port import StoreFolder


class Trouble(NamedTuple):
    """Something that is wrong, and what to do. A finding endangers records or stops the work; anything else is
    told with all checks only.
    """

    what: str
    do: str
    is_finding: bool = True


class BookFolder(NamedTuple):
    """The folder of a book, its store, the file of its key, and the machine that it is on."""

    directory: Path
    store: StoreFolder
    key: Path
    host: Host


class Opened(NamedTuple):
    """A book that could be opened, and the newest tz database that a report was issued with."""

    place: BookFolder
    book: Book
    tzdata: str = ""


class FolderCheck(NamedTuple):
    """A check of a folder whose book may not open."""

    name: str
    run: Callable[[BookFolder], Iterable[Trouble]]


class BookCheck(NamedTuple):
    """A check of a book that is open to read."""

    name: str
    run: Callable[[Opened], Iterable[Trouble]]


class CheckRun(NamedTuple):
    """The name of a check that was run, and what it found."""

    name: str
    troubles: list[Trouble]
