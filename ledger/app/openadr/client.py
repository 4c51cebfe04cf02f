"""An OpenADR 3.1.0 server (VTN) over HTTP, as a VEN asks it: the bearer token, lists of programs and events,
reports put back.

The secret goes to one address only: the token endpoint of the server that was named, or the one given; no
answer can send it, or the token, elsewhere: redirects are not followed. Plain HTTP is for this machine
only. Answers are bounded in size and time. Lists are read page by page; one that changes between its pages is
read again, so that no event seems to be gone that only moved.
"""

from __future__ import annotations

import ipaddress
import ssl
import time
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode, urlsplit

import httpx
import msgspec

from ledger.app.host.web_address import split_address
from ledger.errors import Malformed
from ledger.records.strict_json import parse_json

TIMEOUT_S: Final = 30
WHOLE_S: Final = 120
BODY_LIMIT: Final = 16 * 1024 * 1024
PAGE: Final = 50
ENTRY_LIMIT: Final = 10_000
READ_AGAIN: Final = 3
DETAIL_LIMIT: Final = 10_000
_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")


class Unreachable(Exception):
    """The server did not answer, or answered that it cannot now; ``after_s`` is the delay it asks
    for.
    """

    def __init__(self, message: str, after_s: int | None = None) -> None:
        super().__init__(message)
        self.after_s = after_s


class Credentials(NamedTuple):
    """OAuth2 client credentials (RFC 6749, 4.4), where to exchange them (None = the server's own
    ``/auth/token``), and the scope and audience that are asked for.
    """

    client_id: str
    secret: str
    token_url: str | None = None
    scope: str | None = None
    audience: str | None = None


class Vtn:
    """A server that is asked; ``ca`` is a file of certificates that are trusted beside the machine's."""

    def __init__(self, url: str, credentials: Credentials | None, ca: str | None = None) -> None:
        self.url = checked_url(url).rstrip("/")
        self._credentials = credentials
        self._token_url = checked_url((credentials and credentials.token_url) or f"{self.url}/auth/token")
        self._token: str | None = None
        self._trusted = trusted(ca)

    def programs(self) -> bytes:
        """All programs, as one JSON list in the server's own bytes."""
        return self._list("programs", {})

    def events(self, program_id: str | None = None) -> bytes:
        """All events (of a program), as one JSON list in the server's own bytes."""
        return self._list("events", {} if program_id is None else {"programID": program_id})

    def reports(self, event_id: str, client: str) -> Any:
        """The reports of an event that a client has put there."""
        return parse_json(self._list("reports", {"eventID": event_id, "clientName": client}), decimals=True)

    def put_report(self, report: Mapping[str, Any], report_id: str | None = None) -> None:
        """Add a report, or replace the one of an id."""
        path = "reports" if report_id is None else f"reports/{report_id}"
        self._asked(path, "POST" if report_id is None else "PUT", _ENCODER.encode(report), "application/json")

    # --- lists ----------------------------------------------------------------------------------------------

    def _list(self, path: str, query: dict[str, str]) -> bytes:
        for _ in range(READ_AGAIN):
            pages = self._pages(path, query)
            if len(pages) == 1 or pages == self._pages(path, query):
                return joined(pages)
        raise Unreachable(f"{self.url}/{path} changed each time while its pages were read")

    def _pages(self, path: str, query: dict[str, str]) -> list[bytes]:
        """Pages up to an empty one: a server may give fewer entries than it is asked for, and has more all
        the same.
        """
        pages: list[bytes] = []
        place, skip = f"{self.url}/{path}", 0
        while skip < ENTRY_LIMIT:
            asked = urlencode(query | {"skip": str(skip), "limit": str(PAGE)})
            page = self._asked(f"{path}?{asked}")
            count = _count(page, place)
            if not count:
                return pages or [page]
            if [page] == pages:  # it does not page, so this is all, unless it is as much as was asked for
                if count != PAGE:
                    return pages
                raise Malformed(
                    f"{place} answers the same {PAGE} entries whatever is skipped; there may be more"
                )
            pages.append(page)
            skip += count
        raise Malformed(f"{place} has more than {ENTRY_LIMIT:,} entries")

    # --- requests -------------------------------------------------------------------------------------------

    def _asked(
        self, path: str, method: str = "GET", body: bytes | None = None, content: str | None = None
    ) -> bytes:
        for again in (True, False):
            headers = {"Accept": "application/json"}
            if self._credentials is not None:
                self._token = self._token or self._fetch_token(self._credentials)
                headers["Authorization"] = f"Bearer {self._token}"
            try:
                return self._send(
                    f"{self.url}/{path}",
                    method,
                    body,
                    headers | ({"Content-Type": content} if content else {}),
                )
            except _Denied:
                self._token = None  # it may have expired
                if not again or self._credentials is None:
                    raise
        raise AssertionError("the second answer is returned or raised")

    def _fetch_token(self, credentials: Credentials) -> str:
        said = {
            "grant_type": "client_credentials",
            "client_id": credentials.client_id,
            "client_secret": credentials.secret,
        }
        more = {"scope": credentials.scope, "audience": credentials.audience}
        said |= {name: value for name, value in more.items() if value is not None}
        headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        answer = parse_json(self._send(self._token_url, "POST", urlencode(said).encode(), headers))
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token:
            raise Malformed(f"{self._token_url} answered without an access_token")
        return token

    def _send(self, url: str, method: str, body: bytes | None, headers: dict[str, str]) -> bytes:
        # a connection for each request: one kept open is closed by servers between two polls
        limits = httpx.Limits(max_keepalive_connections=0)
        ask = httpx.Client(
            verify=self._trusted, timeout=TIMEOUT_S, limits=limits, trust_env=not _this_machine(_host(url))
        )
        headers = {"Accept-Encoding": "identity"} | headers
        try:
            with ask, ask.stream(method, url, content=body, headers=headers) as answer:
                if not answer.is_success:
                    raise _refused(url, answer)
                return _body(answer, url)
        except httpx.RemoteProtocolError as why:
            raise Unreachable(f"{_place(url)} broke its answer off: {why}") from None
        except httpx.HTTPError as why:
            raise Unreachable(f"{_place(url)} cannot be reached: {str(why) or type(why).__name__}") from None


class _Denied(Malformed):
    """401: the token is missing, wrong or expired."""


def _body(answer: httpx.Response, url: str) -> bytes:
    """An answer's body, within a size and a time: one that only drips is given up."""
    until = time.monotonic() + WHOLE_S
    data = bytearray()
    for part in answer.iter_raw():
        data += part
        if len(data) > BODY_LIMIT:
            raise Malformed(f"{_place(url)} answered more than {BODY_LIMIT:,} bytes")
        if time.monotonic() > until:
            raise Unreachable(f"{_place(url)} did not finish its answer in {WHOLE_S} s")
    return bytes(data)


def _refused(url: str, answer: httpx.Response) -> Exception:
    place, code = _place(url), answer.status_code
    if answer.is_redirect or 300 <= code < 400:
        return Malformed(
            f"{place} answers {code}, elsewhere; redirects are not followed: name the address it is at"
        )
    if code == 401:
        return _Denied(f"{place} answers 401: the credentials are not accepted")
    if code == 429 or code >= 500:
        return Unreachable(f"{place} answers {code}", _after_s(answer.headers))
    return Malformed(f"{place} answers {code}: {_detail(answer)}")


def _detail(answer: httpx.Response) -> str:
    """The title and detail of a problem object (RFC 9457), else the reason phrase alone."""
    try:
        said = parse_json(next(answer.iter_raw(), b"")[:DETAIL_LIMIT])
    except (Malformed, httpx.HTTPError):
        said = None
    words = [said.get(name) for name in ("title", "detail")] if isinstance(said, dict) else []
    text = ": ".join(word for word in words if isinstance(word, str)) or answer.reason_phrase
    return "".join(char if char.isprintable() else " " for char in text)[:200]


def _after_s(headers: httpx.Headers) -> int | None:
    said = headers.get("Retry-After", "")
    return min(int(said), 3600) if said.isdecimal() and len(said) < 6 else None


def _place(url: str) -> str:
    return url.partition("?")[0]


def _count(page: bytes, place: str) -> int:
    try:
        value = parse_json(page, decimals=True)
    except Malformed as why:
        raise Malformed(f"{place}: {why}") from None
    if not isinstance(value, list):
        raise Malformed(f"{place} does not answer with a list")
    return len(value)


def joined(pages: list[bytes]) -> bytes:
    """Pages of a JSON list as one list, each entry in the server's own bytes."""
    if len(pages) == 1:
        return pages[0]
    return b"[" + b",".join(page.strip()[1:-1] for page in pages) + b"]"


# --- addresses ----------------------------------------------------------------------------------------------


def checked_url(url: str) -> str:
    """An address without a user, a query or a fragment: https, or http to this machine."""
    parts = split_address(url, "is not an address", "an address is https://HOST[:PORT]/PATH")
    host = str(parts.hostname)
    if parts.username is not None or parts.query or parts.fragment:
        raise Malformed("an address has no user, query or fragment; give credentials separately")
    if parts.scheme == "http" and not _this_machine(host):
        raise Malformed(f"http is for this machine only; use https://{host}...")
    return url


def _this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def trusted(ca: str | None) -> ssl.SSLContext:
    """The certificates that are trusted: the machine's, and those of a private authority in a PEM file."""
    context = ssl.create_default_context()
    if ca is not None:
        try:
            context.load_verify_locations(cafile=ca)
        except OSError as why:  # an SSLError is one
            raise Malformed(f"--ca {ca} holds no certificates in PEM ({why})") from None
        # Python 3.13 refuses private authorities without extensions that 3.11 and 3.12 do not ask for
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context
