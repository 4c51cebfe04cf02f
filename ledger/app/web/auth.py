"""Who makes a request, and whether he may: the one place that decides it, closed by default.

On loopback, while the book has no token, everything is allowed to the principal ``local``, as it is on the
command line of the same machine. As soon as there is a token, or the service is reached from other machines,
a bearer token is required.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from ledger.app.web.problems import HttpProblem
from ledger.app.web.routes import Right, Route

EVERYTHING: Final = frozenset(Right)


class Principal(NamedTuple):
    """Who makes a request: a name for records and messages, and the rights that it has."""

    name: str
    rights: frozenset[Right]


LOCAL: Final = Principal("local", EVERYTHING)
NOBODY: Final = Principal("nobody", frozenset([Right.OPEN]))


def principal_of(headers: Mapping[str, str], *, open_to_local: bool) -> Principal:
    """Who the request says that it comes from; 401 for credentials that are unknown."""
    said = headers.get("authorization")
    if said is not None:
        raise unauthorized("no token of this book is known")
    return LOCAL if open_to_local else NOBODY


def allowed(principal: Principal, route: Route, scope: Mapping[str, Any]) -> bool:
    """Whether a principal may use a route with these arguments."""
    return route.right in principal.rights


def check_allowed(principal: Principal, route: Route, scope: Mapping[str, Any]) -> None:
    """401 where a token would be needed, 403 where the one at hand does not allow it."""
    if allowed(principal, route, scope):
        return
    if principal is NOBODY:
        raise unauthorized(f"{route.method} {route.path} needs a bearer token")
    raise HttpProblem(403, f"{principal.name} may not: {route.right}")


def unauthorized(why: str) -> HttpProblem:
    """The answer to a request without credentials that count."""
    return HttpProblem(401, why, [("WWW-Authenticate", 'Bearer realm="wattledger"')])
