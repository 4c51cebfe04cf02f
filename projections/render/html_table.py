"""The rows of a report as an HTML table: read by people, and back by programs.

``data-x`` of a cell holds its value as JSON (an integer in the column's unit, true, false, null, a text that
is shown with escapes); a cell without it is the text that it shows. Columns that name a row are its headers
and stay in sight; neighbours of the same unit stand under one head. Numbers of a column have the same
decimals, so that their points stand below each other.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from typing import Final, NamedTuple

from ledger.errors import inert
from projections.engine.report import Cell
from projections.engine.table import Table
from projections.render.display import Shown, aligned, clocks, columns, is_amount, is_instants

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
_TOTALS: Final = ("fleet", "site")  # in a first column ``scope``: rows that others add up to


class HtmlColumn(NamedTuple):
    """A column as it stands in the page: its words, the unit above it, how wide it is, in hundredths of the
    size of its letters, and on paper, where its words may stand below each other.
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


def fields(table: Table) -> list[HtmlColumn]:
    """The columns of a table."""
    return [_field(table, n, shown) for n, shown in enumerate(columns(table))]


def _field(table: Table, n: int, shown: Shown) -> HtmlColumn:
    column = table.columns[n]
    exact, cells = [row[n] for row in table.rows], shown.cells
    if shown.numeric:
        cells = aligned(cells, list(map(is_amount, exact)))
    elif is_instants(exact):
        cells = clocks(cells)
    key, titled = n < table.keys, _longest(inert(column.title).split()) * _TITLE
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
    )


def _longest(words: Sequence[str]) -> int:
    return max(map(len, words), default=0)


# --- markup -------------------------------------------------------------------------------------------------


def parts(found: Sequence[HtmlColumn], room: int) -> list[list[HtmlColumn]]:
    """Columns for pages on which so much finds room, those that name a row on each; one part where all of
    them fit.
    """
    keys = [field for field in found if field.key]
    taken = sum(field.least for field in keys)
    split: list[list[HtmlColumn]] = [[]]
    for field in found[len(keys) :]:
        if split[-1] and taken + sum(each.least for each in split[-1]) + field.least > room:
            split.append([])
        split[-1].append(field)
    return [[*keys, *part] for part in split]


def markup(table: Table, found: Sequence[HtmlColumn], caption: str, ident: str = "rows") -> Iterator[str]:
    """The table with some of its columns, line by line; a caption is markup."""
    yield (
        f'<table id="{ident}" class="rows">\n<caption'
        f' id="{ident}-caption">{caption}</caption>\n<colgroup>{"<col>" * len(found)}</colgroup>\n'
    )
    yield from _head(found)
    yield "<tbody>\n"
    yield from _body(table, found)
    if not table.rows:
        yield (
            f'<tr><td class="t" colspan="{len(found)}">No rows: nothing of this is known in this window and'
            " scope.</td></tr>\n"
        )
    yield "</tbody>\n</table>\n"


def _body(table: Table, found: Sequence[HtmlColumn]) -> Iterator[str]:
    """A row a line."""
    scoped = table.columns[0].name == "scope"
    places = [field.place for field in found]
    shown = zip(*(field.cells for field in found), strict=True)
    for row, words in zip(table.rows, shown, strict=True):
        total = f' class="{row[0]}"' if scoped and row[0] in _TOTALS else ""
        cells = map(_cell, map(row.__getitem__, places), words, found)
        yield f"<tr{total}>{''.join(cells)}</tr>\n"


def _cell(cell: Cell, words: str, field: HtmlColumn) -> str:
    if type(cell) is int:  # digits, as most cells are: nothing to escape
        said, exact = words, f' data-x="{cell}"'
    else:
        said = escape(words)
        plain = isinstance(cell, str) and words == cell == words.strip()
        exact = "" if plain else f' data-x="{escape(json.dumps(cell))}"'
    if field.key:
        return f'<th scope="row"{exact}>{said}</th>'
    return f"<td{exact}>{said}</td>" if field.numeric else f'<td class="t"{exact}>{said}</td>'


def _head(found: Sequence[HtmlColumn]) -> Iterator[str]:
    """Two lines of heads: units over their columns, columns alone over both."""
    upper, lower = [], []
    for (unit, key), group in groupby(found, lambda field: (field.unit, field.key)):
        held = list(group)
        if unit and len(held) > 1 and not key:
            said = f"{_WORDS[unit]} ({unit})" if unit in _WORDS else unit
            upper.append(f'<th scope="colgroup" class="u" colspan="{len(held)}">{escape(said)}</th>')
            lower += [_titled(field, field.title) for field in held]
        else:
            upper += [_titled(field, _with_unit(field), 2) for field in held]
    if not lower:
        upper = [cell.replace(' rowspan="2"', "") for cell in upper]
    yield f"<thead>\n<tr>{''.join(upper)}</tr>\n"
    if lower:
        yield f"<tr>{''.join(lower)}</tr>\n"
    yield "</thead>\n"


def _with_unit(field: HtmlColumn) -> str:
    return f"{field.title} ({field.unit})" if field.unit else field.title


def _titled(field: HtmlColumn, words: str, rows: int = 1) -> str:
    kind = "" if field.numeric and not field.key else ' class="t"'
    over = f' rowspan="{rows}"' if rows > 1 else ""
    return f'<th scope="col"{kind}{over} title="{escape(inert(field.definition))}">{escape(words)}</th>'


# --- style --------------------------------------------------------------------------------------------------


def style(found: Sequence[HtmlColumn], exact_units: Sequence[str]) -> str:
    """The rules of this table alone: how wide its columns are, which stay in sight, what unit an exact value
    is in.
    """
    rules = [f"#rows{{width:{_em(sum(field.width for field in found))}}}"]
    left = 0
    for n, (field, unit) in enumerate(zip(found, exact_units, strict=True), 1):
        rules.append(f"#rows col:nth-child({n}){{width:{_em(field.width)}}}")
        if field.key and left + field.width <= _IN_SIGHT:
            sides = f"#rows tbody th:nth-child({n}),#rows thead tr:first-child th:nth-child({n})"
            rules.append(f"{sides}{{position:sticky;left:{_em(left)};z-index:1}}")
            rules.append(f"#rows thead tr:first-child th:nth-child({n}){{z-index:3}}")
            left += field.width
        elif unit and field.numeric:
            rules.append(f'#rows td:nth-child({n})[data-x]:hover::after{{content:attr(data-x) " {unit}"}}')
    return "\n".join(rules)


def _em(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02d}em"
