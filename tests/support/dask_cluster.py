"""A Dask cluster of real processes: a scheduler and workers, each started as its command line says.

The scheduler gives a task up that ended two workers, in place of four, as each takes seconds to be started again.
Processes end with the test; where the run itself is killed, soon after.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import pytest

ROOT: Final = Path(__file__).parents[2]
FAILURES: Final = "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES"
SCHEDULER: Final = (
    "scheduler",
    "--host",
    "127.0.0.1",
    "--port",
    "0",
    "--no-dashboard",
    "--idle-timeout",
    "300s",
)
WORKER: Final = (
    "worker",
    "--nthreads",
    "1",
    "--no-dashboard",
    "--death-timeout",
    "60",
    "--memory-limit",
    "0",
)
WAIT_S: Final = 60


class Cluster(NamedTuple):
    """A running cluster: its folder, with the file that says where its scheduler is."""

    folder: Path

    @property
    def file(self) -> Path:
        """The file that the scheduler writes."""
        return self.folder / "scheduler.json"

    @property
    def address(self) -> str:
        """The address of the scheduler."""
        return str(json.loads(self.file.read_text())["address"])

    @contextmanager
    def worker(self, path: Path = ROOT) -> Iterator[None]:
        """One more worker, which runs the program that is at a path."""
        name = f"worker-{len(list(self.folder.glob('worker-*')))}"
        (self.folder / name).mkdir()
        options = [
            "--scheduler-file",
            str(self.file),
            "--local-directory",
            str(self.folder / name),
            "--name",
            name,
        ]
        with _running((*WORKER, *options), path, self.folder / f"{name}.log"):
            yield


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[Cluster]:
    """A scheduler with so many workers, once they are all there."""
    distributed = pytest.importorskip("distributed", reason="not run: dask is not installed")
    made = Cluster(folder)
    with ExitStack() as running:
        command = (*SCHEDULER, "--scheduler-file", str(made.file))
        running.enter_context(_running(command, ROOT, folder / "scheduler.log"))
        until = time.monotonic() + WAIT_S
        while not made.file.exists():
            assert time.monotonic() < until, (folder / "scheduler.log").read_text()
            time.sleep(0.05)
        for _ in range(workers):
            running.enter_context(made.worker())
        with distributed.Client(made.address, timeout=WAIT_S, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=WAIT_S)
        yield made


@contextmanager
def _running(words: tuple[str, ...], path: Path, log: Path) -> Iterator[None]:
    there = {**os.environ, "PYTHONPATH": str(path), FAILURES: "1"}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *words],
            stdout=output,
            stderr=output,
            env=there,
            cwd=path,
            start_new_session=True,
        )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
