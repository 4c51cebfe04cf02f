"""Books for tests: a random history in a directory, the same for the same seed."""

from __future__ import annotations

import random
from pathlib import Path

from ledger import calendar
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.host.clock import Seeded
from tests.support.histories import claims, setup

CLOCK_US = calendar.instant_s("2026-06-10T00:00:00Z") * 1_000_000


def random_book(place: Path, seed: int, count: int) -> Path:
    """A book of so many random claims after the setup."""
    with Book.create(place, Config("example.com/random"), surroundings=Seeded(str(seed), CLOCK_US)) as book:
        book.record([Said(claim) for claim in (*setup(), *claims(random.Random(seed), count))])
    return place
