"""Answers to hostile bodies, and to a healthy client beside them."""

from __future__ import annotations

import argparse
import multiprocessing
from pathlib import Path
from typing import Any, Final

from tests.support.hostile_bodies import BODIES
from tools.speed.client import ask, request
from tools.speed.figures import part_of, say
from tools.speed.server import Process, running, serve

ROUNDS: Final = 5


def hostile(book: Path, place: Path, options: argparse.Namespace) -> None:
    """Send every hostile body while another process asks for the status again and again."""
    with running(serve(book, "--accept-clock")) as server:
        healthy = request(server.address, "GET", "/api/v1/status")
        here, there = multiprocessing.Pipe()
        process = multiprocessing.get_context("fork").Process(
            target=_healthy, args=(there, server, healthy), daemon=True
        )
        process.start()
        slowest, wrong = (0.0, ""), []
        for _ in range(ROUNDS):
            for name, (body, headers, status) in BODIES.items():
                found, _, seconds = ask(server.address, _hostile(server, body, headers))
                slowest = max(slowest, (seconds, name))
                if found != status:
                    wrong.append(f"{name}: {found} for {status}")
        here.send(None)
        answers = here.recv()
        process.join()
    say("slowest answer to a hostile body", f"{1000 * slowest[0]:7.1f} ms   {slowest[1]}")
    say("answers of another status", ", ".join(wrong) or "none")
    say(
        "a healthy client meanwhile",
        f"p50 {part_of(answers, 0.5):7.1f} ms   p99 {part_of(answers, 0.99):7.1f} ms",
    )


def _hostile(server: Process, body: bytes, headers: dict[str, str]) -> bytes:
    """The bytes of a hostile request; a chunked one as chunks."""
    more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    if "Transfer-Encoding" in headers:
        body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    else:
        more += f"Content-Length: {len(body)}\r\n"
    host = f"{server.address[0]}:{server.address[1]}"
    return f"POST /api/v1/records HTTP/1.1\r\nHost: {host}\r\n{more}\r\n".encode() + body


def _healthy(pipe: Any, server: Process, data: bytes) -> None:
    found = []
    while not pipe.poll():
        status, _, seconds = ask(server.address, data)
        assert status == 200
        found.append(seconds)
    pipe.send(found)
