"""A community's site: pages anyone can put on a web server, of the class community alone."""

from __future__ import annotations

import hashlib
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result
from icalendar import Calendar

from ledger.app.cli.main import main
from tests.support.browsing import chromium, on_a_telephone

__all__ = ["chromium"]

ATOM = "{http://www.w3.org/2005/Atom}"
STORY = """
2026-06-01T09:00Z s1 site-registered name="Elm <b>" county="St. Mary" state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[p] site_class=training
2026-06-01T09:00Z s2 site-registered name=Oak county="St Mary" state=GA tz=America/New_York balancing_authority=SOCO utility=V parcels=[p] site_class=training
2026-06-01T10:00Z s1 load-block-commissioned block=secret-block load_class=mining service_class=interruptible capacity=100MW feeds=[A]
2026-06-02T10:00Z s1 hashrate-changed block=secret-block hashrate=1PH/s method=pool
2026-06-02T10:00Z s1 lease-phase-opened lease=l1 phase=ph1 tenant=secret-tenant critical=50MW
2026-06-01T11:00Z s1 commitment-made commitment=tax counterparty="<i>Lake</i>" instrument=pilot category=tax-payment measure="payment in lieu of taxes" unit=USD target=100 comparator=at-least basis=cumulative periods=[2026] due_on=[2026-06-20] observed_on=[] cure_days=0 binding=true
2026-06-01T11:00Z s1 payment-scheduled commitment=tax instalment=2026 due_on=2026-06-20 amount=100.00USD
2026-06-15T11:00Z s1 payment-made commitment=tax instalment=2026 paid_on=2026-06-15 amount=60.00USD receipt=r1
2026-06-01T11:00Z s2 commitment-made commitment=quiet counterparty=Lake instrument=cba category=noise comparator=at-most basis=point-in-time periods=[2026] due_on=[2026-12-31] observed_on=[] cure_days=0 binding=false
2026-06-03T11:00Z s2 headcount-reported commitment=quiet period=2026 as_of_on=2026-06-02 headcount=3 full_time=3 hours=500 payroll=87654.21USD
"""


def call(book: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--book", str(book), *words])


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sites in two counties of nearly one name, with a block, a tenant and two commitments."""
    place = tmp_path_factory.mktemp("publish")
    (place / "said.story").write_text(STORY)
    for words in (("init", "--operator", "A & B"), ("record", str(place / "said.story"))):
        done = call(place / "book", *words)
        assert done.exit_code == 0, done.output
    return place / "book"


@pytest.fixture(scope="module")
def site(book: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "public"
    done = call(book, "publish", str(folder))
    assert done.exit_code == 0, done.output
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


class Links(HTMLParser):
    """Where a page leads, and what it loads."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.hrefs: list[str] = []
        self.loads: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.hrefs += [str(said["href"])] if "href" in said else []
        self.loads += [tag] if tag in ("script", "img", "iframe") or "src" in said else []


def pages(folder: Path) -> dict[Path, Links]:
    """Every page but the reports and the verifier, which have tests of their own."""
    found = [path for path in folder.rglob("*.html") if path.parent.name != "reports"]
    return {path: Links(path.read_text()) for path in found if path.name != "verify.html"}


def test_every_commitment_and_every_county_has_a_page(site: Path) -> None:
    """Two counties whose names differ by a point keep two pages."""
    assert [str(path.relative_to(site)) for path in sorted(pages(site))] == [
        "commitments/s1--tax.html",
        "commitments/s2--quiet.html",
        "counties/st-mary-county-ga-2.html",
        "counties/st-mary-county-ga.html",
        "index.html",
    ]


def test_every_link_leads_to_a_file_of_the_folder_and_no_page_loads_anything(site: Path) -> None:
    """Opened from a disk without a network, nothing is missing."""
    broken = [
        (path.name, href)
        for path, links in pages(site).items()
        for href in links.hrefs
        if not href.startswith("#") and not (path.parent / href).is_file()
    ]
    assert (broken, [links.loads for links in pages(site).values() if links.loads]) == ([], [])


def test_no_word_of_operations_or_of_a_lease_stands_in_any_file(site: Path) -> None:
    """The tenant's alias and the block are nobody's business in the county."""
    said = {name: data for name, data in files(site).items() if b"secret-" in data}
    assert said == {}


def test_no_payroll_stands_in_any_file(site: Path) -> None:
    """What people earn is kept in a section, and sections stay in the book."""
    said = [name for name, data in files(site).items() if re.search(rb"87,?654", data)]
    assert said == []


def test_the_sums_are_of_every_file(site: Path) -> None:
    found = files(site)
    lines = (line.split("  ") for line in found.pop("SHA256SUMS").decode().splitlines())
    sums = {name: digest for digest, name in lines}
    assert sums == {name: hashlib.sha256(data).hexdigest() for name, data in found.items()}


def test_the_bundle_proves_the_reports_of_the_site_to_the_byte(book: Path, site: Path) -> None:
    """A commissioner verifies the bundle with the key beside it; its reports are those of the folder."""
    key = (site / "key.txt").read_text().strip()
    done = call(book, "verify", str(site / "bundle.zip"), "--key", key, "--stream", "s1/community")
    assert done.stdout.startswith("VERIFIED"), done.stdout
    bundle = (site / "bundle.zip").read_bytes()
    assert [
        name
        for name in ("commitments", "payments")
        if (site / f"reports/{name}.json").read_bytes() not in bundle
    ] == []


def test_a_page_tells_a_commitment_s_history_and_escapes_what_others_wrote(site: Path) -> None:
    page = (site / "commitments/s1--tax.html").read_text()
    found = ("payment made" in page, "$60" in page, "&lt;i&gt;Lake" in page, "<i>Lake" in page)
    assert found == (True, True, True, False)


def test_the_feed_has_an_entry_for_each_commitment_that_leads_to_its_page(site: Path) -> None:
    top = ElementTree.fromstring((site / "feed.xml").read_bytes())
    links = [str(link.get("href")) for link in top.iterfind(f"{ATOM}entry/{ATOM}link")]
    assert sorted(links) == ["commitments/s1--tax.html", "commitments/s2--quiet.html"]


def test_the_feed_s_links_are_absolute_where_the_address_is_known(book: Path, tmp_path: Path) -> None:
    call(book, "publish", str(tmp_path / "site"), "--url", "https://example.com/ledger")
    top = ElementTree.fromstring((tmp_path / "site" / "feed.xml").read_bytes())
    links = [str(link.get("href")) for link in top.iter(f"{ATOM}link")]
    assert [link for link in links if not link.startswith("https://example.com/ledger/")] == []


def test_the_calendar_has_what_is_past_and_open(site: Path) -> None:
    """$40 of the tax are open since June; how quiet it is, nobody can measure by a number."""
    made = Calendar.from_ical((site / "due.ics").read_bytes())
    assert [str(event.start) for event in made.events] == ["2026-06-20"]


def test_the_same_book_gives_the_same_site(book: Path, site: Path, tmp_path: Path) -> None:
    """Nothing is recorded between the two, so no byte is another."""
    call(book, "publish", str(tmp_path / "again"))
    assert files(tmp_path / "again") == files(site)


def test_a_site_written_again_for_one_county_loses_the_pages_of_the_others_and_nothing_else(
    book: Path, site: Path, tmp_path: Path
) -> None:
    """CNAME tells the web server its name; it is not the site's file and stays."""
    folder = tmp_path / "public"
    shutil.copytree(site, folder)
    (folder / "CNAME").write_text("ledger.example.com\n")
    done = call(book, "publish", str(folder), "--county", "St Mary County, GA")
    kept = sorted(path.name for path in (folder / "commitments").iterdir())
    assert (done.exit_code, kept, (folder / "CNAME").exists()) == (0, ["s2--quiet.html"], True)


def test_a_folder_with_other_files_is_left_alone(book: Path, tmp_path: Path) -> None:
    """A pack has an index page too, and is no site."""
    call(book, "report", "--pack", "community", "--period", "2026-06", "-o", str(tmp_path / "pack"))
    before = files(tmp_path / "pack")
    done = call(book, "publish", str(tmp_path / "pack"))
    assert (done.exit_code, files(tmp_path / "pack")) == (2, before)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--site", "s3"), "no site is called 's3'"),
        (("--county", "Lake"), "no county is called 'Lake'"),
        (("--url", "example.com"), "--url must begin with https://"),
        (("--at", "4"), "--at: no checkpoint is over 4 records"),
    ],
)
def test_what_cannot_be_meant_is_told_and_nothing_is_written(
    book: Path, tmp_path: Path, words: tuple[str, ...], why: str
) -> None:
    done = call(book, "publish", str(tmp_path / "site"), *words)
    assert (done.exit_code, why in done.output, (tmp_path / "site").exists()) == (2, True, False), done.output


def test_the_pages_say_how_to_check_the_key_on_every_system(site: Path) -> None:
    page = (site / "index.html").read_text()
    sums = re.findall(r"(sha256sum|shasum -a 256|certutil -hashfile) key\.txt", page)
    assert sums == ["sha256sum", "shasum -a 256", "certutil -hashfile"]


def test_axe_finds_nothing_against_any_page_and_each_fits_a_telephone(chromium: Any, site: Path) -> None:
    paths = list(pages(site))
    assert on_a_telephone(chromium, paths, 390) == dict.fromkeys(paths, ([], 390))
