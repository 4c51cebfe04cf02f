"""A hypothesis as people read it: report by report the figures that would change, each in the unit it is shown
in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ledger.app.queries.what_if import Hypothesis
from ledger.exchange.story import format_claim
from ledger.records.envelope import claim_of
from projections.render.display import display


class FigureChange(NamedTuple):
    """One figure: the row it is in, what it is, and both values; ``what`` is whether the row comes or goes."""

    row: str
    figure: str
    was: str
    now: str
    what: str


class ReportChange(NamedTuple):
    """What would change in a report."""

    name: str
    title: str
    figures: tuple[FigureChange, ...]
    notes_gone: tuple[str, ...]
    notes_new: tuple[str, ...]


class HypothesisWords(NamedTuple):
    """The lines that were supposed, what would change, and the reports in which nothing would."""

    supposed: tuple[str, ...]
    changed: tuple[ReportChange, ...]
    unchanged: tuple[str, ...]


def in_words(found: Hypothesis) -> HypothesisWords:
    """The whole of a hypothesis."""
    changes = list(_changes(found))
    return HypothesisWords(
        tuple(format_claim(claim_of(record)) for record in found.records),
        tuple(one for one in changes if one.figures or one.notes_gone or one.notes_new),
        tuple(one.name for one in changes if not (one.figures or one.notes_gone or one.notes_new)),
    )


def _changes(found: Hypothesis) -> Iterator[ReportChange]:
    for each in found.reports:
        figures = tuple(
            FigureChange(
                one.row,
                one.column.title,
                display(one.column.unit, one.was),
                display(one.column.unit, one.now),
                one.what,
            )
            for one in each.differences
        )
        yield ReportChange(each.report.name, each.report.title, figures, each.notes_gone, each.notes_new)
