"""Connections that do not wait for ever, and heads that do not grow for ever: one on which no whole request head
comes is closed.

uvicorn closes a connection that is silent after an answer. One that never asks, or sends a head byte by byte,
would hold its place among those that are served at once. Its parser, llhttp, keeps a head of any length.
"""

from __future__ import annotations

import asyncio
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_S: Final = 10.0
HEAD_BYTES: Final = 64 << 10


class TimedProtocol(HttpToolsProtocol):
    """HTTP/1.1 with a limit on the time between requests, however it is spent, and on what comes without being
    a whole head or part of a body: a head, the extensions of chunks, trailers.
    """

    _timer: asyncio.TimerHandle | None = None
    _unfinished = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A head is due."""
        super().connection_made(transport)
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        """Take data; while no request is being answered, a head is due."""
        self._unfinished += len(data)
        super().data_received(data)
        if self._unfinished > HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response(f"The head of a request has at most {HEAD_BYTES:,} bytes.")
        if self._is_idle():
            self._expect_head()
        else:
            self._forget_timer()

    def on_headers_complete(self) -> None:
        """Take a whole head."""
        self._unfinished = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of a body, which its reader counts."""
        self._unfinished = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Take the end of a request."""
        self._unfinished = 0
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timer: no request is due any more."""
        self._forget_timer()
        super().connection_lost(exc)

    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _expect_head(self) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(HEAD_S, self._give_up)

    def _forget_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        self._timer = None
        if self._is_idle() and not self.transport.is_closing():
            self.timeout_keep_alive_handler()
