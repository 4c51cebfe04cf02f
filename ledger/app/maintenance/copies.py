"""Copies of a book that stand beside it and may still hold what is erased: in its own folder and in the
folder around it, not deeper.

Found are backups and bundles, exports beside their checkpoint, other books, databases and write-ahead logs of
the same origin, and the folders of a replication tool. Each is looked into as far as that is quick: where it
can be seen that a copy does not hold the section it is left out; where it cannot be seen it is named. Nothing
is changed.
"""

from __future__ import annotations

import os
import sqlite3
import tomllib
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import quote

import msgspec

from ledger.app.book import config
from ledger.app.host.files import READ_MODEL, read_text
from ledger.app.maintenance.backup import FORMAT, MANIFEST, MANIFEST_LIMIT
from ledger.app.maintenance.restore import BESIDE
from ledger.log.checkpoint import parse_checkpoint
from ledger.log.verify import FORMAT as BUNDLE
from ledger.log.verify import ProofError
from ledger.store.sqlite.store import DATABASE

LOOKED_AT: Final = 1_000  # names in one folder
READ: Final = 64 << 20  # bytes of an export or of a bundle's sections
ZIP: Final = b"PK\x03\x04"
SQLITE: Final = b"SQLite format 3\0"
OURS: Final = b"WLd1"  # application_id, at byte 68 of a database
LOGS: Final = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")
FAILED: Final = (
    OSError,
    ValueError,
    KeyError,
    EOFError,
    RuntimeError,
    NotImplementedError,
    zipfile.BadZipFile,
    zlib.error,
    sqlite3.Error,
    ProofError,
    msgspec.MsgspecError,
)


class Copy(NamedTuple):
    """Something that may hold the section, and what it is."""

    path: Path
    what: str


class Copies(NamedTuple):
    """What was found, and the folders of which only the first names were looked at."""

    found: tuple[Copy, ...] = ()
    cut: tuple[Path, ...] = ()


class _Sought(NamedTuple):
    """Of which log, and which section of which record."""

    origin: str
    record: int
    section: str

    @property
    def disclosed(self) -> bytes:
        """How a line that discloses it begins (``codec.disclosure``)."""
        return b'{"index":%d,"name":"%s"' % (self.record, self.section.encode())


def beside(directory: Path, origin: str, record: int, section: str) -> Copies:
    """The copies beside a book that may hold a section."""
    sought = _Sought(origin, record, section)
    around = directory.parent if directory.name not in ("", "..") else directory / ".."
    found: list[Copy] = []
    cut = []
    for folder in (directory, around):
        try:
            names = sorted(os.listdir(folder))
        except OSError:
            continue
        if len(names) > LOOKED_AT:
            cut.append(folder)
        for path in (folder / name for name in names[:LOOKED_AT]):
            what = None if _is_own(path, directory) else _what(path, sought)
            if what is not None:
                found.append(Copy(path, what))
    return Copies(tuple(found), tuple(cut))


def _is_own(path: Path, directory: Path) -> bool:
    """Is it the book itself, or a file of it?"""
    own = {f"{name}{end}" for name in (DATABASE, READ_MODEL) for end in ("", "-wal", "-shm", "-journal")}
    with suppress(OSError):
        return path.samefile(directory) or (path.name in own and path.parent.samefile(directory))
    return True


def _what(path: Path, sought: _Sought) -> str | None:
    """What a file or folder is, if it may hold the section."""
    try:
        return (
            _of_folder(path, sought) if path.is_dir() else _of_file(path, sought) if path.is_file() else None
        )
    except FAILED:
        return None


def _of_folder(path: Path, sought: _Sought) -> str | None:
    if DATABASE in path.name and "litestream" in path.name:
        return "a replication folder"
    if not (path / DATABASE).is_file() or _origin(path / DATABASE) not in (sought.origin, None):
        return None
    return "a book" if (path / config.NAME).exists() else "a copy of the database"


def _of_file(path: Path, sought: _Sought) -> str | None:
    with path.open("rb") as file:
        begin = file.read(100)
    if begin.startswith(ZIP):
        return _of_archive(path, sought)
    if begin.startswith(SQLITE):
        ours = begin[68:72] == OURS and _origin(path) in (sought.origin, None)
        return "a copy of the database" if ours else "read models" if READ_MODEL in path.name else None
    if begin.startswith(LOGS):
        return "a write-ahead log" if DATABASE in path.name or READ_MODEL in path.name else None
    beside = path.with_name(path.name + BESIDE)
    if begin.startswith(b"{") and beside.is_file() and _is_of(beside.read_bytes(), sought):
        return "an export" if _may_disclose(path, sought) else None
    return None


def _of_archive(path: Path, sought: _Sought) -> str | None:
    with zipfile.ZipFile(path) as archive:
        with archive.open(MANIFEST) as member:
            said: Any = msgspec.json.decode(member.read(MANIFEST_LIMIT))
        if said["format"] == FORMAT:
            holds = said["origin"] == sought.origin and said["size"] > sought.record
            return "a backup" if holds else None
        if said["format"] != BUNDLE or "sections.jsonl" not in archive.namelist():
            return None
        with archive.open("checkpoint") as member:
            ours = _is_of(member.read(1 << 16), sought)
        with archive.open("sections.jsonl") as member:
            return "a bundle" if ours and sought.disclosed in member.read(READ) else None


def _is_of(note: bytes, sought: _Sought) -> bool:
    return parse_checkpoint(note).origin == sought.origin


def _may_disclose(path: Path, sought: _Sought) -> bool:
    """Has an export a line that discloses the section? One that is too large to be read may have."""
    if path.stat().st_size > READ:
        return True
    with path.open("rb") as file:
        return any(line.startswith(sought.disclosed) for line in file)


def _origin(database: Path) -> str | None:
    """The origin of a copied database: as its first seal says it, else of the book around it; None where
    nothing says it.
    """
    return next(_origins(database), None)


def _origins(database: Path) -> Iterator[str]:
    uri = f"file:{quote(str(database))}?mode=ro&immutable=1"
    with suppress(*FAILED), closing(sqlite3.connect(uri, uri=True)) as connection:
        for (note,) in connection.execute("SELECT note FROM seals ORDER BY size LIMIT 1"):
            yield parse_checkpoint(note).origin
    with suppress(*FAILED):
        yield str(tomllib.loads(read_text(database.parent / config.NAME))["origin"])
