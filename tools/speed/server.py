"""A server in a process of its own, with what it costs: processor seconds and resident memory, as the system
counts them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parents[2]
TICK: Final = os.sysconf("SC_CLK_TCK")
PAGE: Final = os.sysconf("SC_PAGE_SIZE")
LEDGER: Final = (sys.executable, "-m", "ledger.app")


class Process(NamedTuple):
    """A server that takes connections."""

    pid: int
    address: tuple[str, int]

    def cpu_s(self) -> float:
        """User and system time so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def rss(self) -> int:
        """Resident bytes now."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * PAGE


@contextmanager
def running(words: Sequence[str]) -> Iterator[Process]:
    """A server until the block ends; its first line of output ends with its address."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT)
    try:
        assert process.stdout is not None, "it is a pipe"
        told = process.stdout.readline()
        if "http://" not in told:
            raise RuntimeError(f"{' '.join(words)} did not start: {told}")
        host, _, port = told.split("http://")[1].split("/")[0].strip('"} \n').rpartition(":")
        yield Process(process.pid, (host, int(port)))
    finally:
        process.terminate()
        process.wait(60)


def serve(book: Path, *more: str) -> Sequence[str]:
    """The command that serves a book on a free port."""
    return (*LEDGER, "--book", str(book), "serve", "--port", "0", *more)
