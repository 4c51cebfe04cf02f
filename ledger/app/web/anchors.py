"""Checkpoints on their way out of a service: to the destinations of ``book.toml``, beside all requests."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Final

from ledger.app.anchor.anchoring import AnchorRun, anchor, pause_s
from ledger.app.anchor.destinations import NamedDestination
from ledger.app.book.book import Book
from ledger.app.web.readers import Readers
from ledger.errors import WattledgerError

LOG: Final = logging.getLogger("wattledger.web")
EVERY_S: Final = 5


class ServiceAnchors:
    """Sends what destinations have not, some times a minute; at growing intervals where one fails."""

    def __init__(self, opened: Callable[[], Book], destinations: Sequence[NamedDestination]) -> None:
        self._destinations = tuple(destinations)
        self._readers = Readers(opened, 1, "anchor")
        self._told: frozenset[str] = frozenset()

    async def run(self) -> None:
        """Send, for ever; nothing where there is no destination."""
        failures = 0
        while self._destinations:
            failed = await self._send()
            failures = failures + 1 if failed else 0
            for fault in failed - self._told:
                LOG.warning("a checkpoint was not anchored: %s", fault)
            self._told = failed
            await asyncio.sleep(pause_s(EVERY_S, failures))

    async def _send(self) -> frozenset[str]:
        """Send; the faults in words."""
        try:
            found: AnchorRun = await self._readers.ask(lambda book: anchor(book, self._destinations))
        except (WattledgerError, OSError) as why:
            return frozenset([str(why)])
        return frozenset(f"{where}: {why}" for where, why in found.failed)

    def close(self) -> None:
        """Let go of the book."""
        self._readers.close()
