"""The folder of an archive: a store that is read, and made only by ``wattledger archive``."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NoReturn

from ledger.errors import Malformed, Tampered
from ledger.log.archive_layout import CHECKPOINT, FOLDERS
from ledger.store.archive.files import ArchiveFiles
from ledger.store.archive.store import ArchiveStore
from ledger.store.audit import Audit
from ledger.store.port import Head, LibraryFault


class ArchiveFolder:
    """A folder with a checkpoint, tiles and entries."""

    name = CHECKPOINT
    files: tuple[str, ...] = (CHECKPOINT, *FOLDERS)
    in_files = True
    caches = False

    def __init__(self, directory: Path, backend: str = "archive") -> None:
        self._directory = directory
        self._files = ArchiveFiles(directory)

    def exists(self) -> bool:
        """True where an archive is here, finished or not."""
        return any((self._directory / name).exists() for name in self.files)

    def owns(self, name: str) -> bool:
        """True where a file of this name belongs to the archive."""
        return name in self.files

    def create(self) -> NoReturn:
        """An archive is not made empty."""
        raise Malformed("an archive is made of a book: wattledger archive DIR")

    def filled(self) -> AbstractContextManager[ArchiveStore]:
        """An archive is not filled from a store."""
        self.create()

    def open(self, *, write: bool, trusts_head: bool = True) -> ArchiveStore:
        """The store; ``Malformed`` to write."""
        if write:
            self._refuse()
        return ArchiveStore(self._directory)

    def _refuse(self) -> NoReturn:
        raise Malformed(
            f"{self._directory} is an archive, which is only read: make a book of it with wattledger copy"
            f" {self._directory} BOOK"
        )

    def head(self) -> Head | None:
        """Size and root of the checkpoint; None where it cannot be read."""
        try:
            checkpoint = self._files.newest().checkpoint
        except (Malformed, Tampered, OSError):
            return None
        return Head(checkpoint.size, checkpoint.root)

    def count(self) -> int | None:
        """Number of records under the checkpoint."""
        head = self.head()
        return None if head is None else head.size

    def unsealed_kinds(self, limit: int) -> None:
        """All records of an archive are sealed."""

    def note(self) -> bytes | None:
        """The checkpoint's note."""
        return None if self.head() is None else self._files.newest().note

    @staticmethod
    def note_of(file: Path) -> bytes | None:
        """An archive is no single file."""
        return None

    def journal_fault(self) -> str:
        """An archive has no journal."""
        return ""

    def library_faults(self) -> Iterable[LibraryFault]:
        """No library reads an archive."""
        return ()

    def remove(self) -> None:
        """An archive is only read."""
        self._refuse()

    def snapshot(self, copy: Path) -> None:
        """An archive is only read."""
        self._refuse()

    def acknowledge(self, head: Head) -> None:
        """An archive is only read."""
        self._refuse()

    def move_head(self, target: Path) -> None:
        """An archive is only read."""
        self._refuse()

    def move_records(self, target: Path) -> None:
        """An archive is only read."""
        self._refuse()

    def audit(self, *_: object) -> AbstractContextManager[Audit]:
        """An archive is checked by the reader's own key."""
        raise Malformed(
            f"{self._directory} is an archive: check it with wattledger verify {self._directory} --key VKEY"
        )

    @staticmethod
    def is_records(begin: bytes) -> bool:
        """An archive is no single file."""
        return False

    @staticmethod
    def is_log(begin: bytes) -> bool:
        """An archive has no log."""
        return False
