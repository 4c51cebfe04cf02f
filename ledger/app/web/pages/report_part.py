"""A report as a part of a page: made where all that it reads of a site is here, and left out where it is not."""

from __future__ import annotations

from typing import Final

from ledger.app.book.book import Book
from ledger.app.delivery.report_view import ReportView, report_view
from ledger.app.queries import log_view, report_run
from ledger.app.queries.report_run import Question

ROWS: Final = 25


def view_of(
    book: Book, name: str, question: Question, *, most: int = ROWS, pictures: bool = False
) -> ReportView | None:
    """A report as the page shows it; None where it cannot be made of what of the book is here."""
    size = report_run.known_at(book, question.known_at).size
    if not makeable(book, name, size, question.sites):
        return None
    run = log_view.run_whole(book, report_run.report_named(name), question)
    return report_view(run, most=most, ident=name, pictures=pictures)


def makeable(book: Book, name: str, size: int, sites: tuple[str, ...] = ()) -> bool:
    """Can a report be made of some sites, or of one of all, of what of the book is here?"""
    registry = report_run.registry_at(book, size)
    return bool(report_run.sites_held(book, report_run.report_named(name), registry, sites)[0])
