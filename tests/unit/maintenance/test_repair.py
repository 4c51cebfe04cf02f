"""``repair --head``: a head that fell behind honest records is set right and on record; where records are
missing or changed it is refused.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from ledger import kinds
from ledger.app.book import keys
from ledger.app.book.book import Book
from ledger.app.book.config import Config
from ledger.app.cli.main import main
from ledger.app.host.clock import Seeded
from ledger.app.maintenance.repair import repair_head
from ledger.errors import Tampered
from ledger.store.database_store import HEAD
from ledger.store.head import read_head
from ledger.store.sqlite.store import DATABASE
from tests.support import racing


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A book sealed twice and its head as it was after the first time: the state that two writers of an
    earlier build left.
    """
    place = tmp_path / "book"
    with Book.create(place, Config(racing.ORIGIN), surroundings=Seeded("repair", racing.TIME_US)) as one:
        one.record(racing.said(racing.SITE))
        one.checkpoint()
        before = (place / HEAD).read_bytes()
        one.record(racing.said("2026-06-04T00:00Z s1 incident-opened incident=a summary=x"))
        one.checkpoint()
        one.record(racing.said("2026-06-04T00:00Z s1 incident-opened incident=b summary=x"))
    (place / "evidence").mkdir()
    (place / "evidence" / "kept").write_bytes(b"kept")
    (place / HEAD).write_bytes(before)
    return place


def repaired(book: Path, *, apply: bool = True) -> object:
    return repair_head(book, apply=apply, surroundings=Seeded("mend", racing.TIME_US + 1))


def test_a_book_with_a_head_behind_its_seal_is_closed_until_it_is_repaired(book: Path) -> None:
    with pytest.raises(Tampered, match="repair --head"):
        Book.open(book, write=True)


def test_a_head_that_fell_behind_is_set_to_the_records_that_the_key_signed_and_those_after_them(
    book: Path,
) -> None:
    repaired(book)
    assert racing.unsound(book) == []


def test_a_repair_is_on_record(book: Path) -> None:
    repaired(book)
    with Book.open(book, write=False) as one:
        said = [record.body for record in one.records() if isinstance(record.body, kinds.HeadRepaired)]
    assert said == [kinds.HeadRepaired(head_size=6, signed_size=9, size=10)]


def test_without_apply_nothing_is_written(book: Path) -> None:
    before = (book / HEAD).read_bytes()
    repaired(book, apply=False)
    assert ((book / HEAD).read_bytes(), (book / "evidence" / "kept").read_bytes()) == (before, b"kept")


def test_a_head_that_cannot_be_read_is_made_again(book: Path) -> None:
    (book / HEAD).write_bytes(bytes(1024))
    repaired(book)
    assert racing.unsound(book) == []


def test_a_missing_head_is_made_again(book: Path) -> None:
    (book / HEAD).unlink()
    repaired(book)
    assert racing.unsound(book) == []


def test_a_head_that_is_right_is_left_alone(book: Path) -> None:
    repaired(book)
    before = (book / HEAD).read_bytes()
    repaired(book)
    assert (book / HEAD).read_bytes() == before


def by_hand(book: Path, *statements: str) -> None:
    connection = sqlite3.connect(book / DATABASE, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def a_record_changed(book: Path) -> None:
    by_hand(book, "DROP TRIGGER records_no_update", "UPDATE records SET state = x'00' WHERE rowid = 3")


def the_last_record_is_none(book: Path) -> None:
    by_hand(book, "DROP TRIGGER records_no_update", "UPDATE records SET state = x'7b7d' WHERE rowid = 9")


def records_are_missing(book: Path) -> None:
    repaired(book)
    by_hand(book, "DROP TRIGGER records_no_delete", "DROP TRIGGER seals_no_delete")
    by_hand(book, "DELETE FROM records WHERE rowid >= 10", "DELETE FROM seals WHERE size > 9")


def what_was_signed_is_gone(book: Path) -> None:
    keys.signed_path(book / keys.KEY_FILE).unlink()


def the_signature_is_forged(book: Path) -> None:
    path = keys.signed_path(book / keys.KEY_FILE)
    text, line = path.read_bytes().rsplit(b" ", 1)
    path.write_bytes(text + b" " + line[:20] + (b"A" if line[20:21] != b"A" else b"B") + line[21:])


@pytest.mark.parametrize(
    "harm",
    [
        a_record_changed,
        the_last_record_is_none,
        records_are_missing,
        what_was_signed_is_gone,
        the_signature_is_forged,
    ],
)
def test_no_head_is_set_over_a_history_that_is_not_what_was_signed(
    book: Path, harm: Callable[[Path], None]
) -> None:
    harm(book)
    before = read_head(book / HEAD)
    with pytest.raises(Tampered):
        repaired(book)
    assert read_head(book / HEAD) == before


def test_the_command_shows_what_it_would_do(book: Path) -> None:
    done = CliRunner().invoke(main, ["--book", str(book), "repair", "--head"])
    assert (done.exit_code, done.output.splitlines()[:2]) == (
        0,
        [
            "The head knows 6 records; the log holds 10.",
            "Every record matches its hash, and the log continues the 9 records that the key signed last.",
        ],
    )
