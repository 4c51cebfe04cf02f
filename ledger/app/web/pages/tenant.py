"""The first page of a tenant: when its phases are ready, with how many days of float, what is due next, and what it
may acknowledge.
"""

from __future__ import annotations

from ledger.app.book.book import Book
from ledger.app.queries import moment, site_board
from ledger.app.web.pages.board import totals_of
from ledger.app.web.pages.clocks import page_clocks
from ledger.app.web.pages.report_part import view_of
from ledger.app.web.pages.role_home import now_of, role_page
from ledger.app.web.routes import ApiCall, Reply


def home(call: ApiCall, book: Book) -> Reply:
    """The page."""
    clocks = page_clocks(call, book)
    known = str(clocks.size)
    lines = site_board.board(book, (), clocks.as_of, known if clocks.fixed else None).lines
    return role_page(
        "tenant.html",
        call,
        book,
        clocks,
        dates=view_of(book, "lease-dates", now_of(clocks), most=100),
        lines=lines,
        totals=totals_of(lines),
        phases=[
            thing for thing in moment.state(book, clocks.as_of, (), known).things if thing.what == "phase"
        ],
    )
