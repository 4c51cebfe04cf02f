"""One run of the real program under ``strace``, and what it acknowledged at which call."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from ledger.app.book.book import Book
from ledger.records.ids import binary_id
from ledger.store.roots import root_at
from tests.support.power.calls import Call, calls_of, command

ROOT: Final = Path(__file__).resolve().parents[3]
ORIGIN: Final = "example.com/power"
BATCH: Final = 100
SITE: Final = (
    "2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York"
    " balancing_authority=SOCO utility=U parcels=[a] site_class=training\n"
)
EXPORT: Final = "export.jsonl"
SENDS: Final = ("sendto", "sendmsg")
LEFT_OUT: Final = ("-shm", "/ledger.lock")
"""SQLite fills its shared memory anew after a start; the lock's words only serve messages."""
NEVER_SYNCED: Final = ("/rowcache.db",)
"""The cache is checked by a digest whenever it is read, and made again."""

_ID: Final = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
_NOTE: Final = re.compile(rb"(?m)^" + ORIGIN.encode() + rb"\n(\d+)\n[A-Za-z0-9+/=]{44}$")
_ENDED: Final = re.compile(rb"(?m)^#(\d+) (-?\d+)$")


class Acknowledged(NamedTuple):
    """What the world has been told: that the book was made, how many records it holds, up to where it is
    signed, and that the export is written.
    """

    made: bool = False
    size: int = 0
    signed: int = 0
    exported: bool = False


class Run(NamedTuple):
    """A traced run: its calls, where its book is and its output goes, and the log that it left. ``whole`` are
    the records [first, last] of one transaction.
    """

    calls: list[Call]
    root: Path
    output: str
    indexes: dict[bytes, int]
    roots: list[bytes]
    whole: list[tuple[int, int]]
    exported: bytes
    mutant: str | None = None


def fact(n: int) -> str:
    return f"2026-06-04T00:00Z s1 incident-opened incident=i{n} summary=x\n"


def plan(root: Path, facts: Path, singles: int, *, models: bool) -> list[list[str]]:
    """The commands of a run: first start, single records, a batch, checkpoints, an export, a rebuild."""
    facts.mkdir()

    def record(name: str, text: str) -> list[str]:
        (facts / name).write_text(text)
        return ["--book", str(root / "book"), "--json", "record", str(facts / name)]

    book = ["--book", str(root / "book")]
    first = [record(f"{n}.story", fact(n)) for n in range(singles)]
    return [
        [*book, "init", "--origin", ORIGIN],
        record("site.story", SITE),
        *first[: singles // 2],
        [*book, "checkpoint"],
        record("batch.story", "".join(map(fact, range(1_000, 1_000 + BATCH)))),
        [*book, "export", "jsonl", "-o", str(root / EXPORT)],
        *([[*book, "rebuild"]] if models else []),
        *first[singles // 2 :],
        [*book, "checkpoint"],
    ]


def recorded(place: Path, *, singles: int = 4, models: bool = False, mutant: str | None = None) -> Run:
    """Run the commands under ``strace`` in a folder that is empty but for what they are given."""
    root, output = place / "disk", place / "output"
    root.mkdir()
    commands = plan(root, place / "facts", singles, models=models)
    if mutant is not None:  # a reader would refuse the database of one
        commands = [words for words in commands if "export" not in words]
    (place / "work.json").write_text(json.dumps({"commands": commands, "mutant": mutant}))
    words = [sys.executable, "-m", "tests.support.power.program", str(place / "work.json"), str(output)]
    done = subprocess.run(
        command(place / "trace", words), cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"the traced run failed: {done.stderr[-2000:]}")
    return run_of(place / "trace", root, str(output), _ENDED.split(output.read_bytes())[::3])._replace(
        mutant=mutant
    )


def run_of(trace: Path, root: Path, output: str, answers: Iterable[bytes]) -> Run:
    """A traced run with the log that it left; the records that one answer acknowledges are in one
    transaction.
    """
    copy = root.with_name("copy")  # a reader leaves files too
    shutil.copytree(root / "book", copy)
    with Book.open(copy, write=True) as book:
        indexes = {binary_id(record.id): record.index for record in book.records()}
        roots = [root_at(book.store, size) for size in range(book.store.size + 1)]
    whole = []
    for answer in answers:
        found = [indexes[binary_id(id_.decode())] for id_ in set(_ID.findall(answer))]
        if len(found) > 1:
            whole.append((min(found), max(found)))
    exported = root / EXPORT
    return Run(
        list(calls_of(trace)),
        root,
        output,
        indexes,
        roots,
        whole,
        exported.read_bytes() if exported.exists() else b"",
    )


def told_at(run: Run, calls: Sequence[Call]) -> Iterator[tuple[Call, Acknowledged]]:
    """Each call with what is acknowledged once it has begun."""
    seen, now = b"", Acknowledged()
    for call in calls:
        answers = call.name.removeprefix("begun ") in SENDS
        if answers or (call.path == run.output and call.name == "write"):
            seen += b"".join(call.strings)
            now = acknowledged(run, seen, now)
            seen = b"" if answers else seen
        yield call, now


def acknowledged(run: Run, seen: bytes, before: Acknowledged) -> Acknowledged:
    """What output so far acknowledges."""
    ids = [run.indexes[binary_id(id_.decode())] for id_ in _ID.findall(seen)]
    notes = [int(size) for size in _NOTE.findall(seen)]
    ended = {int(number) for number, _ in _ENDED.findall(seen)}
    size, signed = max(ids, default=-1) + 1, max(notes, default=0)
    return Acknowledged(
        before.made or bool(seen),
        max(size, signed, before.size),
        max(signed, before.signed),
        before.exported or _export_number(run) in ended,
    )


def _export_number(run: Run) -> int:
    work = json.loads((run.root.parent / "work.json").read_text()) if run.exported else {"commands": []}
    return next((n for n, words in enumerate(work["commands"]) if "export" in words), -1)
