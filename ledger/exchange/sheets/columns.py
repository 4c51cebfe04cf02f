"""The columns of a sheet as a suggested map needs them: title, type and values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple

from ledger.errors import Malformed
from ledger.exchange.sheets.cells import (
    Percentage,
    Sheet,
    SheetRow,
    UnusableCell,
    Value,
    letter,
    plain,
    shown,
)
from ledger.exchange.sheets.sheet_times import DateForm, moment_of, seconds_of
from ledger.exchange.sheets.sheet_values import number_of

HEADER_ROWS: Final = 20
SAMPLE: Final = 1_000
"""Rows below the header that are looked at."""
STEM: Final = 5
WHOLE: Final = frozenset(["energy"])
MOST: Final = 4
"""Number of cells, out of five, that must be of a type."""
_PREFIX: Final = re.compile(r"\b(de|re|un)-")
_WORD: Final = re.compile(r"[a-z]+|[0-9]+")
_UNIT: Final = re.compile(
    r"[(\[]\s*([A-Za-z/%$]+)\s*[)\]]"
    r"|(?:^|[\s,/])(%|\$|[kMGTPE]?W|[kMGT]?Wh|[GTPE]H/s|hours|hrs|hr|h|minutes|mins|min)(?=$|[\s,.])"
)


class TitledColumn(NamedTuple):
    """A column by its name in a map: its title, type, the distinct values with their counts, and its unit if
    the title has one. ``times`` is true where its dates have a time of day.
    """

    name: str
    title: str
    place: int
    type: str
    values: Counter[str]
    blanks: int
    unit: str | None
    times: bool

    @property
    def words(self) -> frozenset[str]:
        """The stems of the title's words, without the unit."""
        return stems(self.title.replace(self.unit, " ") if self.unit else self.title)


def stems(text: str) -> frozenset[str]:
    """The first letters of each word, so that energized and energization are alike, and energy is neither."""
    joined = _PREFIX.sub(r"\1", text.lower())
    return frozenset(word if word in WHOLE else word[:STEM] for word in _WORD.findall(joined))


def header_row(sheet: Sheet) -> SheetRow:
    """The row that looks like a header: the first with texts over most of the columns that are used."""
    rows = [row for row in sheet.rows if not row.blank][: HEADER_ROWS + SAMPLE]
    if not rows:
        raise Malformed("has no rows")
    width = max(sum(cell is not None for cell in row.cells) for row in rows)
    for row in rows[:HEADER_ROWS]:
        texts = [
            cell
            for cell in row.cells
            if isinstance(cell, str) and _type(cell, DateForm("mdy", "1900")) == "text"
        ]
        if len(texts) > 1 and 2 * len(texts) > width and len(texts) == sum(c is not None for c in row.cells):
            return row
    return rows[0]


def columns_of(header: SheetRow, rows: Sequence[SheetRow], order: str | None) -> list[TitledColumn]:
    """The columns under a header that have a title."""
    titles = [plain(shown(cell)) for cell in header.cells]
    found = []
    for place, cell in enumerate(header.cells):
        title = " ".join(shown(cell).split())
        if not title:
            continue
        cells = [row.at(place) for row in rows]
        known = [each for each in cells if each is not None]
        type_, times = _column_type(known, DateForm(order or "mdy", "1900"))
        match = _UNIT.search(title)
        found.append(
            TitledColumn(
                title if titles.count(titles[place]) == 1 else f"#{letter(place)}",
                title,
                place,
                type_,
                Counter(map(shown, known)),
                len(cells) - len(known),
                (match[1] or match[2]) if match else None,
                times,
            )
        )
    return found


def _column_type(cells: Sequence[Value], dates: DateForm) -> tuple[str, bool]:
    types = Counter(_type(cell, dates) for cell in cells if not isinstance(cell, UnusableCell))
    total = sum(types.values())
    moments = types["date"] + types["moment"]
    if 5 * moments >= MOST * total > 0:
        return "date", bool(types["moment"])
    for name in ("time", "number", "percentage", "bool", "duration"):
        if 5 * types[name] >= MOST * total > 0:
            return name, False
    return ("text" if total else "blank"), False


def _type(cell: Value, dates: DateForm) -> str:
    """The type of a cell, in any form it is written in."""
    if isinstance(cell, bool):
        return "bool"
    if isinstance(cell, datetime):
        return "moment" if cell.time() != time() else "date"
    for kind, name in ((date, "date"), (time, "time"), (timedelta, "duration"), (Percentage, "percentage")):
        if isinstance(cell, kind):
            return name
    if isinstance(cell, int | float):
        return "number"
    try:
        return "date" if moment_of(cell, dates._replace(serial=None)).seconds is None else "moment"
    except Malformed:
        pass
    try:
        seconds_of(cell)
        return "number" if str(cell).isdigit() else "time"
    except Malformed:
        pass
    for mark in ".,":
        try:
            number_of(cell, mark)
            return "percentage" if str(cell).endswith("%") else "number"
        except Malformed:
            pass
    return "bool" if plain(shown(cell)) in ("yes", "no", "y", "n", "true", "false") else "text"
