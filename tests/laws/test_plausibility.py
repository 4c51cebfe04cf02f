"""What is told of facts when they are recorded is what doctor lists of them, for every history."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.host.clock import Seeded
from ledger.app.host.progress import no_progress
from ledger.app.queries.contradictions import judged_again
from ledger.app.queries.log_view import run
from ledger.app.queries.report_run import Question
from ledger.rules.plausibility.rule import Unlikely
from projections.reports import uptime
from tests.support.books import CLOCK_US
from tests.support.histories import claims, setup


def _words(found: list[Unlikely] | tuple[Unlikely, ...]) -> set[tuple[int, str, str]]:
    return {(one.record.index, one.rule, one.note) for one in found}


@pytest.mark.parametrize("seed", range(6))
def test_record_tells_what_doctor_lists(seed: int, tmp_path: Path) -> None:
    """A history is recorded in one go, and doctor is asked right after."""
    with Book.create(
        tmp_path / "b", Config("example.com/b"), surroundings=Seeded(str(seed), CLOCK_US)
    ) as book:
        told = book.record([Said(one) for one in (*setup(), *claims(random.Random(seed), 400))], judge=True)
        found = list(judged_again(book, no_progress))
    assert _words(told.unlikely) == _words([one for one in found if isinstance(one, Unlikely)])


@pytest.mark.parametrize("seed", range(3))
def test_judging_changes_no_record(seed: int, tmp_path: Path) -> None:
    """The same claims with and without notes are the same bytes."""
    roots = []
    for judge in (False, True):
        with Book.create(
            tmp_path / str(judge), Config("example.com/b"), surroundings=Seeded(str(seed), CLOCK_US)
        ) as book:
            book.record([Said(one) for one in (*setup(), *claims(random.Random(seed), 300))], judge=judge)
            roots.append(book.root_at(book.store.size))
    assert roots[0] == roots[1]


def test_histories_hold_unlikely_facts(tmp_path: Path) -> None:
    """The law above is about something: random histories make several rules speak."""
    with Book.create(tmp_path / "b", Config("example.com/b"), surroundings=Seeded("1", CLOCK_US)) as book:
        told = book.record([Said(one) for one in (*setup(), *claims(random.Random(1), 1_500))], judge=True)
    assert len({one.rule for one in told.unlikely}) >= 4


REPORTED = {
    "firm-curtailed": "a firm block, curtailed",
    "not-enrolled": "which does not enrol it",
    "early-restore": "are restored at",
}


@pytest.mark.parametrize("seed", range(4))
def test_doctor_lists_the_curtailments_that_reports_flag(seed: int, tmp_path: Path) -> None:
    """Reports fold rows and doctor asks the register: both flag the same curtailments in the same words."""
    clock = Seeded(str(seed), CLOCK_US + 365 * 86_400 * 1_000_000)
    with Book.create(tmp_path / "b", Config("example.com/b"), surroundings=clock) as book:
        book.record([Said(one) for one in (*setup(), *claims(random.Random(seed), 1_500))])
        found = list(judged_again(book, no_progress))
        notes = run(book, uptime.REPORT, Question()).notes
    listed = {one.note for one in found if isinstance(one, Unlikely) and one.rule in REPORTED}
    flagged = {note for note in notes if any(words in note for words in REPORTED.values())}
    assert (bool(flagged), listed) == (True, flagged)
