"""Every figure explains itself: the records that ``explain`` names suffice to make the figure again, and are
of what it is about.
"""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given

from ledger.app.queries.explanation import figure
from ledger.records.envelope import Record
from projections.engine.fold import replay, superseded
from projections.engine.report import Cell, Report, Scope
from tests.support.examples import tried
from tests.support.histories import history
from tests.support.worlds import PURE, scopes, seeds, world

FIGURES = tried(gate=3, search=4)
"""How many rows of each window are looked at, and columns of each row."""


def _named(report: Report, row: tuple[Cell, ...]) -> dict[str, Cell]:
    return dict(zip((column.name for column in report.columns), row, strict=True))


def _again(
    report: Report, records: list[Record], gone: set[str], scope: Scope, key: tuple[Cell, ...], column: str
) -> Cell:
    """The same figure of a report made from some records alone; None where the row, and so the figure, is not
    there.
    """
    answer = report.compute(replay(records, report.row_kinds, gone=gone), scope)
    found = [row for row in answer.rows if row[: report.keys] == key]
    return _named(report, found[0])[column] if found else None


@pytest.mark.parametrize("report", PURE, ids=lambda report: report.name)
@given(seed=seeds)
@example(seed=154)  # a meter is put to another block later in the window
@example(
    seed=3830
)  # an amendment of a program reaches back before the end of the window, and is said after it
def test_the_records_behind_a_figure_make_it_again(report: Report, seed: int) -> None:
    records = history(seed, 120)
    rows = world(seed, 120)
    gone = superseded(records)
    rng = random.Random(seed)
    for scope in scopes():
        found = report.compute(rows, scope).rows
        for row in rng.sample(found, min(len(found), FIGURES)):
            cells = _named(report, row)
            for column in rng.sample(report.columns[report.keys :], FIGURES):
                explained = figure(report, rows, scope, cells, column)
                named = set(explained.records)
                behind = [r for r in records if (r.stream, r.pos) in named]
                again = _again(report, behind, gone, scope, row[: report.keys], column.name)
                # a row may stand there for other facts, such as machines left in a retired block, and say 0
                assert again == explained.value or (again is None and not explained.value), (
                    scope,
                    row[: report.keys],
                    column.name,
                )


@pytest.mark.parametrize("report", PURE, ids=lambda report: report.name)
@given(seed=seeds)
def test_no_record_of_another_site_is_behind_a_figure_of_a_site(report: Report, seed: int) -> None:
    """What a balancing authority declared is of no site."""
    rows = world(seed, 60)
    for scope in scopes()[:1]:
        for row in report.compute(rows, scope).rows:
            cells = _named(report, row)
            if cells.get("site") is not None:
                explained = figure(report, rows, scope, cells, report.columns[-1])
                places = {stream.partition("/")[0] for stream, _ in explained.records}
                assert {place for place in places if not place.startswith("ba-")} <= {cells["site"]}
