"""The first page of a county: are the commitments to it met, what was paid and what is owed, what is due next, and
how many people work there.
"""

from __future__ import annotations

from typing import Final

from ledger.app.book.book import Book
from ledger.app.web.pages.clocks import page_clocks
from ledger.app.web.pages.report_part import view_of
from ledger.app.web.pages.role_home import now_of, role_page
from ledger.app.web.routes import ApiCall, Reply

ANSWERS: Final = ("commitments", "payments", "jobs")
"""Each begins the page with its verdict."""
PARTS: Final = (
    ("commitments", "Commitments"),
    ("payments", "Paid and owed"),
    ("jobs", "Jobs"),
    ("benefit", "Tax given up, and what came of it"),
    ("expenditures", "Investment that exemptions ask for"),
)


def home(call: ApiCall, book: Book) -> Reply:
    """The page."""
    clocks = page_clocks(call, book)
    found = {name: view_of(book, name, now_of(clocks)) for name, _ in PARTS}
    return role_page(
        "county.html",
        call,
        book,
        clocks,
        answers=[view for name in ANSWERS if (view := found[name]) is not None],
        parts=[(title, view) for name, title in PARTS if (view := found[name]) is not None],
    )
