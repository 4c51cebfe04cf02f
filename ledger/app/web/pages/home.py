"""The first page: who opens it sees his own answer on top. A role without a page of its own sees every site."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from ledger.app.book.book import Book
from ledger.app.web.pages import board, county, tenant, utility
from ledger.app.web.pages.shared import shared
from ledger.app.web.routes import ApiCall, Reply

HOMES: Final[Mapping[str, Callable[[ApiCall, Book], Reply]]] = MappingProxyType(
    {"utility": utility.home, "commissioner": county.home, "tenant": tenant.home}
)
"""By the role of the token."""


async def get_home(call: ApiCall) -> Reply:
    """The page of the reader's role."""
    token = call.principal.token
    home = board.home if token is None else HOMES.get(token.role.name, board.home)
    return await shared(call, lambda book: home(call, book))
