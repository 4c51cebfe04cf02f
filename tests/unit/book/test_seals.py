"""Seals: when a book is signed, over what, and what is remembered of it."""

from __future__ import annotations

from pathlib import Path

from ledger import kinds
from ledger.app.book.book import Book
from ledger.app.book.config import Config
from ledger.app.book.seals import SEAL_US
from ledger.app.host.clock import Seeded
from ledger.log.checkpoint import parse_checkpoint
from ledger.verifier.keys import parse_vkey
from ledger.verifier.notes import parse_note, verified_by
from tests.support.small_book import incident, made


def sizes(book: Book) -> list[int]:
    return [seal.size for seal in book.store.seals()]


def test_a_new_book_is_sealed_once(tmp_path: Path, clock: Seeded) -> None:
    with Book.create(tmp_path / "b", Config("example.com/book"), surroundings=clock) as book:
        assert (book.store.size, sizes(book)) == (3, [3])


def test_within_a_minute_nothing_is_sealed(tmp_path: Path, clock: Seeded) -> None:
    with made(tmp_path / "b", clock) as book:
        clock.time_us += SEAL_US - 1
        book.record(incident(1))
        assert sizes(book) == [3]


def test_a_minute_after_the_first_unsealed_record_the_next_append_seals(
    tmp_path: Path, clock: Seeded
) -> None:
    with made(tmp_path / "b", clock) as book:
        clock.time_us += SEAL_US
        book.record(incident(1))
        assert sizes(book) == [3, book.store.size]


def test_the_record_before_a_checkpoint_commits_to_the_heads_of_all_streams(
    tmp_path: Path, clock: Seeded
) -> None:
    with made(tmp_path / "b", clock) as book:
        book.checkpoint()
        body = book.record_at(book.store.size - 1).body
        assert isinstance(body, kinds.LedgerHeads)
        assert body.count == len([r for r in book.records() if isinstance(r.body, kinds.StreamOpened)])


def test_a_checkpoint_is_signed_by_the_books_key_over_its_root(tmp_path: Path, clock: Seeded) -> None:
    with made(tmp_path / "b", clock) as book:
        note = book.checkpoint()
        checkpoint = parse_checkpoint(note)
        assert verified_by(parse_note(note), [parse_vkey(book.seals.signer().vkey)])
        assert (checkpoint.size, checkpoint.root) == (book.store.size, book.root_at(book.store.size))


def test_a_checkpoint_of_a_sealed_book_adds_nothing(tmp_path: Path, clock: Seeded) -> None:
    with made(tmp_path / "b", clock) as book:
        assert book.checkpoint() == book.checkpoint()


def test_what_was_signed_is_remembered_beside_the_key(tmp_path: Path, clock: Seeded) -> None:
    with made(tmp_path / "b", clock) as book:
        note = book.checkpoint()
    assert (tmp_path / "b" / "ledger.key.signed").read_bytes() == note


def test_the_key_and_what_it_signed_can_be_read_by_their_owner_alone(tmp_path: Path, clock: Seeded) -> None:
    made(tmp_path / "b", clock).close()
    modes = {(tmp_path / "b" / name).stat().st_mode & 0o777 for name in ("ledger.key", "ledger.key.signed")}
    assert modes == {0o600}
