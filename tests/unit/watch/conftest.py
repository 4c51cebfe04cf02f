"""A book with a payment that is due, an outage that is open, and a fact that is unlikely."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger import calendar
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.host.clock import Seeded
from ledger.exchange import story

STORY = """
2026-06-01T09:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[p] site_class=training
2026-06-01T10:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[A]
2026-06-01T11:00Z s1 commitment-made commitment=pilot counterparty="Washington County" instrument=pilot category=tax-payment measure="payment in lieu of taxes" target=80000 unit=USD comparator=at-least basis=cumulative periods=[2026] due_on=[2026-06-20] observed_on=[] cure_days=0 binding=true
2026-06-01T11:05Z s1 payment-scheduled commitment=pilot instalment=2026 due_on=2026-06-20 amount=80000.00USD
2026-06-02T00:00Z s1 outage-started block=m1 outage=long outage_class=forced-u1 derate=40MW cause=fan outside_management_control=false
2026-06-02T20:00Z s1 outage-ended outage=long
2026-06-05T10:00Z s1 outage-started block=m1 outage=fan outage_class=forced-u1 derate=40MW cause=fan outside_management_control=false
"""
RULES = """
[[rule]]
name = "payments"
on = "due"
within = "14d"

[[rule]]
name = "outages"
on = "open"
what = ["outage"]
longer_than = "1h"

[[rule]]
name = "doubts"
on = "unlikely"
rules = ["lasts-long"]
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with the book and a file of three rules, each of which finds one thing at noon of 10 June."""
    begun = Seeded("watch", calendar.rec_us("2026-06-05T15:00:00.000000Z"))
    with Book.create(tmp_path / "book", Config("example.com/watch"), surroundings=begun) as made:
        assert not made.record([Said(c) for c in story.read(STORY.encode(), "s.story").claims]).problems
    (tmp_path / "rules.toml").write_text(RULES)
    return tmp_path
