"""Rows that were not recorded, as a copy of their file: what stood above them, the header, these rows as they
are, and the reason in a column behind them. Mend the rows there and import the copy by the same map.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any, Final

from ledger.exchange.sheets.cells import Percentage, Sheet, SheetRow, UnusableCell, Value, decimal_of, shown
from ledger.exchange.sheets.csv_sheet import decoded, found_delimiter
from ledger.exchange.sheets.header import find_header
from ledger.exchange.sheets.reader import MAP_SHEET, MappedSheet

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

REASON: Final = "reason"
MADE: Final = datetime(2000, 1, 1)
"""A workbook bears a time; the same one each time, so that equal rows give equal bytes."""
SHAPES: Final = {
    datetime: "yyyy-mm-dd hh:mm:ss",
    date: "yyyy-mm-dd",
    time: "hh:mm:ss",
    timedelta: "[h]:mm:ss",
    Percentage: "0.00##%",
}
Reasons = Mapping[int, str]
"""Why a row was not recorded, by its number."""


def refused_rows(pair: MappedSheet, reasons: Reasons) -> tuple[list[SheetRow], int]:
    """The rows of a copy up to the header and those refused; and the column of the reasons."""
    header = find_header(pair.sheet, pair.map.columns, pair.map.header or None).number
    rows = [row for row in pair.sheet.rows if row.number <= header or row.number in reasons]
    titles = next(row for row in rows if row.number == header)
    width = max(len(row.cells) for row in rows)
    named = [n for n, cell in enumerate(titles.cells) if shown(cell) == REASON]
    return rows, named[-1] if named else width


def as_csv(pair: MappedSheet, data: bytes, reasons: Reasons) -> bytes:
    """The copy of a CSV file, in its own encoding and with its own delimiter."""
    text = decoded(data, pair.map.encoding or None)
    rows, column = refused_rows(pair, reasons)
    out = StringIO(newline="")
    writer = csv.writer(out, delimiter=pair.map.delimiter or found_delimiter(text), lineterminator="\n")
    header = find_header(pair.sheet, pair.map.columns, pair.map.header or None).number
    for row in rows:
        cells = [shown(row.at(n)) for n in range(column)]
        writer.writerow([*cells, _reason(row, reasons, header)])
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
        plain, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "text_wrap": True})
        for pair, reasons in pairs:
            _write_sheet(book, pair, reasons, looks, plain, bold)
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
    book: Workbook, pair: MappedSheet, reasons: Reasons, looks: Mapping[type, Any], plain: Any, bold: Any
) -> None:
    sheet = book.add_worksheet(pair.sheet.name)
    rows, column = refused_rows(pair, reasons)
    header = find_header(pair.sheet, pair.map.columns, pair.map.header or None).number
    sheet.set_column(0, max(0, column - 1), 18)
    sheet.set_column(column, column, 90)
    for n, row in enumerate(rows):
        for place in range(column):
            _write(sheet, n, place, row.at(place), looks, bold if row.number == header else plain)
        reason = _reason(row, reasons, header)
        if reason:
            sheet.write_string(n, column, reason, bold)


def _reason(row: SheetRow, reasons: Reasons, header: int) -> str:
    if row.number == header:
        return REASON
    return f"row {row.number}: {reasons[row.number]}" if row.number in reasons else ""


def _write(
    sheet: Worksheet, row: int, column: int, value: Value, looks: Mapping[type, Any], plain: Any
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
        sheet.write_string(row, column, value.shown, plain)
    elif isinstance(value, str):
        sheet.write_string(row, column, value, plain)
    else:
        sheet.write_number(row, column, decimal_of(value))


def is_listed(sheet: Sheet, reasons: Reasons) -> bool:
    """Is a row of the sheet among those with a reason?"""
    return any(row.number in reasons for row in sheet.rows)
