"""The rows of a report as an HTML table: read by people, and back by programs.

``data-x`` of a cell holds its value as JSON (an integer in the column's unit, true, false, null, a text that
is shown with escapes); a cell without it is the text that it shows. Columns that name a row are its headers
and stay in sight; neighbours of the same unit stand under one head.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import groupby, islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from projections.engine.report import Cell
from projections.engine.table import Table
from projections.render import templating
from projections.render.html_table import HtmlColumn

if TYPE_CHECKING:
    from markupsafe import Markup

_WORDS: Final = {
    "s": "seconds",
    "min": "minutes",
    "h": "hours",
    "d": "days",
    "%": "percent",
    "W": "watts",
    "kW": "kilowatts",
    "MW": "megawatts",
    "GW": "gigawatts",
    "kWh": "kilowatt hours",
    "MWh": "megawatt hours",
    "GWh": "gigawatt hours",
    "USD": "US dollars",
}
_BATCH: Final = 200  # rows
_TOTALS: Final = ("fleet", "site")  # in a first column ``scope``: rows that others add up to
NO_LINKS: Final[Mapping[tuple[int, int], str]] = MappingProxyType({})


class HeadCell(NamedTuple):
    """A head: its words, its class, the meaning of its column, and how many columns and lines it is over."""

    words: str
    kind: str
    title: str = ""
    columns: int = 1
    lines: int = 1


class HtmlRows(NamedTuple):
    """Some columns of a table as ``rows.html`` sets them: what the caption says (``exact``: of exact values
    too), one or two lines of heads, and the rows, many at a time.
    """

    ident: str
    said: str
    exact: bool
    width: int
    head: tuple[tuple[HeadCell, ...], ...]
    rows: Iterator[Markup]


def rows(
    table: Table,
    found: Sequence[HtmlColumn],
    said: str,
    ident: str = "rows",
    links: Mapping[tuple[int, int], str] = NO_LINKS,
) -> HtmlRows:
    """The table with some of its columns. ``links`` are the places on the page that explain cells, by their row
    and their column's place.
    """
    return HtmlRows(
        ident, said, ident == "rows", len(found), tuple(_head(found)), _batches(_lines(table, found, links))
    )


def _head(found: Sequence[HtmlColumn]) -> Iterator[tuple[HeadCell, ...]]:
    """Two lines of heads: units over their columns, columns alone over both."""
    upper: list[HeadCell] = []
    lower: list[HeadCell] = []
    for (unit, key, rest), group in groupby(found, lambda field: (field.unit, field.key, field.rest)):
        held = list(group)
        if unit and len(held) > 1 and not key:
            said = f"{_WORDS[unit]} ({unit})" if unit in _WORDS else unit
            upper.append(HeadCell(said, "u rest" if rest else "u", columns=len(held)))
            lower += [_titled(field, field.title) for field in held]
        else:
            upper += [_titled(field, _with_unit(field), 2) for field in held]
    yield tuple(upper if lower else [cell._replace(lines=1) for cell in upper])
    if lower:
        yield tuple(lower)


def _with_unit(field: HtmlColumn) -> str:
    return f"{field.title} ({field.unit})" if field.unit else field.title


def _titled(field: HtmlColumn, words: str, lines: int = 1) -> HeadCell:
    names = ["t"] * (field.key or not field.numeric) + [f"k{field.place}"] * field.key + ["rest"] * field.rest
    return HeadCell(words, " ".join(names), field.definition, lines=lines)


# --- cells --------------------------------------------------------------------------------------------------


class CellForms(NamedTuple):
    """The markup of a column's cells: of one that is the text that it shows, and of one with an exact value.
    They take what is escaped already.
    """

    plain: str
    exact: str


def _batches(lines: Iterator[str]) -> Iterator[Markup]:
    """The lines, many at a time.

    Lines are joined here from the forms of ``cells.html``: a loop of the template over
    the cells of 20,000 rows costs four times as much, and makes the whole page take twice as long.
    """
    while batch := "".join(islice(lines, _BATCH)):
        yield templating.markup(batch)


def _lines(table: Table, found: Sequence[HtmlColumn], links: Mapping[tuple[int, int], str]) -> Iterator[str]:
    """A row a line."""
    scoped = table.columns[0].name == "scope"
    places = [field.place for field in found]
    line, total, link = templating.forms("cells.html", ("row", "total", "link"))
    forms = _forms(found)
    linked = {row for row, _ in links}
    shown = zip(*(field.cells for field in found), strict=True)
    for n, (row, words) in enumerate(zip(table.rows, shown, strict=True)):
        here = forms
        if n in linked:
            leads = (links.get((n, place)) for place in places)
            here = [_linked(form, link, lead) for form, lead in zip(forms, leads, strict=True)]
        cells = "".join(map(_cell, map(row.__getitem__, places), words, here))
        yield line % (total % row[0] if scoped and row[0] in _TOTALS else "", cells)


def _forms(found: Sequence[HtmlColumn]) -> list[CellForms]:
    exact, name, amount, words = templating.forms("cells.html", ("exact", "name", "amount", "words"))
    forms = [name if field.key else amount if field.numeric else words for field in found]
    return [CellForms(form % ("", "%s"), form % (exact, "%s")) for form in forms]


def _linked(forms: CellForms, link: str, ident: str | None) -> CellForms:
    """The forms of a cell whose words lead to their explanation."""
    if ident is None:
        return forms
    words = link % (ident, "%s")
    return CellForms(forms.plain % words, forms.exact % ("%s", words))


def _cell(cell: Cell, words: str, forms: CellForms) -> str:
    if type(cell) is int:  # digits, as most cells are: nothing to escape but ``<0.001``
        return forms.exact % (cell, escape(words) if words[0] in "<>" else words)
    if cell is None:
        return forms.exact % ("null", escape(words))
    if isinstance(cell, str) and words == cell == words.strip():
        return forms.plain % escape(words)
    return forms.exact % (escape(json.dumps(cell)), escape(words))
