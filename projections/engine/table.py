"""A computed report, as every renderer is given it: rows of plain values with everything a reader needs to
compute them again (definition version, window with zone, as-of, known-at, tz database release).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

from projections.engine.pictures import Picture
from projections.engine.report import Cell, Column, Lead, ReportRow, Workings
from projections.engine.subject import ReportSubject

Paper = Literal["letter", "a4"]


class KnownAt(NamedTuple):
    """The state of knowledge: the size of the log, the RFC 6962 root over it in hex, and the last record's
    time.
    """

    size: int
    root: str
    rec: str


class Attachment(NamedTuple):
    """A file that goes with a report where its format can carry one: ``relationship`` to the report as in
    PDF/A-3 (AFRelationship).
    """

    name: str
    media_type: str
    description: str
    data: bytes
    relationship: str = "data"


class CellExplained(NamedTuple):
    """One figure explained, for a page: its row and column, the cells and numbers in its formula with their
    units, tables of its workings, the first records behind it as lines, and their total number.
    """

    row: int
    place: int
    numbers: tuple[tuple[str, str, Cell], ...]
    workings: tuple[Workings, ...]
    records: tuple[str, ...]
    all_records: int


class Explained(NamedTuple):
    """The figures of a table that are explained, and the number of its leading columns that are not."""

    cells: tuple[CellExplained, ...] = ()
    left_out: int = 0


class Table(NamedTuple):
    """A computed report. Instants are in stored form (UTC); ``tz`` is the zone in which the window was given.
    ``pictures`` makes the report's pictures, ``lead`` its first screen, ``attachments`` the files beside it,
    ``explained`` the explanations of its figures, only where a format carries them. ``first`` names the
    columns of the first screen in their order (empty: all). ``plain`` gives the words that people read in
    place of some cells of a row. ``paper`` is the paper size, ``subject`` the operator and sites in words,
    for formats for people.
    """

    report: str
    definition_version: int
    title: str
    start: str
    stop: str
    tz: str
    as_of: str
    known_at: KnownAt
    tzdata: str
    filters: tuple[str, ...]
    columns: tuple[Column, ...]
    keys: int
    rows: Sequence[ReportRow]
    notes: tuple[str, ...]
    definition: str
    pictures: Callable[[], tuple[Picture, ...]] = tuple
    attachments: Callable[[], tuple[Attachment, ...]] = tuple
    lead: Callable[[], Lead | None] = lambda: None
    explained: Callable[[], Explained] = Explained
    first: tuple[str, ...] = ()
    plain: Callable[[Mapping[str, Cell]], Mapping[str, str]] | None = None
    paper: Paper = "letter"
    subject: Callable[[], ReportSubject] = ReportSubject
