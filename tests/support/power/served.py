"""A traced run of ``wattledger serve``: clients record over HTTP, and the bytes of an answer on the socket
are the acknowledgment.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import httpx

from tests.support.power.calls import command
from tests.support.power.recording import ORIGIN, ROOT, SITE, Run, fact, run_of

CLIENTS: Final = 3
BATCH: Final = 8
START_S: Final = 120
TEXT: Final = {"Content-Type": "text/plain"}


def recorded(place: Path, *, posts: int = 4) -> Run:
    """Serve a new book under ``strace`` while each of several clients records some times, singles and
    batches.
    """
    root, output, facts = place / "disk", place / "output", place / "site.story"
    root.mkdir()
    facts.write_text(SITE)
    book = ["--book", str(root / "book")]
    commands = [
        [*book, "init", "--origin", ORIGIN],
        [*book, "--json", "record", str(facts)],
        [*book, "--json", "serve", "--port", "0"],
    ]
    (place / "work.json").write_text(json.dumps({"commands": commands, "mutant": None}))
    words = [sys.executable, "-m", "tests.support.power.program", str(place / "work.json"), str(output)]
    with subprocess.Popen(command(place / "trace", words), cwd=ROOT, stderr=subprocess.PIPE) as traced:
        try:
            address = _address(output, traced)
            with ThreadPoolExecutor(CLIENTS) as clients:
                answers = [
                    a
                    for each in clients.map(lambda n: _post(address, n, posts), range(CLIENTS))
                    for a in each
                ]
        finally:
            _stop(root / "book" / "ledger.lock")
            _, told = traced.communicate(timeout=START_S)
        if traced.returncode:
            raise RuntimeError(f"the traced service failed: {told.decode()[-2000:]}")
    return run_of(place / "trace", root, str(output), answers)


def _address(output: Path, traced: subprocess.Popen[bytes]) -> str:
    until = time.monotonic() + START_S
    while time.monotonic() < until and traced.poll() is None:
        found = re.search(r'"address": ?"([^"]+)"', output.read_text() if output.exists() else "")
        if found is not None:
            return found[1]
        time.sleep(0.05)
    raise RuntimeError("the traced service did not start")


def _post(address: str, client: int, posts: int) -> list[bytes]:
    """Bodies of the answers to a client's facts."""
    answers = []
    with httpx.Client(base_url=address, timeout=START_S, trust_env=False) as http:
        for n in range(posts):
            first = 10_000 * (client + 1) + 100 * n
            text = "".join(map(fact, range(first, first + (BATCH if n % 3 == 2 else 1))))
            answer = http.post("/api/v1/records", content=text, headers=TEXT)
            answer.raise_for_status()
            answers.append(answer.content)
    return answers


def _stop(lock: Path) -> None:
    """Stop the service by the process that its lock names."""
    found = re.search(r"process (\d+)", lock.read_text()) if lock.exists() else None
    if found is not None:
        os.kill(int(found[1]), signal.SIGTERM)
