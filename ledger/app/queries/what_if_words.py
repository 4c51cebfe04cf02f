"""A hypothesis as people read it: report by report the figures that would change, each in the unit it is shown
in, those of the report's first screen first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from ledger.app.queries.difference import Difference
from ledger.app.queries.what_if import Changed, Hypothesis
from ledger.exchange.story import format_claim
from ledger.records.envelope import claim_of
from projections.render.display import display

CHANGES: Final = "changes"


class FigureChange(NamedTuple):
    """One figure: the row it is in, what it is, and both values."""

    row: str
    figure: str
    was: str
    now: str


class ReportChange(NamedTuple):
    """Changes in a report: ``first`` the figures of its first screen, ``more`` the others; rows that
    would come and go, and notes.
    """

    name: str
    title: str
    first: tuple[FigureChange, ...]
    more: tuple[FigureChange, ...]
    rows_new: tuple[str, ...]
    rows_gone: tuple[str, ...]
    notes_gone: tuple[str, ...]
    notes_new: tuple[str, ...]


class HypothesisWords(NamedTuple):
    """The lines that were supposed, what would change, and the reports in which nothing would."""

    supposed: tuple[str, ...]
    changed: tuple[ReportChange, ...]
    unchanged: tuple[str, ...]


def in_words(found: Hypothesis) -> HypothesisWords:
    """The whole of a hypothesis."""
    return HypothesisWords(
        tuple(format_claim(claim_of(record)) for record in found.records),
        tuple(_change(each) for each in found.reports if _changes(each)),
        tuple(each.report.name for each in found.reports if not _changes(each)),
    )


def _changes(each: Changed) -> bool:
    return bool(each.differences or each.notes_gone or each.notes_new)


def _change(each: Changed) -> ReportChange:
    report, first = each.report, frozenset(each.report.first)
    figures = [one for one in each.differences if one.what == CHANGES]
    return ReportChange(
        report.name,
        report.title,
        tuple(_figure(one) for one in figures if one.column.name in first),
        tuple(_figure(one) for one in figures if one.column.name not in first),
        tuple(dict.fromkeys(_rows(each, "appears"))),
        tuple(dict.fromkeys(_rows(each, "disappears"))),
        each.notes_gone,
        each.notes_new,
    )


def _figure(one: Difference) -> FigureChange:
    was, now = (display(one.column.unit, cell) for cell in (one.was, one.now))
    return FigureChange(one.row, one.column.title, was, now)


def _rows(each: Changed, what: str) -> Iterator[str]:
    return (one.row for one in each.differences if one.what == what)
