"""Pages in Debian's Chromium, and axe-core to judge them; what is not here makes a test say "not run"."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ALIKE = """() => {
    const seen = new Map();
    const look = one => [one.tagName, ...["class", "style", "fill"].map(name => one.getAttribute(name))].join();
    for (const each of document.querySelectorAll("tbody tr, svg rect")) {
        const its = [each, ...each.querySelectorAll("*")].map(look).join();
        seen.set(its, (seen.get(its) || 0) + 1);
        if (seen.get(its) > 2) each.remove();
    }
}"""
"""Leaves two of the rows and bars that look alike: axe-core takes each for itself, and finds in the hundredth what it
finds in the first.
"""
AXE = Path.home() / ".cache" / "wattledger-axe" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = shutil.which("chromium")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """One browser for all pages of a module."""
    playwright = pytest.importorskip("playwright.sync_api", reason="not run: playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("not run: Chromium is not installed (apt-get install chromium)")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def watched(chromium: Any, address: str, but: str = "") -> Iterator[Any]:
    """A page whose faults fail the test: errors of scripts, and requests of anything that is not of this server.
    ``but`` is a part of faults that are expected.
    """
    context = chromium.new_context(base_url=address, viewport={"width": 1366, "height": 768})
    page, faults = context.new_page(), []
    page.on("pageerror", lambda why: faults.append(str(why)))
    page.on("console", lambda line: faults.append(line.text) if line.type in ("error", "warning") else None)
    page.on("request", lambda one: None if one.url.startswith(address) else faults.append(one.url))
    yield page
    context.close()
    assert [fault for fault in faults if not but or but not in fault] == []


def on_a_telephone(chromium: Any, paths: Sequence[Path], width: int) -> dict[Path, Any]:
    """What axe-core finds against each page by day and night, and how wide it is, on the screen of a telephone."""
    context = chromium.new_context(
        viewport={"width": width, "height": 2 * width}, color_scheme="light", bypass_csp=True
    )
    page, found = context.new_page(), {}
    for path in paths:
        page.emulate_media(color_scheme="light")
        page.goto(path.as_uri())
        wide = page.evaluate("document.documentElement.scrollWidth")
        found[path] = by_day_and_night(page), wide
    context.close()
    return found


def violations(page: Any, rules: dict[str, Any]) -> list[tuple[str, str]]:
    """What axe-core finds against a page that was opened without its policy: rule and the first place."""
    if not AXE.exists():
        pytest.skip("not run: axe-core is not installed (npm install axe-core)")
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=AXE)
    said = page.evaluate("rules => axe.run(document, {resultTypes: ['violations'], ...rules})", rules)
    return [(rule["id"], rule["nodes"][0]["html"]) for rule in said["violations"]]


def by_day_and_night(page: Any) -> list[tuple[str, str]]:
    """What axe-core finds against a page in light colors, and against its dark colors: nothing else changes by night."""
    page.evaluate(ALIKE)
    day = violations(page, {})
    page.emulate_media(color_scheme="dark")
    return day + violations(page, {"runOnly": ["color-contrast"]})
