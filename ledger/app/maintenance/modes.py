"""File modes of a book: only its owner may read it, as it holds rents and names. Wrong modes are found here,
reported by ``doctor`` and set right by ``repair --modes``.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from ledger.app.book.anchors import DELIVERIES as ANCHORED
from ledger.app.book.config import NAME, folder_of
from ledger.app.book.evidence import FOLDER
from ledger.app.book.keys import KEY_FILE
from ledger.app.book.unfinished import NAME as ERASING
from ledger.app.host.files import CACHE, DESCRIPTIONS, PRIVATE, PRIVATE_FOLDER, READ_MODEL
from ledger.app.proofs.timestamps import FOLDER as ANCHORS
from ledger.store import portable

BEGINNINGS: Final = (NAME, ERASING, READ_MODEL, CACHE, DESCRIPTIONS, KEY_FILE, ANCHORED)
OTHERS: Final = 0o077


class WrongMode(NamedTuple):
    """A file or folder of a book that others may read or write: its mode, and the right one."""

    path: Path
    mode: int
    right: int

    def __str__(self) -> str:
        """The fault in words."""
        return f"its mode is {self.mode:04o}, so others may {self._may()} it; right is {self.right:04o}"

    def _may(self) -> str:
        verbs = {0o044: "read", 0o022: "write", 0o011: "enter" if self.right & 0o100 else "run"}
        return " and ".join(verb for bits, verb in verbs.items() if self.mode & bits)


def wrong_modes(directory: Path) -> list[WrongMode]:
    """The book's directory, folders and files whose mode lets others in; a link is not a file of the book and
    is left out.
    """
    found = []
    for path in _of_book(directory) if portable.MODES else ():
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode) or stat.S_ISREG(mode):
            allowed = PRIVATE_FOLDER if stat.S_ISDIR(mode) else PRIVATE
            if mode & OTHERS:
                found.append(WrongMode(path, stat.S_IMODE(mode), mode & allowed))
    return found


def mend_modes(directory: Path) -> list[WrongMode]:
    """Remove the rights of others and return the files changed. Run it while the book is not open in this
    process.
    """
    wrong = wrong_modes(directory)
    for each in wrong:
        descriptor = os.open(each.path, os.O_RDONLY | portable.NOFOLLOW | portable.NONBLOCK)
        try:
            portable.set_mode(descriptor, each.right)
        finally:
            os.close(descriptor)
    return wrong


def open_to_others(directory: Path) -> bool:
    """True where others may list a directory."""
    return portable.MODES and bool(directory.stat().st_mode & OTHERS)


def _of_book(directory: Path) -> Iterator[Path]:
    yield directory
    beginnings = (*BEGINNINGS, *folder_of(directory).files)
    for path in sorted(directory.iterdir()):
        if path.name.startswith(beginnings) or path.name in (FOLDER, ANCHORS):
            yield path
    for folder in (FOLDER, ANCHORS):
        if (directory / folder).is_dir() and not (directory / folder).is_symlink():
            yield from sorted((directory / folder).iterdir())
