"""Deadlines: every due date in the book, from the reports that have any."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC as GREENWICH
from datetime import datetime
from functools import cache
from typing import Any, Final, NamedTuple

from ledger import calendar
from ledger.app.book.book import Book
from ledger.app.queries import log_view, report_run
from ledger.app.queries.report_run import UTC, Question, Registry
from projections.engine.report import Answer, Deadline, Report, no_deadlines
from projections.engine.table import Table
from projections.engine.words import counted, verb
from projections.reports.catalogue import REPORTS

EVER_DAYS: Final = 1_000_000
"""Limit of days ahead that takes in every deadline."""


@cache
def reports_with_deadlines() -> tuple[Report, ...]:
    """The reports that name deadlines."""
    return tuple(report for report in REPORTS if report.deadlines is not no_deadlines)


class Due(NamedTuple):
    """A deadline, the report whose row states it, and the days until it on the site's clocks; negative once
    it is past.
    """

    deadline: Deadline
    report: Report
    days: int


class DueList(NamedTuple):
    """Deadlines by day, as seen at an instant (stored form)."""

    at: str
    within_days: int
    found: tuple[Due, ...]

    @property
    def overdue(self) -> tuple[Due, ...]:
        """Deadlines whose day is past."""
        return tuple(due for due in self.found if due.days < 0)


def due(book: Book, sites: Sequence[str], at: str, within_days: int, known: str | None = None) -> DueList:
    """Every deadline that is past and not met, or comes within some days of an instant; from the reports that
    can be made from the streams held here, as known at a size of the log.
    """
    registry = report_run.registry_at(book, report_run.known_at(book, known).size)
    question = Question(stop=at, as_of=at, known_at=known, sites=tuple(sites))
    made = [
        (report, log_view.run(book, report, question)) for report in _makeable(book, registry, tuple(sites))
    ]
    found = due_of(made, registry.zones, at, within_days)
    if book.since is None:
        return found
    since = book.since[:10]  # whether an earlier one was met is told by facts that are not here
    return found._replace(found=tuple(one for one in found.found if one.deadline.on.isoformat() >= since))


def _makeable(book: Book, registry: Registry, sites: tuple[str, ...]) -> Iterator[Report]:
    for report in reports_with_deadlines():
        whole, why = report_run.sites_held(book, report, registry, sites)
        if whole or not why:
            yield report


def due_of(
    made: Iterable[tuple[Report, Table]], zones: Mapping[str, str], at: str, within_days: int
) -> DueList:
    """The deadlines that some reports name, which are past and not met, or come within some days; a
    lapsed one is no longer due.
    """
    at_s = calendar.instant_s(at)
    found = []
    for report, table in made:
        for deadline in report.deadlines(Answer(table.rows)):
            today = calendar.local_date(at_s, calendar.zone(zones.get(deadline.site, UTC)))
            found.append(Due(deadline, report, (deadline.on - today).days))
    kept = [
        each
        for each in found
        if each.days <= within_days
        and not (each.deadline.lapses and each.days < 0)
        and not _is_payment_twice(each, found)
    ]
    return DueList(at, within_days, tuple(sorted(kept, key=lambda each: (*each.deadline, each.report.name))))


def _is_payment_twice(one: Due, found: Sequence[Due]) -> bool:
    """True for a commitment to pay whose installment of that day is listed as a payment."""
    commitment = one.deadline.row.partition("/")[0]
    return one.report.name == "commitments" and any(
        other.report.name == "payments"
        and other.deadline[:2] == one.deadline[:2]
        and other.deadline.row.partition("/")[0] == commitment
        for other in found
    )


def away(days: int) -> str:
    """Time until a deadline in words: ``in 17 days``, ``today``, ``44 days past``."""
    if days < 0:
        return f"{counted(-days, 'day')} past"
    return "today" if days == 0 else f"in {counted(days, 'day')}"


def deadlines_told(overdue: int, found: int, within_days: int) -> str:
    """How many deadlines are past, of so many found, and how many come."""
    coming = found - overdue
    return (
        f"{counted(overdue, 'deadline')} {verb(overdue, 'is', 'are')} past,"
        f" {coming:,} {verb(coming, 'comes', 'come')} within {counted(within_days, 'day')}"
    )


def due_json(one: Due) -> dict[str, Any]:
    """One deadline, for machines."""
    return {
        "on": one.deadline.on.isoformat(),
        "days": one.days,
        "site": one.deadline.site,
        "what": one.deadline.what,
        "report": one.report.name,
        "row": one.deadline.row,
    }


def _told(one: Due) -> tuple[str, str]:
    """A deadline in words, and the command that explains it."""
    deadline = one.deadline
    return (
        f"{deadline.site}: {deadline.what}",
        f"wattledger explain {one.report.name} --row {deadline.row}",
    )


def due_calendar(listed: DueList, origin: str, told: Callable[[Due], tuple[str, str]] = _told) -> bytes:
    """An iCalendar (RFC 5545) with a whole-day event for each deadline; the same deadline has the same UID in
    every file, so that a calendar that subscribes replaces it. ``told`` gives summary and description.
    """
    from icalendar import Calendar, Event

    made = Calendar()
    made.add("prodid", "-//wattledger//due//EN")
    made.add("version", "2.0")
    stamp = datetime.fromtimestamp(calendar.instant_s(listed.at), GREENWICH)
    for one in listed.found:
        event = Event()
        event.add("uid", f"{one.report.name}/{one.deadline.row}/{one.deadline.on}@{origin}")
        event.add("dtstamp", stamp)
        event.add("dtstart", one.deadline.on)
        summary, description = told(one)
        event.add("summary", summary)
        event.add("description", description)
        made.add_component(event)
    return bytes(made.to_ical())
