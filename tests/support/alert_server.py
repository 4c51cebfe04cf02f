"""A receiver of alerts on this machine, for the tests of ``watch``: it keeps what it takes, and answers, stays
silent or refuses as it is told.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class AlertServer(ThreadingHTTPServer):
    """``taken`` are the alerts that were answered with 200; ``answer`` says the code for one, 0 = never answer."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.taken: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.answer: Callable[[dict[str, Any]], int] = lambda alert: 200
        self.silent = threading.Event()
        self.over = threading.Event()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}/alerts?key=k"


class _Handler(BaseHTTPRequestHandler):
    server: AlertServer

    def do_POST(self) -> None:
        """One alert."""
        alert = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.headers.append(dict(self.headers))
        code = self.server.answer(alert)
        if code == 0:
            self.server.silent.set()
            self.server.over.wait()
            return
        if code == 200:
            self.server.taken.append(alert)
        self.send_response(code)
        self.send_header("Location", "http://127.0.0.1:1/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def alert_server() -> Iterator[AlertServer]:
    """A server that listens until the block is left."""
    with AlertServer() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
            thread.join()
