"""Sign-in with an OpenID Connect provider: authorization code with PKCE, and the checks of the ID token.

Each sign-in grants a token of the log (``tokens.grant``) for one day. Like any other token it is on record and
can be revoked and explained. Its name holds a hash of issuer and subject and names no person. Needs the extra
``wattledger[oidc]``.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import secrets
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, TypeVar
from urllib.parse import urlencode

import httpx
import msgspec

from ledger.app.access import tokens
from ledger.app.access.oidc_settings import MappedRole, OidcSettings, check_provider_address
from ledger.app.access.tokens import Granted
from ledger.app.book.book import Book
from ledger.app.host.receivers import NotTold, addresses_of, is_public
from ledger.app.host.web_address import split_address
from ledger.errors import Malformed

DISCOVERY: Final = "/.well-known/openid-configuration"
TIMEOUT_S: Final = 10
ANSWER_BYTES: Final = 1 << 20
LEEWAY_S: Final = 60
DAYS: Final = 1
Answer = TypeVar("Answer")


class SignInFailed(Exception):
    """A sign-in that failed; ``away`` means that the provider did not answer, or not as it should."""

    def __init__(self, message: str, *, away: bool = False) -> None:
        super().__init__(message)
        self.away = away


class SignInBegun(NamedTuple):
    """A sign-in on its way: the address at the provider, and what its answer is checked against."""

    address: str
    state: str
    nonce: str
    verifier: str
    redirect: str


class _Provider(msgspec.Struct, frozen=True):
    """What the provider says of itself; other members are passed over."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class _TokenAnswer(msgspec.Struct, frozen=True):
    id_token: str


def check_installed() -> None:
    """``Malformed`` where the library that checks ID tokens is missing."""
    if importlib.util.find_spec("joserfc") is None:
        raise Malformed("sign-in with OpenID Connect needs joserfc: pip install 'wattledger[oidc]'")


def begin(settings: OidcSettings, redirect: str) -> SignInBegun:
    """Begin a sign-in."""
    provider = _provider(settings)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": settings.client_id,
        "redirect_uri": redirect,
        "scope": " ".join(settings.scopes),
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    joint = "&" if "?" in provider.authorization_endpoint else "?"
    return SignInBegun(
        f"{provider.authorization_endpoint}{joint}{urlencode(asked)}", state, nonce, verifier, redirect
    )


def finish(
    settings: OidcSettings, begun: SignInBegun, code: str, secret: str, now_s: int
) -> Mapping[str, Any]:
    """The claims of whoever signed in; ``SignInFailed`` unless every check of the ID token holds."""
    provider = _provider(settings)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": begun.redirect,
        "client_id": settings.client_id,
        "code_verifier": begun.verifier,
    }
    basic = None
    if secret and "client_secret_basic" in provider.token_endpoint_auth_methods_supported:
        basic = (settings.client_id, secret)
    elif secret:
        form["client_secret"] = secret
    answer = _asked(settings, provider.token_endpoint, _TokenAnswer, form=form, basic=basic)
    keys = _asked(settings, provider.jwks_uri, dict[str, Any])
    return checked_claims(settings, answer.id_token, keys, begun.nonce, now_s)


def checked_claims(
    settings: OidcSettings, id_token: str, keys: Mapping[str, Any], nonce: str, now_s: int
) -> Mapping[str, Any]:
    """The claims of an ID token (OpenID Connect Core 3.1.3.7): signed by a key of the provider with an algorithm
    that is allowed, for this client, now, and for this very sign-in.
    """
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    public = [key for key in keys.get("keys", ()) if isinstance(key, dict) and key.get("kty") != "oct"]
    try:
        found = jwt.decode(id_token, KeySet.import_key_set({"keys": public}), algorithms=settings.algorithms)
        jwt.JWTClaimsRegistry(
            now=now_s,
            leeway=LEEWAY_S,
            iss={"essential": True, "value": settings.issuer},
            aud={"essential": True, "value": settings.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(found.claims)
    except (JoseError, ValueError, TypeError, KeyError) as why:
        raise SignInFailed(
            f"the provider's ID token is not valid: {str(why) or type(why).__name__}"
        ) from None
    audience = found.claims["aud"]
    party = found.claims.get("azp")
    if (isinstance(audience, list) and len(audience) > 1 and party is None) or party not in (
        None,
        settings.client_id,
    ):
        raise SignInFailed("the provider's ID token is not valid: it was made for another client (azp)")
    if not isinstance(found.claims["sub"], str) or not found.claims["sub"]:
        raise SignInFailed("the provider's ID token is not valid: sub is not text")
    return found.claims


def granted(book: Book, settings: OidcSettings, claims: Mapping[str, Any], to: MappedRole) -> Granted:
    """A token for whoever signed in, as a record; ends with the next day (UTC)."""
    who = hashlib.sha256(f"{settings.issuer} {claims['sub']}".encode()).hexdigest()[:12]
    before = sum(name.startswith(f"sso-{who}-") for name in tokens.tokens(book))
    random = book.surroundings.random(tokens.SECRET_BYTES)
    return tokens.grant(book, f"sso-{who}-{before + 1}", to.role, to.scope, DAYS, random)


# --- asking the provider ------------------------------------------------------------------------------------


def _provider(settings: OidcSettings) -> _Provider:
    found = _asked(settings, settings.issuer.rstrip("/") + DISCOVERY, _Provider)
    if found.issuer != settings.issuer:
        raise SignInFailed(f"the provider calls itself {found.issuer!r}, not {settings.issuer!r}", away=True)
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        try:
            check_provider_address(settings, name, getattr(found, name))
        except Malformed as why:
            raise SignInFailed(f"the provider's {why}", away=True) from None
    return found


def _asked(
    settings: OidcSettings,
    url: str,
    form_of: type[Answer],
    *,
    form: Mapping[str, str] | None = None,
    basic: tuple[str, str] | None = None,
) -> Answer:
    """The JSON at an address of the provider; neither proxy nor redirect is followed."""
    try:
        _check_near(settings, url)
        with (
            httpx.Client(timeout=TIMEOUT_S, trust_env=False) as client,
            client.stream(
                "GET" if form is None else "POST",
                url,
                data=form,
                auth=basic,
                headers={"Accept": "application/json", "User-Agent": "wattledger"},
            ) as answer,
        ):
            data = b""
            for part in answer.iter_bytes():
                data += part
                if len(data) > ANSWER_BYTES:
                    raise SignInFailed("the provider's answer is larger than 1 MB", away=True)
        if answer.status_code != 200:
            away = answer.status_code >= 500 or form is None
            raise SignInFailed(f"the provider answers {answer.status_code}", away=away)
        return msgspec.json.decode(data, type=form_of)
    except (httpx.HTTPError, httpx.InvalidURL, NotTold, Malformed) as why:
        told = str(why) or type(why).__name__
        raise SignInFailed(f"the provider cannot be asked: {told}", away=True) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as why:
        raise SignInFailed(f"the provider's answer is not as it should be: {why}", away=True) from None


def _check_near(settings: OidcSettings, url: str) -> None:
    """``Malformed`` where plain http would leave the private network."""
    parts = split_address(url, "the provider's address", "the provider's address is https://...")
    if parts.scheme == "http":
        found = addresses_of(
            str(parts.hostname), parts.port or 80, "sign-ins", allow_private=settings.allow_private
        )
        if any(map(is_public, found)):
            raise Malformed(f"sign-ins go over a public network by https only: {url!r}")
