"""The first page of a utility, a county and a tenant: each sees its own answer on top, and nothing of others."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from ledger.app.access import tokens
from ledger.app.access.scoped_book import book_of
from ledger.app.book.book import Book
from ledger.app.queries import log_view, report_run
from ledger.app.queries.report_run import Question
from ledger.app.queries.site_board import board
from tests.support.report_answers import cells_of
from tests.support.role_book import ROLES, role_book
from tests.support.serving import Served, serving

HTML = {"Accept": "text/html"}
AT = "2026-06-10T00:00:00Z"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    place = tmp_path_factory.mktemp("roles") / "book"
    return place, role_book(place)


@pytest.fixture(scope="module")
def served(made: tuple[Path, dict[str, str]]) -> Iterator[Served]:
    with serving(made[0]) as found:
        yield found


def asks(served: Served, secrets: dict[str, str], role: str) -> httpx.Client:
    """A browser in which a role is signed in."""
    client = served.client()
    client.headers.update({**HTML, "Authorization": f"Bearer {secrets[role]}"})
    return client


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


@pytest.mark.parametrize(
    ("role", "answer"),
    [
        ("utility", "2 of 2 dispatches answered in June 2026; 1 under target, 1 cannot be judged."),
        ("commissioner", "$0 of $44,000 scheduled was paid"),
        ("tenant", "The lease phase is not ready for service"),
    ],
)
def test_a_role_reads_its_own_answer_on_top(
    role: str, answer: str, served: Served, made: tuple[Path, dict[str, str]]
) -> None:
    with asks(served, made[1], role) as client:
        page = client.get("/").text
    assert answer in words(page.partition('id="parts"')[0])


def test_a_utility_sees_the_megawatts_of_its_sites(served: Served, made: tuple[Path, dict[str, str]]) -> None:
    """Energized and in service are of class grid; leased is not, and the cell says so."""
    with asks(served, made[1], "utility") as client:
        page = words(client.get("/").text)
    told = ("Committed to programs 80 MW", "Contracted -", "Energized 150 MW", "- 150 100 withheld 90 60 %")
    assert [one for one in told if one not in page] == []


def test_power_of_a_class_is_that_of_the_report(made: tuple[Path, dict[str, str]]) -> None:
    """What a utility is shown of its site is what portfolio says of it to whoever reads all streams."""
    with Book.open(made[0], write=False) as book:
        scoped = book_of(book, tokens.tokens(book)["utility"])
        (line,) = board(scoped, (), AT, None).lines
        table = log_view.run(book, report_run.report_named("portfolio"), Question(as_of=AT, sites=("s1",)))
        whole = cells_of(table.columns, table.rows[0])
    assert dict(line.power) == {name: whole[name] for name in line.power} | {"leased_w": None}


@pytest.mark.parametrize("role", ["utility", "commissioner", "tenant"])
def test_the_page_of_a_role_holds_nothing_of_others(
    role: str, served: Served, made: tuple[Path, dict[str, str]]
) -> None:
    """Neither the other site, nor its tenant, nor an incident that no such role may read."""
    foreign = {"utility": "s2", "commissioner": "s2", "tenant": "s1"}[role]
    hidden = (f"/sites/{foreign}", "incident=", "secret-of-s2", "north")
    with asks(served, made[1], role) as client:
        page = client.get("/").text
    assert [one for one in hidden if one in page] == []


def test_the_operator_keeps_the_board(served: Served, made: tuple[Path, dict[str, str]]) -> None:
    with asks(served, made[1], "auditor") as client:
        page = client.get("/").text
    assert ('href="/sites/s1"' in page, 'href="/sites/s2"' in page) == (True, True)


@pytest.mark.parametrize("role", ["utility", "commissioner", "tenant"])
def test_every_link_of_the_page_leads_somewhere(
    role: str, served: Served, made: tuple[Path, dict[str, str]]
) -> None:
    with asks(served, made[1], role) as client:
        links = set(re.findall(r'href="(/[^"#]*)', client.get("/").text))
        found = {link: client.get(link.replace("&amp;", "&")).status_code for link in links}
    assert {link: status for link, status in found.items() if status != 200} == {}


def test_the_bundle_of_the_page_holds_the_streams_of_the_reader(
    served: Served, made: tuple[Path, dict[str, str]]
) -> None:
    with asks(served, made[1], "utility") as client:
        bundle = client.post("/bundle", data={"streams": "s1/grid\r\n"})
    with zipfile.ZipFile(io.BytesIO(bundle.content)) as file:
        (stream,) = (name for name in file.namelist() if re.fullmatch(r"streams/\d+\.jsonl", name))
        assert b"s1/grid" in file.read(stream)


@pytest.mark.parametrize("path", ["/bundle", "/verifier"])
def test_a_stream_of_others_is_no_stream(
    path: str, served: Served, made: tuple[Path, dict[str, str]]
) -> None:
    with asks(served, made[1], "utility") as client:
        foreign, missing = (client.post(path, data={"streams": name}) for name in ("s2/grid", "s9/grid"))
    assert (foreign.status_code, foreign.text.replace("s2", "s9")) == (422, missing.text)


def test_the_verifier_comes_with_the_key_and_says_who_filled_it_in(
    served: Served, made: tuple[Path, dict[str, str]]
) -> None:
    with Book.open(made[0], write=False) as book:
        key = book.seals.vkey()
    with asks(served, made[1], "utility") as client:
        page = client.get("/verifier?stream=s1/grid")
    policy = page.headers["content-security-policy"]
    assert (
        f'value="{key}"' in page.text,
        "Filled in by whoever handed you this page" in page.text,
        policy[:18],
    ) == (
        True,
        True,
        "default-src 'none'",
    )


def test_every_role_of_the_book_is_tried() -> None:
    assert {"utility", "commissioner", "tenant"} <= set(ROLES)
