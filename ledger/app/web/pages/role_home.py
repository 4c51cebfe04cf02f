"""What the first pages of a utility, a county and a tenant share: reports of what the reader may see, what is due,
the reports to ask, and the bundle to take away.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from ledger.app.book.book import Book
from ledger.app.queries import deadlines, issues, report_list, report_run
from ledger.app.queries.issues import Issue
from ledger.app.queries.report_run import Question, report_named
from ledger.app.web.pages import take_away
from ledger.app.web.pages.clocks import PageClocks
from ledger.app.web.pages.layout import frame_of, link, page
from ledger.app.web.routes import ApiCall, Reply

ROWS: Final = 25
WITHIN_DAYS: Final = 90


class OpenReport(NamedTuple):
    """A report that the reader may ask."""

    name: str
    title: str


class IssuedReport(NamedTuple):
    """A report that was issued to the class of the reader."""

    name: str
    issue: Issue


def now_of(clocks: PageClocks) -> Question:
    """The question of a page at its clocks: everything until then."""
    return Question(as_of=clocks.as_of, known_at=str(clocks.size))


def reports_of(book: Book, size: int, classes: Sequence[str]) -> list[OpenReport]:
    """The reports that are made of the reader's classes alone, as far as there is something of them here."""
    registry = report_run.registry_at(book, size)
    listed = [(one["name"], one["title"]) for one in report_list.list_json()]
    return [
        OpenReport(name, title)
        for name, title in listed
        if set(report_named(name).classes) <= set(classes)
        and report_run.sites_held(book, report_named(name), registry)[0]
    ]


def issued_of(book: Book, size: int) -> list[IssuedReport]:
    """The reports that were issued to readers of the streams that are here, the newest first."""
    names = [one["name"] for one in report_list.list_json()]
    found = [IssuedReport(name, one) for name in names for one in issues.issues_of(book, name, size)]
    return sorted(found, key=lambda one: one.issue.at, reverse=True)[:ROWS]


def streams_of(book: Book, size: int, classes: Sequence[str]) -> list[str]:
    """The streams of sites that the reader may take away."""
    numbers = report_run.registry_at(book, size).numbers
    absent = set(book.absent(numbers))
    own = (name for name in numbers if name.partition("/")[2] in classes and not name.startswith("ba-"))
    return sorted(name for name in own if name not in absent)


def role_page(template: str, call: ApiCall, book: Book, clocks: PageClocks, **values: Any) -> Reply:
    """The page of a role: its own values, and what all of them show."""
    token = call.principal.token
    assert token is not None, "a role comes with a token"
    known, classes = str(clocks.size), token.role.classes
    streams = [] if book.cut else streams_of(book, clocks.size, classes)
    return page(
        template,
        frame_of(call, clocks, "/"),
        whose=", ".join(value for word in token.role.needs for value in token.scope[word]),
        sites=report_run.registry_at(book, clocks.size).sites,
        due=deadlines.due(book, (), clocks.as_of, WITHIN_DAYS, known),
        away=deadlines.away,
        reports=reports_of(book, clocks.size, classes),
        issued=issued_of(book, clocks.size),
        streams=streams,
        verifier=link(take_away.VERIFIER, stream=streams),
        records=sorted(filter(token.may_append, token.role.appends))
        if call.service.writer is not None
        else (),
        **values,
    )
