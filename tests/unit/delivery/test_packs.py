"""Report packs: a folder for each reader, checked as the reader would check it."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
import shutil
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ledger.app.cli.main import main
from ledger.app.delivery.handed import BUNDLE, KEY, SUMS, VERIFIER
from ledger.app.delivery.packs import INDEX, PACKS, Pack
from ledger.verifier.bundle import read_bundle
from projections.engine.report import Report
from projections.reports.catalogue import REPORTS
from tests.support.books import random_book
from tests.support.browsing import chromium, on_a_telephone
from tests.support.examples import SEARCHING

__all__ = ["chromium"]

FolderOf = Callable[[Pack], Path]
every_pack = pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.name)
MIXED = max((pack for pack in PACKS if pack.proves), key=lambda pack: len(pack.formats))
"""The pack of the most formats that proves itself: it has every kind of file that a pack can hold."""
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
    "ride-through",
    "facility-changes",
    "grid-states",
    "coincident-peaks",
    "directives",
    "generator-hours",
    "load-ramp",
    "quarterly-load",
    "registration",
    "registrant",
    "energy-mix",
    "commitments",
    "payments",
    "jobs",
    "benefit",
    "expenditures",
    "water",
    "lease-dates",
    "incident",
    "actions",
    "restatements",
]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = random_book(tmp_path_factory.mktemp("packs") / "book", 3, 300)
    assert call(place, "checkpoint").exit_code == 0
    return place


def call(book: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--book", str(book), *words])


def written(book: Path, pack: Pack, folder: Path, *words: str) -> dict[str, bytes]:
    done = call(book, "report", "--pack", pack.name, "--period", "2026-06", "-o", str(folder), *words)
    assert done.exit_code == 0, done.output
    return files_of(folder)


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def folder_of(book: Path, tmp_path_factory: pytest.TempPathFactory) -> FolderOf:
    """The folder of a pack, written once for all tests that only read it."""

    @cache
    def folder(pack: Pack) -> Path:
        place = tmp_path_factory.mktemp("pack") / "pack"
        written(book, pack, place)
        return place

    return folder


@every_pack
def test_a_pack_holds_every_report_in_every_format_its_reader_uses(folder_of: FolderOf, pack: Pack) -> None:
    files = files_of(folder_of(pack))
    wanted = {f"{report.name}.{form}" for report in pack.reports for form in pack.formats}
    proof = {BUNDLE, VERIFIER} if pack.proves else set()
    assert set(files) == wanted | proof | {KEY, SUMS, INDEX}


@pytest.mark.parametrize("pack", PACKS if SEARCHING else [MIXED], ids=lambda pack: pack.name)
def test_a_pack_written_again_is_the_same(
    book: Path, folder_of: FolderOf, pack: Pack, tmp_path: Path
) -> None:
    """Beside the first, and over it. One code writes every pack, and a law judges the bytes of each report."""
    first = files_of(folder_of(pack))
    shutil.copytree(folder_of(pack), tmp_path / "one")
    assert first == written(book, pack, tmp_path / "two") == written(book, pack, tmp_path / "one")


@every_pack
def test_the_sums_are_of_every_file(folder_of: FolderOf, pack: Pack) -> None:
    files = files_of(folder_of(pack))
    lines = (line.split("  ") for line in files.pop(SUMS).decode().splitlines())
    sums = {name: digest for digest, name in lines}
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
def test_the_page_leads_to_every_file_and_says_its_sum(folder_of: FolderOf, pack: Pack) -> None:
    files = files_of(folder_of(pack))
    page = Page(files.pop(INDEX))
    files.pop(SUMS)
    assert {link for link in page.links if not link.startswith("#")} == set(files)
    assert all(hashlib.sha256(data).hexdigest() in page.text for data in files.values())


@every_pack
def test_the_commands_of_the_page_make_the_same_json(book: Path, pack: Pack, tmp_path: Path) -> None:
    files = written(book, pack, tmp_path / "pack", "--site", "s1", "--format", "json")
    commands = re.findall(r"^wattledger (report .*) \| sha256sum$", Page(files[INDEX]).text, re.MULTILINE)
    for command, report in zip(commands, pack.reports, strict=True):
        assert call(book, *shlex.split(command)).stdout_bytes == files[f"{report.name}.json"]


def test_a_pack_can_be_had_in_one_format(book: Path, tmp_path: Path) -> None:
    files = written(book, PACKS[1], tmp_path / "pack", "--format", "docx")
    assert {Path(name).suffix for name in files} == {".docx", ".html", ".txt", ".zip", ""}


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


def answers(files: dict[str, bytes]) -> str:
    """The page's words from the answers to the files."""
    return Page(files[INDEX]).text.partition("The answers")[2].partition("Reports")[0]


@every_pack
def test_the_page_answers_first_with_each_report_s_verdict(folder_of: FolderOf, pack: Pack) -> None:
    """A commissioner reads what was paid and what is late before any list of files."""
    found = answers(files_of(folder_of(pack)))
    assert [report.title for report in pack.reports if report.title not in found] == []


def test_a_bundle_holds_no_stream_of_another_class_than_its_reader_s(folder_of: FolderOf) -> None:
    """The utility's pack has a report that reads operations too: its streams stay at home."""
    for pack in (pack for pack in PACKS if pack.proves):
        data = files_of(folder_of(pack))[BUNDLE]
        members = read_bundle(data).members
        registry = [json.loads(line) for line in bytes(members["registry.jsonl"]).splitlines()]
        named = {
            str(one["body"]["number"]): one["body"]["stream"] for one in registry if "number" in one["body"]
        }
        held = {re.findall(r"streams/(\d+)\.", name)[0] for name in members if name.startswith("streams/")}
        assert {named[number].partition("/")[2] for number in held - {"0"}} == {pack.proves}


def test_a_pack_proves_itself_with_its_own_key(book: Path, folder_of: FolderOf) -> None:
    """The bundle beside the reports is verified with the key beside them."""
    place = folder_of(PACKS[1])
    key = (place / KEY).read_text().strip()
    done = call(book, "verify", str(place / BUNDLE), "--key", key, "--stream", "s1/community")
    assert done.stdout.startswith("VERIFIED")


def test_the_key_s_fingerprint_is_that_of_its_file(folder_of: FolderOf) -> None:
    files = files_of(folder_of(PACKS[1]))
    page = Page(files[INDEX]).text
    assert (hashlib.sha256(files[KEY]).hexdigest() in page, "certutil -hashfile key.txt SHA256" in page) == (
        True,
        True,
    )


PROMISE = """
2026-06-01T09:00Z s1 site-registered name=S county=Lake state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[p] site_class=training
2026-06-01T11:00Z s1 commitment-made commitment=tax counterparty=Lake instrument=pilot category=tax-payment unit=USD target=100 comparator=at-least basis=cumulative periods=[2026] due_on=[2026-06-20] observed_on=[] cure_days=0 binding=true
2026-06-01T11:00Z s1 payment-scheduled commitment=tax instalment=2026 due_on=2026-06-20 amount=100.00USD
2026-06-15T11:00Z s1 payment-made commitment=tax instalment=2026 paid_on=2026-06-15 amount=60.00USD receipt=r1
"""


def test_a_pack_says_which_figures_changed_since_it_was_issued_and_which_record_did_it(
    tmp_path: Path,
) -> None:
    """$60 were paid when the pack left for Lake County; then the receipt is read again: it says $100."""
    place, source = tmp_path / "book", tmp_path / "promise.story"
    source.write_text(PROMISE)
    assert call(place, "init").exit_code == 0
    assert call(place, "record", str(source)).exit_code == 0
    written(place, PACKS[1], tmp_path / "one", "--issue", "Lake County")
    payment = json.loads(call(place, "log", "--kind", "payment-made", "--json").stdout.splitlines()[0])
    corrected = call(place, "correct", payment["id"], "amount=100.00USD", "--reason", "read again")
    assert corrected.exit_code == 0, corrected.output
    index = re.findall(r"by record (\d+)", corrected.output)[0]
    rows = answers(written(place, PACKS[1], tmp_path / "two")).partition("Since the last pack")[2]
    assert re.sub(r"\s+", " ", rows).count(index) > 0


def test_a_folder_with_other_files_is_left_alone(book: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    done = call(book, "report", "--pack", "lease", "--period", "2026-06", "-o", str(tmp_path))
    assert (done.exit_code, [path.name for path in tmp_path.iterdir()]) == (2, ["thesis.txt"])


def test_axe_finds_nothing_against_the_page_of_any_pack_and_it_fits_a_telephone(
    chromium: Any, folder_of: FolderOf
) -> None:
    paths = [folder_of(pack) / INDEX for pack in PACKS]
    assert on_a_telephone(chromium, paths, 360) == dict.fromkeys(paths, ([], 360))


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_a_report_is_in_a_pack_and_names_no_pack_that_nobody_knows(report: Report) -> None:
    assert set(report.packs) & {pack.name for pack in PACKS} == set(report.packs) != set()


@every_pack
def test_a_pack_reads_first_only_what_it_holds(pack: Pack) -> None:
    assert [report.name for report in pack.reports[: len(pack.first)]] == list(pack.first)


@pytest.mark.parametrize(("words", "size"), [((), "letter"), (("--paper", "a4"), "A4")])
def test_every_page_of_a_pack_is_printed_on_the_paper_of_the_sites_or_on_the_one_that_was_said(
    book: Path, tmp_path: Path, words: tuple[str, ...], size: str
) -> None:
    files = written(book, PACKS[1], tmp_path / "pack", "--format", "html", *words)
    pages = [data.decode() for name, data in files.items() if name.endswith(".html") and name != VERIFIER]
    sizes = [re.findall(r"@page\{size:(\w+)", page) for page in pages]
    assert sizes == [[size]] * len(sizes)


@pytest.mark.parametrize(("words", "hint"), [((), True), (("--columns", "all"), False)])
def test_text_shows_the_first_columns_or_all_of_them(
    book: Path, words: tuple[str, ...], *, hint: bool
) -> None:
    shown = call(book, "report", "uptime", "--period", "2026-06", *words).stdout
    assert ("more columns: --columns all." in shown) == hint
    assert ("MTTR" in shown.replace("MTTR:", "")) != hint


def test_json_and_csv_have_every_column_whatever_text_shows(book: Path) -> None:
    asked = ("report", "uptime", "--period", "2026-06", "--format", "csv")
    assert call(book, *asked, "--columns", "first").stdout == call(book, *asked, "--columns", "all").stdout
