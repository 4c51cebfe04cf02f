"""Imported documents, kept in the book by their SHA-256: what a record's ``source.sha256`` points at."""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from ledger.app.host.files import PRIVATE, own_folder, placing, remove_all_leftovers
from ledger.errors import Malformed

FOLDER: Final = "evidence"
NAME: Final = re.compile(r"([0-9a-f]{64})(\.[A-Za-z0-9]{1,7})?")
CHUNK: Final = 1 << 18  # so small that what a part is read into stays in a processor's cache


def keep_evidence(directory: Path, data: bytes, name: str) -> str:
    """Keep a document once and return its SHA-256 in hex. Only the ending of the name is used."""
    digest = hashlib.sha256(data).hexdigest()
    path = _place(directory, digest, name)
    if not _is_kept(path, digest, len(data)):
        with placing(path, PRIVATE) as file:
            file.write(data)
    return digest


def keep_file(directory: Path, path: Path, digest: str) -> Path:
    """Keep a file of any size and this SHA-256 once and return its path. ``Malformed`` where it changes
    meanwhile.
    """
    kept = _place(directory, digest, path.name)
    if not _is_kept(kept, digest, path.stat().st_size):
        with placing(kept, PRIVATE) as file:
            copied = hashlib.sha256()
            for chunk in chunks(path):
                copied.update(chunk)
                file.write(chunk)
            if copied.hexdigest() != digest:
                raise Malformed(f"{path.name} changes while it is read; import it when it is finished")
    return kept


def tidy(directory: Path) -> None:
    """Remove leftovers of a killed import from the documents."""
    remove_all_leftovers(directory / FOLDER)


def documents(directory: Path) -> list[Path]:
    """Paths with the name of a kept document, in order."""
    return [path for path in sorted((directory / FOLDER).glob("*")) if NAME.fullmatch(path.name)]


def _place(directory: Path, digest: str, name: str) -> Path:
    own_folder(directory / FOLDER)
    return directory / FOLDER / f"{digest}{_ending(name)}"


def _is_kept(path: Path, digest: str, size: int) -> bool:
    """True where the document is there as a file, unchanged. A link or a damaged document is not, and the
    next import of it puts it right.
    """
    try:
        found = path.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_size == size and sha256_of(path) == digest


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def chunks(path: Path, progress: Callable[[int, int], None] | None = None) -> Iterator[bytes]:
    """A file in parts of a quarter of a megabyte, with progress in bytes."""
    total = path.stat().st_size
    with path.open("rb") as file:
        while data := file.read(CHUNK):
            yield data
            if progress is not None:
                progress(file.tell(), total)


def evidence(directory: Path, digest: str) -> bytes:
    """Bytes of a kept document; ``Malformed`` where it is missing or was changed."""
    for path in documents(directory):
        if not path.name.startswith(digest):
            continue
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() == digest:
            return data
        raise Malformed(f"{path} is not the stored document: its SHA-256 differs")
    raise Malformed(f"the document {digest[:16]}... is not among the evidence of this book")


def _ending(name: str) -> str:
    ending = Path(name).suffix
    return ending if ending[1:].isascii() and ending[1:].isalnum() and len(ending) <= 8 else ""
