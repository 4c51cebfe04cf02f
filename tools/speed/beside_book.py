"""State and report over HTTP beside the same question asked of the book in process."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from tools.speed import questions as asked
from tools.speed.client import load, request
from tools.speed.figures import apart, part_of, say
from tools.speed.server import Process, running, serve


def questions(book: Path, place: Path, options: argparse.Namespace) -> None:
    """Ask both in turns. The first round of each warms it up and is not counted."""
    paths = asked.paths(book, options.moments)
    with running(serve(book, "--accept-clock")) as server:
        for name in ("state", "reports"):
            some = [path for path in paths if f"/{name}" in path]
            _served(server, some)
            here: list[tuple[float, float]] = []
            there: list[tuple[float, float]] = []
            for _ in range(options.rounds):
                here += apart(asked.answers_s, book, some, 1)
                there += _served(server, some)
            for share in (0.5, 0.99):
                own, served = (part_of([one for one, _ in each], share) for each in (here, there))
                limit = 1.2 * own + 5
                say(
                    f"GET {name}, p{100 * share:.0f}",
                    f"{served:8.1f} ms   in process {own:8.1f} ms   {served / limit:.2f} of 1.2 x + 5 ms",
                )
            own, served = (1000 * sum(cpu for _, cpu in each) / len(each) for each in (here, there))
            say(f"GET {name}, of the processor", f"{served:8.1f} ms   in process {own:8.1f} ms   each")


def _served(server: Process, paths: Sequence[str]) -> list[tuple[float, float]]:
    """Seconds of each answer by the clock, and the mean by the server's processor time."""
    data = [request(server.address, "GET", path) for path in paths]
    before = server.cpu_s()
    answers = load(server.address, partial(_all, data), len(data), 1).answers_s
    cpu = (server.cpu_s() - before) / len(answers)
    return [(one, cpu) for one in answers]


def _all(requests: Sequence[bytes], _client: int, _clients: int) -> Iterator[bytes]:
    return iter(requests)
