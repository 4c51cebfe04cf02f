"""fsck names what is damaged: every byte of a book that is changed by hand is found, and where it can be, the record."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ledger import calendar
from ledger.app.book import Book, Said
from ledger.app.checking import check_book
from ledger.app.cli import main
from ledger.app.clock import Seeded
from ledger.app.config import Config
from ledger.exchange import story
from ledger.log.note import Signer, sign_note
from ledger.log.streams import Forest
from ledger.log.verify import parse_note
from ledger.store.head import SLOT_BYTES, Head, HeadFile
from ledger.store.sqlite import DATABASE, HEAD

SITE = """
2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[a] site_class=training
2026-06-02T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[A]
"""
POLLS = "\n".join(
    f"2026-06-03T{n // 60:02d}:{n % 60:02d}Z s1 hashrate-changed block=m1 hashrate={n + 1}PH/s method=pool"
    for n in range(600)
)
TAIL = "2026-06-04T00:00Z s1 hashrate-changed block=m1 hashrate=1PH/s method=pool"


def claims(text: str) -> list[Said]:
    return [Said(claim) for claim in story.read(text.encode(), "story").claims]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of 610 records, sealed but for its last one, with two full tiles and a correction."""
    folder = tmp_path_factory.mktemp("fsck") / "book"
    clock = Seeded("fsck", calendar.instant_s("2026-07-01T00:00:00Z") * 1_000_000)
    with Book.create(folder, Config("example.com/fsck"), surroundings=clock) as book:
        polls = claims(POLLS)
        book.record(claims(SITE) + polls)
        again = f"{POLLS.splitlines()[7]} corrects=[{polls[7].claim.id}] reason=misread"
        book.record(claims(again.replace("8PH/s", "9PH/s")))
        book.checkpoint()
        book.record(claims(TAIL))
    return folder


@pytest.fixture
def book(template: Path, tmp_path: Path) -> Path:
    shutil.copytree(template, tmp_path / "book")
    return tmp_path / "book"


def found(book: Path) -> list[dict[str, Any]]:
    findings: list[dict[str, Any]] = check_book(book, lambda done, total: None)["findings"]
    return findings


def by_hand(book: Path, *statements: str) -> None:
    """Change the database behind its triggers' back, and put them up again."""
    connection = sqlite3.connect(book / DATABASE, isolation_level=None)
    triggers = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        connection.execute(statement)
    for _, sql in triggers:
        connection.execute(sql)
    connection.close()


def test_an_untouched_book_has_no_findings(book: Path) -> None:
    assert found(book) == []


@pytest.mark.parametrize("index", [0, 5, 255, 256, 300, 511, 512, 513, 600, 607])
def test_a_changed_value_is_found_and_its_record_named(book: Path, index: int) -> None:
    """By full tiles up to record 511, by the hashes kept at the last seal up to record 607."""
    by_hand(book, changed(index))
    assert {f["index"] for f in found(book) if f["what"].startswith("differs from its hash")} == {index}


@pytest.mark.parametrize("index", [3, 300, 600])
def test_the_first_heads_record_after_a_changed_one_says_between_which_records_it_is(
    book: Path, index: int
) -> None:
    by_hand(book, changed(index))
    said = [(f["index"], f["what"]) for f in found(book) if f["what"].startswith("commits to other streams")]
    expected = "commits to other streams than those before it: it changed, or a record since record 2 did"
    assert said == [(608, expected)]


def test_of_a_record_that_is_not_sealed_only_its_change_is_known(book: Path) -> None:
    by_hand(book, changed(609))
    assert [(f["index"], f["what"]) for f in found(book)] == [
        (None, "the first 610 records are not the ones that were acknowledged")
    ]


@pytest.mark.parametrize("words", [["log"], ["report", "efficiency"], ["export", "jsonl"], ["status"]])
@pytest.mark.parametrize("index", [600, 609])
def test_nobody_reads_on_in_a_book_that_changed_below_its_head(
    book: Path, index: int, words: list[str]
) -> None:
    """Record 600 is sealed and 609 is not: of that only the head says what was acknowledged."""
    by_hand(book, changed(index))
    answer = CliRunner().invoke(main, ["--book", str(book), *words])
    assert answer.exit_code == (0 if words == ["status"] and index == 600 else 4)


def changed(index: int) -> str:
    return f"""UPDATE records SET state = CAST(replace(CAST(state AS TEXT), '"actor":"', '"actor":"x') AS BLOB) WHERE rowid = {index}"""


def test_heads_that_were_wrong_from_the_beginning_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trees, seal and head all agree with the records; only what the heads record says of the streams is another."""
    clock = Seeded("heads", calendar.instant_s("2026-07-01T00:00:00Z") * 1_000_000)
    with Book.create(tmp_path / "b", Config("example.com/heads"), surroundings=clock) as made:
        made.record(claims(SITE))
        monkeypatch.setattr(Forest, "heads", lambda self: (3, bytes(32)))
        made.checkpoint()
        size = made.store.size
    monkeypatch.undo()
    assert [f["index"] for f in found(tmp_path / "b")] == [size - 1]


def test_a_seal_under_a_clock_that_went_back_commits_to_what_stands_before_it(tmp_path: Path) -> None:
    clock = Seeded("clock", calendar.instant_s("2026-07-01T00:00:00Z") * 1_000_000)
    with Book.create(tmp_path / "b", Config("example.com/clock"), surroundings=clock) as made:
        made.record(claims(SITE))
        clock.time_us -= 3_600_000_000
        made.checkpoint()
        made.accept_clock = True
        made.record(claims(TAIL))
        made.checkpoint()
    assert found(tmp_path / "b") == []


@pytest.mark.parametrize("index", [0, 300, 609])
def test_bytes_that_are_no_record_are_named_everywhere(book: Path, index: int) -> None:
    by_hand(book, f"UPDATE records SET state = x'7b7d' WHERE rowid = {index}")
    assert any(f["index"] == index and f["what"].startswith("its bytes are no record") for f in found(book))


@pytest.mark.parametrize(
    ("change", "index", "what"),
    [
        ("UPDATE records SET id = zeroblob(16) WHERE rowid = 300", 300, "its bytes say id"),
        ("UPDATE records SET topic = 'fleet-removed.v1' WHERE rowid = 300", 300, "its bytes say kind"),
        (
            "UPDATE records SET originator_version = 9999 WHERE rowid = 300",
            300,
            "has position 9999 in stream",
        ),
        ("UPDATE records SET originator_id = 99 WHERE rowid = 300", 300, "has position"),
        ("DELETE FROM records WHERE rowid = 300", 300, "is missing"),
        ("DELETE FROM records WHERE rowid = 609", 609, "was acknowledged and is missing"),
        ("DELETE FROM corrections", 607, "the list of corrections differs"),
        (
            "UPDATE tiles SET hashes = zeroblob(8192) WHERE number = 1 AND level = 0",
            256,
            "differs from its hash in tile 0/1",
        ),
        ("DELETE FROM tiles WHERE number = 1 AND level = 0", None, "tile 0/1 is missing"),
        ("UPDATE seals SET note = x'41'", None, "is no checkpoint"),
        (
            "UPDATE frontiers SET data = CAST(substr(data, 1, 8) || zeroblob(length(data) - 8) AS BLOB) WHERE stream = 3",
            None,
            "frontiers kept at the seal",
        ),
        ("DROP INDEX records_id", None, "the schema lacks records_id"),
        ("CREATE TABLE more (x)", None, "the schema has more"),
    ],
)
def test_what_is_changed_beside_the_bytes_is_found(
    book: Path, change: str, index: int | None, what: str
) -> None:
    by_hand(book, change)
    assert [f for f in found(book) if f["index"] == index and what in f["what"]]


def test_a_dropped_trigger_is_found(book: Path) -> None:
    connection = sqlite3.connect(book / DATABASE)
    connection.execute("DROP TRIGGER records_no_delete")
    connection.close()
    assert [f["what"] for f in found(book)] == ["the schema lacks records_no_delete"]


def test_records_exchanged_within_a_stream_are_both_named(book: Path) -> None:
    by_hand(
        book,
        "CREATE TEMP TABLE kept AS SELECT rowid AS n, state FROM records WHERE rowid IN (300, 301)",
        "UPDATE records SET state = (SELECT state FROM kept WHERE n = 601 - records.rowid) WHERE rowid IN (300, 301)",
    )
    assert {300, 301} <= {finding["index"] for finding in found(book)}


def doctored_head(book: Path, head: Head) -> None:
    file = HeadFile(book / HEAD)
    file.write(head)
    file.close()


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda book: (book / HEAD).unlink(), "the head file is missing or unreadable"),
        (
            lambda book: (book / HEAD).write_bytes(bytes(2 * SLOT_BYTES)),
            "the head file is missing or unreadable",
        ),
        (lambda book: doctored_head(book, Head(500, bytes(32))), "the first 500 records are not the ones"),
        (lambda book: doctored_head(book, Head(611, bytes(32))), "was acknowledged and is missing"),
    ],
)
def test_a_head_that_does_not_fit_is_found(book: Path, change: Callable[[Path], None], what: str) -> None:
    change(book)
    assert any(what in finding["what"] for finding in found(book))


def test_a_database_that_is_none_is_a_finding_and_not_a_crash(book: Path) -> None:
    (book / DATABASE).write_bytes(b"not a database" * 1000)
    assert any("file is not a database" in finding["what"] for finding in found(book))


@pytest.mark.parametrize(
    "words", [["status"], ["log"], ["report", "jobs"], ["record", "none.story"], ["fsck"]]
)
def test_a_schema_that_is_no_text_is_damage_and_not_a_crash(book: Path, words: list[str]) -> None:
    """SQLite cites the name in its error, and Python cannot decode that."""
    path = book / DATABASE
    named, made = b"indexrecords_id", b"CREATE UNIQUE INDEX records_id"
    data = path.read_bytes()
    assert data.count(named) == data.count(made) == 1
    path.write_bytes(data.replace(named, b"indexrecords_\xffd").replace(made, made[:-4] + b"(_id"))
    (book / "none.story").write_text("")
    words = [word if word != "none.story" else str(book / word) for word in words]
    answer = CliRunner().invoke(main, ["--book", str(book), *words])
    assert (answer.exit_code, type(answer.exception)) == (4, SystemExit)


def test_a_seal_by_another_key_is_found(book: Path) -> None:
    connection = sqlite3.connect(book / DATABASE)
    ((size, note),) = connection.execute("SELECT size, note FROM seals ORDER BY size DESC LIMIT 1").fetchall()
    connection.close()
    head, _, signature = bytes(note).rpartition(b" ")
    forged = signature[:-8] + (b"AAAAAAA\n" if signature[-8:] != b"AAAAAAA\n" else b"BBBBBBB\n")
    by_hand(book, f"UPDATE seals SET note = x'{(head + b' ' + forged).hex()}' WHERE size = {size}")
    assert any(f["what"].startswith(f"the seal at {size} records") for f in found(book))


def test_every_flipped_bit_of_a_page_of_records_is_found(book: Path) -> None:
    """One bit in each of 160 bytes across the database file; what no finding shows must not have changed what is read."""
    path = book / DATABASE
    with Book.open(book, write=True):
        pass
    sqlite3.connect(path).execute("PRAGMA wal_checkpoint(TRUNCATE)").connection.close()
    whole = path.read_bytes()
    before = dump(path)
    for place in range(37, len(whole), len(whole) // 160):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << place % 8
        path.write_bytes(flipped)
        assert found(book) or dump(path) == before, f"byte {place} changed unseen"


def dump(path: Path) -> list[Any]:
    """Everything that can be read from the tables, in a stable order."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        tables = ("records", "corrections", "sections", "seals", "frontiers", "tiles")
        return [connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in tables]
    finally:
        connection.close()


def test_a_seal_that_another_key_signed_is_found(tmp_path: Path) -> None:
    """The three lines stay, the signature is of another key of the same name, or is no signature."""
    with Book.create(tmp_path / "b", Config("example.com/fsck")) as made:
        (seal,) = made.store.seals()
        text = parse_note(seal.note).text
    for note, what in (
        (sign_note(text, [Signer("example.com/fsck", bytes(32))]), "is not signed by the log's key"),
        (seal.note[:-8] + b"AAAAAA=\n", "signature"),
    ):
        by_hand(tmp_path / "b", f"UPDATE seals SET note = x'{note.hex()}'")
        assert [what in finding["what"] for finding in found(tmp_path / "b")] == [True]
