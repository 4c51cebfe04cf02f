"""Who may do what, over a real socket: each cell against the table of trust, stated a second time in
``support/rights``. ``tools/authorization.py`` asks all cells; here are those of every route once.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.app.book.book import Book
from ledger.app.web.contract import ROUTES
from ledger.app.web.pages.contract import PAGES
from ledger.kinds import AccessRefused, ExportMade
from tests.support.rights import SCOPES, WHAT, Cell, ask, cells, declared, pairs, rights_book, told
from tests.support.serving import API, Served, serving

PRINCIPALS = (*SCOPES, "unknown", "nobody")


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    place = tmp_path_factory.mktemp("rights") / "book"
    return place, rights_book(place)


@pytest.fixture(scope="module")
def rights(secrets: tuple[Path, dict[str, str]]) -> Iterator[Served]:
    with serving(secrets[0]) as found:
        yield found


@pytest.fixture(scope="module")
def asked(secrets: tuple[Path, dict[str, str]]) -> list[Cell]:
    with Book.open(secrets[0], write=False) as book:
        return list(cells(book))


def test_the_table_has_every_route() -> None:
    assert sorted(name for names in WHAT.values() for name in names) == sorted(
        route.name for route in (*ROUTES, *PAGES)
    )


@pytest.mark.parametrize("principal", PRINCIPALS)
def test_a_principal_is_refused_what_its_row_does_not_allow(
    principal: str, rights: Served, secrets: tuple[Path, dict[str, str]], asked: list[Cell]
) -> None:
    """One request of each route: 401 or 403 as declared, and no other route is refused so."""
    once = {cell.route: cell for cell in reversed(asked) if cell.principal == principal}
    found = {}
    with rights.client() as client:
        for route, cell in once.items():
            status = ask(client, secrets[1].get(principal), cell).status_code
            found[route] = status if status in (401, 403) else None
    assert found == {route: declared(cell) for route, cell in once.items()}


READERS = [
    name
    for name in SCOPES
    if name not in ("engineer", "admin", "auditor", "engineer-early", "agent", "revoked")
]


@pytest.mark.parametrize("principal", READERS)
def test_what_is_of_others_is_answered_as_what_is_not_there(
    principal: str, rights: Served, secrets: tuple[Path, dict[str, str]], asked: list[Cell]
) -> None:
    secret, shown = (
        secrets[1][principal],
        ("getRecords", "getRecord", "getInclusion", "getReport", "getState"),
    )
    mine = [pair for pair in pairs([c for c in asked if c.principal == principal]) if pair[0].route in shown]
    with rights.client() as client:
        differ = [
            foreign.path
            for foreign, missing in mine
            if told(ask(client, secret, foreign), foreign) != told(ask(client, secret, missing), missing)
        ]
    assert differ == []


def client_of(rights: Served, secret: str) -> Any:
    client = rights.client()
    client.headers["Authorization"] = f"Bearer {secret}"
    return client


def test_an_agent_records_what_its_token_lists(rights: Served, secrets: tuple[Path, dict[str, str]]) -> None:
    claim = {
        "kind": "incident-opened",
        "at": "2026-06-05T00:00Z",
        "site": "s1",
        "body": {"incident": "i7", "summary": "x"},
    }
    with client_of(rights, secrets[1]["agent"]) as client:
        index = client.post(f"{API}/records", json=claim).json()["index"]
    with Book.open(rights.directory, write=False) as book:
        assert book.record_at(index).actor == "agent"


def test_an_admin_grants_over_http_and_revokes(rights: Served, secrets: tuple[Path, dict[str, str]]) -> None:
    with client_of(rights, secrets[1]["admin"]) as admin:
        made = admin.post(f"{API}/tokens", json={"name": "visitor", "role": "auditor"}).json()
        with client_of(rights, made["secret"]) as visitor:
            before = visitor.get(f"{API}/records").status_code
            admin.post(f"{API}/tokens/visitor/revoke")
            after = visitor.get(f"{API}/records").status_code
    assert (before, after) == (200, 401)


def test_a_holder_narrows_its_token(rights: Served, secrets: tuple[Path, dict[str, str]]) -> None:
    with client_of(rights, secrets[1]["auditor"]) as auditor:
        body = {"name": "less", "scope": ["stream=s2/grid"], "days": 3}
        secret = auditor.post(f"{API}/tokens/narrow", json=body).json()["secret"]
    with client_of(rights, secret) as less:
        records = less.get(f"{API}/records").json()["records"]
    assert {record["stream"] for record in records} == {"s2/grid"}


def test_why_tells_what_a_token_reads(rights: Served, secrets: tuple[Path, dict[str, str]]) -> None:
    asked = {"method": "GET", "path": f"{API}/tokens", "token": "commissioner"}
    with client_of(rights, secrets[1]["commissioner"]) as client:
        found = client.post(f"{API}/why", json=asked).json()
    assert (found["allowed"], found["why"], found["streams"]) == (
        False,
        "the role commissioner has no right to administer",
        ["s1/community"],
    )


def test_the_last_use_of_a_token_is_listed_to_the_minute(
    rights: Served, secrets: tuple[Path, dict[str, str]]
) -> None:
    """No record says so, so the log does not grow by being read."""
    with client_of(rights, secrets[1]["tenant"]) as tenant, client_of(rights, secrets[1]["admin"]) as admin:
        size = rights.size()
        tenant.get(f"{API}/records")
        found = admin.get(f"{API}/tokens").json()["tokens"]
    used = {one["token"]: one["last_used"] for one in found}
    assert (used["tenant"], used["revoked"], rights.size()) == ("2026-06-10T00:01:00Z", None, size)


def test_a_token_of_a_period_takes_no_bundle(rights: Served, secrets: tuple[Path, dict[str, str]]) -> None:
    """A bundle proves streams whole, and these hold what is outside of it."""
    with client_of(rights, secrets[1]["auditor-early"]) as client:
        answer = client.post(f"{API}/bundles", json={"streams": ["s1/lease"]})
    assert (answer.status_code, "limited to a period" in answer.json()["detail"]) == (422, True)


def test_a_holder_narrows_its_token_to_a_period(rights: Served, secrets: tuple[Path, dict[str, str]]) -> None:
    body = {"name": "june", "scope": ["from=2026-06-03", "to=2026-06-04"], "days": 3}
    with client_of(rights, secrets[1]["auditor-s1"]) as auditor:
        made = auditor.post(f"{API}/tokens/narrow", json=body).json()
    with client_of(rights, made["secret"]) as less:
        kinds = {record["kind"].partition(".")[0] for record in less.get(f"{API}/records").json()["records"]}
    assert (made["scope"][1:], "lease-phase-opened" in kinds, "site-registered" in kinds) == (
        ["from=2026-06-03", "to=2026-06-04"],
        False,
        True,
    )


def test_a_bundle_that_a_token_takes_is_on_record(
    rights: Served, secrets: tuple[Path, dict[str, str]]
) -> None:
    with client_of(rights, secrets[1]["utility"]) as client:
        answer = client.post(f"{API}/bundles", json={"streams": ["s1/grid"]})
        assert answer.status_code == 200, answer.text
    with Book.open(rights.directory, write=False) as book:
        made = [one.body for one in book.records() if isinstance(one.body, ExportMade)]
    assert ("utility", "bundle of s1/grid") in [(one.token, one.what) for one in made]


def test_refusals_are_on_record_when_the_service_stops(tmp_path: Path) -> None:
    secrets = rights_book(tmp_path / "book")
    with serving(tmp_path / "book") as served, client_of(served, secrets["agent"]) as client:
        for _ in range(3):
            assert client.get(f"{API}/records").status_code == 403
    with Book.open(tmp_path / "book", write=False) as book:
        found = [one.body for one in book.records() if isinstance(one.body, AccessRefused)]
    assert [(one.token, one.route, one.count) for one in found] == [("agent", f"GET {API}/records", 3)]


@pytest.mark.parametrize("principal", ["utility", "commissioner", "tenant", "auditor-s1"])
def test_what_is_supposed_does_not_tell_what_may_not_be_read(
    principal: str, rights: Served, secrets: tuple[Path, dict[str, str]]
) -> None:
    """A hypothetical fact is decided beside the whole log: the refusal of one would name the incident of a site
    that the token does not read, and its record.
    """
    line = "2026-06-05T00:00Z s2 incident-opened incident=i2 summary=y"
    with client_of(rights, secrets[1][principal]) as client:
        answer = client.post(
            f"{API}/what-if?period=2026-06", content=line, headers={"Content-Type": "text/plain"}
        )
    assert (answer.status_code, "trip" in answer.text) == (403, False)


@pytest.mark.parametrize("site", ["s2", "s9"])
def test_nothing_is_narrowed_to_a_site_that_its_holder_does_not_see(
    site: str, rights: Served, secrets: tuple[Path, dict[str, str]]
) -> None:
    """A useless token would be granted, and one that is not there would be told from one of others."""
    body = {"name": f"useless-{site}", "scope": [f"site={site}"], "days": 3}
    with client_of(rights, secrets[1]["utility"]) as client:
        answer = client.post(f"{API}/tokens/narrow", json=body)
    told = f"site={site} is outside the scope of the token utility"
    assert (answer.status_code, answer.json()["detail"]) == (409, told)


SINGLE = ("getQuery", "getQueryFile", "getExplanation", "getDifference")
"""Routes whose answer depends on more than the path names."""


@pytest.mark.parametrize("principal", ["utility", "commissioner", "tenant", "auditor-s1", "engineer"])
def test_the_verdict_of_why_is_what_the_route_answers(
    principal: str, rights: Served, secrets: tuple[Path, dict[str, str]], asked: list[Cell]
) -> None:
    """One request of each route for what is own, of others and missing: told as allowed where it is answered."""
    mine = [cell for cell in asked if cell.principal == principal and cell.method == "GET"]
    once = {(c.route, c.whose, c.path.partition("?")[0]): c for c in mine if c.route not in SINGLE}
    with client_of(rights, secrets[1][principal]) as client:
        differ = [
            cell.path
            for cell in once.values()
            if client.post(f"{API}/why", json={"method": "GET", "path": cell.path, "token": principal})
            .json()
            .get("allowed")
            != (client.get(cell.path).status_code < 400)
        ]
    assert differ == []
