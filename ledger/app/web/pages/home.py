"""The first page: every site with the figures of the portfolio report."""

from __future__ import annotations

from ledger.app.api import ReportAnswer
from ledger.app.book.book import Book
from ledger.app.queries import log_view, report_run
from ledger.app.queries.report_run import Question
from ledger.app.web.pages.clocks import page_clocks
from ledger.app.web.pages.layout import frame_of, page
from ledger.app.web.routes import ApiCall, Reply

REPORT = "portfolio"


async def get_home(call: ApiCall) -> Reply:
    """The sites of the book."""

    def made(book: Book) -> Reply:
        clocks = page_clocks(call, book)
        report = report_run.report_named(REPORT)
        question = Question(as_of=clocks.as_of, known_at=str(clocks.size))
        answer = ReportAnswer(report, log_view.run_whole(book, report, question))
        return page("home.html", frame_of(call, clocks, "/"), answer=answer, rows=answer.to_display())

    return await call.ask(made)
