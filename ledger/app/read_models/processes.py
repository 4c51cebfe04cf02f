"""Streams folded by several processes: each folds some streams into a cache of its own, and the caches are put
together.

What is kept of a stream does not depend on who folds it, so read models made from it are the same bytes (law). A
worker opens the book itself and reads only; records are hashed as they are read, and a changed one is ``Tampered``
there as here. ``mapped`` is the one seam for more than one core: tasks that a ``concurrent.futures`` executor
does, here those of this machine, in ``dask`` those of a cluster.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from ledger.app.book.book import Book
from ledger.app.cache.row_cache import RowCache, hears
from ledger.app.queries.report_run import EXTENT
from ledger.errors import UnknownOutcome
from projections.reports.catalogue import row_kinds

StreamSize = tuple[int, str, int]
"""A stream by its number, disclosure class and number of records."""
Task = TypeVar("Task")
Done = TypeVar("Done")
BEAT_S: Final = 5.0


class FoldTask(NamedTuple):
    """Some streams of a book, and the file that their rows are kept in."""

    directory: Path
    streams: tuple[StreamSize, ...]
    cache: Path

    @property
    def records(self) -> int:
        """Number of their records."""
        return sum(size for _, _, size in self.streams)


def fold(task: FoldTask) -> int:
    """Fold the streams of a task; the number of their records."""
    gc.disable()  # rows have no cycles
    with Book.open(task.directory, write=False) as book, RowCache(book, path=task.cache) as cache:
        for stream in task.streams:
            fold_stream(cache, stream)
    return task.records


def fold_stream(cache: RowCache, stream: StreamSize) -> None:
    """Keep the rows of all kinds of a stream."""
    number, disclosure, size = stream
    heard = [kind for kind in (*row_kinds(), EXTENT) if hears(kind, disclosure)]
    cache.rows(number, disclosure, size, heard)


class Workers(NamedTuple):
    """An executor, and the number of its processes."""

    pool: Executor
    number: int

    def fill(self, book: Book, streams: Sequence[StreamSize], cache: Path) -> None:
        """Fill a cache with the rows of some streams: those of a task are put in while others are folded."""
        tasks = shared_out(book.directory, streams, cache, self.number)
        done, total = 0, sum(task.records for task in tasks)
        with RowCache(book, path=cache) as whole:
            for task, each in mapped(self.pool, fold, tasks, len(tasks)):
                done += each.result()
                whole.adopt(task.cache)
                book.progress(done, total)


@contextmanager
def workers(number: int) -> Iterator[Workers | None]:
    """So many processes of this machine; None where the work is done in this one."""
    if number == 1:
        yield None
        return
    try:
        with ProcessPoolExecutor(number, get_context("spawn")) as pool:
            yield Workers(pool, number)
    except BrokenProcessPool as why:
        raise UnknownOutcome(
            "a worker of the rebuild was ended before its time; the log and the read models are untouched,"
            " rebuild again, with fewer --workers where memory is short"
        ) from why


def mapped(
    pool: Executor,
    work: Callable[[Task], Done],
    tasks: Iterable[Task],
    ahead: int,
    beat: Callable[[], None] = lambda: None,
) -> Iterator[tuple[Task, Future[Done]]]:
    """Each task with its future, as they are done. At most ``ahead`` are handed out at a time, so that tasks that
    are made on the way need no more memory; ``beat`` is called while nothing is done.
    """
    rest, under_way = iter(tasks), dict[Future[Done], Task]()
    while True:
        for task in islice(rest, ahead - len(under_way)):
            under_way[pool.submit(work, task)] = task
        if not under_way:
            return
        done, _ = wait(under_way, BEAT_S, FIRST_COMPLETED)
        if not done:
            beat()
        for each in done:
            yield under_way.pop(each), each


def shared_out(directory: Path, streams: Sequence[StreamSize], cache: Path, workers: int) -> list[FoldTask]:
    """Tasks for the streams, four for each worker."""
    return [
        FoldTask(directory, tuple(share), cache.with_name(f"{cache.name}.{n}"))
        for n, share in enumerate(shares(streams, 4 * workers))
    ]


def shares(streams: Sequence[StreamSize], count: int) -> list[list[StreamSize]]:
    """The streams in at most so many shares of about the same number of records: the largest first."""
    found: list[list[StreamSize]] = [[] for _ in range(count)]
    sizes = [0] * count
    for stream in sorted(streams, key=lambda one: (-one[2], one[0])):
        least = sizes.index(min(sizes))
        found[least].append(stream)
        sizes[least] += stream[2]
    return [share for share in found if share]
