"""Checks of a request before anybody looks at it: of this host, of this origin, of a size that is read.

A page of another site can make a browser ask loopback, under a name of that site (DNS rebinding), and can make
it post forms. While loopback needs no token, the Host must be a name of this machine, and a request that may
change something must not come from another origin.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator, Mapping
from contextlib import suppress
from functools import lru_cache
from types import coroutine
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.requests import ClientDisconnect, Request

from ledger.app.web.bodies import BODY_BYTES
from ledger.app.web.problems import HttpProblem
from ledger.app.web.routes import OCTETS, Route

BODY_S: Final = 20.0
REST_S: Final = 0.5
REST_BYTES: Final = 32 << 20
LOOPBACK: Final = frozenset(["localhost", "127.0.0.1", "::1"])


def check_host(host: str, names: frozenset[str] | None) -> None:
    """421 where the request is for another host."""
    if names is not None and _name(host) not in names:
        raise HttpProblem(421, f"this server is not {host[:80]!r}; it is called {', '.join(sorted(names))}")


@lru_cache(maxsize=64)
def _name(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def check_origin(route: Route, headers: Mapping[str, str]) -> None:
    """403 where a browser says that a page of another origin asks for something that may change the book."""
    if not route.unsafe:
        return
    origin, site = headers.get("origin"), headers.get("sec-fetch-site", "same-origin")
    own = origin is None or netloc_of(origin) == headers.get("host", "")
    if not own or site not in ("same-origin", "none"):
        raise HttpProblem(403, f"a page of another origin asks for it: {(origin or site)[:80]!r}")


def netloc_of(origin: str) -> str | None:
    """The host and port of an origin; None where it is none."""
    try:
        return urlsplit(origin).netloc or None
    except ValueError:
        return None


def media_type(route: Route, headers: Mapping[str, str]) -> str:
    """The media type of the body; 415 where the route takes no such body."""
    taken = [kind for kind, _ in route.bodies]
    said = headers.get("content-type", "").partition(";")[0].strip().lower()
    if not said and OCTETS in taken:
        return OCTETS  # a body without a type is bytes (RFC 9110 8.3)
    charset = headers.get("content-type", "").partition("charset=")[2].strip(' "').lower()
    if said not in taken or charset not in ("", "utf-8", "utf8"):
        raise HttpProblem(415, f"the body must be UTF-8 of type {' or '.join(taken)}: {said[:80]!r}")
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise HttpProblem(415, "the body must not be compressed")
    return said


async def body_of(request: Request, headers: Mapping[str, str]) -> bytes:
    """The body; 413 where it is too large, 408 where it does not end, 400 where the client is gone."""
    length = headers.get("content-length", "0")
    if length.isdecimal() and (len(length) > 9 or int(length) > BODY_BYTES):
        raise await _too_large(request)
    reading = _read(request)
    try:
        waited_for = reading.send(None)
    except StopIteration as whole:  # it came with its head, as most do; a clock takes longer
        body: bytes = whole.value
        return body
    except ClientDisconnect:
        raise _gone() from None
    try:
        async with asyncio.timeout(BODY_S):
            return await _rest_of(reading, waited_for)
    except TimeoutError:
        raise HttpProblem(408, f"the body did not end within {BODY_S:.0f} s", [_CLOSE]) from None
    except ClientDisconnect:
        raise _gone() from None


def _gone() -> HttpProblem:
    return HttpProblem(400, "the client closed the connection before its body ended")


@coroutine
def _rest_of(begun: Coroutine[Any, Any, bytes], waited_for: Any) -> Generator[Any, Any, bytes]:
    """The result of a coroutine that was begun and waits for a future."""
    try:
        yield waited_for
    except BaseException as why:
        begun.throw(why)
        raise
    found: bytes = yield from begun
    return found


async def _read(request: Request) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > BODY_BYTES:
            raise await _too_large(request)
        parts.append(part)
    return b"".join(parts)


_CLOSE: Final = ("Connection", "close")


async def _too_large(request: Request) -> HttpProblem:
    """The refusal of a body, after some of the rest is read: a client that still sends when the connection is
    closed loses the answer (RFC 9112 section 9.6).
    """
    size = 0
    if "expect" not in request.headers:  # such a client waits, and has sent nothing
        with suppress(TimeoutError, ClientDisconnect):
            async with asyncio.timeout(REST_S):
                async for part in request.stream():
                    size += len(part)
                    if size > REST_BYTES:
                        break
    return HttpProblem(413, f"a body has at most {BODY_BYTES:,} bytes; send several requests", [_CLOSE])
