"""Imported documents, kept in the book by their SHA-256: what a record's ``source.sha256`` points at."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from ledger.app.files import write_durably

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


def _ending(name: str) -> str:
    ending = Path(name).suffix
    return ending if ending[1:].isascii() and ending[1:].isalnum() and len(ending) <= 8 else ""
