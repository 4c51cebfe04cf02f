"""The clock of the small book."""

from __future__ import annotations

import pytest

from ledger.app.host.clock import Seeded
from tests.support.small_book import START_US


@pytest.fixture
def clock() -> Seeded:
    return Seeded("book", START_US)
