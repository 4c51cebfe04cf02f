"""A file system in memory for the folders of tests, where the machine has one with room.

A file there is a file to every program: only what is lost with the power differs, and no test cuts that.
"""

from __future__ import annotations

import os
from typing import Final

FOLDER: Final = "/dev/shm"
ROOM: Final = 2 << 30
"""Bytes: several times what a run of the gate leaves there."""


def has_room(folder: str = FOLDER) -> bool:
    """True where tests can write and start programs there: containers often have 64 MB, some hosts noexec."""
    if not (os.path.isdir(folder) and os.access(folder, os.W_OK | os.X_OK)):
        return False
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize >= ROOM and not found.f_flag & os.ST_NOEXEC
