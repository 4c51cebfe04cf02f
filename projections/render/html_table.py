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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import groupby
from types import MappingProxyType
from typing import Final, NamedTuple

from ledger.errors import inert
from projections.engine.report import Cell
from projections.engine.table import Table
from projections.render.display import Order, Shown, aligned, clocks, columns, is_amount, is_instants, order

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


# --- markup -------------------------------------------------------------------------------------------------


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


def markup(
    table: Table,
    found: Sequence[HtmlColumn],
    caption: str,
    ident: str = "rows",
    links: Mapping[tuple[int, int], str] = NO_LINKS,
) -> Iterator[str]:
    """The table with some of its columns, line by line; a caption is markup. ``links`` are the places on the page
    that explain cells, by their row and their column's place.
    """
    yield (
        f'<table id="{ident}" class="rows">\n<caption'
        f' id="{ident}-caption">{caption}</caption>\n<colgroup>{"<col>" * len(found)}</colgroup>\n'
    )
    yield from _head(found)
    yield "<tbody>\n"
    yield from _body(table, found, links)
    if not table.rows:
        yield (
            f'<tr><td class="t" colspan="{len(found)}">No rows: nothing of this is known in this window and'
            " scope.</td></tr>\n"
        )
    yield "</tbody>\n</table>\n"


def _body(table: Table, found: Sequence[HtmlColumn], links: Mapping[tuple[int, int], str]) -> Iterator[str]:
    """A row a line."""
    scoped = table.columns[0].name == "scope"
    places = [field.place for field in found]
    shown = zip(*(field.cells for field in found), strict=True)
    linked = {row for row, _ in links}
    for n, (row, words) in enumerate(zip(table.rows, shown, strict=True)):
        total = f' class="{row[0]}"' if scoped and row[0] in _TOTALS else ""
        cells: Iterable[str] = map(_cell, map(row.__getitem__, places), words, found)
        if n in linked:
            cells = (
                _linked(cell, links[n, place]) if (n, place) in links else cell
                for place, cell in zip(places, cells, strict=True)
            )
        yield f"<tr{total}>{''.join(cells)}</tr>\n"


def _cell(cell: Cell, words: str, field: HtmlColumn) -> str:
    if type(cell) is int:  # digits, as most cells are: nothing to escape but ``<0.001``
        said, exact = escape(words) if words[0] in "<>" else words, f' data-x="{cell}"'
    else:
        said = escape(words)
        plain = isinstance(cell, str) and words == cell == words.strip()
        exact = "" if plain else f' data-x="{escape(json.dumps(cell))}"'
    if field.key:
        return f'<th scope="row"{exact}>{said}</th>'
    return f"<td{exact}>{said}</td>" if field.numeric else f'<td class="t"{exact}>{said}</td>'


def _linked(cell: str, ident: str) -> str:
    """A cell whose words lead to their explanation."""
    opening, _, rest = cell.partition(">")
    words, _, closing = rest.rpartition("</")
    return f'{opening}><a href="#{ident}">{words}</a></{closing}'


def _head(found: Sequence[HtmlColumn]) -> Iterator[str]:
    """Two lines of heads: units over their columns, columns alone over both."""
    upper, lower = [], []
    for (unit, key, rest), group in groupby(found, lambda field: (field.unit, field.key, field.rest)):
        held = list(group)
        if unit and len(held) > 1 and not key:
            said = f"{_WORDS[unit]} ({unit})" if unit in _WORDS else unit
            more = " rest" if rest else ""
            upper.append(f'<th scope="colgroup" class="u{more}" colspan="{len(held)}">{escape(said)}</th>')
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
    names = ["t"] * (field.key or not field.numeric) + [f"k{field.place}"] * field.key + ["rest"] * field.rest
    kind = f' class="{" ".join(names)}"' if names else ""
    over = f' rowspan="{rows}"' if rows > 1 else ""
    return f'<th scope="col"{kind}{over} title="{escape(inert(field.definition))}">{escape(words)}</th>'


# --- style --------------------------------------------------------------------------------------------------


def style(found: Sequence[HtmlColumn], exact_units: Sequence[str]) -> str:
    """The rules of this table alone: how wide its columns are, which stay in sight, which fold out, what unit
    an exact value is in.
    """
    first = [field for field in found if not field.rest]
    rules = [f"#rows{{width:{_em(sum(field.width for field in first))}}}"]
    if len(first) < len(found):
        hidden = f"#rows :is(col,tbody>tr>*):nth-child(n+{len(first) + 1}),#rows thead .rest"
        folded = hidden.replace("#rows", "#all-columns:not(:checked)~.scroll #rows")
        rules.append(f"@media screen{{{folded}{{display:none}}}}")
        rules.append(
            f"#all-columns:checked~.scroll #rows{{width:{_em(sum(field.width for field in found))}}}"
        )
    left = 0
    for n, field in enumerate(found, 1):
        unit = exact_units[field.place]
        rules.append(f"#rows col:nth-child({n}){{width:{_em(field.width)}}}")
        if field.key and not field.rest and left + field.width <= _IN_SIGHT:
            cells, head = f"#rows tbody th:nth-child({n})", f"#rows thead .k{field.place}"
            rule = f"{cells},{head}{{position:sticky;left:{_em(left)};z-index:1}}{head}{{z-index:3}}"
            rules.append(f"@media (min-width:45rem){{{rule}}}" if left else rule)
            left += field.width
        elif unit and field.numeric:
            rules.append(f'#rows td:nth-child({n})[data-x]:hover::after{{content:attr(data-x) " {unit}"}}')
    return "\n".join(rules)


def _em(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02d}em"
