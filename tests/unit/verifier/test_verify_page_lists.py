"""What verify.html lists below its verdict: the records it verified in plain words, and the reports as they
stand in the bundle; in Chromium, from a file, offline.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from ledger.app.book.book import Book
from ledger.verifier.bundle import read_bundle
from tests.support.browsing import by_day_and_night, chromium, window
from tests.support.forging import KEY, OPERATIONS, Log
from tests.unit.proofs.test_bundles import book, bundle, tampered
from tests.unit.verifier.test_verify_page import verified

__all__ = ["book", "chromium"]
HOSTILE = "<img src=x onerror=alert(1)></script>\u202e"


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """A page on a telephone: what fits there fits anywhere."""
    with window(chromium, size=(390, 844)) as page:
        yield page


def log_of(tmp_path: Path, *texts: str, corrected: bool = False) -> Path:
    """A bundle of incidents with these texts; the first corrected by the last where that is wanted."""
    log = Log()
    first, *_ = [log.told(text) for text in texts]
    if corrected:
        log.told("corrected", corrects=[first])
    log.seal()
    path = tmp_path / "b.zip"
    path.write_bytes(log.bundle(OPERATIONS))
    return path


def shown(page: Any) -> list[str]:
    return [" ".join(item.split()) for item in page.locator("#log > li").all_inner_texts()]


def reported(book: Book, page: Any) -> Path:
    """A bundle with a report, verified on the page."""
    path = bundle(book, "s1/grid", "s1/operations", reports=("uptime",))
    assert verified(page, path, str(book.seals.vkey()), "s1/grid") == "VERIFIED"
    return path


def test_a_record_that_was_verified_is_read_in_plain_words(page: Any, book: Book) -> None:
    """When, at which site, what, and its fields with their units; the stored bytes unfold below."""
    reported(book, page)
    said = next(item for item in shown(page) if "load block commissioned" in item)
    assert re.match(r"\S{10} \d\d:\d\d \S+ s1 load block commissioned block \S+ capacity 100 MW ", said), said


def test_a_record_says_that_it_was_corrected_and_what_it_corrects(page: Any, tmp_path: Path) -> None:
    verified(page, log_of(tmp_path, "a", corrected=True), KEY.vkey, OPERATIONS)
    first, last = shown(page)
    assert ("Corrected later, by record 4" in first, "Corrects the record " in last) == (True, True), (
        first,
        last,
    )


def test_what_an_operator_writes_in_a_field_is_never_markup(page: Any, tmp_path: Path) -> None:
    """No image is asked for, and a character that turns a line is shown as what it is."""
    verified(page, log_of(tmp_path, HOSTILE), KEY.vkey, OPERATIONS)
    page.locator("#log summary").click()
    text = page.locator("#log").inner_text()
    assert (page.locator("#log img, #log script").count(), HOSTILE[:-1] + "\\u{202e}" in text) == (0, True)


def test_ten_thousand_records_are_turned_page_by_page(page: Any, tmp_path: Path) -> None:
    """A page makes fifty of them: a list of all of them at once stops a browser."""
    verified(page, log_of(tmp_path, *(f"i{n}" for n in range(10_000))), KEY.vkey, OPERATIONS)
    turned = [(page.text_content("#span"), page.locator("#log > li").count())]
    page.click("#last")
    turned.append((page.text_content("#span"), page.locator("#log > li").count()))
    assert turned == [
        ("Records 1 to 50 of 10,000", 50),
        ("Records 9,951 to 10,000 of 10,000", 50),
    ]


def test_a_record_is_found_by_what_is_in_it(page: Any, tmp_path: Path) -> None:
    verified(page, log_of(tmp_path, *(f"i{n}" for n in range(300))), KEY.vkey, OPERATIONS)
    page.fill("#find", "I299")
    page.keyboard.press("Enter")
    assert (page.text_content("#span"), "i299" in shown(page)[0]) == ("Records 1 to 1 of 1", True)


def test_only_the_records_that_an_explanation_names_are_listed(page: Any, tmp_path: Path) -> None:
    """One that names another record at a number than the log has there is not taken at its word."""
    path = log_of(tmp_path, "a", "b", "c")
    lines = [
        json.loads(line)
        for line in bytes(read_bundle(path.read_bytes()).members["streams/2.jsonl"]).splitlines()
    ]
    records = [{"id": lines[1]["id"], "index": lines[1]["index"]}, {"id": lines[0]["id"], "index": 99}]
    said = {"report": "incident", "row": "b", "records": records}
    (tmp_path / "e.json").write_text(json.dumps(said))
    verified(page, path, KEY.vkey, OPERATIONS)
    page.set_input_files("#names", tmp_path / "e.json")
    page.click("#choose button")
    page.wait_for_selector("#explained:not(:empty)")
    assert (page.text_content("#explained"), len(shown(page)), page.text_content("#span")) == (
        "The explanation of incident, b names 2 records;"
        " 1 of them are in this bundle, verified, and listed here.",
        1,
        "Records 1 to 1 of 1",
    )


def test_a_report_is_shown_as_it_stands_and_is_not_said_to_be_computed_again(page: Any, book: Book) -> None:
    path = reported(book, page)
    data = bytes(read_bundle(path.read_bytes()).members["report/uptime.json"])
    told = page.text_content("#reports")
    assert (
        page.locator("#reports tbody tr").count(),
        "does not compute their figures again" in told,
        sha256(data).hexdigest() in told,
    ) == (len(json.loads(data)["rows"]), True, True)


def test_what_an_operator_writes_in_a_report_is_never_markup(page: Any, book: Book) -> None:
    """The page does not compute a report again, so that a cell may hold anything."""
    path = tampered(bundle(book, "s1/grid", "s1/operations", reports=("uptime",)), hostile)
    verified(page, path, str(book.seals.vkey()), "s1/grid")
    assert (page.locator("#reports img").count(), page.locator("caption").inner_text()) == (
        0,
        HOSTILE[:-1] + "\\u{202e}",
    )


def hostile(members: dict[str, bytes], reports: list[dict[str, Any]]) -> None:
    said = json.loads(members["report/uptime.json"])
    said["title"] = HOSTILE
    said["columns"][0]["name"] = "__proto__"
    said["rows"][0]["block"] = [HOSTILE, {"constructor": HOSTILE}]
    members["report/uptime.json"] = json.dumps(said).encode()


def test_nothing_is_listed_of_a_bundle_in_which_something_is_wrong(page: Any, tmp_path: Path) -> None:
    """Not even after one in which nothing was."""
    path = log_of(tmp_path, "a")
    verified(page, path, KEY.vkey, OPERATIONS)
    path.write_bytes(path.read_bytes().replace(b'"a"', b'"z"', 1))
    page.set_input_files("#bundle", path)
    page.click("#form button")
    page.wait_for_selector("#result.FAILED, #result.MALFORMED")
    assert (page.is_visible("#records"), page.locator("#log > li").count()) == (False, 0)


def test_a_slip_of_the_reader_names_the_field_and_says_nothing_of_the_bundle(
    page: Any, tmp_path: Path
) -> None:
    assert verified(page, log_of(tmp_path, "a"), KEY.vkey, "S1/Grid") == "Not verified: Streams"
    assert "SITE/CLASS in lower case, such as s1/grid" in page.text_content("#why")
    assert page.get_attribute("#streams", "aria-invalid") == "true"


def test_the_page_is_no_wider_than_a_telephone(page: Any, book: Book) -> None:
    """It was 397 wide on 390, so that it moved sideways under the thumb."""
    reported(book, page)
    page.locator("#reports button", has_text="All columns").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_axe_finds_nothing_against_the_lists(chromium: Any, book: Book) -> None:
    with window(chromium, past_policy=True) as page:
        reported(book, page)
        page.locator("#log summary").first.click()
        found = by_day_and_night(page)
    assert found == []
