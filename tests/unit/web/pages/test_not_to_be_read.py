"""What a token does not read is told as that, never as if it had not happened, on pages and in answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx
import pytest

from tests.support.role_book import role_book
from tests.support.serving import API, Served, serving

HTML = {"Accept": "text/html"}
NOTHING: Final = (
    "Nothing is open",
    "None is on record",
    "not read within a day",
    "No incident is recorded",
    "No load was metered",
    "Nothing was so",
    "within 1 days.",
)
"""Sentences that say of everything that there is nothing of it."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    place = tmp_path_factory.mktemp("unread") / "book"
    return place, role_book(place)


@pytest.fixture(scope="module")
def served(made: tuple[Path, dict[str, str]]) -> Iterator[Served]:
    with serving(made[0]) as found:
        yield found


@pytest.fixture
def county(served: Served, made: tuple[Path, dict[str, str]]) -> Iterator[httpx.Client]:
    """A browser of a commissioner, who reads s1/community alone."""
    with served.client() as client:
        client.headers.update({**HTML, "Authorization": f"Bearer {made[1]['commissioner']}"})
        yield client


@pytest.fixture
def auditor(served: Served, made: tuple[Path, dict[str, str]]) -> Iterator[httpx.Client]:
    with served.client() as client:
        client.headers.update({**HTML, "Authorization": f"Bearer {made[1]['auditor']}"})
        yield client


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


@pytest.mark.parametrize("path", ["/sites/s1", "/replay", "/replay?site=s1", "/due?within_days=1"])
def test_no_page_says_nothing_of_what_it_may_not_read(path: str, county: httpx.Client) -> None:
    page = words(county.get(path).text)
    assert [one for one in NOTHING if one in page] == []


@pytest.mark.parametrize(
    "path", ["/sites/s1", "/replay", "/replay?site=s1", "/due", "/", "/reports", "/records"]
)
def test_a_page_names_what_it_leaves_out(path: str, county: httpx.Client) -> None:
    page = words(county.get(path).text)
    assert "Your token does not read s1/grid, s1/lease and s1/operations" in page


def test_the_tiles_of_a_site_say_what_is_withheld(county: httpx.Client) -> None:
    page = words(county.get("/sites/s1").text)
    names = ("Contracted", "Energized", "In service", "Leased", "Load", "Grid")
    assert [name for name in names if f"{name} Not with your token" not in page] == []


@pytest.mark.parametrize("path", ["now", "due", "state"])
def test_an_answer_names_what_it_leaves_out(path: str, county: httpx.Client) -> None:
    answer = county.get(f"{API}/{path}?site=s1", headers={"Accept": "application/json"}).json()
    assert answer["beyond_scope"] == ["s1/grid", "s1/lease", "s1/operations"]


def test_whoever_reads_everything_is_told_that_nothing_is_left_out(auditor: httpx.Client) -> None:
    answer = auditor.get(f"{API}/now", headers={"Accept": "application/json"}).json()
    assert (answer["beyond_scope"], "Your token does not read" in auditor.get("/sites/s1").text) == (
        [],
        False,
    )


def test_a_report_that_may_not_be_asked_is_a_folded_name(county: httpx.Client) -> None:
    page = county.get("/reports").text
    cards, _, folded = page.partition('<details id="withheld">')
    assert ("Not with your token" in cards, "<code>uptime</code>" in folded) == (False, True)


def test_a_report_of_one_site_is_not_titled_all_sites(county: httpx.Client) -> None:
    titles = re.findall("<h1>(.*)</h1>", county.get("/reports/commitments").text)
    assert titles == ["Commitments to communities, s1"]


def test_a_window_of_an_instant_is_one_instant(county: httpx.Client) -> None:
    page = words(county.get("/reports/commitments?as_of=2000-01-02T12:34:56Z").text)
    assert re.findall(r"2 Jan 2000, \d\d:34:56", page) == ["2 Jan 2000, 07:34:56"]


def test_the_figures_of_a_county_have_the_titles_of_their_reports(county: httpx.Client) -> None:
    answer = county.get("/").text.partition('id="parts"')[0]
    heads = re.findall(r"<h2>(.*)</h2>\s*<dl", answer)
    assert heads == ["Commitments to communities", "Payments promised to communities"]


def test_the_query_that_a_page_proposes_can_be_run(county: httpx.Client) -> None:
    proposed = (
        county.get("/query").text.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0]
    )
    sql = (
        proposed.strip().replace("&#34;", '"').replace("&#39;", "'").replace("&gt;", ">").replace("&lt;", "<")
    )
    assert county.get("/query", params={"sql": sql}).status_code == 200


def crawled(client: httpx.Client, roots: tuple[str, ...]) -> dict[str, int]:
    """Links within the service that some pages hold, of which the answer is not 200."""
    pages = [client.get(root).text for root in roots]
    links = {link.replace("&amp;", "&") for page in pages for link in re.findall(r'href="(/[^"#]*)', page)}
    tables = sorted(link for link in links if "sql=SELECT+%2A" in link)
    links -= set(tables[3:])  # each makes its report
    return {link: status for link in sorted(links) if (status := client.get(link).status_code) != 200}


@pytest.mark.parametrize(("role", "site"), [("commissioner", "s1"), ("utility", "s1"), ("tenant", "s2")])
def test_no_page_leads_to_what_the_token_may_not_do(
    role: str, site: str, served: Served, made: tuple[Path, dict[str, str]]
) -> None:
    pages = (f"/sites/{site}", "/replay", f"/replay?site={site}", "/reports", "/records", "/due", "/query")
    with served.client() as client:
        client.headers.update({**HTML, "Authorization": f"Bearer {made[1][role]}"})
        assert crawled(client, pages) == {}


def test_a_count_over_sites_of_which_some_are_read_says_so(
    served: Served, made: tuple[Path, dict[str, str]]
) -> None:
    """An auditor for the operations of s1 sees its outages on the board, and that s2 may have others."""
    asked = {
        "name": "part",
        "role": "auditor",
        "scope": ["stream=s1/operations", "stream=s2/grid"],
        "days": 1,
    }
    with served.client() as client:
        admin = {"Authorization": f"Bearer {made[1]['admin']}"}
        secret = client.post(f"{API}/tokens", json=asked, headers=admin).json()["secret"]
        page = words(client.get("/", headers={**HTML, "Authorization": f"Bearer {secret}"}).text)
    assert re.search(r"Outages \d+ as far as your token reads", page)
