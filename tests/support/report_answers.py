"""Reports asked about a story: their answer, and its rows by name, for the tests of reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from ledger import calendar
from ledger.calendar import Window
from ledger.records.envelope import Record
from projections.engine.fold import replay
from projections.engine.pictures import Lanes, Picture, Plot
from projections.engine.report import NOTHING, Answer, Cell, Column, Given, Lead, Report, Scope
from tests.support.story_facts import told

Line = dict[str, Any]
Shape = TypeVar("Shape", Plot, Lanes)


def cells_of(columns: Sequence[Column], row: Sequence[Cell]) -> Line:
    """The cells of a row by the names of its columns."""
    return dict(zip((column.name for column in columns), row, strict=True))


def answer(
    report: Report,
    records: Sequence[Record],
    period: str,
    tz: str = "UTC",
    sites: tuple[str, ...] = (),
    blocks: tuple[str, ...] = (),
    given: Mapping[str, Given] = NOTHING,
) -> Answer:
    """What a report says of records in a period (``2026-07`` or ``INSTANT/INSTANT``); all sites are in one
    zone.
    """
    scope = scope_of(records, period, tz, sites, blocks, given)
    return report.compute(replay(records, report.row_kinds), scope)


def pictures(report: Report, text: str, period: str, tz: str = "UTC") -> tuple[Picture, ...]:
    """What a report draws of a story."""
    records = told(text)
    scope, rows = scope_of(records, period, tz), replay(records, report.row_kinds)
    return report.pictures(rows, scope, report.compute(rows, scope))


def drawn(shape: type[Shape], report: Report, text: str, period: str, tz: str = "UTC") -> list[Shape]:
    """What a report draws of a story where all of it is plots, or all of it timelines."""
    found: list[Shape] = []
    for picture in pictures(report, text, period, tz):
        assert isinstance(picture, shape), picture.title
        found.append(picture)
    return found


def lead(report: Report, text: str, period: str, tz: str = "UTC", **asked: Any) -> Lead:
    """The first screen of a report about a story."""
    records = told(text)
    scope, rows = scope_of(records, period, tz, **asked), replay(records, report.row_kinds)
    found = report.lead(rows, scope, report.compute(rows, scope))
    assert found is not None, "every report has a lead"
    return found


def verdict(report: Report, text: str, period: str, tz: str = "UTC", **asked: Any) -> str:
    """The sentence that a report begins with."""
    return lead(report, text, period, tz, **asked).verdict


def scope_of(
    records: Sequence[Record],
    period: str,
    tz: str,
    sites: tuple[str, ...] = (),
    blocks: tuple[str, ...] = (),
    given: Mapping[str, Given] = NOTHING,
) -> Scope:
    """What a report is asked for in these tests: all sites in one zone."""
    window = calendar.period(period, calendar.zone(tz)) if "/" not in period else between(period)
    places = sites or tuple(sorted({r.place for r in records if not r.place.startswith("ba-")}))
    return Scope(window, places, blocks, tz, dict.fromkeys(places, tz), given=given)


def between(said: str) -> Window:
    start, stop = said.split("/")
    return Window(*(calendar.instant_s(calendar.parse_instant(text)) for text in (start, stop)))


def lines(report: Report, text: str | Sequence[Record], period: str, **asked: Any) -> dict[str, Line]:
    """Rows by their key columns joined by ``/``, as ``explain --row`` names them."""
    records = told(text) if isinstance(text, str) else text
    names = [column.name for column in report.columns]
    rows = [cells_of(report.columns, row) for row in answer(report, records, period, **asked).rows]
    return {"/".join(str(row[n]) for n in names[: report.keys] if row[n] is not None): row for row in rows}
