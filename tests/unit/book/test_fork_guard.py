"""The fork guard: a key goes on only with the history that it signed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.app.book import keys
from ledger.app.book.book import Book
from ledger.app.book.config import Config
from ledger.app.host.clock import Seeded
from ledger.errors import Tampered
from tests.support.small_book import START_US, incident, made


def test_a_key_that_signed_for_another_book_is_refused(tmp_path: Path, clock: Seeded) -> None:
    made(tmp_path / "b", clock).close()
    other = Config("example.com/other")
    Book.create(tmp_path / "c", other, surroundings=clock).close()
    (tmp_path / "c" / "ledger.key.signed").write_bytes((tmp_path / "b" / "ledger.key.signed").read_bytes())
    with pytest.raises(
        Tampered, match=r"the key last signed for example\.com/book, this book is example\.com/other"
    ):
        Book.open(tmp_path / "c", write=True)


def test_a_book_that_went_another_way_after_it_was_signed_is_refused(tmp_path: Path, clock: Seeded) -> None:
    """Two books of one origin and one key, made alike; the second goes on differently from the third
    record.
    """
    for name, n in (("b", 1), ("c", 2)):
        with made(tmp_path / name, Seeded("book", START_US)) as book:
            book.record(incident(n))
            book.checkpoint()
    signed = keys.read_signed(tmp_path / "b" / "ledger.key")
    assert signed is not None
    (tmp_path / "c" / "ledger.key.signed").write_bytes(signed)
    with pytest.raises(Tampered, match="this is another history"):
        Book.open(tmp_path / "c", write=True)
