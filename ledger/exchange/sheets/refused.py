"""Rows that were not recorded, as a copy of their file: the rows above the header, the header, these rows as
they are, and the reason in a column after them. Correct the rows there and import the copy with the same map.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ledger.exchange.sheets.cells import (
    Percentage,
    Sheet,
    SheetRow,
    UnusableCell,
    Value,
    decimal_of,
    plain,
    shown,
)
from ledger.exchange.sheets.csv_sheet import decoded, found_delimiter
from ledger.exchange.sheets.header import find_header
from ledger.exchange.sheets.mapped_sheets import MAP_SHEET, MappedSheet

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

REASON: Final = "reason"
OTHER_REASON: Final = "refusal reason"
"""The title of the reasons where the sheet has a column ``reason`` of its own."""
LONGEST: Final = 32_000
"""Most characters of a reason; a cell holds a few more."""
_REASON: Final = re.compile(r"row [0-9]+: ")
MADE: Final = datetime(2000, 1, 1)
"""A workbook carries a time; it is always the same one, so that equal rows give equal bytes."""
SHAPES: Final = {
    datetime: "yyyy-mm-dd hh:mm:ss",
    date: "yyyy-mm-dd",
    time: "hh:mm:ss",
    timedelta: "[h]:mm:ss",
    Percentage: "0.00##%",
}
Reasons = Mapping[int, str]
"""The reason why a row was not recorded, by row number."""


class RefusedRows(NamedTuple):
    """Rows of a copy: those up to the header and those refused; column and title of the reasons."""

    rows: list[SheetRow]
    header: int
    column: int
    title: str

    def reason(self, row: SheetRow, reasons: Reasons) -> str:
        """The text in the column of reasons."""
        if row.number == self.header:
            return self.title
        return f"row {row.number}: {reasons[row.number]}"[:LONGEST] if row.number in reasons else ""


def refused_rows(pair: MappedSheet, reasons: Reasons) -> RefusedRows:
    """The rows of a copy; the column of the reasons is that of an earlier copy, or a new one."""
    header = find_header(pair.sheet, pair.map.columns, pair.map.header or None)
    above = {row.number: row for row in pair.sheet.rows if row.number <= header.number}
    rows = [above.get(number, SheetRow(number, ())) for number in range(1, header.number + 1)]
    rows += [row for row in pair.sheet.rows if row.number > header.number and row.number in reasons]
    titles = [plain(title) for title in header.titles]
    for title in (OTHER_REASON, REASON):
        if title in titles and _is_ours(pair.sheet, header.number, titles.index(title)):
            return RefusedRows(rows, header.number, titles.index(title), title)
    width = max(len(row.cells) for row in rows)
    return RefusedRows(rows, header.number, width, OTHER_REASON if REASON in titles else REASON)


def _is_ours(sheet: Sheet, header: int, column: int) -> bool:
    """True where a column holds the reasons of an earlier copy."""
    cells = [shown(row.at(column)) for row in sheet.rows if row.number > header]
    return all(not cell or _REASON.match(cell) for cell in cells)


def as_csv(pair: MappedSheet, data: bytes, reasons: Reasons) -> bytes:
    """The copy of a CSV file, in its own encoding and with its own delimiter."""
    text = decoded(data, pair.map.encoding or None)
    copy = refused_rows(pair, reasons)
    out = StringIO(newline="")
    writer = csv.writer(out, delimiter=pair.map.delimiter or found_delimiter(text), lineterminator="\n")
    for row in copy.rows:
        cells = [shown(row.at(n)) for n in range(copy.column)]
        writer.writerow([*cells, copy.reason(row, reasons)])
    return out.getvalue().encode(pair.map.encoding or "utf-8", "backslashreplace")


def as_xlsx(pairs: Sequence[tuple[MappedSheet, Reasons]], carried: Sequence[tuple[str, str]]) -> bytes:
    """The copy of a workbook's sheets; ``carried`` are the maps of a template, which the copy carries on."""
    from xlsxwriter.workbook import Workbook

    out = BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with Workbook(out, options) as book:
        book.set_properties({"created": MADE})
        looks = {kind: book.add_format({"num_format": shape}) for kind, shape in SHAPES.items()}
        text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "text_wrap": True})
        for pair, reasons in pairs:
            _write_sheet(book, pair, reasons, looks, text, bold)
        if carried:
            write_maps(book, carried)
    return out.getvalue()


def write_maps(book: Workbook, carried: Sequence[tuple[str, str]]) -> None:
    """Put the maps of a workbook's sheets into a hidden sheet of it."""
    sheet = book.add_worksheet(MAP_SHEET)
    sheet.hide()
    for n, (name, text) in enumerate(carried):
        sheet.write_string(n, 0, name)
        sheet.write_string(n, 1, text)


def _write_sheet(
    book: Workbook, pair: MappedSheet, reasons: Reasons, looks: Mapping[type, Any], text: Any, bold: Any
) -> None:
    sheet = book.add_worksheet(pair.sheet.name)
    copy = refused_rows(pair, reasons)
    sheet.set_column(0, max(0, copy.column - 1), 18)
    sheet.set_column(copy.column, copy.column, 90)
    for n, row in enumerate(copy.rows):
        for place in range(copy.column):
            _write(sheet, n, place, row.at(place), looks, bold if row.number == copy.header else text)
        reason = copy.reason(row, reasons)
        if reason:
            sheet.write_string(n, copy.column, reason, bold)


def _write(
    sheet: Worksheet, row: int, column: int, value: Value, looks: Mapping[type, Any], text: Any
) -> None:
    """A cell as it was: its type, and a number format that shows it."""
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, datetime | date | time | timedelta):
        sheet.write_datetime(row, column, value, looks[type(value)])
    elif isinstance(value, Percentage):
        sheet.write_number(row, column, decimal_of(value.share), looks[Percentage])
    elif isinstance(value, UnusableCell):
        sheet.write_string(row, column, value.shown, text)
    elif isinstance(value, str):
        inside = value.startswith("<r>") and value.endswith("</r>")  # of a rich string, to xlsxwriter
        sheet.write_string(row, column, f" {value}" if inside else value, text)
    else:
        sheet.write_number(row, column, decimal_of(value))
