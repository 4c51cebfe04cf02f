"""Single files that must never be torn or stale: write aside, fsync, rename, fsync the directory (TRUST, durability)."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

READ_MODEL: Final = "readmodel.db"
CHUNK: Final = 1 << 20
NO_ROOM: Final = frozenset([errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO])
"""What the system says of a disk that is full, or fails: not of the file that was asked for."""


def write_durably(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Replace ``path`` by ``data`` so that after a power loss it holds all of the old bytes or all of the new."""
    with replacing(path, mode) as file:
        file.write(data)


@contextmanager
def replacing(path: Path, mode: int = 0o644) -> Iterator[BinaryIO]:
    """A file to be filled that takes the place of ``path``, durably, when all went well; else ``path`` stays as it was.

    What is no file (a device, a pipe) is written to as it is.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "is a folder; say a file", str(path))
    if path.exists() and not path.is_file():
        with path.open("wb") as stream:
            yield stream
        return
    aside = path.with_name(path.name + ".new")
    if not path.parent.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "there is no such folder", str(path.parent))
    descriptor = os.open(aside, os.O_RDWR | os.O_CREAT | os.O_TRUNC, mode)
    try:
        with open(descriptor, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
    except BaseException as why:
        aside.unlink(missing_ok=True)
        if isinstance(why, OSError) and why.filename is None:  # a write that fails does not say of what
            why.filename = str(path)
        raise
    os.replace(aside, path)
    sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Make names created, renamed or removed in a directory durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def forget_read_models(directory: Path) -> None:
    """Remove a book's read-model file; it is made again when it is asked for."""
    for ending in ("", "-wal", "-shm", "-journal", ".new"):
        wipe(directory / (READ_MODEL + ending))


def wipe(path: Path) -> None:
    """Write zeros over a file and remove it, if it is there; what the disk itself keeps of old blocks is out of reach."""
    try:
        with path.open("r+b") as file:
            for start in range(0, path.stat().st_size, CHUNK):
                file.write(bytes(min(CHUNK, path.stat().st_size - start)))
            file.flush()
            os.fsync(file.fileno())
    except (FileNotFoundError, IsADirectoryError):  # a folder holds nothing of ours
        return
    path.unlink(missing_ok=True)
