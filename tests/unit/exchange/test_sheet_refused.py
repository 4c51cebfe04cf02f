"""Copies of the rows that were not recorded: whole, with the reason, and ready to be imported once mended."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

import openpyxl

from ledger.exchange.sheets.mapped_sheets import SheetOptions, mapped_sheets
from ledger.exchange.sheets.refused import as_csv, as_xlsx
from tests.support.workbooks import csv_bytes, read, saved, workbook

MAP = """
site = "sandersville"
[[fact]]
kind = "outage-ended"
at = { column = "When" }
[fact.fields]
outage = { column = "No" }
"""


def copy_of(data: bytes, reasons: dict[int, str]) -> bytes:
    pairs = mapped_sheets(data, "log", SheetOptions(MAP))
    return as_xlsx([(pairs[0], reasons)], []) if data.startswith(b"PK") else as_csv(pairs[0], data, reasons)


def rows(data: bytes) -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(BytesIO(data)).active.iter_rows(values_only=True))


def test_a_copy_of_a_csv_file_keeps_its_delimiter_and_its_header() -> None:
    """Semicolons, as Excel writes them in Europe."""
    data = csv_bytes("Outages\nNo;When\no1;x\no2;2026-07-21T14:30Z")
    assert copy_of(data, {3: "no date"}) == b"Outages;;\nNo;When;reason\no1;x;row 3: no date\n"


def test_a_copy_of_a_workbook_keeps_dates_as_dates() -> None:
    """The date is right, the number is missing."""
    when = datetime(2026, 7, 21, 14, 30)
    data = saved(workbook([("No", "When"), (None, when), ("o2", when)]))
    assert rows(copy_of(data, {2: "no number"})) == [
        ("No", "When", "reason"),
        (None, when, "row 2: no number"),
    ]


def test_a_mended_copy_is_imported_by_the_same_map() -> None:
    """The operator types the missing number into the copy."""
    data = saved(workbook([("No", "When"), (None, datetime(2026, 7, 21, 14, 30))]))
    book = openpyxl.load_workbook(BytesIO(copy_of(data, {2: "no number"})))
    book.active["A2"] = "o1"
    found = read(saved(book), MAP)
    assert (len(found.claims), found.problems) == (1, ())


def test_a_copy_of_a_copy_has_its_reasons_in_the_same_column() -> None:
    """The operator mended the wrong cell."""
    data = saved(workbook([("No", "When"), ("o1", "x")]))
    assert rows(copy_of(copy_of(data, {2: "a"}), {2: "b"})) == [
        ("No", "When", "reason"),
        ("o1", "x", "row 2: b"),
    ]


def test_a_sheet_with_a_column_reason_of_its_own_keeps_it() -> None:
    """Reason is the cause of an outage there."""
    data = saved(workbook([("No", "When", "Reason"), ("o1", "x", "fuse")]))
    assert rows(copy_of(data, {2: "no date"})) == [
        ("No", "When", "Reason", "refusal reason"),
        ("o1", "x", "fuse", "row 2: no date"),
    ]
