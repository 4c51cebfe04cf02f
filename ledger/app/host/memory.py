"""Memory of a process that goes on for days.

A command that ends soon hardly looks for garbage in cycles, and never for any that is old: there is next to none. A
server makes some with every client that goes before its answer comes.

glibc gives each thread that asks for memory a pool of its own, up to 64 MB, and hands little of it back (mallopt(3),
M_ARENA_MAX). Four readers that each made a large answer once held 200 MB more than one that made them all. Python
runs one thread at a time, so that they hardly wait for each other at one pool.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

M_ARENA_MAX: Final = -8
SHORT_RUN: Final = (100_000, 10, 1_000)
LONG_RUN: Final = (2_000, 10, 5)
"""New objects after which the newest are looked through for cycles, and how often so before older ones are."""


def for_a_short_run() -> None:
    """Hardly look for cycles: modules, rows and tables are large and without any, and looking through them again and
    again found nothing and took up to a quarter of the time.
    """
    gc.set_threshold(*SHORT_RUN)


def for_a_long_run() -> None:
    """Free what is held by cycles only, and keep one pool of memory for all threads. A process that did not begin as a
    command of ours keeps its own ways.
    """
    if gc.get_threshold() == SHORT_RUN:
        gc.freeze()  # what is loaded stays, and need not be looked through
        gc.set_threshold(*LONG_RUN)
        one_pool_for_all_threads()


def one_pool_for_all_threads() -> None:
    """Have threads that begin from now on take memory from one pool, where the C library is glibc; else nothing."""
    if sys.platform == "linux":
        import ctypes

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
