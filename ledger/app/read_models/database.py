"""The database of the read models, by sqlite-utils, which is loaded without pandas and numpy: where they are installed
it loads both to take their values too, in half a second, and no value of ours is theirs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def database_of(path: Path) -> Any:
    """The file as sqlite-utils' database."""
    with _without("pandas", "numpy"):
        from sqlite_utils import Database
    return Database(str(path))


@contextmanager
def _without(*modules: str) -> Iterator[None]:
    """As on a machine where some modules are not installed; those that are loaded stay."""
    hidden: dict[str, Any] = dict.fromkeys(name for name in modules if name not in sys.modules)
    sys.modules.update(hidden)
    try:
        yield
    finally:
        for name in hidden:
            sys.modules.pop(name, None)
