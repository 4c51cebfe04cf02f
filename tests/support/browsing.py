"""Pages in Debian's Chromium, and axe-core to judge them; what is not here makes a test say "not run"."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
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
"""Leaves two of the rows and bars that look alike: axe-core takes each for itself, and finds in the hundredth
what it finds in the first.
"""
COLORS = "color-contrast", "link-in-text-block"
"""Rules that judge how things look, and take most of the time of all rules."""
LOOKS = """() => {
    const styles = ["color", "backgroundColor", "backgroundImage", "opacity", "fill", "fontSize", "fontWeight",
                    "textDecorationLine", "borderBottomStyle"];
    const looks = new Map(), found = new Map();
    for (const each of document.querySelectorAll("*")) {
        const style = getComputedStyle(each);
        const seen = each.checkVisibility({opacityProperty: true, visibilityProperty: true});
        const own = [each.tagName, each.getAttribute("class"), seen, ...styles.map(name => style[name])];
        const look = [...(looks.get(each.parentElement) || []), own.join()];
        looks.set(each, look);
        const text = [...each.childNodes].filter(one => one.nodeType == Node.TEXT_NODE);
        const length = text.map(one => one.data.trim()).join("").length;
        if (!seen || (!length && each.children.length)) continue;
        const name = [length > 1, ...look].join(" in ");
        if (!found.has(name)) found.set(name, each);
    }
    window.alike = found;
    return [...found.keys()];
}"""
"""What looks like each other: the styles of an element and of all that it stands in. The page keeps an
element of each look, and one of a text that is longer than a character: axe-core judges no shorter one.
"""
ONLY = """looks => {
    window.judged = looks.map(look => window.alike.get(look));
    const kept = new Set();
    for (const each of window.judged) {
        const whole = each.closest("svg") || each;
        for (const inside of whole.querySelectorAll("*")) kept.add(inside);
        for (let around = whole; around; around = around.parentElement) kept.add(around);
    }
    for (const each of document.body.querySelectorAll("*"))
        if (!kept.has(each) && kept.has(each.parentElement)) each.style.display = "none";
}"""
"""Shows the elements of some looks only, with what they stand in: axe-core first measures all that is shown."""
AXE = Path.home() / ".cache" / "wattledger-axe" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = shutil.which("chromium")
DESK = 1366, 768
_RUNNING = ExitStack()
_JUDGED: set[str] = set()
"""Looks that were judged on a page of this run."""


@pytest.fixture(scope="module")
def chromium() -> Any:
    """A browser for all pages of this module, and of the next where that needs one too."""
    playwright = pytest.importorskip("playwright.sync_api", reason="not run: playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("not run: Chromium is not installed (apt-get install chromium)")
    return _browser(playwright)


@cache
def _browser(playwright: Any) -> Any:
    driver = _RUNNING.enter_context(playwright.sync_playwright())
    browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    _RUNNING.callback(browser.close)
    return browser


def browses(item: pytest.Item) -> bool:
    """Whether a test needs the browser."""
    return "chromium" in getattr(item, "fixturenames", ())


def stop_before(following: pytest.Item | None, module: Path) -> None:
    """End the browser that runs, when the tests of a module are over and the next test needs none: while it
    runs, its event loop is the one of this thread, and no other can be started.
    """
    if following is None or (following.path != module and not browses(following)):
        _RUNNING.close()
        for kept in (_window, _browser):
            kept.cache_clear()


@contextmanager
def window(
    chromium: Any, address: str | None = None, size: tuple[int, int] = DESK, *, past_policy: bool = False
) -> Iterator[Any]:
    """A blank page without cookies, for paths of an address. It is the same one each time: a new one is a new
    process, which takes as long as most tests.
    """
    page = _window(chromium, address, past_policy)
    page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
    try:
        yield page
    finally:
        page.unroute_all()
        page.emulate_media(color_scheme="light")
        page.goto("about:blank")
        page.context.clear_cookies()


@cache
def _window(chromium: Any, address: str | None, past_policy: bool) -> Any:
    context = chromium.new_context(base_url=address, bypass_csp=past_policy, color_scheme="light")
    return context.new_page()


@contextmanager
def watched(chromium: Any, address: str, but: str = "") -> Iterator[Any]:
    """A page whose faults fail the test: errors of scripts, and requests of anything that is not of this server.
    ``but`` is a part of faults that are expected.
    """
    faults: list[str] = []
    listeners = {
        "pageerror": lambda why: faults.append(str(why)),
        "console": lambda line: faults.append(line.text) if line.type in ("error", "warning") else None,
        "request": lambda one: None if one.url.startswith(address) else faults.append(one.url),
    }
    with window(chromium, address) as page:
        for event, listener in listeners.items():
            page.on(event, listener)
        try:
            yield page
        finally:
            for event, listener in listeners.items():
                page.remove_listener(event, listener)
    assert [fault for fault in faults if not but or but not in fault] == []


def on_a_telephone(chromium: Any, paths: Sequence[Path], width: int) -> dict[Path, Any]:
    """Each page, upright on a telephone of a width: what axe-core finds by day and night, and how wide it is."""
    found = {}
    with window(chromium, size=(width, 740), past_policy=True) as page:
        for path in paths:
            shown(page, path)
            across = page.evaluate("document.documentElement.scrollWidth")
            found[path] = (by_day_and_night(page), across)
    return found


def violations(page: Any, rules: dict[str, Any], part: str = "document") -> list[tuple[str, str]]:
    """What axe-core finds against a page opened without its policy, or a part: rule and the first place."""
    if not AXE.exists():
        pytest.skip("not run: axe-core is not installed (npm install axe-core)")
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=AXE)
    said = page.evaluate(f"rules => axe.run({part}, {{resultTypes: ['violations'], ...rules}})", rules)
    return [(rule["id"], rule["nodes"][0]["html"]) for rule in said["violations"]]


def went(page: Any, path: str) -> None:
    """Go to a page of a server by day."""
    page.emulate_media(color_scheme="light")
    page.goto(path, wait_until="load")


def shown(page: Any, file: Path) -> None:
    """Show a file by day in the place of the one before, in the same window: axe-core stays in it, and reading that
    takes as long as judging.
    """
    page.emulate_media(color_scheme="light")
    page.set_content(file.read_text(), wait_until="load")


def by_day_and_night(page: Any) -> list[tuple[str, str]]:
    """What axe-core finds against a page, and against colors that no page before had, by day and by night."""
    page.evaluate(ALIKE)
    found = violations(page, {"rules": {name: {"enabled": False} for name in COLORS}})
    if new := [look for look in page.evaluate(LOOKS) if look not in _JUDGED]:
        page.evaluate(ONLY, new)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found += violations(page, {"runOnly": COLORS}, "window.judged")
        _JUDGED.update(new)
    return found
