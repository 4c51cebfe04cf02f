"""The header of a sheet: the row that has all columns that a map names, and their positions."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from ledger.errors import Malformed
from ledger.exchange.sheets.cells import Sheet, SheetRow, column_of, letter, plain, shown

BY_LETTER: Final = re.compile(r"#([A-Za-z]{1,3})", re.ASCII)
LOOKED_AT: Final = 100
"""Rows in which a header is looked for."""


class Header(NamedTuple):
    """The header row's number, the titles of its columns, and the column of each name of the map."""

    number: int
    titles: tuple[str, ...]
    places: dict[str, int]


def find_header(sheet: Sheet, names: Sequence[str], number: int | None) -> Header:
    """The header that has every name; ``Malformed`` lists the names that no row has."""
    rows = [row for row in sheet.rows if number in (None, row.number)][:LOOKED_AT]
    if not rows:
        raise Malformed(
            "has no rows" if number is None else f"has nothing in row {number}, the header of the map"
        )
    sought = [name for name in names if not BY_LETTER.fullmatch(name)]
    best = max(rows, key=lambda row: len(_found(row, sought)))
    titles = tuple(shown(cell) for cell in best.cells)
    found = _found(best, sought)
    missing = [name for name in sought if name not in found]
    if missing:
        raise Malformed(_missing(missing, titles, best.number))
    for name in sought:
        same = [n for n, title in enumerate(titles) if plain(title) == plain(name)]
        if len(same) > 1:
            raise Malformed(
                f"has {len(same)} columns called {name!r} ({', '.join(map(letter, same))}); name one by its"
                f' letter in the map: "#{letter(same[0])}"'
            )
    letters = {name: column_of(name[1:]) for name in names if BY_LETTER.fullmatch(name)}
    return Header(best.number, titles, found | letters)


def _found(row: SheetRow, names: Sequence[str]) -> dict[str, int]:
    titles: dict[str, int] = {}
    for n, cell in enumerate(row.cells):
        titles.setdefault(plain(shown(cell)), n)
    return {name: titles[plain(name)] for name in names if plain(name) in titles}


def _missing(names: Sequence[str], titles: Sequence[str], number: int) -> str:
    told = []
    spelled = {plain(title): title for title in reversed(titles) if title}
    for name in names:
        near = difflib.get_close_matches(plain(name), list(spelled), n=1)
        like = spelled[near[0]] if near else None
        told.append(f"{name!r}" + (f" (did you mean {like!r}?)" if like else ""))
    there = ", ".join(repr(title) for title in titles if title)
    return f"has no column {', '.join(told)}; row {number} has {there}"
