"""A small OpenID Connect provider on this machine, for tests: it signs in whoever comes, with the claims that the
test sets, and checks what a client owes it (code once, PKCE, redirect, secret).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT = "wattledger"


class OidcProvider(ThreadingHTTPServer):
    """``claims`` go into the next ID token beside those that it must have; ``but`` replaces some of these
    (None: left out); ``signed_with`` and ``alg`` sign it, ``HS256`` with the bytes of the public key. ``secret``: the client's, empty for a public one.
    """

    daemon_threads = True

    def __init__(self, now_s: int | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.key = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
        self.signed_with: Any = self.key
        self.alg = "RS256"
        self.claims: dict[str, Any] = {"groups": ["auditors"]}
        self.but: dict[str, Any] = {}
        self.discovery: dict[str, Any] = {}
        self.secret = ""
        self.now_s = int(time.time()) if now_s is None else now_s
        self.codes: dict[str, dict[str, str]] = {}
        self.refused: list[str] = []

    @property
    def issuer(self) -> str:
        """Its name."""
        return f"http://127.0.0.1:{self.server_port}/realm"

    def id_token(self, asked: dict[str, str]) -> str:
        """An ID token for a request."""
        claims = {
            "iss": self.issuer,
            "sub": "user-1",
            "aud": CLIENT,
            "iat": self.now_s,
            "exp": self.now_s + 300,
            "nonce": asked["nonce"],
            **self.claims,
            **self.but,
        }
        kept = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": self.alg, "kid": "k1"}
        if self.alg in ("none", "HS256"):  # which a library makes for nobody
            body = ".".join(_text(json.dumps(part).encode()) for part in (header, kept))
            mac = hmac.digest(self.key.as_pem(private=False), body.encode(), "sha256")
            return f"{body}.{_text(mac) if self.alg == 'HS256' else ''}"
        return jwt.encode(header, kept, self.signed_with, algorithms=[self.alg])


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class _Handler(BaseHTTPRequestHandler):
    server: OidcProvider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        server = self.server
        if parts.path == "/realm/.well-known/openid-configuration":
            self._json(
                {
                    "issuer": server.issuer,
                    "authorization_endpoint": f"{server.issuer}/authorize",
                    "token_endpoint": f"{server.issuer}/token",
                    "jwks_uri": f"{server.issuer}/keys",
                    **server.discovery,
                }
            )
        elif parts.path == "/realm/authorize":
            code = secrets.token_urlsafe(8)
            server.codes[code] = asked
            back = urlencode({"code": code, "state": asked["state"], "session_state": "s"})
            self._answer(303, b"", [("Location", f"{asked['redirect_uri']}?{back}")])
        elif parts.path == "/realm/keys":
            self._json(KeySet([server.key]).as_dict(private=False))
        else:
            self._answer(404, b"{}")

    def do_POST(self) -> None:
        said = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(said).items()}
        asked = self.server.codes.pop(form.get("code", ""), None)
        why = self._wrong(form, asked)
        if why or asked is None:
            self.server.refused.append(why)
            self._answer(400, json.dumps({"error": "invalid_grant"}).encode())
        else:
            self._json({"access_token": "a", "token_type": "Bearer", "id_token": self.server.id_token(asked)})

    def _wrong(self, form: dict[str, str], asked: dict[str, str] | None) -> str:
        """What the client owes and does not bring."""
        if asked is None:
            return "code"
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked.get("code_challenge"):
            return "PKCE"
        if form.get("redirect_uri") != asked["redirect_uri"] or form.get("client_id") != CLIENT:
            return "client"
        basic = base64.b64encode(f"{CLIENT}:{self.server.secret}".encode()).decode()
        if self.server.secret and self.headers.get("Authorization") != f"Basic {basic}":
            return "secret"
        return ""

    def _json(self, value: Any) -> None:
        self._answer(200, json.dumps(value).encode())

    def _answer(self, code: int, body: bytes, headers: list[tuple[str, str]] | None = None) -> None:
        self.send_response(code)
        for name, value in (("Content-Length", str(len(body))), *(headers or [])):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def oidc_provider(now_s: int | None = None) -> Iterator[OidcProvider]:
    """A provider that listens until the block is left."""
    with OidcProvider(now_s) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
