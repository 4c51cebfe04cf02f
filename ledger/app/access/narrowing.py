"""A token for less, made by the holder of another: both scopes hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from ledger.app.access.scoped_book import reach
from ledger.app.access.tokens import PERIOD, Granted, Token, grant, is_void, parse_scope, today, tokens
from ledger.app.book.book import Book
from ledger.errors import Refused


def narrow(book: Book, parent: Token, name: str, words: Sequence[str], days: int, random: bytes) -> Granted:
    """Grant a token within another: its scope and that one's both hold, and it ends no later. ``Refused`` where it
    would read what the parent does not or last longer, or where the parent is void.
    """
    why = is_void(parent, tokens(book), today(book))
    if why is not None:
        raise Refused(f"the token {parent.name} is void, and so would be one narrowed from it: {why}")
    left = (date.fromisoformat(parent.expires_on) - date.fromisoformat(today(book))).days
    if days > left:
        raise Refused(f"the token {parent.name} ends on {parent.expires_on}: ask for at most {left} days")
    said = parse_scope(words)
    _check_reached(book, parent, said)
    return grant(book, name, parent.role.name, _both(parent, said), days, random, narrowed_from=parent)


def _check_reached(book: Book, parent: Token, said: Mapping[str, tuple[str, ...]]) -> None:
    """``Refused`` where a site or stream is one that the parent does not reach, or is not there: both alike, so
    that nobody learns which there are.
    """
    reached = reach(book, parent)
    held = {"stream": reached.streams, **({"site": reached.sites} if parent.scope else {})}
    for name, values in held.items():
        for value in said.get(name, ()):
            if value not in values:
                raise _outside(parent, name, value)


def _both(parent: Token, said: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The words of a narrowed scope: those said, each within the parent's, and the parent's other names."""
    for name, values in said.items():
        allowed = parent.scope.get(name)
        outside = [value for value in values if allowed and not _is_within(name, value, allowed)]
        if outside:
            raise _outside(parent, name, outside[0])
    both = [f"{name}={value}" for name, values in {**parent.scope, **said}.items() for value in values]
    parse_scope(both)  # a beginning of one's own may be after the end of the parent's
    return both


def _is_within(name: str, value: str, allowed: Sequence[str]) -> bool:
    """Is a value of a narrowed scope within the parent's? A period lies in the parent's period."""
    if name in PERIOD:
        return value >= allowed[0] if name == "from" else value <= allowed[0]
    return value in allowed


def _outside(parent: Token, name: str, value: str) -> Refused:
    return Refused(f"{name}={value} is outside the scope of the token {parent.name}")
