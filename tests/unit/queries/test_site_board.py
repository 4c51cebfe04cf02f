"""The board says of every site what portfolio, now and due say of it, and what it drew last."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ledger.app.api import OpenBook
from ledger.app.book.book import Book
from ledger.app.queries import deadlines, issues, shift, site_board
from projections.figures.last_load import LastLoad
from projections.figures.state_at import ThingState
from tests.support.page_book import page_book

MIDNIGHT = "2026-06-10T00:00:00Z"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    with Book.open(page_book(tmp_path_factory.mktemp("board") / "book"), write=False) as found:
        yield found


def loads(book: Book, at: str, known: str | None = None) -> list[int | None]:
    lines = site_board.board(book, ("s1",), at, known).lines
    return [None if line.load is None else line.load.load_w for line in lines]


def test_power_is_that_of_portfolio(book: Book) -> None:
    answer = OpenBook(book).report("portfolio", as_of=MIDNIGHT).to_dicts()
    board = site_board.board(book, (), MIDNIGHT, None)
    asked = [{name: row[name] for name in site_board.POWER} for row in answer]
    assert [dict(line.power) for line in board.lines] == asked


def test_what_is_open_is_that_of_now(book: Book) -> None:
    found = [thing for thing in shift.shift(book, (), MIDNIGHT).things if not thing.place.startswith("ba-")]
    board = site_board.board(book, (), MIDNIGHT, None)
    assert [thing for line in board.lines for thing in line.open] == found


def test_what_is_due_is_that_of_due(book: Book) -> None:
    found = deadlines.due(book, (), MIDNIGHT, site_board.WITHIN_DAYS).found
    board = site_board.board(book, (), MIDNIGHT, None)
    assert sorted(one.deadline for line in board.lines for one in line.due) == [x.deadline for x in found]


def test_one_site_alone_is_shown_as_on_the_board(book: Book) -> None:
    board = site_board.board(book, (), MIDNIGHT, None)
    assert [site_board.site_state(book, line.site, MIDNIGHT, None).line for line in board.lines] == [
        *board.lines
    ]


def test_a_block_has_the_outage_that_is_open_of_it(book: Book) -> None:
    (block,) = site_board.site_state(book, "s1", MIDNIGHT, None).blocks
    assert (block.block, block.capacity_w, [thing.named for thing in block.open]) == (
        "m1",
        100_000_000,
        ["outage o7"],
    )


@pytest.mark.parametrize(
    ("at", "load_w"),
    [
        ("2026-06-09T00:30:00Z", None),
        ("2026-06-09T01:00:00Z", 90_000_000),
        (MIDNIGHT, 90_000_000),
        ("2026-06-10T23:59:00Z", 90_000_000),
        ("2026-06-11T00:00:01Z", None),
    ],
)
def test_the_last_load_is_of_an_interval_that_is_over_and_of_the_day_before(
    book: Book, at: str, load_w: int | None
) -> None:
    """The meter is read by the hour from the ninth to the tenth. Half an hour into the first hour nothing is
    known yet; a day after the last reading the load is unknown, not what it was.
    """
    assert loads(book, at) == [load_w]


def test_the_load_names_the_end_of_its_interval(book: Book) -> None:
    (line,) = site_board.board(book, ("s1",), "2026-06-09T05:20:00Z", None).lines
    assert line.load == LastLoad(90_000_000, 1_780_981_200)  # 2026-06-09T05:00:00Z


def test_what_was_not_known_is_not_on_the_board(book: Book) -> None:
    (line,) = site_board.board(book, ("s1",), MIDNIGHT, "8").lines
    assert (line.open, line.load, line.grid) == ((), None, "")


def test_an_issue_says_what_asks_for_the_same_report(book: Book) -> None:
    """Asked again with what was known then, the report is the one that was issued."""
    (issue,) = issues.issues_of(book, "uptime", book.store.size)
    asked = dict(issue.asked)
    again = OpenBook(book).report(
        "uptime",
        start=asked["from"],
        stop=asked["to"],
        tz=asked["tz"],
        as_of=asked["as_of"],
        site=asked["site"],
        known_at=issue.known_at,
    )
    now = OpenBook(book).report("uptime", period="2026-06", site="s1", known_at=issue.known_at)
    assert (again.to_json(), issue.recipient) == (now.to_json(), "Georgia Power")


def test_a_curtailment_that_answers_an_open_dispatch_is_not_told_beside_it(book: Book) -> None:
    """The dispatch says it; a curtailment of the operator's own is told."""
    (line,) = site_board.board(book, ("s1",), MIDNIGHT, None).lines
    things = tuple(
        ThingState("s1", what, name, 0, {}, "")
        for what, name in (
            ("dispatch", ("d7",)),
            ("curtailment", ("d7", "m1")),
            ("curtailment", ("own", "m1")),
        )
    )
    assert [thing.named for thing in line._replace(open=things).told] == ["dispatch d7", "curtailment own/m1"]
