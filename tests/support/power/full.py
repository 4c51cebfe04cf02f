"""A disk that is really full at some point of the work, and then freed: nothing acknowledged is lost, nothing
is half there, and the book goes on.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ledger.app.book.book import Book
from ledger.app.maintenance.backup import restore_backup
from ledger.app.maintenance.fsck import check_book
from ledger.app.maintenance.restore import RestoreOptions
from ledger.errors import UnknownOutcome
from tests.support.power import faults
from tests.support.power.program import called
from tests.support.power.recording import fact
from tests.support.power.small_disk import PAGE, SmallDisk

SIZE: Final = 6 << 20
ROOM: Final = 600 * 1024
"""With this much room left the work comes to its end."""
BATCH: Final = 200
_NAMED_FILE: Final = (2,)
"""Exit code where a file that the user named cannot be written, and nothing of the book."""


def by_other_commands(book: Path, codes: faults.Codes) -> None:
    """Every command that writes much, each with its exit code."""
    for n, words in enumerate(_commands(book)):
        try:
            codes[n] = called(["--book", str(book), *words])
        except SystemExit as end:
            codes[n] = end.code if isinstance(end.code, int) else int(end.code is not None)


def _commands(book: Path) -> tuple[list[str], ...]:
    out = book.parent
    return (
        ["record", str(out / "facts" / "batch.story")],
        ["checkpoint"],
        ["export", "jsonl", "-o", str(out / "export.jsonl")],
        ["rebuild"],
        ["backup", str(out / "backup.zip")],
        ["bundle", "--stream", "s1/grid", "-o", str(out / "bundle.zip")],
        ["keys", "rotate"],
    )


def levels(count: int) -> list[int]:
    """Room that is left, from none to enough."""
    return [ROOM * n // max(1, count - 1) // PAGE * PAGE for n in range(count)]


def tried(disk: SmallDisk, work: faults.Work, base: Path, leaving: int) -> tuple[list[int], list[str]]:
    """The exit codes of some work on a disk with so much room, and what is wrong afterwards."""
    book = faults.copied(base, disk.place / "point")
    (book.parent / "facts" / "batch.story").write_text("".join(map(fact, range(1_000, 1_000 + BATCH))))
    disk.fill(leaving=leaving)
    codes, printed = _ran(work, book, disk.place.parent / "output")
    disk.free()
    if work is not by_other_commands:
        return codes, faults.wrong_after(
            book, codes, printed, handle=work is faults.by_one_handle, killed=False
        )
    return codes[: len(_commands(book))], list(_wrong_after(book, codes))


def _ran(work: faults.Work, book: Path, output: Path) -> tuple[list[int], bytes]:
    codes = mmap.mmap(-1, faults.APPENDS)
    codes[:] = bytes([faults.NO_CODE]) * faults.APPENDS
    child = os.fork()
    if child == 0:
        faults.be(work, book, codes, output)
    os.waitpid(child, 0)
    return list(codes[:]), output.read_bytes()


def _wrong_after(book: Path, codes: list[int]) -> Iterator[str]:
    for words, code in zip(_commands(book), codes, strict=False):
        if code not in (
            0,
            UnknownOutcome.exit_code,
            *(_NAMED_FILE if "-o" in words or "backup" in words else ()),
        ):
            yield f"{words[0]} was answered {code}: a full disk is none of that"
        for name in words:
            if (
                name.startswith(str(book.parent))
                and words[0] != "record"
                and (code == 0) != Path(name).exists()
            ):
                yield f"{words[0]} was answered {code}, and {Path(name).name} is {'not ' if code == 0 else ''}there"
    try:
        with Book.open(book, write=True) as opened:
            there = sum(record.kind.startswith("incident-opened") for record in opened.records())
            opened.record(faults.said(fact(faults.APPENDS)))
            opened.checkpoint()
        yield from (finding["what"] for finding in check_book(book, lambda done, total: None)["findings"])
        if there not in (0, BATCH) or (codes[0] == 0 and not there):
            yield f"record was answered {codes[0]}, and {there} of {BATCH} facts are there"
        backup = book.parent / "backup.zip"
        if backup.exists():
            restore_backup(book.parent / "again", backup, RestoreOptions(), lambda done, total: None)
    except Exception as why:
        yield f"it cannot go on: {type(why).__name__}: {why}"
