"""Pages that many screens show at once: each is made once for all who may be shown the same."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import Final

from ledger.app.book.book import Book
from ledger.app.web.routes import ApiCall, Reply

MINUTE_S: Final = 60


async def shared(call: ApiCall, make: Callable[[Book], Reply]) -> Reply:
    """The page of a call, made from the book as its principal may read it."""
    return await call.service.shared.reply(key_of(call), lambda: call.ask(make))


def key_of(call: ApiCall) -> Hashable:
    """The key that calls with one reply share: route, arguments, principal, size of the log, minute."""
    token = call.principal.token
    return (
        call.route.name,
        tuple(sorted(call.arguments.items())),
        call.principal.name if token is None else (token.name, token.granted_by),
        call.service.head.size,
        int(time.monotonic()) // MINUTE_S,
    )
