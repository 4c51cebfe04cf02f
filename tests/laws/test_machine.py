"""A book on SQLite beside a model of it, through random lives: said, corrected, repeated, refused, sealed,
closed and opened again.

The model is the rules and a list, nothing else. After every step the book says what the model says; what was reported at a size is
reported again, byte for byte.
"""

from __future__ import annotations

import random
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ledger import calendar
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.host.clock import Seeded
from ledger.app.host.terminal import Bar
from ledger.app.maintenance.fsck import check_book
from ledger.app.queries.log_view import run
from ledger.app.queries.report_run import Question
from ledger.records.envelope import Claim, Record
from projections.render.json_file import render
from projections.reports.catalogue import BY_NAME
from tests.support.examples import tried
from tests.support.histories import Ledger, claims, random_correction, setup

START_US = calendar.instant_s("2026-06-10T00:00:00Z") * 1_000_000
REPORTS = ("uptime", "efficiency", "commitments", "payments", "jobs")


class Life(RuleBasedStateMachine):
    """One book and its model."""

    def __init__(self) -> None:
        super().__init__()
        self.place = Path(mkdtemp())
        self.clock = Seeded("machine", START_US)
        self.book = Book.create(self.place / "b", Config("example.com/machine"), surroundings=self.clock)
        self.model = Ledger()
        self.reported: dict[tuple[str, int], bytes] = {}
        self.said: list[Claim] = []

    @initialize()
    def begin(self) -> None:
        self._say(setup())

    def _say(self, some: list[Claim], *, atomic: bool = False) -> None:
        outcome = self.book.record([Said(claim) for claim in some], atomic=atomic)
        if atomic and outcome.problems:
            assert not outcome.recorded, "nothing of an atomic batch with a problem is recorded"
            return
        taken = [self.model.take(claim) for claim in some]
        wanted = [record.id for record in taken if record is not None]
        assert [p.record.id for p in outcome.positions if not p.repeated] == wanted
        self.said += some

    @rule(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 12), atomic=st.booleans())
    def say(self, seed: int, count: int, atomic: bool) -> None:
        self.clock.time_us += seed % 90_000_000
        self._say(list(claims(random.Random(seed), count)), atomic=atomic)

    @precondition(lambda self: self.model.records)
    @rule(seed=st.integers(0, 2**32 - 1))
    def correct(self, seed: int) -> None:
        rng = random.Random(seed)
        correction = random_correction(rng, rng.choice(self.model.records))
        if correction is not None:
            self._say([correction])

    @precondition(lambda self: self.said)
    @rule(seed=st.integers(0, 2**32 - 1))
    def repeat(self, seed: int) -> None:
        rng = random.Random(seed)
        before = self.book.store.size
        known = [claim for claim in rng.choices(self.said, k=5) if claim.id in self.model.by_id]
        assert self.book.record([Said(claim) for claim in known]).recorded == 0
        assert (
            self.book.store.size == before or self.book.store.size == before + 1
        )  # a seal may have been due

    @rule()
    def seal(self) -> None:
        self.book.checkpoint()

    @rule()
    def open_again(self) -> None:
        self.book.close()
        self.book = Book.open(self.place / "b", write=True, surroundings=self.clock)

    @rule(name=st.sampled_from(REPORTS))
    def report(self, name: str) -> None:
        self.reported[name, self.book.store.size] = self._report(name, self.book.store.size)

    @precondition(lambda self: self.reported)
    @rule(seed=st.integers(0, 2**32 - 1))
    def report_as_known_then(self, seed: int) -> None:
        name, size = random.Random(seed).choice(sorted(self.reported))
        assert self._report(name, size) == self.reported[name, size]

    def _report(self, name: str, size: int) -> bytes:
        question = Question(period="2026-06", known_at=str(size), as_of="2026-06-09T00:00Z")
        return render(run(self.book, BY_NAME[name], question))

    @invariant()
    def the_book_holds_what_the_model_holds(self) -> None:
        own = [record for record in self.book.records() if record.place != "ledger"]
        assert [_fact(record) for record in own] == [_fact(record) for record in self.model.records]

    def teardown(self) -> None:
        self.book.close()
        findings = check_book(self.place / "b", Bar("", quiet=True))["findings"]
        rmtree(self.place)
        assert findings == []


def _fact(record: Record) -> tuple[object, ...]:
    return record.id, record.stream, record.pos, record.at, record.corrects, record.body


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=tried(gate=12, search=25), stateful_step_count=20, deadline=None)
