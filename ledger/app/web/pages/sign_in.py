"""Signing in with a token, and out again.

The token is kept in a cookie that no script reads and no other site sends, until the browser is closed. Every
request is judged by it anew, so a token that is revoked is void at once.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qs

from ledger.app.book.book import Book
from ledger.app.web import auth
from ledger.app.web.pages.layout import HTML, PageFrame, page
from ledger.app.web.problems import HttpProblem
from ledger.app.web.routes import ApiCall, Reply, RouteParameter
from ledger.errors import Malformed

FORM: Final = "application/x-www-form-urlencoded"
NEXT: Final = RouteParameter("next", "the page to go on with")


def form_of(call: ApiCall) -> dict[str, str]:
    """The fields of a posted form, each once, lines ending as they were typed; ``Malformed`` where it cannot be
    read.
    """
    try:
        found = parse_qs(
            call.body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=200,
        )
    except ValueError:
        raise Malformed("the form is not UTF-8 in percent-encoding") from None
    twice = [name for name, values in found.items() if len(values) > 1]
    if twice:
        raise Malformed(f"{twice[0][:80]} is given {len(found[twice[0]])} times; give it once")
    return {name: values[0].replace("\r\n", "\n") for name, values in found.items()}


def own_path(said: str | None) -> str:
    """A page of this service that a reader is sent on to; the first page for anything else."""
    inside = said is not None and said.startswith("/") and not said.startswith(("//", "/\\"))
    return said if said is not None and inside and said.isprintable() else "/"


async def get_sign_in(call: ApiCall) -> Reply:
    """The form."""
    return sign_in_form(call, own_path(call.text("next")))


async def post_sign_in(call: ApiCall) -> Reply:
    """Keep a good token in the browser and go on; show the form again for any other."""
    fields = form_of(call)
    secret, onward = fields.get("token", "").strip(), own_path(fields.get("next"))

    def is_good(book: Book) -> bool:
        try:
            return call.service.ring.principal(book, secret, open_to_local=False).token is not None
        except HttpProblem:
            return False

    if not await call.ask_all(is_good):
        return sign_in_form(call, onward, "The token is not known, was revoked, or has expired.", 401)
    return _onward(onward, f"{auth.COOKIE}={secret}; {attributes(call)}")


async def post_sign_out(call: ApiCall) -> Reply:
    """Forget the token."""
    return _onward("/sign-in", f"{auth.COOKIE}=; Max-Age=0; {attributes(call)}")


def sign_in_form(call: ApiCall, onward: str, why: str = "", status: int = 200) -> Reply:
    """The form, with why the last sign-in failed, and the way to the provider where there is one."""
    provider = call.service.oidc
    return page(
        "sign_in.html",
        PageFrame("wattledger"),
        status=status,
        why=why,
        asked=onward,
        provider="" if provider is None else provider.name,
    )


def _onward(path: str, cookie: str) -> Reply:
    return Reply(b"", HTML, 303, (("Location", path), ("Set-Cookie", cookie)))


def attributes(call: ApiCall) -> str:
    """Attributes of a cookie that no script reads and no other site sends."""
    secure = "; Secure" if call.service.settings.address.startswith("https:") else ""
    return f"Path=/; HttpOnly; SameSite=Strict{secure}"
