"""Threads that share one pool of memory."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

THREADS = """
import ctypes, threading
{first}
def work():
    held = [bytes(300) for _ in range(50_000)]
threads = [threading.Thread(target=work) for _ in range(4)]
for each in threads: each.start()
for each in threads: each.join()
ctypes.CDLL(None).malloc_stats()
"""
SHARED = "from ledger.app.host.memory import one_pool_for_all_threads; one_pool_for_all_threads()"


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="not run: the C library is not glibc")
@pytest.mark.parametrize(("first", "has_second"), [("", True), (SHARED, False)], ids=["as it is", "shared"])
def test_threads_of_a_server_take_memory_from_one_pool(first: str, has_second: bool) -> None:
    """Each of four readers grew a pool of its own to 64 MB, and it stayed."""
    done = subprocess.run(
        [sys.executable, "-c", THREADS.format(first=first)], capture_output=True, text=True, check=True
    )
    assert ("Arena 1:" in done.stderr) == has_second
