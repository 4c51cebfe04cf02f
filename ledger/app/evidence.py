"""Imported documents, kept in the book by their SHA-256: what a record's ``source.sha256`` points at."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from ledger.app.files import write_durably
from ledger.errors import Malformed

FOLDER: Final = "evidence"


def keep_evidence(directory: Path, data: bytes, name: str) -> str:
    """Keep a document once; its SHA-256 in hex. The name only gives the ending."""
    digest = hashlib.sha256(data).hexdigest()
    folder = directory / FOLDER
    folder.mkdir(exist_ok=True)
    path = folder / f"{digest}{_ending(name)}"
    if not path.exists():
        write_durably(path, data)
    return digest


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
