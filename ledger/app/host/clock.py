"""Sources of record times and random bytes: the machine, or (for a demonstration) a seed."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Protocol

from ledger import calendar
from ledger.errors import Refused

AHEAD_US: Final = 366 * calendar.DAY_S * 1_000_000


class Surroundings(Protocol):
    """The three things a ledger takes from the world when it accepts a record."""

    def now_us(self) -> int:
        """Microseconds since 1970, UTC."""
        ...

    def random(self, size: int) -> bytes:
        """Unpredictable bytes for nonces and salts."""
        ...

    def changed_us(self, path: Path) -> int | None:
        """Modification time of a file or folder, as the file system shows it; None where there is none."""
        ...


class Machine:
    """The machine's clock and its random source."""

    def now_us(self) -> int:
        """Microseconds since 1970 by the system clock."""
        return time.time_ns() // 1000

    def random(self, size: int) -> bytes:
        """Bytes from the operating system."""
        return os.urandom(size)

    def changed_us(self, path: Path) -> int | None:
        """The modification time of a file or folder."""
        try:
            return path.stat().st_mtime_ns // 1000
        except OSError:
            return None


class Seeded:
    """A clock that is set by hand and bytes that follow from a seed: the same book every time, and so no
    secret.
    """

    def __init__(self, seed: str, now_us: int = 0) -> None:
        self._seed = seed.encode()
        self._drawn = 0
        self.time_us = now_us

    def now_us(self) -> int:
        """The time it was last set to."""
        return self.time_us

    def random(self, size: int) -> bytes:
        """SHAKE-256 of the seed and how many times it was asked."""
        self._drawn += 1
        return hashlib.shake_256(self._seed + b"/" + str(self._drawn).encode()).digest(size)

    def changed_us(self, path: Path) -> int | None:
        """The time it was last set to: no real file is looked at."""
        return self.time_us


def check_not_ahead(surroundings: Surroundings, last_rec_us: int, files: Iterable[Path]) -> None:
    """``Refused`` where the clock is over a year after the last record and after the newest of some files.

    No record can be earlier than the one before it, so one wrong clock would date all that follow. The files
    are such as no record touches: one that writes them under a wrong clock would vouch for it.
    """
    now_us = surroundings.now_us()
    if now_us - last_rec_us <= AHEAD_US:
        return
    known_us = max(last_rec_us, *(surroundings.changed_us(path) or 0 for path in files))
    if now_us - known_us > AHEAD_US:
        clock, known = map(calendar.format_rec, (now_us, known_us))
        raise Refused(
            f"the clock says {clock}, and the newest time known, of the last record and of the files, is"
            f" {known}, more than a year before; every later record would be dated so, so set the clock"
            " right, or add --accept-clock if it is right"
        )
