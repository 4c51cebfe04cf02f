"""Resident memory of the service over many requests of every kind: after a hundredth of them, a tenth, and more.

Ordinary clients keep their connections and ask in turn for what is cheap and what is not, as a control room with its
meters does. Beside them others come to the live log, wait for an event and go. First so many claims are posted that what
the writer keeps of the newest 10,000 records, and the pages that a connection keeps, are as large as they get: what
grows after that grows with the requests.
"""

from __future__ import annotations

import argparse
import multiprocessing
import socket
import time
from collections.abc import Iterator
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any, Final

import msgspec

from tools.speed import questions
from tools.speed.client import ask, load, request
from tools.speed.figures import CONNECTIONS, NUMBERS, say
from tools.speed.server import Process, running, serve

MARKS: Final = (0.01, 0.1, 0.2, 0.4, 0.7, 1.0)
FILLED: Final = 12_000
COMES_S: Final = 0.05
TURN: Final = 200
OFTEN: Final = (
    "/api/v1/records?limit=5&after={n}",
    "/api/v1/status",
    "/api/v1/records/{n}",
    "/api/v1/records/9999999",
    "/api/v1/healthz",
    "/api/v1/proof/inclusion?record={n}",
)
SELDOM: Final = (
    "/api/v1/state",
    "/api/v1/reports/uptime?site={site}&period=2026-06",
    "/",
    "/api/v1/reports/commitments",
    "/reports/uptime?site={site}&period=2026-06",
    "/api/v1/now?site={site}",
    "/api/v1/reports/uptime/explain?site={site}&period=2026-06&row=none",
    "/records",
)
EXPECTED: Final = {200, 201, 404, 409, 422}
"""A record and a row that are not there are asked for too, and the proof of a record that is not sealed."""


def memory(book: Path, place: Path, options: argparse.Namespace) -> None:
    """Ask and look."""
    count, done = options.memory_requests, 0
    found: list[tuple[int, int]] = []
    with running(serve(book, "--accept-clock")) as server:
        here, there = multiprocessing.Pipe()
        visitors = multiprocessing.get_context("fork").Process(
            target=_visitors, args=(there, server), daemon=True
        )
        visitors.start()
        load(server.address, partial(_posts, server, NUMBERS.take(FILLED)), FILLED, CONNECTIONS)
        say(f"memory after {FILLED:,} posts", f"{server.rss() / 1e6:.1f} MB")
        site = questions.first_site(server.address)
        for path in SELDOM:
            ask(server.address, request(server.address, "GET", path.format(site=site)))
        say("when these were folded for the first time", f"{server.rss() / 1e6:.1f} MB")
        for mark in MARKS:
            _mixed(server, int(mark * count) - done)
            done = int(mark * count)
            found.append((done, server.rss()))
            say(f"memory after {done:,} requests", f"{found[-1][1] / 1e6:.1f} MB")
        here.send(None)
        say("visits to the live log meanwhile", f"{here.recv():,}")
        size = _size(server)
    (warm, before), (_, after) = found[1], found[-1]
    say(f"from {warm:,} to {done:,} requests", f"{after / before - 1:+.1%}   log of {size:,} records")


def _posts(server: Process, first: int, client: int, clients: int) -> Iterator[bytes]:
    return questions.posts(server.address, first + client, clients)


def _size(server: Process) -> int:
    status = msgspec.json.decode(ask(server.address, request(server.address, "GET", "/api/v1/status"))[1])
    return int(status["size"])


def _mixed(server: Process, count: int) -> None:
    """Posts and questions in turn, of many clients: a tenth are posts, one in two hundred computes a page or report."""
    if count <= 0:
        return
    first, size = NUMBERS.take(count), _size(server)
    site = questions.first_site(server.address)

    def asked(paths: tuple[str, ...]) -> Iterator[bytes]:
        places = cycle(range(0, size, max(1, size // 97)))
        return (
            request(server.address, "GET", path.format(n=n, site=site))
            for path, n in zip(cycle(paths), places, strict=False)
        )

    def requests(client: int, clients: int) -> Iterator[bytes]:
        posts = questions.posts(server.address, first + client, clients)
        often, seldom = asked(OFTEN), asked(SELDOM)
        for number in range(count):
            yield next(seldom if number % TURN == client else posts if number % 10 == 5 else often)

    seen = load(server.address, requests, count, CONNECTIONS)
    if not set(seen.statuses) <= EXPECTED:
        raise RuntimeError(f"requests were answered {seen.statuses}")


def _visitors(pipe: Any, server: Process) -> None:
    """Come to the live log, wait for an event and go; some go before it comes."""
    visits = 0
    data = request(server.address, "GET", "/api/v1/live").replace(
        b"\r\n\r\n", b"\r\nAccept: text/event-stream\r\n\r\n"
    )
    while not pipe.poll():
        line, had = socket.create_connection(server.address, 30), b""
        line.settimeout(0.5)
        line.sendall(data)
        wanted = (b"retry:", b"event: record")[visits % 2]
        while wanted not in had:
            try:
                had += line.recv(65_536)
            except TimeoutError:
                break
        line.close()
        visits += 1
        time.sleep(COMES_S)
    pipe.send(visits)
