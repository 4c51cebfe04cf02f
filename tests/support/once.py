"""What takes long to make and is only read: made once in a run of the tests, whichever worker needs it first."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest


class AsRun(NamedTuple):
    """A page with what its sessions print now, and the directory that they left, to be copied."""

    text: str
    place: Path


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that the first worker to ask for it fills, while others wait; nobody writes into it later."""
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    folder, draft = base / name, base / f"{name}.draft"
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            shutil.rmtree(draft, ignore_errors=True)  # of a worker that failed
            draft.mkdir()
            make(draft)
            draft.rename(folder)
    return folder
