"""Acknowledged durable posts beside single appends of the same store, beside the peer, and beside the limit: the
same server stack with nothing behind it.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from ledger.app.book.batch import Said
from ledger.app.book.book import Book
from ledger.records.claim_json import claim_from_json
from tools.speed import questions
from tools.speed.client import Load, load
from tools.speed.figures import CONNECTIONS, NUMBERS, apart, say
from tools.speed.server import Process, running, serve

SINGLES: Final = 500
PEER: Final = (sys.executable, "-m", "tools.speed.peer")
EMPTY: Final = (sys.executable, "-m", "tools.speed.empty")
Rates = dict[str, list[tuple[float, float]]]
"""By name: how many a second by the clock, and by the processor."""


def posts(book: Path, place: Path, options: argparse.Namespace) -> None:
    """Measure in turns, and show the best of each."""
    found: Rates = {"singles": [], "service": [], "peer": [], "limit": []}
    for number in range(options.rounds):
        found["singles"].append(apart(_singles, book, NUMBERS.take(SINGLES)))
        with running(serve(book, "--accept-clock")) as server:
            found["service"].append(_posted(server, options.requests))
        peer = place / f"peer-{number}"
        peer.mkdir()
        with running((*PEER, str(peer))) as server:
            found["peer"].append(_posted(server, options.requests))
        shutil.rmtree(peer)
        with running(EMPTY) as server:
            found["limit"].append(_posted(server, options.requests))
    best = {name: (max(one[0] for one in many), max(one[1] for one in many)) for name, many in found.items()}
    for name, what in (
        ("singles", "single appends in process"),
        ("service", f"posts over {CONNECTIONS} connections"),
        ("peer", "the same to eventsourcing behind the same stack"),
        ("limit", "the same to an empty 201 of the same stack"),
    ):
        ratios = (
            "" if name == "service" else f"   service = {_ratio(best, name, 0)} x, {_ratio(best, name, 1)} x"
        )
        say(what, f"{best[name][0]:>7,.0f}/s  {best[name][1]:>7,.0f}/s of the processor{ratios}")


def _ratio(best: dict[str, tuple[float, float]], name: str, which: int) -> str:
    return f"{best['service'][which] / best[name][which]:.2f}"


def _posted(server: Process, count: int) -> tuple[float, float]:
    """Posts a second by the clock and by the server's processor time, after some to warm it up."""
    _post(server, count // 10)
    before = server.cpu_s()
    seen = _post(server, count)
    return len(seen.answers_s) / seen.wall_s, len(seen.answers_s) / (server.cpu_s() - before)


def _post(server: Process, count: int) -> Load:
    first = NUMBERS.take(count + CONNECTIONS)

    def requests(client: int, clients: int) -> Iterator[bytes]:
        return questions.posts(server.address, first + client, clients)

    seen = load(server.address, requests, count, CONNECTIONS)
    if set(seen.statuses) != {201}:
        raise RuntimeError(f"posts were answered {seen.statuses}")
    return seen


def _singles(book: Path, first: int) -> tuple[float, float]:
    """Claims recorded one by one by a process that holds the book."""
    claims = [claim_from_json(claim) for claim in islice(questions.claims(first), SINGLES)]
    with Book.open(book, write=True, accept_clock=True) as opened, opened.writing():
        opened.record([Said(claims[0])])
        began, used = time.monotonic(), time.process_time()
        for claim in claims[1:]:
            assert opened.record([Said(claim)]).recorded
        return SINGLES / (time.monotonic() - began), SINGLES / (time.process_time() - used)
