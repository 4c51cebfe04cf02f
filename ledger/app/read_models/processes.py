"""Streams folded by several processes: each folds some streams into a cache of its own, and the caches are put
together.

What is kept of a stream does not depend on who folds it, so read models made from it are the same bytes (law). A
worker opens the book itself and reads only; records are hashed as they are read, and a changed one is ``Tampered``
there as here. It is the one seam for more than one core: tasks that a ``concurrent.futures`` executor maps.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from ledger.app.book.book import Book
from ledger.app.cache.row_cache import RowCache, hears
from ledger.app.queries.report_run import EXTENT
from ledger.errors import UnknownOutcome
from projections.reports.catalogue import row_kinds


class FoldTask(NamedTuple):
    """Some streams of a book, as (number, disclosure class, records), and the file that their rows are kept in."""

    directory: Path
    streams: tuple[tuple[int, str, int], ...]
    cache: Path

    @property
    def records(self) -> int:
        """Number of their records."""
        return sum(size for _, _, size in self.streams)


def fold(task: FoldTask) -> int:
    """Fold the streams of a task; the number of their records."""
    gc.disable()  # rows have no cycles
    with Book.open(task.directory, write=False) as book, RowCache(book, path=task.cache) as cache:
        for number, disclosure, size in task.streams:
            heard = [kind for kind in (*row_kinds(), EXTENT) if hears(kind, disclosure)]
            cache.rows(number, disclosure, size, heard)
    return task.records


class Workers(NamedTuple):
    """An executor, and the number of its processes."""

    pool: Executor
    number: int

    def fill(self, book: Book, streams: Sequence[tuple[int, str, int]], cache: Path) -> None:
        """Fill a cache with the rows of some streams: those of a task are put in while others are folded."""
        tasks = shared_out(book.directory, streams, cache, self.number)
        done, total = 0, sum(task.records for task in tasks)
        under_way = {self.pool.submit(fold, task): task for task in tasks}
        with RowCache(book, path=cache) as whole:
            for each in as_completed(under_way):
                done += each.result()
                whole.adopt(under_way[each].cache)
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


def shared_out(
    directory: Path, streams: Sequence[tuple[int, str, int]], cache: Path, workers: int
) -> list[FoldTask]:
    """The streams in tasks of about the same number of records, four for each worker: the largest first."""
    shares: list[list[tuple[int, str, int]]] = [[] for _ in range(4 * workers)]
    sizes = [0] * len(shares)
    for stream in sorted(streams, key=lambda one: (-one[2], one[0])):
        least = sizes.index(min(sizes))
        shares[least].append(stream)
        sizes[least] += stream[2]
    return [
        FoldTask(directory, tuple(share), cache.with_name(f"{cache.name}.{n}"))
        for n, share in enumerate(shares)
        if share
    ]
