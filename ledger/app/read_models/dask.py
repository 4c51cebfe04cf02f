"""``rebuild --dask``: streams folded by the workers of a Dask cluster, through its executor.

Segments travel to the workers as bytes, and caches of their rows come back: the machines need no disk in common
and no access to the book. Reports are made here. At most two segments for each thread of the cluster are under way,
as the scheduler keeps them in memory to hand them out again when a worker is lost. A task that fails is tried three
times, one that ends its worker as often as the scheduler allows (four times by default) and then alone; then its
streams are named and nothing is written.

Every worker needs this very build: rows of another would be other rows. Dask's shuffle and its collections are not
used.
"""

from __future__ import annotations

import logging
import tempfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from ledger.app.book.book import Book
from ledger.app.cache.row_cache import RowCache
from ledger.app.queries.report_run import registry_at
from ledger.app.read_models.processes import StreamSize, fold_stream, mapped, shares
from ledger.app.read_models.segments import FAST, SegmentBook, packed, records_told, unpacked
from ledger.errors import Malformed, UnknownOutcome, WattledgerError

WAIT_S: Final = 10
"""Seconds in which the scheduler must answer, and in which it must have a worker."""
RETRIES: Final = 2
SHARES: Final = 4
AHEAD: Final = 2
INSTALL: Final = "pip install 'wattledger[dask]'"
CACHE_FILE: Final = "rows.db"
KILLED: Final = "KilledWorker"


class ClusterTask(NamedTuple):
    """A segment for a worker: the build that it needs, the streams for messages, their number of records."""

    build: str
    told: str
    records: int
    segment: bytes


def probe() -> Callable[[], str]:
    """A function that names the build of the process that calls it. It is made here, so that it travels as code: a
    worker of another build has no module to find it in.
    """

    def build() -> str:
        from hashlib import sha256
        from importlib import metadata, util
        from pathlib import Path

        try:
            version = metadata.version("wattledger")
        except metadata.PackageNotFoundError:
            version = "of no version"
        sources = sha256()
        for package in ("ledger", "projections"):
            found = util.find_spec(package)
            if found is None or found.origin is None:
                return "no wattledger"
            top = Path(found.origin).parent
            for file in sorted(top.rglob("*.py")):
                name = f"{package}/{file.relative_to(top).as_posix()}"
                sources.update(name.encode() + b"\n" + sha256(file.read_bytes()).digest())
        return f"wattledger {version} with sources {sources.hexdigest()[:12]}"

    return build


@cache
def this_build() -> str:
    """Version and sources of this process."""
    return probe()()


# --- on a worker --------------------------------------------------------------------------------------------


def fold_segment(task: ClusterTask) -> bytes:
    """Fold the streams of a segment; the cache file of their rows, compressed."""
    _check_build(task.build, this_build(), "a worker")
    segment = unpacked(task.segment)
    with tempfile.TemporaryDirectory(prefix="wattledger-") as name:
        place = Path(name)
        with SegmentBook(segment, place) as book, RowCache(book, path=place / CACHE_FILE) as kept:
            for stream in segment.streams:
                with _naming(records_told(stream.name, stream.size)):
                    fold_stream(kept, (stream.number, stream.disclosure, stream.size))
        return zlib.compress((place / CACHE_FILE).read_bytes(), FAST)


@contextmanager
def _naming(streams: str) -> Iterator[None]:
    """Name the streams where their work fails."""
    try:
        yield
    except WattledgerError as why:
        raise type(why)(f"{streams}: {why}") from None
    except Exception as why:
        raise UnknownOutcome(f"{streams}: {type(why).__name__}: {why}") from why


def _check_build(wanted: str, found: str, who: str) -> None:
    if found != wanted:
        raise Malformed(f"{who} runs {found}, this is {wanted}: install the same on every worker")


# --- here ---------------------------------------------------------------------------------------------------


def fill(book: Book, streams: Sequence[StreamSize], path: Path, address: str) -> None:
    """Fill a cache with the rows of some streams, by the cluster whose scheduler is at an address."""
    done, total = 0, sum(size for _, _, size in streams)
    with _client(address) as client, RowCache(book, path=path) as whole:
        for task, rows in _folded(book, streams, client, address):
            made = path.with_name(f"{path.name}.new")
            made.write_bytes(zlib.decompress(rows))
            whole.adopt(made)
            made.unlink()
            done += task.records
            book.progress(done, total)


def _folded(
    book: Book, streams: Sequence[StreamSize], client: Any, address: str
) -> Iterator[tuple[ClusterTask, bytes]]:
    """Each task with the cache of its rows.

    A task whose worker was ended is tried again when it is the only one: the scheduler blames every task that the
    worker had before it, also those that only waited there (distributed 2026.8).
    """
    threads = _threads(client, address)
    suspects: list[ClusterTask] = []
    pool = client.get_executor(pure=False, retries=RETRIES)
    beat = partial(_check_alive, client, address)
    try:
        for task, each in mapped(
            pool, fold_segment, _tasks(book, shares(streams, SHARES * threads)), AHEAD * threads, beat
        ):
            if not each.cancelled() and type(each.exception()).__name__ == KILLED:
                suspects.append(task)
            else:
                yield task, _result(task, each)
        for task, each in mapped(pool, fold_segment, suspects, 1, beat):
            yield task, _result(task, each)
    finally:
        pool.shutdown(wait=False)


def _tasks(book: Book, found: Sequence[Sequence[StreamSize]]) -> Iterator[ClusterTask]:
    names = {number: name for name, number in registry_at(book, book.store.size).numbers.items()}
    for share in found:
        segment = packed(book, ((number, names[number], size) for number, _, size in share))
        told = [records_told(names[number], size) for number, _, size in share]
        some = "; ".join(told[:3]) + (f"; and {len(told) - 3:,} more streams" if told[3:] else "")
        yield ClusterTask(this_build(), some, sum(size for _, _, size in share), segment)


def _result(task: ClusterTask, each: Any) -> bytes:
    try:
        data: bytes = each.result()
    except WattledgerError as why:
        raise type(why)(f"not rebuilt: {why}; read models are as they were") from None
    except CancelledError:
        raise UnknownOutcome(
            "not rebuilt: the scheduler is gone; read models are as they were, rebuild again"
        ) from None
    except Exception as why:
        what = "ended its worker" if type(why).__name__ == KILLED else f"failed: {why}"
        raise UnknownOutcome(
            f"not rebuilt: the task of {task.told} {what}, however often it was tried; read models are as they were"
        ) from why
    return data


@contextmanager
def _client(address: str) -> Iterator[Any]:
    """A client of the scheduler at an address."""
    try:
        import dask
        from distributed import Client
        from distributed.comm.addressing import get_address_host_port
    except ModuleNotFoundError as why:
        if why.name not in ("dask", "distributed"):
            raise
        raise Malformed(f"--dask needs an extra that is not installed: {INSTALL}") from None
    for name in ("distributed", "distributed.client"):  # what it logs is told as an error, or is no news
        logging.getLogger(name).setLevel(logging.CRITICAL)
    settings = {"distributed.admin.large-graph-warning-threshold": "1TiB"}  # segments are meant to be large
    with dask.config.set(settings):
        try:
            get_address_host_port(address, strict=True)  # the client would wait for what is no address
            connected: Any = Client
            client = connected(address, timeout=WAIT_S, set_as_default=False)
        except ValueError as why:
            raise Malformed(
                f"--dask must be the address of a scheduler, such as tcp://scheduler:8786: {why}"
            ) from None
        except OSError as why:
            raise UnknownOutcome(
                f"no scheduler answered at {address} in {WAIT_S} s: check that it runs and can be reached, then"
                " rebuild again"
            ) from why
        with client:
            yield client


def _threads(client: Any, address: str) -> int:
    """Number of threads of the cluster, after each worker's build was compared with this one."""
    from distributed import TimeoutError as Late

    try:
        client.wait_for_workers(1, timeout=WAIT_S)
    except Late:
        raise _no_worker(address) from None
    for worker, found in client.run(probe(), on_error="return").items():
        _check_build(this_build(), str(found), f"the worker {worker}")
    return sum(client.nthreads().values()) or 1


def _check_alive(client: Any, address: str) -> None:
    try:
        if not client.nthreads():
            client.wait_for_workers(1, timeout=WAIT_S)  # a lost worker may be started again
    except OSError:
        raise _no_worker(address) from None


def _no_worker(address: str) -> UnknownOutcome:
    return UnknownOutcome(
        f"the scheduler at {address} is gone or has no worker: start one with dask worker {address}, then rebuild again"
    )
