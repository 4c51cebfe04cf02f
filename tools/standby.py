"""A book in PostgreSQL whose primary is killed under load: its standby is promoted, the writers connect to it by
themselves, and nothing that was acknowledged is lost.

    uv run python tools/standby.py [--rounds 3] [--writers 4] [--before 6] [--after 6]

Each round starts a primary that waits for its streaming standby (synchronous_commit on, fsync on), makes a book,
and lets so many writers, each a process with a folder of its own, record facts one by one: a fact that a writer
was not told of is sent again by the same id. Meanwhile waits for the standby are cancelled and sessions ended now
and then, and a reader on the standby checks the whole book. After ``--before`` seconds the standby is cut off for
three seconds, so that the primary commits what no standby has; then every process of the primary is killed
(SIGKILL) and the standby is promoted; ``--after`` seconds later the writers stop. Then: every
acknowledged fact is there once, fsck finds nothing, what was signed is signed of this history, and the dead
primary, started again alone, has the same root over what was acknowledged before. Exit 1 otherwise.

It needs PostgreSQL from Debian's package; servers run in a temporary folder as an unprivileged user and end with
the tool.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import psycopg  # noqa: E402

from ledger.app.book.book import Book, Said  # noqa: E402
from ledger.app.book.config import Config  # noqa: E402
from ledger.app.maintenance.fsck import check_book  # noqa: E402
from ledger.errors import Conflict, UnknownOutcome  # noqa: E402
from ledger.exchange import story  # noqa: E402
from ledger.log.checkpoint import parse_checkpoint  # noqa: E402
from ledger.records.ids import binary_id  # noqa: E402
from ledger.store.head import read_head  # noqa: E402
from ledger.store.open import schema_script  # noqa: E402
from tests.support import postgres  # noqa: E402
from tests.support.small_book import SITE  # noqa: E402

PRIMARY, STANDBY = 5432, 5433
CUT_OFF_S = 3.0
REPLICATES = """
synchronous_standby_names = 'standby'
synchronous_commit = on
wal_keep_size = 256MB
"""
ALONE = "\nsynchronous_standby_names = ''\nprimary_conninfo = ''\n"


class Pair(NamedTuple):
    """A primary and its standby, in one folder."""

    folder: Path

    def address(self, *ports: int, writes: bool = True) -> str:
        """The address of the book's records at these servers."""
        hosts = ",".join([str(self.folder)] * len(ports))
        found = ",".join(map(str, ports))
        attrs = "&target_session_attrs=read-write" if writes else ""
        return f"postgresql://wattledger@/postgres?host={hosts}&port={found}{attrs}"

    def owner(self, port: int) -> psycopg.Connection[Any]:
        """A connection of the superuser that waits for nobody."""
        url = f"postgresql://postgres@/postgres?host={self.folder}&port={port}"
        return psycopg.connect(url + "&options=-csynchronous_commit%3Dlocal", autocommit=True)


def started() -> Pair:
    """A primary and a standby that streams from it."""
    folder = postgres.start("on", REPLICATES.replace("'standby'", "''"))
    pair = Pair(folder)
    backup = str(postgres.FOUND[-1].parent / "pg_basebackup")
    source = f"host={folder} user=postgres application_name=standby"
    postgres.ran([backup, "-D", str(folder / "standby"), "-d", source, "-R", "-c", "fast"])
    with (folder / "standby" / "postgresql.conf").open("a") as file:
        file.write("\nsynchronous_standby_names = ''\n")
    postgres.keep(folder, folder / "standby", os.getpid(), STANDBY)
    with pair.owner(PRIMARY) as owner:
        owner.execute("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
        owner.execute("SELECT pg_reload_conf()")
        streaming = "SELECT FROM pg_stat_replication WHERE sync_state = 'sync'"
        until(lambda: bool(owner.execute(streaming).fetchall()), "the standby streams")
        owner.execute(schema_script(pair.address(PRIMARY)))
    return pair


def until(true: Any, what: str, seconds: float = 30) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"waited {seconds} s until {what}"
        time.sleep(0.05)


# --- a writer -----------------------------------------------------------------------------------------------


def write(folder: Path, number: int) -> None:
    """Record facts one by one until the folder holds a file named ``stop``; append to ``acknowledged`` the id of
    each one told.
    """
    book: Book | None = None
    with (folder / "acknowledged").open("a") as told:
        n = 0
        while not (folder / "stop").exists():
            fact = f"2026-06-04T00:00Z s1 incident-opened incident=i{number}-{n} summary=x"
            try:
                if book is None:
                    book = Book.open(folder, write=True)
                outcome = book.record([Said(c) for c in story.read(fact.encode(), "standby").claims])
            except Conflict:
                continue
            except UnknownOutcome:
                if book is not None:
                    with suppress(Exception):
                        book.close()
                book = None
                time.sleep(0.1)
                continue
            assert not outcome.problems, outcome.problems
            told.write(f"{outcome.positions[0].record.id}\n")
            told.flush()
            n += 1


# --- a round ------------------------------------------------------------------------------------------------


def one_round(seed: int, writers: int, before: float, after: float) -> list[str]:
    """What is wrong after a round."""
    draw, pair = random.Random(seed), started()
    place = Path(tempfile.mkdtemp(prefix="wattledger-standby-"))
    folders = [place / f"w{n}" for n in range(writers)]
    try:
        with Book.create(folders[0], Config("example.com/standby", pair.address(PRIMARY, STANDBY))) as book:
            book.record([Said(claim) for claim in story.read(SITE.encode(), "site").claims])
            book.checkpoint()
        for folder in (*folders[1:], place / "reader"):
            shutil.copytree(folders[0], folder)
        config = place / "reader" / "book.toml"
        was, now = pair.address(PRIMARY, STANDBY), pair.address(STANDBY, writes=False)
        config.write_text(config.read_text().replace(repr_of(was), repr_of(now)))
        running = [
            subprocess.Popen([sys.executable, __file__, "--write", str(folder), str(n)])
            for n, folder in enumerate(folders)
        ]
        until(lambda: all(map(ids, folders)), "every writer has recorded a fact", 120)
        disturb(pair, draw, time.monotonic() + before, 3)
        shutil.copy(folders[0] / "ledger.head", place / "reader")  # may be ahead of the standby
        with Book.open(place / "reader", write=False) as behind:
            behind.root_at(behind.store.size)
        wrong = [f"on the standby: {one['what']}" for one in check_book(place / "reader", quiet)["findings"]]
        end_server(pair, "standby", signal.SIGINT)
        disturb(pair, draw, time.monotonic() + CUT_OFF_S, 0.4)
        kill(pair)
        postgres.keep(pair.folder, pair.folder / "standby", os.getpid(), STANDBY)
        heads = [read_head(folder / "ledger.head") for folder in folders]
        acknowledged = sum(len(ids(folder)) for folder in folders)
        with pair.owner(STANDBY) as owner:
            owner.execute("SELECT pg_promote()")
        time.sleep(after)
        for folder in folders:
            (folder / "stop").touch()
        wrong += [f"a writer ended with {one.returncode}" for one in running if one.wait(120)]
        print(
            f"seed {seed}: {acknowledged} facts acknowledged before the kill, {sum(len(ids(f)) for f in folders)} in all"
        )
        return wrong + lost(folders) + other_roots(pair, place, folders, heads)
    finally:
        stop(pair)
        shutil.rmtree(place, ignore_errors=True)


def repr_of(address: str) -> str:
    """An address as TOML writes it."""
    return f'"{address}"'


def quiet(done: int, total: int) -> None:
    """Nobody is told."""


def disturb(pair: Pair, draw: random.Random, end: float, slowest_s: float) -> None:
    """Now and then cancel the waits for the standby, or end the sessions that wait."""
    with pair.owner(PRIMARY) as owner:
        while time.monotonic() < end:
            time.sleep(draw.uniform(0.1, slowest_s))
            ended = draw.choice(("pg_cancel_backend", "pg_cancel_backend", "pg_terminate_backend"))
            owner.execute(f"SELECT {ended}(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")


def kill(pair: Pair) -> None:
    """Kill every process of the primary at once."""
    master = int((pair.folder / "data" / "postmaster.pid").read_text().split()[0])
    children = subprocess.run(["pgrep", "-P", str(master)], capture_output=True, text=True, check=True)
    for pid in (master, *map(int, children.stdout.split())):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def ids(folder: Path) -> list[str]:
    """What a writer was told is recorded."""
    path = folder / "acknowledged"
    return path.read_text().split() if path.exists() else []


def lost(folders: list[Path]) -> list[str]:
    """Facts that were acknowledged and are not there, and findings."""
    with Book.open(folders[0], write=True) as book:
        book.checkpoint()
        told = [id_ for folder in folders for id_ in ids(folder)]
        found = book.store.indexes(map(binary_id, told))
    wrong = [f"{id_} was acknowledged and is lost" for id_ in told if binary_id(id_) not in found]
    return wrong + [f"fsck: {one['what']}" for one in check_book(folders[0], quiet)["findings"]]


def other_roots(pair: Pair, place: Path, folders: list[Path], heads: list[Any]) -> list[str]:
    """Folders, signatures and the dead primary that have another history than the promoted standby."""
    wrong = []
    with Book.open(folders[0], write=False) as book:
        for folder, head in zip(folders, heads, strict=True):
            signed = parse_checkpoint((folder / "ledger.key.signed").read_bytes())
            if book.root_at(signed.size) != signed.root:
                wrong.append(f"{folder.name} signed another history")
            if head is None or book.root_at(head.size) != head.root:
                wrong.append(f"{folder.name} acknowledged another history before the kill")
        newest = max((head for head in heads if head is not None), key=lambda head: head.size)
    with (pair.folder / "data" / "postgresql.conf").open("a") as file:
        file.write(ALONE)
    (pair.folder / "data" / "postmaster.pid").unlink(missing_ok=True)
    auto = pair.folder / "data" / "postgresql.auto.conf"
    auto.write_text("")
    postgres.keep(pair.folder, pair.folder / "data", os.getpid(), PRIMARY)
    config = place / "reader" / "book.toml"
    shutil.copy(folders[0] / "book.toml", config)
    before, after = pair.address(PRIMARY, STANDBY), pair.address(PRIMARY)
    config.write_text(config.read_text().replace(repr_of(before), repr_of(after)))
    (place / "reader" / "rowcache.db").unlink(missing_ok=True)
    with Book.open(place / "reader", write=False) as dead:
        more = dead.store.size - newest.size
        print(f"  {more} records were committed on the dead primary alone and acknowledged to nobody")
        if dead.root_at(newest.size) != newest.root:
            wrong.append("the dead primary has another root over what was acknowledged")
    return wrong


def end_server(pair: Pair, data: str, by: signal.Signals) -> None:
    """End a server and wait until it has."""
    pid_file = pair.folder / data / "postmaster.pid"
    with suppress(FileNotFoundError, ProcessLookupError):
        os.kill(int(pid_file.read_text().split()[0]), by)
        until(lambda: not pid_file.exists(), f"{data} ended", 20)


def stop(pair: Pair) -> None:
    """End both servers and remove their folder."""
    for data in ("data", "standby"):
        with suppress(AssertionError):
            end_server(pair, data, signal.SIGINT)
    shutil.rmtree(pair.folder, ignore_errors=True)


def main() -> int:
    """Run the rounds; 1 where anything is wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--writers", type=int, default=4)
    parser.add_argument("--before", type=float, default=6)
    parser.add_argument("--after", type=float, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.write:
        write(Path(given.write[0]), int(given.write[1]))
        return 0
    if not postgres.FOUND:
        print("not run: PostgreSQL is not installed (apt-get install postgresql)", file=sys.stderr)
        return 1
    wrong = []
    for seed in range(given.seed, given.seed + given.rounds):
        wrong += [f"seed {seed}: {one}" for one in one_round(seed, given.writers, given.before, given.after)]
    print("\n".join(wrong) or f"{given.rounds} primaries killed: 0 acknowledged facts lost, the same roots")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
