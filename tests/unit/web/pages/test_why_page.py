"""The page that says why something is allowed or refused, for a token, or for a role that nobody holds yet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.rights import rights_book
from tests.support.serving import API, Served, serving


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    place = tmp_path_factory.mktemp("why") / "book"
    return place, rights_book(place)


@pytest.fixture(scope="module")
def served(secrets: tuple[Path, dict[str, str]]) -> Iterator[Served]:
    with serving(secrets[0]) as found:
        yield found


@pytest.fixture
def asked(served: Served, secrets: tuple[Path, dict[str, str]]) -> Any:
    """Ask as a principal, as a browser does."""

    def ask(principal: str, **query: str) -> httpx.Response:
        headers = {"Accept": "text/html", "Authorization": f"Bearer {secrets[1][principal]}"}
        with served.client() as client:
            return client.get("/why", params=query, headers=headers)

    return ask


def lead(answer: httpx.Response) -> str:
    (words,) = re.findall(r'<p class="lead">(.*?)</p>', answer.text)
    return " ".join(re.sub(r"<[^>]*>", " ", words).split())


def test_a_reader_is_told_why_he_is_refused(asked: Any) -> None:
    told = lead(asked("commissioner", route=f"GET {API}/tokens"))
    assert (
        told
        == f"refused commissioner and GET {API}/tokens : the role commissioner has no right to administer."
    )


def test_a_site_beyond_the_scope_is_told_as_one_that_is_not_there(asked: Any) -> None:
    foreign, missing = (lead(asked("utility", route=f"GET /sites/{site}")) for site in ("s2", "s9"))
    assert ("s2 is none of its sites" in foreign, foreign.replace("s2", "s9")) == (True, missing)


def test_an_admin_asks_about_a_role_that_nobody_holds(asked: Any) -> None:
    """What a token for the other tenant would read, before it is granted."""
    page = asked("admin", role="tenant", scope="tenant=south", route="GET /sites/s2").text
    assert ("<dd>s2/lease</dd>" in page, "<dd>s2</dd>" in page) == (True, True)


def test_a_role_of_others_shows_a_reader_no_more_than_his_own(asked: Any) -> None:
    page = asked("utility", role="auditor", route="GET /").text
    assert ("s1/grid" in page, "s1/lease" in page, "s2" in page) == (True, False, False)


def test_a_token_of_others_is_no_token(asked: Any) -> None:
    others, missing = asked("utility", token="tenant"), asked("utility", token="nobody")
    assert (others.status_code, others.text.replace("tenant", "nobody")) == (404, missing.text)


def test_a_void_token_is_told_to_be_void(asked: Any) -> None:
    assert "the token is void: revoked by record" in lead(asked("admin", token="revoked", route="GET /"))


def test_every_route_is_listed_as_the_service_decides_it(served: Served, asked: Any) -> None:
    page = asked("tenant").text
    listed = set(re.findall(r"<th scope=\"row\" class=\"w\"><code>(.*?)</code>", page))
    assert listed == {f"{method} {path}" for method, path in served.listening.server._service.rights}


def test_a_refused_page_leads_to_its_reason(served: Served, secrets: tuple[Path, dict[str, str]]) -> None:
    headers = {"Accept": "text/html", "Authorization": f"Bearer {secrets[1]['commissioner']}"}
    with served.client() as client:
        (link,) = re.findall(r'href="(/why\?[^"]+)"', client.get("/enter", headers=headers).text)
        told = client.get(link, headers=headers)
    assert "the role commissioner has no right to append" in lead(told)


@pytest.mark.parametrize(
    "path", [f"{API}/reports/lease-dates", f"{API}/records/9", f"{API}/records/999", "/sites/s2"]
)
def test_the_verdict_is_what_the_route_answers(
    path: str, asked: Any, served: Served, secrets: tuple[Path, dict[str, str]]
) -> None:
    """A utility asks for leases, for a record of others, for none, for a site of others."""
    headers = {"Authorization": f"Bearer {secrets[1]['utility']}"}
    with served.client() as client:
        answered = client.get(path, headers=headers).status_code < 400
    assert lead(asked("utility", route=f"GET {path}")).startswith("allowed") == answered


def test_the_kinds_that_may_be_recorded_are_named(asked: Any) -> None:
    told = lead(asked("tenant", route=f"POST {API}/records"))
    assert told.endswith("the role tenant has the right to append: dispatch-acknowledged.")
