"""Tokens over HTTP: granted, narrowed and revoked as records of the log; and why a request is allowed or not.

The secret of a token is in the answer that grants it and nowhere else: never in a URL, a log or an error.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from ledger.app.access import tokens
from ledger.app.access.roles import role_named
from ledger.app.access.scoped_book import reach
from ledger.app.access.tokens import Granted, Token
from ledger.app.book.book import Book
from ledger.app.web.auth import Principal, rights_of
from ledger.app.web.bodies import struct_of
from ledger.app.web.group_writer import GroupWriter
from ledger.app.web.problems import HttpProblem
from ledger.app.web.routes import ApiCall, Reply, Right, json_reply
from ledger.errors import Malformed


class TokenBody(msgspec.Struct, forbid_unknown_fields=True):
    """The rights of a new token: ``scope`` are words such as ``site=dalton``; ``days`` at most 90."""

    name: str
    role: str
    scope: list[str] = []
    days: int = 90


class NarrowBody(msgspec.Struct, forbid_unknown_fields=True):
    """The rights of a narrowed token, at most those of its maker; ``days`` no longer than that lasts."""

    name: str
    scope: list[str] = []
    days: int = 30


class WhyBody(msgspec.Struct, forbid_unknown_fields=True):
    """A question about rights: a token by its public name, or a role with a scope, and a route."""

    method: str
    path: str
    token: str | None = None
    role: str | None = None
    scope: list[str] = []


async def post_token(call: ApiCall) -> Reply:
    """Grant a token; its secret is in this answer alone."""
    asked = struct_of(call.body, TokenBody)

    def granted(book: Book) -> Granted:
        random = book.surroundings.random(tokens.SECRET_BYTES)
        return tokens.grant(book, asked.name, asked.role, asked.scope, asked.days, random)

    return await _granted(call, granted)


async def post_narrowed(call: ApiCall) -> Reply:
    """Grant a token for less than one's own."""
    asked, parent = struct_of(call.body, NarrowBody), call.principal.token
    if parent is None:
        raise Malformed("only the holder of a token narrows it: send it as a bearer token")

    def granted(book: Book) -> Granted:
        random = book.surroundings.random(tokens.SECRET_BYTES)
        return tokens.narrow(book, parent, asked.name, asked.scope, asked.days, random)

    return await _granted(call, granted)


async def _granted(call: ApiCall, granted: Callable[[Book], Granted]) -> Reply:
    made = await _writing(call).run(granted)
    return json_reply({**tokens.token_json(made.token, None), "secret": made.secret}, 201)


def _writing(call: ApiCall) -> GroupWriter:
    """The writer; 403 where this server has none."""
    if call.service.writer is None:
        raise HttpProblem(403, "this server only reads; ask the one that writes")
    return call.service.writer


async def get_tokens(call: ApiCall) -> Reply:
    """Every token, with why it is void."""

    def listed(book: Book) -> Reply:
        known, today = tokens.tokens(book), tokens.today(book)
        found = [tokens.token_json(token, tokens.is_void(token, known, today)) for token in known.values()]
        return json_reply({"tokens": found})

    return await call.ask(listed)


async def post_revoked(call: ApiCall) -> Reply:
    """Make a token void."""
    name = call.said("token")
    known = await call.ask(tokens.tokens)
    if name not in known:
        raise HttpProblem(404, f"no token is called {name[:80]!r}")
    found = await _writing(call).run(lambda book: tokens.revoke(book, name))
    return json_reply(tokens.token_json(found, f"revoked by record {found.revoked}"))


async def post_why(call: ApiCall) -> Reply:
    """Why a token or a role is allowed or refused a route, and what of the book it reads."""
    asked = struct_of(call.body, WhyBody)
    if (asked.token is None) == (asked.role is None):
        raise Malformed("name a token, or a role with its scope: one of the two")
    needed = _needed(call, asked)
    return await call.ask_all(lambda book: json_reply(_why(call.principal, book, asked, needed)))


def _needed(call: ApiCall, asked: WhyBody) -> Right:
    """The right that a route asks for; ``Malformed`` where there is no such route."""
    found = call.service.rights.get((asked.method, asked.path))
    if found is None:
        raise Malformed(f"no route is {asked.method[:20]!r} {asked.path[:200]!r}; openapi.json lists them")
    return found


def _why(principal: Principal, book: Book, asked: WhyBody, needed: Right) -> dict[str, object]:
    token, void = _asked_token(principal, book, asked)
    rights = rights_of(token.role)
    allowed = void is None and needed in rights
    role, reached = token.role, reach(book, token)
    asker = None if Right.ADMIN in principal.rights else principal.token
    own = reached if asker is None else reach(book, asker)
    why = (
        f"the token is void: {void}"
        if void is not None
        else f"the role {role.name} {'has' if allowed else 'has no'} right to {needed}"
    )
    return {
        "allowed": allowed,
        "why": why,
        "role": role.name,
        "what": role.what,
        "needs": str(needed),
        "rights": sorted(map(str, rights)),
        "scope": list(token.words()),
        "sites": [site for site in reached.sites if site in own.sites],
        "streams": sorted(reached.streams & own.streams),
        "kinds": sorted(set(token.scope.get("kind") or role.appends) & role.appends),
    }


def _asked_token(principal: Principal, book: Book, asked: WhyBody) -> tuple[Token, str | None]:
    """The token that is asked about, and why it is void. Whoever administers asks about all; another about
    its own and about roles, and is told only of what it reads itself.
    """
    known, today = tokens.tokens(book), tokens.today(book)
    if asked.token is None:
        assert asked.role is not None, "one of the two is named"
        scope = tokens.parse_scope(asked.scope)
        return Token("", role_named(asked.role), scope, "9999-12-31", None, None, 0), None
    own = principal.token is not None and principal.token.name == asked.token
    if (not own and Right.ADMIN not in principal.rights) or asked.token not in known:
        raise HttpProblem(404, f"no token is called {asked.token[:80]!r}")
    found = known[asked.token]
    return found, tokens.is_void(found, known, today)
