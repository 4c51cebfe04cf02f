"""Why something is allowed or refused: for one's own token, for any of them by whoever administers, and for a role
that nobody holds yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from ledger.app.access import tokens
from ledger.app.access.roles import BY_NAME, ROLES
from ledger.app.book.book import Book
from ledger.app.web import why
from ledger.app.web.pages.layout import frame_of, page
from ledger.app.web.routes import API, ApiCall, Reply, Right, RouteParameter
from ledger.app.web.why import RightsSubject

PATH: Final = "/why"
TOKEN: Final = RouteParameter("token", "a token by its public name; else your own")
ROLE: Final = RouteParameter("role", "a role that nobody has to hold", choices=tuple(BY_NAME))
SCOPE: Final = RouteParameter("scope", "the words of the role's scope, with ; between them", many=True)
ROUTE: Final = RouteParameter("route", "method and path, such as GET /api/v1/records; else those of Home")
PARAMETERS: Final = (TOKEN, ROLE, SCOPE, ROUTE)
FIRST: Final = "GET /"


class RouteLine(NamedTuple):
    """A route: what it does for whom, and whether it is allowed."""

    route: str
    needs: str
    allowed: bool


async def get_why(call: ApiCall) -> Reply:
    """The page."""
    return await call.ask_all(lambda book: _page(call, book))


def _page(call: ApiCall, book: Book) -> Reply:
    asked = call.text("route") or FIRST
    method, _, path = asked.partition(" ")
    route = why.route_asked(call.service.rights, method, path.strip())
    subject = _subject(call, book)
    return page(
        "why.html",
        frame_of(call, None, PATH),
        asked=asked,
        subject=subject,
        answer=None if subject is None else why.explained(call.principal, book, subject, route),
        lines=[] if subject is None else list(_lines(call, subject)),
        routes=[f"{one} {path}" for one, path in call.service.rights],
        roles=ROLES,
        used=None if subject is None else call.service.last_use.known().get(subject.token.name),
        names=_names(call, book),
        said={
            "token": call.text("token") or "",
            "role": call.text("role") or "",
            "scope": "; ".join(_scope(call)),
        },
    )


def _subject(call: ApiCall, book: Book) -> RightsSubject | None:
    """Whom the page is about; the reader himself where nobody is named, None where he has no token."""
    name, role, own = call.text("token"), call.text("role"), call.principal.token
    if name is None and role is None:
        name = None if own is None else own.name
    if name is None and role is None:
        return None
    return why.subject_of(call.principal, book, name, role, _scope(call))


def _scope(call: ApiCall) -> list[str]:
    return [word.strip() for said in call.texts("scope") for word in said.split(";") if word.strip()]


def _lines(call: ApiCall, subject: RightsSubject) -> Iterator[RouteLine]:
    """Every route, those of the API behind the pages."""
    rights = subject.rights
    for method, path in sorted(call.service.rights, key=lambda one: (one[1].startswith(API), one[1], one[0])):
        right = call.service.rights[method, path]
        yield RouteLine(f"{method} {path}", str(right), right in rights)


def _names(call: ApiCall, book: Book) -> list[str]:
    """The tokens that the reader may ask about."""
    if Right.ADMIN in call.principal.rights:
        return sorted(tokens.tokens(book))
    return [] if call.principal.token is None else [call.principal.token.name]
