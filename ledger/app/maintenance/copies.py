"""Copies beside a book that may still hold an erased section: in its own folder and in the folder around it,
not deeper.

The search finds backups and bundles, exports beside their checkpoint, other books, databases and write-ahead
logs of the same origin, and the folders of a replication tool. Each is inspected as far as that is quick: a
copy that is seen not to hold the section is left out; one that cannot be inspected is named. Nothing is
changed.
"""

from __future__ import annotations

import os
import tomllib
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from ledger.app.book import config
from ledger.app.cache.cache_file import is_cache
from ledger.app.host.files import CACHE, READ_MODEL, READ_MODEL_FILES, read_text
from ledger.app.maintenance.backup import FORMAT, MANIFEST, MANIFEST_LIMIT
from ledger.app.maintenance.restore import BESIDE
from ledger.log.archive_layout import sections_path
from ledger.log.checkpoint import parse_checkpoint
from ledger.log.merkle import TILE_WIDTH
from ledger.store.open import FAILURES, store_folder
from ledger.store.port import StoreFolder
from ledger.verifier.bundle import FORMAT as BUNDLE
from ledger.verifier.faults import ProofError

LOOKED_AT: Final = 1_000  # names in one folder
READ: Final = 64 << 20  # bytes of an export or of a bundle's sections
ZIP: Final = b"PK\x03\x04"
FAILED: Final = (
    OSError,
    ValueError,
    KeyError,
    EOFError,
    RuntimeError,
    NotImplementedError,
    zipfile.BadZipFile,
    zlib.error,
    *FAILURES,
    ProofError,
    msgspec.MsgspecError,
)


class Copy(NamedTuple):
    """A copy that may hold the section, and its type."""

    path: Path
    what: str


class Copies(NamedTuple):
    """Copies found, and the folders of which only the first names were inspected."""

    found: tuple[Copy, ...] = ()
    cut: tuple[Path, ...] = ()


class _Sought(NamedTuple):
    """The section sought: its log, its record and its name."""

    origin: str
    record: int
    section: str

    @property
    def disclosed(self) -> bytes:
        """Beginning of a line that discloses the section (``codec.disclosure``)."""
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
    """True where it is the book itself, or a file of it."""
    own = path.name in READ_MODEL_FILES or config.folder_of(directory).owns(path.name)
    with suppress(OSError):
        return path.samefile(directory) or (own and path.parent.samefile(directory))
    return True


def _what(path: Path, sought: _Sought) -> str | None:
    """Type of a file or folder, if it may hold the section."""
    try:
        return (
            _of_folder(path, sought) if path.is_dir() else _of_file(path, sought) if path.is_file() else None
        )
    except FAILED:
        return None


def _of_folder(path: Path, sought: _Sought) -> str | None:
    store = config.folder_of(path)
    if store.name in path.name and "litestream" in path.name:
        return "a replication folder"
    records = path / store.name
    if not records.is_file() or _origin(store, records) not in (sought.origin, None):
        return None
    if not store.caches:  # an archive, which has sections in files of their own
        page = path / sections_path(sought.record // TILE_WIDTH)
        return "an archive" if page.is_file() and sought.disclosed in page.read_bytes() else None
    return "a book" if (path / config.NAME).exists() else "a copy of the database"


def _of_file(path: Path, sought: _Sought) -> str | None:
    with path.open("rb") as file:
        begin = file.read(100)
    if begin.startswith(ZIP):
        return _of_archive(path, sought)
    for store in (store_folder(path.parent),):
        if store.is_records(begin) and _origin(store, path) in (sought.origin, None):
            return "a copy of the database"
        if store.is_log(begin) and (store.name in path.name or _is_derived(path.name)):
            return "a write-ahead log"
    if _is_derived(path.name) and is_cache(begin):
        return "read models"
    beside = path.with_name(path.name + BESIDE)
    if begin.startswith(b"{") and beside.is_file() and _is_of(beside.read_bytes(), sought):
        return "an export" if _may_disclose(path, sought) else None
    return None


def _is_derived(name: str) -> bool:
    return READ_MODEL in name or CACHE in name


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
    """True where an export has a line that discloses the section, or is too large to be read."""
    if path.stat().st_size > READ:
        return True
    with path.open("rb") as file:
        return any(line.startswith(sought.disclosed) for line in file)


def _origin(store: StoreFolder, records: Path) -> str | None:
    """Origin of a copied database: from its first checkpoint, else from the book around it; None where
    neither states it.
    """
    return next(_origins(store, records), None)


def _origins(store: StoreFolder, records: Path) -> Iterator[str]:
    note = store.note_of(records)
    with suppress(*FAILED):
        if note is not None:
            yield parse_checkpoint(note).origin
    with suppress(*FAILED):
        yield str(tomllib.loads(read_text(records.parent / config.NAME))["origin"])
