"""Routes of the service, and requests and replies as their handlers see them.

A route is a value: method, path, who may, parameters, bodies, answer, errors and handler. ``contract`` lists
them all; the server, the authorization check, OpenAPI and the help are made from that list.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Literal, NamedTuple, TypeVar

from ledger.app.book.book import Book
from ledger.app.web.auth import Principal
from ledger.app.web.replies import API as API  # noqa: PLC0414
from ledger.app.web.replies import EVENTS as EVENTS  # noqa: PLC0414
from ledger.app.web.replies import JSON as JSON  # noqa: PLC0414
from ledger.app.web.replies import NDJSON as NDJSON  # noqa: PLC0414
from ledger.app.web.replies import OCTETS as OCTETS  # noqa: PLC0414
from ledger.app.web.replies import TEXT as TEXT  # noqa: PLC0414
from ledger.app.web.replies import Reply as Reply  # noqa: PLC0414
from ledger.app.web.replies import json_reply as json_reply  # noqa: PLC0414
from ledger.app.web.rights import Right as Right  # noqa: PLC0414
from ledger.app.web.service import Service
from ledger.errors import Conflict, Malformed, Refused, Tampered, UnknownOutcome

LARGEST: Final = (1 << 53) - 1
Found = TypeVar("Found")


class RouteParameter(NamedTuple):
    """A value in the path or the query. ``many``: it may be repeated. ``least`` and ``most`` bound a number.
    ``rest``: it is all that is left of the path, with its slashes. ``explained``: it is required, and the handler,
    which knows the book, says what is missing.
    """

    name: str
    what: str
    form: Literal["text", "integer", "flag"] = "text"
    many: bool = False
    required: bool = False
    in_path: bool = False
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = LARGEST
    example: str | None = None
    rest: bool = False
    explained: bool = False


class ApiCall:
    """One request: its route, who makes it, and its arguments, already checked against the route."""

    def __init__(
        self,
        service: Service,
        route: Route,
        principal: Principal,
        arguments: Mapping[str, Any],
        accept: str = "",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        media_type: str = "",
    ) -> None:
        self.service, self.route, self.principal = service, route, principal
        self.accept, self.headers = accept, headers or {}
        self.body, self.media_type = body, media_type
        self.arguments = arguments

    def text(self, name: str) -> str | None:
        """A text, None where it was not given."""
        value: str | None = self.arguments.get(name)
        return value

    def said(self, name: str) -> str:
        """A text that the route requires."""
        value: str = self.arguments[name]
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """The values of a parameter that may be repeated."""
        value: tuple[str, ...] = self.arguments.get(name, ())
        return value

    def number(self, name: str) -> int | None:
        """A number, None where it was not given."""
        value: int | None = self.arguments.get(name)
        return value

    def flag(self, name: str) -> bool:
        """True where a flag is set."""
        return bool(self.arguments.get(name, False))

    async def ask(self, question: Callable[[Book], Found]) -> Found:
        """Ask the book as the principal may read it, as of now, in a reader's thread."""
        return await self.service.readers.ask(lambda book: question(self.principal.view(book)))

    async def ask_all(self, question: Callable[[Book], Found]) -> Found:
        """Ask the whole book: only for what decides rights, never for an answer."""
        return await self.service.readers.ask(question)


Handler = Callable[[ApiCall], Awaitable[Reply]]


class Route(NamedTuple):
    """One line of the contract. ``bodies`` are the media types that it takes, ``answers`` those that it gives,
    ``schema`` the JSON answer; ``statuses`` are those of success, ``errors`` what else may come of it. With ``names`` its body names
    something that may not be there.
    """

    method: str
    path: str
    name: str
    what: str
    right: Right
    handler: Handler
    parameters: tuple[RouteParameter, ...] = ()
    bodies: tuple[tuple[str, Any], ...] = ()
    schema: Any = None
    answers: tuple[str, ...] = (JSON,)
    statuses: tuple[int, ...] = (200,)
    errors: tuple[type[Exception], ...] = (Malformed, Tampered)
    names: bool = False

    @property
    def is_page(self) -> bool:
        """True where it is for people in a browser, not of the API."""
        return not self.path.startswith(f"{API}/")

    @property
    def unsafe(self) -> bool:
        """True where it may change something."""
        return self.method not in ("GET", "HEAD")


WRITING: Final = (Malformed, Refused, Tampered, Conflict, UnknownOutcome)
