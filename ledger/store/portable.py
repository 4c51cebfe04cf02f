"""Differences between operating systems: locks on files, and how files are opened.

Writing a book takes file locks that Windows does not have in this form. There a book can be read, verified,
exported and reported on as anywhere else; a command that would write it stops with a one-line message.
"""

from __future__ import annotations

import importlib.util
import os
from typing import Final

from ledger.errors import Malformed

MODES: Final = os.name == "posix"
"""True where the mode of a file states who may read it."""
LOCKS: Final = importlib.util.find_spec("fcntl") is not None
NOFOLLOW: Final = getattr(os, "O_NOFOLLOW", 0)
NONBLOCK: Final = getattr(os, "O_NONBLOCK", 0)
DIRECTORY: Final[int | None] = getattr(os, "O_DIRECTORY", None)
"""None where a folder cannot be opened, and so is neither locked nor synced."""


def check_writable() -> None:
    """``Malformed`` where a book cannot be written because the system has no locks."""
    if not LOCKS:
        raise Malformed(
            "a book cannot be written on this system, which has no file locks (Windows): read, report and"
            " verify here, and record on Linux or macOS, or in WSL"
        )


def lock(descriptor: int, *, wait: bool, shared: bool = False) -> None:
    """Lock an open file for this process, or with ``shared`` together with other readers; ``BlockingIOError``
    where another process holds it and ``wait`` is not given. Without locks a reader goes on unlocked, as no
    process writes there.
    """
    if not LOCKS and shared:
        return
    check_writable()
    import fcntl

    fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))


def set_mode(descriptor: int, mode: int) -> None:
    """Give an open file a mode, where files have one."""
    if hasattr(os, "fchmod"):
        os.fchmod(descriptor, mode)
