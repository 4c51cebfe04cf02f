"""A server over a real socket, in a thread of the test: the book, the writer, the readers and uvicorn as
``wattledger serve`` has them.
"""

from __future__ import annotations

import asyncio
import shutil
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from ledger import calendar
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.host.clock import Seeded
from ledger.app.web.server import Binding, Listening, opened, run_until_stopped
from ledger.app.web.service import ServiceSettings
from tests.support.histories import setup

NOW = "2026-06-10T00:00:00Z"
NOW_US = calendar.instant_s(NOW) * 1_000_000
LOOPBACK = Binding("127.0.0.1", 0)
API = "/api/v1"
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""A context that trusts nobody: a client that is given none reads all authorities of the world, for 40 ms."""


class Served(NamedTuple):
    """A server that runs: its book's directory, its address, and what it is made of."""

    directory: Path
    address: str
    listening: Listening

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.address, timeout=30, trust_env=False, verify=NO_TLS)

    def size(self) -> int:
        """How many records the log holds, asked of the file."""
        with Book.open(self.directory, write=False) as book:
            return book.store.size


def world(place: Path) -> Path:
    """A small book of two sites, the same every time."""
    with Book.create(place, Config("example.com/served"), surroundings=Seeded("served", NOW_US)) as book:
        assert not book.record([Said(claim) for claim in setup()]).problems
        book.checkpoint()
    return place


def copied(kept: Path, place: Path) -> Path:
    """A copy of a book, to be written."""
    shutil.copytree(kept, place)
    return place


@contextmanager
def serving(directory: Path, binding: Binding = LOOPBACK, **settings: Any) -> Iterator[Served]:
    """Serve a book at the time it ends at, until the block ends."""
    settings = {"surroundings": Seeded("serving", NOW_US + 60_000_000), **settings}
    with opened(binding, ServiceSettings(directory, **settings)) as found:
        started, loop = threading.Event(), asyncio.new_event_loop()
        thread = threading.Thread(
            target=lambda: loop.run_until_complete(run_until_stopped(found, started.set))
        )
        thread.start()
        try:
            assert started.wait(30), "the server did not start"
            yield Served(directory, found.address, found)
        finally:
            loop.call_soon_threadsafe(found.server.stop)
            thread.join(30)
            loop.close()
