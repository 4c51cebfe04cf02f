"""The Python API as an analyst uses it: the answers and the messages of the command line, as values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import wattledger
from ledger import calendar
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.cli.main import main
from ledger.app.host.clock import Seeded
from ledger.exchange import story

STORY = """
2026-06-01T09:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[p] site_class=training
2026-06-01T10:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[A]
2026-06-01T11:00Z s1 commitment-made commitment=pilot counterparty="Washington County" instrument=pilot category=tax-payment measure="payment in lieu of taxes" target=80000 unit=USD comparator=at-least basis=cumulative periods=[2026] due_on=[2026-06-20] observed_on=[] cure_days=0 binding=true
2026-06-01T11:05Z s1 payment-scheduled commitment=pilot instalment=2026 due_on=2026-06-20 amount=80000.00USD
2026-06-02T10:00Z s1 outage-started block=m1 outage=fan outage_class=forced-u1 derate=100MW cause=fan outside_management_control=false
2026-06-02T16:00Z s1 outage-ended outage=fan
"""
LATER = "2026-06-03T10:00Z s1 incident-opened incident=i1 summary=smoke"
JUNE = {"start": "2026-06-01T10:00Z", "stop": "2026-06-03T10:00Z"}


def facts(text: str) -> list[Said]:
    return [Said(claim) for claim in story.read(text.encode(), "s.story").claims]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site whose only block was out for six hours of two days, and owes a payment by 20 June."""
    place = tmp_path_factory.mktemp("api") / "book"
    begun = Seeded("api", calendar.rec_us("2026-06-05T15:00:00.000000Z"))
    with Book.create(place, Config("example.com/api"), surroundings=begun) as made:
        assert not made.record(facts(STORY)).problems
    return place


@pytest.fixture
def book(place: Path) -> Iterator[wattledger.OpenBook]:
    with wattledger.open(place) as found:
        yield found


def test_a_report_is_the_one_of_the_command_line(book: wattledger.OpenBook, place: Path) -> None:
    """What an analyst computes has the bytes, and so the hash, of what the operator issues."""
    asked = ["--from", JUNE["start"], "--to", JUNE["stop"], "--format", "json"]
    told = CliRunner().invoke(main, ["--book", str(place), "report", "uptime", *asked])
    assert book.report("uptime", **JUNE).to_json() == told.stdout_bytes


def test_an_answer_begins_with_its_verdict(book: wattledger.OpenBook) -> None:
    verdict = book.report("uptime", **JUNE).verdict
    assert verdict is not None
    assert verdict.startswith("Load blocks at s1 were 87.5 % available")


def test_cells_are_integers_in_the_unit_of_their_column(book: wattledger.OpenBook) -> None:
    """Six hours of an outage are 21,600 seconds; the unit stands beside."""
    uptime = book.report("uptime", **JUNE)
    assert (uptime.to_dicts()[0]["foh_s"], uptime.units["foh_s"]) == (21_600, "s")


def test_a_display_unit_says_what_it_is_worth(book: wattledger.OpenBook) -> None:
    assert book.report("uptime", **JUNE).display_units["foh_s"] == wattledger.DisplayUnit("h", 3600)


def test_rows_for_display_have_titles_with_units(book: wattledger.OpenBook) -> None:
    assert book.report("uptime", **JUNE).to_display()[0]["FOH (h)"] == "6"


def test_a_report_without_rows_is_shown_without_rows(book: wattledger.OpenBook) -> None:
    assert book.report("disturbances", **JUNE).to_display() == []


def test_dates_and_instants_of_python_are_taken(book: wattledger.OpenBook) -> None:
    """A datetime with a zone and a date mean what their text means."""
    start = datetime(2026, 6, 1, 10, tzinfo=UTC)
    assert book.report("uptime", start=start, stop=date(2026, 6, 4)).start == "2026-06-01T10:00:00Z"


def test_a_figure_is_explained_by_its_report_or_by_the_reports_name(book: wattledger.OpenBook) -> None:
    """The outage, and the block's commissioning, are behind its availability, whichever way it is asked."""
    row = "block/s1/m1/mining"
    computed = book.explain(book.report("uptime", **JUNE), row, "eaf_ppm")
    assert computed.records == book.explain("uptime", row, "eaf_ppm", **JUNE).records != ()


def test_every_row_name_is_one_that_explain_takes(book: wattledger.OpenBook) -> None:
    uptime = book.report("uptime", **JUNE)
    assert tuple(book.explain(uptime, row).row for row in uptime.row_names) == uptime.row_names


def test_the_state_at_an_instant_has_what_was_open_then(book: wattledger.OpenBook) -> None:
    things = book.state("2026-06-02T12:00Z", site="s1").things
    assert "outage fan" in [thing.named for thing in things]


def test_the_log_is_read_entry_by_entry(book: wattledger.OpenBook) -> None:
    (entry,) = book.log(kind="outage-ended")
    assert (entry.at, "outage-ended" in entry.text) == ("2026-06-02T16:00:00Z", True)


def test_a_deadline_says_its_day_and_how_far_it_is(book: wattledger.OpenBook) -> None:
    (due,) = book.due(30, at="2026-06-15T16:00Z")
    assert (due.on, due.days, due.report) == (date(2026, 6, 20), 5, "payments")


def test_records_that_come_later_are_seen_after_a_refresh(tmp_path: Path) -> None:
    """A notebook that stays open sees the log as it was, until it asks for more."""
    begun = Seeded("later", calendar.rec_us("2026-06-05T15:00:00.000000Z"))
    with Book.create(tmp_path / "b", Config("example.com/later"), surroundings=begun) as writer:
        writer.record(facts(STORY))
        with wattledger.open(tmp_path / "b") as reader:
            before = reader.size
            writer.record(facts(LATER))
            seen = [reader.size, reader.refresh()]
    assert (seen[0], seen[1] > before) == (before, True)


WRONG: dict[str, tuple[Callable[[Any], Any], list[str]]] = {
    "a report": (lambda book: book.report("uptimes"), ["report", "uptimes"]),
    "a period": (lambda book: book.report("uptime", period="July"), ["report", "uptime", "--period", "July"]),
    "a site": (lambda book: book.report("uptime", site="s2"), ["report", "uptime", "--site", "s2"]),
    "a size": (lambda book: book.report("uptime", known_at=99), ["report", "uptime", "--known-at", "99"]),
    "a row": (
        lambda book: book.explain("uptime", "block/s9", period=2026),
        ["explain", "uptime", "--row", "block/s9", "--period", "2026"],
    ),
    "a kind": (lambda book: book.log(kind="outage-begun"), ["log", "--kind", "outage-begun"]),
    "an instant": (lambda book: book.state("noon"), ["state", "--at", "noon"]),
    "another's option": (
        lambda book: book.report("uptime", incident="i1"),
        ["report", "uptime", "--incident", "i1"],
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_call_has_the_message_of_the_command_line(
    book: wattledger.OpenBook, place: Path, wrong: str
) -> None:
    """Who knows the command line knows what to mend in Python."""
    call, words = WRONG[wrong]
    with pytest.raises(wattledger.Malformed) as told:
        call(book)
    said = CliRunner().invoke(main, ["--book", str(place), *words])
    assert (said.exit_code, said.stderr) == (told.value.exit_code, f"wattledger: {told.value}\n")


@pytest.mark.parametrize(
    "call",
    [
        lambda book: book.report("uptime", window="2026"),
        lambda book: book.report("uptime", start=datetime(2026, 6, 1)),  # no zone
        lambda book: book.report("uptime", period=20.26),
        lambda book: book.log(limit=0),
        lambda book: book.log(after="x"),
        lambda book: book.due("30"),
        lambda book: book.report("uptime", site=[1]),
        lambda book: book.report("uptime", block=3),
        lambda book: book.report("dispatch-performance", intervals="yes"),
        lambda book: book.report("incident", incident=5),
        lambda book: book.explain(book.report("uptime"), "fleet/all", period="2026"),
    ],
    ids=[
        "an argument that is none",
        "no zone",
        "a float",
        "no record",
        "no index",
        "no number",
        "no site",
        "no block",
        "no flag",
        "no text",
        "asked twice",
    ],
)
def test_what_only_python_can_ask_wrongly_is_malformed(
    book: wattledger.OpenBook, call: Callable[[Any], Any]
) -> None:
    with pytest.raises(wattledger.Malformed):
        call(book)


def test_a_folder_without_a_book_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(wattledger.Malformed, match="is not a book"):
        wattledger.open(tmp_path)


def test_a_file_is_no_book(place: Path) -> None:
    with pytest.raises(wattledger.Malformed, match="Not a directory"):
        wattledger.open(place / "book.toml")


def test_a_closed_book_answers_no_more(place: Path) -> None:
    book = wattledger.open(place)
    book.close()
    with pytest.raises(wattledger.Malformed, match="the book is closed"):
        book.report("uptime")


def test_nothing_of_the_book_is_written_but_its_cache(place: Path) -> None:
    """A reader leaves the log alone: only the file that can be deleted at any time may come, and the two that SQLite
    makes beside a database that is read.
    """
    before = {path.name for path in place.iterdir()}
    with wattledger.open(place) as found:
        found.report("uptime")
    assert {path.name for path in place.iterdir()} - before <= {
        "rowcache.db",
        "ledger.db-shm",
        "ledger.db-wal",
    }
