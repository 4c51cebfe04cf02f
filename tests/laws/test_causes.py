"""What a difference names did it: laid upon what was known before, the records make every figure as it is
now, and no later one is named.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from hypothesis import given

from ledger import calendar
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.host.clock import Seeded
from ledger.app.queries.difference import Causes, Difference, differences
from ledger.app.queries.explanation import key_of
from ledger.app.queries.log_view import run_whole
from ledger.app.queries.report_run import Question, ReportRun
from ledger.records import envelope
from ledger.records.envelope import Record
from projections.engine.fold import replay, superseded
from projections.engine.report import Cell, Report
from tests.support.histories import Ledger, claims, random_correction, setup
from tests.support.worlds import PURE, seeds

CLOCK_US = calendar.instant_s("2026-06-10T00:00:00Z") * 1_000_000
BOOKS = 12
ASKED = (
    Question(start="2026-06-01T00:00Z", stop="2026-06-06T00:00Z"),
    Question(start="2026-06-02T00:00Z", stop="2026-06-04T00:00:07Z", sites=("s1",)),
    Question(start="2026-04-02T00:00Z", stop="2026-06-08T00:00Z"),
)


def chained(seed: int, count: int) -> list[Record]:
    """A random history in which much is corrected, corrections too, and retracted."""
    rng = random.Random(seed)
    ledger = Ledger()
    ledger.take_all(setup())
    for claim in claims(rng, count):
        record = ledger.take(claim)
        while record is not None and rng.random() < 0.35:
            some = ledger.records[-6:] if rng.random() < 0.7 else ledger.records
            correction = random_correction(rng, rng.choice(some))
            record = None if correction is None else ledger.take(correction)
    return ledger.records


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Book]]:
    place = tmp_path_factory.mktemp("differences")
    found = []
    for seed in range(BOOKS):
        config, surroundings = Config(f"example.com/{seed}"), Seeded(str(seed), CLOCK_US)
        with Book.create(place / str(seed), config, surroundings=surroundings) as book:
            book.record([Said(envelope.claim_of(record)) for record in chained(seed, 80)])
        found.append(Book.open(place / str(seed), write=False))
    yield found
    for book in found:
        book.close()


def again(report: Report, records: list[Record], now: ReportRun) -> dict[str, dict[str, Cell]]:
    """The rows of a report of some records, as it was asked now."""
    rows = replay(records, report.row_kinds, gone=superseded(records))
    table = now.table._replace(rows=report.compute(rows, now.scope).rows)
    names = [column.name for column in report.columns]
    return {key_of(table, row): dict(zip(names, row, strict=True)) for row in table.rows}


def asked_twice(book: Book, report: Report, rng: random.Random) -> tuple[int, ReportRun, list[Difference]]:
    """What a report says at a size of the log, and how it differs from an earlier one."""
    since, until = sorted(rng.sample(range(30, book.store.size + 1), 2))
    question = rng.choice(ASKED)._replace(as_of="2026-06-08T00:00Z", tz="UTC")
    was, now = (run_whole(book, report, question._replace(known_at=str(n))) for n in (since, until))
    return since, now, list(differences(report, was, now, Causes(book, since, until)))


@pytest.mark.parametrize("report", PURE, ids=lambda report: report.name)
@given(seed=seeds)
def test_what_was_known_and_the_records_named_make_the_figure_as_it_is_now(
    books: list[Book], report: Report, seed: int
) -> None:
    rng = random.Random(seed)
    book = rng.choice(books)
    since, now, found = asked_twice(book, report, rng)
    known = list(book.records(0, since))
    for each in rng.sample(found, min(len(found), 4)):
        indexes = [record.index for record in each.caused_by]
        assert all(since <= index < now.table.known_at.size for index in indexes)
        row = again(report, [*known, *each.caused_by], now).get(each.row)
        # a row may stand there for other facts, such as machines left in a retired block, and say 0
        found_again = None if row is None else row[each.column.name]
        assert found_again == each.now or (row is None and not each.now), (each.row, each.column.name)
