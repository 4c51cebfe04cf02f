"""The verifier for browsers as an auditor uses it: one file, offline; he chooses the bundle, pastes the key, reads the verdict."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.app.book import Book
from ledger.log.verify import Asked, parse_state
from tests.browsing import chromium, violations
from tests.paging import PAGE, told_by_page
from tests.reports_read import with_reports_in_page
from tests.unit.test_bundles import _drop, book, bundle, tampered

__all__ = ["book", "chromium"]
GOLDEN = Path(__file__).parent.parent / "golden" / "bundles"


@pytest.fixture(scope="module")
def page(chromium: Any) -> Any:
    """The page from its file, with no network at all."""
    found = chromium.new_context(offline=True).new_page()
    found.goto(PAGE.as_uri())
    return found


def asked(page: Any, path: Path, key: str, streams: list[str], state: Path | None = None) -> list[str]:
    """What the page shows: the verdict, then its lines."""
    page.reload()
    page.set_input_files("#file", path)
    page.fill("#key", key)
    page.fill("#streams", "\n".join(streams))
    if state is not None:
        page.set_input_files("#state", state)
    page.click("button")
    page.wait_for_selector("#verdict h2")
    return [str(line) for line in page.locator("#verdict > *").all_inner_texts()]


def test_an_auditor_reads_the_verdict(page: Any, tmp_path: Path) -> None:
    said = json.loads((GOLDEN / "v1.json").read_text())
    state = tmp_path / "state.json"
    state.write_text(json.dumps(said["state"]))
    lines = asked(page, GOLDEN / "v1.zip", said["key"], said["streams"], state)
    assert lines[:4] == [
        "VERIFIED",
        "These are all records that the log committed to on the streams you named, none altered.",
        "s1/operations: 2 records from position 2",
        "s1/grid: 1 record",
    ]


def test_the_state_that_the_page_gives_is_one_that_verify_py_reads(page: Any, tmp_path: Path) -> None:
    said = json.loads((GOLDEN / "v1.json").read_text())
    (tmp_path / "state.json").write_text(json.dumps(said["state"]))
    asked(page, GOLDEN / "v1.zip", said["key"], said["streams"], tmp_path / "state.json")
    with page.expect_download() as download:
        page.click("#verdict a")
    state = parse_state(Path(download.value.path()).read_bytes())
    assert (state.checkpoint.size, {name: one.size for name, one in state.streams.items()}) == (
        said["verdict"]["scope"]["size"],
        {"ledger/registry": 5, "s1/operations": 4, "s1/grid": 1},
    )


def test_a_file_that_is_no_bundle_is_said_to_be_none(page: Any, tmp_path: Path) -> None:
    said = json.loads((GOLDEN / "v1.json").read_text())
    (tmp_path / "x.zip").write_bytes(b"<script>alert(1)</script>")
    assert asked(page, tmp_path / "x.zip", said["key"], [])[0] == "MALFORMED"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda members, reports: None, ("VERIFIED", None)),
        (_drop("sections.jsonl"), ("FAILED", "section-missing")),
        (
            lambda members, reports: members.update(
                {"sections.jsonl": members["sections.jsonl"].replace(b"100000000", b"100000001")}
            ),
            ("FAILED", "section-mismatch"),
        ),
        (
            lambda members, reports: reports[0].update(definition_version=99),
            ("INCOMPLETE-TRUST", "report-version"),
        ),
        (lambda members, reports: reports[0]["parameters"].update(tz="UTC"), ("FAILED", "report-mismatch")),
        (lambda members, reports: reports[0]["parameters"].update(sites=["s1", "s2"]), ("VERIFIED", None)),
    ],
)
def test_reports_and_sections_are_judged_as_verify_py_judges_them(
    page: Any, book: Book, change: Callable[..., None], told: tuple[str, str | None]
) -> None:
    path = tampered(bundle(book, "s1/lease", reports=("lease-dates",), sections=True), change)
    assert told_by_page(page, path.read_bytes(), Asked(str(book.vkey()), ("s1/lease",))) == told


def test_the_page_knows_what_each_report_reads() -> None:
    """tools/bless writes its table."""
    assert with_reports_in_page(PAGE.read_text()) == PAGE.read_text()


def test_the_page_is_accessible(page: Any) -> None:
    page.reload()
    assert violations(page, {}) == []


def test_the_page_asks_nothing_of_any_network(page: Any) -> None:
    assert "http" not in PAGE.read_text().replace('http-equiv="Content-Security-Policy"', "")
