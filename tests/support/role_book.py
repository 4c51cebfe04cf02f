"""The book of the pages with a token of each role that has a first page of its own: a site is called twice in June
and once in May, a payment is owed, a lease has a milestone with float.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ledger.app.access import tokens
from ledger.app.book.book import Book
from ledger.app.host.clock import Seeded
from tests.support.page_book import page_book
from tests.support.serving import NOW_US
from tests.support.small_book import said

STORY: Final = """
2026-06-05T10:30Z s1 dispatch-notified dispatch=d5 program=dr1 dispatch_class=utility-economic mode=reduce-by target=80MW start=2026-06-05T11:00Z stop=2026-06-05T13:00Z
2026-06-05T10:35Z s1 dispatch-acknowledged dispatch=d5
2026-06-09T22:35Z s1 dispatch-acknowledged dispatch=d7
2026-06-03T00:00Z s1 commitment-made commitment=pay counterparty=Whitfield instrument=pilot category=tax-payment comparator=at-least basis=cumulative periods=[2026] due_on=[2026-07-31] observed_on=[] cure_days=0 binding=true
2026-06-03T00:00Z s1 payment-scheduled commitment=pay instalment=2026 due_on=2026-07-31 amount=44000.00USD
2026-06-06T00:00Z s2 lease-phase-opened lease=l2 phase=p2 tenant=south critical=25MW
2026-06-06T01:00Z s2 lease-milestone-reached phase=p2 milestone=inquiry
2026-06-06T02:00Z s2 incident-opened incident=secret-of-s2 summary=x
"""
ROLES: Final = {
    "utility": ("utility", ("utility=Georgia Power",)),
    "commissioner": ("commissioner", ("county=Whitfield County, GA",)),
    "tenant": ("tenant", ("tenant=south",)),
    "auditor": ("auditor", ()),
    "admin": ("admin", ()),
}


def role_book(place: Path) -> dict[str, str]:
    """Make the book; the secret of each role by name."""
    page_book(place)
    with Book.open(place, write=True, surroundings=Seeded("roles", NOW_US + 1)) as book:
        assert not (problems := book.record(said(STORY)).problems), problems
        secrets = {
            name: tokens.grant(book, name, role, words, 30, name.encode().ljust(32, b"-")).secret
            for name, (role, words) in ROLES.items()
        }
        book.checkpoint()
    return secrets
