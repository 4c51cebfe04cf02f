"""A book is made whole, or `init` run again finishes it: whatever killed the first run, and at whichever
step.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from ledger import calendar
from ledger.app.book import unfinished
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config, write_config
from ledger.app.book.keys import create_key
from ledger.app.book.making import Stage, alone, stage_of
from ledger.app.host.clock import Seeded
from ledger.app.maintenance.backup import back_up
from ledger.app.maintenance.fsck import check_book
from ledger.app.maintenance.modes import wrong_modes
from ledger.errors import Conflict, Malformed, Tampered, UnknownOutcome
from ledger.exchange import story
from ledger.store.sqlite.recorder import Recorder
from ledger.store.sqlite.store import SqliteStore

ORIGIN = "example.com/made"
FACT = (
    "2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York"
    " balancing_authority=SOCO utility=U parcels=[a] site_class=training"
)
STEPS: tuple[tuple[Any, str], ...] = (
    *(
        (os, name)
        for name in ("mkdir", "link", "replace", "rename", "unlink", "fsync", "fdatasync", "pwrite")
    ),
    *((Recorder, name) for name in ("create_table", "insert_entries", "insert_seal")),
)


class Killed(BaseException):
    """The process ends here."""


def clock() -> Seeded:
    return Seeded("made", calendar.instant_s("2026-07-01T00:00:00Z") * 1_000_000)


def made(directory: Path, origin: str = ORIGIN) -> Book:
    return Book.create(directory, Config(origin), surroundings=clock())


@contextmanager
def failing(nth: int, why: Callable[[], BaseException]) -> Iterator[list[str]]:
    """Every step on the disk before the nth is done, and that one and all after it fail; the names of the
    steps.
    """
    steps: list[str] = []

    def step(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*given: Any, **named: Any) -> Any:
            steps.append(name)
            if len(steps) > nth:
                raise why()
            return real(*given, **named)

        return counted

    with pytest.MonkeyPatch.context() as patched:
        for owner, name in STEPS:
            patched.setattr(owner, name, step(name, getattr(owner, name)))
        yield steps


def cut_short(directory: Path, nth: int, why: Callable[[], BaseException] = Killed) -> None:
    with failing(nth, why), pytest.raises((Killed, OSError, UnknownOutcome)):
        made(directory).close()


def steps_of(directory: Path) -> int:
    with failing(1000, Killed) as steps:
        made(directory).close()
    return len(steps)


def finished(directory: Path, *, used: bool = True) -> list[str]:
    """Run init again, use the book, and tell what is wrong with it."""
    if stage_of(directory, directory / "ledger.key") is not Stage.MADE:
        made(directory).close()
    if used:
        use(directory)
    found = [finding["what"] for finding in check_book(directory, lambda done, total: None)["findings"]]
    return [*found, *(path.name for path in directory.rglob("*.new")), *map(str, wrong_modes(directory))]


def use(directory: Path) -> None:
    with Book.open(directory, write=True, surroundings=clock()) as book:
        book.record([Said(claim) for claim in story.read(FACT.encode(), "fact").claims])
        book.checkpoint()


def test_init_run_again_after_a_kill_at_any_step_makes_a_good_book(tmp_path: Path) -> None:
    wrong = {}
    for nth in range(steps_of(tmp_path / "whole")):
        cut_short(tmp_path / str(nth), nth)
        wrong[nth] = finished(tmp_path / str(nth))
    assert {nth: found for nth, found in wrong.items() if found} == {}


def test_init_run_again_after_the_disk_was_full_at_any_step_makes_a_good_book(tmp_path: Path) -> None:
    wrong = {}
    for nth in range(steps_of(tmp_path / "whole")):
        cut_short(tmp_path / str(nth), nth, lambda: OSError(28, "No space left on device"))
        wrong[nth] = finished(tmp_path / str(nth), used=False)
    assert {nth: found for nth, found in wrong.items() if found} == {}


def test_init_killed_twice_is_finished_by_the_third_run(tmp_path: Path) -> None:
    """The second run is killed at every third step of its own, after the first was killed when the records
    were there and not signed.
    """
    wrong = {}
    half = steps_of(tmp_path / "whole") // 2
    for nth in range(0, half, 3):
        cut_short(tmp_path / str(nth), half)
        with failing(nth, Killed), pytest.raises(Killed):
            made(tmp_path / str(nth)).close()
        wrong[nth] = finished(tmp_path / str(nth))
    assert {nth: found for nth, found in wrong.items() if found} == {}


def test_a_full_disk_is_told_with_what_to_do_next(tmp_path: Path) -> None:
    def full() -> OSError:
        return OSError(28, "No space left on device")

    with failing(9, full), pytest.raises(UnknownOutcome, match="run init again"):
        made(tmp_path / "b")


def test_the_key_that_was_written_already_is_the_key_of_the_book(tmp_path: Path) -> None:
    key, nth = tmp_path / "b" / "ledger.key", 0
    while not key.exists():
        cut_short(tmp_path / "b", nth)
        nth += 1
    seed = key.read_bytes()
    Book.create(tmp_path / "b", Config(ORIGIN)).close()  # with another key at hand, were one needed
    assert key.read_bytes() == seed


def test_a_key_that_signed_another_book_is_not_taken(tmp_path: Path) -> None:
    made(tmp_path / "one").close()
    with pytest.raises(Malformed, match="a key is never replaced"):
        Book.create(tmp_path / "two", Config(ORIGIN), key_file=str(tmp_path / "one" / "ledger.key"))
    assert not (tmp_path / "two").exists()


def test_a_key_that_lies_alone_is_not_taken_either(tmp_path: Path) -> None:
    """What it signed may be known elsewhere: a book made with it could be a second history of one origin."""
    made(tmp_path / "one").close()
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "ledger.key").write_bytes((tmp_path / "one" / "ledger.key").read_bytes())
    with pytest.raises(Malformed, match="a key is never replaced"):
        made(tmp_path / "two")


def test_a_book_that_lost_its_database_is_not_made_anew(tmp_path: Path) -> None:
    made(tmp_path / "b").close()
    (tmp_path / "b" / "ledger.db").unlink()
    with pytest.raises(Malformed, match="is a book already"):
        made(tmp_path / "b")


def test_a_book_whose_first_records_are_signed_keeps_its_origin(tmp_path: Path) -> None:
    nth = 0
    while stage_of(tmp_path / "b", tmp_path / "b" / "ledger.key") is not Stage.SIGNED:
        cut_short(tmp_path / "b", nth)
        nth += 1
    with pytest.raises(Malformed, match=f"finish it with --origin {ORIGIN}"):
        made(tmp_path / "b", "example.com/other")


@pytest.mark.parametrize("store", [False, True], ids=["no database", "no records"])
def test_a_book_that_was_only_begun_says_to_run_init_again(tmp_path: Path, store: bool) -> None:
    (tmp_path / "b").mkdir()
    write_config(tmp_path / "b", Config(ORIGIN))
    if store:
        SqliteStore.create(tmp_path / "b").close()
    told = []
    for use_it in (
        lambda: Book.open(tmp_path / "b", write=False),
        lambda: Book.open(tmp_path / "b", write=True),
        lambda: back_up(tmp_path / "b", tmp_path / "b.zip", lambda done, total: None),
    ):
        with pytest.raises(Malformed, match="run init again") as found:
            use_it()
        told.append(str(found.value))
    assert len(set(told)) == 1


def no_bytes(directory: Path) -> None:
    (directory / "ledger.db").touch()


def a_hot_journal(directory: Path) -> None:
    """A database whose first transaction was on its way: SQLite rolls it back once it may write."""
    at_work = directory / "at work"
    at_work.mkdir()
    with closing(sqlite3.connect(at_work / "ledger.db", isolation_level=None)) as database:
        database.execute("PRAGMA cache_size = 1")
        database.execute("BEGIN")
        database.execute("CREATE TABLE records (state BLOB)")
        database.executemany("INSERT INTO records VALUES (?)", [(bytes(4000),)] * 50)
        for name in ("ledger.db", "ledger.db-journal"):
            shutil.copy(at_work / name, directory / name)
    shutil.rmtree(at_work)


@pytest.mark.parametrize("left", [no_bytes, a_hot_journal])
def test_a_power_loss_while_init_made_the_database_is_not_called_damage(
    tmp_path: Path, left: Callable[[Path], None]
) -> None:
    """The key had signed nothing: there is nothing to restore, and init makes the book. It was once said to be
    damaged, or the disk to be full.
    """
    directory = tmp_path / "b"
    directory.mkdir()
    write_config(directory, Config(ORIGIN))
    create_key(directory / "ledger.key", bytes(32))
    left(directory)
    for write in (False, True):
        with pytest.raises(Malformed, match="run init again"):
            Book.open(directory, write=write)
    made(directory).close()
    assert check_book(directory, lambda done, total: None)["findings"] == []


def test_a_book_whose_key_has_signed_is_damaged_where_its_database_is_empty(tmp_path: Path) -> None:
    made(tmp_path / "b").close()
    (tmp_path / "b" / "ledger.db").write_bytes(b"")
    with pytest.raises(Tampered, match="the database is empty"):
        Book.open(tmp_path / "b", write=True)


def test_a_disk_that_fails_to_read_what_is_to_be_erased_is_no_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file may be whole and names what to erase: it is not to be moved away."""

    def failing_disk(self: Path) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(Path, "read_bytes", failing_disk)
    with pytest.raises(UnknownOutcome, match="check the disk, then try again"):
        unfinished.begun(tmp_path)


def test_two_processes_do_not_make_a_book_in_one_directory(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    with alone(tmp_path / "b"), pytest.raises(Conflict, match="another process makes a book here"):
        made(tmp_path / "b")
