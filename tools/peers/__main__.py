"""wattledger side by side with its peers: the same meter readings appended, read and projected, in turns.

    uv run python tools/peers [-o DIR] [--size 10000]... [--rounds 3] [--only NAME]... [--dir DIR]
    uv run python tools/peers --show FILE.json [-o DIR]

Stores: wattledger, eventsourcing 9.5 and Emmett on PostgreSQL, the first two on SQLite too, UmaDB, and a table in
raw sqlite3 of equal durability as the limit. What is not in the environment is installed from the package indexes into
a temporary folder, where PostgreSQL is started too; a store that cannot be run is named with the reason.

Every store is filled to each size (10,000, 100,000 and 1,000,000; ``--size 20000000`` where there is time and disk), then
read in turns, then appended to in turns by calls of 1, 100 and 1,000 readings. A figure is the median of the rounds, in
microseconds a reading: processor time of the worker and its servers, and time on the clock. Calls that wait for the
disk are counted once by strace, over 20 appends. A read that would take longer than ``--longest`` is left out, aloud.
Written are ``peers.json``, ``peers.txt`` and ``peers.svg``. On a busy
machine processor time is what counts.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from operator import methodcaller
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)

from tools.peers import plot, shown  # noqa: E402
from tools.peers.places import PLACES, NotRun  # noqa: E402
from tools.peers.running import Running, Took  # noqa: E402

SIZES = (10_000, 100_000, 1_000_000)
READS = ("read", "project", "rebuild-rows", "rebuild-all")
APPENDS = {"append-1": (1, 300), "append-100": (100, 20), "append-1000": (1_000, 5)}
OURS_ALONE = ("rebuild-rows", "rebuild-all")


class Measuring:
    """The stores of a run, and what was found."""

    def __init__(self, place: Path, names: list[str], rounds: int, longest_s: float) -> None:
        self.rounds, self.longest_s, self.running = rounds, longest_s, list[Running]()
        self.found: dict[str, Any] = {
            "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
            "machine": _machine(),
            "load": os.getloadavg()[0],
            "build": _build(),
            "rounds": rounds,
            "stores": {},
            "not_run": {},
            "left_out": [],
            "figures": [],
        }
        for n, name in enumerate(names):
            folder = place / str(n)
            folder.mkdir()
            with self._may_fail(name):
                one = Running(name, PLACES[name](folder), folder)
                self.found["stores"][name] = one.about
                self.running.append(one)

    @contextmanager
    def _may_fail(self, name: str) -> Iterator[None]:
        """A store that cannot go on is dropped, and the others go on."""
        try:
            yield
        except NotRun as why:
            print(f"{name}: not run: {why}", file=sys.stderr, flush=True)
            self.found["not_run"][name] = str(why)
            for one in [one for one in self.running if one.name == name]:
                self.running.remove(one)
                one.close()

    def at(self, size: int) -> None:
        """Everything at one size."""
        for one in list(self.running):
            with self._may_fail(one.name):
                took = one.fill(size)
                self._keep(one, size, "fill", [took] if took else [])
                self.found["stores"][one.name][f"bytes at {size}"] = one.place.disk() // size
        self._turns(size, {work: methodcaller("read", work) for work in READS})
        self._turns(size, {work: methodcaller("append", *how) for work, how in APPENDS.items()})

    def _turns(self, size: int, works: dict[str, Callable[[Running], Took]]) -> None:
        for work, do in works.items():
            took: dict[str, list[Took]] = {}
            for turn in range(self.rounds):
                for one in list(self.running):
                    if work in OURS_ALONE and not one.name.startswith("wattledger"):
                        continue
                    if work in READS and self._too_long(one, size, work, took.get(one.name), turn):
                        continue
                    with self._may_fail(one.name):
                        took.setdefault(one.name, []).append(do(one))
            for one in self.running:
                self._keep(one, size, work, took.get(one.name, []))

    def _too_long(self, one: Running, size: int, work: str, took: list[Took] | None, turn: int) -> bool:
        """True where the work took longer than it may, or would by what it took at the size before."""
        if took or turn:
            return took is None or took[-1].wall_us * size / 1e6 > self.longest_s / self.rounds
        before = [
            each["wall_us"] * size / 1e6
            for each in self.found["figures"]
            if (each["store"], each["work"]) == (one.name, work)
        ]
        if before and before[-1] > self.longest_s:
            said = f"{one.name}: {shown.WORKS[work].lower()} of {size:,}: about {before[-1]:,.0f} s"
            self.found["left_out"].append(said)
            print(f"left out: {said}", flush=True)
            return True
        return False

    def _keep(self, one: Running, size: int, work: str, took: list[Took]) -> None:
        if took:
            cpu_us, wall_us = (round(median(each[n] for each in took), 2) for n in (0, 1))
            figure = {"store": one.name, "records": size, "work": work, "cpu_us": cpu_us, "wall_us": wall_us}
            self.found["figures"].append(figure)
            print(f"{size:>11,}  {work:<13}{one.name:<27}{cpu_us:>10,.2f} us{wall_us:>12,.2f} us", flush=True)

    def syncs(self) -> None:
        """The calls that wait for the disk, once."""
        for one in list(self.running):
            with self._may_fail(one.name):
                found = {str(size): one.syncs(size) for size in (1, 1_000)}
                self.found["stores"][one.name]["syncs of 20 calls"] = found

    def close(self) -> None:
        """End every store."""
        for one in self.running:
            one.close()


def _machine() -> str:
    said = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    model = next((line.partition(": ")[2] for line in said.splitlines() if line.startswith("model name")), "")
    python, cpus = platform.python_version(), os.cpu_count()
    return f"{cpus} processors {model.strip()}, Linux {platform.release().split('-')[0]}, Python {python}"


def _build() -> str:
    said = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return said.stdout.strip() or "unknown"


def main() -> None:
    """Measure, or show what was measured."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("-o", dest="out", type=Path, default=Path("."), help="folder of what is written")
    parser.add_argument("--size", type=int, action="append", help="(repeatable) readings in each store")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--longest",
        type=float,
        default=180,
        metavar="S",
        help="seconds that one read may take before it is left out",
    )
    parser.add_argument("--only", action="append", choices=list(PLACES), help="(repeatable) these stores")
    parser.add_argument("--dir", help="where the stores are: a disk's own durability is what is measured")
    parser.add_argument("--show", type=Path, metavar="FILE", help="what a peers.json says")
    said = parser.parse_args()
    said.out.mkdir(parents=True, exist_ok=True)
    if said.show:
        found = json.loads(said.show.read_text())
    else:
        tempfile.tempdir = said.dir
        with tempfile.TemporaryDirectory(prefix="peers-") as place:
            measuring = Measuring(Path(place), said.only or list(PLACES), said.rounds, said.longest)
            try:
                for size in sorted(said.size or SIZES):
                    measuring.at(size)
                    (said.out / "peers.json").write_text(json.dumps(measuring.found, indent=1) + "\n")
                measuring.syncs()
            finally:
                measuring.close()
        found = measuring.found
    (said.out / "peers.json").write_text(json.dumps(found, indent=1) + "\n")
    (said.out / "peers.svg").write_text(plot.svg(found))
    (said.out / "peers.txt").write_text(text := shown.text(found))
    print(text)


if __name__ == "__main__":
    main()
