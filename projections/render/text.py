"""Text: for a person at a terminal.

The verdict and its figures come first, then the report's title, its window in local time, as-of and known-at;
then the rows, each column in its fixed unit (``text_rows``), and the notes needed to read them.
The table shows the report's first columns; ``wattledger report --columns all`` shows every one.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from typing import Final

from ledger.errors import inert
from projections.engine.report import Lead
from projections.engine.table import Table
from projections.render import display
from projections.render.display import UNKNOWN_SAID, heading, order
from projections.render.text_rows import TextRows, padded, widest

_ABBREVIATION: Final = re.compile(r"\b(?:[A-Z]-)?[A-Z]{2,}\b")


def render(table: Table, width: int = 100) -> bytes:
    """The table for a terminal of some width."""
    return b"".join(pieces(table, width))


def pieces(table: Table, width: int = 100) -> Iterator[bytes]:
    """The table for a terminal, piece by piece."""
    places, lead = order(table), table.lead()
    yield _encoded([*_opening(table, lead, width), *heading(table), ""])
    if table.rows:
        rows = TextRows(table, places)
        yield from map(_encoded, rows.lines(width))
        dashed = any(room.unknown for room in rows.rooms)
    else:
        yield _encoded(["(no rows)"])
        dashed = False
    yield _encoded(["", *_footing(table, lead, places, width, dashed=dashed)])


def _encoded(lines: Iterable[str]) -> bytes:
    return "".join([f"{line.rstrip()}\n" for line in lines]).encode()


def _opening(table: Table, lead: Lead | None, width: int) -> list[str]:
    """The verdict, and its figures one below the other."""
    if lead is None:
        return []
    figures = display.figures(table, lead)
    names = [name for name, _ in figures]
    wide = padded(names, widest(names), right=False)
    lines = [f"  {name}  {amount}" for name, (_, amount) in zip(wide, figures, strict=True)]
    return [*textwrap.wrap(inert(lead.verdict), width), "", *lines, ""]


def _footing(
    table: Table, lead: Lead | None, places: display.Order, width: int, *, dashed: bool
) -> list[str]:
    lines = list(_legend(table, places, width))
    for note in table.notes:
        lines += textwrap.wrap(f"note: {inert(note)}", width, subsequent_indent="      ") or [""]
    if dashed or (lead and any(figure.value is None for figure in lead.figures)):
        lines.append(UNKNOWN_SAID)
    if places.rest:
        count = len(places.rest)
        lines.append(f"{count} more column{'' if count == 1 else 's'}: --columns all.")
    lines.append("Figures are rounded for display; exact: --format json or csv.")
    return lines


def _legend(table: Table, places: display.Order, width: int) -> Iterator[str]:
    """Meanings of the abbreviations in the titles, and of those in the meanings."""
    meant = {column.title: column.definition for column in table.columns}
    found = [table.columns[n].title for n in places.first]
    told: set[str] = set()
    while found:
        title = found.pop(0)
        if title not in told and _ABBREVIATION.search(title):
            told.add(title)
            yield from textwrap.wrap(f"{inert(title)}: {inert(meant[title])}", width, subsequent_indent="  ")
            found += [each for each in _ABBREVIATION.findall(meant[title]) if each in meant]
