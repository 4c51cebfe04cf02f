"""The list of backends: a new one is a folder beside this file and one line here.

``book.toml`` names a backend by its name, or by an address that begins with it: ``postgresql://...``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from ledger.errors import Malformed, inert
from ledger.store.port import StoreFolder
from ledger.store.sqlite.folder import SqliteFolder
from ledger.store.sqlite.read_only import FAILED

DEFAULT: Final = "sqlite"
ARCHIVE: Final = "archive"


def _postgres(directory: Path, backend: str) -> StoreFolder:
    try:
        from ledger.store.postgres.folder import PostgresFolder  # psycopg is an extra, and takes time to load
    except ModuleNotFoundError as why:
        if why.name not in ("psycopg", "psycopg_pool"):
            raise
        raise Malformed(
            "a book in PostgreSQL needs psycopg, which is not installed: pip install 'wattledger[postgres]'"
        ) from None
    return PostgresFolder(directory, backend)


def _archive(directory: Path, backend: str) -> StoreFolder:
    from ledger.store.archive.folder import ArchiveFolder  # most books are none

    return ArchiveFolder(directory, backend)


BACKENDS: Final[dict[str, Callable[[Path, str], StoreFolder]]] = {
    "sqlite": SqliteFolder,
    "postgresql": _postgres,
    ARCHIVE: _archive,
}
"""Folder class of each backend, by its name in ``book.toml``."""
NAMES: Final = (SqliteFolder.name,)
"""Names of the files that hold records, in a folder or in a backup."""

FAILURES: Final = FAILED
"""Errors that backends raise where their files are damaged."""


def store_folder(directory: Path, backend: str = DEFAULT) -> StoreFolder:
    """The folder of a store of a named backend."""
    return BACKENDS[backend.partition("://")[0]](directory, backend)


def check_backend(backend: str) -> None:
    """``Malformed`` unless a backend of this name exists, and an address is one."""
    name, colon, _ = backend.partition("://")
    if name not in BACKENDS or bool(colon) != (name == "postgresql"):
        raise Malformed(
            f"backend must be sqlite, or postgresql://ROLE@HOST/DATABASE?schema=NAME: {inert(backend)}"
        )
    if colon:
        from ledger.store.postgres.address import parsed  # small, and needs no psycopg

        parsed(backend)


def schema_script(backend: str | None) -> str:
    """The SQL with which an administrator makes the place of a book in a database server."""
    check_backend(backend or DEFAULT)
    if backend is None or backend == DEFAULT:
        raise Malformed("--sql needs --store postgresql://ROLE@HOST/DATABASE?schema=NAME: SQLite needs none")
    from ledger.store.postgres.address import parsed
    from ledger.store.postgres.schema import script

    return script(parsed(backend))
