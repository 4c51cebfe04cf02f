"""Records of the service about itself in the stream ``ledger/access``: exports before they leave, and
refusals, counted by token and route.

An export that cannot be put on record does not leave. Refusals are written together some times a minute, so
that whoever is refused a thousand times a second does not fill the log; where that fails, the count is kept,
and the service is not healthy until it is written.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from typing import Final

from msgspec import UNSET

from ledger import kinds
from ledger.app.book.batch import ACCESS
from ledger.app.book.book import Book
from ledger.app.web.auth import Principal
from ledger.app.web.group_writer import GroupWriter
from ledger.errors import WattledgerError

EVERY_S: Final = 15.0
ROUTES_MOST: Final = 1_000


class AccessJournal:
    """Refusals that wait to be written, and exports that are written at once."""

    def __init__(self, writer: GroupWriter | None) -> None:
        self._writer = writer
        self.refused: Counter[tuple[str, str]] = Counter()
        self.trouble: str | None = None

    def refuse(self, token: str, route: str) -> None:
        """Count a request that was refused; ``token`` is empty where none was brought."""
        if self._writer is not None and ((token, route) in self.refused or len(self.refused) < ROUTES_MOST):
            self.refused[token, route] += 1

    async def export(self, principal: Principal, what: str) -> None:
        """Put on record that a token takes records away; raises where that fails."""
        if principal.token is None or self._writer is None:
            return
        fact = kinds.ExportMade(token=principal.token.name, what=what)
        await self._writer.run(lambda book: book.record_own(ACCESS, fact))

    async def write(self) -> None:
        """Write the refusals that wait."""
        if self._writer is None or not self.refused:
            return
        waiting, self.refused = self.refused, Counter()
        try:
            await self._writer.run(lambda book: _write(book, waiting))
        except WattledgerError as why:
            self.refused += waiting
            self.trouble = str(why)
            raise
        self.trouble = None

    async def run(self) -> None:
        """Write now and then, for ever."""
        while True:
            await asyncio.sleep(EVERY_S)
            with suppress(WattledgerError):
                await self.write()


def _write(book: Book, waiting: Counter[tuple[str, str]]) -> None:
    for (token, route), count in sorted(waiting.items()):
        book.record_own(ACCESS, kinds.AccessRefused(token=token or UNSET, route=route, count=count))
