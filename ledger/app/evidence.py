"""Imported documents, kept in the book by their SHA-256: what a record's ``source.sha256`` points at."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from ledger.app.files import replacing, write_durably
from ledger.errors import Malformed

FOLDER: Final = "evidence"
CHUNK: Final = 1 << 18  # so small that what a part is read into stays in a processor's cache


def keep_evidence(directory: Path, data: bytes, name: str) -> str:
    """Keep a document once; its SHA-256 in hex. The name only gives the ending."""
    digest = hashlib.sha256(data).hexdigest()
    folder = directory / FOLDER
    folder.mkdir(exist_ok=True)
    path = folder / f"{digest}{_ending(name)}"
    if not path.exists():
        write_durably(path, data)
    return digest


def keep_file(directory: Path, path: Path, digest: str) -> Path:
    """Keep a file of any size and this SHA-256 once; where it is kept. ``Malformed`` where it changes meanwhile."""
    folder = directory / FOLDER
    folder.mkdir(exist_ok=True)
    kept = folder / f"{digest}{_ending(path.name)}"
    if not kept.exists():
        with replacing(kept) as file:
            copied = hashlib.sha256()
            for chunk in chunks(path):
                copied.update(chunk)
                file.write(chunk)
            if copied.hexdigest() != digest:
                raise Malformed(f"{path.name} changes while it is read; import it when it is finished")
    return kept


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
    """A document that was kept; ``Malformed`` where it is not there or is another now."""
    for path in sorted((directory / FOLDER).glob(f"{digest}*")):
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() == digest:
            return data
        raise Malformed(f"{path} is not the document that was kept: its SHA-256 is another")
    raise Malformed(f"the document {digest[:16]}... is not among the evidence of this book")


def _ending(name: str) -> str:
    ending = Path(name).suffix
    return ending if ending[1:].isascii() and ending[1:].isalnum() and len(ending) <= 8 else ""
