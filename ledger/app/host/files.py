"""Files that are whole or absent: written aside, fsync, rename, fsync the directory (TRUST, durability).

What is written aside is ``NAME.<16 hex digits>.new`` beside NAME: a name that cannot be guessed, created by
this process alone, never through a link, and locked while it is being written. One that is not locked is what
a killed run left; the next run that writes the same name removes it.
"""

from __future__ import annotations

import codecs
import errno
import os
import re
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from ledger.errors import Malformed
from ledger.store import portable

READ_MODEL: Final = "readmodel.db"
"""The tables that others read."""
CACHE: Final = "rowcache.db"
"""Cache that makes the next report fast: for this program only."""
DESCRIPTIONS: Final = "readmodel.metadata.json"
"""Descriptions of the tables, for Datasette."""
READ_MODEL_FILES: Final = (
    *(name + ending for name in (READ_MODEL, CACHE) for ending in ("", "-wal", "-shm", "-journal", ".new")),
    DESCRIPTIONS,
)
CHUNK: Final = 1 << 20
NO_ROOM: Final = frozenset([errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO])
"""System errors of a full or failing disk, as opposed to errors of the file that was named."""
PRIVATE: Final = 0o600
"""Mode of every file of a book: rents and names are in it."""
PRIVATE_FOLDER: Final = 0o700
PUBLIC: Final = 0o644
"""Mode of a file that is made to be handed out; the umask narrows it."""
NAME_BYTES: Final = 230
ASIDE: Final = re.compile(r"\.[0-9a-f]{16}\.new")
NO_LINKS: Final = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)
Place = Callable[[Path, Path], None]


def write_durably(path: Path, data: bytes | Iterable[bytes], mode: int = PUBLIC) -> None:
    """Replace ``path`` by ``data``, or by its pieces as they come, so that after a power loss it holds all of the
    old bytes or all of the new.
    """
    with replacing(path, mode) as file:
        file.writelines((data,) if isinstance(data, bytes) else data)


def write_new(path: Path, data: bytes, mode: int = PRIVATE) -> None:
    """Write a file durably that is not there yet; ``FileExistsError`` where it is, also where another process
    is quicker.
    """
    with placing(path, mode, _link) as file:
        file.write(data)


def read_text(path: Path, errors: str = "strict") -> str:
    """The text of a file that people edit or paste, as UTF-8: without a byte order mark, each line ending a
    line feed.
    """
    return path.read_text("utf-8-sig", errors)


def plain_text(data: bytes) -> bytes:
    """The same of bytes that signed text is read from, such as a note that a mail program carried."""
    return data.removeprefix(codecs.BOM_UTF8).replace(b"\r\n", b"\n")


def pasted(text: str) -> str:
    """A key or other word of the command line without what a file that held it has around it: blanks, line
    ends, a byte order mark.
    """
    return text.strip(" \t\r\n\ufeff")


@contextmanager
def replacing(path: Path, mode: int = PUBLIC) -> Iterator[BinaryIO]:
    """A file to be filled that takes the place of ``path``, durably, when all went well; else ``path`` stays
    as it was.

    A device or a pipe is written to directly.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "is a folder; name a file", str(path))
    if path.exists() and not path.is_file():
        with path.open("wb") as stream:
            yield stream
        return
    with placing(path, mode) as file:
        yield file


@contextmanager
def placing(path: Path, mode: int, place: Place = os.replace) -> Iterator[BinaryIO]:
    """A new file to be filled, put in the place of whatever has the name; while it is locked, so that it is
    no leftover at any time.
    """
    if not path.parent.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "there is no such folder", str(path.parent))
    remove_leftovers(path)
    descriptor, aside = _created(path, mode)
    try:
        with open(descriptor, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            if portable.LOCKS:
                place(aside, path)
        if not portable.LOCKS:  # where there are none, no file that is open is renamed either
            place(aside, path)
    except BaseException as why:
        aside.unlink(missing_ok=True)
        if isinstance(why, OSError) and why.filename is None:  # a write that fails does not say of what
            why.filename = str(path)
        raise
    sync_directory(path.parent)


def _created(path: Path, mode: int) -> tuple[int, Path]:
    while True:
        aside = _aside(path)
        descriptor = os.open(aside, os.O_RDWR | os.O_CREAT | os.O_EXCL | portable.NOFOLLOW, mode)
        try:
            if mode == PRIVATE:
                portable.set_mode(descriptor, mode)
            if _is_ours(descriptor):
                return descriptor, aside
        except BaseException:
            aside.unlink(missing_ok=True)
            os.close(descriptor)
            raise
        os.close(descriptor)


def _link(aside: Path, path: Path) -> None:
    """Give a file its name if no file has it, in one step where the file system can."""
    try:
        os.link(aside, path)
    except OSError as why:
        if why.errno not in NO_LINKS:
            raise
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
        os.replace(aside, path)
    else:
        os.unlink(aside)


@contextmanager
def staging(path: Path) -> Iterator[Path]:
    """A new folder beside a path, for what is not whole yet; only its owner may look into it, and it is gone
    afterwards.
    """
    remove_leftovers(path)
    place, descriptor = _created_folder(path)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
        if descriptor is not None:
            os.close(descriptor)


def _created_folder(path: Path) -> tuple[Path, int | None]:
    while True:
        place = _aside(path)
        place.mkdir(PRIVATE_FOLDER)
        if portable.DIRECTORY is None:
            return place, None
        descriptor = os.open(place, os.O_RDONLY | portable.DIRECTORY | portable.NOFOLLOW)
        if _is_ours(descriptor):
            return place, descriptor
        os.close(descriptor)


def _aside(path: Path) -> Path:
    return path.with_name(f"{_stem(path)}.{os.urandom(8).hex()}.new")


def _stem(path: Path) -> str:
    """A name so short that an ending fits behind it."""
    return os.fsdecode(os.fsencode(path.name)[:NAME_BYTES])


def _is_ours(descriptor: int) -> bool:
    """Lock a new file; False where another process took it for a leftover first. A file system without locks
    has no leftovers removed.
    """
    if not portable.LOCKS:
        return True
    try:
        portable.lock(descriptor, wait=False)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return os.fstat(descriptor).st_nlink > 0


# --- leftovers ----------------------------------------------------------------------------------------------


def remove_leftovers(path: Path, remove: Callable[[Path], None] = os.unlink) -> None:
    """Remove what killed runs left beside a path that they were writing."""
    _remove_all(path.parent, _stem(path), remove)


def remove_all_leftovers(folder: Path) -> None:
    """Remove what killed runs left in a folder, whatever they were writing."""
    _remove_all(folder, "", os.unlink)


def _remove_all(folder: Path, stem: str, remove: Callable[[Path], None]) -> None:
    with suppress(OSError):
        for name in os.listdir(folder):
            if name.startswith(stem) and is_leftover(name, stem):
                _remove_unheld(folder / name, remove)


def is_leftover(name: str, stem: str = "") -> bool:
    """True where a file has the name of one that was written aside, for any name or for this one."""
    return bool(ASIDE.fullmatch(name, len(stem) if stem else max(0, len(name) - 21)))


def _remove_unheld(path: Path, remove: Callable[[Path], None]) -> None:
    """Remove a file or folder of ours unless a process is writing it; a link is neither followed nor
    removed.
    """
    if not portable.LOCKS:  # whether a process writes it is not known
        return
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY | portable.NOFOLLOW | portable.NONBLOCK)
        try:
            found = os.fstat(descriptor)
            if found.st_uid == os.geteuid():
                portable.lock(descriptor, wait=False)
                if stat.S_ISREG(found.st_mode):
                    remove(path)
                elif stat.S_ISDIR(found.st_mode):
                    for each in sorted(path.iterdir()):
                        if each.is_file() and not each.is_symlink():
                            remove(each)
                    shutil.rmtree(path, ignore_errors=True)
        finally:
            os.close(descriptor)


# --- folders and files of a book ----------------------------------------------------------------------------


def make_folder(path: Path) -> bool:
    """Make a folder durably for its owner alone, its parents with the usual mode; False where it was there,
    with the mode that it has.
    """
    missing = [each for each in (path, *path.parents) if not each.exists()]
    path.mkdir(PRIVATE_FOLDER, parents=True, exist_ok=True)
    for each in missing:
        with suppress(PermissionError):  # a folder that we may write into and not list
            sync_directory(each.parent)
    return bool(missing)


def own_folder(path: Path) -> None:
    """Make a folder inside a book; ``Malformed`` where a link stands in its place, which could lead
    anywhere.
    """
    if path.is_symlink():
        raise Malformed(f"{path} is a link: a book keeps its files in folders of its own; put a folder there")
    make_folder(path)


def create_private(path: Path) -> None:
    """Create an empty file that only its owner reads, unless something has the name already."""
    with suppress(FileExistsError):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | portable.NOFOLLOW, PRIVATE)
        portable.set_mode(descriptor, PRIVATE)
        os.close(descriptor)


def sync_directory(path: Path) -> None:
    """Make names created, renamed or removed in a directory durable."""
    if portable.DIRECTORY is None:
        return
    descriptor = os.open(path, os.O_RDONLY | portable.DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def forget_read_models(directory: Path) -> None:
    """Remove a book's read models and its cache, and what killed runs left of them; they are made again when
    they are asked for.
    """
    for name in READ_MODEL_FILES:
        wipe(directory / name)
    for name in (READ_MODEL, CACHE, DESCRIPTIONS):
        remove_leftovers(directory / name, wipe)


def wipe(path: Path) -> None:
    """Write zeros over a file and remove it, if it is there; what the disk itself keeps of old blocks is out
    of reach. A link is only removed.
    """
    try:
        if not path.is_symlink():
            with open(os.open(path, os.O_RDWR | portable.NOFOLLOW), "r+b") as file:
                for start in range(0, path.stat().st_size, CHUNK):
                    file.write(bytes(min(CHUNK, path.stat().st_size - start)))
                file.flush()
                os.fsync(file.fileno())
    except (FileNotFoundError, IsADirectoryError):  # a folder holds nothing of ours
        return
    path.unlink(missing_ok=True)
