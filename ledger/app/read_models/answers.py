"""Reports made by several processes, from rows that are in a cache: each process puts the rows in once and makes one
report after another, and the tables come back without what is drawn of them.

A report is a function of rows, so who makes it changes no byte (law).
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, as_completed
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ledger.app.book.book import Book
from ledger.app.queries.report_run import report_named
from ledger.app.read_models import plan
from projections.engine.report import Lead, Report
from projections.engine.table import Table


class AnswerTask(NamedTuple):
    """A report over the first ``size`` records of a book, and the cache of their rows."""

    directory: Path
    size: int
    details: bool
    cache: Path
    report: str


def answers(source: plan.ReadModelSource, cache: Path, pool: Executor) -> Iterator[Table]:
    """The tables of all reports over the whole log, as they are done: those of the longest rows are begun first."""
    of = source.book.directory, source.known.size, source.details, cache
    reports = sorted(plan.whole(source.details), key=_length, reverse=True)
    for each in as_completed([pool.submit(answer, AnswerTask(*of, report.name)) for report in reports]):
        yield each.result()


def answer(task: AnswerTask) -> Table:
    """The table of a task."""
    table = _source(*task[:-1]).whole(report_named(task.report))
    return table._replace(pictures=tuple, lead=_no_lead, plain=None)


@cache
def _source(directory: Path, size: int, details: bool, kept: Path) -> plan.ReadModelSource:
    """The rows in this process, for every report that it makes."""
    return plan.ReadModelSource(Book.open(directory, write=False), details, kept, size=size)


def _length(report: Report) -> int:
    return sum(kind.form is bytes for kind in report.row_kinds)


def _no_lead() -> Lead | None:
    return None
