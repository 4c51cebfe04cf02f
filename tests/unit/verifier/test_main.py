"""The command that an auditor runs, verify.py: what he brings in files, what it prints and how it ends."""

from __future__ import annotations

import errno
import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

import pytest

from ledger.log import merkle
from ledger.log.record_proof import format_proof
from ledger.verifier import files
from ledger.verifier.faults import NOTE_LIMIT
from ledger.verifier.leaf import read_leaf
from ledger.verifier.main import main
from tests.support.forging import GRID, KEY, OPERATIONS, Log, packed, two_streams
from tests.support.heavy import reported
from tests.unit.verifier.test_single import padded

LOG = two_streams()
VERIFIED, FAILED, MALFORMED, INCOMPLETE = 0, 1, 2, 3


def proof(log: Log, index: int) -> bytes:
    """What the operator hands out of one record."""
    size = max(log.notes)
    hashes = merkle.hashes_of(log.leaves[:size])
    path = merkle.inclusion_proof(
        lambda level, n: merkle.root(hashes[n << level : n + 1 << level]), index, size
    )
    return format_proof(index, path, log.notes[size], log.leaves[index])


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The auditor's folder: a bundle, an altered one, the proof of a record, an empty file."""
    monkeypatch.chdir(tmp_path)
    members = LOG.members([OPERATIONS])
    Path("b.zip").write_bytes(packed(members))
    Path("altered.zip").write_bytes(
        packed({**members, "streams/2.jsonl": members["streams/2.jsonl"].replace(b'"o1"', b'"p1"')})
    )
    Path("record.tlog-proof").write_bytes(proof(LOG, 3))
    Path("empty.zip").write_bytes(b"")
    Path("wrong.txt").write_text("quorom none\n")
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit code, what was printed, and what was said of a slip."""
    code = main([*words, "--key", KEY.vkey])
    said = capsys.readouterr()
    return code, said.out, said.err


ASKED = ("--stream", OPERATIONS)


@pytest.mark.parametrize(
    ("words", "code", "first"),
    [
        (("b.zip", *ASKED), VERIFIED, "VERIFIED: these are all records that example.com/forged committed to"),
        (("b.zip",), INCOMPLETE, "INCOMPLETE-TRUST: scope-not-given"),
        (("altered.zip", *ASKED), FAILED, "FAILED: directory-inclusion"),
        (("empty.zip", *ASKED), MALFORMED, "MALFORMED: malformed"),
        (("record.tlog-proof",), VERIFIED, "VERIFIED: this record is in the log of example.com/forged"),
        (("b.zip", *ASKED, "--max-age", "1d"), INCOMPLETE, "INCOMPLETE-TRUST: too-old"),
        (("b.zip", *ASKED, "--accept-old"), VERIFIED, "VERIFIED"),
    ],
)  # fmt: skip
def test_the_verdict_is_printed_in_words_and_as_json_and_is_the_exit_code(
    place: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: int, first: str
) -> None:
    ended, printed, _ = run(capsys, *words)
    found = json.loads(printed.splitlines()[-1])
    assert (ended, printed.startswith(first), found["verdict"]) == (code, True, first.partition(":")[0])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nowhere.zip",), "BUNDLE nowhere.zip: cannot be read: No such file or directory"),
        (("b.zip", "--state", "."), "--state .: cannot be read: Is a directory"),
        (("b.zip", "--state", "empty.zip"), "--state empty.zip: is not a state file"),
        (("b.zip", "--policy", "nowhere"), "--policy nowhere: cannot be read"),
        (("b.zip", "--policy", "wrong.txt"), "--policy wrong.txt:1: not a line of a policy"),
        (("b.zip", "--receipt", "nowhere"), "--receipt nowhere: cannot be read"),
        (("b.zip", *ASKED, "--receipt", "b.zip"), "--receipt b.zip: is no proof of one record"),
        (("b.zip", "--stream", "S1"), "--stream: 'S1' is not a stream name"),
        (("b.zip", "--from", "2026-02-01", "--to", "2026-01-01"), "--to: the window ends before it begins"),
        (
            ("b.zip", "--from", "2026-02-01T00:00Z", "--to", "2026-01-01T00:00Z"),
            "--to: the window ends before it begins",
        ),
        *(
            (("record.tlog-proof", name, value), f"{name}: a proof of one record says nothing of other records")
            for name, value in (
                ("--stream", OPERATIONS), ("--from", "2026-01-01T00:00Z"), ("--to", "2026-01-01T00:00Z"),
                ("--receipt", "record.tlog-proof"), ("--max-age", "1d"),
            )
        ),
    ],
)  # fmt: skip
def test_a_slip_of_the_auditors_is_no_verdict(
    place: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str
) -> None:
    """Exit 2 as for what is malformed, and nothing is printed that a script could take for a verdict."""
    ended, printed, slip = run(capsys, *words)
    assert (ended, printed, slip.startswith(f"verify.py: {told}")) == (2, "", True), slip


def test_a_state_is_written_after_a_success_alone_and_read_the_next_time(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = ("--state", "mine")
    there = []
    for bundle in ("altered.zip", "b.zip", "b.zip"):
        _, printed, _ = run(capsys, bundle, *ASKED, *mine)
        new = re.search(r", (\d+) of them new since your state file", printed)
        there.append((Path("mine").exists(), new and new[1]))
    assert there == [(False, None), (True, None), (True, "0")]


def test_a_policy_is_read_whatever_editor_saved_it(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With a byte order mark and the line ends of Windows."""
    Path("mine.txt").write_bytes(b"\xef\xbb\xbf# nobody\r\nquorum none\r\n")
    assert run(capsys, "b.zip", *ASKED, "--policy", "mine.txt")[0] == VERIFIED


def test_receipts_are_counted_once_a_file(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--receipt", "record.tlog-proof") * 2
    _, printed, _ = run(capsys, "b.zip", *ASKED, *words)
    assert json.loads(printed.splitlines()[-1])["scope"]["receipts"] == 1


def test_a_receipt_of_a_stream_that_is_not_there_is_told(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grid = next(n for n, leaf in enumerate(LOG.leaves) if read_leaf(leaf).stream == GRID)
    Path("receipt").write_bytes(proof(LOG, grid))
    ended, printed, _ = run(capsys, "b.zip", *ASKED, "--receipt", "receipt")
    assert (ended, "FAILED: wrong-stream" in printed) == (FAILED, True)


def fails(why: BaseException) -> Callable[..., Any]:
    def failing(*_: Any, **__: Any) -> Any:
        raise why

    return failing


@pytest.mark.parametrize(
    ("name", "why", "code", "told"),
    [
        ("read_bundle", KeyboardInterrupt(), 130, "interrupted: nothing was verified\n"),
        ("say", OSError(errno.ENOSPC, "No space left on device"), 2, "the verdict cannot be written: No space left on device\n"),
        ("remember", OSError("odd"), 2, "the verdict cannot be written: odd\n"),
    ],
)  # fmt: skip
def test_what_ends_it_is_neither_verified_nor_failed(
    place: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    why: BaseException,
    code: int,
    told: str,
) -> None:
    monkeypatch.setattr(f"ledger.verifier.main.{name}", fails(why))
    assert run(capsys, "b.zip", *ASKED, "--state", "mine")[::2] == (code, told)


def test_a_state_that_cannot_be_written_is_told_and_leaves_no_file(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next verdict would rest on an older state."""
    before = sorted(os.listdir())
    monkeypatch.setattr(files, "format_state", fails(OSError(errno.EDQUOT, "Disk quota exceeded")))
    _, _, slip = run(capsys, "b.zip", *ASKED, "--state", "mine")
    assert (slip, sorted(os.listdir())) == (
        "verify.py: --state mine: the bundle verifies, but the state cannot be written: Disk quota exceeded\n",
        before,
    )


def test_what_a_terminal_would_obey_is_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    files.say(["a\x1b[2Jb"])
    assert capsys.readouterr().out == "a?[2Jb\n"


def test_the_help_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    printed = capsys.readouterr().out
    named = re.findall(r"^  (?:-h, )?(--[a-z-]+|[a-z]+)\b", printed, re.MULTILINE)
    described = [
        "usage: verify.py " in printed[:20],
        "A bundle holds the records" in printed,
        "Bring these" in printed,
    ]
    assert (named, described) == (
        [
            "bundle", "--help", "--key", "--stream", "--from", "--to", "--state", "--policy", "--receipt",
            "--accept-old", "--max-age",
        ],
        [True, True, True],
    )  # fmt: skip


@pytest.mark.parametrize(("reported_", "said"), [(False, "none"), (True, "not-checked")])
def test_a_report_is_said_to_be_there_and_not_computed_again(
    place: Path, capsys: pytest.CaptureFixture[str], reported_: bool, said: str
) -> None:
    Path("r.zip").write_bytes(packed(*reported()) if reported_ else LOG.bundle(OPERATIONS))
    _, printed, _ = run(capsys, "r.zip", *ASKED)
    assert json.loads(printed.splitlines()[-1])["report"] == said


def test_a_proof_of_one_record_is_read_whole(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One of the most bytes that it may have, and one of one more."""
    ended = []
    for size in (NOTE_LIMIT, NOTE_LIMIT + 1):
        Path("long.tlog-proof").write_bytes(padded(size))
        ended.append(run(capsys, "long.tlog-proof")[0])
    assert ended == [VERIFIED, MALFORMED]


def closed() -> TextIO:
    """A pipe that nobody reads."""
    reads, writes = os.pipe()
    os.close(reads)
    return os.fdopen(writes, "w")


def test_who_stops_reading_is_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither when it is printed nor when the process ends and empties what it had not yet written."""
    with closed() as pipe:
        monkeypatch.setattr(sys, "stdout", pipe)
        files.say(["VERIFIED"])


def test_a_verdict_that_cannot_be_written_is_an_error_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full."""
    with open("/dev/full", "w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        with pytest.raises(OSError, match="No space left on device"):
            files.say(["VERIFIED"])
