"""An older build beside this one: processor time of the same work on the same book, in turns.

    uv run python tools/bench --against REV [--records 200000] [--rounds 3]

The old build is checked out into a temporary folder. Every measurement is a process of its own, which loads
the ledger from one of the two trees and prints the processor time of the work alone, user and system; the
builds take turns, and the least of the rounds counts. So a busy machine gives the same ratios as a quiet one.
The work is written in this file, with what both builds offer.
"""

from __future__ import annotations

import gc
import os
import resource
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uuid import UUID

    from ledger.records.envelope import Claim

ROOT = Path(__file__).resolve().parent.parent
BATCHED, SINGLE, WARM = 40_000, 2_000, 3_000


def cpu_s() -> float:
    """User and system time of this process and of those it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


# --- the work: each returns how many records it did and the seconds ------------------------------------------


def _of(*names: str) -> Any:
    """The first of some modules that a build has: rooms were moved."""
    for name in names:
        with suppress(ModuleNotFoundError):
            return import_module(name)
    raise ModuleNotFoundError(names[0])


def _opened(book: Path) -> Any:
    return _of("ledger.app.book.book", "ledger.app.book").Book.open(book, write=False)


def _rebuilding() -> Any:
    return _of("ledger.app.read_models.rebuild", "ledger.app.rebuild")


def rebuild(book: Path) -> tuple[int, float]:
    """All read models, as the command makes them."""
    made = _rebuilding().rebuild
    with _opened(book) as opened:
        begun = cpu_s()
        made(opened)
        return opened.store.size, cpu_s() - begun


def zero(book: Path) -> tuple[int, float]:
    """Every report that is not bulky from the payloads, and the rows of all moments."""
    tables = getattr(_rebuilding(), "tables", None)  # builds before November 30th have one call for it
    with _opened(book) as opened, tempfile.TemporaryDirectory() as place:
        path = Path(place) / "zero.db"
        if tables is not None:
            begun = cpu_s()
            tables(opened, path)
        else:
            from ledger.app.read_models import plan

            begun = cpu_s()
            source = plan.ReadModelSource(opened, False, path)
            for report in plan.whole(False):
                source.whole(report)
        return opened.store.size, cpu_s() - begun


def fsck(book: Path) -> tuple[int, float]:
    """The full check."""
    from ledger.app.maintenance.fsck import check_book

    begun = cpu_s()
    found = check_book(book, lambda done, total: None)
    assert not found["findings"], found["findings"][:3]
    return int(found["size"]), cpu_s() - begun


def _appending(size: int, count: int) -> tuple[int, float]:
    """Decide and append claims, so many a call; the lock is held, as by the service."""
    books = _of("ledger.app.book.book", "ledger.app.book")
    settings = _of("ledger.app.book.config", "ledger.app.config").Config("example.com/bench")
    source = _claims()
    with (
        tempfile.TemporaryDirectory() as place,
        books.Book.create(Path(place) / "book", settings) as book,
    ):
        book.record([books.Said(claim) for claim in islice(source, WARM)])
        said = [books.Said(claim) for claim in islice(source, count)]
        with book.store.writing():
            begun = cpu_s()
            for start in range(0, count, size):
                assert book.record(said[start : start + size]).recorded
            return count, cpu_s() - begun


def _claims() -> Iterator[Claim]:
    """The claims of a history, made by the build's own tools: they name modules as it does."""
    made = runpy.run_path(str(Path(os.environ["PYTHONPATH"]) / "tools" / "make_history.py"))
    claims: Iterator[Claim] = made["claims"]()
    return claims


def append_1000(book: Path) -> tuple[int, float]:
    """Batches of 1,000."""
    return _appending(1_000, BATCHED)


def append_1(book: Path) -> tuple[int, float]:
    """One by one."""
    return _appending(1, SINGLE)


def decode_hash(book: Path) -> tuple[int, float]:
    """The limit: read the leaves in one statement, decode each by msgspec, hash each."""
    import sqlite3
    from hashlib import sha256

    import msgspec

    connection = sqlite3.connect(f"file:{book / 'ledger.db'}?mode=ro", uri=True)
    leaves = [row[0] for row in connection.execute("SELECT state FROM records")]
    connection.close()
    decode = msgspec.json.Decoder().decode
    begun = cpu_s()
    for leaf in leaves:
        decode(leaf)
        sha256(b"\0" + leaf).digest()
    return len(leaves), cpu_s() - begun


def sqlite_1000(book: Path) -> tuple[int, float]:
    """The limit of batches: the same leaves by raw sqlite3, as durable."""
    return _raw(book, 1_000, BATCHED)


def sqlite_1(book: Path) -> tuple[int, float]:
    """The limit of one by one."""
    return _raw(book, 1, SINGLE)


def _raw(book: Path, size: int, count: int) -> tuple[int, float]:
    import sqlite3

    connection = sqlite3.connect(f"file:{book / 'ledger.db'}?mode=ro", uri=True)
    leaves = [row[0] for row in connection.execute("SELECT state FROM records LIMIT ?", (count,))]
    with tempfile.TemporaryDirectory() as place:
        raw = sqlite3.connect(Path(place) / "raw.db", isolation_level=None)
        raw.execute("PRAGMA journal_mode = WAL")
        raw.execute("PRAGMA synchronous = FULL")
        raw.execute("CREATE TABLE raw (n INTEGER PRIMARY KEY, leaf BLOB, id BLOB UNIQUE) STRICT")
        begun = cpu_s()
        for start in range(0, len(leaves), size):
            rows = [(leaf, os.urandom(16)) for leaf in leaves[start : start + size]]
            raw.execute("BEGIN IMMEDIATE")
            raw.executemany("INSERT INTO raw (leaf, id) VALUES (?,?)", rows)
            raw.execute("COMMIT")
        return len(leaves), cpu_s() - begun


def eventsourcing_1000(book: Path) -> tuple[int, float]:
    """The peer: eventsourcing's own application on SQLite, 1,000 events a save."""
    return _eventsourcing(1_000, BATCHED)


def eventsourcing_1(book: Path) -> tuple[int, float]:
    """The peer, one event a save."""
    return _eventsourcing(1, SINGLE)


def _eventsourcing(size: int, count: int) -> tuple[int, float]:
    """Its environment is passed explicitly: without it the library keeps everything in memory. Its SQLite
    store leaves ``synchronous`` to SQLite, which is FULL.
    """
    from eventsourcing.application import Application
    from eventsourcing.domain import Aggregate, event

    class Block(Aggregate):
        @event("HashrateChanged")
        def changed(self, at: str, hashrate_ghs: int, power_w: int, units_hashing: int) -> None:
            self.hashrate_ghs = hashrate_ghs

    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "peer.db"
        app: Application[UUID] = Application(
            env={"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(path)}
        )
        block = Block()
        app.save(block)
        begun = cpu_s()
        for start in range(0, count, size):
            for n in range(start, start + size):
                block.changed("2026-01-01T00:00:05Z", 2_500_209_459 + n, 45_000_002, 12_000)
            app.save(block)
        used = cpu_s() - begun
        assert path.stat().st_size, "the library wrote no file: it measured its memory"
        app.close()
        return count, used


OURS: tuple[Callable[[Path], tuple[int, float]], ...] = (zero, rebuild, fsck, append_1000, append_1)
LIMITS: dict[str, tuple[Callable[[Path], tuple[int, float]], ...]] = {
    "zero": (decode_hash,),
    "rebuild": (decode_hash,),
    "fsck": (decode_hash,),
    "append_1000": (sqlite_1000, eventsourcing_1000),
    "append_1": (sqlite_1, eventsourcing_1),
}
ALL = {work.__name__: work for work in (*OURS, *(one for many in LIMITS.values() for one in many))}


def against(revision: str, place: Path, book: Path, rounds: int, only: list[str]) -> None:
    """Print each work's rate in both builds, their ratio, and the ratios to its limits."""
    old = place / "old"
    old.mkdir()
    archive = subprocess.run(["git", "archive", revision], cwd=ROOT, check=True, capture_output=True)
    subprocess.run(["tar", "-x", "-C", str(old)], input=archive.stdout, check=True)
    for work in OURS:
        if only and work.__name__ not in only:
            continue
        limits = LIMITS[work.__name__]
        found: dict[str, list[float]] = {}
        for _ in range(rounds):
            turns = {"old": (work, old), "new": (work, ROOT), **{one.__name__: (one, ROOT) for one in limits}}
            for name, (one, tree) in turns.items():
                found.setdefault(name, []).append(_measured(one.__name__, tree, book))
        rate = {name: max(rates) for name, rates in found.items()}
        beside = "   ".join(f"{rate['new'] / rate[one.__name__]:.2f} x {one.__name__}" for one in limits)
        ratio = rate["new"] / rate["old"]
        print(
            f"{work.__name__:14}{rate['old']:>10,.0f}/s -> {rate['new']:>10,.0f}/s = {ratio:5.2f} x   {beside}",
            flush=True,
        )


def _measured(work: str, tree: Path, book: Path) -> float:
    """Records a second of processor time, by a process that loads the ledger from a tree."""
    environment = os.environ | {"PYTHONPATH": str(tree)}
    words = [sys.executable, str(Path(__file__)), work, str(book)]
    done = subprocess.run(words, env=environment, cwd=tree, check=True, capture_output=True, text=True)
    count, used = done.stdout.split()
    return int(count) / float(used)


if __name__ == "__main__":
    sys.path[0] = os.environ["PYTHONPATH"]
    gc.set_threshold(100_000, 10, 1_000)  # as the command line does
    print(*ALL[sys.argv[1]](Path(sys.argv[2])))
