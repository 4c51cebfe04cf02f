"""Every check, one entry each; a new one is a function and a line here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ledger import kinds
from ledger.app.book.book import Book
from ledger.app.book.config import folder_of
from ledger.app.book.keys import key_path
from ledger.app.maintenance.checkup import beside, clock, database, disk
from ledger.app.maintenance.checkup.check import BookCheck, BookFolder, CheckRun, FolderCheck, Opened
from ledger.app.maintenance.checkup.host import Host, this_host
from ledger.records.envelope import Record

OF_FOLDER: Final = (
    FolderCheck("journal mode", database.journal_mode),
    FolderCheck("durability", disk.durability),
    FolderCheck("libraries", database.libraries),
    FolderCheck("file system", disk.file_system),
    FolderCheck("disk", disk.room),
    FolderCheck("key", beside.key),
    FolderCheck("time service", clock.kept_right),
)
OF_BOOK: Final = (
    BookCheck("head", database.head),
    BookCheck("clock", clock.against_log),
    BookCheck("zones", clock.zones),
    BookCheck("read models", beside.read_models),
    BookCheck("anchor", beside.anchor),
)


class IssuedZones:
    """Hears every record, and keeps the newest tz database that a report was issued with."""

    def __init__(self) -> None:
        self.newest = ""

    def hear(self, record: Record) -> None:
        """Look at a record."""
        if isinstance(record.body, kinds.ReportIssued):
            self.newest = max(self.newest, record.body.tzdata)


def place_of(directory: Path, key_file: str | None = None, host: Host | None = None) -> BookFolder:
    """A folder and the machine that it is on."""
    return BookFolder(directory, folder_of(directory), key_path(directory, key_file), host or this_host())


def of_folder(place: BookFolder) -> Iterator[CheckRun]:
    """The checks that need no book that opens."""
    for check in OF_FOLDER:
        yield CheckRun(check.name, list(check.run(place)))


def of_book(place: BookFolder, book: Book, tzdata: str) -> Iterator[CheckRun]:
    """The checks of a book that is open; none after the head where the log is not that of the head, as it cannot
    be read.
    """
    for check in OF_BOOK:
        found = list(check.run(Opened(place, book, tzdata)))
        yield CheckRun(check.name, found)
        if found and check.run is database.head:
            return
