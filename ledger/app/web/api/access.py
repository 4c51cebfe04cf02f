"""Tokens over HTTP: granted, narrowed and revoked as records of the log; and why a request is allowed or not.

The secret of a token is in the answer that grants it and nowhere else: never in a URL, a log or an error.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from ledger.app.access import narrowing, tokens
from ledger.app.access.tokens import Granted
from ledger.app.book.book import Book
from ledger.app.web import why
from ledger.app.web.bodies import struct_of
from ledger.app.web.group_writer import GroupWriter
from ledger.app.web.problems import HttpProblem
from ledger.app.web.routes import ApiCall, Reply, json_reply
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
        return narrowing.narrow(book, parent, asked.name, asked.scope, asked.days, random)

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
        known, today, used = tokens.tokens(book), tokens.today(book), call.service.last_use.known()
        found = [
            tokens.token_json(token, tokens.is_void(token, known, today), used.get(token.name))
            for token in known.values()
        ]
        return json_reply({"tokens": found})

    return await call.ask(listed)


async def post_revoked(call: ApiCall) -> Reply:
    """Make a token void."""
    name = call.said("token")
    known = await call.ask(tokens.tokens)
    if name not in known:
        raise HttpProblem(404, f"no token is called {name[:80]!r}")
    found = await _writing(call).run(lambda book: tokens.revoke(book, name))
    return json_reply(
        tokens.token_json(
            found, f"revoked by record {found.revoked}", call.service.last_use.known().get(name)
        )
    )


async def post_why(call: ApiCall) -> Reply:
    """Why a token or a role is allowed or refused a route, and what of the book it reads."""
    asked = struct_of(call.body, WhyBody)

    def explained(book: Book) -> Reply:
        subject = why.subject_of(call.principal, book, asked.token, asked.role, asked.scope)
        route = why.route_asked(call.service.rights, asked.method, asked.path)
        return json_reply(why.answer_json(why.explained(call.principal, book, subject, route)))

    return await call.ask_all(explained)
