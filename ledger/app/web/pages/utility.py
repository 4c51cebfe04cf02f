"""The first page of a utility: were its dispatches answered, how much load is there and may be called, what is
open, and how many hours its programs have left.
"""

from __future__ import annotations

from typing import Final

from ledger.app.book.book import Book
from ledger.app.delivery.report_view import ReportView
from ledger.app.queries import dispatch_months, report_run, site_board
from ledger.app.queries.dispatch_months import DispatchMonth
from ledger.app.queries.report_run import Question
from ledger.app.web.pages.board import dispatch_left, totals_of
from ledger.app.web.pages.clocks import PageClocks, page_clocks
from ledger.app.web.pages.report_part import view_of
from ledger.app.web.pages.role_home import now_of, role_page
from ledger.app.web.routes import ApiCall, Reply

EVENTS: Final = (("directives", "Directives"), ("disturbances", "Disturbances"))
"""What happened at the sites that a utility may read: an incident is of class operations."""


def home(call: ApiCall, book: Book) -> Reply:
    """The page."""
    clocks = page_clocks(call, book)
    known, registry = str(clocks.size), report_run.registry_at(book, clocks.size)
    months = dispatch_months.dispatch_months(book, clocks.as_of, known) if registry.sites else []
    lines = site_board.board(book, (), clocks.as_of, known if clocks.fixed else None).lines
    return role_page(
        "utility.html",
        call,
        book,
        clocks,
        months=months,
        latest=_of_month(book, months[0], clocks) if months else None,
        programs=view_of(book, "program-hours", now_of(clocks)),
        events=[(title, view_of(book, name, now_of(clocks), most=10)) for name, title in EVENTS],
        lines=lines,
        totals=totals_of(lines),
        committed_w=sum(line.committed_w or 0 for line in lines),
        open=[(line.site, thing) for line in lines for thing in line.open if thing.what == "dispatch"],
        widest=max((line.power[name] or 0 for line in lines for name in site_board.POWER), default=0) or 1,
        left=lambda thing: dispatch_left(thing, clocks.as_of_s),
    )


def _of_month(book: Book, month: DispatchMonth, clocks: PageClocks) -> ReportView | None:
    """How each dispatch of a month was answered."""
    question = Question(period=month.month, as_of=clocks.as_of, known_at=str(clocks.size))
    return view_of(book, dispatch_months.REPORT, question, most=60)
