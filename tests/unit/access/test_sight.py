"""A token that is limited to a period: what took effect in it, and what was so when it began; nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger import calendar
from ledger.app.access import narrowing, tokens
from ledger.app.access.scoped_book import book_of
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.host.clock import Seeded
from ledger.app.queries import deadlines, log_view, moment, report_run
from ledger.app.queries.report_run import Question
from ledger.errors import Malformed, Refused
from ledger.kinds import HashrateChanged
from ledger.records.envelope import claim_of
from tests.support.histories import history
from tests.support.report_answers import cells_of
from tests.support.small_book import said

NOW_US = calendar.instant_s("2026-07-01T00:00:00Z") * 1_000_000
STORY = """
2026-06-01T00:00Z s1 site-registered name=S county=Whitfield state=GA tz=America/New_York balancing_authority=SOCO utility=GP parcels=[a] site_class=training
2026-06-02T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[A]
2026-06-02T01:00Z s1 hashrate-changed block=m1 hashrate=1PH/s method=pool
2026-06-02T02:00Z s1 hashrate-changed block=m1 hashrate=2PH/s method=pool
2026-06-03T00:00Z s1 outage-started block=m1 outage=over outage_class=forced-u1 derate=20MW cause=x outside_management_control=false
2026-06-04T00:00Z s1 outage-ended outage=over
2026-06-04T06:00Z s1 outage-started block=m1 outage=open outage_class=forced-u1 derate=20MW cause=x outside_management_control=false
2026-06-08T00:00Z s1 outage-ended outage=open
2026-06-10T00:00Z s1 outage-started block=m1 outage=within outage_class=forced-u1 derate=20MW cause=x outside_management_control=false
2026-06-11T00:00Z s1 outage-ended outage=within
2026-06-20T00:00Z s1 outage-started block=m1 outage=later outage_class=forced-u1 derate=20MW cause=x outside_management_control=false
"""
PERIOD = ("from=2026-06-05", "to=2026-06-20")


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    place = tmp_path_factory.mktemp("sight") / "b"
    with Book.create(place, Config("example.com/sight"), surroundings=Seeded("sight", NOW_US)) as made:
        assert not (problems := made.record(said(STORY)).problems), problems
        tokens.grant(made, "part", "auditor", PERIOD, 30, b"p" * 32)
        yield made


def part(book: Book) -> Book:
    return book_of(book, tokens.tokens(book)["part"])


def test_a_thing_that_was_over_is_not_there_and_one_that_was_open_is(book: Book) -> None:
    found = {getattr(record.body, "outage", None) for record in part(book).records()} - {None}
    assert found == {"open", "within"}


def test_the_hashrate_that_held_when_the_period_began_is_there(book: Book) -> None:
    found = [one.body for one in part(book).records() if isinstance(one.body, HashrateChanged)]
    assert [body.hashrate_ghs for body in found] == [2_000_000]


def test_a_record_outside_is_answered_as_one_that_is_not_there(book: Book) -> None:
    hidden = next(record.index for record in book.records() if getattr(record.body, "outage", "") == "later")
    assert (part(book).has(hidden), part(book).has(10_000)) == (False, False)


def test_a_report_is_of_the_period_and_says_so(book: Book) -> None:
    """Fifteen days, 4 in which a fifth of the block was down: 3 of the open outage, and 1 within."""
    table = log_view.run(part(book), report_run.report_named("uptime"), Question())
    row = cells_of(table.columns, table.rows[0])
    told = [note for note in table.notes if "scope of this token" in note]
    assert (table.start, table.as_of, row["ph_s"], row["efdh_s"], len(told)) == (
        "2026-06-05T00:00:00Z",
        "2026-06-20T00:00:00Z",
        15 * 86_400,
        4 * 86_400 // 5,
        2,
    )


def test_no_deadline_from_before_the_period_is_past(tmp_path: Path) -> None:
    """Whether a payment of May was made is told by facts of May, which are not there."""
    story = """
2026-05-01T00:00Z s1 commitment-made commitment=pay counterparty=C instrument=pilot category=tax-payment comparator=at-least basis=cumulative periods=[2026] due_on=[2026-12-31] observed_on=[] cure_days=0 binding=true
2026-05-01T00:00Z s1 payment-scheduled commitment=pay instalment=may due_on=2026-05-31 amount=1.00USD
2026-05-02T00:00Z s1 payment-scheduled commitment=pay instalment=june due_on=2026-06-10 amount=1.00USD
"""
    with Book.create(tmp_path / "b", Config("example.com/d"), surroundings=Seeded("d", NOW_US)) as made:
        assert not (problems := made.record(said(STORY + story)).problems), problems
        tokens.grant(made, "part", "auditor", PERIOD, 30, b"p" * 32)
        due = deadlines.due(part(made), (), "2026-06-15T00:00:00Z", 0)
    assert [one.deadline.on.isoformat() for one in due.found] == ["2026-06-10"]


def test_a_window_before_the_period_is_refused(book: Book) -> None:
    with pytest.raises(Malformed, match="your token reads what took effect from 2026-06-05"):
        log_view.run(
            part(book), report_run.report_named("uptime"), Question(start="2026-06-01", stop="2026-06-03")
        )


def test_what_replaces_a_record_that_may_be_read_may_be_read_too(tmp_path: Path) -> None:
    """The outage within is corrected to a day after the period: who saw it is shown what became of it."""
    with Book.create(tmp_path / "b", Config("example.com/c"), surroundings=Seeded("c", NOW_US)) as made:
        made.record(said(STORY))
        tokens.grant(made, "part", "auditor", PERIOD, 30, b"p" * 32)
        within = next(
            r for r in made.records() if getattr(r.body, "outage", "") == "within" and "started" in r.kind
        )
        moved = STORY.splitlines()[9].replace("2026-06-10", "2026-06-25")
        line = f'{moved} corrects=[{within.id}] reason="the day was wrong"'
        assert not (problems := made.record(said(line)).problems), problems
        corrected = made.store.size - 1
        assert part(made).has(corrected)


@pytest.mark.parametrize("seed", range(4))
def test_the_state_at_any_instant_of_the_period_is_that_of_the_whole_book(seed: int, tmp_path: Path) -> None:
    """Over random histories: what the token does not see has no part in it. A load is of a reading, which may have
    been taken before the period began.
    """
    records = history(seed, 150)
    instants = sorted(record.at for record in records)
    days = instants[len(instants) // 3][:10], instants[2 * len(instants) // 3][:10]
    with Book.create(tmp_path / "b", Config("example.com/h"), surroundings=Seeded("h", NOW_US * 4)) as made:
        made.record([Said(claim_of(record)) for record in records if not record.stream.startswith("ledger/")])
        tokens.grant(made, "part", "auditor", (f"from={days[0]}", f"to={days[1]}"), 30, b"p" * 32)
        inside = [at for at in instants if f"{days[0]}T" <= at < f"{days[1]}T"][::9]
        whole, cut = (
            [
                [thing for thing in moment.state(one, at, (), None).things if thing.what != "load"]
                for at in inside
            ]
            for one in (made, part(made))
        )
    assert (bool(inside), cut) == (True, whole)


# --- narrowing ----------------------------------------------------------------------------------------------


def narrowed(book: Book, *words: str) -> tokens.Token:
    name = f"n-{len(tokens.tokens(book))}"
    return narrowing.narrow(
        book, tokens.tokens(book)["part"], name, words, 3, name.encode().ljust(32, b"-")
    ).token


def test_a_holder_narrows_the_period(book: Book) -> None:
    found = narrowed(book, "from=2026-06-07", "to=2026-06-12")
    assert found.scope == {"from": ("2026-06-07",), "to": ("2026-06-12",)}


def test_a_period_that_is_not_named_stays(book: Book) -> None:
    assert narrowed(book, "site=s1").scope["from"] == ("2026-06-05",)


@pytest.mark.parametrize("word", ["from=2026-06-04", "to=2026-06-21"])
def test_a_period_is_never_widened(book: Book, word: str) -> None:
    with pytest.raises(Refused, match="is outside the scope of the token part"):
        narrowed(book, word)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("from=June",), "is a date such as 2026-07-01"),
        (("from=2026-06-01", "from=2026-06-02"), "a token has one period"),
        (("from=2026-06-02", "to=2026-06-02"), "from= must be before to="),
        (("to=2026-02-30",), "is a date such as 2026-07-01"),
    ],
)
def test_a_period_that_cannot_be_is_malformed(words: tuple[str, ...], why: str) -> None:
    with pytest.raises(Malformed, match=why):
        tokens.parse_scope(words)


def test_a_window_that_is_not_asked_ends_with_the_period(book: Book) -> None:
    table = log_view.run(part(book), report_run.report_named("uptime"), Question())
    assert (table.stop, table.as_of) == ("2026-06-20T00:00:00Z", "2026-06-20T00:00:00Z")
