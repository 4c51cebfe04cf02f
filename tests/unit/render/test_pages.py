"""Every report of the demonstration as a page, opened in Chromium: judged by axe-core, used by keyboard,
narrow, printed, made again.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner

from ledger.app.cli.main import main
from ledger.app.demo import demo
from projections.reports.catalogue import REPORTS
from tests.support import readme_pictures
from tests.support.browsing import by_day_and_night, chromium, shown, window
from tests.support.once import AsRun

__all__ = ["chromium"]

CURVES = {demo.HEADROOM: "flexibility"}  # a page of the same report for something else
NAMES = sorted([demo.HEADROOM, *(report.name for report in REPORTS)])
WIDE = 1280, 900
NARROW = 360, 740


@pytest.fixture(scope="module")
def book(readme: AsRun, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's book with every report."""
    place = tmp_path_factory.mktemp("demo") / "book"
    return Path(shutil.copytree(readme.place / "demo-book", place))


@pytest.fixture(scope="module")
def pages(book: Path) -> list[Path]:
    """Every report as a page."""
    found = sorted((book / "reports").glob("*.html"))
    assert [path.stem for path in found] == NAMES
    return found


@pytest.fixture(scope="module")
def judged(chromium: Any) -> Iterator[Any]:
    """A window for one report after the other."""
    with window(chromium, size=WIDE, past_policy=True) as page:
        yield page


@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing_against_any_report(judged: Any, book: Path, name: str) -> None:
    """By day, and its colors by night too."""
    shown(judged, book / "reports" / f"{name}.html")
    assert by_day_and_night(judged) == []


class Visit(NamedTuple):
    """A telephone's visit to every page: what it asked for, what the policy refused, how wide each page is."""

    asked: list[str]
    refused: list[str]
    widths: dict[str, int]


@pytest.fixture(scope="module")
def visit(chromium: Any, pages: list[Path]) -> Visit:
    made = Visit([], [], {})
    listeners = {
        "request": lambda request: made.asked.append(request.url),
        "console": lambda message: made.refused.append(message.text),
    }
    with window(chromium, size=NARROW) as page:
        for event, listener in listeners.items():
            page.on(event, listener)
        for path in pages:
            page.goto(path.as_uri())
            made.widths[path.stem] = page.evaluate("document.documentElement.scrollWidth")
        for event, listener in listeners.items():
            page.remove_listener(event, listener)
    return made


def test_nothing_is_fetched_and_the_policy_refuses_nothing_of_its_own(
    visit: Visit, pages: list[Path]
) -> None:
    assert (visit.asked, visit.refused) == ([path.as_uri() for path in pages], [])


def test_a_telephone_scrolls_tables_and_pictures_never_the_page(visit: Visit) -> None:
    assert {name: width for name, width in visit.widths.items() if width > NARROW[0]} == {}


def test_the_first_key_leads_to_the_figures_and_a_table_is_scrolled_by_keys(
    chromium: Any, book: Path
) -> None:
    with window(chromium, size=NARROW) as page:
        page.goto((book / "reports" / "uptime.html").as_uri())
        page.keyboard.press("Tab")
        first = page.evaluate("document.activeElement.textContent")
        page.locator("#rows").locator("xpath=..").focus()
        scrolled = 0
        for _ in range(100):  # a key that comes before the page is painted scrolls nothing
            page.keyboard.press("ArrowRight")
            page.wait_for_timeout(100)
            if scrolled := page.evaluate("document.activeElement.scrollLeft"):
                break
    assert (first, scrolled > 0) == ("Skip to the figures", True)


def test_the_name_of_a_row_stays_in_sight_when_its_figures_are_scrolled(chromium: Any, book: Path) -> None:
    with window(chromium, size=WIDE) as page:
        page.goto((book / "reports" / "uptime.html").as_uri())
        page.evaluate("document.querySelector('#rows').parentElement.scrollTo(600, 300)")
        named = page.evaluate(
            "Array.from(document.querySelectorAll('#rows tbody tr:nth-child(20) th'), cell =>"
            " cell.getBoundingClientRect().left)"
        )
        head = page.evaluate(
            "document.querySelector('#rows thead').getBoundingClientRect().top <"
            " document.querySelector('#rows').parentElement.getBoundingClientRect().top"
        )
        region = page.evaluate("document.querySelector('#rows').parentElement.getBoundingClientRect().left")
    assert named == sorted(named)
    assert named[0] - region <= 2
    assert head


def test_every_column_is_on_the_paper_of_the_widest_report(chromium: Any, book: Path) -> None:
    pypdf = pytest.importorskip("pypdf")
    with window(chromium) as page:
        page.goto((book / "reports" / "uptime.html").as_uri())
        path = book / "uptime-printed.pdf"
        page.pdf(path=path, prefer_css_page_size=True)
    printed = pypdf.PdfReader(path).pages[0]
    assert float(printed.mediabox.width) > float(printed.mediabox.height)
    words = " ".join(leaf.extract_text() for leaf in pypdf.PdfReader(path).pages)
    report = next(report for report in REPORTS if report.name == "uptime")
    assert [c.title for c in report.columns if c.title not in " ".join(words.split())] == []
    assert " of " in words  # pages are numbered


def test_the_command_on_a_page_makes_the_same_report_again(book: Path, pages: list[Path]) -> None:
    made = {}
    for path in pages:
        said = path.read_text()
        command = html.unescape(
            re.findall(r"<pre><code>wattledger (report [^<]*) \| sha256sum</code></pre>", said)[0]
        )
        digest = re.findall(r"<dt>SHA-256 of the JSON form</dt><dd>([0-9a-f]{64})</dd>", said)[0]
        again = CliRunner().invoke(main, ["--book", str(book), *shlex.split(command)])
        made[path.stem] = (again.exit_code, hashlib.sha256(again.stdout_bytes).hexdigest() == digest)
        assert json.loads(again.stdout)["report"] in (path.stem, CURVES.get(path.stem))
    assert made == {path.stem: (0, True) for path in pages}


@pytest.mark.parametrize("name", readme_pictures.PICTURES)
def test_the_picture_of_the_readme_is_what_the_book_says_in_picture_and_words(book: Path, name: str) -> None:
    svg, says = readme_pictures.drawn(book)[name]
    assert (readme_pictures.FOLDER / f"{name}.svg").read_text() == svg
    assert f"![{says}](tests/pictures/{name}.svg)" in (Path(__file__).parents[3] / "README.md").read_text()
