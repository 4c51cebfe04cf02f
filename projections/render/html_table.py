"""The rows of a report as an HTML table: read by people, and back by programs.

``data-x`` of a cell holds its value as JSON (an integer in the column's unit, true, false, null, a text that
is shown with escapes); a cell without it is the text that it shows. Columns that name a row are its headers
and stay in sight; neighbours of the same unit stand under one head. Numbers of a column have the same
decimals, so that their points stand below each other.

The report's first columns stand first; the others are hidden until the box ``all-columns`` before the table
is checked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import groupby, islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from ledger.errors import inert
from projections.engine.report import Cell
from projections.engine.table import Table
from projections.render import templating
from projections.render.display import Order, Shown, aligned, clocks, columns, is_amount, is_instants, order

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
_LETTER, _BOLD, _TITLE, _MARGIN, _BROAD = (
    64,
    74,
    90,
    140,
    1800,
)  # in hundredths of the size of letters; titles are short and have capitals
_IN_SIGHT: Final = 4000  # columns that name a row stay in sight up to so much in all
_BATCH: Final = 200  # rows
_TOTALS: Final = ("fleet", "site")  # in a first column ``scope``: rows that others add up to


class HtmlColumn(NamedTuple):
    """A column as it stands in the page: its words, the unit above it, how wide it is, in hundredths of the
    size of its letters, and on paper, where its words may stand below each other; whether it names the row,
    and whether it folds out.
    """

    place: int
    title: str
    unit: str
    definition: str
    cells: list[str]
    numeric: bool
    width: int
    least: int
    key: bool
    rest: bool


def fields(table: Table) -> list[HtmlColumn]:
    """The columns of a table, in the order in which people see them."""
    places = order(table)
    shown = columns(table)
    return [_field(table, n, shown[n], places) for n in (*places.first, *places.rest)]


def _field(table: Table, n: int, shown: Shown, places: Order) -> HtmlColumn:
    column = table.columns[n]
    exact, cells = [row[n] for row in table.rows], shown.cells
    if shown.numeric:
        cells = aligned(cells, list(map(is_amount, exact)))
    elif is_instants(exact):
        cells = clocks(cells)
    key, titled = shown.names, _longest(inert(column.title).split()) * _TITLE
    letter = _BOLD if key else _LETTER
    broken = cells if shown.numeric else [word for cell in cells for word in cell.split()]
    return HtmlColumn(
        n,
        inert(column.title),
        shown.unit,
        column.definition,
        cells,
        shown.numeric,
        min(max(titled, _longest(cells) * letter) + _MARGIN, _BROAD),
        min(max(titled, _longest(broken) * letter) + _MARGIN, _BROAD),
        key,
        n in places.rest,
    )


def _longest(words: Sequence[str]) -> int:
    return max(map(len, words), default=0)


# --- parts --------------------------------------------------------------------------------------------------


def parts(found: Sequence[HtmlColumn], room: int) -> list[list[HtmlColumn]]:
    """Columns for pages on which so much finds room: the first, then the others, those that name a row on
    each; one part where all of them are first and fit.
    """
    first = [field for field in found if not field.rest]
    rest = [field for field in found if field.rest]
    keys = [field for field in first if field.key]
    return [*_split(first, keys, room), *(_split([*keys, *rest], keys, room) if rest else [])]


def _split(found: Sequence[HtmlColumn], keys: Sequence[HtmlColumn], room: int) -> list[list[HtmlColumn]]:
    """Some columns in parts, in their order, ``keys`` in each part."""
    split: list[list[HtmlColumn]] = [[]]
    left = room - sum(field.least for field in keys)
    for field in found:
        width = 0 if field in keys else field.least
        if split[-1] and width > left:
            split.append(list(keys))
            left = room - sum(field.least for field in keys)
        if field not in split[-1]:
            split[-1].append(field)
            left -= width
    return split


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

    Lines are joined here from the forms of ``cells.html``: loops of the template over rows and cells cost three
    times as much, and half as much again for the whole page.
    """
    while batch := "".join(islice(lines, _BATCH)):
        yield templating.markup(batch)


def _lines(table: Table, found: Sequence[HtmlColumn], links: Mapping[tuple[int, int], str]) -> Iterator[str]:
    """A row a line."""
    scoped = table.columns[0].name == "scope"
    places = [field.place for field in found]
    pieces = templating.forms("cells.html")
    line, total = pieces["row"], pieces["total"]
    forms = [_forms(field, pieces) for field in found]
    linked = {row for row, _ in links}
    shown = zip(*(field.cells for field in found), strict=True)
    for n, (row, words) in enumerate(zip(table.rows, shown, strict=True)):
        here = forms
        if n in linked:
            leads = (links.get((n, place)) for place in places)
            here = [_linked(form, pieces["link"], lead) for form, lead in zip(forms, leads, strict=True)]
        cells = "".join(map(_cell, map(row.__getitem__, places), words, here))
        yield line % (total % row[0] if scoped and row[0] in _TOTALS else "", cells)


def _forms(field: HtmlColumn, pieces: Mapping[str, str]) -> CellForms:
    form = pieces["name" if field.key else "amount" if field.numeric else "words"]
    return CellForms(form % ("", "%s"), form % (pieces["exact"], "%s"))


def _linked(forms: CellForms, link: str, ident: str | None) -> CellForms:
    """The forms of a cell whose words lead to their explanation."""
    if ident is None:
        return forms
    words = link % (ident, "%s")
    return CellForms(forms.plain % words, forms.exact % ("%s", words))


def _cell(cell: Cell, words: str, forms: CellForms) -> str:
    if type(cell) is int:  # digits, as most cells are: nothing to escape but ``<0.001``
        return forms.exact % (cell, escape(words) if words[0] in "<>" else words)
    if isinstance(cell, str) and words == cell == words.strip():
        return forms.plain % escape(words)
    return forms.exact % (escape(json.dumps(cell)), escape(words))


# --- style --------------------------------------------------------------------------------------------------


class ColumnStyle(NamedTuple):
    """A column's rules: its width; where it stays in sight (None: it does not), and whether only on broad
    screens; the unit of an exact value that is pointed at.
    """

    place: int
    width: str
    left: str | None = None
    broad: bool = False
    unit: str = ""


class RowsStyle(NamedTuple):
    """The rules of one table: how wide its first columns are, and all; the first that folds out, 0 where none
    does.
    """

    width: str
    whole_width: str
    folded: int
    columns: tuple[ColumnStyle, ...]


def style(found: Sequence[HtmlColumn], exact_units: Sequence[str]) -> RowsStyle:
    """The rules of this table alone."""
    first = [field for field in found if not field.rest]
    return RowsStyle(
        _em(sum(field.width for field in first)),
        _em(sum(field.width for field in found)),
        len(first) + 1 if len(first) < len(found) else 0,
        tuple(_column_styles(found, exact_units)),
    )


def _column_styles(found: Sequence[HtmlColumn], exact_units: Sequence[str]) -> Iterator[ColumnStyle]:
    left = 0
    for field in found:
        made = ColumnStyle(field.place, _em(field.width))
        if field.key and not field.rest and left + field.width <= _IN_SIGHT:
            yield made._replace(left=_em(left), broad=left > 0)
            left += field.width
        else:
            yield made._replace(unit=exact_units[field.place] if field.numeric else "")


def _em(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02d}em"
