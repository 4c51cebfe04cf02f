"""``backup``: the book in one file, as it is at one moment while others go on writing; and back from it.

A ZIP archive of ``book.toml``, the database (records, sections, seals, trees) as SQLite copies it inside one read transaction, ``evidence/``, ``anchors/``, and
``manifest.json`` = {format, origin, size, root, files: {name: [size, sha256]}}. Never in it: the signing key and what it last signed, read models,
and what was once erased. The copy is checked as fsck checks a book, when it is made and again when it is restored.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Annotated, BinaryIO, Final, NamedTuple

import msgspec

from ledger.app import config, keys
from ledger.app.book import Progress, is_empty
from ledger.app.checking import READER
from ledger.app.evidence import FOLDER
from ledger.app.files import replacing
from ledger.app.restoring import (
    Given,
    Note,
    Restored,
    check_signatures,
    closed,
    new_or_held,
    put_in_place,
    registry_of,
    staged,
)
from ledger.app.timestamps import FOLDER as ANCHORS
from ledger.errors import Malformed, Refused, Tampered, VerificationFailed
from ledger.log.checkpoint import parse_checkpoint
from ledger.store.fsck import findings
from ledger.store.head import Head, HeadFile, read_head
from ledger.store.sqlite import DATABASE, HEAD, SqliteStore
from ledger.store.still import FAILED, uri_of, uri_to_read
from ledger.units import LIMIT

FORMAT: Final = "wattledger-backup/v1"
MANIFEST: Final = "manifest.json"
MANIFEST_LIMIT: Final = 64 << 20
MODE: Final = 0o600  # sections are in it
CHUNK: Final = 1 << 20
ZIP: Final = b"PK\x03\x04"
NAMES: Final = re.compile(
    rf"{re.escape(config.NAME)}|{re.escape(DATABASE)}|{FOLDER}/[0-9a-f]{{64}}(\.[A-Za-z0-9]{{1,7}})?|{ANCHORS}/[0-9]{{1,16}}\.(tsr|cosignatures)"
)
FINDINGS_SHOWN: Final = 3


Count = Annotated[int, msgspec.Meta(ge=0, le=LIMIT)]


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a backup says it holds; ``files`` by name, each with its size in bytes and its SHA-256."""

    format: str
    origin: str
    size: Count
    root: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    files: dict[str, tuple[Count, str]]


class BackedUp(NamedTuple):
    """What a backup holds."""

    origin: str
    size: int
    root: str
    evidence: int
    bytes: int


def back_up(directory: Path, path: Path, progress: Progress) -> BackedUp:
    """Write the backup of a book, durably; ``Tampered`` where what it would hold is damaged."""
    settings = config.read_config(directory)
    if not path.parent.is_dir():
        raise Malformed(f"{path.parent}: there is no such folder")
    if path.exists() and not path.is_file():
        raise Malformed(f"{path} is not a file; a backup is written into a new file, or in the place of one")
    with tempfile.TemporaryDirectory(prefix=f"{path.name}.", dir=path.parent) as place:
        copy = Path(place)
        head = read_head(directory / HEAD)
        _copy_database(directory, copy)
        with closing(HeadFile(copy / HEAD, create=True)) as file:
            if head is not None:
                file.write(head)
        wrong = [finding.what for finding in findings(copy, READER, progress)]
        if wrong:
            raise Tampered(f"nothing was backed up: {_some(wrong)}; run fsck")
        with closing(SqliteStore.open(copy, write=True)) as store:
            size, root = store.size, store.forest.root().hex()
        members = {config.NAME: directory / config.NAME, DATABASE: copy / DATABASE}
        for folder in (FOLDER, ANCHORS):
            members |= {
                f"{folder}/{p.name}": p for p in sorted((directory / folder).glob("*")) if p.is_file()
            }
        kept = {name: source for name, source in members.items() if NAMES.fullmatch(name)}
        with replacing(path, MODE) as archive:
            _write(archive, kept, Manifest(FORMAT, settings.origin, size, root, {}), progress)
    documents = sum(name.startswith(FOLDER) for name in kept)
    return BackedUp(settings.origin, size, root, documents, path.stat().st_size)


def _copy_database(directory: Path, copy: Path) -> None:
    """All pages that are in use, as of one moment; no lock is held against the writer."""
    with closing(sqlite3.connect(uri_to_read(directory / DATABASE), uri=True)) as connection:
        try:
            connection.execute("VACUUM INTO ?", (uri_of(copy / DATABASE, "mode=rwc"),))
        except FAILED as why:
            raise Tampered(
                f"nothing was backed up: {directory / DATABASE} cannot be copied ({why}); run fsck"
            ) from why


def _write(archive: BinaryIO, members: dict[str, Path], manifest: Manifest, progress: Progress) -> None:
    total, done = sum(source.stat().st_size for source in members.values()), 0
    files: dict[str, tuple[int, str]] = {}
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for name, source in members.items():
            digest, size = hashlib.sha256(), 0
            with made.open(name, "w", force_zip64=True) as member, source.open("rb") as file:
                for part in _parts(file):
                    member.write(part)
                    digest.update(part)
                    size += len(part)
                    progress(done + size, total)
            files[name] = (size, digest.hexdigest())
            done += size
        made.writestr(MANIFEST, msgspec.json.encode(msgspec.structs.replace(manifest, files=files)))


def _parts(file: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: file.read(CHUNK), b"")


def _some(wrong: list[str]) -> str:
    rest = len(wrong) - FINDINGS_SHOWN
    return "; ".join(wrong[:FINDINGS_SHOWN]) + (f"; and {rest} more" if rest > 0 else "")


# --- back -------------------------------------------------------------------------------------------------------


def is_backup(path: Path) -> bool:
    """Does a file begin as a backup does?"""
    with path.open("rb") as file:
        return file.read(len(ZIP)) == ZIP


def restore_backup(directory: Path, path: Path, given: Given, progress: Progress) -> Restored:
    """Make the book of a backup in a directory that holds none or an empty one; all of it is checked first."""
    with new_or_held(directory) as held:
        if held is not None and not is_empty(held):
            raise Malformed(
                f"{directory} is a book already, with {held.size} records; restore into another directory, or move this one away and "
                "keep its key with the checkpoint it signed"
            )
        with staged(directory) as stage:
            manifest = _unpack(path, stage, progress)
            settings = config.read_config(stage)
            present = config.read_config(directory) if (directory / config.NAME).exists() else settings
            for other in (manifest.origin, present.origin, given.origin or settings.origin):
                if other != settings.origin:
                    raise Refused(f"{path} is of {settings.origin}, not of {other}: nothing was restored")
            sealed, unchecked = _checked(path, stage, manifest, settings, given.vkey, progress)
            for folder in (FOLDER, ANCHORS):
                if (stage / folder).exists():
                    shutil.copytree(stage / folder, directory / folder, dirs_exist_ok=True)
            put_in_place(stage, directory, settings)
    why = closed(directory, settings, keys.key_path(directory, given.key_file))
    return Restored(settings.origin, manifest.size, manifest.size, sealed, unchecked, why)


def _unpack(path: Path, stage: Path, progress: Progress) -> Manifest:
    """Put the members into a folder, each as the manifest says it is."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(archive)
            if sorted(archive.namelist()) != sorted([MANIFEST, *manifest.files]):
                raise ValueError("its files are not those of its manifest")
            total, done = sum(size for size, _ in manifest.files.values()), 0
            free = shutil.disk_usage(stage).free
            if total > free:
                raise ValueError(f"it needs {total:,} bytes and {free:,} are free")
            for name, (size, digest) in manifest.files.items():
                if not NAMES.fullmatch(name):
                    raise ValueError(f"a backup holds no {name[:80]!r}")
                _extract(archive, name, stage / name, size, digest)
                done += size
                progress(done, total)
            return manifest
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, RuntimeError, OSError) as why:
        raise VerificationFailed(f"{path}: nothing was restored: {why}") from why


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    if any(
        member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        for member in archive.infolist()
    ):
        raise ValueError("it is packed as no backup is")
    if MANIFEST not in archive.namelist():
        raise ValueError("it has no manifest: it is no backup, or its end is missing")
    with archive.open(MANIFEST) as member:
        manifest = msgspec.json.decode(member.read(MANIFEST_LIMIT), type=Manifest)
    if manifest.format != FORMAT or not {config.NAME, DATABASE} <= manifest.files.keys():
        raise ValueError(f"it is {manifest.format[:40]!r}, not {FORMAT!r}")
    return manifest


def _extract(archive: zipfile.ZipFile, name: str, target: Path, size: int, digest: str) -> None:
    target.parent.mkdir(exist_ok=True)
    found, left = hashlib.sha256(), size
    with archive.open(name) as member, target.open("wb") as file:
        while part := member.read(min(CHUNK, left + 1)):
            left -= len(part)
            if left < 0:
                break
            found.update(part)
            file.write(part)
    named = target.name[:64] if target.parent.name == FOLDER else digest
    if left or not found.hexdigest() == digest == named:
        raise ValueError(f"{name} is not what was backed up")


def _checked(
    path: Path, stage: Path, manifest: Manifest, settings: config.Config, vkey: str | None, progress: Progress
) -> tuple[int, bool]:
    """How many records the newest seal is over, and whether no key was there to check it; ``VerificationFailed`` unless all is as it was backed up."""
    with closing(HeadFile(stage / HEAD, create=True)) as head:
        head.write(Head(manifest.size, bytes.fromhex(manifest.root)))
    wrong = [finding.what for finding in findings(stage, READER, progress)]
    if wrong:
        raise VerificationFailed(f"{path}: nothing was restored: {_some(wrong)}")
    with closing(SqliteStore.open(stage, write=True)) as store:
        if store.size != manifest.size:
            raise VerificationFailed(
                f"{path}: nothing was restored: it holds {store.size} records, not {manifest.size}"
            )
        seal = store.last_seal()
        if seal is None:
            return 0, False
        note = Note(parse_checkpoint(seal.note), seal.note)
        return seal.size, check_signatures(settings, [note], registry_of(store), vkey)
