"""A book copied between backends is the same book: records, sections, trees, seals and every report, there and
back; and a copy that is cut short anywhere is no book, and is finished by the same command.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings

from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.host.clock import Seeded
from ledger.app.maintenance import copy as copying
from ledger.app.maintenance.copy import copy_book
from ledger.app.maintenance.erasure import erase
from ledger.app.maintenance.fsck import check_book
from ledger.app.read_models.rebuild import rebuild
from ledger.errors import Malformed, Refused, Tampered, WattledgerError
from ledger.store.open import store_folder
from tests.laws.test_books import START_US
from tests.support.examples import tried
from tests.support.histories import claims, setup
from tests.support.postgres import Server
from tests.support.small_book import SITE, incident, said
from tests.support.worlds import seeds

KEYS = ("ledger.key", "ledger.key.signed")


def unsaid(done: int, total: int) -> None:
    """Nobody is told."""


def lived(folder: Path, seed: int, backend: str = "sqlite") -> Book:
    """A book that was written to at some times, sealed, erased from, and not sealed at its end."""
    rng, clock = random.Random(seed), Seeded(str(seed), START_US)
    book = Book.create(folder, Config("example.com/copied", backend), surroundings=clock)
    book.record([Said(claim) for claim in setup()])
    for _ in range(3):
        clock.time_us += rng.randrange(200_000_000)
        book.record([Said(c) for c in claims(rng, rng.randrange(1, 40))])
    sectioned = [record for record in book.records() if record.sections]
    if sectioned:
        clock.time_us += 10**9
        erase(book, str(rng.choice(sectioned).index), None, "asked", evidence=False)
    with book.store.writing():
        book.store.hold(["ab" * 32][: seed % 2])
    book.record([Said(c) for c in claims(rng, 5)])
    return book


def held(folder: Path) -> Any:
    """What a book holds, whatever keeps it."""
    with Book.open(folder, write=False) as book:
        store: Any = book.store
        return (
            list(store.entries(0, store.size)),
            (store.forest.root(), store.forest.heads(), store.forest.frontiers()),
            (store.seals(), store.tile(0, 0), store.documents()),
        )


def reports(folder: Path) -> dict[str, str]:
    """A digest of each report and table."""
    with Book.open(folder, write=False) as book:
        return rebuild(book).fingerprints


def findings(folder: Path, key: Path) -> Any:
    """What fsck has to say with the key at hand, but for the document that was never there."""
    found = check_book(folder, unsaid, str(key))["findings"]
    return [one for one in found if "abab" not in one["what"]]


@settings(max_examples=tried(gate=1, search=20))
@given(seeds)
def test_a_copy_in_another_backend_and_back_is_the_same_book(postgres: Server, seed: int) -> None:
    with TemporaryDirectory() as name:
        place = Path(name)
        lived(place / "a", seed).close()
        copy_book(place / "a", place / "b", postgres.new_schema(), unsaid)
        copy_book(place / "b", place / "c", "sqlite", unsaid)
        copy_book(place / "b", place / "d", postgres.new_schema(), unsaid)
        key = place / "a" / KEYS[0]
        books = [place / each for each in "abcd"]
        assert [held(book) for book in books[1:]] == [held(books[0])] * 3
        assert [reports(book) for book in books[1:]] == [reports(books[0])] * 3
        assert [findings(book, key) for book in books] == [[]] * 4


def test_with_its_key_the_copy_goes_on_and_the_first_book_does_not(tmp_path: Path, postgres: Server) -> None:
    """A key in one place signs one history."""
    a, b = tmp_path / "a", tmp_path / "b"
    clock = Seeded("a", START_US)
    with Book.create(a, Config("example.com/moved"), surroundings=clock) as book:
        book.record(said(SITE))
    copy_book(a, b, postgres.new_schema(), unsaid)
    for name in KEYS:
        (a / name).rename(b / name)
    with Book.open(b, write=True, surroundings=clock) as book:
        book.record(incident(1))
        book.checkpoint()
    with pytest.raises(WattledgerError, match=r"ledger\.key"), Book.open(a, write=True) as book:
        book.record(incident(2))
    assert check_book(b, unsaid)["findings"] == []


class Killed(BaseException):
    """The process ends here."""


STEPS = ("fill", "still_kept", "_check", "put_in_place")


@pytest.mark.parametrize(
    ("backend", "step"),
    [
        *(("postgresql", f"{when}{name}") for name in STEPS for when in ("", "after ")),
        *(("sqlite", name) for name in STEPS),
    ],
)
def test_a_copy_that_is_cut_short_opens_nowhere_and_is_finished_by_the_same_command(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, backend: str, step: str
) -> None:
    """Killed before or after each step; a server keeps all records of a copy or none."""
    if backend == "postgresql":
        backend = request.getfixturevalue("postgres").new_schema()
    lived(tmp_path / "a", 7).close()
    name = step.removeprefix("after ")
    with monkeypatch.context() as killing:
        killing.setattr(copying, name, killed(getattr(copying, name), before=step == name))
        with pytest.raises(Killed):
            copy_book(tmp_path / "a", tmp_path / "b", backend, unsaid)
    if step != "after put_in_place":
        with pytest.raises(Malformed, match="is not a book"):
            Book.open(tmp_path / "b", write=False)
        assert copy_book(tmp_path / "a", tmp_path / "b", backend, unsaid).size
    assert held(tmp_path / "b") == held(tmp_path / "a")


def killed(step: Callable[..., Any], *, before: bool) -> Callable[..., Any]:
    """A step before or after which the process ends."""

    def cut(*given: Any, **named: Any) -> Any:
        if not before:
            step(*given, **named)
        raise Killed

    return cut


def test_a_schema_that_is_half_filled_is_not_seen_by_others(tmp_path: Path, postgres: Server) -> None:
    """All records of a copy are one transaction: until its end the schema is empty to every reader."""
    schema = postgres.new_schema()
    lived(tmp_path / "a", 7).close()
    seen: list[int | None] = []
    copy_book(tmp_path / "a", tmp_path / "b", schema, lambda *_: seen.append(count(tmp_path, schema)))
    assert (seen[0], bool(count(tmp_path, schema))) == (0, True)


def count(folder: Path, backend: str) -> int | None:
    return store_folder(folder, backend).count()


def test_a_schema_with_another_log_is_not_copied_into(tmp_path: Path, postgres: Server) -> None:
    schema = postgres.new_schema()
    lived(tmp_path / "a", 7).close()
    lived(tmp_path / "other", 8, schema).close()
    before = held(tmp_path / "other")
    with pytest.raises(Refused, match="are not of this log: nothing was copied"):
        copy_book(tmp_path / "a", tmp_path / "b", schema, unsaid)
    assert held(tmp_path / "other") == before


def test_changed_records_are_not_copied(tmp_path: Path, postgres: Server) -> None:
    lived(tmp_path / "a", 7).close()
    with sqlite3.connect(tmp_path / "a" / "ledger.db") as database:
        database.execute("DROP TRIGGER records_no_update")
        database.execute("UPDATE records SET state = CAST(replace(state, 'Z', 'z') AS BLOB) WHERE rowid = 9")
    schema = postgres.new_schema()
    with pytest.raises(Tampered):
        copy_book(tmp_path / "a", tmp_path / "b", schema, unsaid)
    assert count(tmp_path, schema) == 0
