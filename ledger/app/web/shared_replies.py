"""Replies that are made once for all who ask the same at the same time.

When the log grows, every open page asks for itself anew. Ten screens in a control room ask for the same page;
it is computed for the first of them, and the others are given that one. A reply is of one principal, one size of
the log and one minute, so nobody is shown what is not his, or older.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Final

from ledger.app.web.routes import ApiCall, Reply

KEPT: Final = 64
MINUTE_S: Final = 60


class SharedReplies:
    """The newest replies, finished or still being made."""

    def __init__(self) -> None:
        self._made: dict[Hashable, asyncio.Task[Reply]] = {}

    async def reply(self, call: ApiCall, make: Callable[[], Awaitable[Reply]]) -> Reply:
        """The reply to a call; a failure is told to all who wait for it, and made anew for the next."""
        key = _key(call)
        task = self._made.get(key)
        if task is None:
            while len(self._made) >= KEPT:
                del self._made[next(iter(self._made))]
            task = self._made[key] = asyncio.ensure_future(make())
            task.add_done_callback(lambda done: self._forget(key, done))
        return await asyncio.shield(task)  # a client that goes does not take it from the others

    def _forget(self, key: Hashable, done: asyncio.Task[Reply]) -> None:
        if done.cancelled() or done.exception() is not None:
            self._made.pop(key, None)


def _key(call: ApiCall) -> Hashable:
    token = call.principal.token
    return (
        call.route.name,
        tuple(sorted(call.arguments.items())),
        call.principal.name if token is None else (token.name, token.granted_by),
        call.service.head.size,
        int(time.monotonic()) // MINUTE_S,
    )
