"""Why something is allowed or refused: a token by its public name, or a role with a scope, against a route. The API,
the page and the command line ask here, so all three say what the service itself would decide.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

from ledger.app.access import tokens
from ledger.app.access.roles import ALL_KINDS, role_named
from ledger.app.access.scoped_book import Reach, ScopedBook, reach
from ledger.app.access.sight import Sight
from ledger.app.access.tokens import Token
from ledger.app.book.book import Book
from ledger.app.queries import report_run
from ledger.app.queries.record_filter import index_said
from ledger.app.queries.registry import registry_at
from ledger.app.web.auth import Principal, rights_of
from ledger.app.web.problems import HttpProblem
from ledger.app.web.rights import Right
from ledger.app.web.routes import API
from ledger.errors import Malformed
from ledger.kinds import CLASSES

FEEDS: Final = {f"{API}/commitments.atom": "commitments"}
"""Routes that are made from a report which their path does not name."""
RouteRights = Mapping[tuple[str, str], Right]
"""The right that each route asks for, by method and path."""


class RightsAnswer(NamedTuple):
    """Whether a route is allowed and why; what the token or role may read and record."""

    allowed: bool
    why: str
    role: str
    what: str
    needs: str
    rights: Sequence[str]
    scope: Sequence[str]
    sites: Sequence[str]
    streams: Sequence[str]
    kinds: Sequence[str]


class RightsSubject(NamedTuple):
    """A token, or a role as a token would have it, and why it is void (None: it is good)."""

    token: Token
    void: str | None

    @property
    def rights(self) -> frozenset[Right]:
        """What it may do at all; nothing where it is void."""
        return frozenset() if self.void is not None else rights_of(self.token)


class RouteAsked(NamedTuple):
    """The right that a route asks for, and what its path or query names: a site, a report, a record."""

    right: Right
    site: str | None = None
    report: str | None = None
    record: str | None = None
    stream: str | None = None


def route_asked(routes: RouteRights, method: str, path: str) -> RouteAsked:
    """What a route asks for, named as in the contract or as it is typed (``/sites/dalton``); ``Malformed`` where
    there is no such route.
    """
    plain, _, query = path.partition("?")
    named = dict(parse_qsl(query))
    if (method, plain) in routes:
        return RouteAsked(
            routes[method, plain],
            named.get("site"),
            FEEDS.get(plain),
            named.get("record"),
            named.get("stream"),
        )
    for (own, template), right in routes.items():
        if own == method and (found := re.fullmatch(_pattern(template), plain)):
            parts = {**named, **found.groupdict()}
            report = parts["name"] if "/reports/" in template and "{name}" not in plain else None
            record = parts["id"] if "/records/{id}" in template and "{id}" not in plain else None
            return RouteAsked(right, parts.get("site"), report, record, named.get("stream"))
    raise Malformed(f"no route is {method[:20]!r} {path[:200]!r}; openapi.json lists them")


def _pattern(template: str) -> str:
    found = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(template))
    return (
        f"{found.removesuffix('[^/]+)')}.+)" if "/tile/" in template else found
    )  # a tile's name has slashes


def subject_of(
    principal: Principal, book: Book, token: str | None, role: str | None, scope: Sequence[str]
) -> RightsSubject:
    """The token that is asked about, or the role. Whoever administers asks about all; another about its own and
    about roles.
    """
    if (token is None) == (role is None):
        raise Malformed("name a token, or a role with its scope: one of the two")
    if token is None:
        assert role is not None, "one of the two is named"
        return RightsSubject(
            Token("", role_named(role), tokens.parse_scope(scope), "9999-12-31", None, None, 0), None
        )
    known, today = tokens.tokens(book), tokens.today(book)
    own = principal.token is not None and principal.token.name == token
    if (not own and Right.ADMIN not in principal.rights) or token not in known:
        raise HttpProblem(404, f"no token is called {token[:80]!r}")
    found = known[token]
    return RightsSubject(found, tokens.is_void(found, known, today))


def explained(principal: Principal, book: Book, subject: RightsSubject, asked: RouteAsked) -> RightsAnswer:
    """Why a subject is allowed a right or not; who does not administer is told only of what it reads itself."""
    role, reached = subject.token.role, reach(book, subject.token)
    asker = None if Right.ADMIN in principal.rights else principal.token
    own = reached if asker is None else reach(book, asker)
    allowed, sites = asked.right in subject.rights, [site for site in reached.sites if site in own.sites]
    why = f"the role {role.name} {'has the' if allowed else 'has no'} right to {asked.right}"
    if subject.void is not None:
        why = f"the token is void: {subject.void}"
    elif allowed:
        lacking = _lacking(book, subject, reached, own, asked)
        allowed, why = lacking is None, why if lacking is None else f"{why}, but {lacking}"
        if allowed and asked.right is Right.APPEND:
            recorded = sorted(set(subject.token.scope.get("kind") or role.appends) & role.appends)
            every = len(recorded) == len(ALL_KINDS)
            why = f"{why}: {'every kind' if every else ', '.join(recorded)}"
    return RightsAnswer(
        allowed,
        why,
        role.name,
        role.what,
        str(asked.right),
        sorted(map(str, rights_of(subject.token))),
        list(subject.token.words()),
        sites,
        sorted(reached.streams & own.streams),
        sorted(set(subject.token.scope.get("kind") or role.appends) & role.appends),
    )


def _lacking(book: Book, subject: RightsSubject, reached: Reach, own: Reach, asked: RouteAsked) -> str | None:
    """Why a route that a subject may ask refuses what is asked of it; None where it does not. It is decided with
    what the asker reads himself, so what is foreign to him is told as what is not there.
    """
    names = reached.streams & own.streams
    sites = tuple(site for site in reached.sites if site in own.sites)
    places = {*sites, *({name.partition("/")[0] for name in names} if asked.right is Right.RECORDS else ())}
    if asked.site is not None and asked.site not in places:
        return f"{asked.site[:80]} is none of its sites: it is answered as one that is not there"
    if asked.stream is not None and asked.stream not in names:
        return f"{asked.stream[:80]} is none of its streams: it is answered as one that is not there"
    sight = Sight(book, reached.registry, names, subject.token.period)
    role = subject.token.role
    view: Book = ScopedBook(book, Reach(reached.registry, sites, names), sight, sections=role.sections)
    if subject.token.words() == () and role.classes == CLASSES and names == reached.streams:
        view = book
    if asked.record is not None:
        try:
            view.reads.leaf(index_said(view, asked.record, "id"))
        except Malformed:
            told = f"record {asked.record[:80]} is none of its records"
            return f"{told}: only records of its streams are answered, others as if they were not there"
    if asked.report is None:
        return None
    report = report_run.report_named(asked.report)
    named = () if asked.site is None else (asked.site,)
    whole, why = report_run.sites_held(view, report, registry_at(view, view.store.size), named)
    if why and (named or not whole):
        return f"{report.name} cannot be made from the streams of its scope"
    return None


def answer_json(answer: RightsAnswer) -> dict[str, Any]:
    """For machines."""
    return answer._asdict()
