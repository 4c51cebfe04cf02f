"""Sheets of an XLSX workbook, by openpyxl, row by row.

openpyxl's own read-only sheets are not enough: they do not report hidden rows, merged cells and formulas
whose value the file does not hold. Its parser of a sheet does, in the same pass, so that is used.
python-calamine 0.9 is much faster, but it gives a percentage as a plain number, and does not tell errors,
formulas without a value and blank cells apart.

A merged cell's value counts for each row of the merge; a merge over several columns would fill several
columns at once and is not used. A date is a date, or has a time of day, by its number format.
"""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any, Final

from ledger.errors import Malformed
from ledger.exchange.sheets.cells import Percentage, Sheet, SheetRow, UnusableCell, Value, letter, tidy

SIZE_LIMIT: Final = 2 << 30
"""Most bytes of a workbook's parts once they are unpacked."""
ROWS_LIMIT: Final = 1_048_576
OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0"
BUILT_IN: Final = 164
_VALUE: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}v"
_FORMULA: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}f"


class Workbook:
    """A workbook whose sheets are read on demand."""

    def __init__(self, data: bytes) -> None:
        if data.startswith(OLD_OFFICE):
            raise Malformed("is an .xls file or has a password; save it as .xlsx without a password")
        import openpyxl

        try:
            with zipfile.ZipFile(BytesIO(data)) as archive:
                if "mimetype" in archive.namelist():
                    raise Malformed("is an OpenDocument spreadsheet; save it as .xlsx")
                size = sum(part.file_size for part in archive.infolist())
                if size > SIZE_LIMIT:
                    raise Malformed(f"holds {size:,} bytes unpacked; a workbook has at most {SIZE_LIMIT:,}")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._book = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True)
        except Malformed:
            raise
        except Exception as why:  # whatever openpyxl meets in a file of others
            raise Malformed(f"cannot be read as an XLSX workbook ({type(why).__name__}: {why})") from None
        self.from_1904 = self._book.epoch.year == 1904
        self.names = tuple(str(sheet.title) for sheet in self._book.worksheets)
        self.filled = tuple(
            str(sheet.title)
            for sheet in self._book.worksheets
            if sheet.sheet_state == "visible" and (sheet.max_row, sheet.max_column) != (1, 1)
        )
        """The visible sheets of the workbook, without empty ones."""
        if not self.names:  # openpyxl finds none in what Excel calls a Strict Open XML Spreadsheet
            raise Malformed("has no sheet that can be read; save it as Excel Workbook (.xlsx), not as Strict")

    def sheet(self, name: str) -> Sheet:
        """The rows of a sheet that are not blank, with notes on them."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return self._sheet(name)
        except Malformed:
            raise
        except Exception as why:  # as above
            raise Malformed(f"sheet {name!r} cannot be read ({type(why).__name__}: {why})") from None

    def _sheet(self, name: str) -> Sheet:
        found = next(sheet for sheet in self._book.worksheets if sheet.title == name)
        with found._get_source() as source:
            parser = _parser(self._book, found._shared_strings, source)
            rows = dict(self._rows(parser))
        merges = [merged.bounds for merged in (parser.merged_cells.mergeCell if parser.merged_cells else ())]
        notes = tuple(_fill(rows, merges))
        hidden = frozenset(
            int(n) for n, row in parser.row_dimensions.items() if row.get("hidden") in ("1", "true")
        )
        return Sheet(
            name,
            tuple(SheetRow(number, tuple(cells), number in hidden) for number, cells in sorted(rows.items())),
            notes,
            self.from_1904,
        )

    def _rows(self, parser: Any) -> Iterator[tuple[int, list[Value]]]:
        shapes: dict[int, str] = {}
        for number, cells in parser.parse():
            if number > ROWS_LIMIT:
                raise Malformed(f"has a row {number:,}; a sheet has at most {ROWS_LIMIT:,}")
            values: list[Value] = []
            for cell in cells:
                value = self._value(cell, shapes)
                if value is not None:
                    values += [None] * (cell["column"] - 1 - len(values))
                    values.append(value)
            if values:
                yield number, values

    def _value(self, cell: dict[str, Any], shapes: dict[int, str]) -> Value:
        value, style = cell["value"], cell["style_id"]
        if value is None or isinstance(value, UnusableCell | bool):
            return value
        if cell["data_type"] == "e":
            return UnusableCell(str(value), "is an error of the spreadsheet")
        if isinstance(value, str):
            return tidy(value)
        if style not in shapes:
            shapes[style] = self._shape(style)
        if isinstance(value, datetime):
            timed = any(char in shapes[style] for char in "hs") or value.time() != time()
            return value if timed else value.date()
        if isinstance(value, float) and value - value != 0:  # beyond what a double holds
            return UnusableCell(str(value), "is not a number")
        if isinstance(value, int | float):
            return Percentage(value) if "%" in shapes[style] else value
        assert isinstance(value, date | time | timedelta), f"openpyxl gives {type(value).__name__}"
        return value

    def _shape(self, style: int) -> str:
        """The number format of a style, lower case, without its quoted parts."""
        from openpyxl.styles.numbers import BUILTIN_FORMATS, STRIP_RE

        number = self._book._cell_styles[style].numFmtId
        shape = (
            BUILTIN_FORMATS.get(number, "")
            if number < BUILT_IN
            else self._book._number_formats[number - BUILT_IN]
        )
        return str(STRIP_RE.sub("", shape)).lower()


def _parser(book: Any, shared_strings: Any, source: Any) -> Any:
    """openpyxl's parser of a sheet, which also tells a formula without a value from a blank cell."""
    from openpyxl.worksheet._reader import WorkSheetParser

    class SheetParser(WorkSheetParser):  # type: ignore[misc]
        def parse_cell(self, element: Any) -> Any:
            cell = super().parse_cell(element)
            if cell["value"] is None and element.find(_FORMULA) is not None and element.get("t") != "str":
                text = element.find(_FORMULA).text
                cell["value"] = UnusableCell(
                    f"={text or ''}",
                    "is a formula whose value the file does not hold; open it in a spreadsheet program and"
                    " save it",
                )
            return cell

    return SheetParser(
        source,
        shared_strings,
        data_only=True,
        epoch=book.epoch,
        date_formats=book._date_formats,
        timedelta_formats=book._timedelta_formats,
    )


def _fill(rows: dict[int, list[Value]], merges: list[tuple[int, int, int, int]]) -> list[str]:
    """Put the value of each merged cell into its rows, and tell how many there are below each other."""
    down = []
    widest = max(map(len, rows.values()), default=0)
    for first_column, first, last_column, last in merges:
        value = _at(rows, first, first_column - 1)
        if value is None:
            continue
        place = f"{letter(first_column - 1)}{first}:{letter(last_column - 1)}{last}"
        if last_column > first_column:
            value = UnusableCell(
                f"{value}", f"is merged over several columns ({place}); unmerge it and fill each"
            )
        elif last > first:
            down.append(place)
        for number in range(first, last + 1):
            if number in rows:
                for column in range(first_column - 1, min(last_column, widest)):
                    _put(rows[number], column, value)
    if not down:
        return []
    one = len(down) == 1
    told = "merged cell counts for each of its rows" if one else "merged cells count for each of their rows"
    return [f"{len(down):,} {told}: {', '.join(down[:5])}"]


def _at(rows: dict[int, list[Value]], number: int, column: int) -> Value:
    cells = rows.get(number, [])
    return cells[column] if column < len(cells) else None


def _put(cells: list[Value], column: int, value: Value) -> None:
    cells += [None] * (column + 1 - len(cells))
    cells[column] = value
