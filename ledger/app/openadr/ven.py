"""``wattledger follow openadr``: a VEN that polls a server, records the events it lists, and puts back
reports of usage.

Each poll is kept as evidence by its SHA-256, read as ``import openadr`` reads a list, and settled with the
book's dispatches (``polling``); no state is kept beside the book, so a stopped follower resumes where it
was. The book is open only while a poll is recorded. A server that does not answer, or answers nonsense where
it had answered well before, or a book that another writes, is asked again later and later, at most every
quarter of an hour. Reports are put for dispatches that are over: once, and again only if their readings
changed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from ledger import calendar
from ledger.app.book.book import Book, Said
from ledger.app.book.evidence import keep_evidence
from ledger.app.exports import openadr as exports
from ledger.app.exports.greenbutton import standing
from ledger.app.host.clock import Machine
from ledger.app.imports.import_session import ImportContext
from ledger.app.openadr.client import Unreachable, Vtn
from ledger.errors import Conflict, Malformed, Problem
from ledger.exchange.formats import Given, format_named
from ledger.exchange.openadr.times import date_time_s

LONGEST_S: Final = 900
Opened = Callable[[], Book]


class Poll(NamedTuple):
    """One poll: its time and result; ``failed`` is the reason for no answer, and ``wait_s`` the time until
    the next, 0 after the last.
    """

    at: str
    recorded: int = 0
    unchanged: int = 0
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    failed: str | None = None
    wait_s: int = 0


class VenSettings(NamedTuple):
    """The server, the options beside its events, and the polling interval; ``client`` is the clientName of
    reports, None = none are put.
    """

    vtn: Vtn
    given: Given
    every_s: int
    client: str | None = None


def follow(opened: Opened, following: VenSettings, polls: int | None) -> Iterator[Poll]:
    """Poll again and again, at most a number of times. An error in the first answer is raised to the caller;
    once the server has answered well, it is a failed poll.
    """
    failures = done = 0
    answered, told_gap_us = False, -1
    while True:
        at = calendar.format_instant(Machine().now_us() // 1_000_000)
        try:
            programs = following.vtn.programs()
            documents = _documents(following)
            with opened() as book:
                book.writer.told_gap_us = told_gap_us
                found = _recorded(book, following, at, programs, documents)
                told_gap_us = book.writer.told_gap_us
            failures, answered = 0, True
        except (Unreachable, Conflict, Malformed) as why:
            if isinstance(why, Malformed) and not answered:
                raise
            failures += 1
            wait_s = min(following.every_s * 2 ** min(failures, 12), max(LONGEST_S, following.every_s))
            found = Poll(at, failed=str(why), wait_s=getattr(why, "after_s", None) or wait_s)
        done += 1
        if done == polls:
            yield found._replace(wait_s=0)
            return
        yield found
        time.sleep(found.wait_s)


def _documents(following: VenSettings) -> list[tuple[str, bytes]]:
    """The lists of events, one for each program that is named by the server's id, else one of all."""
    host = urlsplit(following.vtn.url).netloc
    ids = [theirs for theirs, _ in following.given.programs]
    if not ids or None in ids:
        return [(f"{host}/events", following.vtn.events())]
    return [(f"{host}/events?programID={id_}", following.vtn.events(id_)) for id_ in ids]


def _recorded(
    book: Book, following: VenSettings, at: str, programs: bytes, documents: Sequence[tuple[str, bytes]]
) -> Poll:
    form = format_named("openadr")
    given = following.given._replace(at=at)
    problems: list[Problem] = []
    notes: list[str] = []
    recorded = unchanged = 0
    for name, data in documents:
        digest = keep_evidence(book.directory, data, "events.json")
        own = given._replace(programs=_programs(given, name))
        beside = ImportContext.of(book, form, own, [programs])
        parts = ((name, part) for part in form.read([data], name, digest, beside.given))
        for _, reading in beside.settle(parts):
            outcome = book.record([Said(claim, name) for claim in reading.claims])
            recorded += outcome.recorded
            unchanged += reading.unchanged + outcome.repeated
            problems += [*reading.problems, *outcome.problems]
            notes += reading.notes
    reports = tuple(_reported(book, following, at)) if following.client is not None else ()
    return Poll(at, recorded, unchanged, tuple(problems), tuple(notes), reports, wait_s=following.every_s)


def _programs(given: Given, name: str) -> tuple[tuple[str | None, str], ...]:
    """The programs that a list is of: the one requested, else all."""
    asked = name.partition("?programID=")[2]
    return tuple(pair for pair in given.programs if pair[0] == asked) if asked else given.programs


# --- reports ------------------------------------------------------------------------------------------------


def _reported(book: Book, following: VenSettings, at: str) -> Iterator[str]:
    """Put the reports of the server's dispatches that are over by now; the names of those that were new or
    are changed.
    """
    client = str(following.client)
    site = str(following.given.site)
    records, measured = standing(book, site), exports.performance(book, site)
    for event in exports.events_of(records):
        theirs = event.name.startswith(f"{following.given.vtn}-") and event.standing.called.external_id
        if not theirs or event.ended_at is None or event.ended_at > at:
            continue
        report = exports.report_of(records, event, client, measured)
        if report is not None and _put(following.vtn, report):
            yield str(report["reportName"])


def _put(vtn: Vtn, report: dict[str, Any]) -> bool:
    """Put a report unless the server has the same one; True where it was put."""
    for found in vtn.reports(report["eventID"], report["clientName"]):
        if isinstance(found, dict) and found.get("reportName") == report["reportName"]:
            if _same(found.get("resources"), report["resources"]):
                return False
            vtn.put_report(report, str(found.get("id")))
            return True
    vtn.put_report(report)
    return True


def _same(some: Any, other: Any) -> bool:
    """True where they are equal as JSON values: numbers by value, and members the server added as null
    ignored.
    """
    if isinstance(some, dict) and isinstance(other, dict):
        names = {
            name for name in (*some, *other) if some.get(name) is not None or other.get(name) is not None
        }
        return all(_same(some.get(name), other.get(name)) for name in names)
    if isinstance(some, list) and isinstance(other, list):
        return len(some) == len(other) and all(map(_same, some, other))
    if isinstance(some, str) and isinstance(other, str):
        return some == other or _instant(some) == _instant(other) is not None
    return isinstance(some, int | Decimal) and isinstance(other, int | Decimal) and some == other


def _instant(text: str) -> int | None:
    try:
        return date_time_s(text)
    except Malformed:
        return None
