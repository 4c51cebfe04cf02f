"""Workbooks for tests: templates as somebody fills them in, and sheets of rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

import openpyxl

from ledger.exchange.reading import Reading
from ledger.exchange.sheets import reader
from ledger.exchange.sheets.mapped_sheets import SheetOptions

NEW_YORK = {"sandersville": "America/New_York"}


def filled(
    template: bytes, changes: dict[str, Any] | None = None, own: dict[str, dict[str, Any]] | None = None
) -> bytes:
    """A template whose example rows are taken as facts, with other cells under some headers: of every sheet,
    and of single ones by their titles.
    """
    book = openpyxl.load_workbook(BytesIO(template))
    for sheet in book.worksheets:
        if sheet["A1"].value == "Skip":
            sheet["A2"] = None
            cells = {**(changes or {}), **(own or {}).get(sheet.title, {})}
            for cell in sheet[1]:
                if cell.value in cells:
                    sheet.cell(2, cell.column).value = cells[cell.value]
    return saved(book)


def saved(book: Any) -> bytes:
    """The bytes of an openpyxl workbook."""
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def workbook(rows: Iterable[Sequence[Any]], title: str = "Log") -> Any:
    """A workbook of one sheet with these rows."""
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(list(row))
    return book


def csv_bytes(rows: str) -> bytes:
    """The bytes of CSV text as tests write it, indented."""
    return "\n".join(line.strip() for line in rows.strip().splitlines()).encode()


def read(data: bytes, map_text: str | None = None, name: str = "log.xlsx", **more: Any) -> Reading:
    """What an import reads from a file."""
    options = SheetOptions(map_text, **{"zones": NEW_YORK, **more})
    (found,) = reader.read_parts([data], name, hashlib.sha256(data).hexdigest(), options)
    return found


def messages(found: Reading) -> list[str]:
    """The problems, as printed."""
    return [str(problem) for problem in found.problems]
