"""Replies that are made once for all who ask the same at the same time.

When the log grows, every open page asks for itself anew. Ten screens in a control room ask for the same page;
it is computed for the first of them, and the others are given that one. A reply is of one principal, one size of
the log and one minute, so nobody is shown what is not his, or older.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Final

from ledger.app.web.replies import Reply

KEPT: Final = 64


class SharedReplies:
    """The newest replies, finished or still being made."""

    def __init__(self) -> None:
        self._made: dict[Hashable, asyncio.Task[Reply]] = {}

    async def reply(self, key: Hashable, make: Callable[[], Awaitable[Reply]]) -> Reply:
        """The reply of a key; a failure is told to all who wait for it, and made anew for the next."""
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
