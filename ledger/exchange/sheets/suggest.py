"""A map suggested from a sheet's headers and rows, with a question mark where the user must decide.

Columns and kinds are matched by their words, units and choices, all taken from the table of kinds; the lists
here are words of English that spreadsheets use. A suggestion never decides between two meanings of a cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ledger.errors import Malformed
from ledger.exchange.sheets.cells import Sheet, SheetRow
from ledger.exchange.sheets.column_words import is_total
from ledger.exchange.sheets.columns import SAMPLE, columns_of, header_row
from ledger.exchange.sheets.map_writer import MapWriter
from ledger.exchange.sheets.sheet_map import OPEN
from ledger.exchange.sheets.sheet_times import DateForm, moment_of
from ledger.kinds import Kind


class Suggestion(NamedTuple):
    """A map as text, the number of open decisions, and the facts it makes."""

    text: str
    open: int
    kinds: tuple[str, ...]

    @property
    def summary(self) -> str:
        """The suggestion in words."""
        facts = ", ".join(dict.fromkeys(self.kinds)) or "no kind that could be recognized"
        decisions = f'{self.open} open decision{"" if self.open == 1 else "s"}, each marked "{OPEN}"'
        return f"a map that makes {facts}, with {decisions}"


def suggest(
    sheet: Sheet,
    file: str,
    sites: Sequence[str],
    site: str | None,
    several: bool,
    kind: Kind | None = None,
) -> Suggestion:
    """A map of a sheet; ``several`` if its workbook has other sheets, ``kind`` if the user names it."""
    header = header_row(sheet)
    rows = [row for row in sheet.rows if row.number > header.number and not row.blank]
    order, text_dates = _order(rows)
    facts = [row for row in rows if not any(map(is_total, row.cells))]
    columns = columns_of(header, facts[:SAMPLE], order)
    writer = MapWriter(sheet, file, header.number, columns, sites, site, kind)
    lines = list(writer.top(header, rows, order if order else (OPEN if text_dates else None), several))
    lines += writer.facts(facts)
    text = "\n".join(lines) + "\n"
    opened = sum(line.count(f'"{OPEN}"') for line in lines if not line.lstrip().startswith("#"))
    return Suggestion(text, opened, tuple(writer.kinds))


def _order(rows: Iterable[SheetRow]) -> tuple[str | None, bool]:
    """The order of a date's parts that the texts of rows show, and whether there are such texts."""
    texts = [
        cell
        for row in rows
        for cell in row.cells
        if isinstance(cell, str) and re.match(r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2,4}", cell)
    ]
    told = {
        order
        for text in texts
        for order, other in (("mdy", "dmy"), ("dmy", "mdy"))
        if _is_moment(text, order) and not _is_moment(text, other)
    }
    return (max(told) if len(told) == 1 else None), bool(texts)


def _is_moment(text: str, order: str) -> bool:
    try:
        moment_of(text, DateForm(order))
    except Malformed:
        return False
    return True
