"""The long form of the test of several writers: every place where one can be stopped, races of real
processes, and writers that are killed.

    uv run python tools/writers.py [--stops] [--seeds 200] [--races 40] [--kills 200] [--seed 1]

Without options everything runs. --stops: each pair of actions, the first stopped at each of its calls.
--seeds N: N schedules each of 2, 3 and 8 writers.
--races N: N books on each of which N pairs of processes write at once, and N books where a long recording
meets one that waits. --kills N: 8 processes
record into one book, one after the other is killed N times. A failure names the seed that finds it again; the
last line counts dead books, heads
that are behind, and records that were acknowledged and lost. Exit 1 if there is any.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ledger.app.book.book import Book  # noqa: E402
from ledger.app.host.clock import Seeded  # noqa: E402
from ledger.errors import Conflict  # noqa: E402
from ledger.records.ids import binary_id  # noqa: E402
from tests.support import racing  # noqa: E402

WRITERS = 8
LONG = 9_000


def told(done: int, total: int, what: str) -> None:
    """One line of progress."""
    print(f"\r{done:,} of {total:,} {what}", end="", file=sys.stderr, flush=True)


def every_stop(folder: Path) -> list[str]:
    """Each pair of actions, the first of them stopped at each of its calls."""
    calls = {name: racing.calls_of(folder, action) for name, action in racing.ACTIONS.items()}
    pairs = [
        (first, at, second)
        for first, made in calls.items()
        for second in racing.ACTIONS
        for at in range(1, len(made) + 1)
    ]
    wrong = []
    for done, (first, at, second) in enumerate(pairs, start=1):
        wrong += racing.pair(folder, first, at, second)
        told(done, len(pairs), "stops")
    print(f"\r{len(pairs):,} stops of one writer while another ran: {len(wrong)} wrong")
    return wrong


def schedules(folder: Path, count: int, first: int) -> list[str]:
    """Schedules of 2, 3 and 8 writers."""
    calls = {name: racing.calls_of(folder, action) for name, action in racing.ACTIONS.items()}
    wrong = []
    for writers in (2, 3, WRITERS):
        for seed in range(first, first + count):
            wrong += racing.many(folder, writers, seed, calls)
            told(seed - first + 1, count, f"schedules of {writers} writers")
    print(f"\r{count:,} schedules each of 2, 3 and {WRITERS} writers: {len(wrong)} wrong")
    return wrong


# --- real processes -----------------------------------------------------------------------------------------


def forked(work: Callable[[int], None]) -> tuple[int, int]:
    """A child process that writes what it was told into a pipe; its number and the pipe's end."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            work(writing)
        except BaseException as why:
            os.write(writing, f"!{why!r}\n".encode())
        os._exit(0)
    os.close(writing)
    return child, reading


def heard(reading: int) -> tuple[list[str], list[str]]:
    """The ids and failures that a child reported, whole lines only."""
    with os.fdopen(reading, "rb") as pipe:
        lines = [line[:-1].decode() for line in pipe if line.endswith(b"\n")]
    return [line for line in lines if line[0] != "!"], [line[1:] for line in lines if line[0] == "!"]


def acted(action: racing.Action, book: Path, number: int, delay_s: float) -> Callable[[int], None]:
    """An action as a user performs it: a little later, and again where another was writing."""

    def work(writing: int) -> None:
        time.sleep(delay_s)
        for _ in range(100):
            try:
                seen = action(book, number)
            except Conflict:
                continue
            os.write(writing, "".join(f"{id_}\n" for id_ in seen.ids).encode())
            return

    return work


def after(book: Path, ids: list[str], failures: list[str]) -> list[str]:
    """Faults of the book after processes ended."""
    with Book.open(book, write=False) as one:
        found = one.store.indexes(map(binary_id, ids))
    lost = [f"record {id_} is lost" for id_ in ids if binary_id(id_) not in found]
    return [*failures, *lost, *racing.unsound(book)]


def ran(*children: tuple[int, int]) -> tuple[list[str], list[str]]:
    """Output of the children until each ended."""
    said = [heard(reading) for _, reading in children]
    for child, _ in children:
        os.waitpid(child, 0)
    return [id_ for ids, _ in said for id_ in ids], [why for _, failures in said for why in failures]


def record_long(book: Path, number: int) -> racing.Seen:
    """Nine thousand facts in one call."""
    facts = "\n".join(
        f"2026-06-04T00:00Z s1 incident-opened incident=l{number}-{n} summary=x" for n in range(LONG)
    )
    with racing.opened(book, number) as one:
        outcome = one.record(racing.said(facts))
    return racing.Seen(tuple(position.record.id for position in outcome.positions))


def races(folder: Path, count: int, seed: int) -> list[str]:
    """Two processes at once, again and again on one book; then a long recording beside one that waits for
    it.
    """
    draw, wrong = random.Random(seed), []
    names = [name for name in racing.ACTIONS if name != "restore"]
    for book_number in range(count):
        with racing.copied(folder) as book:
            ids: list[str] = []
            failures: list[str] = []
            for n in range(count):
                pair = [draw.choice(names) for _ in range(2)]
                children = [
                    forked(acted(racing.ACTIONS[name], book, 100 + 2 * n + m, draw.random() / 200))
                    for m, name in enumerate(pair)
                ]
                more, why = ran(*children)
                ids += more
                failures += why
            wrong += [f"book {book_number}: {one}" for one in after(book, ids, failures)]
        told(book_number + 1, count, "books")
    print(f"\r{count * count:,} races of two processes on {count} books: {len(wrong)} wrong")
    long = []
    for n in range(count):
        waiting = racing.checkpoint if n % 2 else racing.record
        with racing.copied(folder) as book:
            children = [
                forked(acted(record_long, book, 1, 0)),
                forked(acted(waiting, book, 2, draw.random())),
            ]
            ids, failures = ran(*children)
            long += [f"long {n}: {one}" for one in after(book, ids, failures)]
        told(n + 1, count, "long recordings")
    print(f"\r{count:,} recordings of {LONG:,} facts beside a writer that waits: {len(long)} wrong")
    return wrong + long


def kills(folder: Path, count: int, seed: int) -> list[str]:
    """Eight processes record into one book; one after the other is killed."""
    draw, wrong, ids, number = random.Random(seed), [], [], 0

    def writer(mine: int, book: Path) -> Callable[[int], None]:
        def work(writing: int) -> None:
            rng = random.Random(f"{seed} {mine}")
            for n in range(10_000):
                facts = "\n".join(
                    f"2026-06-04T00:00Z s1 incident-opened incident=k{mine}-{n}-{m} summary=x"
                    for m in range(rng.choice((1, 1, 40)))
                )
                try:
                    with Book.open(
                        book, write=True, surroundings=Seeded(f"{mine} {n}", racing.TIME_US + n * 10**7)
                    ) as one:
                        one.writer.accept_clock = True
                        outcome = one.record(racing.said(facts))
                        if rng.random() < 0.1:
                            one.checkpoint()
                        if rng.random() < 0.02:
                            one.rotate_key()
                except Conflict:
                    continue
                os.write(writing, "".join(f"{p.record.id}\n" for p in outcome.positions).encode())

        return work

    with racing.copied(folder) as book:
        running: dict[int, int] = {}
        for done in range(count):
            while len(running) < WRITERS:
                child, reading = forked(writer(number, book))
                running[child], number = reading, number + 1
            time.sleep(draw.random() / 10)
            victim = draw.choice(list(running))
            os.kill(victim, signal.SIGKILL)
            more, failures = ran((victim, running.pop(victim)))
            ids += more
            wrong += failures
            with Book.open(book, write=False) as one:
                found = one.store.indexes(map(binary_id, more))
            wrong += [f"kill {done}: record {i} is lost" for i in more if binary_id(i) not in found]
            told(done + 1, count, "kills")
        for victim, reading in running.items():
            os.kill(victim, signal.SIGKILL)
            more, failures = ran((victim, reading))
            ids += more
            wrong += failures
        wrong += after(book, ids, [])
    print(f"\r{count:,} kills of {WRITERS} writers, {len(ids):,} records acknowledged: {len(wrong)} wrong")
    return wrong


def main() -> int:
    """Run the requested checks; 1 if anything is wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stops", action="store_true")
    for name in ("--seeds", "--races", "--kills"):
        parser.add_argument(name, type=int)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    everything = not (asked.stops or asked.seeds or asked.races or asked.kills)
    place = Path(tempfile.mkdtemp(prefix="writers-"))
    folder = place / "base"
    folder.mkdir()
    racing.base(folder)
    wrong: list[str] = []
    try:
        if asked.stops or everything:
            wrong += every_stop(folder)
        if asked.seeds or everything:
            wrong += schedules(folder, asked.seeds or 200, asked.seed)
        if asked.races or everything:
            wrong += races(folder, asked.races or 40, asked.seed)
        if asked.kills or everything:
            wrong += kills(folder, asked.kills or 200, asked.seed)
    finally:
        shutil.rmtree(place)
    for one in wrong[:40]:
        print(one)
    print(f"seed {asked.seed}: {len(wrong)} wrong: dead books, heads behind or records lost")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
