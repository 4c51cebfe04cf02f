"""The issues of a report: every time that it left for a reader, with what asks for the same again."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import UNSET

from ledger import calendar
from ledger.app.book.book import Book
from ledger.app.queries.registry import registry_at
from ledger.app.queries.report_run import rows_of
from ledger.kinds import ReportIssued
from projections.rows.issued_reports import ISSUE


class Issue(NamedTuple):
    """A report that left: when, for whom, with how many records, and what was asked, by the names of HTTP's
    parameters, without what was known.
    """

    at: str
    recipient: str
    known_at: int
    asked: tuple[tuple[str, str], ...]


def issues_of(book: Book, report: str, size: int) -> list[Issue]:
    """The issues of a report among the first records, the newest first; those in streams that are here."""
    registry = registry_at(book, size)
    absent = set(book.absent(registry.numbers))
    names = [name for name in registry.numbers if name not in absent]
    rows = rows_of(book, registry, names, size, (ISSUE,))[ISSUE.name]
    found = [
        Issue(calendar.format_instant(fact.at_s), fact.body.recipient, fact.body.known_at, _asked(fact.body))
        for key, facts in rows.items()
        if key[2] == report
        for fact in facts
        if isinstance(fact.body, ReportIssued)
    ]
    return sorted(found, key=lambda one: (one.at, one.known_at), reverse=True)


def _asked(issued: ReportIssued) -> tuple[tuple[str, str], ...]:
    ends = (("from", issued.start), ("to", issued.stop), ("tz", issued.tz), ("as_of", issued.as_of))
    filters = (text.partition("=") for text in issued.filters)
    return (
        *((name, str(value)) for name, value in ends if value is not UNSET),
        *((name.replace("-", "_"), value) for name, _, value in filters),
    )
