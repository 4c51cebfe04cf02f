"""Records that go with a report on paper: those it was made from, byte for byte, and they make it again."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from ledger import calendar, codec, upcast
from ledger.app import asking, attaching
from ledger.app.book import Book, Said
from ledger.app.clock import Seeded
from ledger.app.config import Config
from ledger.app.query import Question
from projections.catalogue import REPORTS
from projections.fold import effective, replay, superseded
from projections.tables import Report
from tests.histories import claims, setup

CLOCK_US = calendar.instant_s("2026-06-10T00:00:00Z") * 1_000_000


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("attaching") / "book"
    with Book.create(place, Config("example.com/a"), surroundings=Seeded("a", CLOCK_US)) as made:
        made.record([Said(claim) for claim in (*setup(), *claims(random.Random(11), 300))])
    return place


@pytest.mark.parametrize("report", [r for r in REPORTS if r.asking is None], ids=lambda report: report.name)
def test_the_attached_records_make_the_report_again(book: Path, report: Report) -> None:
    with Book.open(book, write=False) as opened:
        run = asking.run_whole(opened, report, Question(period="2026-06"))
        (file,) = run.table.attachments()
        leaves = file.data.splitlines()
        stored = set(opened.store.read(0, opened.store.size))
    assert set(leaves) <= stored
    records = [upcast.read(leaf) for leaf in leaves]
    rows = replay(effective(records, superseded(records)), report.row_kinds)
    assert report.compute(rows, run.scope).rows == run.table.rows


def test_too_many_records_are_not_attached(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attaching, "MOST", 3)
    with Book.open(book, write=False) as opened:
        assert asking.run(opened, REPORTS[0], Question()).attachments() == ()


def test_a_report_that_cites_records_attaches_those(book: Path) -> None:
    incident = next(report for report in REPORTS if report.name == "incident")
    with Book.open(book, write=False) as opened:
        table = asking.run(
            opened,
            incident,
            Question(sites=("s1",), start="2026-06-01T00:00:00Z", stop="2026-06-02T00:00:00Z"),
        )
        place = [column.name for column in table.columns].index("index")
        (file,) = table.attachments()
    assert [codec.decode(leaf).index for leaf in file.data.splitlines()] == sorted(
        {row[place] for row in table.rows}
    )
