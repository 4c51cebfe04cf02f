"""Checkpoints leave the box: to each kind of destination, each once, later where one was away."""

from __future__ import annotations

import mailbox
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from ledger import calendar
from ledger.app.anchor.anchoring import anchor, pause_s
from ledger.app.anchor.destinations import DESTINATIONS, NamedDestination, destination, of_settings
from ledger.app.anchor.silence import silences
from ledger.app.book.book import Book
from ledger.app.book.config import Config
from ledger.app.cli.main import main
from ledger.app.host.clock import Seeded
from ledger.errors import Malformed
from ledger.verifier.checkpoints import parse_checkpoint
from ledger.verifier.notes import parse_note
from tests.support.alert_server import alert_server
from tests.support.small_book import said
from tests.support.syslog_server import syslog_server

NOW_US = calendar.rec_us("2026-06-10T00:00:00.000000Z")
SITE = "2026-06-01T04:00Z s{0} site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[p{0}] site_class=training"
KINDS = {kind.name: kind for kind in DESTINATIONS}


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    """A book that is sealed once."""
    with Book.create(
        tmp_path / "book", Config("example.com/anchored"), surroundings=Seeded("a", NOW_US)
    ) as made:
        yield made


def sealed(book: Book, number: int) -> int:
    """One more site, and a checkpoint over it; its size."""
    assert not book.record(said(SITE.format(number))).problems
    book.checkpoint()
    return book.store.size


def to(name: str, address: object) -> NamedDestination:
    return destination(KINDS[name], str(address), allow_private=True)


def in_folder(folder: Path) -> list[int]:
    """The sizes of the checkpoints in a folder, each read from the note itself."""
    found = [parse_checkpoint(parse_note(path.read_bytes()).text).size for path in folder.iterdir()]
    return sorted(found)


# --- each kind of destination -------------------------------------------------------------------------------


def test_a_webhook_gets_the_signed_note_with_what_it_says(book: Book) -> None:
    with alert_server() as server:
        anchor(book, [to("webhook", server.url)])
    (body,) = server.taken
    seal = book.store.seals()[-1]
    assert (body["checkpoint"].encode(), body["size"], body["root"]) == (
        seal.note,
        seal.size,
        book.root_at(seal.size).hex(),
    )


def test_a_receiver_knows_a_checkpoint_again_by_its_key(book: Book) -> None:
    """Sent to one address under two names, it has one key."""
    with alert_server() as server:
        anchor(book, [to("webhook", server.url), to("webhook", f"{server.url}2")])
    assert len({headers["Idempotency-Key"] for headers in server.headers}) == 1


def test_a_syslog_server_gets_a_message_of_the_checkpoint(book: Book) -> None:
    with syslog_server() as server:
        anchor(book, [to("syslog", server.place)])
    (line,) = server.lines
    seal = book.store.seals()[-1]
    begins = f"<109>1 {book.rec_at(seal.size - 1)} example.com wattledger - checkpoint [wattledger@32473"
    assert line.decode().startswith(f'{begins} origin="example.com/anchored" size="{seal.size}" root="')


def test_a_mailbox_gets_a_message_whose_body_is_the_note(book: Book, tmp_path: Path) -> None:
    anchor(book, [to("mailbox", tmp_path / "box")])
    (message,) = mailbox.mbox(tmp_path / "box")
    assert message.get_payload(decode=True) == book.store.seals()[-1].note


# --- each checkpoint once -----------------------------------------------------------------------------------


def test_a_new_destination_begins_with_the_newest_checkpoint(book: Book, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    newest = sealed(book, 1)
    anchor(book, [to("folder", tmp_path / "folder")])
    assert in_folder(tmp_path / "folder") == [newest]


def test_every_later_checkpoint_is_sent_once(book: Book) -> None:
    """Also those between two runs, and none a second time."""
    with alert_server() as server:
        hook = [to("webhook", server.url)]
        anchor(book, hook)
        sizes = [book.store.size, sealed(book, 1), sealed(book, 2)]
        for _ in range(3):
            anchor(book, hook)
    assert [body["size"] for body in server.taken] == sizes


def test_what_a_destination_did_not_take_is_sent_by_the_next_run_in_order(book: Book) -> None:
    with alert_server() as server:
        hook = [to("webhook", server.url)]
        anchor(book, hook)
        first = book.store.size
        server.answer = lambda body: 503
        second = sealed(book, 1)
        third = sealed(book, 2)
        assert anchor(book, hook).waiting == 2
        server.answer = lambda body: 200
        anchor(book, hook)
    assert [body["size"] for body in server.taken] == [first, second, third]


def test_one_that_is_away_holds_up_no_other(book: Book, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    found = anchor(book, [to("webhook", "http://127.0.0.1:9/gone"), to("folder", tmp_path / "folder")])
    assert (len(found.failed), in_folder(tmp_path / "folder")) == (1, [book.store.size])


def test_a_run_that_was_killed_before_it_noted_sends_again_without_a_double(
    book: Book, tmp_path: Path
) -> None:
    """The note of the delivery is lost; mailbox and folder have the checkpoint and get no second one."""
    (tmp_path / "folder").mkdir()
    places = [to("folder", tmp_path / "folder"), to("mailbox", tmp_path / "box")]
    anchor(book, places)
    (book.directory / "anchored.json").unlink()
    found = anchor(book, places)
    assert (found.failed, len(mailbox.mbox(tmp_path / "box")), len(found.taken)) == ((), 1, 2)


def test_a_folder_that_is_not_mounted_is_not_made(book: Book, tmp_path: Path) -> None:
    found = anchor(book, [to("folder", tmp_path / "share")])
    assert (found.waiting, (tmp_path / "share").exists()) == (1, False)


def test_pauses_grow_up_to_a_quarter_of_an_hour() -> None:
    assert [pause_s(60, failures) for failures in range(6)] == [60, 120, 240, 480, 900, 900]


# --- what must not happen -----------------------------------------------------------------------------------


def test_a_second_history_is_not_written_over_the_first(book: Book, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    kept = tmp_path / "folder" / f"{book.store.size}.checkpoint"
    kept.write_bytes(b"another history\n")
    found = anchor(book, [to("folder", tmp_path / "folder")])
    assert ("a second history" in found.failed[0][1], kept.read_bytes()) == (True, b"another history\n")


def test_an_older_copy_of_the_book_is_told(book: Book, tmp_path: Path) -> None:
    """Its file of deliveries remembers more records than its log has."""
    (tmp_path / "folder").mkdir()
    anchor(book, [to("folder", tmp_path / "folder")])
    text = (book.directory / "anchored.json").read_text()
    (book.directory / "anchored.json").write_text(
        text.replace(f'"size":{book.store.size}', f'"size":{book.store.size + 9}')
    )
    found = anchor(book, [to("folder", tmp_path / "folder")])
    assert "an older copy of the book" in found.failed[0][1]


def test_a_folder_of_another_history_is_told_and_gets_nothing(tmp_path: Path) -> None:
    """Two copies of a book go on each by itself, under one key; the other was anchored. This one's newest
    checkpoint is over more records, so no file of the folder has its name.
    """
    (tmp_path / "folder").mkdir()
    surroundings = Seeded("a", NOW_US)
    Book.create(tmp_path / "book", Config("example.com/anchored"), surroundings=surroundings).close()
    shutil.copytree(tmp_path / "book", tmp_path / "copy")
    with Book.open(tmp_path / "copy", write=True, surroundings=Seeded("b", NOW_US + 1)) as other:
        newest = sealed(other, 1)
        anchor(other, [to("folder", tmp_path / "folder")])
    with Book.open(tmp_path / "book", write=True, surroundings=Seeded("c", NOW_US + 2)) as book:
        sealed(book, 2)
        sealed(book, 3)
    words = ["--book", str(tmp_path / "book"), "anchor", "--folder", str(tmp_path / "folder"), "--once"]
    found = CliRunner().invoke(main, words)
    told = f"holds another history of example.com/anchored: its checkpoint over {newest} records"
    assert (found.exit_code, told in found.stderr, in_folder(tmp_path / "folder")) == (1, True, [newest])


def test_a_run_with_nothing_new_says_what_no_checkpoint_covers(book: Book, tmp_path: Path) -> None:
    """A record was added since the last checkpoint: it is not anchored, and silence would say that it is."""
    (tmp_path / "folder").mkdir()
    anchor(book, [to("folder", tmp_path / "folder")])
    assert not book.record(said(SITE.format(1))).problems
    count = book.store.size - book.store.seals()[-1].size
    words = ["--book", str(book.directory), "anchor", "--folder", str(tmp_path / "folder"), "--once"]
    many = "1 record is" if count == 1 else f"{count} records are"
    assert CliRunner().invoke(main, words).stdout == f"nothing new; {many} not in a checkpoint yet\n"


NEAR: list[Callable[[], NamedDestination]] = [
    lambda: destination(KINDS["webhook"], "https://127.0.0.1/x", False),
    lambda: destination(KINDS["webhook"], "http://169.254.169.254/latest", False),
    lambda: destination(KINDS["syslog"], "127.0.0.1:514", False),
    lambda: destination(KINDS["syslog"], "[::1]:514", False),
    lambda: destination(KINDS["syslog"], "169.254.1.1:514", False),
]


@pytest.mark.parametrize("made", NEAR)
def test_a_destination_on_this_machine_is_refused_unless_it_is_allowed(
    made: Callable[[], NamedDestination],
) -> None:
    with pytest.raises(Malformed, match="--allow-private"):
        made()


@pytest.mark.parametrize("address", ["logs", "logs:0", "logs:99999", "lo gs:514", ":514", "a:b:514"])
def test_a_syslog_server_is_a_host_and_a_port(address: str) -> None:
    with pytest.raises(Malformed, match="HOST:PORT"):
        to("syslog", address)


def test_the_file_of_deliveries_holds_no_secret_of_an_address(book: Book) -> None:
    with alert_server() as server:
        anchor(book, [to("webhook", f"{server.url}&secret=s3cret")])
    assert "s3cret" not in (book.directory / "anchored.json").read_text()


SETTINGS = [
    {"webhok": "https://example.com/x"},
    {"webhook": "https://example.com/x", "folder": "/tmp"},
    {"folder": 7},
    {"folder": "/tmp", "allow_private": "yes"},
    {},
]


@pytest.mark.parametrize("table", SETTINGS)
def test_a_table_of_book_toml_names_one_destination(table: dict[str, object]) -> None:
    with pytest.raises(Malformed, match=r"book\.toml"):
        of_settings([table])


# --- silence ------------------------------------------------------------------------------------------------


def silent(book: Book, at: str) -> list[str]:
    return [str(one) for one in silences(book, at)]


def test_an_anchor_that_took_nothing_for_an_hour_is_a_finding(book: Book, tmp_path: Path) -> None:
    """Its age is that of the first checkpoint that it lacks."""
    anchor(book, [to("folder", tmp_path / "away")])
    (found,) = silent(book, "2026-06-10T03:30:00Z")
    assert found.startswith("has not taken 1 checkpoint for 3 h 30 min (")


def test_an_anchor_that_has_everything_is_none(book: Book, tmp_path: Path) -> None:
    """However long nothing was recorded."""
    (tmp_path / "folder").mkdir()
    anchor(book, [to("folder", tmp_path / "folder")])
    assert silent(book, "2027-06-10T00:00:00Z") == []


def test_a_destination_that_is_set_and_never_got_anything_is_one(tmp_path: Path) -> None:
    """As when the server that should send to it was never started."""
    settings = Config("example.com/anchored", anchor=({"folder": str(tmp_path / "share")},))
    with Book.create(tmp_path / "book", settings, surroundings=Seeded("a", NOW_US)) as book:
        assert len(silent(book, "2026-06-10T05:00:00Z")) == 1


def test_doctor_tells_of_a_silent_anchor_and_exits_3(tmp_path: Path) -> None:
    """The checkpoint of 2026-06-10 has waited ever since by the clock of the machine."""
    settings = Config("example.com/anchored", anchor=({"folder": str(tmp_path / "share")},))
    Book.create(tmp_path / "book", settings, surroundings=Seeded("a", NOW_US)).close()
    found = CliRunner().invoke(main, ["--book", str(tmp_path / "book"), "doctor"])
    line = f"anchor: folder {tmp_path / 'share'} has not taken 1 checkpoint for "
    assert (found.exit_code, line in found.stdout) == (3, True)
