"""What the shift sees: what is open now, what is due and what is past, each on the clocks of its site."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from click.testing import CliRunner
from icalendar import Calendar

from ledger import calendar
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.cli.main import main
from ledger.app.host.clock import Seeded
from ledger.app.queries import deadlines
from ledger.app.queries.shift import shift
from ledger.exchange import story
from projections.engine.report import Deadline
from projections.engine.table import Table
from projections.reports.program_hours import REPORT as PROGRAM_HOURS

STORY = """
2026-06-01T09:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[p] site_class=training
2026-06-01T10:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[A]
2026-06-01T10:00Z s1 load-block-commissioned block=m2 load_class=mining service_class=interruptible capacity=100MW feeds=[A]
2026-06-02T10:00Z s1 outage-started block=m1 outage=old outage_class=forced-u1 derate=100MW cause=fan outside_management_control=false
2026-06-02T12:00Z s1 outage-ended outage=old
2026-06-03T10:00Z s1 outage-started block=m2 outage=new outage_class=forced-u1 derate=40MW cause=fan outside_management_control=false
2026-06-03T10:05Z s1 feed-state-changed block=m2 feed=A state=down
2026-06-03T10:10Z s1 incident-opened incident=i1 summary="Feed A lost"
2026-06-03T10:15Z ba-SOCO grid-condition-declared state=eea1
2026-06-03T09:00Z ba-PJM grid-notice-published notice=n1 state=weather-alert start=2026-06-03T15:00Z stop=2026-06-03T22:00Z wording="Hot Weather Alert"
2026-06-01T11:00Z s1 commitment-made commitment=road counterparty="Washington County" instrument=pilot category=other measure=road target=1 unit=mile comparator=at-least basis=point-in-time periods=[2026] due_on=[2026-06-10] observed_on=[] cure_days=0 binding=true
2026-06-01T11:00Z s1 commitment-made commitment=pilot counterparty="Washington County" instrument=pilot category=tax-payment measure="payment in lieu of taxes" target=80000 unit=USD comparator=at-least basis=cumulative periods=[2026] due_on=[2026-06-02] observed_on=[] cure_days=0 binding=true
2026-06-01T11:05Z s1 payment-scheduled commitment=pilot instalment=2026 due_on=2026-06-02 amount=80000.00USD
"""
NOON = "2026-06-03T16:00:00Z"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    """A site with a feed that is down since this morning, a road that is due, a payment that is late."""
    place = tmp_path_factory.mktemp("shift") / "book"
    begun = Seeded("shift", calendar.rec_us("2026-06-03T15:00:00.000000Z"))
    with Book.create(place, Config("example.com/shift"), surroundings=begun) as found:
        reading = story.read(STORY.encode(), "s.story")
        assert not reading.problems
        outcome = found.record([Said(claim) for claim in reading.claims])
        assert not outcome.problems
        yield found


def test_the_shift_sees_what_is_open_and_not_what_is_over(book: Book) -> None:
    """The outage of 2 June ended; the block m2, its feed, the incident and the grid stand open, and the
    operator of another grid warns of heat.
    """
    assert [thing.named for thing in shift(book, (), NOON).things] == [
        "grid-notice n1",
        "condition",
        "incident i1",
        "outage new",
        "feed m2/A",
    ]


def test_a_grid_that_is_normal_again_is_not_open(book: Book, tmp_path: Path) -> None:
    """Before 10:15Z nothing was declared."""
    assert "condition" not in [thing.named for thing in shift(book, (), "2026-06-03T10:12:00Z").things]


def test_a_payment_past_its_day_is_named_once(book: Book) -> None:
    """The promise of the payment and its instalment fall due on one day: it is one thing to do."""
    found = deadlines.due(book, (), NOON, 30)
    assert [(each.days, each.report.name, each.deadline.row) for each in found.found] == [
        (-1, "payments", "pilot/s1/2026"),
        (7, "commitments", "road/s1/2026"),
    ]


def test_a_deadline_is_a_day_on_the_clocks_of_its_site(book: Book) -> None:
    """At 03:00Z on 11 June it is still 10 June in Georgia: the road is due today, not late."""
    found = deadlines.due(book, (), "2026-06-11T03:00:00Z", 30)
    assert found.found[-1].days == 0


def test_what_is_due_later_than_asked_is_left_out(book: Book) -> None:
    assert [each.deadline.row for each in deadlines.due(book, (), NOON, 6).found] == ["pilot/s1/2026"]


def said(book: Book, *words: str) -> str:
    done = CliRunner().invoke(main, [*words, "--book", str(book.directory)], catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("asked", ["due", "now"])
def test_the_command_that_is_shown_next_runs_as_it_is_printed(book: Book, asked: str) -> None:
    """The book and the instant of the call were left out: it ended with "there is no book in book"."""
    shown = said(book, asked, "--at", NOON).splitlines()[-1].removeprefix("Next: ").partition(" for ")[0]
    program, *words = shlex.split(shown)
    done = CliRunner().invoke(main, words)
    assert (program, done.exit_code, str(book.directory) in words, NOON in words) == (
        "wattledger",
        0,
        True,
        True,
    )


def test_the_row_that_is_shown_next_is_explained_as_it_was_listed(book: Book) -> None:
    """On 20 June the payment is 18 days late; later than that it would be explained as later still."""
    *_, shown = said(book, "due", "--at", "2026-06-20T16:00:00Z").splitlines()
    explained = CliRunner().invoke(main, shlex.split(shown)[2:])
    assert "18" in explained.stdout


def test_hours_of_a_program_year_that_is_over_are_not_due() -> None:
    """Nobody can call less in a year that has ended; a test that was not held is still told."""
    rows = (("ip30", "2025-10-01", "s1"),)
    caps = Deadline(date(2026, 9, 30), "s1", "program ip30 has called 90 % of its hours", "k", lapses=True)
    test = Deadline(date(2026, 9, 30), "s1", "1 test of program ip30", "k")
    report = PROGRAM_HOURS._replace(deadlines=lambda answer: (caps, test))
    table = cast("Table", SimpleNamespace(rows=rows))
    listed = [
        [each.deadline for each in deadlines.due_of([(report, table)], {}, at, 30).found]
        for at in ("2026-09-30T12:00:00Z", "2026-10-01T12:00:00Z")
    ]
    assert listed == [[test, caps], [test]]


def test_now_is_asked_with_what_was_known_then(book: Book) -> None:
    """With the first records the incident is not known yet; the next command asks with the same knowledge."""
    size = next(record.index for record in book.records() if record.kind.startswith("incident-opened"))
    words = ["--book", str(book.directory), "now", "--at", NOON, "--known-at"]
    told = [CliRunner().invoke(main, [*words, str(known)], obj={}).stdout for known in (size, size + 1)]
    assert (["incident i1" in one for one in told], f"--known-at {size}" in told[0]) == ([False, True], True)


def test_due_is_asked_with_what_was_known_then(book: Book) -> None:
    size = next(record.index for record in book.records() if record.kind.startswith("payment-scheduled"))
    words = ["--book", str(book.directory), "due", "--at", NOON, "--known-at"]
    told = [CliRunner().invoke(main, [*words, str(known)], obj={}).stdout for known in (size, size + 1)]
    assert ["$80,000" in one for one in told] == [False, True]


def test_now_says_how_many_of_what_in_its_first_line(book: Book) -> None:
    first = said(book, "now", "--at", NOON).splitlines()[0]
    assert first.startswith(
        "Open: 1 grid notice, 1 grid condition, 1 incident, 1 outage and 1 feed down at 3 places; 1 deadline is past; 1"
    )


def test_due_says_how_many_are_past_and_how_many_come(book: Book) -> None:
    assert said(book, "due", "--at", NOON).startswith("1 deadline is past, 1 comes within 30 days.\n")


def test_a_calendar_program_reads_each_deadline_as_a_day(book: Book) -> None:
    made = Calendar.from_ical(said(book, "due", "--at", NOON, "--ics"))
    assert [(str(event.start), str(event["summary"])) for event in made.events] == [
        ("2026-06-02", "s1: payment 2026 of pilot: $80,000 to Washington County"),
        ("2026-06-10", "s1: commitment road 2026, road: 1 mile"),
    ]


def test_the_same_deadline_has_the_same_name_in_every_calendar(book: Book) -> None:
    """A calendar that subscribes replaces the event in place of adding it again."""
    uids = [
        [
            str(event["uid"])
            for event in Calendar.from_ical(said(book, "due", "--at", at, "--ics")).walk("VEVENT")
        ]
        for at in (NOON, "2026-06-04T16:00:00Z")
    ]
    assert uids[0] == uids[1]


def test_programs_read_deadlines_as_json(book: Book) -> None:
    assert json.loads(said(book, "due", "--at", NOON, "--json"))[0] == {
        "on": "2026-06-02",
        "days": -1,
        "site": "s1",
        "what": "payment 2026 of pilot: $80,000 to Washington County",
        "report": "payments",
        "row": "pilot/s1/2026",
    }


def test_a_span_that_is_no_span_says_what_would_be_right(book: Book) -> None:
    done = CliRunner().invoke(main, ["due", "--within", "soon", "--book", str(book.directory)])
    assert (done.exit_code, done.stderr) == (
        2,
        "wattledger: --within must be such as 7d, 24h, 90min or 30s: 'soon'\n",
    )


def test_the_shift_sees_a_directive_that_is_not_lifted_and_the_generators_that_run_for_it(
    tmp_path: Path,
) -> None:
    """dg-1 runs since 15:31; dg-2 was tested in the morning and stopped."""
    told = STORY + (
        "2026-06-01T10:00Z s1 generator-registered generator=dg-1 fuel=diesel rated=3MW engine=emergency permit=P\n"
        "2026-06-01T10:00Z s1 generator-registered generator=dg-2 fuel=diesel rated=3MW engine=emergency permit=P\n"
        "2026-06-03T13:00Z s1 generator-started generator=dg-2 run_reason=maintenance-test\n"
        "2026-06-03T14:00Z s1 generator-stopped generator=dg-2\n"
        "2026-06-03T15:30Z s1 directive-received directive=e1 issuer=I channel=phone authority=doe-202c"
        " issued=2026-06-03T15:29Z instruction=deploy-backup backup=3MW\n"
        "2026-06-03T15:31Z s1 generator-started generator=dg-1 run_reason=directive directive=e1 dispatched_by=I\n"
    )
    begun = Seeded("shift", calendar.rec_us("2026-06-03T15:50:00.000000Z"))
    with Book.create(tmp_path / "book", Config("example.com/shift"), surroundings=begun) as found:
        outcome = found.record([Said(claim) for claim in story.read(told.encode(), "s.story").claims])
        assert not outcome.problems
        named = [thing.named for thing in shift(found, ("s1",), NOON).things]
    assert named == ["directive e1", "incident i1", "outage new", "generator-run dg-1", "feed m2/A"]
