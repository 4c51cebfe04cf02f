"""What another process holds is waited for, passed over, or told as held (5): never as damage, and never as
SQLite says it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.cache import cache_file
from ledger.app.cache.row_cache import RowCache
from ledger.app.host.files import READ_MODEL, staging
from ledger.app.maintenance.backup import back_up
from ledger.app.queries.log_view import run
from ledger.app.queries.report_run import Question
from ledger.app.read_models.rebuild import rebuild
from ledger.errors import Conflict
from ledger.exchange import story
from projections.reports.catalogue import BY_NAME

SITE = (
    "2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York"
    " balancing_authority=SOCO utility=U parcels=[a] site_class=training"
)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for locks a hundredth of a second, in place of seconds."""
    real = sqlite3.connect

    def connect(*words: Any, **named: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = real(*words, **{**named, "timeout": 0.01})
        return connection

    monkeypatch.setattr(sqlite3, "connect", connect)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    with Book.create(tmp_path / "b", Config("example.com/busy")) as made:
        made.record([Said(claim) for claim in story.read(SITE.encode(), "site").claims])
        made.checkpoint()
    return tmp_path / "b"


@contextmanager
def held(path: Path, *statements: str) -> Iterator[None]:
    """Another program holds a database."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        for statement in statements:
            other.execute(statement)
        yield


def test_a_database_that_another_program_holds_for_itself_is_told_as_held(book: Path, tmp_path: Path) -> None:
    told = []
    with held(book / "ledger.db", "PRAGMA locking_mode = EXCLUSIVE", "BEGIN EXCLUSIVE"):
        for use in (
            lambda: Book.open(book, write=False),
            lambda: back_up(book, tmp_path / "b.zip", lambda *_: None),
        ):
            with pytest.raises(Conflict) as found:
                use()
            told.append("held by another process" in str(found.value))
    assert told == [True, True]


def test_an_append_while_another_program_writes_records_nothing_and_can_be_tried_again(book: Path) -> None:
    claims = [Said(c) for c in story.read(SITE.replace("s1", "s2").encode(), "site").claims]
    with Book.open(book, write=True) as mine:
        with held(book / "ledger.db", "BEGIN IMMEDIATE"), pytest.raises(Conflict):
            mine.record(claims)
        assert mine.record(claims).recorded == 1


def test_a_cache_that_another_process_holds_is_passed_over_and_not_emptied(book: Path) -> None:
    question = Question(start="2026-06-01", stop="2026-06-02")
    with Book.open(book, write=False) as mine:
        rebuild(mine)
        free = run(mine, BY_NAME["portfolio"], question).rows
        kept = (book / READ_MODEL).read_bytes()
        with held(book / READ_MODEL, "BEGIN EXCLUSIVE"):
            assert run(mine, BY_NAME["portfolio"], question).rows == free
    assert (book / READ_MODEL).read_bytes() == kept


def test_a_cache_that_is_taken_between_two_reads_is_not_emptied_either(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever finds it busy must not take it for damaged, and wait until it can be emptied."""
    with Book.open(book, write=False) as mine, RowCache(mine) as cache:
        emptied: list[str] = []
        monkeypatch.setattr(cache_file.CacheFile, "forget", lambda self: emptied.append("emptied"))
        kinds = BY_NAME["portfolio"].row_kinds
        with held(book / READ_MODEL, "BEGIN EXCLUSIVE"):
            cache.rows(2, "grid", 1, kinds)
        assert emptied == []


def test_two_rebuilds_at_once_do_not_meet(book: Path) -> None:
    """The second runs while the first is half done; both end, and what stays is whole."""
    with Book.open(book, write=False) as mine:
        with staging(book / READ_MODEL) as first:
            (first / READ_MODEL).write_bytes(b"half")
            second = rebuild(mine)
            assert (first / READ_MODEL).read_bytes() == b"half"
        with closing(sqlite3.connect(second.path)) as made:
            assert made.execute("SELECT count(*) FROM reports").fetchone()[0] == len(second.fingerprints)
