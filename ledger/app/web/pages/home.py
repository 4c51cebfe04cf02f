"""The first page: every site with the figures of the portfolio report, as it is known now."""

from __future__ import annotations

from ledger.app.api import ReportAnswer
from ledger.app.book.book import Book
from ledger.app.queries import log_view, report_run
from ledger.app.queries.report_run import Question
from ledger.app.web.pages.templates import page
from ledger.app.web.routes import ApiCall, Reply

REPORT = "portfolio"


async def get_home(call: ApiCall) -> Reply:
    """The sites of the book."""

    def made(book: Book) -> Reply:
        report = report_run.report_named(REPORT)
        answer = ReportAnswer(report, log_view.run_whole(book, report, Question()))
        return page("home.html", origin=book.config.origin, answer=answer, rows=answer.to_display())

    return await call.ask(made)
