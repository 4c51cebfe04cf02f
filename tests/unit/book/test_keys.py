"""Key rotation: both keys sign the change, one checkpoint carries both, and no crash leaves a log that nobody
can sign or two can.
"""

from __future__ import annotations

import base64
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger import calendar, kinds
from ledger.app.book import keys
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.host.clock import Seeded
from ledger.app.maintenance.fsck import check_book
from ledger.errors import Malformed, Refused, Tampered
from ledger.exchange import story
from ledger.log.checkpoint import parse_checkpoint
from ledger.log.ml_dsa import verifier
from ledger.store.sqlite.store import SqliteStore
from ledger.verifier.checkpoints import cosigned_by
from ledger.verifier.ed25519 import ed25519_verifies
from ledger.verifier.keys import ML_DSA_44, parse_vkey
from ledger.verifier.notes import parse_note, verified_by

ORIGIN = "example.com/keys"
SITE = (
    "2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York"
    " balancing_authority=SOCO utility=U parcels=[a] site_class=training"
)


def said(text: str) -> list[Said]:
    return [Said(claim) for claim in story.read(text.encode(), "story").claims]


def incident(n: int) -> list[Said]:
    return said(f"2026-06-04T00:00Z s1 incident-opened incident=i{n} summary=x")


@pytest.fixture
def clock() -> Seeded:
    return Seeded("keys", calendar.instant_s("2026-07-01T00:00:00Z") * 1_000_000)


@pytest.fixture
def book(tmp_path: Path, clock: Seeded) -> Book:
    made = Book.create(tmp_path / "b", Config(ORIGIN), surroundings=clock)
    made.record(said(SITE))
    return made


def signed_by(note: bytes, *vkeys: str) -> list[str]:
    return [
        key.name + key.public.hex() for key in verified_by(parse_note(note), [parse_vkey(v) for v in vkeys])
    ]


def lines(note: bytes) -> int:
    return len(parse_note(note).signatures)


def test_the_record_of_a_rotation_is_signed_by_both_keys_over_the_agreed_text(book: Book) -> None:
    old = book.seals.signer().vkey
    done = book.rotate_key()
    body = book.record_at(done.record).body
    assert isinstance(body, kinds.KeyRotated)
    text = f"wattledger-key-rotation/v1\n{ORIGIN}\n{old}\n{done.new_vkey}\n{done.record}\n".encode()
    for vkey, signature in ((old, body.old_signature), (done.new_vkey, body.new_signature)):
        assert ed25519_verifies(parse_vkey(vkey).public, text, base64.b64decode(signature, validate=True))
    assert book.record_at(done.record).stream == "ledger/registry"


def test_the_first_checkpoint_after_it_carries_both_lines_and_later_ones_the_new_alone(book: Book) -> None:
    old = book.seals.signer().vkey
    new = book.rotate_key().new_vkey
    first = book.checkpoint()
    book.record(incident(1))
    later = book.checkpoint()
    assert (lines(first), len(signed_by(first, old, new))) == (2, 2)
    assert (lines(later), len(signed_by(later, new))) == (1, 1)


def test_the_old_key_is_in_no_file_afterwards(book: Book) -> None:
    seed = (book.directory / keys.KEY_FILE).read_bytes().strip()
    book.rotate_key()
    assert not [path for path in book.directory.iterdir() if seed in path.read_bytes()]
    assert not (book.directory / "ledger.key.next").exists()


def test_every_rotation_is_in_the_history_and_the_book_stays_whole(book: Book) -> None:
    first = book.seals.signer().vkey
    done = [book.rotate_key() for _ in range(3)]
    assert [r.old_vkey for r in book.seals.rotations()] == [first, *(r.new_vkey for r in done[:-1])]
    assert book.seals.signer().vkey == done[-1].new_vkey
    book.close()
    assert check_book(book.directory, lambda done, total: None)["findings"] == []


def test_another_key_of_the_same_name_signs_nothing(book: Book) -> None:
    book.rotate_key()
    (book.directory / keys.KEY_FILE).write_text("11" * 32)
    book.record(incident(1))
    with pytest.raises(Malformed, match="holds another key than the log is signed by since record"):
        book.checkpoint()


def test_another_key_signs_nothing_before_any_rotation_either(book: Book) -> None:
    (book.directory / keys.KEY_FILE).write_text("11" * 32)
    with pytest.raises(Malformed, match="is not the key that signed the newest checkpoint"):
        book.checkpoint()


def test_a_stolen_old_key_cannot_sign_for_the_book_again(book: Book) -> None:
    stolen = (book.directory / keys.KEY_FILE).read_bytes()
    book.rotate_key()
    (book.directory / keys.KEY_FILE).write_bytes(stolen)
    book.record(incident(1))
    with pytest.raises(Malformed, match="holds another key"):
        book.checkpoint()


# --- crashes ------------------------------------------------------------------------------------------------


class Crash(BaseException):
    """The process ends here."""


def before(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, nth: int = 1) -> None:
    _crash(monkeypatch, owner, name, nth, after=False)


def _crash(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, nth: int, *, after: bool) -> None:
    real, calls = getattr(owner, name), iter(range(1, 99))

    def crashing(*given: Any, **named: Any) -> Any:
        if next(calls) != nth:
            return real(*given, **named)
        if after:
            real(*given, **named)
        raise Crash

    monkeypatch.setattr(owner, name, crashing)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    ("owner", "name", "nth"),
    [
        (keys, "create_next", 1),
        (SqliteStore, "append", 1),
        (SqliteStore, "append", 2),
        (keys, "write_signed", 1),
        (SqliteStore, "seal", 1),
        (keys, "promote", 1),
    ],
    ids=["next key", "record", "heads", "signed", "seal", "promoted"],
)
def test_after_a_crash_anywhere_the_log_goes_on_and_is_signed_by_its_last_key(
    tmp_path: Path,
    clock: Seeded,
    monkeypatch: pytest.MonkeyPatch,
    owner: Any,
    name: str,
    nth: int,
    after: bool,
) -> None:
    """The crash, then another process: a record and a checkpoint by the next process; then a rotation:
    finished, or a new one.
    """
    with Book.create(tmp_path / "b", Config(ORIGIN), surroundings=clock) as book:
        book.record(said(SITE))
        first = book.seals.signer().vkey
        with monkeypatch.context() as crashing:
            _crash(crashing, owner, name, nth, after=after)
            with pytest.raises(Crash):
                book.rotate_key()
    with Book.open(tmp_path / "b", write=True, surroundings=clock) as book:
        rotated = book.seals.rotations()
        book.record(incident(1))
        note = book.checkpoint()
        now = rotated[-1].new_vkey if rotated else first
        assert signed_by(note, now)
        assert book.seals.signer().vkey == now
        seals = [seal.note for seal in book.store.seals() if rotated and seal.size > rotated[0].record]
        assert [lines(note) for note in seals[:1]] == [2] * len(seals[:1])
        assert all(lines(note) == 1 for note in seals[1:])
        again = book.rotate_key()
        assert again.old_vkey == now
        assert signed_by(book.checkpoint(), again.new_vkey)
        assert not (tmp_path / "b" / "ledger.key.next").exists()
    assert check_book(tmp_path / "b", lambda done, total: None)["findings"] == []


def test_a_rotation_that_a_crash_cut_short_is_finished_by_the_next(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as crashing:
        before(crashing, SqliteStore, "append", 2)
        with pytest.raises(Crash):
            book.rotate_key()
    book.close()
    with Book.open(book.directory, write=True) as again:
        assert len(again.seals.rotations()) == 1
        assert again.rotate_key() == again.seals.rotations()[0]
        assert lines(again.checkpoint()) == 2


# --- old copies ---------------------------------------------------------------------------------------------


def put_back(old: Path, now: Path) -> None:
    for path in old.iterdir():
        if not path.name.startswith("ledger.key"):
            shutil.copy(path, now / path.name)


def test_a_copy_from_before_a_rotation_stays_closed(book: Book, tmp_path: Path, clock: Seeded) -> None:
    book.checkpoint()
    book.close()
    shutil.copytree(book.directory, tmp_path / "old")
    with Book.open(book.directory, write=True, surroundings=clock) as on:
        on.rotate_key()
    put_back(tmp_path / "old", book.directory)
    with pytest.raises(Tampered, match="wattledger restore FILE"):
        Book.open(book.directory, write=True)


@pytest.mark.parametrize(
    "harm", [lambda p: p.unlink(), lambda p: p.write_text("x\n\n")], ids=["missing", "no note"]
)
def test_without_what_was_signed_nothing_is_signed(book: Book, harm: Callable[[Path], None]) -> None:
    book.close()
    harm(keys.signed_path(book.directory / keys.KEY_FILE))
    with pytest.raises(Tampered, match=r"ledger\.key\.signed"):
        Book.open(book.directory, write=True)


def test_the_checkpoint_of_a_rotation_is_the_one_that_was_signed(book: Book) -> None:
    book.rotate_key()
    signed = keys.read_signed(book.directory / keys.KEY_FILE)
    assert signed == book.checkpoint()
    assert parse_checkpoint(signed).size == book.store.size


def test_a_key_and_settings_that_windows_saved_are_the_same(tmp_path: Path) -> None:
    """Opened and saved in Notepad: a byte order mark at the begin, CR LF at the end of each line."""
    with Book.create(tmp_path / "b", Config(ORIGIN)) as book:
        vkey = book.seals.signer().vkey
    for name in (keys.KEY_FILE, "book.toml"):
        path = tmp_path / "b" / name
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    with Book.open(tmp_path / "b", write=True) as book:
        assert (book.config.origin, book.seals.signer().vkey) == (ORIGIN, vkey)


# --- ML-DSA-44 ----------------------------------------------------------------------------------------------


def ml_dsa_signed(note: bytes, *added: keys.MlDsaKey) -> int:
    """How many of these keys cosigned a checkpoint."""
    found = [parse_vkey(one.ml_dsa_vkey, ML_DSA_44) for one in added]
    return len(cosigned_by(parse_note(note), found, verifier()))


def test_from_the_record_of_an_ml_dsa_key_on_each_checkpoint_carries_both_signatures(book: Book) -> None:
    before = book.checkpoint()
    added = book.add_ml_dsa_key()
    first = book.checkpoint()
    book.record(incident(1))
    later = book.checkpoint()
    assert [ml_dsa_signed(note, added) for note in (before, first, later)] == [0, 1, 1]
    assert [lines(note) for note in (before, first, later)] == [1, 2, 2]


def test_an_ml_dsa_key_leaves_no_second_secret_to_keep(book: Book) -> None:
    files = {path.name for path in book.directory.iterdir()}
    book.add_ml_dsa_key()
    assert {path.name for path in book.directory.iterdir()} == files


def test_the_time_of_the_second_signature_is_that_of_the_heads_record(book: Book) -> None:
    added = book.add_ml_dsa_key()
    note = parse_note(book.checkpoint())
    (time_s,) = cosigned_by(note, [parse_vkey(added.ml_dsa_vkey, ML_DSA_44)], verifier()).values()
    assert time_s == calendar.rec_us(book.record_at(book.store.size - 1).rec) // 1_000_000


def test_a_second_ml_dsa_key_is_refused(book: Book) -> None:
    added = book.add_ml_dsa_key()
    with pytest.raises(
        Refused, match=f"has an ML-DSA-44 key since record {added.record}; rotate replaces it"
    ):
        book.add_ml_dsa_key()


def test_a_rotation_hands_the_ml_dsa_key_on(book: Book) -> None:
    old = book.add_ml_dsa_key()
    book.rotate_key()
    new = book.seals.ml_dsa_keys()[-1]
    first = book.checkpoint()
    book.record(incident(1))
    later = book.checkpoint()
    assert (lines(first), ml_dsa_signed(first, old, new)) == (4, 2)
    assert (lines(later), ml_dsa_signed(later, new), ml_dsa_signed(later, old)) == (2, 1, 0)
    book.close()
    assert check_book(book.directory, lambda done, total: None)["findings"] == []


def test_a_book_with_an_ml_dsa_key_is_not_sealed_without_ml_dsa(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A library without ML-DSA: a checkpoint that readers would refuse is not signed."""
    book.add_ml_dsa_key()
    book.record(incident(1))
    monkeypatch.setattr("ledger.app.book.seals.is_supported", lambda: False)
    with pytest.raises(Malformed, match=r"has no ML-DSA-44\. Next: pip install"):
        book.checkpoint()


@pytest.mark.parametrize("method", ["append", "seal"])
def test_an_ml_dsa_key_that_a_crash_cut_short_signs_the_next_checkpoint(
    method: str, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as crashing:
        before(crashing, SqliteStore, method, 2 if method == "append" else 1)
        with pytest.raises(Crash):
            book.add_ml_dsa_key()
    book.close()
    with Book.open(book.directory, write=True) as again:
        assert ml_dsa_signed(again.checkpoint(), *again.seals.ml_dsa_keys()) == 1
    assert check_book(book.directory, lambda done, total: None)["findings"] == []


def test_a_log_whose_name_is_too_long_for_ml_dsa_gets_no_such_key(tmp_path: Path) -> None:
    """Its record would be there, and no checkpoint could be signed any more."""
    with Book.create(tmp_path / "b", Config(f"example.com/{'a' * 300}")) as book:
        with pytest.raises(Refused, match="by a name of at most 255 bytes, and the log's origin has 312"):
            book.add_ml_dsa_key()
        assert book.seals.ml_dsa_keys() == []
