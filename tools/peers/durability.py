"""The durability of a store, read back from the connection that writes, and counted: the calls that wait for the
disk, by strace.
"""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

SYNCS: Final = ("fsync", "fdatasync", "msync", "sync_file_range")
SETTINGS: Final = ("fsync", "synchronous_commit", "wal_sync_method", "full_page_writes")
LEVELS: Final = ("OFF", "NORMAL", "FULL", "EXTRA")


def of_sqlite(ask: Callable[[str], Any]) -> str:
    """Journal and level of a SQLite connection; ``ask`` gives the value of a statement."""
    level = LEVELS[int(ask("PRAGMA synchronous"))]
    return f"journal_mode={ask('PRAGMA journal_mode')}, synchronous={level}"


def of_postgres(ask: Callable[[str], Any]) -> str:
    """What a session of PostgreSQL says of its commits."""
    return ", ".join(f"{name}={ask(f'SHOW {name}')}" for name in SETTINGS)


@contextmanager
def counted(processes: Sequence[int], place: Path) -> Iterator[dict[str, int]]:
    """The calls that wait for the disk, by name, of some processes and those that they start; full when it ends."""
    found: dict[str, int] = {}
    path = place / "strace.txt"
    words = ["strace", "-f", "-e", f"trace={','.join(SYNCS)}", "-o", str(path)]
    for pid in processes:
        words += ["-p", str(pid)]
    if shutil.which("strace") is None:
        yield found
        return
    with (place / "strace.err").open("wb") as said:
        tracer = subprocess.Popen(words, stderr=said)
    for _ in range(100):
        if (place / "strace.err").read_text().count("attached") >= len(
            processes
        ) or tracer.poll() is not None:
            break
        time.sleep(0.05)
    time.sleep(0.2)
    yield found
    tracer.send_signal(signal.SIGINT)
    tracer.wait()
    for name in SYNCS:
        count = len(re.findall(rf"^\d+ +{name}\(", path.read_text(), re.MULTILINE))
        if count:
            found[name] = count
