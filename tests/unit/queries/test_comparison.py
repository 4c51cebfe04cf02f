"""A utility's own readings against the operator's, by the book and by a bundle."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from ledger import calendar
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.cli.main import main
from ledger.app.host.clock import Seeded
from ledger.app.queries.comparison import Comparison, OwnReading, compared
from ledger.exchange import story

STORY = """
2026-06-01T09:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[p] site_class=training
2026-06-01T10:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[A]
2026-06-01T10:00Z s1 meter-registered meter=q role=revenue scope=site direction=delivered interval=15min
2026-06-02T04:00Z s1 intervals-recorded meter=q start=2026-06-02T04:00Z interval=15min power_of_ten=3 values=[10,11,12,13,20,21,22,23] quality=[0,0,0,0,0,0,0,0]
"""
FOUR_S = calendar.instant_s("2026-06-02T04:00:00Z")
KWH = 10**9


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    """Two hours of quarter-hours of one meter: 46 kWh and 86 kWh."""
    place = tmp_path_factory.mktemp("compare") / "book"
    begun = Seeded("compare", calendar.rec_us("2026-06-03T15:00:00.000000Z"))
    with Book.create(place, Config("example.com/compare"), surroundings=begun) as found:
        reading = story.read(STORY.encode(), "s.story")
        assert not reading.problems, reading.problems
        outcome = found.record([Said(claim) for claim in reading.claims])
        assert not outcome.problems, outcome.problems
        yield found


def hours(*energies_kwh: int, start_s: int = FOUR_S, length_s: int = 3600) -> list[OwnReading]:
    """Readings that follow each other."""
    return [
        OwnReading(start_s + n * length_s, start_s + (n + 1) * length_s, energy * KWH)
        for n, energy in enumerate(energies_kwh)
    ]


def ways(found: Comparison) -> list[str]:
    return [each.way for each in found.found]


def test_an_hour_of_the_utility_is_the_sum_of_the_operator_s_quarter_hours(book: Book) -> None:
    """10 + 11 + 12 + 13 = 46 kWh, 20 + 21 + 22 + 23 = 86 kWh."""
    assert (
        compared(book, "s1", "q", hours(46, 86)).equal,
        ways(compared(book, "s1", "q", hours(46, 86))),
    ) == (
        2,
        [],
    )


def test_an_hour_that_differs_is_named_with_both_energies_and_its_record(book: Book) -> None:
    (one,) = compared(book, "s1", "q", hours(46, 90)).found
    assert (one.way, one.own_uwh, one.ledger_uwh, [record.kind for record in one.records]) == (
        "differs",
        90 * KWH,
        86 * KWH,
        ["intervals-recorded.v1"],
    )


def test_a_reading_of_an_hour_that_the_ledger_does_not_have_is_only_yours(book: Book) -> None:
    assert ways(compared(book, "s1", "q", hours(46, 86, 7))) == ["only yours"]


def test_quarter_hours_that_the_utility_lacks_are_only_the_ledger_s(book: Book) -> None:
    """The utility has the first and the third quarter-hour."""
    own = [*hours(10, length_s=900), *hours(12, start_s=FOUR_S + 1800, length_s=900)]
    assert ways(compared(book, "s1", "q", own)) == ["only the ledger's"]


def test_intervals_that_cut_the_ledger_s_are_not_called_equal_or_different(book: Book) -> None:
    """A half hour from 04:10 holds parts of three quarter-hours: nothing can be said of its energy."""
    own = hours(22, start_s=FOUR_S + 600, length_s=1800)
    assert ways(compared(book, "s1", "q", own)) == ["other intervals"]


def test_a_rounded_reading_is_equal_within_the_tolerance_and_not_beyond(book: Book) -> None:
    """47 kWh beside 46 kWh."""
    within = [compared(book, "s1", "q", hours(47, 86), tolerance_uwh=kwh * KWH).equal for kwh in (1, 0)]
    assert within == [2, 1]


def said(book: Book, tmp_path: Path, text: str) -> tuple[int, str]:
    path = tmp_path / "own.csv"
    path.write_text(text)
    dialect = "generic,time=start,value=kWh,unit=kWh,zone=UTC,stamp=begin,interval=1h"
    words = ["compare", "csv", str(path), "--site", "s1", "--meter", "q", "--dialect", dialect]
    done = CliRunner().invoke(main, [*words, "--book", str(book.directory)])
    return done.exit_code, done.stdout


def test_the_verdict_of_a_comparison_comes_first(book: Book, tmp_path: Path) -> None:
    text = "start,kWh\n2026-06-02T04:00:00Z,46\n2026-06-02T05:00:00Z,86\n"
    code, out = said(book, tmp_path, text)
    assert (code, out.splitlines()[0]) == (
        0,
        "The readings agree: 2 intervals of meter q of s1, each with the same energy.",
    )


def test_readings_that_differ_end_with_their_own_exit_code(book: Book, tmp_path: Path) -> None:
    text = "start,kWh\n2026-06-02T04:00:00Z,46\n2026-06-02T05:00:00Z,90\n"
    code, out = said(book, tmp_path, text)
    assert (code, out.splitlines()[0]) == (
        3,
        "The readings of meter q of s1 do not agree: 1 are equal, 1 differs.",
    )


def test_a_row_that_cannot_be_read_is_told_and_the_file_is_not_called_equal(
    book: Book, tmp_path: Path
) -> None:
    text = "start,kWh\n2026-06-02T04:00:00Z,46\n2026-06-02T05:00:00Z,many\n"
    assert said(book, tmp_path, text)[0] == 2
