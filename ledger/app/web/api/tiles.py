"""The log as tiles, for auditors and monitors that read whole logs (C2SP tlog-tiles)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ledger.app.book.book import Book
from ledger.app.proofs import log_tiles
from ledger.app.web.problems import HttpProblem
from ledger.app.web.routes import OCTETS, ApiCall, Reply

KEPT: Final = (("Cache-Control", "private, max-age=31536000, immutable"),)


async def get_tile(call: ApiCall) -> Reply:
    """A hash tile."""
    return await _tile(call, log_tiles.hash_tile)


async def get_entries(call: ApiCall) -> Reply:
    """A bundle of entries: the records of every stream, one after the other."""
    return await _tile(call, log_tiles.entry_bundle)


async def _tile(call: ApiCall, made: Callable[[Book, str], bytes | None]) -> Reply:
    path = call.said("tile")
    found = await call.ask(lambda book: made(book, path))
    if found is None:
        raise HttpProblem(404, f"no tile is at {path[:80]!r} below the newest checkpoint")
    return Reply(found, OCTETS, 200, KEPT)
