"""The head of the log as the service sees it, and who waits for it to move.

The writer tells it of each group. A server that only reads asks the file how many records it holds, some
times a second.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final

from ledger.app.web.readers import Readers
from ledger.errors import WattledgerError

POLL_S: Final = 0.05


class LogHead:
    """How many records the log holds; ``moved`` is called in the loop's thread, and ``heard`` when it grew."""

    def __init__(self, size: int, heard: Callable[[int], None] = lambda size: None) -> None:
        self.size, self.closing, self._heard = size, False, heard
        self.looked_s = time.monotonic()
        self._moved = asyncio.Event()

    def moved(self, size: int) -> None:
        """The log holds so many records now."""
        self.looked_s = time.monotonic()
        if size > self.size:
            self.size = size
            self._heard(size)
            self._wake()

    def close(self) -> None:
        """Wake everybody who waits."""
        self.closing = True
        self._wake()

    def _wake(self) -> None:
        waited_for, self._moved = self._moved, asyncio.Event()
        waited_for.set()

    async def beyond(self, size: int, timeout_s: float) -> bool:
        """Wait until the log holds more than so many records; False after a while, or at the end."""
        if self.size > size or self.closing:
            return self.size > size
        try:
            await asyncio.wait_for(self._moved.wait(), timeout_s)
        except TimeoutError:
            return False
        return self.size > size


async def follow(head: LogHead, readers: Readers) -> None:
    """Ask the file how far it is, for ever; a file that cannot be read now is asked again."""
    while not head.closing:
        try:
            head.moved(await readers.ask(lambda book: book.store.size))
        except WattledgerError:
            await asyncio.sleep(1)
        await asyncio.sleep(POLL_S)
