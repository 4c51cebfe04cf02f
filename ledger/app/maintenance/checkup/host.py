"""What the machine tells of itself: mounted file systems, the state of its clock, libraries that are loaded
before others. Each is empty or None where the system does not tell it.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

_ESCAPED: Final = re.compile(r"\\([0-7]{3})")
_STATE_OF_UNSYNCHRONIZED: Final = 5
_TIMEX_BYTES: Final = 512  # struct timex has about 208; adjtimex(2) only fills it while its first word is 0


class Mount(NamedTuple):
    """A mounted file system: its place, its type, and the options of the mount and of the file system."""

    place: Path
    type: str
    options: frozenset[str]


class Host(NamedTuple):
    """``mounts`` is the text of /proc/self/mountinfo, ``preload`` the libraries that every program loads first,
    ``synchronized`` whether anything keeps the clock right, as the kernel knows it.
    """

    mounts: str = ""
    preload: str = ""
    synchronized: bool | None = None

    def mount_of(self, path: Path) -> Mount | None:
        """The file system that a path is on."""
        real = path.resolve()
        found = [mount for mount in map(_mount, self.mounts.splitlines()) if mount is not None]
        holding = [mount for mount in found if real.is_relative_to(mount.place)]
        return max(reversed(holding), key=lambda mount: len(mount.place.parts), default=None)


def this_host() -> Host:
    """The machine that this runs on."""
    return Host(
        _text(Path("/proc/self/mountinfo")),
        " ".join((os.environ.get("LD_PRELOAD", ""), _text(Path("/etc/ld.so.preload")))).strip(),
        _is_synchronized(),
    )


def free_bytes(path: Path) -> int | None:
    """Bytes that this user can still write to the disk of a path."""
    with suppress(OSError, AttributeError):
        return shutil.disk_usage(path).free
    return None


def _text(path: Path) -> str:
    with suppress(OSError):
        return path.read_text("utf-8", "surrogateescape")
    return ""


def _mount(line: str) -> Mount | None:
    """A line of mountinfo: fields, a hyphen, and the file system's own."""
    fields, _, of_type = line.partition(" - ")
    words, own = fields.split(), of_type.split()
    if len(words) < 6 or len(own) < 3:
        return None
    place = _ESCAPED.sub(lambda found: chr(int(found[1], 8)), words[4])
    return Mount(Path(place), own[0], frozenset((*words[5].split(","), *own[2].split(","))))


def _is_synchronized() -> bool | None:
    """adjtimex(2) asked for nothing but the state of the clock."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        state: int = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    except (OSError, AttributeError):
        return None
    return None if state < 0 else state != _STATE_OF_UNSYNCHRONIZED
