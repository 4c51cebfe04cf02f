"""Signing in with a token, and out again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from ledger.app.web.pages.sign_in import own_path
from tests.support.rights import rights_book
from tests.support.serving import Served, serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, dict[str, str]]]:
    place: Path = tmp_path_factory.mktemp("signed") / "book"
    secrets = rights_book(place)
    with serving(place) as found:
        yield found, secrets


@pytest.fixture
def browser(served: tuple[Served, dict[str, str]]) -> Iterator[httpx.Client]:
    with served[0].client() as client:
        client.headers["Accept"] = "text/html"
        yield client


def test_a_token_opens_the_pages_until_it_is_given_back(
    browser: httpx.Client, served: tuple[Served, dict[str, str]]
) -> None:
    """The cookie goes to no script and no other site; without it the first page is refused again."""
    form = {"token": f" {served[1]['auditor']} ", "next": "/due?site=s1"}
    taken = browser.post("/sign-in", data=form)
    cookie, inside = taken.headers["set-cookie"], browser.get("/").status_code
    browser.post("/sign-out", headers={"Content-Type": "application/x-www-form-urlencoded"})
    found = (taken.status_code, taken.headers["location"], inside, browser.get("/").status_code)
    assert (found, "HttpOnly; SameSite=Strict" in cookie) == ((303, "/due?site=s1", 200, 401), True)


@pytest.mark.parametrize("token", ["", "wl_wrong", "revoked", "x\r\nSet-Cookie: a=b"])
def test_any_other_token_is_asked_for_again(
    token: str, browser: httpx.Client, served: tuple[Served, dict[str, str]]
) -> None:
    answer = browser.post("/sign-in", data={"token": served[1].get(token, token)})
    found = (answer.status_code, "set-cookie" in answer.headers, "was revoked, or has expired" in answer.text)
    assert found == (401, False, True)


def test_a_refused_page_asks_for_a_token_and_goes_on_to_what_was_asked(browser: httpx.Client) -> None:
    answer = browser.get("/reports/uptime?site=s1")
    assert 'name="next" value="/reports/uptime?site=s1"' in answer.text


def test_a_cookie_of_no_good_token_is_as_none(
    browser: httpx.Client, served: tuple[Served, dict[str, str]]
) -> None:
    """Else a browser that keeps a revoked token could not reach the form that takes a new one."""
    browser.cookies.set("wattledger", served[1]["revoked"])
    assert (browser.get("/sign-in").status_code, browser.get("/").status_code) == (200, 401)


def test_a_page_of_another_site_cannot_sign_a_reader_in(
    browser: httpx.Client, served: tuple[Served, dict[str, str]]
) -> None:
    answer = browser.post(
        "/sign-in",
        data={"token": served[1]["auditor"]},
        headers={"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ("/due?site=s1", "/due?site=s1"),
        (None, "/"),
        ("", "/"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("/\\elsewhere.example/", "/"),
        ("/\r\nSet-Cookie: a=b", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_a_reader_is_sent_on_within_the_service_alone(said: str | None, path: str) -> None:
    assert own_path(said) == path


@pytest.mark.parametrize("body", ["token", "token=%ff", "token=a&token=b", "\xff"])
def test_a_form_that_cannot_be_read_is_malformed(body: str, browser: httpx.Client) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert browser.post("/sign-in", content=body.encode(), headers=headers).status_code == 422
