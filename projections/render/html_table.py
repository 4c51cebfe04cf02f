"""The columns of a report as an HTML table has them: their order, words and widths, and how they share paper.

The report's first columns stand first; the others are hidden until the box ``all-columns`` before the table
is checked. Numbers of a column have the same decimals, so that their points stand below each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from ledger.errors import inert
from projections.engine.table import Table
from projections.render.display import Order, Shown, aligned, clocks, columns, is_amount, is_instants, order

_LETTER, _BOLD, _TITLE, _MARGIN, _BROAD = (
    64,
    74,
    90,
    140,
    1800,
)  # in hundredths of the size of letters; titles are short and have capitals
_IN_SIGHT: Final = 4000  # columns that name a row stay in sight up to so much in all


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
