"""A report as a value: its name, the streams it reads, its computation, and its first screen.

``Report`` takes a ``Scope`` (the window already cut to as-of, the sites it may look at) and gives rows of
plain values (``Answer``). Its ``Lead`` is the first screen: a verdict in words, three to five figures, and
the columns that belong there.

Cells are integers in the column's unit, text, true/false or null (unknown); never a float.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, NewType, Protocol, cast

from ledger.calendar import Window
from ledger.kinds import Fact, ReportIssued
from projections.engine.fold import Found, Key, RowKind, Rows, found_once
from projections.engine.pictures import Picture

Cell = int | str | bool | None


class Column(NamedTuple):
    """One column.

    ``definition`` describes the calculation; ``unit`` is the unit of its integers, empty for text and counts.
    ``shown`` is the display unit, fixed so that two months can be stacked; empty: the usual one of ``unit``
    (``projections.engine.amounts``). For ``explain``: ``of`` are the columns of the same row that it is
    computed from, ``draws`` the names of the row kinds whose facts it rests on (empty: all that the report
    declares), ``beyond`` the key columns whose other values it looks at too.
    """

    name: str
    title: str
    definition: str
    unit: str
    of: tuple[str, ...] = ()
    draws: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()
    shown: str = ""


class Series(NamedTuple):
    """The content of a series file: its SHA-256, and its values in order of time: (stamp as the file gives
    it, begin in seconds since 1970, value). A value is an integer in the unit that the parameter names, None
    where the file has a blank.
    """

    sha256: str
    values: tuple[tuple[str, int, int | None], ...]


class Parameter(NamedTuple):
    """A parameter of one report or a few; the options of the commands are made from it.

    ``name`` is what is typed (``incident`` for ``--incident``), ``what`` its help. ``form``: a ``flag`` is
    given or not, a ``text`` is taken as typed, a ``series`` is a file. ``needs`` are the parameters that must
    be given with it, ``shows`` the columns that also stand first when it is given. Reports that share a
    parameter share the value.
    """

    name: str
    what: str
    form: Literal["flag", "text", "series"] = "text"
    needs: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()


Given = bool | str | Series
"""The argument of a parameter, by its form."""

NOTHING: Final[Mapping[str, Given]] = MappingProxyType({})


class Scope(NamedTuple):
    """The question to a report: window, sites, blocks and arguments.

    ``window`` is half-open and already cut to as-of: facts with ``at`` before ``window.stop_s`` are seen, and
    deadlines are judged on the last local day before it. ``sites`` are the places in scope, sorted;
    ``blocks`` limits to some blocks of them (empty: all). ``tz`` is the zone of the window and of
    whole-report dates; ``zones`` the zone of each site. ``given`` holds the arguments of the report's own
    parameters, by name; parameters that were not given are not in it.
    """

    window: Window
    sites: tuple[str, ...]
    blocks: tuple[str, ...]
    tz: str
    zones: dict[str, str]
    filtered: bool = False
    given: Mapping[str, Given] = NOTHING


def found_for(rows: Rows, scope: Scope, find: Callable[[Rows, Scope], Found]) -> Found:
    """What a function finds in rows for the window, sites and blocks of a scope, on which alone it depends: once
    for all cells and reports that ask for the same, and only the last is kept.
    """
    asked = scope.window, scope.sites, scope.blocks
    return found_once(rows, find, lambda: find(rows, scope), asked)


ReportRow = NewType("ReportRow", tuple[Cell, ...])
"""Cells in the order of a report's columns. Only the functions below make one, from cells by column name: a
tuple written out by position is a type error.
"""


class Answer(NamedTuple):
    """A report's result: its rows, listed or made each time (``MadeRows``), and notes that a reader must see."""

    rows: Sequence[ReportRow]
    notes: tuple[str, ...] = ()


def row_of(columns: tuple[Column, ...]) -> Callable[..., ReportRow]:
    """A function that makes rows by column name: every column is named, in any order, and no other."""
    names = tuple(column.name for column in columns)
    known = frozenset(names)

    def row(**cells: Cell) -> ReportRow:
        assert cells.keys() == known, f"a row names each of its columns once: {sorted(cells.keys() ^ known)}"
        return ReportRow(tuple(map(cells.__getitem__, names)))

    return row


def partial_row_of(columns: tuple[Column, ...]) -> Callable[..., ReportRow]:
    """A function that makes rows by column name and leaves unnamed columns null: for a report with several
    sorts of rows.
    """
    names = tuple(column.name for column in columns)
    known = frozenset(names)

    def row(**cells: Cell) -> ReportRow:
        assert cells.keys() <= known, f"a row names columns of its report: {sorted(cells.keys() - known)}"
        return ReportRow(tuple(map(cells.get, names)))

    return row


def rows_of(columns: tuple[Column, ...]) -> Callable[..., Iterator[ReportRow]]:
    """A function that makes many rows at once, from the cells of each column by its name; some columns may be
    endless, but not all. For reports of a million rows: naming the cells of each row would take longer than
    computing them.
    """
    names = tuple(column.name for column in columns)
    known = frozenset(names)

    def rows(**cells: Iterable[Cell]) -> Iterator[ReportRow]:
        assert cells.keys() == known, f"rows name each of their columns once: {sorted(cells.keys() ^ known)}"
        return cast("Iterator[ReportRow]", zip(*map(cells.__getitem__, names), strict=False))

    return rows


class Number(NamedTuple):
    """A number in a formula that is not a column: its name and its value (``n/d`` where it is not a whole
    number), with its unit.
    """

    name: str
    value: int | str
    unit: str


def exact(value: Fraction | int) -> int | str:
    """A whole number as it is, another as ``n/d``."""
    return int(value) if value == int(value) else str(value)


class Workings(NamedTuple):
    """A table of the workings of a figure: columns as a report has them, and its message in a sentence."""

    title: str
    says: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


def no_workings() -> tuple[Workings, ...]:
    """No workings: for a figure that its formula and numbers explain."""
    return ()


def every_key(kind: str, key: Key) -> bool:
    """Every row whose key agrees with the figure's counts."""
    return True


class Behind(NamedTuple):
    """The facts behind one figure: the rows (row kind's name, key) it is computed from, numbers beside
    ``Column.of``, and tables of its workings.

    ``counts`` is called with keys whose parts agree with the cells of the figure's row; ``numbers`` and
    ``workings`` only where they are shown. ``window`` is the figure's window where that is not the report's.
    ``also`` are records, by stream and position, beside those of rows. ``only`` limits a row kind to some names of
    a part of its key, where the row's cells leave that part open and a book has many.
    """

    counts: Callable[[str, Key], bool] = every_key
    numbers: Callable[[], tuple[Number, ...]] = tuple
    window: Window | None = None
    also: tuple[tuple[str, int], ...] = ()
    workings: Callable[[], tuple[Workings, ...]] = no_workings
    only: Mapping[str, tuple[str, Collection[str]]] = MappingProxyType({})


class LeadFigure(NamedTuple):
    """One figure of a report's first screen: its name in plain words, its value as a cell (an integer in
    ``unit``, text, true/false, or None where it is unknown), and its display unit (empty: the usual one of
    ``unit``).
    """

    name: str
    value: Cell
    unit: str
    shown: str = ""


class Lead(NamedTuple):
    """A report's answer on the first screen: the verdict in one sentence of plain words, and three to five
    figures.

    It is computed from the report's own rows and stands in formats for people only (text, HTML, XLSX, PDF,
    DOCX); JSON, CSV and every hash are of the rows.
    """

    verdict: str
    figures: tuple[LeadFigure, ...]


class Deadline(NamedTuple):
    """Something due by a local day at its site and not done: ``what`` in words, ``row`` the key of the
    report's row about it. One that ``lapses`` can no longer be met after that day.
    """

    on: date
    site: str
    what: str
    row: str
    lapses: bool = False


def no_deadlines(answer: Answer) -> Iterable[Deadline]:
    """No deadlines: no row is about something due by a day."""
    return ()


def nothing_more(rows: Rows, scope: Scope, cells: Mapping[str, Cell], column: str) -> Behind:
    """No narrowing: for a report whose rows rest on all rows that agree with their key columns, and on
    nothing else.
    """
    return Behind()


def no_pictures(rows: Rows, scope: Scope, answer: Answer) -> tuple[Picture, ...]:
    """No pictures: for a report that is best read."""
    return ()


class TimelineRecord(NamedTuple):
    """A record in a timeline.

    ``record`` is its index, ``said`` its fact in words, ``body`` the fact, ``state`` the state of its subject
    after it. A superseded record has the index of the record that replaced or withdrew it, and when the
    ledger took that; ``corrects`` are the indexes of those it supersedes itself. ``why`` is the reason that
    was given, at either end.
    """

    at: str
    rec: str
    stream: str
    kind: str
    id: str
    record: int
    said: str
    about: str
    state: str | None
    evidence: str | None
    body: Fact
    corrects: tuple[int, ...] = ()
    corrected_by: int | None = None
    corrected_rec: str | None = None
    retracted: bool = False
    why: str | None = None


class Restated(NamedTuple):
    """A cell of an issued report that has another value now; ``why`` in place of cells where the report
    cannot be computed again.
    """

    row: str | None
    column: str | None
    as_reported: Cell
    now: Cell
    difference: int | None
    caused_by: tuple[int, ...]
    why: str | None = None


class Earlier(NamedTuple):
    """An earlier state of knowledge: the number of records, the last of them taken by ``last_s``; the
    report's rows of them, and the log.
    """

    size: int
    last_s: int
    rows: Rows
    log: LogView


class LogView(Protocol):
    """The parts of the log that a report may read beyond its rows, as known at the size it is computed
    for.
    """

    def timeline(
        self,
        site: str,
        window: Window,
        ids: Sequence[str],
        sites: Sequence[str],
        incident: str | None = None,
        until_s: int | None = None,
        places: Collection[tuple[str, int]] = (),
    ) -> list[TimelineRecord]:
        """The records of a site's own declared streams with ``at`` in a window, or about an incident and with
        ``at`` before ``until_s``, those at some places of its streams, and those of some ids in the declared
        streams of ``sites`` and beyond them, with what supersedes these or was superseded by them: those that
        stand and those that were superseded, in order.
        """
        ...

    def earlier(self, words: str, sites: Sequence[str]) -> Earlier:
        """The knowledge about some sites at an earlier record count or instant. ``Malformed`` where it is not
        earlier.
        """
        ...

    def restated(self, issued: ReportIssued, later: int | None) -> list[Restated]:
        """The cells of an issued report that differ at a later size of the log (None: the size asked for)."""
        ...


def needs_the_log(rows: Rows, scope: Scope) -> Answer:
    """Stand-in for ``compute`` in a report that has ``asking``."""
    raise AssertionError("a report that asks the log is not made of rows alone")


class Report(NamedTuple):
    """A report as a value: one line in the catalogue.

    ``packs`` are the readers' packs it belongs to (``ledger.app.delivery.packs``). ``classes`` are the
    disclosure classes whose streams it reads, for each site in scope (PROOF 4: a bundle carries all of them),
    with ``fleet`` also those of what belongs to no single site, with ``conditions`` those of the balancing
    authorities. With ``sections`` it reads fields kept in sections, with ``alone`` it can be computed from
    these streams alone, as bundles need. An ``instant`` report is of the window's end and sees facts at that
    very second too. ``keys`` is the number of leading columns that name a row, ``blocks`` whether it can be
    asked about some blocks alone. ``compute`` is pure; a report that needs more than rows has ``asking``
    instead, and ``cites`` names the columns that hold indexes of records; ``matched`` are the columns that
    name a row from one knowledge to another, where the leading ones only count. ``parameters`` are its own
    options. A ``bulky`` report has a row for the most numerous facts of the log, and is computed only for a
    window that was asked for. The figures of a ``daily`` report are meaningful for a single day.
    ``pictures(rows, scope, answer)`` is pure and called only where pictures are drawn. ``deadlines(answer)``
    gives what is still due by a day, past or future. ``behind(rows, scope, cells, column)`` narrows what a
    figure rests on. ``lead(rows, scope, answer)`` is pure and called only for formats for people; ``first``
    are the at most eight columns of their first screen, verdict and reason before figures, the others fold
    out or follow; the catalogue's reports all have both. ``plain(scope, cells)`` gives the words that people
    read in place of some cells of a row, by column; JSON, CSV and a workbook's sheet of all columns have the
    cells. ``definition`` is the module's docstring: formula and sources, printed by ``explain`` and as the
    method note.
    """

    name: str
    definition_version: int
    title: str
    packs: tuple[str, ...]
    classes: tuple[str, ...]
    row_kinds: tuple[RowKind, ...]
    columns: tuple[Column, ...]
    keys: int
    first: tuple[str, ...]
    compute: Callable[[Rows, Scope], Answer]
    lead: Callable[[Rows, Scope, Answer], Lead | None]
    definition: str
    blocks: bool = False
    behind: Callable[[Rows, Scope, Mapping[str, Cell], str], Behind] = nothing_more
    asking: Callable[[Rows, Scope, LogView], Answer] | None = None
    cites: tuple[str, ...] = ()
    matched: tuple[str, ...] = ()
    fleet: bool = False
    conditions: bool = False
    sections: bool = False
    alone: bool = True
    instant: bool = False
    bulky: bool = False
    daily: bool = False
    parameters: tuple[Parameter, ...] = ()
    pictures: Callable[[Rows, Scope, Answer], tuple[Picture, ...]] = no_pictures
    plain: Callable[[Scope, Mapping[str, Cell]], Mapping[str, str]] | None = None
    deadlines: Callable[[Answer], Iterable[Deadline]] = no_deadlines

    @property
    def beyond(self) -> tuple[str, ...]:
        """The stream classes it reads beside those of sites: ``fleet``, ``conditions``."""
        return tuple(name for name in ("fleet", "conditions") if getattr(self, name))

    @property
    def reader(self) -> str:
        """The disclosure class of readers who may see all that the report reads: the last of its classes."""
        return self.classes[-1]
