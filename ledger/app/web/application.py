"""The contract as an ASGI application (Starlette): each path dispatches to its routes, and everything that a
request goes through on its way is here, in order.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Match
from starlette.routing import Route as StarletteRoute
from starlette.types import Receive, Scope, Send

from ledger.app.access.tokens import Token
from ledger.app.web import auth, guard
from ledger.app.web.arguments import arguments
from ledger.app.web.contract import ROUTES
from ledger.app.web.live import follow
from ledger.app.web.openapi import document
from ledger.app.web.pages import errors
from ledger.app.web.pages.contract import PAGES
from ledger.app.web.pages.oidc import OIDC_PAGES
from ledger.app.web.problems import HttpProblem, problem_reply
from ledger.app.web.routes import API, JSON, ApiCall, Reply, Right, Route
from ledger.app.web.service import Service
from ledger.errors import WattledgerError

LOG: Final = logging.getLogger("wattledger.web")
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

_JSON_HEADERS: Final = {name.lower().encode(): value.encode() for name, value in HEADERS.items()} | {
    b"content-type": JSON.encode()
}


def rights_by_route(routes: Sequence[Route] = (*ROUTES, *PAGES)) -> dict[tuple[str, str], Right]:
    """The right that each route asks for, by method and path."""
    return {(route.method, route.path): route.right for route in routes}


def application(service: Service, routes: Sequence[Route] = (*ROUTES, *PAGES)) -> Starlette:
    """The application of a service."""
    if service.oidc is not None:
        routes = (*routes, *OIDC_PAGES)
    service.document = document(ROUTES)
    service.rights = rights_by_route(routes)
    by_path: dict[str, dict[str, Route]] = defaultdict(dict)
    for route in routes:
        by_path[route.path][route.method] = route
    mounted: list[BaseRoute] = [
        StarletteRoute(_mounted(methods), PathRoutes(service, methods)) for methods in by_path.values()
    ]
    plain = {
        path: PathRoutes(service, methods)
        for path, methods in by_path.items()
        if not any(one.in_path for route in methods.values() for one in route.parameters)
    }
    made = Application(
        plain,
        routes=mounted,
        lifespan=lambda app: _running(service),
        exception_handlers={HTTPException: _of_starlette, Exception: _of_bug},
    )
    made.router.redirect_slashes = False
    return made


class Application(Starlette):
    """Starlette, but for the paths without parameters: they are found in a table, and go past the layers that
    would try one route after the other.
    """

    def __init__(self, plain: Mapping[str, PathRoutes], **settings: Any) -> None:
        super().__init__(**settings)
        self._plain = plain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or tell of the beginning and the end."""
        found = self._plain.get(scope["path"]) if scope["type"] == "http" else None
        await (super().__call__ if found is None else found)(scope, receive, send)


def _mounted(methods: Mapping[str, Route]) -> str:
    """The path of some routes as Starlette writes it: one that ends with all that is left says so."""
    route = next(iter(methods.values()))
    names = [one.name for one in route.parameters if one.rest]
    return route.path.replace(f"{{{names[0]}}}", f"{{{names[0]}:path}}") if names else route.path


@asynccontextmanager
async def _running(service: Service) -> AsyncIterator[None]:
    """Tasks beside the requests: the writer's thread, or a look at the file of another's."""
    following = None
    if service.writer is None:
        following = asyncio.create_task(follow(service.head, service.follower))
    else:
        service.writer.start()
    writing = asyncio.create_task(service.journal.run())
    noting = asyncio.create_task(service.last_use.run())
    anchoring = asyncio.create_task(service.anchors.run())
    try:
        yield
    finally:
        writing.cancel()
        noting.cancel()
        anchoring.cancel()
        with suppress(WattledgerError):
            await service.journal.write()
        service.head.close()
        if following is not None:
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following
        if service.writer is not None:  # while there is a loop that can hand on its answers
            await asyncio.to_thread(service.writer.close)


class PathRoutes:
    """All methods of one path."""

    def __init__(self, service: Service, methods: Mapping[str, Route]) -> None:
        self._service, self._methods = service, methods

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request, begun = Request(scope, receive), time.monotonic()
        route = self._methods.get("GET" if request.method == "HEAD" else request.method)
        try:
            reply = await self._reply(request, route)
        except Exception as why:
            reply = problem_reply(why)
            if next(iter(self._methods.values())).is_page:
                reply = errors.as_page(reply, request, self._service.origin)
            if reply.status in (401, 403):
                self._service.journal.refuse(*_refused(scope, route))
            if not isinstance(why, WattledgerError | HttpProblem):
                LOG.exception("%s %s failed", request.method, scope["path"])
        name = "none" if route is None else route.name
        self._service.meters.hear(name, reply.status, time.monotonic() - begun)
        whole = reply.status in (200, 201) and reply.media_type == JSON and request.method != "HEAD"
        if whole and isinstance(reply.body, bytes):
            await _send_json(reply, reply.body, send)
        else:
            await _response(reply, self._service, head=request.method == "HEAD")(scope, receive, send)

    async def _reply(self, request: Request, route: Route | None) -> Reply:
        service, headers = self._service, _headers(request.scope["headers"])
        guard.check_host(headers.get("host", ""), service.settings.names)
        if route is None:
            allow = ", ".join(["HEAD", *self._methods] if "GET" in self._methods else self._methods)
            raise HttpProblem(405, f"{request.method} is not answered here", [("Allow", allow)])
        guard.check_origin(route, headers)
        principal = await self._principal(headers)
        request.scope["principal"] = principal
        auth.check_allowed(principal, route.right, f"{route.method} {route.path}")
        given = arguments(
            route.parameters, request.path_params, request.scope["query_string"], of_form=route.is_page
        )
        accept, body, kind = headers.get("accept", ""), b"", ""
        if route.bodies:
            kind = guard.media_type(route, headers)
            body = await guard.body_of(request, headers)
        return await route.handler(ApiCall(service, route, principal, given, accept, headers, body, kind))

    async def _principal(self, headers: Mapping[str, str]) -> auth.Principal:
        """The principal of a request, as of now: a revoked token is void at the next request. A cookie of no
        good token is as none: a browser keeps it beyond the token, and sends it to any server of this host.

        The writer knows how many grants and revocations there are, as nobody else appends while it holds the
        lock; only where they were not read yet, or another process writes, a reader's thread is asked.
        """
        service, secret, cookie = self._service, auth.secret_of(headers), auth.cookie_of(headers)
        ring, local = service.ring, service.settings.open_to_local

        def found(known: Mapping[str, Token], now: Callable[[], str]) -> auth.Principal:
            if secret is None and cookie is not None:
                with suppress(HttpProblem):
                    return ring.judged(known, now, cookie, open_to_local=False)
            return ring.judged(known, now, secret, open_to_local=local)

        known = None if service.writer is None else ring.as_of(service.writer.grants)
        if known is not None:
            return found(known, service.now)
        return await service.readers.ask(lambda book: found(ring.known(book), book.now))


def _refused(scope: Scope, route: Route | None) -> tuple[str, str]:
    """The token and the route of a request that was refused, for the journal."""
    principal = scope.get("principal", auth.NOBODY)
    token = "" if principal.token is None else principal.token.name
    return token, "none" if route is None else f"{route.method} {route.path}"


def _headers(raw: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    """The headers by name, in small letters as ASGI gives them; of one that comes more than once the first."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(raw)}


async def _send_json(reply: Reply, body: bytes, send: Send) -> None:
    """Send JSON as Starlette's response does, whose headers are made anew each time."""
    own = {name.lower().encode("latin-1"): value.encode("latin-1") for name, value in reply.headers}
    headers = _JSON_HEADERS | own | {b"content-length": b"%d" % len(body)}
    await send({"type": "http.response.start", "status": reply.status, "headers": list(headers.items())})
    await send({"type": "http.response.body", "body": body})


def _response(reply: Reply, service: Service, *, head: bool = False) -> Response:
    headers = {**HEADERS, **dict(reply.headers)}
    if head and not isinstance(reply.body, bytes):
        return Response(None, reply.status, headers, reply.media_type)  # a stream would not end
    if isinstance(reply.body, bytes):
        return Response(reply.body, reply.status, headers, reply.media_type)
    stream = _counted(reply.body, service)
    return StreamingResponse(stream, reply.status, headers, reply.media_type)


async def _counted(stream: AsyncIterator[bytes], service: Service) -> AsyncIterator[bytes]:
    service.meters.streams += 1
    try:
        async for part in stream:
            yield part
    finally:
        service.meters.streams -= 1


async def _of_starlette(request: Request, why: Exception) -> Response:
    """A path that nothing is at; the routes are in the contract that is open to anyone, so the path of the one
    that was meant is told to anyone.
    """
    assert isinstance(why, HTTPException), "registered for these"
    told, meant = f"nothing is at {request.url.path[:200]!r}", f"{API}{request.scope['path']}"
    within = {**request.scope, "path": meant}
    if any(route.matches(within)[0] is not Match.NONE for route in request.app.routes):
        told += f"; ask {meant[:200]!r}"
    reply = problem_reply(HttpProblem(why.status_code, told))
    return _plain(reply if request.url.path.startswith("/api/") else errors.as_page(reply, request))


async def _of_bug(request: Request, why: Exception) -> Response:
    return _plain(problem_reply(why))


def _plain(reply: Reply) -> Response:
    assert isinstance(reply.body, bytes), "problems are whole"
    return Response(reply.body, reply.status, {**HEADERS, **dict(reply.headers)}, reply.media_type)
