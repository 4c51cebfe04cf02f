"""The list of stores: one line each. The contract's tests run over it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from ledger.store.memory import MemoryStore
from ledger.store.port import Store
from ledger.store.sqlite.store import SqliteStore

# name -> a new empty store that may keep its files in a directory
BACKENDS: Final[dict[str, Callable[[Path], Store]]] = {
    "memory": lambda _: MemoryStore(),
    "sqlite": SqliteStore.create,
}
