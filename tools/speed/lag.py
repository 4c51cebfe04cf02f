"""The time from the moment a claim is sent to the moment a client of the live log has its record."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec

from tools.speed import questions
from tools.speed.client import Listener, ask, started
from tools.speed.figures import CONNECTIONS, NUMBERS, part_of, say
from tools.speed.server import Process, running, serve

LAGS: Final = 300
MEANWHILE: Final = 1_000_000  # more posts than fit into the time: they are ended


def lag(book: Path, place: Path, options: argparse.Namespace) -> None:
    """Measure with one post at a time, then with other connections that post meanwhile."""
    with running(serve(book, "--accept-clock")) as server:
        for name, connections in (("one at a time", 1), (f"{CONNECTIONS} connections", CONNECTIONS)):
            listener = Listener(server.address)
            sent = _sent(server, connections)
            time.sleep(1)
            came = listener.came_s()
            found = [came[size] - at for size, at in sent if size in came]
            say(
                f"lag from post to live client, {name}",
                f"p50 {part_of(found, 0.5):7.1f} ms   p99 {part_of(found, 0.99):7.1f} ms   {len(found)} of"
                f" {len(sent)} seen",
            )


def _sent(server: Process, connections: int) -> list[tuple[int, float]]:
    """The size of the log after each post, and when it was sent; the other connections post meanwhile."""
    others = []
    if connections > 1:
        first = NUMBERS.take(MEANWHILE)

        def requests(client: int, clients: int) -> Iterator[bytes]:
            return questions.posts(server.address, first + client, clients)

        others = started(server.address, requests, MEANWHILE, connections - 1)
        time.sleep(0.5)
    found = []
    for data in islice(questions.posts(server.address, NUMBERS.take(LAGS)), LAGS):
        at = time.monotonic()
        status, body, _ = ask(server.address, data)
        assert status == 201, body
        found.append((msgspec.json.decode(body)["index"] + 1, at))
    for other in others:
        other.process.terminate()
    return found
