"""Memory of a process that goes on for days."""

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
CYCLES = """
import gc, weakref
from ledger.app import __main__
import ledger.app.cli.main as cli
cli.main = lambda **_: None
__main__.run()
{first}
class Visit:
    def __init__(self):
        self.itself = self
visits = [Visit() for _ in range(1_000)]
gc.collect(1)  # they stayed for so long that they count as old
left = weakref.WeakSet(visits)
visits.clear()
for _ in range(300_000):
    Visit()
print(len(left))
"""
LONG = "from ledger.app.host.memory import for_a_long_run; for_a_long_run()"
SHARED = "from ledger.app.host.memory import one_pool_for_all_threads; one_pool_for_all_threads()"


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="not run: the C library is not glibc")
@pytest.mark.parametrize(("first", "has_second"), [("", True), (SHARED, False)], ids=["as it is", "shared"])
def test_threads_of_a_server_take_memory_from_one_pool(first: str, has_second: bool) -> None:
    """Each of four readers grew a pool of its own to 64 MB, and it stayed."""
    done = subprocess.run(
        [sys.executable, "-c", THREADS.format(first=first)], capture_output=True, text=True, check=True
    )
    assert ("Arena 1:" in done.stderr) == has_second


@pytest.mark.parametrize(("first", "are_freed"), [("", False), (LONG, True)], ids=["a command", "a server"])
def test_what_visitors_leave_in_cycles_is_freed_by_a_server(first: str, are_freed: bool) -> None:
    """Clients stayed at the live log for an hour and went: what they left in cycles stayed for ever."""
    done = subprocess.run(
        [sys.executable, "-c", CYCLES.format(first=first)], capture_output=True, text=True, check=True
    )
    assert (int(done.stdout) == 0) == are_freed
