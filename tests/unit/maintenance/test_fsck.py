"""fsck names what is damaged: every byte of a book that is changed by hand is found, and where it can be, the
record.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ledger import calendar
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config, write_config
from ledger.app.book.evidence import keep_evidence
from ledger.app.cli.main import main
from ledger.app.host.clock import Seeded
from ledger.app.host.files import READ_MODEL
from ledger.app.maintenance.backup import back_up
from ledger.app.maintenance.fsck import check_book
from ledger.exchange import story
from ledger.log.checkpoint import Checkpoint, format_checkpoint, parse_checkpoint
from ledger.log.forest import Forest
from ledger.log.signing import Signer, sign_note
from ledger.store.database_store import HEAD
from ledger.store.head import SLOT_BYTES, HeadFile, damaged_slots
from ledger.store.port import Head
from ledger.store.sqlite import fsck as fsck_of_store
from ledger.store.sqlite.store import DATABASE, SqliteStore
from ledger.verifier.notes import parse_note

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
    """Trees, seal and head all agree with the records; only what the heads record says of the streams is
    another.
    """
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
        made.writer.accept_clock = True
        made.record(claims(TAIL))
        made.checkpoint()
    assert found(tmp_path / "b") == []


@pytest.mark.parametrize("index", [0, 300, 609])
def test_bytes_that_are_no_record_are_named_everywhere(book: Path, index: int) -> None:
    by_hand(book, f"UPDATE records SET state = x'7b7d' WHERE rowid = {index}")
    assert any(
        f["index"] == index and f["what"].startswith("its bytes are not a record") for f in found(book)
    )


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
        ("UPDATE seals SET note = x'41'", None, "is not a checkpoint"),
        (
            (
                "UPDATE frontiers SET data = CAST(substr(data, 1, 8) || zeroblob(length(data) - 8) AS BLOB)"
                " WHERE stream = 3"
            ),
            None,
            "frontiers kept at the seal",
        ),
        ("DROP INDEX records_id", None, "the schema lacks records_id"),
        ("CREATE VIEW more AS SELECT 1", None, "the schema has more"),
        ("CREATE TRIGGER more AFTER INSERT ON seals BEGIN SELECT 1; END", None, "the schema has more"),
        ("CREATE INDEX more ON seals (note)", None, "the schema has more"),
    ],
)
def test_what_is_changed_beside_the_bytes_is_found(
    book: Path, change: str, index: int | None, what: str
) -> None:
    by_hand(book, change)
    assert [f for f in found(book) if f["index"] == index and what in f["what"]]


def test_a_record_that_is_no_longer_bytes_is_found(book: Path) -> None:
    """A bit flipped in the page made a number of a record's bytes, which the table's type does not let anyone write."""
    written, read_again = "PRAGMA writable_schema = ON", "PRAGMA writable_schema = RESET"
    loose = "UPDATE sqlite_schema SET sql = replace(sql, ') STRICT', ')') WHERE name = 'records'"
    strict = "UPDATE sqlite_schema SET sql = sql || ' STRICT' WHERE name = 'records'"
    change = "UPDATE records SET state = 7 WHERE rowid = 300"
    by_hand(book, written, loose, read_again, change, written, strict, read_again)
    assert [f for f in found(book) if f["index"] == 300 and "its bytes are not a record" in f["what"]]


def test_a_dropped_trigger_is_found(book: Path) -> None:
    connection = sqlite3.connect(book / DATABASE)
    connection.execute("DROP TRIGGER records_no_delete")
    connection.close()
    assert [f["what"] for f in found(book)] == ["the schema lacks records_no_delete"]


def test_records_exchanged_within_a_stream_are_both_named(book: Path) -> None:
    by_hand(
        book,
        "CREATE TEMP TABLE kept AS SELECT rowid AS n, state FROM records WHERE rowid IN (300, 301)",
        "UPDATE records SET state = (SELECT state FROM kept WHERE n = 601 - records.rowid) WHERE rowid IN"
        " (300, 301)",
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
    """One bit in each of 160 bytes across the database file; what no finding shows must not have changed what
    is read.
    """
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


def test_a_seal_whose_ml_dsa_signature_is_missing_or_wrong_is_found(tmp_path: Path) -> None:
    """Its Ed25519 signature is right."""
    with Book.create(tmp_path / "b", Config("example.com/fsck")) as made:
        made.add_ml_dsa_key()
        seal, signer = made.store.seals()[-1], made.seals.signer()
    text = parse_note(seal.note).text
    other = signer.ml_dsa.cosign(Checkpoint("example.com/fsck", seal.size, bytes(32)), 1_800_000_000)
    alone = sign_note(text, [signer])
    for note, why in (
        (alone, "there is no ML-DSA-44 signature by"),
        (alone + other.encode(), "the cosignature by"),
    ):
        by_hand(tmp_path / "b", f"UPDATE seals SET note = x'{note.hex()}' WHERE size = {seal.size}")
        what = f"the seal at {seal.size} records is not signed by the log's ML-DSA-44 key: {why}"
        assert [one["what"].startswith(what) for one in found(tmp_path / "b")] == [True]


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


# --- one moment ---------------------------------------------------------------------------------------------


def test_what_a_writer_adds_while_a_book_is_checked_is_no_finding(book: Path) -> None:
    """Between any two pages of the check a writer records, seals, rotates the key, erases and keeps a
    document.
    """
    steps: list[Callable[[Book, int], object]] = [
        lambda made, n: made.record(
            claims(TAIL.replace("1PH/s", f"{n + 2}PH/s").replace("T00", f"T{n % 24:02d}"))
        ),
        lambda made, n: made.checkpoint(),
        lambda made, n: made.rotate_key() if n == 2 else None,
    ]
    told: list[Any] = []
    with Book.open(book, write=True) as made:

        def meanwhile(done: int, total: int) -> None:
            for step in steps:
                step(made, len(told))
            told.append(done)

        for _ in range(4):
            report = check_book(book, meanwhile)
            assert report["findings"] == []
    assert len(told) > 10


@pytest.mark.parametrize("late", ["head", "key"])
def test_a_head_and_a_key_are_looked_at_twice(book: Path, monkeypatch: pytest.MonkeyPatch, late: str) -> None:
    """A writer seals after the head and what the key signed were read, and before the transaction begins: the
    database is newer than both.
    """
    real = fsck_of_store._connected

    def connected(directory: Path) -> sqlite3.Connection:
        with monkeypatch.context() as once:
            once.setattr(fsck_of_store, "_connected", real)
            with Book.open(directory, write=True) as made:
                made.checkpoint() if late == "head" else made.rotate_key()
        monkeypatch.setattr(fsck_of_store, "_connected", real)
        return real(directory)

    monkeypatch.setattr(fsck_of_store, "_connected", connected)
    assert found(book) == []


# --- the head -----------------------------------------------------------------------------------------------


def slots(book: Path) -> bytearray:
    return bytearray((book / HEAD).read_bytes())


@pytest.mark.parametrize("slot", [0, 1])
@pytest.mark.parametrize("place", [0, 20, 60, 71, 72, 511])
def test_a_damaged_slot_of_the_head_is_found(book: Path, slot: int, place: int) -> None:
    """The newer one, behind which acknowledged records would be missed, and the older one too."""
    data = slots(book)
    data[slot * SLOT_BYTES + place] ^= 1
    (book / HEAD).write_bytes(data)
    assert [f"has a damaged slot {slot} of two" in one["what"] for one in found(book)] == [True]


def test_the_first_head_of_a_book_stands_beside_a_slot_that_was_never_written(tmp_path: Path) -> None:
    HeadFile(tmp_path / "head", create=True).close()
    file = HeadFile(tmp_path / "head")
    file.write(Head(1, bytes(32)))
    file.close()
    assert damaged_slots((tmp_path / "head").read_bytes()) == []


def test_a_head_behind_the_newest_seal_is_found_with_its_remedy(book: Path) -> None:
    """What two writers of an earlier version left behind: the head of an older generation, records and seal
    beyond it.
    """
    with Book.open(book, write=True) as made:
        made.record(claims(TAIL.replace("1PH/s", "2PH/s").replace("T00", "T01")))
        before = (book / HEAD).read_bytes()
        made.record(claims(TAIL.replace("1PH/s", "3PH/s").replace("T00", "T02")))
        made.checkpoint()
    (book / HEAD).write_bytes(before)
    assert [one["what"].endswith("Next: wattledger repair --head") for one in found(book)] == [True]


def test_a_record_that_nobody_acknowledged_is_read_in_full(book: Path) -> None:
    """Head and seal are not over it, and at a glance it is a record: only reading it shows that it is
    none.
    """
    head = (book / HEAD).read_bytes()
    clock = Seeded("tail", calendar.instant_s("2026-07-01T00:00:01Z") * 1_000_000)
    with Book.open(book, write=True, surroundings=clock) as made:
        made.record(claims(TAIL.replace("1PH/s", "2PH/s").replace("T00", "T01")))
    (book / HEAD).write_bytes(head)
    by_hand(
        book,
        """UPDATE records SET state = CAST(replace(CAST(state AS TEXT), '"method":"pool"', '"method":7') AS BLOB) WHERE rowid = 610""",
    )
    assert [(one["index"], one["what"][:27]) for one in found(book)] == [(610, "its bytes are not a record:")]


# --- the key and what it signed -----------------------------------------------------------------------------

KEY = "ledger.key"


def moved(book: Path, *names: str) -> None:
    for name in names:
        (book / name).rename(book.parent / name)


def older_copy(book: Path) -> None:
    """The database and head of before, beside what the key signed since."""
    shutil.copytree(book, book.parent / "before")
    with Book.open(book, write=True) as made:
        made.checkpoint()
    for name in (DATABASE, HEAD):
        shutil.copy(book.parent / "before" / name, book / name)


def older_signed(book: Path) -> None:
    before = (book / f"{KEY}.signed").read_bytes()
    with Book.open(book, write=True) as made:
        made.checkpoint()
    (book / f"{KEY}.signed").write_bytes(before)


def signed_for(origin: str) -> Callable[[Path], object]:
    def put(book: Path) -> None:
        text = parse_note((book / f"{KEY}.signed").read_bytes()).text
        signer = Signer(origin, bytes.fromhex((book / KEY).read_text()))
        note = sign_note(text.replace("example.com/fsck", origin), [signer])
        (book / f"{KEY}.signed").write_bytes(note)

    return put


def other_history(book: Path) -> None:
    checkpoint = parse_checkpoint((book / f"{KEY}.signed").read_bytes())
    signer = Signer("example.com/fsck", bytes.fromhex((book / KEY).read_text()))
    (book / f"{KEY}.signed").write_bytes(
        sign_note(format_checkpoint(checkpoint._replace(root=bytes(32))), [signer])
    )


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda book: moved(book, KEY), "the signing key is missing, and ledger.key.signed is here"),
        (lambda book: moved(book, f"{KEY}.signed"), "is missing, so what the key signed last is not known"),
        (lambda book: (book / KEY).write_text("no key"), "a key file holds 64 hex digits"),
        (lambda book: (book / KEY).write_text("00" * 32 + "\n"), "is not signed by the log's key"),
        (lambda book: (book / f"{KEY}.signed").write_bytes(b"nothing"), "holds no checkpoint"),
        (older_copy, "an older database was put back"),
        (older_signed, "an older one was put back"),
        (signed_for("example.com/other"), "is of example.com/other, this book is example.com/fsck"),
        (other_history, "are not those the key signed: this is another history"),
    ],
)
def test_a_key_and_what_it_signed_must_be_those_of_the_log(
    book: Path, change: Callable[[Path], object], what: str
) -> None:
    change(book)
    assert any(what in one["what"] for one in found(book)), found(book)


def test_a_book_whose_key_is_elsewhere_is_whole_and_says_so(book: Path) -> None:
    moved(book, KEY, f"{KEY}.signed")
    report = check_book(book, lambda done, total: None)
    assert (report["findings"], [n["what"][:27] for n in report["notices"]]) == (
        [],
        ["neither the signing key " + str(book)[:3]],
    )


def test_a_key_that_is_elsewhere_can_be_said(book: Path) -> None:
    moved(book, KEY, f"{KEY}.signed")
    answer = CliRunner().invoke(main, ["--book", str(book), "fsck", "--key-file", str(book.parent / KEY)])
    assert (answer.exit_code, answer.stdout) == (0, "Checked 610 records: nothing is wrong\n")


def test_a_changed_signature_of_an_older_seal_is_found(book: Path) -> None:
    with Book.open(book, write=True) as made:
        first = made.store.seals()[0]
        made.checkpoint()
    text = parse_note(first.note).text
    forged = sign_note(text, [Signer("example.com/fsck", bytes(32))])
    by_hand(book, f"UPDATE seals SET note = x'{forged.hex()}' WHERE size = {first.size}")
    assert [one["what"][:46] for one in found(book)] == ["the seal at 3 records is not signed by the log"]


# --- what is kept beside the records ------------------------------------------------------------------------


def test_frontiers_that_are_gone_are_found(book: Path) -> None:
    """The forest would be grown from nothing and be right; a writer could not open the book."""
    by_hand(book, "DELETE FROM frontiers")
    assert [one["what"] for one in found(book)] == ["the frontiers kept at the seal of 609 records are gone"]


@pytest.mark.parametrize(
    "table", ["TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER)", "TABLE t (x)"]
)
def test_a_table_of_another_program_is_a_notice(book: Path, table: str) -> None:
    by_hand(book, f"CREATE {table}", "CREATE TABLE more (x)", "CREATE INDEX more_x ON more (x)")
    report = check_book(book, lambda done, total: None)
    assert (report["findings"], [n["what"][:19] for n in report["notices"]]) == ([], ["the database holds "])


def test_a_book_beside_which_a_replication_tool_keeps_its_tables_can_be_backed_up(book: Path) -> None:
    by_hand(book, "CREATE TABLE _litestream_lock (id INTEGER)")
    assert back_up(book, book.parent / "b.zip", lambda done, total: None).size == 610


def test_a_book_of_no_records_is_no_book(tmp_path: Path) -> None:
    SqliteStore.create(tmp_path).close()
    write_config(tmp_path, Config("example.com/fsck"))
    assert "the book holds no records, not even those that it is made with" in [
        f["what"] for f in found(tmp_path)
    ]


DOCUMENT = b"a contract\n"
NAMED = hashlib.sha256(DOCUMENT).hexdigest()
OF_DOCUMENT = f"{TAIL.replace('1PH/s', '7PH/s')} source=contract.txt sha256={NAMED}"


def with_document(book: Path) -> Path:
    keep_evidence(book, DOCUMENT, "contract.txt")
    with Book.open(book, write=True) as made:
        made.record(claims(OF_DOCUMENT.replace("T00", "T03")))
    return book / "evidence" / f"{NAMED}.txt"


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda path: path.write_bytes(b"another contract\n"), "is not the one that was kept"),
        (lambda path: path.unlink(), "was kept as evidence and is gone"),
        (lambda path: shutil.rmtree(path.parent), "was kept as evidence and is gone"),
    ],
)
def test_a_document_that_changed_or_is_gone_is_found(
    book: Path, change: Callable[[Path], object], what: str
) -> None:
    change(with_document(book))
    assert [(one["index"], what in one["what"]) for one in found(book)] == [(610, True)]


def test_a_document_that_never_was_here_is_a_notice(book: Path) -> None:
    """A story may name the document of a contract that lies elsewhere, and an export brings records without
    theirs.
    """
    with Book.open(book, write=True) as made:
        made.record(claims(OF_DOCUMENT.replace("T00", "T03")))
    report = check_book(book, lambda done, total: None)
    assert (
        report["findings"],
        [f"{NAMED[:16]}... (record 610)" in n["what"] for n in report["notices"]],
    ) == (
        [],
        [True],
    )


def test_a_document_that_is_imported_again_is_listed_as_kept(book: Path) -> None:
    """All its facts were there already, restored from an export."""
    with Book.open(book, write=True) as made:
        made.record(claims(OF_DOCUMENT.replace("T00", "T03")))
    with_document(book).unlink()
    assert [one["index"] for one in found(book)] == [610]


# --- formats ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ["fsck"],
        ["status"],
        ["log"],
        ["report", "jobs"],
        ["checkpoint"],
        ["export", "jsonl"],
        ["backup", "b.zip"],
    ],
)
def test_a_book_of_a_newer_program_says_which_format_it_has(book: Path, words: list[str]) -> None:
    by_hand(book, "PRAGMA user_version = 2")
    words = [str(book.parent / word) if word == "b.zip" else word for word in words]
    answer = CliRunner().invoke(main, ["--book", str(book), *words])
    expected = (
        "wattledger: this book has format 2, and this program reads formats up to 1: install a newer"
        " wattledger\n"
    )
    assert (answer.exit_code, answer.stderr) == (2, expected)


def test_a_book_without_a_number_is_read_and_numbered_by_its_next_writer(book: Path) -> None:
    by_hand(book, "PRAGMA user_version = 0")
    before = found(book), CliRunner().invoke(main, ["--book", str(book), "status"]).exit_code
    with Book.open(book, write=True):
        pass
    with closing(sqlite3.connect(book / DATABASE)) as connection:
        ((number,),) = connection.execute("PRAGMA user_version").fetchall()
    assert (*before, number, found(book)) == ([], 0, 1, [])


@pytest.mark.parametrize("number", [0, 7])
def test_a_damaged_number_of_the_program_is_a_damaged_book(book: Path, number: int) -> None:
    by_hand(book, f"PRAGMA application_id = {number}")
    codes = [CliRunner().invoke(main, ["--book", str(book), name]).exit_code for name in ("fsck", "status")]
    assert (codes, len(found(book))) == ([4, 4], 1)


def test_a_database_of_another_program_is_no_book(book: Path) -> None:
    (book / DATABASE).unlink()
    with closing(sqlite3.connect(book / DATABASE)) as connection:
        connection.execute("CREATE TABLE photos (x)")
    answers = [
        CliRunner().invoke(main, ["--book", str(book), name]) for name in ("fsck", "status", "checkpoint")
    ]
    assert {(a.exit_code, "this is no wattledger database" in a.stderr) for a in answers} == {(2, True)}


def test_read_models_of_a_newer_program_are_made_again(book: Path) -> None:
    """The file is a cache: what this program cannot read is passed over."""
    ask = ["--book", str(book), "report", "efficiency", "--period", "2026-06"]
    whole = CliRunner().invoke(main, ask).stdout
    with closing(sqlite3.connect(book / READ_MODEL, isolation_level=None)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
            connection.execute(f"ALTER TABLE {name} RENAME TO newer_{name}")
        connection.execute("CREATE TABLE cached_from (everything TEXT, other BLOB)")
        connection.execute("PRAGMA user_version = 99")
    again = CliRunner().invoke(main, ask)
    assert (again.exit_code, again.stdout) == (0, whole)


def test_a_list_of_unfinished_erasures_that_cannot_be_read_is_a_finding(book: Path) -> None:
    """Every other command refused such a book, and fsck called it whole."""
    (book / "erasing.json").write_bytes(b"junk")
    assert [f["what"] for f in check_book(book, lambda *_: None)["findings"] if "erasing.json" in f["what"]]
