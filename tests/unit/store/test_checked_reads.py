"""No command prints a record that it did not check: whatever asks for a record that was changed in place gets
a message, never the changed value.
"""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from ledger import calendar
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.cli.main import main
from ledger.app.host.clock import Seeded
from ledger.errors import Tampered
from ledger.exchange import story
from ledger.store.database_store import HEAD
from ledger.store.roots import root_at
from ledger.store.sqlite.store import DATABASE

SITE = (
    "2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York"
    " balancing_authority=SOCO utility=U parcels=[a] site_class=training"
)
SEALED, UNSEALED = 40, 310
COMMANDS = (
    "log --after {before}",
    "log --after {before} --limit 1",
    "log --known-at {after}",
    "log --limit 400",
    "log",
    "log --json --site s1",
    "export jsonl",
    "export jsonl --after {before}",
    "export story --site s1",
    "export cloudevents --after {before}",
    "export tlog-proof --record {index}",
    "replay --site s1",
    "state --at 2026-06-30T00:00Z",
    "report incident --incident i{n}",
    "report incident --incident i{n} --known-at {after}",
    "explain incident --incident i{n} --row 1",
    "diff incident --incident i{n} --known-at {before} --known-at {after}",
    "doctor",
    "rebuild",
)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of more than one hash tile, its last records unsealed."""
    place = tmp_path_factory.mktemp("checked") / "book"
    clock = Seeded("checked", calendar.instant_s("2026-07-01T00:00:00Z") * 1_000_000)
    facts = [
        SITE,
        *(f"2026-06-02T00:00Z s1 incident-opened incident=i{n} summary=true{n}x" for n in range(320)),
    ]
    said = [Said(claim) for claim in story.read("\n".join(facts).encode(), "s").claims]
    with Book.create(place, Config("example.com/checked"), surroundings=clock) as one:
        one.record(said[:300])
        one.checkpoint()
        one.record(said[300:])
    return place


def changed(book: Path, place: Path, index: int) -> tuple[Path, int]:
    """A copy in which a record says something else, and the number of its incident."""
    shutil.copytree(book, place)
    connection = sqlite3.connect(place / DATABASE, isolation_level=None)
    connection.execute("DROP TRIGGER records_no_update")
    (leaf,) = connection.execute("SELECT state FROM records WHERE rowid = ?", (index,)).fetchone()
    n = int(leaf.split(b"true")[1].split(b"x")[0])
    connection.execute(
        "UPDATE records SET state = ? WHERE rowid = ?", (leaf.replace(b"true", b"LIES"), index)
    )
    connection.close()
    return place, n


@pytest.mark.parametrize(
    ("command", "index"),
    [
        *((command, SEALED) for command in COMMANDS),
        *(
            (command, UNSEALED) for command in COMMANDS if "tlog-proof" not in command
        ),  # only of what is sealed
    ],
)
def test_a_record_that_was_changed_in_place_is_never_printed(
    book: Path, tmp_path: Path, command: str, index: int
) -> None:
    """The summary of one incident is changed from true... to LIES... in the database."""
    place, n = changed(book, tmp_path / "book", index)
    words = command.format(before=index - 1, after=index + 1, index=index, n=n).split()
    done = CliRunner().invoke(main, ["--book", str(place), *words])
    said = (done.exit_code, "LIES" in done.stdout, type(done.exception))
    assert said == (Tampered.exit_code, False, SystemExit), done.output


def test_an_earlier_root_rests_on_no_record_that_was_changed(book: Path, tmp_path: Path) -> None:
    """What was known at 200 records is known by the hashes kept of them, not by what the database says
    now.
    """
    sizes = (SEALED + 1, 200, 290)
    with Book.open(book, write=False) as one:
        roots = [root_at(one.store, size) for size in sizes]
    place, _ = changed(book, tmp_path / "book", SEALED)
    with Book.open(place, write=False) as one:
        assert [root_at(one.store, size) for size in sizes] == roots


def test_a_hash_tile_that_was_changed_gives_no_proof(book: Path, tmp_path: Path) -> None:
    place = tmp_path / "book"
    shutil.copytree(book, place)
    connection = sqlite3.connect(place / DATABASE, isolation_level=None)
    connection.execute("DROP TRIGGER tiles_no_update")
    connection.execute("UPDATE tiles SET hashes = zeroblob(8192)")
    connection.close()
    done = CliRunner().invoke(main, ["--book", str(place), "export", "tlog-proof", "--record", "7"])
    assert done.exit_code == Tampered.exit_code


def test_without_a_head_no_record_is_printed_that_no_checkpoint_covers(book: Path, tmp_path: Path) -> None:
    """Nothing else vouches for the unsealed records: a changed one was printed once the head file was
    deleted.
    """
    place, _ = changed(book, tmp_path / "book", UNSEALED)
    (place / HEAD).unlink()
    done = CliRunner().invoke(main, ["--book", str(place), "log", "--limit", "5"])
    assert (done.exit_code, "LIES" in done.stdout) == (Tampered.exit_code, False)


def test_a_seal_that_was_damaged_is_told_as_damage_and_not_as_a_wrong_key(book: Path, tmp_path: Path) -> None:
    place = tmp_path / "book"
    shutil.copytree(book, place)
    connection = sqlite3.connect(place / DATABASE, isolation_level=None)
    connection.execute("DROP TRIGGER seals_no_update")
    connection.execute("UPDATE seals SET note = CAST(replace(CAST(note AS TEXT), '.com', '.con') AS BLOB)")
    connection.close()
    done = CliRunner().invoke(main, ["--book", str(place), "checkpoint"])
    assert (done.exit_code, "damaged" in done.stderr) == (Tampered.exit_code, True)
