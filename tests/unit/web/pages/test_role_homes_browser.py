"""The first pages of the roles in Chromium: everybody can use them, and the verifier judges its bundle there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.browsing import by_day_and_night, chromium, watched, went, window
from tests.support.role_book import role_book
from tests.support.serving import Served, serving

__all__ = ["chromium"]
PAGES = (
    ("utility", "/"),
    ("commissioner", "/"),
    ("tenant", "/"),
    ("commissioner", "/why?route=GET+/api/v1/tokens"),
    ("admin", "/why?role=tenant&scope=tenant%3Dsouth&route=GET+/sites/s1"),
)


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    place = tmp_path_factory.mktemp("roles") / "book"
    return place, role_book(place)


@pytest.fixture(scope="module")
def served(secrets: tuple[Path, dict[str, str]]) -> Iterator[Served]:
    with serving(secrets[0]) as found:
        yield found


def keep(page: Any, served: Served, secret: str) -> None:
    """Keep a token in the browser of a page, and no other."""
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "wattledger", "value": secret, "url": served.address}])


def test_everybody_can_use_the_page_of_every_role(
    chromium: Any, served: Served, secrets: tuple[Path, dict[str, str]]
) -> None:
    found = {}
    with window(chromium, served.address, past_policy=True) as page:
        for role, path in PAGES:
            keep(page, served, secrets[1][role])
            went(page, path)
            found[role, path] = by_day_and_night(page)
    assert {key: one for key, one in found.items() if one} == {}


def test_the_page_of_every_role_fits_a_telephone(
    chromium: Any, served: Served, secrets: tuple[Path, dict[str, str]]
) -> None:
    wide = {}
    with watched(chromium, served.address) as page:
        page.set_viewport_size({"width": 390, "height": 844})
        for role, path in PAGES:
            keep(page, served, secrets[1][role])
            page.goto(path, wait_until="load")
            wide[role, path] = page.evaluate("document.documentElement.scrollWidth")
    assert {key: across for key, across in wide.items() if across > 390} == {}


def test_the_verifier_judges_the_bundle_that_it_comes_with(
    chromium: Any, served: Served, secrets: tuple[Path, dict[str, str]]
) -> None:
    """One press on the page of a utility, one in the verifier: key, streams and bundle are there."""
    with watched(chromium, served.address) as page:
        keep(page, served, secrets[1]["utility"])
        page.goto("/", wait_until="load")
        with page.context.expect_page() as opened:
            page.click("text=Open the verifier with it")
        verifier = opened.value
        verifier.wait_for_load_state("load")
        verifier.click("button[type=submit]")
        verifier.wait_for_selector("#result:not([hidden])")
        told = verifier.inner_text("#verdict")
        verifier.close()
    assert told == "VERIFIED"
