"""Pages as a browser gets them: what each holds, for whom, and what a page says where something is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.page_book import HOSTILE, page_book
from tests.support.rights import SCOPES, rights_book
from tests.support.serving import Served, serving

PAGES = (
    "/",
    "/sites/s1",
    "/sites/s2",
    "/reports",
    "/reports/uptime?site=s1&period=2026-06&row=site/s1/all&compare=2026-05&against=9",
    "/reports/power-use?site=s1&from=2026-06-08&to=2026-06-10&all=true",
    "/reports/portfolio",
    "/records?kind=incident-opened",
    "/due?within_days=60",
    "/query",
    "/query?sql=SELECT+*+FROM+records",
    "/sign-in",
)
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(page_book(tmp_path_factory.mktemp("pages") / "book")) as found:
        yield found


@pytest.fixture(scope="module")
def browser(pages: Served) -> Iterator[httpx.Client]:
    """A client that asks as a browser does."""
    with pages.client() as client:
        client.headers.update(HTML)
        yield client


def text_of(page: str) -> str:
    """What a reader sees of a page: its words without markup."""
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


# --- what is there ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_light(path: str, browser: httpx.Client) -> None:
    """With its style sheet and script it weighs less than 150 KB."""
    answer = browser.get(path)
    files = re.findall(r'(?:src|href)="(/static/[^"]+)"', answer.text)
    weight = len(answer.content) + sum(len(browser.get(file).content) for file in files)
    assert (answer.status_code, len(files) >= 3, weight < 150_000) == (200, True, True)


@pytest.mark.parametrize("path", PAGES)
def test_a_name_that_is_made_to_break_a_page_is_text(path: str, browser: httpx.Client) -> None:
    """No element of a page comes from a name, and no template is run again over one."""
    page = browser.get(path).text
    assert ("<script>alert" in page, "49" in re.findall(r"alert\(1\)[^<]{0,40}", page)) == (False, False)


def test_the_hostile_name_is_shown_as_it_is(browser: httpx.Client) -> None:
    shown = browser.get("/sites/s2").text
    assert HOSTILE.replace("<", "&lt;").replace(">", "&gt;") in shown


@pytest.mark.parametrize("path", PAGES)
def test_a_page_holds_no_script_or_style_of_its_own(path: str, browser: httpx.Client) -> None:
    """The policy allows files of this origin alone, so what stands in a page itself would not run."""
    page = browser.get(path).text
    assert re.findall(r"<style|<script(?! src=\"/static/)| style=| on[a-z]+=\"|javascript:", page) == []


def test_the_first_page_tells_what_is_open_and_for_how_long(browser: httpx.Client) -> None:
    """It is midnight UTC; the dispatch ends at three, the load is that of the hour before."""
    words = text_of(browser.get("/").text)
    told = ("dispatch d7 2 h 59 min left", "outage o7 56 min", "EEA2", "150", "90 60 %")
    assert [one for one in told if one not in words] == []


def test_sites_are_chosen_and_sorted_by_the_address(browser: httpx.Client) -> None:
    def sites(query: str) -> list[str]:
        return re.findall(r'<a href="/sites/(\w+)', browser.get(f"/{query}").text)

    found = sites("?sort=site"), sites("?class=mining-only&sort=&county="), sites("?utility=Georgia+Power")
    assert found == (["s1", "s2"], ["s2"], ["s1"])


def test_a_site_is_shown_as_of_any_time_with_any_number_of_records(browser: httpx.Client) -> None:
    """Before the storm nothing was open; with the records before it nothing was known of it."""
    earlier = text_of(browser.get("/sites/s1?as_of=2026-06-09T12:00:00Z").text)
    unknown = text_of(browser.get("/sites/s1?as_of=2026-06-10T00:00:00Z&known_at=16").text)
    assert ("Nothing is open here" in earlier, "d7" in unknown, "Known at 16 records" in unknown) == (
        True,
        False,
        True,
    )


def test_links_keep_both_clocks(browser: httpx.Client) -> None:
    page = browser.get("/?as_of=2026-06-09T12:00:00Z&known_at=20").text
    held = "as_of=2026-06-09T12%3A00%3A00Z&amp;known_at=20"
    assert all(f'href="{path}?{held}"' in page for path in ("/", "/reports", "/records", "/due", "/sites/s1"))


def test_another_time_of_a_page_asks_all_else_alike(browser: httpx.Client) -> None:
    """The form that changes the clocks carries the filters, and a way to sort keeps those of one name."""
    report = browser.get("/reports/uptime?period=2026-06&all=true&site=s1").text
    home = browser.get("/?class=training&class=mining-only").text
    carried = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)">', report)
    assert (sorted(carried), "?class=training&amp;class=mining-only&amp;sort=site" in home) == (
        [("all", "true"), ("period", "2026-06"), ("site", "s1")],
        True,
    )


def test_a_page_that_is_fixed_does_not_follow_the_log(browser: httpx.Client) -> None:
    live = [path for path in ("/", "/?known_at=20") if 'name="live"' in browser.get(path).text]
    assert live == ["/"]


def test_a_figure_leads_to_its_records(browser: httpx.Client) -> None:
    page = browser.get("/reports/uptime?site=s1&period=2026-06").text
    link = re.findall(r'href="([^"]+row=site[^"]+column=eaf_ppm)#explained"', page)[0].replace("&amp;", "&")
    explained = browser.get(link).text
    assert re.search(r"Records behind it: \d+.*outage-started block=m1", explained, re.DOTALL)


def test_two_periods_stand_side_by_side(browser: httpx.Client) -> None:
    page = browser.get("/reports/uptime?site=s1&period=2026-06&compare=2026-05").text
    assert re.findall(r"<h2>([^<]+)</h2>\s*<p class=\"lead\">", page) == [
        "1 Jun 2026 to 30 Jun 2026",
        "1 May 2026 to 31 May 2026",
    ]


def test_a_figure_of_the_second_period_is_explained_too(browser: httpx.Client) -> None:
    page = browser.get("/reports/uptime?site=s1&period=2026-06&compare=2026-W24").text
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+)#explained"', page)]
    other = next(link for link in links if "period=2026-W24" in link and "row=site" in link)
    words = text_of(browser.get(other).text)
    assert ("8 Jun 2026 to 14 Jun 2026" in words, "Records behind it" in words) == (True, True)


def test_an_issued_report_is_shown_as_it_was_issued_and_against_now(browser: httpx.Client) -> None:
    """A fact that comes after the issue changes its figures; the page says which and by which record."""
    late = (
        "2026-06-09T23:20Z s1 outage-started block=m1 outage=o9 outage_class=forced-u1 derate=30MW"
        ' cause="late" outside_management_control=false'
    )
    made = browser.post("/api/v1/records", content=late, headers={"Content-Type": "text/plain"}).json()
    page = browser.get("/reports/uptime?site=s1&period=2026-06").text
    issued, since = (
        re.findall(rf'href="([^"#]+)(?:#changed)?">{words}', page)[0].replace("&amp;", "&")
        for words in ("as issued", "what changed since")
    )
    was, changed = text_of(browser.get(issued).text), browser.get(since).text
    assert ("fixed" in was, f"/records/{made['index']}" in changed) == (True, True)


def test_records_are_turned_over_page_by_page(browser: httpx.Client) -> None:
    def numbers(query: str) -> list[str]:
        return re.findall(r'<a href="/records/(\d+)', browser.get(f"/records{query}").text)

    assert (numbers("?before=5"), numbers("?before=5&after=2")) == (["4", "3", "2", "1", "0"], ["4", "3"])


# --- for whom -----------------------------------------------------------------------------------------------


def test_a_role_sees_the_pages_of_its_scope_and_a_page_for_the_rest(tmp_path: Path) -> None:
    """A reader is shown each page as far as his streams go. A site of others is told as one that is not there;
    whoever reads nothing is told so; whoever has no token is asked for one.
    """
    secrets, found = rights_book(tmp_path / "book"), {}
    asked = ("/", "/sites/s1", "/sites/s2", "/reports", "/due", "/records")
    with serving(tmp_path / "book") as served:
        for name in (*SCOPES, "nobody"):
            cookies = {"wattledger": secrets[name]} if name in secrets else {}
            with httpx.Client(
                base_url=served.address, headers=HTML, cookies=cookies, trust_env=False
            ) as client:
                answers = [client.get(path) for path in asked]
            found[name] = [answer.status_code for answer in answers]
            assert {answer.headers["content-type"] for answer in answers} == {"text/html; charset=utf-8"}
    whole, part, nothing = [200] * 6, [200, 200, 404, 200, 200, 200], [401] * 6
    of = {"engineer": whole, "admin": whole, "auditor": whole, "agent": [403] * 6}
    of |= {"engineer-early": whole, "auditor-early": whole}
    of |= {"revoked": nothing, "nobody": nothing}
    assert found == {name: of.get(name, part) for name in found}


# --- what is wrong ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/nothing", 404, "Nothing is here"),
        ("/sites/s9", 404, "no site is called 's9'"),
        ("/reports/uptme", 422, "did you mean uptime?"),
        ("/?sort=colour", 422, "sort is one of attention"),
        ("/?known_at=999", 422, "known_at must be from 1 to"),
        ("/due?as_of=yesterdy", 422, "This cannot be meant"),
        ("/records?kind=nothing", 422, "nothing"),
        ("/records/1/correct", 405, "This address takes a form and has no page of its own"),
    ],
)
def test_a_browser_is_told_what_is_wrong_in_a_page(
    path: str, status: int, told: str, browser: httpx.Client
) -> None:
    answer = browser.get(path)
    kind = answer.headers["content-type"]
    words = text_of(answer.text).replace("&#x27;", "'")
    assert (answer.status_code, kind, told in words) == (status, "text/html; charset=utf-8", True)


def test_a_program_is_told_in_problem_json(browser: httpx.Client) -> None:
    """The API whoever asks, and pages where HTML was not asked for."""
    api = browser.get("/api/v1/nothing"), browser.get("/api/v1/records/x")
    page = browser.get("/sites/s9", headers={"Accept": "*/*"})
    assert {one.headers["content-type"] for one in (*api, page)} == {"application/problem+json"}


# --- files --------------------------------------------------------------------------------------------------


def test_a_file_is_kept_for_good_under_the_address_of_its_content(browser: httpx.Client) -> None:
    (named,) = re.findall(r'"(/static/service.js\?v=[^"]+)"', browser.get("/").text)
    kept, old = browser.get(named), browser.get("/static/service.js?v=0")
    again = browser.get(named, headers={"If-None-Match": kept.headers["etag"]})
    assert (kept.headers["cache-control"], old.headers["cache-control"], again.status_code) == (
        "public, max-age=31536000, immutable",
        "no-cache",
        304,
    )


@pytest.mark.parametrize("name", ["..%2fcontract.py", "nothing.js", "%00"])
def test_no_other_file_is_shown(name: str, browser: httpx.Client) -> None:
    assert browser.get(f"/static/{name}").status_code in (404, 422)
