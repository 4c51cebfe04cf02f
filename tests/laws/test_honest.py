"""Honest books never fail: random histories, with random streams, windows, seals, rotations, second keys,
erasures and readers' states, verify.

uv run python tools/honest.py [COUNT]   tries as many histories as you like
"""

from __future__ import annotations

import random
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from msgspec import UNSET

from ledger.app.book.book import Book
from ledger.app.maintenance.backup import back_up, restore_backup
from ledger.app.maintenance.erasure import erase
from ledger.app.maintenance.restore import RestoreOptions
from ledger.app.proofs.bundle_writer import BundleRequest, write
from ledger.app.proofs.verification import judge
from ledger.app.queries.report_run import Question, registry_at
from ledger.verifier.bundle import read_bundle
from ledger.verifier.checks import check
from ledger.verifier.reader import Asked, State
from ledger.verifier.reports import is_site
from ledger.verifier.times import seconds
from projections.engine.report import Report
from projections.reports.catalogue import REPORTS
from tests.laws.test_books import empty, filled
from tests.support.examples import tried
from tests.support.worlds import seeds


def unsaid(done: int, total: int) -> None:
    """Nobody is told."""


class Reader:
    """Keeps the key he was given when the log had ``size`` records, and his state."""

    def __init__(self, book: Book) -> None:
        self.key, self.size = str(book.seals.vkey()), book.store.size
        self.state: State | None = None

    def reads(self, path: Path, streams: tuple[str, ...], rng: random.Random) -> None:
        """Verify a bundle, with a window now and then."""
        opened = check(read_bundle(path.read_bytes()), Asked(self.key))
        stop_s = seconds(opened.heads.rec)
        window = (stop_s - rng.randrange(1, 10**6), stop_s) if rng.random() < 0.5 else (None, None)
        asked = Asked(self.key, streams, window[0], window[1], self.state)
        found = judge(str(path), asked, (), unsaid)
        assert found.verdict[:4] == ("VERIFIED", None, "", ""), found.verdict
        assert found.checked is not None
        self.state = found.checked.state


def bundled(
    book: Book, rng: random.Random, path: Path, reader: Reader, *, sealed: bool = False
) -> tuple[str, ...]:
    """A bundle of some streams, at times with reports and sections, of the newest checkpoint or an earlier
    one; the streams that were asked for.
    """
    seen = reader.size if reader.state is None else reader.state.checkpoint.size
    sizes = [seal.size for seal in book.store.seals() if seal.size >= seen]
    size = rng.choice(sizes) if sizes and (sealed or rng.random() < 0.3) else None
    names = sorted(registry_at(book, book.store.size if size is None else size - 1).numbers)
    streams = tuple(rng.sample(names, rng.randrange(1, min(4, len(names)) + 1)))
    reports: tuple[Report, ...] = ()
    if size is None and any(is_site(name.partition("/")[0]) for name in streams) and rng.random() < 0.5:
        reports = tuple(rng.sample([r for r in REPORTS if r.alone and not r.bulky], 2))
    question = rng.choice([Question(), Question(start="2026-06-02", stop="2026-06-05")])
    sections = rng.random() < 0.5 or any(report.sections for report in reports)
    write(book, BundleRequest(streams, reports, question, reader.state, size, sections), path)
    return streams


def history_verifies(seed: int) -> None:
    """A book that goes on, and readers who look at it now and then; in the end a backup of it, restored."""
    rng = random.Random(seed)
    with empty() as (book, clock), TemporaryDirectory() as place:
        path = Path(place) / "b.zip"
        readers = [Reader(book)]
        for _ in filled(book, clock, seed, rng.randrange(5, 40)):
            if rng.random() < 0.2:
                book.checkpoint()
            if rng.random() < 0.05:
                book.rotate_key()
                readers.append(Reader(book))
            if rng.random() < 0.05 and not book.seals.ml_dsa_keys():
                book.add_ml_dsa_key()
            if rng.random() < 0.1:
                _erase(book, rng)
            if rng.random() < 0.3:
                reader = rng.choice(readers)
                reader.reads(path, bundled(book, rng, path, reader), rng)
        for reader in readers:
            reader.reads(path, bundled(book, rng, path, reader), rng)
        book.checkpoint()
        back_up(book.directory, Path(place) / "backup.zip", unsaid)
        restore_backup(Path(place) / "again", Path(place) / "backup.zip", RestoreOptions(), unsaid)
        with Book.open(Path(place) / "again", write=False) as again:
            for reader in readers:
                reader.reads(path, bundled(again, rng, path, reader, sealed=True), rng)


def _erase(book: Book, rng: random.Random) -> None:
    """Erase a section of some record that has one still."""
    held = [r for r in book.records() if r.sections is not UNSET and book.sections(r)]
    if held:
        record = rng.choice(held)
        erase(book, str(record.index), rng.choice(book.sections(record)).name, "asked for", evidence=False)


@settings(max_examples=tried(gate=6, search=48))
@given(seed=seeds)
def test_an_honest_book_never_fails(seed: int) -> None:
    """Some 50 bundles; tools/proofs.py reads more."""
    history_verifies(seed)
