"""P5, P8, P13 through a real book on SQLite: what was known then, what is said again, what is stored."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import given, settings

from ledger import calendar
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.host.clock import Seeded
from ledger.app.queries.log_view import run
from ledger.app.queries.report_run import Question
from ledger.errors import Refused
from ledger.kinds import BY_TAG
from ledger.records import envelope, leaf_format
from ledger.records.envelope import Claim, Record, make_claim
from projections.engine.report import Report
from projections.render.json_file import render
from projections.reports.catalogue import REPORTS
from tests.support.examples import tried
from tests.support.histories import claims, history, random_correction, setup
from tests.support.worlds import seeds

START_US = calendar.instant_s("2026-06-10T00:00:00Z") * 1_000_000
ASKED = (
    Question(),
    Question(period="2026-06"),
    Question(sites=("s1",), start="2026-06-02", stop="2026-06-04"),
)


@contextmanager
def empty() -> Iterator[tuple[Book, Seeded]]:
    with TemporaryDirectory() as place:
        clock = Seeded("laws", START_US)
        with Book.create(Path(place) / "book", Config("example.com/laws"), surroundings=clock) as book:
            yield book, clock


def filled(book: Book, clock: Seeded, seed: int, count: int) -> Iterator[int]:
    """Random claims and corrections in random batches; the log's size after each batch."""
    rng = random.Random(seed)
    book.record([Said(claim) for claim in setup()])
    said = list(claims(rng, count))
    while said:
        size = rng.randrange(1, 12)
        clock.time_us += rng.randrange(90_000_000)
        outcome = book.record([Said(claim) for claim in said[:size]])
        said = said[size:]
        taken = [p.record for p in outcome.positions if not p.repeated]
        if taken and rng.random() < 0.5:
            correction = random_correction(rng, rng.choice(taken))
            if correction is not None:
                book.record([Said(correction)])
        yield book.store.size


def reports(book: Book, known_at: str | None = None) -> list[bytes]:
    return [report_of(book, report, known_at, asked) for report in REPORTS for asked in ASKED]


def report_of(book: Book, report: Report, known_at: str | None, asked: Question = ASKED[0]) -> bytes:
    return render(run(book, report, asked._replace(known_at=known_at)))


@settings(max_examples=tried(gate=1, search=4))
@given(seeds)
def test_what_was_known_at_a_size_is_computed_today_as_it_was_then(seed: int) -> None:
    with empty() as (book, clock):
        then = {size: reports(book) for size in filled(book, clock, seed, tried(gate=36, search=60))}
        assert {size: reports(book, str(size)) for size in then} == then


@settings(max_examples=tried(gate=2, search=4))
@given(seeds)
def test_what_was_known_by_an_instant_is_what_the_log_held_then(seed: int) -> None:
    with empty() as (book, clock):
        sizes = {book.record_at(size - 1).rec: size for size in filled(book, clock, seed, 60)}
        for rec, size in sizes.items():
            by_instant = calendar.format_instant(-(-calendar.rec_us(rec) // 1_000_000))
            by_size = str(_by(book, by_instant, size))
            assert report_of(book, REPORTS[0], by_instant) == report_of(book, REPORTS[0], by_size)


def _by(book: Book, instant: str, size: int) -> int:
    """How many records were taken by an instant: at least ``size``."""
    limit = calendar.instant_s(instant) * 1_000_000
    while size < book.store.size and calendar.rec_us(book.record_at(size).rec) <= limit:
        size += 1
    return size


@settings(max_examples=tried(gate=8, search=15))
@given(seeds)
def test_what_is_delivered_again_in_any_order_changes_nothing(seed: int) -> None:
    rng = random.Random(seed)
    with empty() as (book, clock):
        list(filled(book, clock, seed, 60))
        before = (book.store.size, book.root_at(book.store.size))
        own = [r for r in book.records() if not r.stream.startswith("ledger/")]
        again = [Said(_claim(book, record)) for record in own for _ in range(rng.randrange(6))]
        rng.shuffle(again)
        outcome = book.record(again)
        assert (outcome.recorded, outcome.repeated, outcome.problems) == (0, len(again), ())
        assert (book.store.size, book.root_at(book.store.size)) == before


def _claim(book: Book, record: Record) -> Claim:
    sections = {section.name: section.data for section in book.store.read_sections(record.index)}
    return envelope.claim_of(
        record, leaf_format.with_sections(record.body, sections) if sections else record.body
    )


@settings(max_examples=tried(gate=8, search=15))
@given(seeds)
def test_the_same_id_with_other_content_is_refused_and_changes_nothing(seed: int) -> None:
    with empty() as (book, clock):
        list(filled(book, clock, seed, 40))
        size = book.store.size
        own = [r for r in book.records() if not r.stream.startswith("ledger/")]
        changed = [msgspec.structs.replace(_claim(book, record), actor="mallory") for record in own]
        outcome = book.record([Said(claim) for claim in changed])
        assert (book.store.size, {problem.exit_code for problem in outcome.problems}) == (
            size,
            {Refused.exit_code},
        )
        assert len(outcome.problems) == len(changed)


@given(seeds)
def test_every_stored_record_is_read_and_written_to_the_same_bytes(seed: int) -> None:
    for record in history(seed, 200):
        leaf = leaf_format.encode(record)
        assert leaf_format.decode_strict(leaf) == record
        assert leaf_format.encode(leaf_format.decode(leaf)) == leaf


def test_a_correction_of_a_correction_is_delivered_again_without_harm() -> None:
    """The tip of a chain of corrections, its middle and its root are all repeated."""
    kind = BY_TAG["incident-opened.v1"]

    def said(summary: str, *corrects: str) -> Claim:
        body = kind.body(incident="i9", summary=summary)
        first = make_claim(kind, "2026-06-01T00:00:00Z", body, place="s1", disclosure="operations")
        return envelope.changed(first, corrects=corrects, reason="typed wrong") if corrects else first

    with empty() as (book, _):
        book.record([Said(claim) for claim in setup()])
        first = said("a")
        second = said("b", str(first.id))
        third = said("c", str(second.id))
        chain = [Said(claim) for claim in (first, second, third)]
        assert [book.record(chain).recorded, book.record(chain[::-1]).repeated] == [3, 3]


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_a_report_of_a_book_without_facts_is_an_answer(report: Report) -> None:
    with empty() as (book, _):
        assert render(run(book, report, Question(period="2026-06"))).endswith(b"}\n")
