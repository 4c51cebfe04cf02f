"""Memory of a process: its search for cycles, and the pools of several threads.

glibc gives each thread that asks for memory a pool of its own, up to 64 MB, and hands little of it back (mallopt(3),
M_ARENA_MAX). Four readers that each made a large answer once held 200 MB more than one that made them all. Python
runs one thread at a time, so that they hardly wait for each other at one pool.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

M_ARENA_MAX: Final = -8


def one_pool_for_all_threads() -> None:
    """Have threads that begin from now on take memory from one pool, where the C library is glibc; else nothing."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


@contextmanager
def uncollected() -> Iterator[None]:
    """No search for cycles: rows and tables have none, and looking through them took a twentieth of a rebuild and a
    tenth of a report from cached rows.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
