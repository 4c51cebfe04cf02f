"""Connections that do not wait for ever: one on which no whole request head comes is closed.

uvicorn closes a connection that is silent after an answer. One that never asks, or sends a head byte by byte,
would hold its place among those that are served at once.
"""

from __future__ import annotations

import asyncio
from typing import Final

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_S: Final = 10.0


class TimedProtocol(H11Protocol):
    """HTTP/1.1 with a limit on the time between requests, however it is spent."""

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A head is due."""
        super().connection_made(transport)
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        """Take data; while no request is being answered, a head is due."""
        super().data_received(data)
        if self._is_idle():
            self._expect_head()
        else:
            self._forget_timer()

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
