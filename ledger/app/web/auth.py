"""Authentication and authorization: the one place that decides who makes a request and whether he may.

On loopback, while the book has no token, everything is allowed to the principal ``local``, as it is on the
command line of the same machine. As soon as there is a token, or the service is reached from other machines,
a token is required: as a bearer token, or in the cookie that the sign-in page sets.

What a principal may read is decided by the book it is given (``access.scoped_book``), never by an answer that
is cut down afterwards.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from http.cookies import CookieError, SimpleCookie
from typing import Final, NamedTuple

from msgspec import UNSET
from msgspec.structs import replace

from ledger.app.access import tokens
from ledger.app.access.scoped_book import book_of, reach
from ledger.app.access.tokens import Token
from ledger.app.book.batch import Said
from ledger.app.book.book import Book
from ledger.app.queries.report_run import declared_streams, report_named
from ledger.app.web.problems import HttpProblem
from ledger.app.web.rights import Right
from ledger.errors import Malformed, no_such
from ledger.kinds import BY_TAG, CLASSES
from ledger.records.envelope import DEFAULT_ACTOR, Claim

EVERYTHING: Final = frozenset(Right)
COOKIE: Final = "wattledger"
BEARER: Final = "bearer "


class Principal(NamedTuple):
    """The maker of a request: a name for records and messages, its rights, and its token; without one it sees
    the whole book.
    """

    name: str
    rights: frozenset[Right]
    token: Token | None = None

    def view(self, book: Book) -> Book:
        """The book as the principal may read it."""
        return book if self.token is None else book_of(book, self.token)


LOCAL: Final = Principal("local", EVERYTHING)
NOBODY: Final = Principal("nobody", frozenset([Right.OPEN]))


def rights_of(token: Token) -> frozenset[Right]:
    """The rights of a token: those of its role; every record is read by a role of all classes without a scope."""
    role = token.role
    reads = {Right.RECORDS, Right.REPORTS, Right.PROOFS} if role.reads else set()
    every = {Right.EVERY_RECORD} if role.classes == CLASSES and not token.scope else set()
    appends = {Right.APPEND} if role.appends else set()
    corrects = {Right.CORRECT} if role.corrects else set()
    administers = {Right.ADMIN} if role.administers else set()
    return frozenset({Right.OPEN, Right.HOLDER, *reads, *every, *appends, *corrects, *administers})


class TokenRing:
    """The tokens of a book, read again when the log holds new ones. ``used`` is told of each use of one."""

    def __init__(self, used: Callable[[str, str], None]) -> None:
        self._guard, self._used = threading.Lock(), used
        self._streams = 0  # size of the registry, as read
        self._number: int | None = None
        self._read: tuple[int, Mapping[str, Token]] = (0, {})  # size of the stream of grants, and its tokens

    def known(self, book: Book) -> Mapping[str, Token]:
        """Every token of the book, void ones too."""
        forest = book.store.forest
        with self._guard:
            if self._number is None and forest.stream(0).size != self._streams:
                self._number, self._streams = tokens.stream_number(book), forest.stream(0).size
            if self._number is not None and forest.stream(self._number).size > self._read[0]:
                self._read = forest.stream(self._number).size, tokens.tokens(book)
            return self._read[1]

    def as_of(self, grants: int | None) -> Mapping[str, Token] | None:
        """Every token of a book whose stream of grants has a size; None where that must be read first."""
        size, known = self._read
        return known if size == grants else None

    def principal(self, book: Book, secret: str | None, *, open_to_local: bool) -> Principal:
        """The principal of a secret as of now (see ``judged``)."""
        return self.judged(self.known(book), book.now, secret, open_to_local=open_to_local)

    def judged(
        self,
        known: Mapping[str, Token],
        clock: Callable[[], str],
        secret: str | None,
        *,
        open_to_local: bool,
    ) -> Principal:
        """The principal of a secret among known tokens; 401 for one that is of no good token. Without one it is
        whoever sits at this machine, where the book has no token yet, or nobody.
        """
        if secret is None:
            return LOCAL if open_to_local and not known else NOBODY
        now = clock()
        token = tokens.presented(known, secret, tokens.day_of(now))
        if token is None:
            raise unauthorized("the token is not known, was revoked, or has expired")
        self._used(token.name, now)
        return Principal(token.name, rights_of(token), token)

    def holds(self, principal: Principal, book: Book) -> bool:
        """True while a principal that was let in may go on: its token is good, or the book still has none."""
        known = self.known(book)
        if principal.token is None:
            return not known
        token = known.get(principal.token.name)
        return token is not None and tokens.is_void(token, known, tokens.today(book)) is None


def secret_of(headers: Mapping[str, str]) -> str | None:
    """The secret that a request brings as a bearer token; None where it brings none."""
    given = headers.get("authorization")
    if given is None:
        return None
    return given[len(BEARER) :].strip() if given.lower().startswith(BEARER) else ""


def cookie_of(headers: Mapping[str, str]) -> str | None:
    """The secret in the cookie of the sign-in page; None where there is none."""
    if "cookie" not in headers:
        return None
    try:
        found = SimpleCookie(headers["cookie"]).get(COOKIE)
    except CookieError:
        return None
    return None if found is None else found.value


def check_allowed(principal: Principal, right: Right, where: str) -> None:
    """401 where a token would be needed, 403 where the one at hand does not allow it."""
    if right in principal.rights:
        return
    if principal is NOBODY:
        raise unauthorized(f"{where} needs a bearer token")
    assert principal.token is not None, "the local principal has every right"
    raise HttpProblem(403, f"the role {principal.token.role.name} has no right to {right}")


def own_claims(principal: Principal, book: Book, claims: Sequence[Said]) -> list[Said]:
    """The claims as the principal makes them: in its name where they state no other; 403 for one that it may
    not make. A place outside its scope and one that is not there are told alike.
    """
    token = principal.token
    if token is None:
        return list(claims)
    kinds = token.scope.get("kind") or token.role.appends
    places = set(reach(book, token).sites)
    return [said._replace(claim=_own_claim(token, said, kinds, places)) for said in claims]


def check_own_place(principal: Principal, book: Book, place: str) -> None:
    """403 where the principal may record nothing at a place, whether or not it is there: asked before a document
    is parsed beside what the book knows of it.
    """
    token = principal.token
    if token is not None and not _of_all_places(token) and place not in reach(book, token).sites:
        raise HttpProblem(403, f"the token {token.name} has no right to record at {place[:80]!r}")


def _own_claim(token: Token, said: Said, kinds: Sequence[str] | frozenset[str], places: set[str]) -> Claim:
    claim = said.claim
    kind = BY_TAG[claim.kind].name
    where = f"{said.source}:{said.line}: " if said.line else ""
    if kind not in kinds or kind not in token.role.appends:
        raise HttpProblem(403, f"{where}the token {token.name} has no right to record {kind}")
    if claim.corrects is not UNSET and not token.role.corrects:
        raise HttpProblem(403, f"{where}the role {token.role.name} corrects nothing")
    if token.period is not None and not token.period.holds(claim.at):
        raise HttpProblem(403, f"{where}the token {token.name} has no right to record at {claim.at}")
    if claim.place not in places and not _of_all_places(token):
        raise HttpProblem(403, f"{where}the token {token.name} has no right to record at {claim.place!r}")
    if claim.actor in ("", DEFAULT_ACTOR, token.name):
        return replace(claim, actor=token.name)
    if not token.role.corrects:
        raise HttpProblem(403, f"{where}the actor is the token {token.name}, not {claim.actor!r}")
    return claim


def check_supposed(principal: Principal, book: Book, claims: Sequence[Said]) -> None:
    """403 for a hypothetical fact of a stream that the principal may not read: the rules decide it beside the
    whole log, and would name the records there that contradict it.
    """
    token = principal.token
    if token is None or Right.EVERY_RECORD in principal.rights:
        return  # nothing is foreign to whoever reads every stream
    if token.period is not None:
        raise HttpProblem(
            403, f"the token {token.name} is limited to a period: it has no right to suppose facts"
        )
    registry, places, visible = reach(book, token)
    opened = registry.numbers
    for said in claims:
        claim, name = said.claim, said.claim.stream
        classes = [claim.disclosure] if claim.disclosure else CLASSES  # a retraction takes it from its target
        own_new = name not in opened and claim.place in places and {*classes} <= {*token.role.classes}
        if not (name in visible or own_new) or (claim.corrects is not UNSET and not token.role.corrects):
            where = f"{said.source}:{said.line}: " if said.line else ""
            kind = BY_TAG[claim.kind].name
            raise HttpProblem(
                403, f"{where}the token {token.name} has no right to suppose {kind} at {claim.place!r}"
            )


def check_in_scope(principal: Principal, book: Book, streams: Sequence[str], reports: Sequence[str]) -> None:
    """``Malformed`` where a bundle would hold a stream that the principal may not read: for one that is not in
    its scope as for one that is not there.
    """
    if principal.token is None:
        return
    if principal.token.period is not None:
        raise Malformed("a bundle holds streams whole, and your token is limited to a period")
    registry, _, visible = reach(book, principal.token)
    for name in streams:
        if name not in visible:
            raise no_such("stream", name, visible)
    sites = tuple(sorted({name.partition("/")[0] for name in streams}))
    for report in map(report_named, reports):
        beyond = set(declared_streams(report, registry, sites)) - visible
        if beyond:
            raise Malformed(f"{report.name} reads streams that are not in the scope of your token")


def _of_all_places(token: Token) -> bool:
    """True where the token may record anywhere, also at a site that is registered by the claim itself."""
    return token.role.corrects and not token.scope


def unauthorized(why: str) -> HttpProblem:
    """The answer to a request without credentials that count."""
    return HttpProblem(401, why, [("WWW-Authenticate", 'Bearer realm="wattledger"')])
