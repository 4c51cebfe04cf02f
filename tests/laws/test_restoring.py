"""P9: what was exported and is read back into a fresh store has the same roots and says the same in every
report, and nothing else is read back.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings

from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.exports.options import ExportOptions
from ledger.app.exports.records import jsonl
from ledger.app.host.clock import Seeded
from ledger.app.maintenance.copy import copy_book
from ledger.app.maintenance.restore import (
    KeptCheckpoint,
    RestoreOptions,
    RestoreTarget,
    restore_into,
    restore_records,
)
from ledger.errors import WattledgerError
from ledger.log.checkpoint import parse_checkpoint
from ledger.store.memory import MemoryStore
from ledger.store.port import Store
from tests.laws.test_books import empty, filled, reports
from tests.support.examples import tried
from tests.support.histories import claims
from tests.support.postgres import Server
from tests.support.worlds import seeds

ORIGIN = "example.com/laws"


def unsaid(done: int, total: int) -> None:
    """Nobody is told."""


def exported(book: Book, place: Path, *, sections: bool = True) -> Path:
    path = place / "book.jsonl"
    path.write_bytes(b"".join(jsonl(book, ExportOptions(sections=sections))))
    seal = book.store.last_seal()
    assert seal is not None
    (place / "book.jsonl.checkpoint").write_bytes(seal.note)
    return path


def notes(path: Path) -> list[KeptCheckpoint]:
    note = Path(f"{path}.checkpoint").read_bytes()
    return [KeptCheckpoint(parse_checkpoint(note), note)]


def told(book: Book) -> tuple[object, ...]:
    size = book.store.size
    roots = [book.root_at(n) for n in range(1, size + 1)]
    return (
        size,
        roots,
        book.store.forest.heads(),
        reports(book),
        list(jsonl(book, ExportOptions(sections=True))),
    )


@settings(max_examples=tried(gate=3, search=6))
@given(seeds)
def test_a_book_made_again_from_its_export_is_the_same_on_sqlite_and_in_memory(seed: int) -> None:
    with empty() as (book, clock), TemporaryDirectory() as place:
        list(filled(book, clock, seed, 60))
        book.checkpoint()
        path = exported(book, Path(place))
        restore_records(Path(place) / "again", path, RestoreOptions(), unsaid)
        memory = MemoryStore()
        restore_into(RestoreTarget(path.parent, memory, Config(ORIGIN)), path, notes(path), unsaid)
        (Path(place) / "memory").mkdir()
        with Book.open(Path(place) / "again", write=False) as again:
            in_memory = Book(Path(place) / "memory", memory, book.config, clock, Path(place) / "no.key")
            assert told(again) == told(book) == told(in_memory)


@settings(max_examples=tried(gate=1, search=6))
@given(seeds)
def test_a_book_made_again_from_its_export_on_postgresql_is_the_same(postgres: Server, seed: int) -> None:
    """Restored into a new folder, and copied to where its records are to be, as ``restore`` says."""
    with empty() as (book, clock), TemporaryDirectory() as place:
        list(filled(book, clock, seed, 60))
        book.checkpoint()
        folder, server = Path(place) / "folder", Path(place) / "server"
        restore_records(folder, exported(book, Path(place)), RestoreOptions(), unsaid)
        copy_book(folder, server, postgres.new_schema(), unsaid)
        with Book.open(server, write=False) as restored:
            assert told(restored) == told(book)


@settings(max_examples=tried(gate=3, search=6))
@given(seeds)
def test_the_missing_records_are_read_back_at_any_place_and_the_book_goes_on_alike(seed: int) -> None:
    rng = random.Random(seed)
    with empty() as (book, clock), TemporaryDirectory() as place:
        list(filled(book, clock, seed, 60))
        book.checkpoint()
        path = exported(book, Path(place))
        cut = rng.randrange(1, book.store.size)
        lines = path.read_bytes().splitlines(keepends=True)
        part = Path(place) / "part.jsonl"
        part.write_bytes(b"".join(lines[: _line(lines, cut)]))
        memory = MemoryStore()
        restore_into(RestoreTarget(part.parent, memory, Config(ORIGIN)), part, [], unsaid)
        assert memory.size == cut
        restore_into(RestoreTarget(path.parent, memory, Config(ORIGIN)), path, notes(path), unsaid)
        assert (memory.size, memory.forest.root()) == (book.store.size, book.root_at(book.store.size))


def _line(lines: list[bytes], index: int) -> int:
    """The line of a record."""
    starts = [n for n, line in enumerate(lines) if not line.startswith(b'{"index":')]
    return starts[index]


def doubled(rng: random.Random, lines: list[bytes]) -> None:
    at = rng.randrange(len(lines))
    lines.insert(at, lines[at])


def swapped(rng: random.Random, lines: list[bytes]) -> None:
    at = rng.randrange(len(lines) - 1)
    lines[at : at + 2] = lines[at : at + 2][::-1]


def left_out(rng: random.Random, lines: list[bytes]) -> None:
    del lines[rng.randrange(len(lines))]


def cut_short(rng: random.Random, lines: list[bytes]) -> None:
    del lines[rng.randrange(len(lines)) :]


def one_byte(rng: random.Random, lines: list[bytes]) -> None:
    at = rng.randrange(len(lines))
    byte = rng.randrange(len(lines[at]))
    lines[at] = lines[at][:byte] + bytes([lines[at][byte] ^ 1 << rng.randrange(8)]) + lines[at][byte + 1 :]


@pytest.mark.parametrize("harm", [doubled, swapped, left_out, cut_short, one_byte])
@settings(max_examples=tried(gate=12, search=25))
@given(seed=seeds)
def test_whatever_is_done_to_an_export_it_is_refused_or_gives_the_same_records(
    harm: Callable[[random.Random, list[bytes]], None], seed: int
) -> None:
    """Against the checkpoint beside it; what stays the same is a section line left out, or a newline at the
    end.
    """
    rng = random.Random(seed)
    with TemporaryDirectory() as place:
        path = Path(place) / "book.jsonl"
        lines = list(PLAIN)
        harm(rng, lines)
        path.write_bytes(b"".join(lines))
        store: Store = MemoryStore()
        try:
            restore_into(RestoreTarget(path.parent, store, Config(ORIGIN)), path, [NOTE], unsaid)
        except WattledgerError:
            return
        assert list(store.read(0, store.size)) == [
            line.removesuffix(b"\n") for line in PLAIN if not line.startswith(b'{"index":')
        ]


def _plain() -> tuple[list[bytes], KeptCheckpoint]:
    with empty() as (book, clock), TemporaryDirectory() as place:
        list(filled(book, clock, 7, 60))
        note = book.checkpoint()
        path = exported(book, Path(place))
        return path.read_bytes().splitlines(keepends=True), KeptCheckpoint(parse_checkpoint(note), note)


PLAIN, NOTE = _plain()


def test_a_restored_book_goes_on_with_the_very_next_record(tmp_path: Path) -> None:
    with empty() as (book, clock):
        more = list(filled(book, clock, 3, 20))
        assert more
        book.checkpoint()
        path = exported(book, tmp_path)
        again = tmp_path / "again"
        restore_records(again, path, RestoreOptions(), unsaid)
        for name in ("ledger.key", "ledger.key.signed"):
            (again / name).write_bytes((book.directory / name).read_bytes())
        size = book.store.size
        root = book.root_at(size)
    with Book.open(again, write=True, surroundings=Seeded("on", clock.time_us)) as on:
        on.record([Said(claim) for claim in claims(random.Random(4), 10)])
        on.checkpoint()
        assert (on.root_at(size), on.store.seals()[-1].size > size) == (root, True)
