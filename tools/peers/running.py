"""One store while it is measured: its worker, and the processor time of the worker and of its servers."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from tools.peers.durability import counted
from tools.peers.places import NotRun, Place
from tools.peers.readings import SHOWN, reading


class Took(NamedTuple):
    """Microseconds that a reading took: of processors, and of the clock."""

    cpu_us: float
    wall_us: float


class Running:
    """A store with its worker started."""

    def __init__(self, name: str, place: Place, folder: Path) -> None:
        self.name, self.place, self.folder = name, place, folder
        self.count = 0
        self._errors = folder / "worker.err"
        with self._errors.open("wb") as errors:
            self._worker = subprocess.Popen(
                place.words,
                env=os.environ | place.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self.about = self._answer()
        if json.loads(self.about.pop("reading")) != reading(*SHOWN):
            raise NotRun("its worker makes other readings")

    def append(self, size: int, calls: int) -> Took:
        """Append by calls of a size."""
        self._ask({"do": "append", "size": size, "calls": calls})
        self._answer()
        before = self._cpu_s()
        self._ask({})
        found = self._answer()
        self.count += found["count"]
        return _took(found, self._cpu_s() - before)

    def fill(self, size: int) -> Took | None:
        """Append until there are so many, by calls of 1,000; what that took."""
        took: list[tuple[int, Took]] = []
        while self.count < size:
            missing = size - self.count
            calls = min(100, missing // 1_000)
            took.append((calls, self.append(1_000, calls)) if calls else (0, self.append(missing, 1)))
        whole = sum(calls for calls, _ in took)
        if not whole:
            return None
        return Took(*(sum(calls * one[n] for calls, one in took) / whole for n in (0, 1)))

    def read(self, work: str) -> Took:
        """Read everything, one way."""
        before = self._cpu_s()
        self._ask({"do": work})
        found = self._answer()
        if found["count"] != self.count:
            raise NotRun(f"{work} met {found['count']:,} of {self.count:,} readings")
        return _took(found, self._cpu_s() - before)

    def syncs(self, size: int, calls: int = 20) -> dict[str, int]:
        """Calls that waited for the disk while so many appends were made."""
        self._ask({"do": "append", "size": size, "calls": calls})
        self._answer()
        with counted(sorted(self._processes()), self.folder) as found:
            self._ask({})
            self.count += self._answer()["count"]
        return found

    def close(self) -> None:
        """End the worker and what was started for it."""
        with suppress(OSError):
            assert self._worker.stdin is not None
            self._worker.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._worker.wait(60)
        self._worker.kill()
        for one in self.place.servers:
            if isinstance(one, subprocess.Popen):
                one.terminate()
                one.wait()

    def _ask(self, asked: dict[str, Any]) -> None:
        assert self._worker.stdin is not None
        try:
            self._worker.stdin.write(json.dumps(asked) + "\n")
            self._worker.stdin.flush()
        except OSError:
            raise self._ended() from None

    def _answer(self) -> dict[str, Any]:
        assert self._worker.stdout is not None
        line = self._worker.stdout.readline()
        if not line:
            raise self._ended()
        found: dict[str, Any] = json.loads(line)
        return found

    def _ended(self) -> NotRun:
        self._worker.wait()
        last = self._errors.read_text(errors="replace").strip().splitlines()[-1:] or ["without a word"]
        return NotRun(f"its worker ended: {last[0][:300]}")

    def _cpu_s(self) -> float:
        """Of the worker, its servers and their children that live, in nanoseconds by the clocks of processes."""
        used = 0.0
        for pid in self._processes():
            with suppress(OSError):
                used += time.clock_gettime(~pid << 3 | 2)
        return used

    def _processes(self) -> set[int]:
        children: dict[int, list[int]] = defaultdict(list)
        for path in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                children[int(path.read_text().rpartition(")")[2].split()[1])].append(int(path.parent.name))
        servers = [one if isinstance(one, int) else one.pid for one in self.place.servers]
        return set(_under([self._worker.pid, *servers], children))


def _under(pids: Sequence[int], children: dict[int, list[int]]) -> list[int]:
    return [found for pid in pids for found in (pid, *_under(children[pid], children))]


def _took(found: dict[str, Any], cpu_s: float) -> Took:
    return Took(cpu_s * 1e6 / found["count"], found["wall_s"] * 1e6 / found["count"])
