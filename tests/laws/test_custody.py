"""A book that is kept honestly is never called damaged: whatever is done with it, fsck has nothing to say and
no earlier root is lost.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings

from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.exports.options import ExportOptions
from ledger.app.exports.records import jsonl
from ledger.app.host.clock import Seeded
from ledger.app.maintenance.backup import back_up, restore_backup
from ledger.app.maintenance.copy import copy_book
from ledger.app.maintenance.erasure import erase
from ledger.app.maintenance.fsck import check_book
from ledger.app.maintenance.restore import RestoreOptions, restore_records
from ledger.log.checkpoint import parse_checkpoint
from ledger.verifier.keys import parse_vkey
from ledger.verifier.notes import parse_note, verified_by
from tests.laws.test_books import START_US
from tests.support.examples import tried
from tests.support.histories import claims, setup
from tests.support.postgres import Server
from tests.support.worlds import seeds


def unsaid(done: int, total: int) -> None:
    """Nobody is told."""


class Life:
    """A book with its key elsewhere, and what was ever signed of it."""

    def __init__(self, place: Path, seed: int, backend: Callable[[], str] = lambda: "sqlite") -> None:
        self.rng, self.place, self.moves = random.Random(seed), place, 0
        self.clock = Seeded(str(seed), START_US)
        self.backend = backend
        self.key, self.now = str(place / "the.key"), place / "book0"
        self.signed: list[bytes] = []
        with Book.create(
            self.now, Config("example.com/life", backend()), key_file=self.key, surroundings=self.clock
        ) as book:
            book.record([Said(claim) for claim in setup()])

    def open(self, *, write: bool = True) -> Book:
        return Book.open(self.now, write=write, key_file=self.key, surroundings=self.clock)

    def record(self) -> None:
        """Some facts, some time later, the clock now and then set back."""
        self.clock.time_us += self.rng.choice((1, 1, 1, -1)) * self.rng.randrange(200_000_000)
        with self.open() as book:
            book.writer.accept_clock = True
            book.record([Said(c) for c in claims(self.rng, self.rng.randrange(1, 25))])

    def seal(self) -> None:
        with self.open() as book:
            self.signed.append(book.checkpoint())

    def rotate(self) -> None:
        with self.open() as book:
            if self.clock.time_us > 0:
                self.clock.time_us += 10**9
            book.rotate_key()
            self.signed.append(book.checkpoint())

    def erase(self) -> None:
        self.clock.time_us += 10**9
        with self.open() as book:
            sectioned = [record for record in book.records() if record.sections]
            if sectioned:
                erase(book, str(self.rng.choice(sectioned).index), None, "asked", evidence=False)

    def move_by_backup(self) -> None:
        """A backup, more records, the backup put back, the missing records read from an export."""
        backup, export = self.place / f"{self.moves}.zip", self.place / f"{self.moves}.jsonl"
        back_up(self.now, backup, unsaid)
        self.record()
        self.seal()
        self._export(export)
        self._next()
        restore_backup(self.now, backup, RestoreOptions(key_file=self.key), unsaid)
        restore_records(self.now, export, RestoreOptions(key_file=self.key), unsaid)

    def move_by_export(self) -> None:
        export = self.place / f"{self.moves}.jsonl"
        self.seal()
        self._export(export)
        self._next()
        restore_records(self.now, export, RestoreOptions(key_file=self.key), unsaid)

    def move_by_copy(self) -> None:
        """Another folder, and where the backend is a server another schema."""
        before = self.now
        self.moves += 1
        self.now = self.place / f"book{self.moves}"
        copy_book(before, self.now, self.backend(), unsaid)
        shutil.rmtree(before)

    def _export(self, path: Path) -> None:
        with self.open(write=False) as book:
            path.write_bytes(b"".join(jsonl(book, ExportOptions(sections=True))))

    def _next(self) -> None:
        shutil.rmtree(self.now)
        self.moves += 1
        self.now = self.place / f"book{self.moves}"


@settings(max_examples=tried(gate=6, search=12))
@given(seeds)
def test_an_honest_life_has_no_findings_and_one_history(seed: int) -> None:
    with TemporaryDirectory() as place:
        live(Life(Path(place), seed))


@settings(max_examples=tried(gate=1, search=12))
@given(seeds)
def test_so_has_one_in_a_database_server(postgres: Server, seed: int) -> None:
    with TemporaryDirectory() as place:
        life = Life(Path(place), seed, postgres.new_schema)
        life.erase()
        life.move_by_copy()
        live(life, life.move_by_copy)


def live(life: Life, *more: Callable[[], None]) -> None:
    """Eight things that an honest operator does, the book checked after each, and at the end all that was ever
    signed.
    """
    steps = [
        life.record,
        life.record,
        life.seal,
        life.rotate,
        life.erase,
        life.move_by_backup,
        life.move_by_export,
        *more,
    ]
    for _ in range(8):
        life.rng.choice(steps)()
        assert check_book(life.now, unsaid, life.key)["findings"] == []
    life.seal()
    with life.open() as book:
        for note in life.signed:
            checkpoint = parse_checkpoint(note)
            assert book.root_at(checkpoint.size) == checkpoint.root
        assert verified_by(parse_note(life.signed[-1]), [parse_vkey(book.seals.signer().vkey)])
