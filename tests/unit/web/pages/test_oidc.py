"""Signing in with an OpenID Connect provider, over real sockets: who is let in, as what, and who is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from ledger.kinds import AccessGranted

pytest.importorskip("joserfc", reason="not run: joserfc is not installed")

from joserfc.jwk import RSAKey

from ledger.app.access.oidc_settings import oidc_settings
from ledger.app.book.book import Book
from ledger.errors import Malformed
from tests.support.oidc_provider import CLIENT, OidcProvider, oidc_provider
from tests.support.rights import rights_book
from tests.support.serving import API, NOW_US, Served, serving

SETTINGS = """
[oidc]
issuer = "{issuer}"
client_id = "{client}"
name = "Example sign-on"
allow_private = true

[[oidc.map]]
claim = "groups"
value = "auditors"
role = "auditor"
scope = ["site=s1"]

[[oidc.map]]
claim = "department"
value = "county"
role = "commissioner"
scope = ["county=Pecos County, TX"]
"""


@pytest.fixture
def provider() -> Iterator[OidcProvider]:
    with oidc_provider(NOW_US // 1_000_000) as found:
        yield found


@pytest.fixture
def served(provider: OidcProvider, tmp_path: Path) -> Iterator[Served]:
    rights_book(tmp_path / "book")
    with (tmp_path / "book" / "book.toml").open("a") as file:
        file.write(SETTINGS.format(issuer=provider.issuer, client=CLIENT))
    with serving(tmp_path / "book") as found:
        yield found


@pytest.fixture
def browser(served: Served) -> Iterator[httpx.Client]:
    with served.client() as client:
        client.headers["Accept"] = "text/html"
        yield client


def provider_answer(browser: httpx.Client, onward: str = "/due?site=s1") -> str:
    """Begin at the server, sign in at the provider: the address that leads back."""
    begun = browser.get("/sign-in/oidc", params={"next": onward})
    assert begun.status_code == 303, begun.text
    back = httpx.get(begun.headers["location"], trust_env=False)
    return str(back.headers["location"])


def signed_in(browser: httpx.Client) -> httpx.Response:
    return browser.get(provider_answer(browser))


def test_whoever_the_provider_knows_reads_what_the_map_says(browser: httpx.Client) -> None:
    """The page goes on by itself to what was asked, and the cookie is one that no other site sends."""
    answer = signed_in(browser)
    cookie = answer.headers["set-cookie"]
    sites = {
        one["stream"].partition("/")[0]
        for one in browser.get(f"{API}/records", headers={"Accept": "*/*"}).json()["records"]
    }
    assert (
        answer.headers["refresh"],
        "HttpOnly; SameSite=Strict" in cookie,
        "s2" in sites,
        "s1" in sites,
    ) == (
        "0; url=/due?site=s1",
        True,
        False,
        True,
    )


def test_signing_in_is_on_record_without_a_name(browser: httpx.Client, served: Served) -> None:
    """The token is a record; it tells a hash of who it is of, and its secret nowhere."""
    answer = signed_in(browser)
    with Book.open(served.directory, write=False) as book:
        granted = [one.body for one in book.records() if isinstance(one.body, AccessGranted)][-1]
    name = re.search(r"<code>(sso-[0-9a-f]{12}-1)</code>", answer.text)
    assert (granted.role, granted.scope, name is not None and name[1]) == (
        "auditor",
        ("site=s1",),
        granted.token,
    )


def test_another_claim_gives_another_role(browser: httpx.Client, provider: OidcProvider) -> None:
    provider.claims = {"department": "county"}
    assert "role commissioner" in signed_in(browser).text


def test_whoever_fits_no_line_of_the_map_is_refused(browser: httpx.Client, provider: OidcProvider) -> None:
    provider.claims = {"groups": ["visitors"]}
    answer = signed_in(browser)
    assert (answer.status_code, browser.cookies.get("wattledger")) == (403, None)


WRONG: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://elsewhere.example"},
    "another client": {"aud": "other"},
    "several clients without a party": {"aud": [CLIENT, "other"]},
    "another party": {"aud": [CLIENT, "other"], "azp": "other"},
    "expired": {"exp": NOW_US // 1_000_000 - 600},
    "issued in the future": {"iat": NOW_US // 1_000_000 + 86_400},
    "another sign-in": {"nonce": "other"},
    "no nonce": {"nonce": None},
    "no end": {"exp": None},
    "nobody": {"sub": None},
    "a number": {"sub": 7},
}


@pytest.mark.parametrize("fault", WRONG)
def test_an_id_token_with_a_fault_lets_nobody_in(
    fault: str, browser: httpx.Client, provider: OidcProvider
) -> None:
    provider.but = WRONG[fault]
    answer = signed_in(browser)
    assert (answer.status_code, "ID token is not valid" in answer.text) == (401, True)


def test_an_id_token_by_another_key_lets_nobody_in(browser: httpx.Client, provider: OidcProvider) -> None:
    provider.signed_with = RSAKey.generate_key(2048, {"kid": "k1"})
    assert signed_in(browser).status_code == 401


def test_an_id_token_without_a_signature_lets_nobody_in(
    browser: httpx.Client, provider: OidcProvider
) -> None:
    provider.alg = "none"
    assert signed_in(browser).status_code == 401


def test_the_public_key_is_no_secret_key(browser: httpx.Client, provider: OidcProvider) -> None:
    """An HMAC with the bytes of the public key, which everybody has, is of no algorithm that is allowed."""
    provider.alg = "HS256"
    assert signed_in(browser).status_code == 401


def test_an_algorithm_that_is_not_on_the_list_lets_nobody_in(
    browser: httpx.Client, provider: OidcProvider
) -> None:
    provider.alg = "PS256"
    assert signed_in(browser).status_code == 401


def test_an_answer_for_another_browser_lets_nobody_in(browser: httpx.Client, served: Served) -> None:
    """Else somebody could sign others in as himself."""
    back = provider_answer(browser)
    with served.client() as other:
        assert other.get(back).status_code == 401


def test_an_answer_counts_once(browser: httpx.Client) -> None:
    back = provider_answer(browser)
    assert (browser.get(back).status_code, browser.get(back).status_code) == (200, 401)


def test_an_answer_with_another_state_lets_nobody_in(browser: httpx.Client) -> None:
    parts = urlsplit(provider_answer(browser))
    code = parse_qs(parts.query)["code"][0]
    assert browser.get(parts.path, params={"code": code, "state": "guessed"}).status_code == 401


def test_what_the_provider_refuses_is_told(browser: httpx.Client) -> None:
    state = parse_qs(urlsplit(provider_answer(browser)).query)["state"][0]
    answer = browser.get("/sign-in/oidc/callback", params={"error": "access_denied", "state": state})
    assert (answer.status_code, "access_denied" in answer.text) == (401, True)


def test_a_client_with_a_secret_brings_it(
    browser: httpx.Client, provider: OidcProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.secret = "s3cret"
    monkeypatch.setenv("WATTLEDGER_OIDC_SECRET", "s3cret")
    assert signed_in(browser).status_code == 200


def test_a_provider_that_is_away_leaves_sign_in_by_token(
    browser: httpx.Client, provider: OidcProvider
) -> None:
    provider.shutdown()
    provider.server_close()
    answer = browser.get("/sign-in/oidc")
    assert (answer.status_code, 'name="token"' in answer.text) == (503, True)


def test_a_provider_that_calls_itself_otherwise_is_not_asked(
    browser: httpx.Client, provider: OidcProvider
) -> None:
    provider.discovery = {"issuer": "https://elsewhere.example"}
    assert browser.get("/sign-in/oidc").status_code == 503


def test_the_sign_in_page_shows_the_provider(browser: httpx.Client) -> None:
    assert (
        '<a class="file" href="/sign-in/oidc?next=/">Sign in with Example sign-on</a>'
        in browser.get("/sign-in").text
    )


def test_without_settings_there_is_no_such_page(tmp_path: Path) -> None:
    rights_book(tmp_path / "book")
    with serving(tmp_path / "book") as served, served.client() as client:
        found = [client.get(path).status_code for path in ("/sign-in/oidc", "/sign-in/oidc/callback")]
        assert ("single sign-on" in client.get("/sign-in").text, found) == (False, [404, 404])


MAP = [{"claim": "g", "value": "v", "role": "auditor"}]
GOOD = {"issuer": "https://login.example.com", "client_id": "c", "map": MAP}
SLIPS: dict[str, dict[str, Any]] = {
    "issuer must be https": {"issuer": "http://login.example.com"},
    "algorithms are of": {"algorithms": ["HS256"]},
    "algorithms are of R": {"algorithms": ["none"]},
    "scopes must name openid": {"scopes": ["profile"]},
    "nobody would have a role": {"map": []},
    "no role": {"map": [{**MAP[0], "role": "auditer"}]},
    "needs county": {"map": [{**MAP[0], "role": "commissioner"}]},
    "redirect ends in": {"redirect": "https://ledger.example.com/"},
    "unknown field": {"clientid": "c"},
}


@pytest.mark.parametrize("told", SLIPS)
def test_a_slip_in_the_settings_is_told(told: str) -> None:
    with pytest.raises(Malformed, match=rf"book\.toml: \[oidc\]: .*{told}"):
        oidc_settings({**GOOD, **SLIPS[told]})
