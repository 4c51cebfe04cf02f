"""Pages as a browser sees them: bytes of the files that a page loads beside its own text, each once, and the time to
its first paint beside that of an almost empty page of the same server.
"""

from __future__ import annotations

import argparse
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final

from tools.speed.client import ask, request
from tools.speed.figures import say
from tools.speed.questions import first_site
from tools.speed.server import Process, running, serve

LIMIT_BYTES: Final = 150_000
LIMIT_S: Final = 0.5
EMPTY: Final = "/api/v1/healthz"
PAGES: Final = (
    "/",
    "/sites/{site}",
    "/reports",
    "/reports/uptime?site={site}",
    "/reports/commitments",
    "/records",
    "/records/1",
    "/replay",
    "/due",
    "/query",
    "/enter",
    "/enter/incident-opened",
    "/enter-file",
    "/why",
    "/sign-in",
)
LINKS: Final = re.compile(rb"""(?:src|href)="([^"?#]+\.(?:css|js|svg|woff2|ico))["?#]""")
IMPORTS: Final = re.compile(rb"""(?:import|from)\s*\(?["']([^"']+\.js)["']|url\(["']?([^"')]+)""")
PAINT: Final = "() => (performance.getEntriesByName('first-contentful-paint')[0] || {startTime: 0}).startTime"


def pages(book: Path, place: Path, options: argparse.Namespace) -> None:
    """Weigh and open every page."""
    with running(serve(book, "--accept-clock")) as server:
        site = first_site(server.address)
        named = [page.format(site=site) for page in PAGES]
        painted_s = _painted_s(server, [EMPTY, *named], options.rounds)
        for page in named:
            status, text, _ = ask(server.address, request(server.address, "GET", page))
            found = _files(server, page, text, {})
            weight = sum(found.values())
            say(
                f"{page} ({status})",
                f"{weight / LIMIT_BYTES:.2f} of {LIMIT_BYTES / 1e3:.0f} KB in {len(found)} files, text"
                f" {len(text) / 1e3:.1f} KB{_shown(page, painted_s)}",
            )


def _shown(page: str, painted_s: dict[str, float]) -> str:
    if not painted_s:
        return "   first paint not run"
    own, empty = painted_s[page], painted_s[EMPTY]
    return (
        f"   first paint {1000 * own:.0f} ms = {own / empty:.1f} x empty, {own / LIMIT_S:.2f} of {LIMIT_S} s"
    )


def _painted_s(server: Process, paths: Sequence[str], rounds: int) -> dict[str, float]:
    """Seconds from the call of each page to its first paint, the median of the rounds; empty without Chromium."""
    chromium = shutil.which("chromium")
    if chromium is None:
        return {}
    from playwright.sync_api import sync_playwright

    found: dict[str, list[float]] = {path: [] for path in paths}
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for _ in range(rounds + 1):
            for path in paths:
                found[path].append(_first_paint_s(browser, server, path))
        browser.close()
    return {path: median(many[1:]) for path, many in found.items()}


def _first_paint_s(browser: Any, server: Process, path: str) -> float:
    """The first paint in a window that holds nothing of the page yet."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(f"http://{server.address[0]}:{server.address[1]}{path}", wait_until="load")
    while not (found := float(page.evaluate(PAINT))):  # the policy of the pages lets nothing wait inside them
        page.wait_for_timeout(10)
    context.close()
    return found / 1000


def _files(server: Process, page: str, text: bytes, found: dict[str, int]) -> dict[str, int]:
    """Sizes of the files that a page or a file names, and of those that they name."""
    named = list(LINKS.findall(text)) + [a or b for a, b in IMPORTS.findall(text)]
    for name in named:
        path = name.decode()
        if path.startswith(("data:", "http")):
            continue
        whole = path if path.startswith("/") else f"{page.rpartition('/')[0]}/{path.removeprefix('./')}"
        if whole not in found:
            status, data, _ = ask(server.address, request(server.address, "GET", whole))
            found[whole] = len(data) if status == 200 else 0
            _files(server, whole, data, found)
    return found
