"""Pages in Chromium: nothing fails, nothing leaves the origin, everybody can use them, and they follow the log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.browsing import by_day_and_night, chromium, watched, went, window
from tests.support.page_book import page_book
from tests.support.rights import rights_book
from tests.support.serving import API, Served, serving

__all__ = ["chromium"]
PAGES = (
    "/",
    "/sites/s1",
    "/reports",
    "/reports/uptime?site=s1&period=2026-06&row=site/s1/all&compare=2026-05&against=9",
    "/reports/power-use?site=s1&from=2026-06-08&to=2026-06-10",
    "/records",
    "/due?within_days=60",
    "/query?sql=SELECT+*+FROM+records",
    "/sign-in",
    "/nothing",
)
SIZES = {"desk": (1366, 768), "phone": (390, 844)}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(page_book(tmp_path_factory.mktemp("browsed") / "book")) as found:
        yield found


@pytest.fixture
def opened(chromium: Any, pages: Served) -> Iterator[Any]:
    with watched(chromium, pages.address, "404 (Not Found)") as page:
        yield page


def test_every_page_opens_without_a_fault_and_fits_its_screen(opened: Any) -> None:
    wide = []
    for path in PAGES:
        opened.goto(path, wait_until="load")
        for name, (width, height) in SIZES.items():
            opened.set_viewport_size({"width": width, "height": height})
            across = opened.evaluate("document.documentElement.scrollWidth")
            wide += [(name, path, across)] if across > width else []
    assert wide == []


def test_on_a_phone_no_cell_or_picture_is_off_screen(opened: Any) -> None:
    """Facts, figures and pictures are whole on a screen of 390 points; nobody has to find them to the right."""
    opened.set_viewport_size({"width": 390, "height": 844})
    found = {}
    for path in ("/", "/records", "/reports/commitments", "/reports/power-use?site=s1", "/sites/s1"):
        opened.goto(path, wait_until="load")
        ends = opened.evaluate(
            """[...document.querySelectorAll(
                ":is(#records, #due, .board, .cards-on-phones) td, svg.picture, .records code"
            )].map((one) => Math.ceil(one.getBoundingClientRect().right))"""
        )
        found[path] = ends != [], [right for right in ends if right > 390]
    assert found == dict.fromkeys(found, (True, []))


def test_everybody_can_use_every_page(chromium: Any, pages: Served) -> None:
    """axe-core, which has to come past the policy of the pages."""
    found = {}
    with window(chromium, pages.address, past_policy=True) as page:
        for path in PAGES:
            went(page, path)
            found[path] = by_day_and_night(page)
    assert {path: one for path, one in found.items() if one} == {}


def test_an_open_page_shows_a_fact_that_somebody_posts(opened: Any, pages: Served) -> None:
    """Nobody touches the page: the log tells it, and it puts its parts in place anew."""
    opened.goto("/sites/s1")
    opened.wait_for_selector("#live:text-is('live')")
    fact = {
        "kind": "incident-opened",
        "at": "2026-06-09T23:59Z",
        "site": "s1",
        "body": {"incident": "i9", "summary": "smoke in hall 2"},
    }
    with pages.client() as client:
        client.post(f"{API}/records", json=fact).raise_for_status()
    opened.wait_for_selector("section:has(#incidents) >> text=smoke in hall 2")
    assert "incident i9" in opened.inner_text("#now")


def test_keys_are_listed_and_lead_to_pages(opened: Any) -> None:
    opened.goto("/")
    opened.keyboard.press("?")
    listed = opened.is_visible("#keys")
    opened.keyboard.press("Escape")
    opened.keyboard.press("g")
    opened.keyboard.press("d")
    opened.wait_for_url("**/due")
    opened.keyboard.press("/")
    assert (listed, opened.evaluate("document.activeElement.name")) == (True, "site")


def test_a_reader_signs_in_through_the_form(chromium: Any, tmp_path: Any) -> None:
    """A browser says of the form which origin it is of, and the guard lets it pass."""
    secrets = rights_book(tmp_path / "book")
    with serving(tmp_path / "book") as served, window(chromium, served.address) as page:
        page.goto("/due")
        page.fill("input[name=token]", secrets["auditor"])
        page.click("text=Sign in >> nth=-1")
        page.wait_for_selector("text=Sign out")
        inside = page.url.removeprefix(served.address), page.inner_text(".who")
        page.click("text=Sign out")
        page.wait_for_url("**/sign-in")
    assert (inside[0], "auditor" in inside[1]) == ("/due", True)
