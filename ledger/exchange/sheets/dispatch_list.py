"""A caller's own list of dispatches: a CSV file with a row for each, by which a utility and an operator settle.

The header names the columns, in any order: ``dispatch`` (the id that the ledger has, or the caller's own) or
``program``, with ``start``, ``stop``, ``target`` and ``site``. A target is in the unit that its title names,
as ``target_mw`` or ``target (MW)``, or has its unit in the cell. An empty cell states nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from ledger.errors import Malformed, Problem, did_you_mean, named
from ledger.exchange.sheets.cells import SheetRow, plain, shown
from ledger.exchange.sheets.csv_sheet import read_csv
from ledger.units import UNITS, parse_quantity

COLUMNS: Final = {
    "dispatch": ("dispatch", "dispatch id", "event", "event id"),
    "program": ("program",),
    "site": ("site",),
    "start": ("start", "start time"),
    "stop": ("stop", "stop time", "end", "end time"),
    "target": ("target",),
}
"""The columns with the accepted titles, in lower case."""
_TARGET: Final = re.compile(r"(?:target )?\(?(k|m|g)?w\)?", re.ASCII)
_POWERS: Final = {unit.lower(): unit for unit in UNITS["_w"]}
Instant = Callable[[str, str], str]
"""``instant(text, site)``: a typed time in its stored form."""


class ListedDispatch(NamedTuple):
    """A row: its line and its values; None for an empty cell. Instants are in stored form."""

    line: int
    dispatch: str | None
    program: str | None
    site: str | None
    start: str | None
    stop: str | None
    target_w: int | None

    @property
    def name(self) -> str:
        """The name of the row in messages."""
        return self.dispatch or f"line {self.line} ({self.program})"


class DispatchList(NamedTuple):
    """The rows of a list, and the rows that cannot be read."""

    rows: tuple[ListedDispatch, ...]
    problems: tuple[Problem, ...]


def is_dispatch_list(data: bytes) -> bool:
    """True for a file that begins with the titles of such a list."""
    try:
        places = _places(read_csv(data).rows[0])
    except (Malformed, IndexError):
        return False
    return "start" in places and ("dispatch" in places or "program" in places)


def read_dispatch_list(data: bytes, source: str, site: str | None, instant: Instant) -> DispatchList:
    """The rows of a file; ``site`` is used for rows that name none."""
    with named(source):
        sheet = read_csv(data)
        if not sheet.rows:
            raise Malformed(
                "has no rows; its first must name the columns dispatch or program, start, stop, target"
            )
        header, *rows = sheet.rows
        titles = [shown(cell) for cell in header.cells]
        places = _places(header)
        if "dispatch" not in places and "program" not in places:
            known = [title for spelled in COLUMNS.values() for title in spelled]
            near = next((hint for title in titles if title and (hint := did_you_mean(title, known))), "")
            raise Malformed(f"has no column dispatch or program, but {', '.join(titles)}{near}")
    found, problems = [], []
    for row in rows:
        if not any(map(shown, row.cells)):
            continue
        try:
            found.append(_row(row, places, titles, site, instant))
        except Malformed as why:
            raw = ",".join(map(shown, row.cells))[:200]
            problems.append(Problem(source, row.number, str(why), raw))
    return DispatchList(tuple(found), tuple(problems))


def _places(header: SheetRow) -> dict[str, int]:
    """The position of each column."""
    spelled = {title: name for name, titles in COLUMNS.items() for title in titles}
    found: dict[str, int] = {}
    for n, cell in enumerate(header.cells):
        title = plain(shown(cell).replace("_", " "))
        name = "target" if _TARGET.fullmatch(title) else spelled.get(title)
        if name is not None:
            found.setdefault(name, n)
    return found


def _row(
    row: SheetRow, places: dict[str, int], titles: list[str], site: str | None, instant: Instant
) -> ListedDispatch:
    said = {name: shown(row.at(n)).strip() or None for name, n in places.items()}
    if said.get("dispatch") is None and (said.get("program") is None or said.get("start") is None):
        raise Malformed("names no dispatch, and no program with a start")
    where = said.get("site") or site
    target = said.get("target")
    times = {name: text for name in ("start", "stop") if (text := said.get(name)) is not None}
    stored = dict(_stored(times, where or "", instant))
    if "start" in stored and "stop" in stored and stored["stop"] < stored["start"]:
        raise Malformed(f"stops at {stored['stop']}, before it starts at {stored['start']}")
    return ListedDispatch(
        row.number,
        said.get("dispatch"),
        said.get("program"),
        where,
        stored.get("start"),
        stored.get("stop"),
        None if target is None else _power_w(target, titles[places["target"]]),
    )


def _stored(times: dict[str, str], site: str, instant: Instant) -> Iterator[tuple[str, str]]:
    for name, text in times.items():
        with named(name):
            yield name, instant(text, site)


def _power_w(text: str, title: str) -> int:
    """A power in watts, in its own unit or that of its column's title."""
    unit = _TARGET.fullmatch(plain(title.replace("_", " ")))
    bare = text.replace(",", "")
    with named("target"):
        if unit is not None and bare.replace(".", "", 1).isdecimal():
            return parse_quantity(bare + _POWERS[f"{unit[1] or ''}w"], "_w")
        return parse_quantity(text.replace(" ", ""), "_w")
