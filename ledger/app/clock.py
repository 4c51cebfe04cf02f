"""Where record times and random bytes come from: the machine, or (for a demonstration) a seed."""

from __future__ import annotations

import hashlib
import os
import time
from typing import Protocol


class Surroundings(Protocol):
    """The two things a ledger takes from the world when it accepts a record."""

    def now_us(self) -> int:
        """Microseconds since 1970, UTC."""
        ...

    def random(self, size: int) -> bytes:
        """That many unpredictable bytes, for nonces and salts."""
        ...


class Machine:
    """The machine's clock and its random source."""

    def now_us(self) -> int:
        """Microseconds since 1970 by the system clock."""
        return time.time_ns() // 1000

    def random(self, size: int) -> bytes:
        """Bytes from the operating system."""
        return os.urandom(size)


class Seeded:
    """A clock that is set by hand and bytes that follow from a seed: the same book every time, and so no secret."""

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
