"""A reader without a book: what a bundle holds, and what follows from it, by the commands that read a book."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ledger import calendar
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.cli.main import main
from ledger.app.host.clock import Seeded
from ledger.app.proofs.bundle_writer import BundleRequest, write
from ledger.app.queries.report_run import Question
from ledger.exchange import story
from projections.reports.catalogue import BY_NAME

STORY = """
2026-06-01T09:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[p] site_class=training
2026-06-01T10:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[A]
2026-06-02T10:00Z s1 lease-phase-opened lease=l phase=p1 tenant=t critical=10MW
2026-06-03T10:00Z s1 outage-started block=m1 outage=o1 outage_class=forced-u1 derate=100MW cause=fan outside_management_control=false
2026-06-03T12:00Z s1 outage-ended outage=o1
2026-06-04T10:00Z s2 site-registered name=T county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[p] site_class=land
2026-06-04T11:00Z s2 load-block-commissioned block=m9 load_class=mining service_class=interruptible capacity=50MW feeds=[A]
"""


class Desk:
    """A book, a bundle of it, and the command line of a reader who has the bundle and the key."""

    def __init__(self, place: Path, book: Book) -> None:
        self.place, self.book = place, book
        self.key = str(book.seals.vkey())
        self.bundle = place / "s1.zip"
        asked = BundleRequest(("s1/grid", "s1/operations"), (BY_NAME["disturbances"],), Question())
        write(book, asked, self.bundle)

    def says(self, *words: str) -> Result:
        command, *rest = words
        return CliRunner().invoke(main, [command, *rest], env={"WATTLEDGER_KEY": self.key})

    def of_bundle(self, *words: str) -> Result:
        return self.says(*words, "--bundle", str(self.bundle))

    def of_book(self, *words: str) -> Result:
        return self.says(*words, "--book", str(self.book.directory))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    place = tmp_path_factory.mktemp("view")
    start_us = calendar.rec_us("2026-07-01T00:00:00.000000Z")
    with Book.create(place / "book", Config("example.com/view"), surroundings=Seeded("v", start_us)) as book:
        reading = story.read(STORY.encode(), "s.story")
        assert not book.record([Said(claim) for claim in reading.claims]).problems
        yield Desk(place, book)


def test_an_auditor_makes_from_a_bundle_the_report_that_the_operator_makes_from_the_book(desk: Desk) -> None:
    """The bundle holds site s1 alone: the report is of s1, with the same bytes as the book's of s1."""
    asked = ("report", "uptime", "--format", "json")
    size = json.loads(desk.of_bundle(*asked).stdout)["known_at"]["size"]
    assert (
        desk.of_bundle(*asked).stdout == desk.of_book(*asked, "--site", "s1", "--known-at", str(size)).stdout
    )


def test_a_report_of_a_site_that_the_bundle_does_not_hold_is_refused_by_its_stream(desk: Desk) -> None:
    done = desk.of_bundle("report", "uptime", "--site", "s2")
    assert (done.exit_code, "s2/grid is not in the bundle" in done.stderr) == (2, True)


def test_a_report_that_reads_a_stream_kept_back_is_refused_and_not_empty(desk: Desk) -> None:
    """The lease stream is not in the bundle: "no lease dates" would be another meaning."""
    done = desk.of_bundle("report", "lease-dates")
    assert (done.exit_code, "s1/lease is not in the bundle" in done.stderr) == (2, True)


def test_the_log_of_a_bundle_is_the_part_of_the_book_s_log(desk: Desk) -> None:
    asked = ("log", "--stream", "s1/operations")
    assert desk.of_bundle(*asked).stdout == desk.of_book(*asked).stdout != ""


def test_the_log_of_a_stream_that_is_not_there_is_an_error_and_not_silence(desk: Desk) -> None:
    done = desk.of_bundle("log", "--stream", "s1/lease")
    assert (done.exit_code, done.stderr) == (2, "wattledger: not in the bundle: s1/lease\n")


def test_the_state_at_an_instant_follows_from_a_bundle(desk: Desk) -> None:
    """At 11:00 UTC the block was out."""
    assert "outage o1" in desk.of_bundle("state", "--at", "2026-06-03T11:00Z").stdout


def test_a_figure_is_explained_down_to_the_records_of_the_bundle(desk: Desk) -> None:
    asked = ("explain", "uptime", "--row", "block/s1/m1", "--column", "foh_s")
    done = desk.of_bundle(*asked)
    assert "Records behind it: 3" in done.stdout, done.stderr


def test_show_lists_what_can_be_made_and_what_needs_more(desk: Desk) -> None:
    said = json.loads(desk.says("show", str(desk.bundle), "--json").stdout)
    found = {one["report"]: (one["sites"], one["given"]) for one in said["reports"]}
    assert (found["uptime"], found["disturbances"], found["lease-dates"]) == (
        (["s1"], False),
        (["s1"], True),
        ([], False),
    )


def test_show_says_the_verdict_first(desk: Desk) -> None:
    assert desk.says("show", str(desk.bundle)).stdout.startswith("VERIFIED: these are all records that")


def test_nothing_is_shown_of_a_bundle_with_a_changed_record(desk: Desk, tmp_path: Path) -> None:
    """The cause of the outage reads "ban" in place of "fan"."""
    other = tmp_path / "changed.zip"
    data = desk.bundle.read_bytes()
    assert data.count(b'"cause":"fan"') == 1
    other.write_bytes(data.replace(b'"cause":"fan"', b'"cause":"ban"'))
    done = desk.says("report", "uptime", "--bundle", str(other))
    assert (done.exit_code, done.stdout) == (4, "")


def test_what_was_known_earlier_is_asked_of_the_book(desk: Desk) -> None:
    done = desk.of_bundle("report", "uptime", "--known-at", "3")
    assert (done.exit_code, "the bundle is of" in done.stderr) == (2, True)


@pytest.mark.parametrize("form", ["tiles", "tlog-witness"])
def test_what_rests_on_the_whole_log_is_not_made_from_a_part(desk: Desk, form: str, tmp_path: Path) -> None:
    done = desk.of_bundle("export", form, "-o", str(tmp_path / "out"))
    assert (done.exit_code, "does not hold the whole log" in done.stderr) == (2, True)


def test_a_book_and_a_bundle_cannot_both_be_read(desk: Desk) -> None:
    done = desk.of_bundle("log", "--book", str(desk.book.directory))
    assert (done.exit_code, done.stderr) == (2, "wattledger: give --bundle or --book, not both\n")


def test_a_bundle_without_a_key_says_where_the_key_comes_from(desk: Desk) -> None:
    done = CliRunner().invoke(main, ["log", "--bundle", str(desk.bundle)])
    assert (done.exit_code, "--bundle needs --key VKEY" in done.stderr) == (2, True)


def test_a_report_in_a_bundle_is_made_with_its_own_options(desk: Desk) -> None:
    """--meter is an option of the report intervals: the bundle says so, and the report follows with it."""
    path = desk.place / "meter.zip"
    words = ("bundle", "--stream", "s1/grid", "--report", "intervals", "--meter", "h", "-o", str(path))
    assert desk.of_book(*words).exit_code == 0
    said = json.loads(
        desk.says("verify", str(path), "--key", desk.key, "--stream", "s1/grid", "--json").stdout
    )
    assert (said["report"], said["scope"]["reports"][0]["options"]) == ("recomputed", ["meter=h"])


def test_an_option_that_no_report_of_the_bundle_takes_is_refused(desk: Desk) -> None:
    words = ("bundle", "--stream", "s1/grid", "--report", "uptime", "--meter", "h", "-o", "x.zip")
    done = desk.of_book(*words)
    assert (done.exit_code, "--meter is taken by no report" in done.stderr) == (2, True)
