"""Sign-in with an OpenID Connect provider, as ``book.toml`` sets it. Without the table there is no such sign-in.

[oidc]
issuer = "https://login.example.com/realms/ops"
client_id = "wattledger"
redirect = "https://ledger.example.com/sign-in/oidc/callback"   # else the server's own address
name = "Example single sign-on"                                # what the page calls it
algorithms = ["RS256", "ES256"]                                # of ID tokens

[[oidc.map]]                     # the first that fits decides; whoever fits none is refused
claim = "groups"
value = "ledger-auditors"
role = "auditor"
scope = ["site=dalton"]

The client's secret, where it has one, comes from the environment: ``WATTLEDGER_OIDC_SECRET``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import msgspec

from ledger.app.access.roles import role_named
from ledger.app.access.tokens import parse_scope
from ledger.app.host.web_address import split_address
from ledger.errors import Malformed

SECRET_VARIABLE: Final = "WATTLEDGER_OIDC_SECRET"
CALLBACK: Final = "/sign-in/oidc/callback"
ASYMMETRIC: Final = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"),
)
"""Algorithms that may be allowed: never ``none``, and none whose key is the client's secret."""


class ClaimMap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The role and scope of whoever has a value in a claim."""

    claim: str
    value: str
    role: str
    scope: tuple[str, ...] = ()


class OidcSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The provider, this client of it, and what its claims mean here. ``allow_private``: the provider is on this
    machine or a private network, and may be called without TLS.
    """

    issuer: str
    client_id: str
    map: tuple[ClaimMap, ...]
    redirect: str = ""
    name: str = "single sign-on"
    algorithms: tuple[str, ...] = ("RS256", "ES256")
    scopes: tuple[str, ...] = ("openid", "profile")
    allow_private: bool = False


class MappedRole(NamedTuple):
    """What somebody who signed in may do."""

    role: str
    scope: tuple[str, ...]


def oidc_settings(table: Mapping[str, Any]) -> OidcSettings | None:
    """The settings of a table, None of an empty one; ``Malformed`` names the fault."""
    if not table:
        return None
    try:
        found = msgspec.convert(table, OidcSettings)
        _check(found)
    except (msgspec.ValidationError, Malformed) as why:
        raise Malformed(f"book.toml: [oidc]: {why}") from None
    return found


def _check(found: OidcSettings) -> None:
    check_provider_address(found, "issuer", found.issuer)
    if (
        found.redirect
        and split_address(found.redirect, "redirect", "redirect is https://...").path != CALLBACK
    ):
        raise Malformed(f"redirect ends in {CALLBACK}: {found.redirect!r}")
    others = [name for name in found.algorithms if name not in ASYMMETRIC]
    if others or not found.algorithms:
        raise Malformed(f"algorithms are of {', '.join(ASYMMETRIC)}: {', '.join(others) or 'none is named'}")
    if "openid" not in found.scopes:
        raise Malformed("scopes must name openid")
    if not found.map:
        raise Malformed("[[oidc.map]] is missing: nobody would have a role")
    for one in found.map:
        missing = set(role_named(one.role).needs) - set(parse_scope(one.scope))
        if missing:
            raise Malformed(f"the role {one.role} needs {', '.join(sorted(missing))} in its scope")


def check_provider_address(settings: OidcSettings, name: str, url: str) -> None:
    """``Malformed`` for an address of the provider that is not https, unless it may be private."""
    parts = split_address(url, name, f"{name} is https://...")
    if parts.scheme != "https" and not settings.allow_private:
        raise Malformed(
            f"{name} must be https: {url!r} (allow_private = true is for one on a private network)"
        )


def mapped(settings: OidcSettings, claims: Mapping[str, Any]) -> MappedRole | None:
    """The role of whoever has these claims, by the first line that fits; None where none does."""
    for one in settings.map:
        value = claims.get(one.claim)
        if value == one.value or (isinstance(value, list) and one.value in value):
            return MappedRole(one.role, one.scope)
    return None
