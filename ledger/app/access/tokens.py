"""Tokens: who may call the service, as facts of the stream ``ledger/access``.

A secret is 256 random bits, written ``wl_`` and 43 characters of URL-safe base64. The log keeps its SHA-256
alone; the secret is shown once, when it is made. A token has a role, a scope, and an end of at most 90 days.
Granting, narrowing and revoking are records like any other, so what a token could see at a moment can be told
from the log.

The scope is a list of words ``name=value``:

    site=dalton  county=Whitfield County, GA  utility=Georgia Power  tenant=northstar  program=ilc
    kind=intervals-recorded  stream=dalton/grid  from=2026-01-01  to=2026-07-01

Words of one name add up and words of different names narrow, as the options of the command line do. ``from`` and
``to`` limit a token to what took effect in a period, half-open, by days in UTC as its own end is (``sight``).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from msgspec import UNSET

from ledger import calendar, kinds
from ledger.app.access.period import TokenPeriod
from ledger.app.access.roles import ALL_KINDS, Role, role_named
from ledger.app.book.batch import ACCESS
from ledger.app.book.book import Book
from ledger.app.queries import subject
from ledger.app.queries.registry import registry_at
from ledger.errors import Malformed, Refused, no_such
from ledger.fields import is_slug

PREFIX: Final = "wl_"
SECRET_BYTES: Final = 32
LONGEST_DAYS: Final = 90
WORDS: Final = ("site", "county", "utility", "tenant", "program", "stream", "kind", "from", "to")
PERIOD: Final = ("from", "to")
CHOICES: Final = ("county", "utility", "tenant", "program")


class Token(NamedTuple):
    """A token as the log knows it. ``granted_by`` is the record that granted it; ``revoked`` the one that ended
    it, or None.
    """

    name: str
    role: Role
    scope: Mapping[str, tuple[str, ...]]
    expires_on: str
    secret_sha256: str | None
    narrowed_from: str | None
    granted_by: int
    revoked: int | None = None

    @property
    def period(self) -> TokenPeriod | None:
        """The period that it is limited to; None where it is not."""
        since, until = (f"{self.scope[end][0]}T00:00:00Z" if end in self.scope else None for end in PERIOD)
        return None if since is None and until is None else TokenPeriod(since, until)

    def may_append(self, kind: str) -> bool:
        """May it record facts of a kind, at the sites of its scope?"""
        listed = self.scope.get("kind")
        return kind in self.role.appends and (listed is None or kind in listed)

    def words(self) -> tuple[str, ...]:
        """The scope as words."""
        return tuple(f"{name}={value}" for name, values in self.scope.items() for value in values)


class Granted(NamedTuple):
    """A token with its secret, which nobody can tell again."""

    token: Token
    secret: str


def parse_scope(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The words of a scope by name, in the order of ``WORDS``; ``Malformed`` for one that is no such word."""
    found: dict[str, list[str]] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not value.strip():
            raise Malformed(f"a scope is name=value, for example site=dalton: {word!r}")
        if name not in WORDS:
            raise no_such("word of a scope", name, WORDS)
        if name == "kind" and value not in ALL_KINDS:
            raise no_such("kind", value, ALL_KINDS)
        if value not in found.setdefault(name, []):
            found[name].append(value)
    _check_period(found)
    return {name: tuple(found[name]) for name in WORDS if name in found}


def _check_period(found: Mapping[str, Sequence[str]]) -> None:
    for end in PERIOD:
        for day in found.get(end, ()):
            if not calendar.is_date(day):
                raise Malformed(f"{end}= is a date such as 2026-07-01: {day[:40]!r}")
        if len(found.get(end, ())) > 1:
            raise Malformed(f"{end}= is given {len(found[end])} times; a token has one period")
    if set(PERIOD) <= set(found) and found["from"][0] >= found["to"][0]:
        raise Malformed(f"from= must be before to=: {found['from'][0]} is not before {found['to'][0]}")


def stream_number(book: Book) -> int | None:
    """The registry number of the stream that tokens are facts of; None where there is none yet."""
    return registry_at(book, book.store.size).numbers.get(ACCESS)


def tokens(book: Book) -> dict[str, Token]:
    """Every token that was ever granted, by name, oldest first."""
    number = stream_number(book)
    found: dict[str, Token] = {}
    for record in () if number is None else book.stream_records(number):
        body = record.body
        if isinstance(body, kinds.AccessGranted):
            found[body.token] = Token(
                body.token,
                role_named(body.role),
                parse_scope(body.scope),
                body.expires_on,
                body.secret_sha256 or None,
                body.narrowed_from or None,
                record.index,
            )
        elif isinstance(body, kinds.AccessRevoked) and body.token in found:
            found[body.token] = found[body.token]._replace(revoked=record.index)
    return found


def is_void(token: Token, known: Mapping[str, Token], today: str) -> str | None:
    """Why a token is void on a day (UTC); None where it is good. What was narrowed ends with what it was
    narrowed from.
    """
    if token.revoked is not None:
        return f"revoked by record {token.revoked}"
    if token.expires_on < today:
        return f"expired on {token.expires_on}"
    if token.narrowed_from is None:
        return None
    parent = known.get(token.narrowed_from)
    why = "is not known" if parent is None else is_void(parent, known, today)
    return why and f"the token {token.narrowed_from} that it was narrowed from: {why}"


def token_json(token: Token, void: str | None, last_used: str | None = None) -> dict[str, Any]:
    """A token for machines, with why it is void and the minute of its last use: never its secret or the hash of
    it.
    """
    return {
        "token": token.name,
        "role": token.role.name,
        "scope": list(token.words()),
        "expires_on": token.expires_on,
        "narrowed_from": token.narrowed_from,
        "granted_by": token.granted_by,
        "void": void,
        "last_used": last_used,
    }


def hash_of(secret: str) -> str:
    """The SHA-256 that the log keeps of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def presented(known: Mapping[str, Token], secret: str, today: str) -> Token | None:
    """The good token of a secret; None where there is none. Every token is compared, in constant time."""
    digest = hash_of(secret)
    found = None
    for token in known.values():
        if token.secret_sha256 and hmac.compare_digest(token.secret_sha256, digest):
            found = token
    return None if found is None or is_void(found, known, today) else found


def grant(
    book: Book,
    name: str,
    role: str,
    words: Sequence[str],
    days: int,
    random: bytes,
    *,
    narrowed_from: Token | None = None,
) -> Granted:
    """Grant a token and put it on record; ``Refused`` where its name is taken, ``Malformed`` where no token
    lasts so long, or its scope names what is not there or lacks what its role needs.
    """
    scope = parse_scope(words)
    rights = role_named(role)
    if not is_slug(name):
        raise Malformed(f"a token's name is 1 to 64 of a-z, 0-9 and -: {name!r}")
    known = tokens(book)
    if name in known:
        raise Refused(f"the token {name} was granted by record {known[name].granted_by}; choose another name")
    if not 1 <= days <= LONGEST_DAYS:
        raise Malformed(f"a token lasts 1 to {LONGEST_DAYS} days, not {days}")
    missing = [word for word in rights.needs if word not in scope]
    if missing:
        raise Malformed(f"a token of role {role} needs {' and '.join(f'{word}=' for word in missing)}")
    _check_there(book, scope)
    last = date.fromisoformat(today(book)) + timedelta(days=days)
    secret = PREFIX + base64.urlsafe_b64encode(random).rstrip(b"=").decode()
    fact = kinds.AccessGranted(
        token=name,
        role=role,
        scope=tuple(f"{word}={value}" for word, values in scope.items() for value in values),
        expires_on=last.isoformat(),
        secret_sha256=hash_of(secret),
        narrowed_from=UNSET if narrowed_from is None else narrowed_from.name,
    )
    book.record_own(ACCESS, fact)
    return Granted(tokens(book)[name], secret)


def revoke(book: Book, name: str) -> Token:
    """Make a token void from now on; ``Malformed`` for one that is not there, ``Refused`` where it is void."""
    known = tokens(book)
    if name not in known:
        raise no_such("token", name, known)
    if known[name].revoked is not None:
        raise Refused(f"the token {name} was revoked by record {known[name].revoked}")
    book.record_own(ACCESS, kinds.AccessRevoked(token=name))
    return tokens(book)[name]


def today(book: Book) -> str:
    """The day on which tokens are judged: the book's clock in UTC."""
    return day_of(book.now())


def day_of(now: str) -> str:
    """The day of an instant, in UTC."""
    return now[: len("2026-01-01")]


def _check_there(book: Book, scope: Mapping[str, tuple[str, ...]]) -> None:
    """``Malformed`` where a scope names a site, stream, county, utility, tenant or program that is not
    there.
    """
    registry = registry_at(book, book.store.size)
    for site in scope.get("site", ()):
        if site not in registry.sites:
            raise no_such("site", site, registry.sites)
    for stream in scope.get("stream", ()):
        if stream not in registry.numbers:
            raise no_such("stream", stream, registry.numbers)
    subject.chosen_sites(book, book.store.size, (), {name: scope[name] for name in CHOICES if name in scope})
