"""A small book for tests of the book's room: one site, a block and a commitment, made at a set time."""

from __future__ import annotations

from pathlib import Path

from ledger import calendar
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.host.clock import Seeded
from ledger.exchange import story

START_US = calendar.instant_s("2026-07-01T00:00:00Z") * 1_000_000
SITE = """
2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[a] site_class=training
2026-06-02T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[A]
2026-06-03T00:00Z s1 hashrate-changed block=m1 hashrate=1PH/s method=pool
2026-06-03T00:00Z s1 commitment-made commitment=c1 counterparty=C instrument=pilot category=jobs comparator=at-least basis=cumulative periods=[2026] due_on=[2026-12-31] observed_on=[] cure_days=0 binding=true
"""


def said(text: str) -> list[Said]:
    return [Said(claim) for claim in story.read(text.encode(), "story").claims]


def incident(n: int) -> list[Said]:
    return said(f"2026-06-04T00:00Z s1 incident-opened incident=i{n} summary=x")


def made(folder: Path, clock: Seeded) -> Book:
    book = Book.create(folder, Config("example.com/book"), surroundings=clock)
    book.record(said(SITE))
    return book
