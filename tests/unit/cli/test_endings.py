"""How a command ends where something outside fails: with the exit code that says what stands, and one line
(reference/exit-codes.md).
"""

from __future__ import annotations

import errno
import json
import os
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest
from click.testing import CliRunner, Result
from eventsourcing.persistence import OperationalError

from ledger.app.book import keys, seals
from ledger.app.book.book import Book
from ledger.app.cli.main import main
from ledger.app.proofs import verification
from ledger.store.sqlite.read_only import not_read, not_written
from ledger.store.sqlite.recorder import Recorder
from ledger.verifier.main import main as alone
from tests.support.forging import KEY, OPERATIONS, Log
from tests.support.page import PROGRAM

SITE = (
    "2026-06-01T09:00Z s1 site-registered name=S county=C state=GA tz=America/New_York "
    "balancing_authority=SOCO utility=U parcels=[p] site_class=training\n"
)
FULL = Path("/dev/full")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a book, and a story that it has not heard yet."""
    (tmp_path / "s.story").write_text(SITE)
    assert said(tmp_path, "init", "--origin", "example.com/e").exit_code == 0
    return tmp_path


def said(place: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--book", str(place / "book"), *words])


def run(place: Path, *words: str, room: int | None = None, output: Any = subprocess.PIPE) -> Any:
    """A command in a process of its own, which may write files of so many bytes; it keeps no compiled module,
    which would be cut too, and be read by every later process.
    """

    def limited() -> None:
        if room is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    return subprocess.run(
        [sys.executable, "-B", "-m", "ledger.app", "--book", str(place / "book"), *words],
        check=False,
        stdout=output,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=limited,
    )


def no_room() -> OSError:
    """A fresh error of a full disk: whoever tells of it may add where it was."""
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def fails(why: BaseException) -> Callable[..., NoReturn]:
    def failing(*_: object, **__: object) -> NoReturn:
        raise why

    return failing


def sqlite_error(code: int) -> OperationalError:
    """An error of SQLite as the library that stores records passes it on."""
    inner = sqlite3.OperationalError("as SQLite says it")
    inner.sqlite_errorcode = code
    outer = OperationalError(inner)
    outer.__cause__ = inner
    return outer


# --- recorded, and then something fails ---------------------------------------------------------------------


def test_the_checkpoint_cannot_be_signed_after_records_were_acknowledged(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder of the key was full: the caller was told 2, "nothing was done"."""
    monkeypatch.setattr(seals, "SEAL_RECORDS", 1)
    monkeypatch.setattr(keys, "write_durably", fails(no_room()))
    found = said(place, "record", str(place / "s.story"))
    assert (found.exit_code, found.stderr) == (
        6,
        (
            "wattledger: 1 fact is recorded; the checkpoint over the newest could not be signed "
            "(the disk: No space left on device): run wattledger checkpoint once that is repaired\n"
        ),
    )


@pytest.mark.skipif(not FULL.exists(), reason="no device that is always full")
@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (
            ("record", "s.story"),
            6,
            (
                "wattledger: 1 fact is recorded; standard output: No space left on device; run it again"
                " once that is repaired"
            ),
        ),
        (
            ("--json", "record", "s.story"),
            6,
            (
                '{"source":"wattledger","line":0,"message":"1 fact is recorded; standard output: '
                'No space left on device; run it again once that is repaired","raw":""}'
            ),
        ),
        (("log",), 2, "wattledger: standard output: No space left on device"),
        (("export", "jsonl"), 2, "wattledger: standard output: No space left on device"),
        (("--version",), 2, "wattledger: standard output: No space left on device"),
    ],
)
def test_standard_output_is_full(place: Path, words: tuple[str, ...], code: int, told: str) -> None:
    """It is 6 where something is recorded and the caller is not told, else 2; never a traceback when the
    process ends.
    """
    words = tuple(word.replace("s.story", str(place / "s.story")) for word in words)
    with FULL.open("w") as full:
        found = run(place, *words, output=full)
    assert (found.returncode, found.stderr.strip()) == (code, told)


def test_who_stops_reading_changes_no_exit_code(place: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as nobody:
        assert [run(place, word, output=nobody).returncode for word in ("log", "--help")] == [0, 0]


# --- a disk without room is no damage -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "exit_code"),
    [
        (sqlite3.SQLITE_FULL, 6),
        (sqlite3.SQLITE_IOERR_READ, 6),
        (sqlite3.SQLITE_IOERR_SHMSIZE, 6),
        (sqlite3.SQLITE_CANTOPEN, 6),
        (sqlite3.SQLITE_READONLY_CANTINIT, 6),
        (sqlite3.SQLITE_BUSY, 5),
        (sqlite3.SQLITE_LOCKED, 5),
        (sqlite3.SQLITE_CORRUPT, 4),
        (sqlite3.SQLITE_CORRUPT_INDEX, 4),
        (sqlite3.SQLITE_NOTADB, 4),
        (sqlite3.SQLITE_ERROR, 4),
    ],
)
def test_a_database_that_cannot_be_read_is_damaged_only_where_sqlite_says_so(
    code: int, exit_code: int
) -> None:
    assert not_read(Path(__file__), "x cannot be read", sqlite_error(code)).exit_code == exit_code


@pytest.mark.parametrize(("code", "exit_code"), [(sqlite3.SQLITE_FULL, 6), (sqlite3.SQLITE_CORRUPT, 4)])
def test_an_append_fails_on_a_full_disk_or_a_damaged_database(
    place: Path, monkeypatch: pytest.MonkeyPatch, code: int, exit_code: int
) -> None:
    monkeypatch.setattr(Recorder, "insert_entries", fails(sqlite_error(code)))
    assert said(place, "record", str(place / "s.story")).exit_code == exit_code


def test_damage_stays_damage_whatever_is_being_written() -> None:
    assert not_written("sealing", sqlite_error(sqlite3.SQLITE_NOTADB), "ask again").exit_code == 4


@pytest.mark.parametrize("words", [("status",), ("log",), ("checkpoint",), ("fsck",), ("record", "s.story")])
def test_a_book_on_a_disk_without_room_is_not_called_damaged(place: Path, words: tuple[str, ...]) -> None:
    """Not even the file can be made by which SQLite's readers and writer share memory: it was told as 4, with
    fsck as the remedy.
    """
    words = tuple(word.replace("s.story", str(place / "s.story")) for word in words)
    assert run(place, *words, room=0).returncode == 6


def test_a_book_that_met_a_full_disk_takes_the_same_facts_later(place: Path) -> None:
    codes = [run(place, "record", str(place / "s.story"), room=room).returncode for room in (0, 20_000)]
    again = said(place, "record", str(place / "s.story"))
    whole = said(place, "fsck")
    assert (codes, again.exit_code, whole.exit_code) == ([6, 6], 0, 0)


def test_a_restore_without_room_does_not_call_the_backup_bad(place: Path) -> None:
    said(place, "backup", str(place / "b.zip"))
    found = run(place.parent / "other", "restore", str(place / "b.zip"), room=8192)
    assert found.returncode == 6


def test_a_file_that_cannot_be_written_is_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", fails(no_room()))
    found = said(place, "export", "jsonl", "-o", str(place / "out.jsonl"))
    assert (found.exit_code, found.stderr) == (
        2,
        f"wattledger: {place / 'out.jsonl'}: No space left on device\n",
    )


def test_a_rotation_without_room_for_the_next_key_may_be_tried_again(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was told as a call that is not well formed. Nothing was rotated, and the book goes on with its key."""
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", fails(no_room()))
        found = said(place, "keys", "rotate")
    again = said(place, "keys", "rotate")
    named = "ledger.key.next: No space left on device; run it again" in found.stderr
    assert (found.exit_code, named, again.exit_code) == (6, True, 0)


def test_a_refused_correction_does_not_count_what_the_ledger_writes_itself(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger seals the facts of before on the way, which takes a record of its own heads."""
    block = "block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[A]"
    (place / "s.story").write_text(f"{SITE}2026-06-02T00:00Z s1 load-block-commissioned {block}\n")
    assert said(place, "record", str(place / "s.story")).exit_code == 0
    monkeypatch.setattr(seals, "SEAL_RECORDS", 1)
    found = said(place, "correct", "5", "predecessor=m0", "--reason", "x")
    assert (found.exit_code, found.stderr[:36]) == (3, "wattledger: predecessor 'm0' was nev")


# --- interrupted --------------------------------------------------------------------------------------------


def test_an_interrupted_recording_says_that_it_can_be_run_again(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Book, "record", fails(KeyboardInterrupt()))
    found = said(place, "record", str(place / "s.story"))
    told = "wattledger: interrupted: recorded facts stay, and running it again is safe\n"
    assert (found.exit_code, found.stderr) == (130, told)


def test_an_interrupted_command_that_reads_says_so_in_json(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Book, "records", fails(KeyboardInterrupt()))
    found = said(place, "--json", "log")
    assert (found.exit_code, json.loads(found.stderr)["message"]) == (130, "interrupted")


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    log = Log()
    log.told("a")
    log.seal()
    path = tmp_path / "b.zip"
    path.write_bytes(log.bundle(OPERATIONS))
    return path


ASKED = ("--key", KEY.vkey, "--stream", OPERATIONS)


def test_an_interrupted_verification_has_not_failed(
    bundle: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 1 is FAILED: an auditor's script took Ctrl-C for a forged bundle."""
    monkeypatch.setattr("ledger.verifier.main.read_bundle", fails(KeyboardInterrupt()))
    monkeypatch.setattr(verification, "read_bundle", fails(KeyboardInterrupt()))
    found = CliRunner().invoke(main, ["verify", str(bundle), *ASKED])
    code = alone([str(bundle), *ASKED])
    assert (found.exit_code, found.stderr, code, capsys.readouterr().err) == (
        130,
        "wattledger: interrupted: nothing was verified\n",
        130,
        "interrupted: nothing was verified\n",
    )


@pytest.mark.skipif(not FULL.exists(), reason="no device that is always full")
def test_a_verdict_that_cannot_be_written_is_neither_verified_nor_failed(bundle: Path) -> None:
    words = ([str(PROGRAM)], ["-m", "ledger.app", "verify"])
    with FULL.open("w") as full:
        codes = [
            subprocess.run(
                [sys.executable, *start, str(bundle), *ASKED],
                check=False,
                stdout=full,
                stderr=subprocess.DEVNULL,
            ).returncode
            for start in words
        ]
    assert codes == [2, 2]


def test_a_state_that_cannot_be_written_is_no_success(
    bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The next verdict would rest on an older state; verify.py ended in a traceback with exit 1, which is
    FAILED.
    """
    words = [str(bundle), *ASKED, "--state", str(bundle.parent / "nowhere" / "state")]
    codes = (alone(words), CliRunner().invoke(main, ["verify", *words]).exit_code)
    told = capsys.readouterr()
    assert (codes, told.out, told.err) == (
        (2, 2),
        "",
        f"verify.py: --state {words[-1]}: the bundle verifies, but the state cannot be written: "
        "No such file or directory\n",
    )


@pytest.mark.parametrize(
    "words", [("--json", "nosuch"), ("--json", "record", "nofile"), ("status", "--json", "--nosuch")]
)
def test_a_call_that_cannot_be_read_is_told_in_json_where_json_was_asked_for(
    place: Path, words: tuple[str, ...]
) -> None:
    found = run(place, *words)
    assert (found.returncode, list(json.loads(found.stderr))) == (2, ["source", "line", "message", "raw"])


def test_a_token_whose_secret_was_not_shown_is_to_be_revoked(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The checkpoint after the grant fails: the grant stands in the log, and nobody was told its secret."""
    next(place.rglob("ledger.key")).write_bytes(b"")
    monkeypatch.setattr(seals.Seals, "_is_due", lambda self: True)
    done = said(place, "token", "create", "audit", "--role", "auditor")
    assert (done.exit_code, done.stderr.endswith("revoke it: its secret was not shown\n")) == (6, True)
