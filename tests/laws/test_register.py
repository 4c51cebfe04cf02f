"""The register that a book opens with, from its cache, is a fresh fold of the log; decisions are the same
whatever the cache is.
"""

from __future__ import annotations

import random
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings

from ledger import calendar
from ledger.app.book import writer
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.host.clock import Seeded
from ledger.app.host.files import CACHE
from ledger.rules.register import Register
from tests.support.examples import tried
from tests.support.histories import SITES, claims, random_correction, setup
from tests.support.worlds import seeds

CLOCK_US = calendar.instant_s("2026-06-10T00:00:00Z") * 1_000_000


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "PART_RECORDS", 20)


def opened(place: Path) -> Book:
    return Book.open(place, write=True, surroundings=Seeded("register", CLOCK_US * 2))


def filled(place: Path, seed: int, count: int) -> None:
    rng = random.Random(seed)
    with Book.create(place, Config("example.com/register"), surroundings=Seeded("r", CLOCK_US)) as book:
        outcome = book.record([Said(claim) for claim in setup()])
        taken = [position.record for position in outcome.positions]
        said = list(claims(rng, count))
        while said:
            some, said = said[: rng.randrange(1, 15)], said[15:]
            taken += [position.record for position in book.record([Said(claim) for claim in some]).positions]
            correction = random_correction(rng, rng.choice(taken))
            if correction is not None:
                book.record([Said(correction)])


def cached(place: Path) -> tuple[int, dict[Any, Any]]:
    """How much of the log the cache is of, and the register that a writer has after opening."""
    with opened(place) as book:
        fold = book.writer.fold()
        size = fold.cache.size
        for site in (*SITES, "fleet", "ba-soco", "ba-tva"):
            fold.register.marks(site, "site")
        return size, {**fold.register.state(), "streams": fold.register.streams}


def fresh(place: Path) -> dict[Any, Any]:
    register = Register()
    with opened(place) as book:
        for record in book.records():
            register.apply(record)
    return {**register.state(), "streams": register.streams}


@given(seed=seeds)
@settings(max_examples=tried(gate=8, search=15), deadline=None)
def test_the_register_of_a_book_is_a_fresh_fold(seed: int) -> None:
    with TemporaryDirectory() as place:
        filled(Path(place) / "b", seed, 150)
        size, found = cached(Path(place) / "b")
        assert size >= 20
        assert found == fresh(Path(place) / "b")


@pytest.mark.parametrize("seed", range(24))
def test_a_damaged_cache_changes_no_register(tmp_path: Path, seed: int) -> None:
    filled(tmp_path / "b", seed, 120)
    rng = random.Random(seed)
    data = bytearray((tmp_path / "b" / CACHE).read_bytes())
    if seed % 6 == 0:
        del data[rng.randrange(len(data)) :]
    for _ in range(1 if seed % 2 else 100):
        if data:
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    (tmp_path / "b" / CACHE).write_bytes(data)
    assert cached(tmp_path / "b")[1] == fresh(tmp_path / "b")


def test_a_cache_of_a_longer_history_is_not_used(tmp_path: Path) -> None:
    """The book is put back to an earlier copy of itself while the cache stayed."""
    filled(tmp_path / "a", 1, 60)
    filled(tmp_path / "b", 1, 200)
    (tmp_path / "a" / CACHE).write_bytes((tmp_path / "b" / CACHE).read_bytes())
    assert cached(tmp_path / "a")[1] == fresh(tmp_path / "a")
