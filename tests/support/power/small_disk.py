"""A disk of a few megabytes that can really be full: a tmpfs in a mount namespace of its own, so that nobody else
sees it and it is gone with the process. Needs unshare of util-linux, and root or user namespaces.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

UNSHARE: Final = shutil.which("unshare")
NOT_RUN: Final = "not run: this user may mount no tmpfs (unshare --mount --map-root-user)"
PAGE: Final = 4_096


def can_mount() -> bool:
    """True where a process may have mounts of its own."""
    if UNSHARE is None:
        return False
    words = [UNSHARE, "-rm", "mount", "-t", "tmpfs", "none", "/mnt"]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


def in_namespace(words: Sequence[str]) -> int:
    """The exit code of this Python, run with these arguments where it may mount."""
    assert UNSHARE is not None, NOT_RUN
    return subprocess.call([UNSHARE, "-rm", sys.executable, *words])


class SmallDisk:
    """A tmpfs at a place, and a file in it that takes the room."""

    def __init__(self, place: Path, size: int) -> None:
        place.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(place)], check=True)
        self.place, self._padding = place, place / "padding"

    def left(self) -> int:
        """Bytes that are free."""
        found = os.statvfs(self.place)
        return found.f_bavail * found.f_frsize

    def fill(self, *, leaving: int) -> None:
        """Take the room but for so many bytes, in pages."""
        pages = (self.left() - leaving) // PAGE
        if pages > 0:
            with self._padding.open("ab") as file:
                begin = file.tell()
                try:
                    os.posix_fallocate(file.fileno(), begin, pages * PAGE)
                except OSError:  # others write meanwhile: then they have it
                    os.ftruncate(file.fileno(), begin)

    def free(self) -> None:
        """Give the room back."""
        self._padding.unlink(missing_ok=True)

    def close(self) -> None:
        """Take the disk away."""
        subprocess.run(["umount", "--lazy", str(self.place)], check=True)
