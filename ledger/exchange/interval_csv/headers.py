"""Headers of interval files: the layout of a dialect that a file has, and the positions of its cells in a
row.

``Malformed`` lists the columns and the option that chooses one; the importer never chooses among several.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from ledger.errors import Malformed
from ledger.exchange.interval_csv.dialect_form import MINUTES, ChosenDialect, Dialect, Layout
from ledger.exchange.interval_csv.dialects import DIALECTS

RANGE: Final = ".."
_TITLE = re.compile(
    r"(HE|HB|HR|H|Hour|Hour Ending|Hour Beginning)?[ _]?([0-9]{1,2}(?::[0-9]{2}(?::[0-9]{2})?)?(?: ?DST|[Xx*])?)",
    re.ASCII | re.IGNORECASE,
)
"""The time of day in the title of a column, in a file with one row a day, after words that may tell which end
of the interval it is.
"""
_ENDS: Final = {"HE": True, "HOUR ENDING": True, "HB": False, "HOUR BEGINNING": False}


class Columns(NamedTuple):
    """Positions in a row.

    ``filters`` are cells that a row must have, ``area`` the one of them that names the area. ``across`` are
    the columns of a file with one row a day, with the time of day of each.
    """

    width: int
    day: int
    clock: tuple[int, ...]
    second: int | None
    value: int
    filters: tuple[tuple[int, str], ...]
    area: int | None
    names: tuple[str, ...]
    quality: int | None = None
    across: tuple[tuple[int, str], ...] = ()
    offset: int | None = None
    end: int | None = None
    sort: int | None = None

    @property
    def needed(self) -> tuple[int, ...]:
        """The positions of all cells that are read."""
        marks = (self.second, self.quality, self.offset, self.end, self.sort)
        more = [place for place in marks if place is not None]
        more += [place for place, _ in (*self.filters, *self.across)]
        return tuple(sorted({self.day, *self.clock, *more, self.value}))


def columns(header: list[str], asked: ChosenDialect, place: str) -> tuple[Layout, Columns]:
    """The layout of the dialect that a header has, and the positions of its columns; ``Malformed`` lists the
    columns.
    """
    names = tuple(cell.strip() for cell in header)
    layouts = asked.dialect.layouts or (Layout(asked.time or "", value=asked.value or ""),)
    if asked.time is not None:
        day, *clock = [asked.time] if _find(names, asked.time) is not None else asked.time.split("+")
        layouts = tuple(layout._replace(day=day, clock=tuple(clock), second="") for layout in layouts)
    if asked.flag is not None:
        layouts = tuple(layout._replace(second=asked.flag) for layout in layouts)
    if asked.offset is not None:
        layouts = tuple(layout._replace(offset=asked.offset) for layout in layouts)
    if asked.only is not None:
        layouts = tuple(layout._replace(only=(*layout.only, asked.only)) for layout in layouts)
    for layout in layouts:
        if all(_find(names, wanted) is not None for wanted in _required(layout, asked)):
            return layout, _placed(names, layout, asked, place)
    if len(names) == 1 and (mark := next((mark for mark in ";\t|" if mark in names[0]), None)):
        raise Malformed(f"{place}: is cut at {mark!r}, and cells are cut at commas; save it with commas")
    for name in (name for layout in layouts for name in _required(layout, asked)):
        if _count(names, name) > 1 and all(_find(names, other) is None for other in name.split("|")):
            raise Malformed(f"{place}: has several columns of {name!r}; rename all but the right one")
    wanted = "; or ".join(
        " and ".join(repr(name.split("|")[0]) for name in _required(layout, asked)) for layout in layouts
    )
    raise Malformed(
        f"{place}: has no layout of the dialect {asked.dialect.name}, which needs the columns {wanted}; there"
        f" are {listed(names)}"
    )


def recognized(header: Sequence[str]) -> list[Dialect]:
    """The dialects with an own layout that a header has."""
    names = tuple(cell.strip() for cell in header)
    return [
        dialect
        for dialect in DIALECTS
        if any(
            layout.own
            and all(_find(names, name) is not None for name in _required(layout, ChosenDialect(dialect)))
            for layout in dialect.layouts
        )
    ]


def _required(layout: Layout, asked: ChosenDialect) -> list[str]:
    value = [] if asked.value else [layout.value]  # a value that is said may be a place or a range
    return [
        layout.day,
        *layout.clock,
        *filter(None, (layout.area_rows, layout.offset, *value)),
        *(name for name, _ in layout.only),
    ]


def _placed(names: tuple[str, ...], layout: Layout, asked: ChosenDialect, place: str) -> Columns:
    def at(wanted: str) -> int:
        found = _find(names, wanted)
        assert found is not None, "the layout was chosen because it has it"
        return found

    day, clock = at(layout.day), tuple(at(name) for name in layout.clock)
    minutes = str(asked.dialect.clock.interval_s // 60)
    filters = [(at(name), minutes if value == MINUTES else value) for name, value in layout.only]
    area = None
    if layout.area_rows:
        area = at(layout.area_rows)
        if asked.area is None:
            raise Malformed(
                f"{place}: has rows of several areas; choose one, of the column {names[area]!r}: --dialect"
                f" {asked.dialect.name},area=NAME"
            )
        filters.append((area, _area_names(asked)[-1]))
    second = _find(names, layout.second) if layout.second else None
    for wanted in (layout.second if second is None else "", asked.quality[0] if asked.quality else ""):
        if _count(names, wanted) > 1:
            raise Malformed(f"{place}: has several columns of {wanted!r}; rename all but the right one")
    if second is None and asked.flag is not None:
        raise Malformed(f"{place}: has no column of {asked.flag!r}; there are {listed(names)}")
    quality = None
    if asked.quality is not None:
        quality = _find(names, asked.quality[0])
        if quality is None and asked.quality[0] != asked.dialect.quality.partition(":")[0]:
            raise Malformed(f"{place}: has no column of {asked.quality[0]!r}; there are {listed(names)}")
    across = _across(names, asked, place)
    stamps = {day, *clock, *(at for at, _ in filters)}
    stamps |= {at for at in (second, quality) if at is not None}
    return Columns(
        len(names),
        day,
        clock,
        second,
        across[0][0] if across else _value(names, layout, asked, stamps, place),
        tuple(filters),
        area,
        names,
        quality,
        across,
        at(layout.offset) if layout.offset else None,
        _find(names, layout.end) if layout.end and asked.time is None else None,
        _find(names, layout.sort) if layout.sort else None,
    )


def _across(names: tuple[str, ...], asked: ChosenDialect, place: str) -> tuple[tuple[int, str], ...]:
    """The columns of a day's values, ``value=FIRST..LAST``, each with the time of day its title shows."""
    if asked.value is None or RANGE not in asked.value:
        return ()
    ends = [name.strip() for name in asked.value.split(RANGE)]
    found = [_find(names, name) for name in ends]
    if len(ends) != 2 or None in found or found[0] >= found[1]:  # type: ignore[operator]  # both are places
        raise Malformed(
            f"{place}: has no columns from {ends[0]!r} to {ends[-1]!r} one after the other; there are"
            f" {listed(names)}"
        )
    first, last = (int(at) for at in found if at is not None)
    across = []
    for at in range(first, last + 1):
        title = _TITLE.fullmatch(names[at])
        if title is None:
            raise Malformed(
                f"{place}: the column {names[at]!r} shows no time of day, such as HE01, Hour 1, 01:00; value="
                "FIRST..LAST names the columns of a day's values"
            )
        ends_it = asked.dialect.clock.ends
        if _ENDS.get((title[1] or "").upper(), ends_it) != ends_it:
            own, other = ("end", "begin") if ends_it else ("begin", "end")
            raise Malformed(
                f"{place}: the column {names[at]!r} names the {other} of its hour, and stamp={own} the other;"
                f" set stamp={other}"
            )
        across.append((at, title[2]))
    for at in (first - 1, last + 1):
        if 0 <= at < len(names) and (more := _TITLE.fullmatch(names[at])) and _kin(more, names[first]):
            raise Malformed(
                f"{place}: the columns {ends[0]!r} to {ends[1]!r} leave out {names[at]!r} beside them; name"
                " the first and the last column of a day"
            )
    return tuple(across)


def _kin(title: re.Match[str], name: str) -> bool:
    """True where two titles differ only in their hour."""
    other = _TITLE.fullmatch(name)
    return other is not None and (title[1], ":" in title[2]) == (other[1], ":" in other[2])


def _value(names: tuple[str, ...], layout: Layout, asked: ChosenDialect, stamps: set[int], place: str) -> int:
    """The column of the values: the given one, the area's, the layout's, or the only one there is."""
    wanted = [asked.value] if asked.value else [layout.value] if layout.value else []
    if not wanted and asked.area:
        wanted = [form.format(name) for name in _area_names(asked) for form in layout.area_columns]
    for name in wanted:
        found = _find(names, name)
        if found is None and asked.value:
            found = _by_position(names, name)
        if found is not None:
            return found
    others = [n for n in range(len(names)) if n not in stamps]
    others = [n for n in others if names[n]] or others
    if not wanted and len(others) == 1:
        return others[0]
    if asked.value and sum(_plain(name) == _plain(asked.value) for name in names) > 1:
        places = [str(n) for n, name in enumerate(names, start=1) if _plain(name) == _plain(asked.value)]
        raise Malformed(
            f"{place}: has several columns of {asked.value!r}; choose one by its position, value="
            f"{' or value='.join(places)}"
        )
    what = (
        f"has no column {asked.value or asked.area!r}"
        if wanted
        else "has several columns that could hold the values"
    )
    choices = listed([names[n] for n in others]) or "it has none but those of stamps"
    raise Malformed(f"{place}: {what}; name the column in --dialect, value=COLUMN, one of: {choices}")


def _by_position(names: Sequence[str], wanted: str) -> int | None:
    """The column given by its position, from 1."""
    if wanted.isascii() and wanted.isdecimal() and 1 <= int(wanted) <= len(names):
        return int(wanted) - 1
    return None


def _area_names(asked: ChosenDialect) -> tuple[str, ...]:
    assert asked.area is not None, "asked only where an area is given"
    return (asked.area, *dict(asked.dialect.areas).get(asked.area, ()))


def _find(names: Sequence[str], wanted: str) -> int | None:
    """The position of a column: by its exact name, else by one that differs only in spaces, ``_`` and
    capitals, else as the second of two of its name (``Usage#2``).
    """
    exact, alike = _places(tuple(names))
    for found in (
        *(exact.get(name, ()) for name in wanted.split("|")),
        *(alike.get(_plain(name), ()) for name in wanted.split("|")),
    ):
        if len(found) == 1:
            return found[0]
    name, _, number = wanted.rpartition("#")
    found = alike.get(_plain(name), ()) if name else ()
    if number.isascii() and number.isdecimal() and 1 <= int(number) <= len(found):
        return found[int(number) - 1]
    return None


def _count(names: Sequence[str], wanted: str) -> int:
    """Number of columns with a name, spaces, ``_`` and capitals aside."""
    _, alike = _places(tuple(names))
    plain = {_plain(name) for name in wanted.split("|") if name}
    return sum(len(alike.get(name, ())) for name in plain)


Places = dict[str, list[int]]


@lru_cache(maxsize=2)
def _places(names: tuple[str, ...]) -> tuple[Places, Places]:
    """The positions of the columns of each name, exact and plain. Every dialect looks for its columns;
    without this, a header of 300,000 columns was walked through 86 times.
    """
    exact: Places = {}
    alike: Places = {}
    for n, name in enumerate(names):
        exact.setdefault(name, []).append(n)
        alike.setdefault(_plain(name), []).append(n)
    return exact, alike


def _plain(name: str) -> str:
    return name.replace(" ", "").replace("_", "").casefold()


def listed(names: Sequence[str]) -> str:
    return ", ".join(repr(name[:40]) for name in names[:20]) + (", ..." if len(names) > 20 else "")
