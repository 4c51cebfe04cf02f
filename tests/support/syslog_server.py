"""A syslog server on this machine, for tests: it keeps the messages of connections with octet counts."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class SyslogServer(socketserver.ThreadingTCPServer):
    """``lines`` are the messages that came."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.lines: list[bytes] = []

    @property
    def place(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self.server_address[1]}"


class _Handler(socketserver.StreamRequestHandler):
    server: SyslogServer

    def handle(self) -> None:
        """Messages of one connection, each after its length (RFC 6587 3.4.1)."""
        while length := self._length():
            self.server.lines.append(self.rfile.read(length))

    def _length(self) -> int:
        digits = b""
        while (one := self.rfile.read(1)) not in (b" ", b""):
            digits += one
        return int(digits or b"0")


@contextmanager
def syslog_server() -> Iterator[SyslogServer]:
    """A server that listens until the block is left."""
    with SyslogServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
