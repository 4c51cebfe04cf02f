"""The list of backends: a new one is a folder beside this file and one line here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from ledger.store.port import StoreFolder
from ledger.store.sqlite.folder import SqliteFolder
from ledger.store.sqlite.read_only import FAILED

DEFAULT: Final = "sqlite"
BACKENDS: Final[dict[str, Callable[[Path], StoreFolder]]] = {
    "sqlite": SqliteFolder,
}
"""Folder class of each backend, by its name in ``book.toml``."""

FAILURES: Final = FAILED
"""Errors that backends raise where their files are damaged."""


def store_folder(directory: Path, backend: str = DEFAULT) -> StoreFolder:
    """The folder of a store of a named backend."""
    return BACKENDS[backend](directory)
