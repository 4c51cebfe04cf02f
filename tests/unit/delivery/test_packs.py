"""Report packs: a folder for each reader, checked as the reader would check it."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ledger.app.cli.main import main
from ledger.app.delivery.packs import INDEX, PACKS, SUMS, Pack
from projections.reports.catalogue import REPORTS
from tests.support.books import random_book
from tests.support.browsing import chromium, violations

__all__ = ["chromium"]

every_pack = pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.name)
# the reports of DOMAIN 6
KNOWN = [
    "uptime",
    "efficiency",
    "power-use",
    "protection",
    "portfolio",
    "bridge",
    "dispatch-performance",
    "program-hours",
    "intervals",
    "flexibility",
    "disturbances",
    "grid-states",
    "commitments",
    "payments",
    "jobs",
    "benefit",
    "lease-dates",
    "incident",
    "actions",
    "restatements",
]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return random_book(tmp_path_factory.mktemp("packs") / "book", 3, 300)


def call(book: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--book", str(book), *words])


def written(book: Path, pack: Pack, folder: Path, *words: str) -> dict[str, bytes]:
    done = call(book, "report", "--pack", pack.name, "--period", "2026-06", "-o", str(folder), *words)
    assert done.exit_code == 0, done.output
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@every_pack
def test_a_pack_holds_every_report_in_every_format_its_reader_uses(
    book: Path, pack: Pack, tmp_path: Path
) -> None:
    files = written(book, pack, tmp_path / "pack")
    wanted = {f"{report.name}.{form}" for report in pack.reports for form in pack.formats}
    assert set(files) == wanted | {SUMS, INDEX}


@every_pack
def test_a_pack_written_again_is_the_same(book: Path, pack: Pack, tmp_path: Path) -> None:
    assert (
        written(book, pack, tmp_path / "one")
        == written(book, pack, tmp_path / "two")
        == written(book, pack, tmp_path / "one")
    )


@every_pack
def test_the_sums_are_of_every_file(book: Path, pack: Pack, tmp_path: Path) -> None:
    files = written(book, pack, tmp_path / "pack")
    sums = dict(reversed(line.split("  ")) for line in files.pop(SUMS).decode().splitlines())
    assert sums == {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}


class Page(HTMLParser):
    """The links and the text of a page."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.links: list[str] = []
        self.text = ""
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        assert tag not in ("script", "iframe", "img", "link")
        if tag == "a":
            self.links.append(str(said["href"]))

    def handle_data(self, data: str) -> None:
        self.text += data


@every_pack
def test_the_page_leads_to_every_file_and_says_its_sum(book: Path, pack: Pack, tmp_path: Path) -> None:
    files = written(book, pack, tmp_path / "pack")
    page = Page(files.pop(INDEX))
    files.pop(SUMS)
    assert sorted(link for link in page.links if not link.startswith("#")) == sorted(files)
    assert all(hashlib.sha256(data).hexdigest() in page.text for data in files.values())


@every_pack
def test_the_commands_of_the_page_make_the_same_json(book: Path, pack: Pack, tmp_path: Path) -> None:
    files = written(book, pack, tmp_path / "pack", "--site", "s1")
    commands = re.findall(r"^wattledger (report .*) \| sha256sum$", Page(files[INDEX]).text, re.MULTILINE)
    for command, report in zip(commands, pack.reports, strict=True):
        assert call(book, *shlex.split(command)).stdout_bytes == files[f"{report.name}.json"]


def test_a_pack_can_be_had_in_one_format(book: Path, tmp_path: Path) -> None:
    files = written(book, PACKS[1], tmp_path / "pack", "--format", "docx")
    assert {Path(name).suffix for name in files} == {".docx", ".html", ""}


def test_a_pack_says_in_json_what_it_wrote(book: Path, tmp_path: Path) -> None:
    done = call(
        book, "report", "--pack", "community", "--period", "2026-06", "-o", str(tmp_path / "pack"), "--json"
    )
    said = json.loads(done.stdout)
    assert {file["name"]: file["size"] for file in said["files"]} == {
        path.name: path.stat().st_size for path in (tmp_path / "pack").iterdir() if path.name != SUMS
    }


def test_an_issued_pack_is_recorded_report_by_report(tmp_path: Path) -> None:
    place = random_book(tmp_path / "book", 4, 60)
    written(place, PACKS[1], tmp_path / "pack", "--issue", "Washington County")
    log = call(place, "log", "--kind", "report-issued", "--json").stdout
    assert log.count("Washington County") == len(PACKS[1].reports)


def test_a_folder_with_other_files_is_left_alone(book: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    done = call(book, "report", "--pack", "lease", "--period", "2026-06", "-o", str(tmp_path))
    assert (done.exit_code, [path.name for path in tmp_path.iterdir()]) == (2, ["thesis.txt"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_against_the_page_of_any_pack_and_it_fits_a_telephone(
    chromium: Any, book: Path, tmp_path: Path, scheme: str
) -> None:
    context = chromium.new_context(
        viewport={"width": 360, "height": 740}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    found = {}
    for pack in PACKS:
        written(book, pack, tmp_path / pack.name)
        page.goto((tmp_path / pack.name / INDEX).as_uri())
        found[pack.name] = (violations(page, {}), page.evaluate("document.documentElement.scrollWidth"))
    context.close()
    assert found == {pack.name: ([], 360) for pack in PACKS}


def test_every_report_is_in_a_pack_and_packs_name_no_report_that_nobody_knows() -> None:
    answers = [name for pack in PACKS for name in pack.answers]
    assert set(answers) <= set(KNOWN)
    assert {report.name for report in REPORTS} <= set(answers)
