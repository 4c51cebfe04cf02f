"""A spreadsheet by a form: its map is suggested, its facts are shown, then recorded."""

from __future__ import annotations

import html
import io
import re
import zipfile
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

import httpx

from tests.support.browsing import chromium, window
from tests.support.route_examples import SHEET, SHEET_MAP
from tests.support.serving import Served

__all__ = ["chromium"]
PAGE = {"Accept": "text/html"}
FORM = {"pasted": SHEET, "map": SHEET_MAP}


def posted(served: Served, **form: str) -> httpx.Response:
    with served.client() as client:
        return client.post("/enter-file", data=form, headers=PAGE)


def test_rows_are_shown_as_lines_before_any_is_recorded(served: Served) -> None:
    """The desk sees the fact of its row, on the site's clocks, and nothing is in the log."""
    size = served.size()
    said = html.unescape(posted(served, **FORM).text)
    assert ('s1 incident-opened incident=sheet-1 summary="a trip"' in said, served.size()) == (True, size)


def test_rows_that_were_seen_are_recorded(served: Served) -> None:
    size = served.size()
    answer = posted(served, **FORM, step="record")
    assert ("1 fact is recorded" in answer.text, served.size()) == (True, size + 1)


def test_the_same_sheet_again_records_nothing_twice(served: Served) -> None:
    posted(served, **FORM, step="record")
    size = served.size()
    assert ("1 was there before" in posted(served, **FORM, step="record").text, served.size()) == (True, size)


def test_the_file_is_kept_as_evidence(served: Served) -> None:
    """Whoever asks later what the record was read from finds the file by its SHA-256."""
    posted(served, **FORM, step="record")
    kept = [path.read_bytes() for path in (served.directory / "evidence").iterdir()]
    assert SHEET.encode() in kept


def test_without_a_map_one_is_suggested(served: Served) -> None:
    """Titles that nobody knows leave decisions open; the page names them and shows the map to complete."""
    answer = posted(served, pasted="Ticket,Unit,Date,Lost MW\n1,M1,2026-06-05,20\n")
    assert (answer.status_code, "[[fact]]" in answer.text) == (422, True)


def test_a_row_that_cannot_be_is_named_and_the_others_go_on(served: Served) -> None:
    rows = f"{SHEET}s1,yesteryear,sheet-2,another\n"
    answer = posted(served, pasted=rows, map=SHEET_MAP)
    assert ("1 new fact" in answer.text, "Row 3" in answer.text) == (True, True)


def test_a_map_passes_through_the_page_to_the_letter(served: Served) -> None:
    """What is sent by the second form is the map of the first, line by line."""
    shown_page = posted(served, **FORM).text
    held = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', shown_page))
    form = {name: html.unescape(value) for name, value in held.items() if value}
    assert "1 fact is recorded" in posted(served, **form, step="record").text


def test_a_bomb_is_refused(served: Served) -> None:
    """A small workbook that unpacks to a great one is not unpacked."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b" " * (17 << 20))
    answer = posted(served, name="bomb.xlsx", data=urlsafe_b64encode(made.getvalue()).decode())
    assert (answer.status_code, "unpacks to" in answer.text) == (422, True)


def test_a_chosen_file_travels_with_the_form(chromium: Any, served: Served, tmp_path: Path) -> None:
    """In the browser: choose the file, complete the map that is suggested, see the fact."""
    file = tmp_path / "trips of june.csv"
    file.write_text(SHEET)
    with window(chromium, served.address) as page:
        page.goto("/enter-file")
        page.set_input_files("#file", file)
        page.wait_for_function("document.getElementById('file-data').value !== ''")
        page.click("text=Read it")
        page.fill("#map", SHEET_MAP)
        page.click("text=Read it again with this map")
        found = re.sub(r"\s+", " ", page.inner_text("#main"))
    assert "trips-of-june.csv: 1 new fact" in found
