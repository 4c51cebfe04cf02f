"""The verifier for browsers, asked in Chromium what verify.py is asked."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ledger.app
from ledger.log.verify import Asked, format_state, instant
from tests.browsing import CHROMIUM

PAGE = Path(ledger.app.__file__).parent / "pages" / "verify.html"
ASK = """([data, asked]) => {
    const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
    const state = asked.state === null ? null : parseState(asked.state);
    const found = judge(bytes, {...asked, state});
    return [found.verdict, found.code];
}"""


@contextmanager
def verifier_page() -> Iterator[Any]:
    """The page as a reader opens it, from a file and without a network; None where there is no Chromium."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        yield None
        return
    if CHROMIUM is None:
        yield None
        return
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(offline=True)
        page = context.new_page()
        page.goto(PAGE.as_uri())
        yield page
        browser.close()


def told_by_page(page: Any, data: bytes, asked: Asked) -> tuple[str, str | None]:
    """Verdict and code."""
    window = {
        name: None if at is None else instant(at)
        for name, at in (("start", asked.start_s), ("stop", asked.stop_s))
    }
    state = None if asked.state is None else format_state(asked.state).decode()
    said = {"key": asked.key, "streams": list(asked.streams), "state": state, **window}
    verdict, code = page.evaluate(ASK, [base64.b64encode(data).decode(), said])
    return verdict, code
