"""Display shared by every format for people: the main columns first, each in its own unit, unknown as a dash,
names made safe.

Quantities are shown in the one unit that their column has at all times (MW, h, %, USD, EH/s), with at most
three decimals, rounded half to even for display only: the exact integers are in JSON and CSV. Instants are
shown in the report's zone with their offset. Control and direction characters in names are shown as escapes,
so that no name can move a cursor or reverse a line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import compress
from typing import Final, NamedTuple, TypeGuard
from zoneinfo import ZoneInfo

from ledger import calendar
from ledger.errors import inert
from projections.engine.amounts import number, said, unit_of
from projections.engine.report import Cell, Column, Lead, LeadFigure, row_of
from projections.engine.subject import FEW, authority
from projections.engine.table import Table
from projections.engine.words import by_name

UNKNOWN: Final = "-"
_LAID_OUT: Final = re.compile(r"^(  |[^\s=][^=]{0,30}\s= )", re.MULTILINE)
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_THINGS: Final = ("incident", "block", "meter", "authority")  # filters that name the subject of a report
UNKNOWN_SAID: Final = f"{UNKNOWN} is unknown or does not apply."


class Shown(NamedTuple):
    """A column ready to show; its title names the ``unit`` too. ``numeric``: it holds amounts, which are
    aligned right. ``names``: it helps to name the row.
    """

    title: str
    cells: list[str]
    numeric: bool
    unit: str = ""
    names: bool = False


class Look(NamedTuple):
    """What all cells of a column have in common, on which the form of each depends: whether what is known are
    instants, and whether any is an amount.
    """

    known: bool = False
    instants: bool = False
    amounts: bool = False

    def beside(self, other: Look) -> Look:
        """The look of the cells of both."""
        if not (self.known and other.known):
            return self if self.known else other
        return Look(True, self.instants and other.instants, self.amounts or other.amounts)


def look(cells: Sequence[Cell]) -> Look:
    """The look of some cells."""
    types = set(map(type, cells))
    return Look(not types <= {type(None)}, str in types and is_instants(cells), int in types)


class Order(NamedTuple):
    """The order in which people see the columns, as places in ``Table.columns``: the ``first``, those
    ``names`` of them that name a row, and the ``rest``.
    """

    first: tuple[int, ...]
    names: tuple[int, ...]
    rest: tuple[int, ...]


def order(table: Table) -> Order:
    """The first columns in the report's own order, then the others; all are first where it names none."""
    places = {column.name: n for n, column in enumerate(table.columns)}
    first = tuple(places[name] for name in table.first) or tuple(places.values())
    rest = tuple(n for n in places.values() if n not in first)
    return Order(first, tuple(n for n in first if n < table.keys), rest)


def columns(table: Table) -> list[Shown]:
    """The columns of a table, cell by cell in the order of its rows."""
    zone, rows = calendar.zone(table.tz), tuple(in_words(table).rows)
    return [
        shown(column, [row[n] for row in rows], zone)._replace(names=n < table.keys)
        for n, column in enumerate(table.columns)
    ]


def shown(column: Column, cells: Sequence[Cell], zone: ZoneInfo, seen: Look | None = None) -> Shown:
    """One column, or some of its cells where ``seen`` is the look of all; instants on the clocks of a zone."""
    seen = look(cells) if seen is None else seen
    if seen.instants:
        cells = [None if cell is None else local_time(str(cell), zone) for cell in cells]
    return _shown(column, cells, seen.amounts or (bool(column.unit) and not seen.known))


def in_words(table: Table) -> Table:
    """The table with the words that people read in place of stored ones."""
    if table.plain is None:
        return table
    in_order, lines = row_of(table.columns), by_name(table.columns, table.rows)
    return table._replace(rows=tuple(in_order(**{**line, **table.plain(line)}) for line in lines), plain=None)


def figures(table: Table, lead: Lead) -> list[tuple[str, str]]:
    """Name and amount of each figure of a lead, in its fixed unit: ``("Energized", "1,250.5 MW")``."""
    return [(inert(figure.name), _amount(figure, table.tz)) for figure in lead.figures]


def _amount(figure: LeadFigure, tz: str) -> str:
    if figure.value is None:
        return UNKNOWN
    if is_instants([figure.value]):
        return moment(str(figure.value), tz)
    unit, worth = unit_of(figure.unit, figure.shown)
    words = _cell(figure.value, worth)
    return f"{words} {unit}".rstrip() if is_amount(figure.value) else words


def heading(table: Table) -> list[str]:
    """Title of the report, its window in local time, as-of and known-at: four lines."""
    known = table.known_at
    filters = f"  only {', '.join(map(inert, table.filters))}" if table.filters else ""
    start, stop, as_of = clocks(
        [local_time(at, calendar.zone(table.tz)) for at in (table.start, table.stop, table.as_of)]
    )
    return [
        f"{table.title}  ({table.report}, definition {table.definition_version}){filters}",
        f"window   {start} to {stop}  ({table.tz}, tz database {table.tzdata})",
        f"as of    {as_of}",
        f"known at {known.size:,} records, root {known.root[:16]}..., last taken {known.rec}",
    ]


def window(table: Table) -> str:
    """The window in local time."""
    zone = calendar.zone(table.tz)
    return f"{local_time(table.start, zone)} to {local_time(table.stop, zone)}"


def period(table: Table) -> str:
    """The window in words: days where it is whole days, else instants."""
    zone = calendar.zone(table.tz)
    start, stop = (
        calendar.in_zone(datetime.fromisoformat(stored), zone) for stored in (table.start, table.stop)
    )
    if start.time() == stop.time() == datetime.min.time() and start < stop:
        last = stop - timedelta(days=1)
        return " to ".join(dict.fromkeys(map(_day, (start, last))))
    return f"{moment(table.start, table.tz)} to {moment(table.stop, table.tz)}"


def where(table: Table) -> str:
    """The sites that the table is about by name, ``Dalton (Whitfield County, GA)``; or their number, or
    all.
    """
    sites = _sites(table)
    if not sites:
        return "all sites"
    if len(sites) > FEW:
        return f"{len(sites)} sites"
    subject = table.subject()
    return " and ".join(inert(subject.named(site)) for site in sites)


def scope(table: Table) -> str:
    """Subject of a table for its heading: its sites, and the incident, block, meter or authority in question."""
    named = (text.partition("=") for text in table.filters)
    things = [f"{name} {inert(value)}" for name, _, value in named if name in _THINGS]
    here = [where(table)] if _sites(table) or not things else []
    return ", ".join([*here, *things])


def names_sites(table: Table) -> bool:
    """True where the heading names sites."""
    return 0 < len(_sites(table)) <= FEW


def beyond_scope(table: Table) -> bool:
    """True where the table was limited by more than its heading names."""
    others = [name for name in table.filters if name.partition("=")[0] not in ("site", *_THINGS)]
    return bool(others) or len(_sites(table)) > FEW


def _sites(table: Table) -> list[str]:
    return [name.removeprefix("site=") for name in table.filters if name.startswith("site=")]


def only(table: Table) -> str:
    """Limits of the table beside sites, and the sites by name; empty where it covers everything."""
    others = [inert(name) for name in table.filters if not name.startswith("site=")]
    sites = _sites(table)
    subject = table.subject()
    return ", ".join([*(inert(subject.named(site)) for site in sites), *others])


def parties(table: Table) -> list[tuple[str, str]]:
    """Parties of a table: operator, sites, balancing authorities, program operators, where known."""
    subject = table.subject()
    found = (
        ("Operator", [subject.operator] if subject.operator else []),
        ("Site", [site.words for site in subject.sites]),
        ("Balancing authority", list(subject.authorities)),
        ("Program operator", [*dict.fromkeys(map(authority, subject.programs))]),
    )
    return [(_plural(name, names), "; ".join(map(inert, names))) for name, names in found if names]


def _plural(name: str, names: Sequence[str]) -> str:
    if len(names) == 1:
        return name
    return f"{name.removesuffix('y')}ies" if name.endswith("y") else f"{name}s"


def moment(stored: str, tz: str) -> str:
    """An instant in words, on the clocks of a zone: ``14 July 2026, 14:00``."""
    local = calendar.in_zone(datetime.fromisoformat(stored), calendar.zone(tz))
    return f"{_day(local)}, {local:%H:%M:%S}" if local.second else f"{_day(local)}, {local:%H:%M}"


def _day(local: datetime) -> str:
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}"


def clock_of(tz: str) -> str:
    """Clock of a zone in words: ``local time of America/New_York``, ``UTC``."""
    return "UTC" if tz == "UTC" else f"local time of {tz}"


def is_laid_out(paragraph: str) -> bool:
    """True where a paragraph of a definition is laid out in lines, as formulas are, that must stay as they
    are.
    """
    return _LAID_OUT.search(paragraph) is not None


def recompute(table: Table) -> str:
    """The command that makes the same report again from the book it came from; a file that was given is
    named by its SHA-256.
    """
    return f"wattledger report {_asked(table)} --format json"


def explain(table: Table) -> str:
    """The command that explains the figures of its last row; NAME where it has none."""
    last = table.rows[-1][: table.keys] if table.rows else ()
    name = "/".join(str(cell) for cell in last if cell is not None) or "NAME"
    return f"wattledger explain {_asked(table)} --row {_word(name)}"


def _asked(table: Table) -> str:
    options = [(name, value) for name, _, value in (text.partition("=") for text in table.filters)]
    return " ".join(
        (
            table.report,
            *(f"--{name}" if value == "true" else f"--{name} {_word(value)}" for name, value in options),
            (
                f"--from {table.start} --to {table.stop} --tz {table.tz} --as-of {table.as_of} --known-at"
                f" {table.known_at.size}"
            ),
        )
    )


def _word(text: str) -> str:
    """One word of a shell's command line."""
    plain = bool(text) and all(c.isascii() and (c.isalnum() or c in "-_./:") for c in text)
    return text if plain else "'" + text.replace("'", "'\\''") + "'"


def has_unknown(table: Table) -> bool:
    """True where a dash is shown anywhere."""
    return any(None in row for row in table.rows) or leads_unknown(table)


def leads_unknown(table: Table) -> bool:
    """True where a figure of the first screen is unknown."""
    lead = table.lead()
    return lead is not None and any(figure.value is None for figure in lead.figures)


def display(unit: str, cell: Cell) -> str:
    """One cell with its unit, as a table shows it: ``97.5 %``; a dash where it is unknown."""
    return said(cell, unit) if is_amount(cell) else _cell(cell, 1)


# --- one column ---------------------------------------------------------------------------------------------


def _shown(column: Column, cells: Sequence[Cell], numeric: bool) -> Shown:
    """A column of cells; it is ``numeric`` where it holds amounts, or would if any were known."""
    if column.name == "year":  # a name, not an amount
        return Shown(column.title, [UNKNOWN if cell is None else str(cell) for cell in cells], False)
    unit, worth = unit_of(column.unit, column.shown)
    title = f"{column.title} ({unit})" if unit else column.title
    return Shown(title, _cells(cells, worth), numeric, unit)


def is_amount(cell: Cell) -> TypeGuard[int]:
    """True for a number."""
    return isinstance(cell, int) and not isinstance(cell, bool)


def are_amounts(cells: Sequence[Cell]) -> list[bool]:
    """Which cells are numbers."""
    types = set(map(type, cells))
    return [True] * len(cells) if types == {int} else list(map(is_amount, cells))


# --- one cell -----------------------------------------------------------------------------------------------


def _cells(cells: Sequence[Cell], worth: int) -> list[str]:
    """Cells in words, each value once: most columns of a long table have few."""
    if bool in set(map(type, cells)):  # True is 1 to a dictionary
        return [_cell(cell, worth) for cell in cells]
    words = {cell: _cell(cell, worth) for cell in dict.fromkeys(cells)}
    return list(map(words.__getitem__, cells))


def _cell(cell: Cell, worth: int) -> str:
    if cell is None:
        return UNKNOWN
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int):
        return number(cell, worth)
    return inert(cell)


# --- cells that stand below each other ----------------------------------------------------------------------


def decimals(cells: Sequence[str], amounts: Sequence[bool]) -> int:
    """The most decimals of an amount."""
    return max((len(cell.partition(".")[2]) for cell in compress(cells, amounts)), default=0)


def aligned(cells: Sequence[str], amounts: Sequence[bool], most: int | None = None) -> list[str]:
    """Amounts with the same number of decimals, that of the one that has ``most``; a word among them is
    unchanged.
    """
    most = decimals(cells, amounts) if most is None else most
    if not most:
        return list(cells)
    return [_filled(cell, most) if amount else cell for cell, amount in zip(cells, amounts, strict=True)]


def _filled(cell: str, most: int) -> str:
    whole, _, rest = cell.partition(".")
    return f"{whole}.{rest:0<{most}}"


def has_seconds(cells: Sequence[str]) -> bool:
    """True where a local time is not a full minute."""
    return not all(cell[16:19] in ("", ":00") and "." not in cell for cell in cells)


def clocks(cells: Sequence[str], *, seconds: bool | None = None) -> list[str]:
    """Local times as people read them, without seconds where no time has any: ``2026-07-14 14:00 -04:00``."""
    full = not (has_seconds(cells) if seconds is None else seconds)
    return [
        cell if len(cell) < 25 else f"{cell[:10]} {cell[11 : 16 if full else -6]} {cell[-6:]}"
        for cell in cells
    ]


# --- instants -----------------------------------------------------------------------------------------------


def is_instants(cells: Sequence[Cell]) -> bool:
    """True where all known cells are instants or record times in stored form."""
    known = [cell for cell in cells if cell is not None]
    return bool(known) and all(
        isinstance(cell, str) and (calendar.is_instant(cell) or calendar.is_rec(cell)) for cell in known
    )


@lru_cache(maxsize=2**14)  # where an interval ends the next begins
def local_time(stored: str, zone: ZoneInfo) -> str:
    """A stored instant or record time on the clocks of a zone, with its offset:
    ``2026-07-14T14:00:00-04:00``.
    """
    return calendar.in_zone(datetime.fromisoformat(stored), zone).isoformat()
