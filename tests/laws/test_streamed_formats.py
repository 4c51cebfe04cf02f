"""A report whose rows are made as they are written has the same bytes as one whose rows are listed: every report,
in every format, over random histories.
"""

from __future__ import annotations

import pytest
from hypothesis import given

from projections.engine.made_rows import MadeRows
from projections.engine.report import Report
from projections.engine.table import Table
from projections.render.formats import BY_NAME
from tests.laws.test_formats import FEW, ONE, every_report, tables
from tests.support.worlds import seeds

BATCH = 3
quick = pytest.mark.parametrize("name", ["csv", "json", "text"])


def as_made(table: Table) -> Table:
    """The table with rows that are made each time they are gone through, a few at a time."""
    rows = tuple(table.rows)
    return table._replace(rows=MadeRows(lambda: iter(rows), lambda: len(rows), BATCH))


def listed(table: Table) -> Table:
    return table._replace(rows=tuple(table.rows))


@quick
@every_report
@given(seed=seeds)
@FEW
def test_streamed_bytes_are_the_bytes_of_the_whole(report: Report, name: str, seed: int) -> None:
    for table in tables(report, seed):
        assert b"".join(BY_NAME[name].pieces(as_made(table))) == BY_NAME[name].render(listed(table))


@every_report
@given(seed=seeds)
@FEW
def test_text_of_every_width_is_the_same_streamed(report: Report, seed: int) -> None:
    """Wide, wrapped and folded: the widths of columns are those of all rows, whichever batch a cell is in."""
    form = BY_NAME["text"]
    for table in tables(report, seed):
        for width in (40, 72, 400):
            assert form.render(as_made(table), width) == form.render(listed(table), width)


@every_report
@given(seed=seeds)
@ONE
def test_a_streamed_workbook_is_the_whole_one(report: Report, seed: int) -> None:
    table = next(tables(report, seed))
    assert BY_NAME["xlsx"].render(as_made(table)) == BY_NAME["xlsx"].render(listed(table))


@pytest.mark.parametrize("name", ["html", "docx", "pdf"])
def test_a_format_that_is_made_as_a_whole_lists_the_rows_itself(name: str) -> None:
    from projections.reports.intervals import REPORT

    table = next(tables(REPORT, 0))
    assert BY_NAME[name].render(as_made(table)) == BY_NAME[name].render(listed(table))
