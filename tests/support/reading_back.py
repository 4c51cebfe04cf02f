"""Reading back: what a file that we wrote says, by other people's readers and by what the file itself
declares (its headers and units).

Every reader gives rows of cells as the JSON form has them. A figure that a format shows rounded comes back as the span it may lie in.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from io import BytesIO, StringIO
from typing import Any, Final, NamedTuple
from xml.etree import ElementTree
from zipfile import ZipFile

import openpyxl
from pypdf import PdfReader

from projections.engine.report import Cell

# (exact unit, unit of the header) -> how many of the first make one of the second
WORTH: Final = {
    ("s", "d"): 86_400,
    ("W", "W"): 1,
    ("W", "kW"): 10**3,
    ("W", "MW"): 10**6,
    ("W", "GW"): 10**9,
    ("Wh", "Wh"): 1,
    ("Wh", "kWh"): 10**3,
    ("Wh", "MWh"): 10**6,
    ("Wh", "GWh"): 10**9,
    ("GH/s", "GH/s"): 1,
    ("GH/s", "TH/s"): 10**3,
    ("GH/s", "PH/s"): 10**6,
    ("GH/s", "EH/s"): 10**9,
    ("s", "s"): 1,
    ("s", "min"): 60,
    ("s", "h"): 3600,
    ("mHz", "Hz"): 1000,
    ("ms", "ms"): 1,
    ("ms", "s"): 1000,
    ("ppm", "%"): 10**4,
    ("cent", "USD"): 100,
    ("mJ/TH", "J/TH"): 1000,
    ("1/1000", ""): 1000,
    ("W/min", "MW/min"): 10**6,
    ("W/s", "W/s"): 1,
    ("W/s", "kW/s"): 10**3,
    ("W/s", "MW/s"): 10**6,
    ("uWh", "kWh"): 10**9,
    ("L", "kL"): 1000,
    ("mL/kWh", "L/kWh"): 1000,
    ("kg", "t"): 1000,
}
WORDS: Final = {"yes": True, "no": False}
NOTHING: Final = str.maketrans("", "", "\u200b\u2007\u2008")
W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


class Exact(NamedTuple):
    """The JSON form: names, units and titles of columns, and rows."""

    names: list[str]
    units: list[str]
    titles: list[str]
    rows: list[list[Cell]]


def exact(data: bytes) -> Exact:
    """What JSON says."""
    said = json.loads(data)
    columns = said["columns"]
    names, units, titles = ([c[part] for c in columns] for part in ("name", "unit", "title"))
    return Exact(names, units, titles, [list(row.values()) for row in said["rows"]])


# --- CSV ----------------------------------------------------------------------------------------------------


def from_csv(data: bytes) -> list[list[str]]:
    """Rows of a CSV, read as its module's docstring says."""
    rows = list(csv.reader(StringIO(data.decode(), newline="")))[1:]
    return [[field[1:] if field.startswith("'") else field for field in row] for row in rows]


def as_csv_says(cell: Cell) -> str:
    """The text that stands for a cell there."""
    return "" if cell is None else str(cell).lower() if isinstance(cell, bool) else str(cell)


# --- XLSX ---------------------------------------------------------------------------------------------------


def from_xlsx(data: bytes, said: Exact) -> list[list[Cell]]:
    """Rows of the sheet of all columns in exact units, by its headers."""
    sheet = openpyxl.load_workbook(BytesIO(data))["All columns"]
    header, *rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    places, at = [], 0
    for title in said.titles:
        places.append(at)
        at += 1 + (header[at] == f"{title} (UTC)")
    assert at == len(header), "every header is of a column"
    return [
        [
            _from_sheet(row[place], str(header[place]), unit, title, row[place + 1 : place + 2])
            for place, unit, title in zip(places, said.units, said.titles, strict=True)
        ]
        for row in rows
    ]


def _from_sheet(value: Any, header: str, unit: str, title: str, after: Sequence[Any]) -> Cell:
    if isinstance(value, datetime):
        if header == title:
            assert value.isoformat().endswith("T00:00:00")
            return value.date().isoformat()
        assert (
            datetime.fromisoformat(str(after[0])).timestamp()
            == datetime.fromisoformat(f"{value}Z").timestamp()
        )
        return f"{value.isoformat()}Z"
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, str):
        return re.sub(r"_x([0-9A-F]{4})_", lambda code: chr(int(code[1], 16)), value)
    shown = header.removeprefix(title).strip(" ()")
    worth = 10**6 if shown == "%" else WORTH.get((unit, shown), 1)
    assert shown in ("", unit) or (unit, shown) in WORTH, f"no unit {shown!r} of {unit!r}"
    return round(Fraction(value) * worth)


# --- what is shown to people --------------------------------------------------------------------------------


def agrees(shown: str, header: str, cell: Cell, unit: str, title: str) -> bool:
    """Does a shown cell, read by its header's unit, say what the exact cell says, within the rounding to
    three decimals?
    """
    shown = shown.translate(NOTHING).strip(" ")
    if cell is None:
        return shown == "-"
    if isinstance(cell, bool):
        return WORDS.get(shown) is cell
    if isinstance(cell, str):
        said = re.sub(r"\\u\{([0-9a-f]+)\}", lambda code: chr(int(code[1], 16)), shown)
        return said == cell.strip(" ") or _same_instant(said, cell)
    worth = WORTH.get((unit, header.removeprefix(title).strip(" ()")), 1)
    if shown in ("<0.001", ">-0.001"):
        return 0 < (cell if shown[0] == "<" else -cell) * 2000 <= worth
    return abs(Fraction(Decimal(shown.replace(",", ""))) * worth - cell) <= Fraction(worth, 2000)


def _same_instant(shown: str, cell: str) -> bool:
    try:
        return datetime.fromisoformat(shown.replace(" -", "-").replace(" +", "+")) == datetime.fromisoformat(
            cell
        )
    except (ValueError, TypeError):
        return False


def tables_of_docx(data: bytes) -> Iterator[list[list[str]]]:
    """The tables of a Word file, as rows of texts."""
    body = ElementTree.fromstring(ZipFile(BytesIO(data)).read("word/document.xml"))
    for table in body.iter(f"{W}tbl"):
        yield [
            ["".join(text.text or "" for text in cell.iter(f"{W}t")) for cell in row.iter(f"{W}tc")]
            for row in table.iter(f"{W}tr")
        ]


def attached(data: bytes) -> dict[str, bytes]:
    """The files in a PDF."""
    return {name: held[0] for name, held in PdfReader(BytesIO(data)).attachments.items()}


def escaped(text: str) -> str:
    """Text as every format for people shows it."""
    return "".join(c if c.isprintable() else f"\\u{{{ord(c):x}}}" for c in text)


def visible(data: bytes) -> str:
    """All text of a PDF, without any space."""
    return unspaced("".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages))


def unspaced(text: str) -> str:
    """Text without spaces, those of no width too."""
    return re.sub(r"[\s\u200b\u2007\u2008\u00ad]", "", text)
