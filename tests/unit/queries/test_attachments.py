"""Records that go with a report on paper: those it was made from, byte for byte, and they make it again."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.app.book.book import Book
from ledger.app.queries import attachments, log_view
from ledger.app.queries.report_run import Question
from ledger.records import leaf_format, upcasts
from projections.engine.fold import replay, superseded
from projections.engine.report import Cell, Report, Scope
from projections.reports.catalogue import REPORTS
from tests.support.books import random_book
from tests.support.report_answers import cells_of


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return random_book(tmp_path_factory.mktemp("attaching") / "book", 11, 300)


@pytest.mark.parametrize("report", [r for r in REPORTS if r.asking is None], ids=lambda report: report.name)
def test_the_attached_records_make_the_report_again(book: Path, report: Report) -> None:
    """As all leaves of the log make it; what sections hold is in neither."""
    with Book.open(book, write=False) as opened:
        run = log_view.run_whole(opened, report, Question(period="2026-06"))
        attached = [line for file in run.table.attachments() for line in file.data.splitlines()]
        stored = list(opened.store.read(0, opened.store.size))
    assert set(attached) <= set(stored)
    assert made(report, run.scope, attached) == made(report, run.scope, stored)


def made(report: Report, scope: Scope, leaves: list[bytes]) -> tuple[tuple[Cell, ...], ...]:
    records = [upcasts.read(leaf) for leaf in leaves]
    return tuple(report.compute(replay(records, report.row_kinds, gone=superseded(records)), scope).rows)


def test_too_many_records_are_not_attached(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "MOST", 3)
    with Book.open(book, write=False) as opened:
        assert log_view.run(opened, REPORTS[0], Question()).attachments() == ()


def test_a_report_that_cites_records_attaches_those(book: Path) -> None:
    incident = next(report for report in REPORTS if report.name == "incident")
    with Book.open(book, write=False) as opened:
        table = log_view.run(
            opened,
            incident,
            Question(sites=("s1",), start="2026-06-01T00:00:00Z", stop="2026-06-02T00:00:00Z"),
        )
        (file,) = table.attachments()
    assert [leaf_format.decode(leaf).index for leaf in file.data.splitlines()] == sorted(
        {cells_of(table.columns, row)["index"] for row in table.rows}
    )
