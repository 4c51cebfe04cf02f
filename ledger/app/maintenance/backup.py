"""``backup``: the book in one file, as it is at one moment while others go on writing; and back from it.

A ZIP archive of ``book.toml``, the database (records, sections, seals, trees) as SQLite copies it inside one
read transaction (records in another server are copied into such a database), ``evidence/``, ``anchors/``, and ``manifest.json`` = {format, origin, size, root, files:
{name: [size, sha256]}}. Never in it: the signing key and what it last signed, read models, what was once
erased, and tables of other programs. The copy is checked as fsck checks a book, when it is made and again
when it is restored.

A document that does not match the SHA-256 in its name keeps a backup from being made, unless it is left out
by request: then the manifest names it under ``damaged``. A restore brings back the records whatever became of
documents, and names those that it could not restore.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO, Final, NamedTuple

import msgspec

from ledger.app.book import config, keys
from ledger.app.book.anchors import FOLDER as ANCHORS
from ledger.app.book.anchors import NAMES as ANCHOR
from ledger.app.book.anchors import SUMS
from ledger.app.book.evidence import FOLDER
from ledger.app.book.evidence import NAME as DOCUMENT
from ledger.app.book.fork_guard import is_empty
from ledger.app.book.making import check_begun
from ledger.app.book.unfinished import still_kept
from ledger.app.host.files import (
    PRIVATE,
    PRIVATE_FOLDER,
    create_private,
    own_folder,
    replacing,
    staging,
    sync_directory,
)
from ledger.app.host.progress import Progress
from ledger.app.maintenance.fsck import copy_findings
from ledger.app.maintenance.key_check import KeyState, key_state
from ledger.app.maintenance.restore import (
    KeptCheckpoint,
    Restored,
    RestoreOptions,
    check_signatures,
    closed,
    new_or_held,
    put_in_place,
    registry_of,
    staged,
)
from ledger.errors import Conflict, Malformed, Refused, Tampered, UnknownOutcome, VerificationFailed
from ledger.log.checkpoint import parse_checkpoint
from ledger.store import portable
from ledger.store.open import DEFAULT, store_folder
from ledger.store.open import NAMES as NAMES_OF_RECORDS
from ledger.store.port import Head
from ledger.units import LIMIT

FORMAT: Final = "wattledger-backup/v1"
MANIFEST: Final = "manifest.json"
BUNDLE_MEMBER: Final = "heads.json"
MANIFEST_LIMIT: Final = 64 << 20
CHUNK: Final = 1 << 20
ZIP: Final = b"PK\x03\x04"
END: Final = b"PK\x05\x06"
END_BYTES: Final = 22
RECORDS: Final = frozenset(NAMES_OF_RECORDS)
NAMES: Final = re.compile(
    rf"{re.escape(config.NAME)}|{'|'.join(map(re.escape, sorted(RECORDS)))}|{FOLDER}/{DOCUMENT.pattern}|{ANCHORS}/({ANCHOR.pattern}|{SUMS})"
)
BESIDE: Final = (f"{FOLDER}/", f"{ANCHORS}/")  # members that the records do not need
UNREADABLE: Final = (zipfile.BadZipFile, zlib.error, ValueError, EOFError, RuntimeError)
FINDINGS_SHOWN: Final = 3
DISK_SAYS: Final = ("disk I/O error", "unable to open database file", "database or disk is full")


Count = Annotated[int, msgspec.Meta(ge=0, le=LIMIT)]


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Contents of a backup as it states them; ``files`` by name, each with its size in bytes and its SHA-256;
    ``damaged`` names the documents left out.
    """

    format: str
    origin: str
    size: Count
    root: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    files: dict[str, tuple[Count, str]]
    damaged: tuple[str, ...] = ()


class BackedUp(NamedTuple):
    """Contents of a backup that was made."""

    origin: str
    size: int
    root: str
    evidence: int
    bytes: int
    damaged: tuple[str, ...]


def back_up(directory: Path, path: Path, progress: Progress, *, without_damaged: bool = False) -> BackedUp:
    """Write the backup of a book, durably; ``Tampered`` where anything in it would be damaged, unless it may
    be made without damaged documents.
    """
    portable.check_writable()  # the copy is opened as a book
    settings = config.read_config(directory)
    store_at = store_folder(directory, settings.backend)
    check_begun(directory, store_at)
    if not store_at.exists():
        raise Malformed(f"{directory} holds no {store_at.name}")
    copy_settings = settings if store_at.in_files else msgspec.structs.replace(settings, backend=DEFAULT)
    if not path.parent.is_dir():
        raise Malformed(f"{path.parent}: there is no such folder")
    if path.exists() and not path.is_file():
        raise Malformed(f"{path} is not a file; a backup is written into a new file, or in the place of one")
    with _whole_or_not(f"{path}: nothing was backed up"), staging(path) as copy:
        copied = store_folder(copy, copy_settings.backend)
        store_at.snapshot(copy)
        check_begun(directory, copied, copied.count())
        wrong = _wrong(copy, key_state(directory, None, settings.origin), copy_settings, progress)
        if wrong:
            raise Tampered(f"{_some(wrong)}; run fsck")
        with closing(copied.open(write=True)) as store:
            size, root = store.size, store.forest.root().hex()
            erased = still_kept(store)
            if erased:
                with store.writing():
                    store.erase_all(erased)
            listed = store.documents()
        if copy_settings != settings:
            config.write_config(copy, copy_settings)
        told = directory if copy_settings == settings else copy
        members = {config.NAME: told / config.NAME, copied.name: copy / copied.name}
        for folder in (FOLDER, ANCHORS):
            members |= {f"{folder}/{p.name}": p for p in sorted((directory / folder).glob("*"))}
        kept = {name: source for name, source in members.items() if NAMES.fullmatch(name)}
        gone = _gone(directory, listed, kept)
        if gone and not without_damaged:
            raise Tampered(
                f"{gone[0]} was kept and is gone; put it back as it was, or leave it out with"
                " --without-damaged"
            )
        damaged = _damaged(kept) if without_damaged else ()
        for name in damaged:
            del kept[name]
        with replacing(path, PRIVATE) as archive:
            damaged = tuple(sorted({*damaged, *gone}))
            manifest = Manifest(FORMAT, settings.origin, size, root, {}, damaged)
            wrong = _write(archive, kept, manifest, progress)
            if wrong:
                raise Tampered(
                    f"{_some(wrong)}; put back the document as it was, or leave it out with --without-damaged"
                )
    held = sum(name.startswith(FOLDER) for name in kept)
    return BackedUp(settings.origin, size, root, held, path.stat().st_size, damaged)


@contextmanager
def _whole_or_not(nothing: str) -> Iterator[None]:
    """Add to any error that nothing was written or restored."""
    try:
        yield
    except (Conflict, Tampered, UnknownOutcome) as why:
        raise type(why)(f"{nothing}: {why}") from why


def _wrong(copy: Path, state: KeyState, settings: config.Config, progress: Progress) -> list[str]:
    """Faults of the copy just made; ``UnknownOutcome`` where the disk is merely full."""
    found = copy_findings(copy, state, settings, progress)
    wrong = [f"record {one.place}: {one.what}" if one.place is not None else one.what for one in found]
    failed = [what for what in wrong if what.endswith(DISK_SAYS)]
    if failed:
        raise UnknownOutcome(f"the disk is full or fails: {failed[0]}")
    return wrong


def _gone(directory: Path, listed: set[str], kept: dict[str, Path]) -> list[str]:
    """The documents that a book lists as kept and that are not there, as a backup would name them; those
    erased meanwhile are not listed now.
    """
    missing = listed - {Path(name).name[:64] for name in kept if name.startswith(FOLDER)}
    if not missing:
        return []
    with closing(config.folder_of(directory).open(write=False)) as store:
        return [f"{FOLDER}/{digest}" for digest in sorted(missing & store.documents())]


def _damaged(members: dict[str, Path]) -> tuple[str, ...]:
    """The members beside the records that cannot be read, and documents that are not what their names say."""
    return tuple(
        name for name, path in members.items() if name.startswith(BESIDE) and not _is_sound(name, path)
    )


def _is_sound(name: str, path: Path) -> bool:
    try:
        digest = hashlib.sha256()
        for part in _parts(path):
            digest.update(part)
    except Tampered:
        return False
    return _is_named(name, digest.hexdigest())


def _is_named(name: str, digest: str) -> bool:
    """True where the name of a member gives this SHA-256, or gives none."""
    return not name.startswith(f"{FOLDER}/") or Path(name).name[:64] == digest


def _write(archive: BinaryIO, members: dict[str, Path], manifest: Manifest, progress: Progress) -> list[str]:
    """Write the members and the manifest; return the faults of members beside the records."""
    total, done = sum(map(_size, members.values())), 0
    files: dict[str, tuple[int, str]] = {}
    wrong = []
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for name, source in members.items():
            digest, size = hashlib.sha256(), 0
            try:
                with made.open(name, "w", force_zip64=True) as member:
                    for part in _parts(source):
                        member.write(part)
                        digest.update(part)
                        size += len(part)
                        progress(done + size, total)
            except Tampered as why:
                wrong.append(str(why))
            else:
                if not _is_named(name, digest.hexdigest()):
                    wrong.append(f"{name} is not the stored document: its SHA-256 differs")
            files[name] = (size, digest.hexdigest())
            done += size
        made.writestr(MANIFEST, msgspec.json.encode(msgspec.structs.replace(manifest, files=files)))
    return wrong


def _size(path: Path) -> int:
    """Size for the progress bar: a file that cannot be read counts 0."""
    return path.stat().st_size if path.is_file() else 0


def _parts(path: Path) -> Iterator[bytes]:
    """A file in parts; ``Tampered`` where it cannot be read, or something else has its name."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise Tampered(f"{path} is not a file")
        with path.open("rb") as file:
            yield from iter(lambda: file.read(CHUNK), b"")
    except OSError as why:
        raise Tampered(f"{path} cannot be read ({why.strerror})") from why


def _some(wrong: Sequence[str]) -> str:
    rest = len(wrong) - FINDINGS_SHOWN
    return "; ".join(wrong[:FINDINGS_SHOWN]) + (f"; and {rest} more" if rest > 0 else "")


# --- back ---------------------------------------------------------------------------------------------------


def is_backup(path: Path) -> bool:
    """True where a file begins as a backup does."""
    with path.open("rb") as file:
        return file.read(len(ZIP)) == ZIP


def restore_backup(directory: Path, path: Path, given: RestoreOptions, progress: Progress) -> Restored:
    """Make the book of a backup in a directory that holds none or an empty one; all of it is checked
    first.
    """
    key = keys.key_path(directory, given.key_file)
    with new_or_held(directory, key) as held:
        if held is not None and not is_empty(held):
            raise Malformed(
                f"{directory} is a book already, with {held.size} records; restore into another directory, or"
                " move this one away and keep its key with the checkpoint it signed"
            )
        with _whole_or_not(f"{path}: nothing was restored"), staged(directory) as stage:
            manifest, damaged = _unpack(path, stage, progress)
            settings = config.read_config(stage)
            present = config.read_config(directory) if (directory / config.NAME).exists() else settings
            for other in (manifest.origin, present.origin, given.origin or settings.origin):
                if other != settings.origin:
                    raise Refused(f"{path} is of {settings.origin}, not of {other}: nothing was restored")
            sealed, unchecked = _checked(path, stage, manifest, settings, given.vkey, progress)
            for folder in (FOLDER, ANCHORS):
                _move(stage / folder, directory / folder)
            put_in_place(stage, directory, settings)
    why = closed(directory, settings, key)
    return Restored(settings.origin, manifest.size, manifest.size, sealed, unchecked, why, damaged)


def _move(files: Path, folder: Path) -> None:
    """Put files into a folder of the book, replacing any file of the same name."""
    if files.exists():
        own_folder(folder)
        for file in sorted(files.iterdir()):
            file.replace(folder / file.name)
        sync_directory(folder)


def _unpack(path: Path, stage: Path, progress: Progress) -> tuple[Manifest, tuple[str, ...]]:
    """Unpack the members into a folder, each checked against the manifest; return the names of documents that
    cannot be unpacked.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_ends(path, archive)
            manifest = _manifest(archive)
            if sorted(archive.namelist()) != sorted([MANIFEST, *manifest.files]):
                raise ValueError("its files are not those of its manifest")
            total, done = sum(size for size, _ in manifest.files.values()), 0
            free = shutil.disk_usage(stage).free
            if total > free:
                raise ValueError(f"it needs {total:,} bytes and {free:,} are free")
            damaged = list(manifest.damaged)
            for name, (size, digest) in manifest.files.items():
                try:
                    _extract(archive, name, stage / name, size, digest)
                except UNREADABLE:
                    if not name.startswith(BESIDE):
                        raise
                    (stage / name).unlink(missing_ok=True)
                    damaged.append(name)
                done += size
                progress(done, total)
            return manifest, tuple(sorted(damaged))
    except UNREADABLE as why:
        raise VerificationFailed(f"{path}: nothing was restored: {why}") from why
    except OSError as why:
        if why.errno != errno.EINVAL:  # an impossible offset in the archive
            raise
        raise VerificationFailed(f"{path}: nothing was restored: it is damaged ({why})") from why


def _check_ends(path: Path, archive: zipfile.ZipFile) -> None:
    """Refuse a file with bytes before the archive's first member or after its end."""
    with path.open("rb") as file:
        file.seek(-END_BYTES, os.SEEK_END)
        end = file.read()
    if not end.startswith(END) or end[-2:] != b"\0\0":
        raise ValueError("extra bytes follow the end of the backup")
    if min((member.header_offset for member in archive.infolist()), default=0):
        raise ValueError("extra bytes precede the beginning of the backup")


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    if any(
        member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        for member in archive.infolist()
    ):
        raise ValueError("its members are not packed as a backup's are")
    if MANIFEST not in archive.namelist():
        raise ValueError("it has no manifest: it is not a backup, or its end is missing")
    if BUNDLE_MEMBER in archive.namelist():
        raise ValueError("it is a bundle, not a backup; wattledger verify checks it")
    with archive.open(MANIFEST) as member:
        manifest = msgspec.json.decode(member.read(MANIFEST_LIMIT), type=Manifest)
    if manifest.format != FORMAT:
        raise ValueError(f"it is {manifest.format[:40]!r}, not {FORMAT!r}")
    for names in ({config.NAME}, RECORDS):
        if names.isdisjoint(manifest.files):
            raise ValueError(f"its manifest names no {' or '.join(names)}, so it is not a complete backup")
    for name in (*manifest.files, *manifest.damaged):
        if not NAMES.fullmatch(name):
            raise ValueError(f"it holds {name[:80]!r}, which does not belong in a backup")
    return manifest


def _extract(archive: zipfile.ZipFile, name: str, target: Path, size: int, digest: str) -> None:
    target.parent.mkdir(PRIVATE_FOLDER, exist_ok=True)
    create_private(target)
    found, left = hashlib.sha256(), size
    with archive.open(name) as member, target.open("wb") as file:
        while part := member.read(min(CHUNK, left + 1)):
            left -= len(part)
            if left < 0:
                break
            found.update(part)
            file.write(part)
        file.flush()
        os.fsync(file.fileno())
    if left or found.hexdigest() != digest or not _is_named(name, digest):
        raise ValueError(f"{name} is not what was backed up")


def _checked(
    path: Path, stage: Path, manifest: Manifest, settings: config.Config, vkey: str | None, progress: Progress
) -> tuple[int, bool]:
    """Number of records the newest checkpoint covers, and whether no key was there to check it;
    ``VerificationFailed`` unless all is as it was backed up.
    """
    staged_store = store_folder(stage, settings.backend)
    staged_store.acknowledge(Head(manifest.size, bytes.fromhex(manifest.root)))
    wrong = _wrong(stage, key_state(stage, None, settings.origin), settings, progress)
    if wrong:
        raise VerificationFailed(f"{path}: nothing was restored: {_some(wrong)}")
    with closing(staged_store.open(write=True)) as store:
        if store.size != manifest.size:
            raise VerificationFailed(
                f"{path}: nothing was restored: it holds {store.size} records, not {manifest.size}"
            )
        seal = store.last_seal()
        if seal is None:
            return 0, False
        note = KeptCheckpoint(parse_checkpoint(seal.note), seal.note)
        return seal.size, check_signatures(settings, [note], registry_of(store), vkey)
