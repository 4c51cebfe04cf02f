"""Signing in with the provider that ``book.toml`` names; where it names none, these pages are not there.

The provider sends the reader back from another site, so the cookie that ties its answer to the browser is
``Lax``; the cookie of the token is ``Strict`` as ever, and therefore set by a page of ours that goes on by
itself: a redirect would be another site's, and would not carry it.
"""

from __future__ import annotations

import asyncio
import os
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import quote

from ledger.app.access import oidc
from ledger.app.access.oidc import SignInFailed
from ledger.app.access.oidc_settings import CALLBACK, SECRET_VARIABLE, MappedRole, OidcSettings, mapped
from ledger.app.access.tokens import Granted
from ledger.app.book.book import Book
from ledger.app.web import auth
from ledger.app.web.pages.layout import HTML, PageFrame, page
from ledger.app.web.pages.sign_in import NEXT, attributes, own_path, sign_in_form
from ledger.app.web.problems import HttpProblem
from ledger.app.web.routes import ApiCall, Reply, Right, Route, RouteParameter
from ledger.app.web.sign_ins import BEGUN_S

START: Final = "/sign-in/oidc"
COOKIE: Final = "wattledger-oidc"
IN_ADDRESS: Final = ":/?#[]@!$&'()*+,;=%"
CODE: Final = RouteParameter("code", "the provider's code")
STATE: Final = RouteParameter("state", "which sign-in it answers")
ERROR: Final = RouteParameter("error", "why nobody signed in")
PASSED_OVER: Final = tuple(
    RouteParameter(name, "of the provider")
    for name in (
        "error_description",
        "error_uri",
        "iss",
        "session_state",
        "scope",
        "authuser",
        "prompt",
        "hd",
    )
)


async def get_start(call: ApiCall) -> Reply:
    """Send the reader to the provider."""
    settings, onward = _settings(call), own_path(call.text("next"))
    redirect = settings.redirect or f"{call.service.settings.address}{CALLBACK}"
    try:
        begun = await asyncio.to_thread(oidc.begin, settings, redirect)
    except SignInFailed as why:
        return sign_in_form(call, onward, str(why), 503)
    call.service.sign_ins.add(begun, onward)
    cookie = f"{COOKIE}={begun.state}; Max-Age={BEGUN_S}; {_lax(call)}"
    return Reply(b"", HTML, 303, (("Location", begun.address), ("Set-Cookie", cookie)))


async def get_callback(call: ApiCall) -> Reply:
    """Take the reader back: a token for whoever signed in, or why not."""
    settings, state = _settings(call), call.text("state") or ""
    taken = call.service.sign_ins.take(state) if state and state == _state_of(call) else None
    if taken is None:
        return sign_in_form(call, "/", "This sign-in is not one that this browser began, or it is over.", 401)
    begun, onward = taken
    code = call.text("code")
    if code is None:
        said = call.text("error") or "it sent no code"
        return sign_in_form(call, onward, f"The provider let nobody in: {said[:80]}.", 401)
    now_s = await call.ask_all(lambda book: book.surroundings.now_us() // 1_000_000)
    try:
        claims = await asyncio.to_thread(
            oidc.finish, settings, begun, code, os.environ.get(SECRET_VARIABLE, ""), now_s
        )
    except SignInFailed as why:
        return sign_in_form(call, onward, str(why), 503 if why.away else 401)
    to = mapped(settings, claims)
    if to is None:
        return sign_in_form(
            call, onward, "You are known, but nothing here is open to you: ask the operator.", 403
        )
    return _signed_in(call, await _granted(call, settings, claims, to), onward)


async def _granted(call: ApiCall, settings: OidcSettings, claims: object, to: MappedRole) -> Granted:
    if call.service.writer is None:
        raise HttpProblem(403, "this server only reads; sign in at the one that writes")

    def run(book: Book) -> Granted:
        assert isinstance(claims, dict), "claims are a JSON object"
        return oidc.granted(book, settings, claims, to)

    return await call.service.writer.run(run)


def _signed_in(call: ApiCall, made: Granted, onward: str) -> Reply:
    found = page("signed_in.html", PageFrame(call.service.origin), onward=onward, token=made.token)
    cookies = (
        ("Set-Cookie", f"{auth.COOKIE}={made.secret}; {attributes(call)}"),
        ("Refresh", f"0; url={quote(onward, safe=IN_ADDRESS)}"),
    )
    return found._replace(headers=(*found.headers, *cookies))


def _settings(call: ApiCall) -> OidcSettings:
    settings = call.service.oidc
    assert settings is not None, "the pages are there where it is set"
    return settings


def _state_of(call: ApiCall) -> str:
    """The sign-in that this browser began; empty where it began none."""
    try:
        found = SimpleCookie(call.headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return "" if found is None else found.value


def _lax(call: ApiCall) -> str:
    return attributes(call).replace("Path=/;", f"Path={START};").replace("SameSite=Strict", "SameSite=Lax")


OIDC_PAGES: Final = (
    Route(
        "GET",
        START,
        "pageOidc",
        "Sign in with the provider.",
        Right.OPEN,
        get_start,
        (NEXT,),
        answers=(HTML,),
        statuses=(303, 503),
    ),
    Route(
        "GET",
        CALLBACK,
        "pageOidcCallback",
        "Come back from the provider.",
        Right.OPEN,
        get_callback,
        (CODE, STATE, ERROR, *PASSED_OVER),
        answers=(HTML,),
        statuses=(200, 401, 403, 503),
    ),
)
