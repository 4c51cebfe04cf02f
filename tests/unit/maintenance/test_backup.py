"""A backup is the book at one moment, whole or refused; and however an old one is put back, the log cannot
fork. Real processes throughout.
"""

from __future__ import annotations

import hashlib
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from ledger import calendar
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config, write_config
from ledger.app.book.evidence import keep_evidence
from ledger.app.book.making import alone
from ledger.app.book.unfinished import still_kept
from ledger.app.host.clock import Seeded
from ledger.app.maintenance.backup import back_up, restore_backup
from ledger.app.maintenance.fsck import READER
from ledger.app.maintenance.restore import RestoreOptions
from ledger.errors import (
    Conflict,
    Malformed,
    Refused,
    Tampered,
    UnknownOutcome,
    VerificationFailed,
    WattledgerError,
)
from ledger.exchange import story
from ledger.log.checkpoint import parse_checkpoint
from ledger.log.signing import Signer, sign_note
from ledger.store.head import read_head
from ledger.store.port import Head
from ledger.store.sqlite import copy
from ledger.store.sqlite.fsck import checking
from ledger.store.sqlite.store import SqliteStore
from ledger.verifier.notes import parse_note
from tests.support import racing
from tests.support.forked_program import program

ORIGIN = "example.com/backup"
DOCUMENT = "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c.txt"  # of "foo\\n"
SITE = """
2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[a] site_class=training
2026-06-02T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[A]
2026-06-02T00:00Z s1 lease-phase-opened lease=l1 phase=p1 tenant=t critical=10MW
2026-06-03T00:00Z s1 lease-terms-recorded phase=p1 version=1 target_rfs_on=2026-12-31 tiers=[2mo:1] monthly_rent=1234567.00USD extension_causes=[] notice_days=10
"""


def unsaid(done: int, total: int) -> None:
    """Nobody is told."""


def said(text: str) -> list[Said]:
    return [Said(claim) for claim in story.read(text.encode(), "story").claims]


def polls(first: int, count: int) -> str:
    return "".join(
        f"{calendar.format_instant(1780444800 + 60 * n)} s1 hashrate-changed block=m1 hashrate={n + 1}PH/s"
        " method=pool\n"
        for n in range(first, first + count)
    )


@pytest.fixture
def book(tmp_path: Path) -> Path:
    clock = Seeded("backup", calendar.instant_s("2026-07-01T00:00:00Z") * 1_000_000)
    with Book.create(tmp_path / "book", Config(ORIGIN, tz="America/Chicago"), surroundings=clock) as made:
        made.record(said(SITE))
        made.checkpoint()
    (tmp_path / "book" / "evidence").mkdir()
    (tmp_path / "book" / "evidence" / DOCUMENT).write_bytes(b"foo\n")
    (tmp_path / "book" / "anchors").mkdir()
    (tmp_path / "book" / "anchors" / "8.tsr").write_bytes(b"a stamp")
    return tmp_path / "book"


def wattledger(book: Path, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program(), "--book", str(book), *words],
        input=given,
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[3],
    )


def restored(book: Path, backup: Path, into: str) -> Path:
    """A backup put back beside the book, with the key and what it last signed, as an honest operator
    would.
    """
    place = book.parent / into
    done = wattledger(place, "restore", str(backup))
    assert done.returncode == 0, done.stderr
    for name in ("ledger.key", "ledger.key.signed"):
        shutil.copy(book / name, place / name)
    return place


# --- whole --------------------------------------------------------------------------------------------------


def test_a_restored_backup_holds_records_sections_evidence_settings_and_seals(
    book: Path, tmp_path: Path
) -> None:
    back_up(book, tmp_path / "b.zip", unsaid)
    restore_backup(tmp_path / "again", tmp_path / "b.zip", RestoreOptions(), unsaid)
    with Book.open(book, write=False) as was, Book.open(tmp_path / "again", write=False) as now:
        sections = [[b.store.read_sections(n) for n in range(b.store.size)] for b in (was, now)]
        assert sections[0] == sections[1]
        assert any(sections[0])
        assert list(now.store.read(0, now.store.size)) == list(was.store.read(0, was.store.size))
        assert (now.config, now.store.seals()) == (was.config, was.store.seals())
    assert [p.read_bytes() for p in (tmp_path / "again" / "evidence").iterdir()] == [b"foo\n"]
    assert (tmp_path / "again" / "anchors" / "8.tsr").read_bytes() == b"a stamp"


def test_neither_the_key_nor_what_it_signed_is_in_a_backup(book: Path, tmp_path: Path) -> None:
    back_up(book, tmp_path / "b.zip", unsaid)
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        held = b"".join(archive.read(name) for name in archive.namelist())
        assert not any("key" in name or "signed" in name for name in archive.namelist())
    assert (book / "ledger.key").read_bytes().strip() not in held


def test_a_backup_can_be_read_by_its_owner_alone(book: Path, tmp_path: Path) -> None:
    back_up(book, tmp_path / "b.zip", unsaid)
    assert (tmp_path / "b.zip").stat().st_mode & 0o777 == 0o600


WRITER = """
import sys, time
from pathlib import Path
from ledger.app.book.book import Book, Said
from ledger.exchange import story

with Book.open(Path(sys.argv[1]), write=True) as book:
    claims = story.read(sys.stdin.buffer.read(), "polls").claims
    for start in range(0, len(claims), 5):
        book.record([Said(claim) for claim in claims[start : start + 5]])
        print(book.store.size, flush=True)
        time.sleep(0.01)
"""


def test_a_backup_under_load_is_the_book_as_it_was_at_one_moment(book: Path, tmp_path: Path) -> None:
    """Another process records, five facts at a time; every backup meanwhile holds the first so many records,
    and all that were acknowledged.
    """
    words = [sys.executable, "-c", WRITER, str(book)]
    sizes: list[int] = []
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]
    ) as writer:
        assert writer.stdin is not None
        assert writer.stdout is not None
        writer.stdin.write(polls(0, 400).encode())
        writer.stdin.close()
        for line in writer.stdout:
            if writer.poll() is None and len(sizes) < 8:
                sizes.append(back_up(book, tmp_path / f"{len(sizes)}.zip", unsaid).size)
                assert sizes[-1] >= int(line)
    with Book.open(book, write=False) as now:
        leaves = list(now.store.read(0, now.store.size))
    assert len(set(sizes)) > 1
    for n, size in enumerate(sizes):
        restore_backup(tmp_path / f"r{n}", tmp_path / f"{n}.zip", RestoreOptions(), unsaid)
        with Book.open(tmp_path / f"r{n}", write=False) as then:
            assert list(then.store.read(0, then.store.size)) == leaves[:size]


def test_a_damaged_book_is_not_backed_up(book: Path, tmp_path: Path) -> None:
    data = bytearray((book / "ledger.db").read_bytes())
    at = data.index(b"lease-phase-opened")
    data[at : at + 5] = b"LEASE"
    (book / "ledger.db").write_bytes(data)
    with pytest.raises(Tampered, match="nothing was backed up"):
        back_up(book, tmp_path / "b.zip", unsaid)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["book"]


def test_tables_that_a_replication_tool_keeps_in_the_database_are_left_out_of_a_backup(
    book: Path, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(book / "ledger.db")) as database:
        database.execute("CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER)")
        database.execute("CREATE TABLE _litestream_lock (id INTEGER)")
    back_up(book, tmp_path / "b.zip", unsaid)
    restore_backup(tmp_path / "again", tmp_path / "b.zip", RestoreOptions(), unsaid)
    with checking(tmp_path / "again", READER) as check:
        assert list(check.findings()) == []


# --- documents ----------------------------------------------------------------------------------------------


def _changed(document: Path) -> None:
    document.write_bytes(b"fox\n")


def _emptied(document: Path) -> None:
    document.write_bytes(b"")


def _a_folder(document: Path) -> None:
    document.unlink()
    document.mkdir()


def _a_pipe(document: Path) -> None:
    document.unlink()
    os.mkfifo(document)


def _a_dead_link(document: Path) -> None:
    document.unlink()
    document.symlink_to("nowhere")


HARMS = [_changed, _emptied, _a_folder, _a_pipe, _a_dead_link]


@pytest.mark.parametrize("harm", HARMS)
def test_a_book_with_a_wrong_document_is_not_backed_up(
    harm: Callable[[Path], None], book: Path, tmp_path: Path
) -> None:
    harm(book / "evidence" / DOCUMENT)
    with pytest.raises(Tampered, match=f"nothing was backed up: .*{DOCUMENT}.*--without-damaged"):
        back_up(book, tmp_path / "b.zip", unsaid)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["book"]


@pytest.mark.parametrize("harm", HARMS)
def test_a_backup_without_a_wrong_document_names_it_and_so_does_what_is_restored_from_it(
    harm: Callable[[Path], None], book: Path, tmp_path: Path
) -> None:
    harm(book / "evidence" / DOCUMENT)
    made = back_up(book, tmp_path / "b.zip", unsaid, without_damaged=True)
    done = restore_backup(tmp_path / "again", tmp_path / "b.zip", RestoreOptions(), unsaid)
    assert made.damaged == done.damaged == (f"evidence/{DOCUMENT}",)
    assert done.size == made.size


def test_a_backup_that_holds_a_wrong_document_gives_back_the_records_and_names_it(
    book: Path, tmp_path: Path
) -> None:
    """As programs before made it: they did not look at documents, and the archive then could never be
    restored.
    """
    back_up(book, tmp_path / "b.zip", unsaid)
    digest = hashlib.sha256(b"fox\n").hexdigest()
    with zipfile.ZipFile(tmp_path / "b.zip") as archive, zipfile.ZipFile(tmp_path / "old.zip", "w") as old:
        for name in archive.namelist():
            data = archive.read(name)
            data = b"fox\n" if name.startswith("evidence") else data
            old.writestr(name, re.sub(rb'(evidence/[^"]*":.4,")[0-9a-f]*', rb"\g<1>" + digest.encode(), data))
    done = wattledger(tmp_path / "again", "restore", str(tmp_path / "old.zip"))
    assert (done.returncode, "Restored 10 records" in done.stdout) == (4, True)
    assert DOCUMENT in done.stderr
    assert list((tmp_path / "again").glob("evidence/*")) == []


# --- refused ------------------------------------------------------------------------------------------------


def test_a_backup_with_any_byte_changed_is_refused_or_gives_the_same_book(book: Path, tmp_path: Path) -> None:
    back_up(book, tmp_path / "b.zip", unsaid)
    data = (tmp_path / "b.zip").read_bytes()
    with Book.open(book, write=False) as was:
        leaves = list(was.store.read(0, was.store.size))
    rng, taken = random.Random(1), 0
    for n in range(60):
        at = rng.randrange(len(data))
        (tmp_path / "x.zip").write_bytes(
            data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]
        )
        try:
            restore_backup(tmp_path / f"x{n}", tmp_path / "x.zip", RestoreOptions(), unsaid)
        except WattledgerError:
            assert not (tmp_path / f"x{n}" / "book.toml").exists()
        else:
            taken += 1
            with Book.open(tmp_path / f"x{n}", write=False) as now:
                assert list(now.store.read(0, now.store.size)) == leaves
    assert taken < 15  # times and attributes in the archive's own headers mean nothing


def _without_manifest(archive: zipfile.ZipFile, members: dict[str, bytes]) -> None:
    del members["manifest.json"]


def _escaping(archive: zipfile.ZipFile, members: dict[str, bytes]) -> None:
    members["../escaped"] = b"x"


def _unlisted(archive: zipfile.ZipFile, members: dict[str, bytes]) -> None:
    members["ledger.key"] = b"00" * 32


def _of_a_later_format(archive: zipfile.ZipFile, members: dict[str, bytes]) -> None:
    members["manifest.json"] = members["manifest.json"].replace(b"backup/v1", b"backup/v9")


def _without_settings(archive: zipfile.ZipFile, members: dict[str, bytes]) -> None:
    del members["book.toml"]
    members["manifest.json"] = re.sub(rb'"book.toml":\[[^]]*\],?', b"", members["manifest.json"])


def _root_no_hash(archive: zipfile.ZipFile, members: dict[str, bytes]) -> None:
    members["manifest.json"] = re.sub(rb'"root":"..', b'"root":"zz', members["manifest.json"])


def _size_beyond_all(archive: zipfile.ZipFile, members: dict[str, bytes]) -> None:
    members["manifest.json"] = members["manifest.json"].replace(b'"size":', b'"size":9999999999999999999')


def _other_size(archive: zipfile.ZipFile, members: dict[str, bytes]) -> None:
    members["manifest.json"] = re.sub(rb'"size":[0-9]+', b'"size":5', members["manifest.json"])


def _manifest_no_json(archive: zipfile.ZipFile, members: dict[str, bytes]) -> None:
    members["manifest.json"] = b"{"


def _a_bundle(archive: zipfile.ZipFile, members: dict[str, bytes]) -> None:
    members["heads.json"] = b"[]"


def _needs_ten_terabytes(archive: zipfile.ZipFile, members: dict[str, bytes]) -> None:
    members["manifest.json"] = re.sub(
        rb'"ledger.db":.[0-9]+', b'"ledger.db":[9999999999999', members["manifest.json"]
    )


def _huge(archive: zipfile.ZipFile, members: dict[str, bytes]) -> None:
    members["book.toml"] += b"#" * 1_000_000


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (_without_manifest, "no manifest"),
        (_escaping, "its files are not those of its manifest"),
        (_unlisted, "its files are not those of its manifest"),
        (_of_a_later_format, "not 'wattledger-backup/v1'"),
        (_without_settings, r"its manifest names no book\.toml"),
        (_huge, "book.toml is not what was backed up"),
        (_root_no_hash, "matching regex"),
        (_size_beyond_all, "nothing was restored"),
        (_other_size, "are not the ones that were acknowledged"),
        (_manifest_no_json, "nothing was restored"),
        (_a_bundle, "it is a bundle, not a backup; wattledger verify checks it"),
        (_needs_ten_terabytes, "it needs 10,000,000,"),
    ],
)
def test_an_archive_that_is_no_whole_backup_is_refused_and_nothing_is_left(
    harm: Callable[[zipfile.ZipFile, dict[str, bytes]], None], why: str, book: Path, tmp_path: Path
) -> None:
    back_up(book, tmp_path / "b.zip", unsaid)
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
        harm(archive, members)
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as made:
        for name, data in members.items():
            made.writestr(name, data)
    with pytest.raises(VerificationFailed, match=why):
        restore_backup(tmp_path / "again", tmp_path / "x.zip", RestoreOptions(), unsaid)
    assert not list((tmp_path / "again").iterdir())
    assert not (tmp_path / "escaped").exists()


@pytest.mark.parametrize("where", ["precede the beginning", "follow the end"])
def test_bytes_that_stand_before_a_backup_or_behind_it_are_refused(
    where: str, book: Path, tmp_path: Path
) -> None:
    back_up(book, tmp_path / "b.zip", unsaid)
    data, other = (tmp_path / "b.zip").read_bytes(), b"PK\x03\x04 and more"
    (tmp_path / "x.zip").write_bytes(data + other if where == "follow the end" else other + data)
    with pytest.raises(VerificationFailed, match=f"extra bytes {where} of the backup"):
        restore_backup(tmp_path / "again", tmp_path / "x.zip", RestoreOptions(), unsaid)


def test_two_restores_do_not_put_a_book_into_one_directory(book: Path, tmp_path: Path) -> None:
    back_up(book, tmp_path / "b.zip", unsaid)
    (tmp_path / "again").mkdir()
    with alone(tmp_path / "again"), pytest.raises(Conflict, match="another process makes a book here"):
        restore_backup(tmp_path / "again", tmp_path / "b.zip", RestoreOptions(), unsaid)


def test_a_backup_is_restored_where_init_was_cut_short(book: Path, tmp_path: Path) -> None:
    """Its settings were written, and a database without records."""
    back_up(book, tmp_path / "b.zip", unsaid)
    (tmp_path / "again").mkdir()
    write_config(tmp_path / "again", Config(ORIGIN))
    SqliteStore.create(tmp_path / "again").close()
    assert restore_backup(tmp_path / "again", tmp_path / "b.zip", RestoreOptions(), unsaid).size == 10


def test_a_backup_made_while_a_writer_seals_is_whole(book: Path, tmp_path: Path) -> None:
    """The head was read, then a writer appended and sealed, then the database was copied: the copy was refused as
    one of two writers of an earlier version.
    """
    heads: list[Head] = []

    def sealed_meanwhile(path: Path) -> Any:
        found = read_head(path)
        assert found is not None
        heads.append(found)
        if len(heads) == 1:
            with Book.open(book, write=True) as opened:
                opened.record(said("2026-06-04T00:00Z s1 incident-opened incident=i summary=x\n"))
                opened.checkpoint()
        return heads[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(copy, "read_head", sealed_meanwhile)
        made = back_up(book, tmp_path / "b.zip", unsaid)
    assert made.size > heads[0].size


def test_a_head_that_is_behind_is_not_set_right_by_a_backup(book: Path, tmp_path: Path) -> None:
    """Nobody writes: an older copy of the head was put back."""
    old = (book / "ledger.head").read_bytes()
    with Book.open(book, write=True) as opened:
        opened.record(said("2026-06-04T00:00Z s1 incident-opened incident=i summary=x\n"))
        opened.checkpoint()
    (book / "ledger.head").write_bytes(old)
    with pytest.raises(Tampered, match=r"the head knows \d+ records and the database is sealed at"):
        back_up(book, tmp_path / "b.zip", unsaid)


def test_a_backup_that_its_disk_cannot_hold_is_no_damage_of_the_book(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite says that the disk is full while it copies; it is told as that, not as something for fsck."""

    class Full(sqlite3.Connection):
        def execute(self, *words: Any) -> sqlite3.Cursor:
            if words[0].startswith("VACUUM INTO"):
                why = sqlite3.OperationalError("database or disk is full")
                why.sqlite_errorcode = sqlite3.SQLITE_FULL
                raise why
            return super().execute(*words)

    real = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *words, **named: real(*words, **named, factory=Full))
    with pytest.raises(UnknownOutcome, match=r"nothing was backed up: .*disk is full"):
        back_up(book, tmp_path / "b.zip", unsaid)


def test_a_backup_is_not_restored_over_a_book_nor_as_another_one(book: Path, tmp_path: Path) -> None:
    back_up(book, tmp_path / "b.zip", unsaid)
    with pytest.raises(Malformed, match="is a book already"):
        restore_backup(book, tmp_path / "b.zip", RestoreOptions(), unsaid)
    with pytest.raises(Refused, match=f"is of {ORIGIN}, not of example.com/other"):
        restore_backup(tmp_path / "again", tmp_path / "b.zip", RestoreOptions("example.com/other"), unsaid)


def test_what_is_no_file_is_written_to_as_it_is(book: Path, tmp_path: Path) -> None:
    """A named pipe stays a pipe, and its reader gets the export."""
    os.mkfifo(tmp_path / "pipe")
    with subprocess.Popen(["cat", str(tmp_path / "pipe")], stdout=subprocess.PIPE) as reader:
        assert wattledger(book, "export", "jsonl", "-o", str(tmp_path / "pipe")).returncode == 0
        assert reader.stdout is not None
        assert reader.stdout.read() == wattledger(book, "export", "jsonl").stdout.encode()
    assert (tmp_path / "pipe").is_fifo()


def test_an_export_without_records_makes_no_book(tmp_path: Path) -> None:
    (tmp_path / "e.jsonl").write_bytes(b"")
    done = wattledger(tmp_path / "new", "restore", str(tmp_path / "e.jsonl"), "--origin", ORIGIN)
    assert (done.returncode, "holds no records" in done.stderr) == (2, True)
    assert not (tmp_path / "new" / "book.toml").exists()


@pytest.mark.parametrize("made", ["new", "empty"])
@pytest.mark.parametrize("nth", range(1, 8))
def test_a_restore_that_a_crash_cut_short_can_be_run_again(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: str, nth: int
) -> None:
    """The process ends before its nth change of a name in the book's directory."""
    back_up(book, tmp_path / "b.zip", unsaid)
    again = tmp_path / "again"
    if made == "empty":
        Book.create(again, Config(ORIGIN)).close()
    calls = iter(range(1, 99))

    def crashing(real: Callable[..., None]) -> Callable[..., None]:
        def change(*given: Any, **named: Any) -> None:
            if next(calls) == nth:
                raise KeyboardInterrupt
            real(*given, **named)

        return change

    with monkeypatch.context() as crash:
        for name in ("replace", "unlink"):
            crash.setattr(os, name, crashing(getattr(os, name)))
        with suppress(KeyboardInterrupt):
            restore_backup(again, tmp_path / "b.zip", RestoreOptions(), unsaid)
    if not (again / "ledger.db").exists() or Book.open(again, write=False).store.size <= 3:
        restore_backup(again, tmp_path / "b.zip", RestoreOptions(), unsaid)
    with Book.open(book, write=False) as was, Book.open(again, write=False) as now:
        assert list(now.store.read(0, now.store.size)) == list(was.store.read(0, was.store.size))
    with checking(again, READER) as check:
        assert list(check.findings()) == []


def test_a_checkpoint_beside_an_export_that_another_key_signed_is_refused_where_the_key_is_known(
    book: Path, tmp_path: Path
) -> None:
    wattledger(book, "export", "jsonl", "-o", str(tmp_path / "e.jsonl"))
    with Book.open(book, write=False) as held:
        vkey, (*_, seal) = held.seals.signer().vkey, held.store.seals()
    forged = sign_note(parse_note(seal.note).text, [Signer(ORIGIN, bytes(32))])
    (tmp_path / "e.jsonl.checkpoint").write_bytes(forged)
    refused = wattledger(tmp_path / "one", "restore", str(tmp_path / "e.jsonl"), "--key", vkey)
    taken = wattledger(tmp_path / "two", "restore", str(tmp_path / "e.jsonl"))
    assert (refused.returncode, "signed by no key of the log" in refused.stderr) == (1, True)
    assert not (tmp_path / "one" / "book.toml").exists()
    assert (taken.returncode, "was not checked" in taken.stdout) == (0, True)


@pytest.mark.parametrize("kind", ["backup", "export"])
def test_the_first_key_checks_what_a_later_one_signed(book: Path, tmp_path: Path, kind: str) -> None:
    with Book.open(book, write=True) as held:
        first = held.seals.signer().vkey
        held.rotate_key()
        held.record(said(polls(0, 2)))
        held.checkpoint()
    path = str(tmp_path / "copy")
    words = ("backup", path) if kind == "backup" else ("export", "jsonl", "-o", path)
    assert wattledger(book, *words).returncode == 0
    good = wattledger(tmp_path / "one", "restore", path, "--key", first)
    wrong = wattledger(tmp_path / "two", "restore", path, "--key", Signer(ORIGIN, bytes(32)).vkey)
    assert (good.returncode, "was not checked" in good.stdout) == (0, False)
    assert (wrong.returncode, "never signed by the key you brought" in wrong.stderr) == (1, True)


# --- no fork ------------------------------------------------------------------------------------------------


def test_an_old_backup_is_closed_until_the_missing_records_are_read_back(book: Path, tmp_path: Path) -> None:
    """Backup, more records, a checkpoint, an export; the old backup put back with the key; the export read;
    on it goes.
    """
    back_up(book, tmp_path / "old.zip", unsaid)
    assert wattledger(book, "record", "-", given=polls(0, 5)).returncode == 0
    signed = parse_checkpoint(wattledger(book, "checkpoint").stdout.encode())
    assert wattledger(book, "export", "jsonl", "--sections", "-o", str(tmp_path / "e.jsonl")).returncode == 0
    old = restored(book, tmp_path / "old.zip", "old")
    for words in (
        ("record", "-"),
        ("checkpoint",),
        ("import", "miners", __file__, "--site", "s1", "--block", "m1"),
    ):
        closed = wattledger(old, *words, given=polls(900, 1))
        assert (closed.returncode, "wattledger restore FILE" in closed.stderr) == (4, True)
    assert wattledger(old, "restore", str(tmp_path / "e.jsonl")).returncode == 0
    assert wattledger(old, "record", "-", given=polls(10, 5)).returncode == 0
    later = parse_checkpoint(wattledger(old, "checkpoint").stdout.encode())
    with Book.open(old, write=False) as now:
        assert (now.root_at(signed.size), now.root_at(later.size)) == (signed.root, later.root)


def test_an_export_that_says_nothing_new_changes_nothing(book: Path, tmp_path: Path) -> None:
    """A restored backup that is sealed to its end, and an export of the very same records."""
    back_up(book, tmp_path / "b.zip", unsaid)
    assert wattledger(book, "export", "jsonl", "--sections", "-o", str(tmp_path / "e.jsonl")).returncode == 0
    copy = restored(book, tmp_path / "b.zip", "copy")
    done = wattledger(copy, "restore", str(tmp_path / "e.jsonl"))
    assert (done.returncode, done.stdout.partition(";")[0]) == (0, "Restored 0 records")


def test_two_copies_that_share_a_key_cannot_both_go_on(book: Path, tmp_path: Path) -> None:
    """One key file for a book and its restored copy: the second to sign is refused, whichever it is."""
    back_up(book, tmp_path / "b.zip", unsaid)
    copy = tmp_path / "copy"
    assert wattledger(copy, "restore", str(tmp_path / "b.zip")).returncode == 0
    key = ("--key-file", str(book / "ledger.key"))
    assert wattledger(copy, "record", "-", *key, given=polls(0, 3)).returncode == 0
    assert wattledger(copy, "checkpoint", *key).returncode == 0
    assert wattledger(book, "record", "-", given=polls(5, 3)).returncode == 4
    assert wattledger(book, "checkpoint").returncode == 4


def test_a_book_that_was_written_on_in_the_meantime_is_another_history(book: Path, tmp_path: Path) -> None:
    """Records that were never signed differ; the key then signed one history, and the other stays closed for
    ever.
    """
    back_up(book, tmp_path / "b.zip", unsaid)
    copy = restored(book, tmp_path / "b.zip", "copy")
    assert wattledger(copy, "record", "-", given=polls(0, 3)).returncode == 0
    assert wattledger(book, "record", "-", given=polls(5, 3)).returncode == 0
    assert wattledger(book, "checkpoint").returncode == 0
    shutil.copy(book / "ledger.key.signed", copy / "ledger.key.signed")
    assert wattledger(book, "export", "jsonl", "-o", str(tmp_path / "e.jsonl")).returncode == 0
    closed = wattledger(copy, "record", "-", given=polls(9, 1))
    forked = wattledger(copy, "restore", str(tmp_path / "e.jsonl"))
    assert (closed.returncode, forked.returncode) == (4, 3)
    assert "is another in this book" in forked.stderr


def test_without_what_the_key_signed_a_restored_book_stays_closed(book: Path, tmp_path: Path) -> None:
    back_up(book, tmp_path / "b.zip", unsaid)
    copy = restored(book, tmp_path / "b.zip", "copy")
    os.remove(copy / "ledger.key.signed")
    closed = wattledger(copy, "record", "-", given=polls(0, 1))
    assert (closed.returncode, "could sign a second history" in closed.stderr) == (4, True)


def test_an_empty_book_made_with_a_new_key_can_be_filled_but_not_signed_for(
    book: Path, tmp_path: Path
) -> None:
    """init of the same origin, then restore: all is there to read; the new key signed another history and
    signs nothing more.
    """
    wattledger(book, "export", "jsonl", "--sections", "-o", str(tmp_path / "e.jsonl"))
    new = tmp_path / "new"
    assert wattledger(new, "init", "--origin", ORIGIN).returncode == 0
    done = wattledger(new, "restore", str(tmp_path / "e.jsonl"))
    assert (done.returncode, "another history" in done.stdout) == (0, True)
    told = [wattledger(place, "export", "jsonl", "--sections").stdout for place in (book, new)]
    assert told[0] == told[1]
    assert wattledger(new, "record", "-", given=polls(0, 1)).returncode == 4


def test_an_export_of_another_origin_is_refused(book: Path, tmp_path: Path) -> None:
    wattledger(book, "export", "jsonl", "-o", str(tmp_path / "e.jsonl"))
    new = tmp_path / "new"
    assert wattledger(new, "init", "--origin", "example.com/other").returncode == 0
    refused = wattledger(new, "restore", str(tmp_path / "e.jsonl"))
    assert refused.returncode == 3
    assert f"is of {ORIGIN}, this book is example.com/other" in refused.stderr


def test_a_store_whose_file_was_replaced_appends_nothing_more(book: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    wattledger(book, "export", "jsonl", "-o", str(tmp_path / "e.jsonl"))
    Book.create(new, Config(ORIGIN)).close()
    with Book.open(new, write=True) as before:
        assert wattledger(new, "restore", str(tmp_path / "e.jsonl")).returncode == 0
        with pytest.raises(WattledgerError, match="was replaced meanwhile"):
            before.record(said(SITE))


def test_a_copy_made_while_a_section_is_erased_does_not_hold_it(tmp_path: Path) -> None:
    """The record of the erasure is in the copied database, the section still is, too: the erasure was between
    its two steps.
    """

    book = racing.base(tmp_path)
    with closing(SqliteStore.open(book, write=True)) as store:
        (index,) = [place for place in range(store.size) if store.read_sections(place)][:1]
        section = store.read_sections(index)[0]
    racing.erase_terms(book, 1)
    with closing(sqlite3.connect(book / "ledger.db")) as database, database:
        database.execute("INSERT INTO sections VALUES (?,?,?,?)", (index, *section))
    back_up(book, tmp_path / "b.zip", unsaid)
    restore_backup(tmp_path / "again", tmp_path / "b.zip", RestoreOptions(), unsaid)
    with closing(SqliteStore.open(tmp_path / "again", write=False)) as store:
        assert (still_kept(store), store.read_sections(index)) == ([], [])


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE sections SET data = CAST(replace(CAST(data AS TEXT), '987654', '123456') AS BLOB)",
        "DELETE FROM sections WHERE record >= 0",
        "UPDATE seals SET note = CAST(replace(CAST(note AS TEXT), 'races', 'raceS') AS BLOB) WHERE size > 3",
    ],
)
def test_a_book_whose_sections_or_seals_were_changed_is_not_backed_up(tmp_path: Path, harm: str) -> None:
    """fsck said so and backup did not: what it made could not be restored, or was damaged again."""
    book = racing.base(tmp_path)
    with closing(sqlite3.connect(book / "ledger.db")) as database, database:
        trigger = "SELECT sql FROM sqlite_schema WHERE name = 'seals_no_update'"
        (statement,) = database.execute(trigger).fetchone()
        database.execute("DROP TRIGGER seals_no_update")
        database.execute(harm)
        database.execute(statement)
    with pytest.raises(Tampered):
        back_up(book, tmp_path / "b.zip", unsaid)


def test_a_document_that_is_gone_is_named_and_left_out_only_if_asked(book: Path, tmp_path: Path) -> None:
    with Book.open(book, write=True) as one:
        digest = keep_evidence(book, b"foo\n", "foo.txt")
        with one.writing():
            one.store.hold([digest])
    (book / "evidence" / f"{digest}.txt").unlink()
    with pytest.raises(Tampered, match=f"{digest} was kept and is gone"):
        back_up(book, tmp_path / "b.zip", unsaid)
    assert back_up(book, tmp_path / "b.zip", unsaid, without_damaged=True).damaged == (f"evidence/{digest}",)
