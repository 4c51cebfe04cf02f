"""Processes that are killed, and disks that fail, at one chosen system call of twenty appends.

A child records; ``strace`` is attached to it before it begins and does the harm at the k-th call of a name.
What the child reached it writes into shared memory, which no call can harm. Then the book is opened as the
next command opens it.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from ledger.app.book.acknowledged import ACKNOWLEDGED
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.maintenance.fsck import check_book
from ledger.errors import UnknownOutcome, WattledgerError
from ledger.exchange import story
from ledger.kinds import IncidentOpened
from tests.support.power.calls import NOT_RUN, STRACE
from tests.support.power.program import called
from tests.support.power.recording import ORIGIN, SITE, fact

APPENDS: Final = 20
NO_CODE: Final = 255
PR_SET_PTRACER: Final = 0x59616D61
HARMED: Final = (
    *("write", "pwrite64", "fsync", "fdatasync", "ftruncate", "unlink", "rename", "openat", "mkdir"),
    *("link", "lseek", "close"),
)
KILL: Final = "signal=KILL"
FAILING: Final = ("write", "pwrite64", "fsync", "fdatasync", "ftruncate", "unlink", "rename", "openat")
Work = Callable[[Path, "Codes"], None]
Codes = mmap.mmap


class Point(NamedTuple):
    """A harm at the nth call of a name: a signal or an error, once or from then on."""

    call: str
    nth: int
    harm: str
    for_ever: bool = False

    def option(self) -> str:
        return f"inject={self.call}:{self.harm}:when={self.nth}{'+' if self.for_ever else ''}"


def base(place: Path) -> Path:
    """A book to be copied."""
    Book.create(place, Config(ORIGIN)).close()
    with Book.open(place, write=True) as book:
        book.record(said(SITE))
    return place


def said(text: str) -> list[Said]:
    """Claims of story text."""
    return [Said(claim) for claim in story.read(text.encode(), "fact").claims]


# --- what a child does --------------------------------------------------------------------------------------


def by_commands(book: Path, codes: Codes) -> None:
    """Twenty commands, each of which opens the book."""
    for n in range(APPENDS):
        try:
            called(["--book", str(book), "--json", "record", str(book.parent / "facts" / f"{n}.story")])
            codes[n] = 0
        except SystemExit as end:
            codes[n] = end.code if isinstance(end.code, int) else int(end.code is not None)


def by_one_handle(book: Path, codes: Codes) -> None:
    """Twenty appends by a process that keeps the book open, as the service does. One that was acknowledged stands,
    whatever keeps the checkpoint behind it from being signed.
    """
    try:
        opened = Book.open(book, write=True)
    except (WattledgerError, OSError):
        return
    for n in range(APPENDS):
        before = ACKNOWLEDGED.count
        try:
            outcome = opened.record(said(fact(n)))
            codes[n] = 0 if outcome.recorded or outcome.positions else 3
        except WattledgerError as why:
            codes[n] = 0 if ACKNOWLEDGED.since(before).facts else why.exit_code
        except OSError:
            codes[n] = UnknownOutcome.exit_code
    with suppress(WattledgerError, OSError):
        opened.close()


def recovering(book: Path, codes: Codes) -> None:
    """The next command after a crash."""
    with Book.open(book, write=True) as opened:
        opened.record(said(fact(APPENDS - 1)))
    codes[0] = 0


# --- the harm -----------------------------------------------------------------------------------------------


def harmed(work: Work, book: Path, options: list[str]) -> tuple[list[int], bytes]:
    """Let a child work under ``strace``; exit codes of its appends (255 where it did not come to an end) and
    what it printed.
    """
    assert STRACE is not None, NOT_RUN
    codes = mmap.mmap(-1, APPENDS)
    codes[:] = bytes([NO_CODE]) * APPENDS
    output = book.parent / "output"
    child = os.fork()
    if child == 0:
        be(work, book, codes, output, waits=True)
    os.waitpid(child, os.WUNTRACED)
    words = [STRACE, "-f", "-qq", "-o", str(book.parent / "trace"), *options, "-p", str(child)]
    with subprocess.Popen(words, stderr=subprocess.PIPE) as tracer:
        status = Path(f"/proc/{child}/status")
        while "TracerPid:\t0" in status.read_text() and tracer.poll() is None:
            time.sleep(0.001)
        os.kill(child, signal.SIGCONT)
        os.waitpid(child, 0)
        _, told = tracer.communicate()
    if tracer.returncode not in (0, 128 + signal.SIGKILL, -signal.SIGKILL):
        raise RuntimeError(f"strace failed: {told.decode()[-400:]}")
    return list(codes[:]), output.read_bytes()


def be(work: Work, book: Path, codes: Codes, output: Path, *, waits: bool = False) -> None:
    """Be a child that works, with its output in a file; it ``waits`` until a tracer is attached."""
    try:
        descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(descriptor, 1)
        os.dup2(nothing, 2)
        sys.stdout, sys.stderr = (os.fdopen(number, "w", closefd=False) for number in (1, 2))
        if waits:
            ctypes.CDLL(None).prctl(
                PR_SET_PTRACER, ctypes.c_ulong(2**64 - 1), 0, 0, 0
            )  # where Yama asks for it
            os.kill(os.getpid(), signal.SIGSTOP)
        work(book, codes)
    finally:
        os._exit(0)


def points(work: Work, place: Path, book: Path, names: tuple[str, ...]) -> list[tuple[str, int]]:
    """Every call of these names that the work makes, as its name and which of that name it is. Of the files
    that are opened only those of the book: a disk that fails while Python loads a module is not ours to
    answer.
    """
    copy = copied(book, place)
    codes, _ = harmed(work, copy, ["-e", f"trace={','.join(names)}"])
    counts: Counter[str] = Counter()
    found = []
    for line in (place / "trace").read_text().splitlines():
        match = re.match(r"\d+ +(\w+)\(", line)
        if match is not None:
            counts[match[1]] += 1
            if match[1] != "openat" or str(copy) in line:
                found.append((match[1], counts[match[1]]))
    assert NO_CODE not in codes[: 1 if work is recovering else APPENDS], f"unharmed, it fails: {codes}"
    return found


def copied(book: Path, place: Path) -> Path:
    """A copy of a book, in a folder with the facts that commands are given."""
    shutil.rmtree(place, ignore_errors=True)
    (place / "facts").mkdir(parents=True)
    for n in range(APPENDS):
        (place / "facts" / f"{n}.story").write_text(fact(n))
    shutil.copytree(book, place / "book")
    return place / "book"


# --- what is found afterwards -------------------------------------------------------------------------------


def wrong_after(book: Path, codes: list[int], printed: bytes, *, handle: bool, killed: bool) -> list[str]:
    """What is wrong with a book after a harm."""
    try:
        with Book.open(book, write=True) as opened:
            there = {
                record.body.incident: record
                for record in opened.records()
                if isinstance(record.body, IncidentOpened)
            }
            opened.record(said(fact(APPENDS)))
        found = [finding["what"] for finding in check_book(book, lambda done, total: None)["findings"]]
    except Exception as why:
        return [f"it cannot be opened: {type(why).__name__}: {why}"]
    for n, code in enumerate(codes):
        record = there.get(f"i{n}")
        told = code == 0 or (record is not None and record.id.encode() in printed)
        if code == 0 and record is None:
            found.append(f"append {n} was acknowledged and is lost")
        if record is not None and not told and code not in (UnknownOutcome.exit_code, NO_CODE):
            found.append(f"append {n} was answered {code} and is in the log")
        if code == NO_CODE and not killed and not handle:
            found.append(f"append {n} was not answered")
        if code not in (0, 2, 5, UnknownOutcome.exit_code, NO_CODE):
            found.append(f"append {n} was answered {code}: a failing disk is none of that")
        if handle and not told and record is not None and 0 in codes[n + 1 :]:
            found.append(f"append {n} has an unknown outcome, and the same handle went on writing")
    return found


def errors(calls: list[tuple[str, int]]) -> list[Point]:
    """Every way in which a disk fails at these calls."""
    return [
        Point(*call, f"error={error}", for_ever)
        for call in calls
        for error in ("EIO", "ENOSPC")
        for for_ever in (False, True)
    ]


def tried(point: Point, work: Work, book: Path, place: Path) -> list[str]:
    """What is wrong after a harm to a copy of a book, in a folder."""
    copy = copied(book, place)
    codes, printed = harmed(work, copy, ["-e", f"trace={point.call}", "-e", point.option()])
    wrong = wrong_after(copy, codes, printed, handle=work is by_one_handle, killed=point.harm == KILL)
    return [f"{work.__name__} {point.option()}: {one}; answers {codes}" for one in wrong]
