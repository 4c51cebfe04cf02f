"""A report as a value: what it is, what it reads, how it is computed, and what of it stands first.

``Report`` is asked for a ``Scope`` (the window already cut to as-of, the sites it may look at) and answers
with rows of plain values (``Answer``). Its ``Lead`` is what a reader gets on the first screen: a verdict in
words, three to five figures, and the columns worth a place there.

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
from projections.engine.fold import Key, RowKind, Rows
from projections.engine.pictures import Picture

Cell = int | str | bool | None


class Column(NamedTuple):
    """One column. ``definition`` describes the calculation; ``unit`` is the unit of its integers, empty for
    text and counts. ``shown`` is the unit that people are shown it in, fixed for ever so that two months
    can be stacked; empty: the usual one of ``unit`` (``projections.engine.amounts``).

    For ``explain``: ``of`` are the columns of the same row that it is made of, ``draws`` the names of the row
    kinds whose facts it rests on (empty: all that the report declares), ``beyond`` the key columns whose
    other values it looks at too.
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
    """What a file of a series says: its SHA-256, and its values in order of time: (stamp as the file gives
    it, begin in seconds since 1970, value).

    A value is an integer in the unit that the parameter names, None where the file has a blank.
    """

    sha256: str
    values: tuple[tuple[str, int, int | None], ...]


class Parameter(NamedTuple):
    """Something that only one report can be asked, or a few: an option of the commands, made from this.

    ``name`` is what is typed (``incident`` for ``--incident``), ``what`` its help. ``form``: a ``flag`` is
    said or not, a ``text`` is taken as typed, a ``series`` is a file. ``needs`` are the parameters that must
    be said with it, ``shows`` the columns that stand first too where it is said. Reports that share a parameter share the value.
    """

    name: str
    what: str
    form: Literal["flag", "text", "series"] = "text"
    needs: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()


Given = bool | str | Series
"""What was said for a parameter, by its form."""

NOTHING: Final[Mapping[str, Given]] = MappingProxyType({})


class Scope(NamedTuple):
    """What a report is asked for.

    ``window`` is half-open and already cut to as-of: facts with ``at`` before ``window.stop_s`` are seen, and
    deadlines are judged on the last local day before it. ``sites`` are the places in scope, sorted;
    ``blocks`` limits to some blocks of them (empty: all). ``tz`` is the zone of the window and of
    whole-report dates; ``zones`` the zone of each site. ``given`` is what was said for the report's own
    parameters, by name; what was not said is not in it.
    """

    window: Window
    sites: tuple[str, ...]
    blocks: tuple[str, ...]
    tz: str
    zones: dict[str, str]
    filtered: bool = False
    given: Mapping[str, Given] = NOTHING


ReportRow = NewType("ReportRow", tuple[Cell, ...])
"""Cells in the order of a report's columns. Only the makers below make one, which take cells by column name:
a tuple written out by position is an error of types.
"""


class Answer(NamedTuple):
    """What a report computes: its rows, and notes a reader must see."""

    rows: tuple[ReportRow, ...]
    notes: tuple[str, ...] = ()


def row_of(columns: tuple[Column, ...]) -> Callable[..., ReportRow]:
    """A maker of rows by column name: every column is named, in any order, and no other."""
    names = tuple(column.name for column in columns)
    known = frozenset(names)

    def row(**cells: Cell) -> ReportRow:
        assert cells.keys() == known, f"a row names each of its columns once: {sorted(cells.keys() ^ known)}"
        return ReportRow(tuple(map(cells.__getitem__, names)))

    return row


def partial_row_of(columns: tuple[Column, ...]) -> Callable[..., ReportRow]:
    """A maker of rows by column name that leaves null what is not named: for a report of several sorts of
    rows.
    """
    names = tuple(column.name for column in columns)
    known = frozenset(names)

    def row(**cells: Cell) -> ReportRow:
        assert cells.keys() <= known, f"a row names columns of its report: {sorted(cells.keys() - known)}"
        return ReportRow(tuple(map(cells.get, names)))

    return row


def rows_of(columns: tuple[Column, ...]) -> Callable[..., Iterator[ReportRow]]:
    """A maker of many rows at once, from the cells of each column by its name; columns may be endless, not
    all of them. For reports of a million rows: naming the cells of each row would take longer than computing
    them.
    """
    names = tuple(column.name for column in columns)
    known = frozenset(names)

    def rows(**cells: Iterable[Cell]) -> Iterator[ReportRow]:
        assert cells.keys() == known, f"rows name each of their columns once: {sorted(cells.keys() ^ known)}"
        return cast("Iterator[ReportRow]", zip(*map(cells.__getitem__, names), strict=False))

    return rows


class Number(NamedTuple):
    """A number put into a formula that is no column: what it is, its value (``n/d`` where it is no whole
    number), its unit.
    """

    name: str
    value: int | str
    unit: str


def exact(value: Fraction | int) -> int | str:
    """A whole number as it is, another as ``n/d``."""
    return int(value) if value == int(value) else str(value)


class Workings(NamedTuple):
    """A table of how a figure was worked out: columns as a report has them, and what it says in a sentence."""

    title: str
    says: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


def no_workings() -> tuple[Workings, ...]:
    """For a figure that its formula and numbers explain."""
    return ()


class Behind(NamedTuple):
    """What is behind one figure: which rows (row kind's name, key) it is made of, numbers put in beside
    ``Column.of``, and tables of how it was worked out.

    ``counts`` is asked about keys whose parts agree with the cells of the figure's row; ``numbers``
    and ``workings`` only where they are shown. ``window`` is what the figure looks at where that is not the report's window.
    ``also`` are records, by stream and position, beside those of rows.
    """

    counts: Callable[[str, Key], bool] = lambda kind, key: True
    numbers: Callable[[], tuple[Number, ...]] = tuple
    window: Window | None = None
    also: tuple[tuple[str, int], ...] = ()
    workings: Callable[[], tuple[Workings, ...]] = no_workings


class LeadFigure(NamedTuple):
    """One figure of a report's first screen: its name in plain words, its value as a cell of a column has it
    (an integer in ``unit``, text, true/false, or None where it is unknown), and the unit that people are
    shown it in (empty: the usual one of ``unit``).
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
    """Something that is to be done by a day of its site's clocks and is not done: ``what`` in words, ``row`` the
    key of the report's row that says so. One that ``lapses`` cannot be met any more after that day.
    """

    on: date
    site: str
    what: str
    row: str
    lapses: bool = False


def no_deadlines(answer: Answer) -> Iterable[Deadline]:
    """No row is about something that is to be done by a day."""
    return ()


def nothing_more(rows: Rows, scope: Scope, cells: Mapping[str, Cell], column: str) -> Behind:
    """For a report whose rows rest on all rows that agree with their key columns, and on nothing else."""
    return Behind()


def no_pictures(rows: Rows, scope: Scope, answer: Answer) -> tuple[Picture, ...]:
    """For a report that is best read."""
    return ()


def no_lead(rows: Rows, scope: Scope, answer: Answer) -> Lead | None:
    """No first screen."""
    return None


class TimelineRecord(NamedTuple):
    """A record as a timeline shows it: ``record`` is its index, ``said`` its fact in words, ``body`` the fact,
    ``state`` how its thing stands after it. One that was superseded has the index of the record that took its
    place or withdrew it, and when the ledger took that; ``corrects`` are the indexes of those it supersedes
    itself. ``why`` is the reason that was given, at either end.
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
    """One cell of an issued report that is another now; ``why`` in place of cells where the report cannot be
    made again.
    """

    row: str | None
    column: str | None
    as_reported: Cell
    now: Cell
    difference: int | None
    caused_by: tuple[int, ...]
    why: str | None = None


class Earlier(NamedTuple):
    """What was known before: how many records, the last of them taken by ``last_s``; the report's rows of them, and
    the log.
    """

    size: int
    last_s: int
    rows: Rows
    log: LogView


class LogView(Protocol):
    """What a report may ask of the log beyond its rows, as known at the size it is computed for."""

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
        """What was known before of some sites, by a record count or an instant. ``Malformed`` where more was
        known then.
        """
        ...

    def restated(self, issued: ReportIssued, later: int | None) -> list[Restated]:
        """What of an issued report is another at a later size of the log (None: the size asked for)."""
        ...


def needs_the_log(rows: Rows, scope: Scope) -> Answer:
    """In place of ``compute``, for a report that has ``asking``."""
    raise AssertionError("a report that asks the log is not made of rows alone")


class Report(NamedTuple):
    """A report as a value: one line in the catalogue.

    ``classes`` are the disclosure classes whose streams it reads, for each site in scope (PROOF 4: a bundle
    carries all of them), with ``fleet`` also those of what belongs to no single site, with ``conditions``
    those of the balancing authorities. ``sections`` says that it reads fields kept in sections, ``alone``
    that it can be made from these streams alone, as bundles need it. An ``instant`` report is of the window's
    end and sees facts at that very second too. ``keys`` is the number of leading columns that name a row,
    ``blocks`` whether it can be asked about some blocks alone. ``compute`` is pure; a report that cannot be
    made of rows alone has ``asking`` instead, and ``cites`` the columns that hold indexes of records;
    ``matched`` are the columns that name a row from one knowledge to another, where the leading ones only
    count. ``parameters`` are what it alone can be asked. A ``bulky`` report has a row for what the log holds
    most of, and is made of a window that somebody asks for only. The figures of a ``daily`` report say something
    about a single day. ``pictures(rows, scope, answer)`` is pure
    and called only where pictures are drawn. ``deadlines(answer)`` names what is still to be done by a day, past
    or to come. ``behind(rows, scope, cells, column)`` narrows what a figure
    rests on. ``lead(rows, scope, answer)`` is pure and called only for formats for people; ``first`` are the
    at most eight columns of their first screen, verdict and reason before figures, the others fold out or
    follow (empty: all columns are first). ``plain(scope, cells)`` gives the words that people read in place
    of some cells of a row, by column; JSON, CSV and a workbook's sheet of all columns have the cells.
    ``definition`` is the module's docstring: formula and sources, printed by ``explain`` and as the method
    note.
    """

    name: str
    definition_version: int
    title: str
    classes: tuple[str, ...]
    row_kinds: tuple[RowKind, ...]
    columns: tuple[Column, ...]
    keys: int
    compute: Callable[[Rows, Scope], Answer]
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
    lead: Callable[[Rows, Scope, Answer], Lead | None] = no_lead
    first: tuple[str, ...] = ()
    plain: Callable[[Scope, Mapping[str, Cell]], Mapping[str, str]] | None = None
    deadlines: Callable[[Answer], Iterable[Deadline]] = no_deadlines

    @property
    def beyond(self) -> tuple[str, ...]:
        """What it reads beside the streams of sites: ``fleet``, ``conditions``."""
        return tuple(name for name in ("fleet", "conditions") if getattr(self, name))

    @property
    def reader(self) -> str:
        """The disclosure class of those who may see all that the report reads: the last of its classes."""
        return self.classes[-1]
