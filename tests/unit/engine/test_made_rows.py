"""Rows that are made each time are a sequence like any other."""

from __future__ import annotations

from projections.engine.made_rows import MadeRows, batches
from projections.engine.report import Column, ReportRow, row_of

ROW = row_of((Column("n", "N", "a number", unit=""),))
LISTED: tuple[ReportRow, ...] = tuple(ROW(n=n) for n in range(10))


def made() -> MadeRows:
    return MadeRows(lambda: iter(LISTED), lambda: len(LISTED), 4)


def test_they_are_the_same_each_time() -> None:
    rows = made()
    assert list(rows) == list(rows) == list(LISTED)


def test_a_page_of_them_is_a_slice() -> None:
    assert (made()[3:7], made()[-1], made()[:100]) == (LISTED[3:7], LISTED[-1], LISTED)


def test_they_equal_the_rows_that_they_make() -> None:
    assert made() == LISTED


def test_they_are_taken_some_at_a_time_and_listed_ones_at_once() -> None:
    assert ([len(each) for each in batches(made())], [len(each) for each in batches(LISTED)]) == (
        [4, 4, 2],
        [10],
    )
