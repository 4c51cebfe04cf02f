"""A rebuild on a Dask cluster of real processes: the same tables, whatever becomes of its workers."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import sys
import zlib
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from ledger.app.book.book import Book
from ledger.app.cache.row_cache import RowCache
from ledger.app.cli.main import main
from ledger.app.host.clock import Seeded
from ledger.app.host.files import READ_MODEL
from ledger.app.queries.report_run import registry_at
from ledger.app.read_models import dask, segments
from ledger.app.read_models.processes import fold_stream
from ledger.app.read_models.rebuild import Rebuilt, rebuild
from ledger.errors import Malformed, Tampered, UnknownOutcome
from tests.support.books import CLOCK_US, random_book
from tests.support.dask_cluster import ROOT, Cluster, cluster

AWAY = "tcp://127.0.0.1:9"


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A scheduler with two workers."""
    with cluster(tmp_path_factory.mktemp("cluster"), 2) as made:
        yield made


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A sealed book of random facts, corrections and sections among them."""
    made = random_book(tmp_path / "wild", 7, 1500)
    with Book.open(made, write=True, surroundings=Seeded("wild", CLOCK_US)) as book:
        book.checkpoint()
    return made


def rebuilt(place: Path, address: str | None = None) -> Rebuilt:
    """The fingerprints of a rebuild, by a cluster where one is named."""
    with Book.open(place, write=False) as book:
        return rebuild(book, dask=address)


def test_a_cluster_makes_the_tables_of_one_process(two: Cluster, place: Path) -> None:
    """Segments go to two machines and their rows come back."""
    assert rebuilt(place, two.address) == rebuilt(place)


def killed_once(mark: Path, task: dask.ClusterTask) -> bytes:
    """The work of a worker that is killed in the middle of its first task."""
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return dask.fold_segment(task)


def test_a_worker_that_is_killed_in_the_middle_changes_nothing(
    two: Cluster, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Power fails on one of the machines; its task goes to the other."""
    monkeypatch.setattr(dask, "fold_segment", partial(killed_once, tmp_path / "killed"))
    by_cluster = rebuilt(place, two.address)
    assert (by_cluster, (tmp_path / "killed").exists()) == (rebuilt(place), True)


def deadly(stream: str, task: dask.ClusterTask) -> bytes:
    """The work of workers that one stream ends, such as by its need of memory."""
    if f"{stream}, records" in task.told:
        os._exit(9)
    return dask.fold_segment(task)


def largest(place: Path) -> tuple[str, int]:
    """The longest stream of a book: its name and number of records."""
    with Book.open(place, write=False) as book:
        numbers = registry_at(book, book.store.size).numbers
        sizes = {name: book.store.forest.stream(number).size for name, number in numbers.items()}
    return max(sizes.items(), key=lambda one: one[1])


def test_a_task_that_ends_every_worker_is_told_with_its_records(
    two: Cluster, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scheduler gives it up after some workers; the tables are those of before."""
    before = rebuilt(place)
    name, size = largest(place)
    monkeypatch.setattr(dask, "fold_segment", partial(deadly, name))
    with pytest.raises(UnknownOutcome, match=f"{name}, records 0 to {size}.* ended its worker"):
        rebuilt(place, two.address)
    left = sorted(one.name for one in place.iterdir() if one.name.endswith(".new"))
    with closing(sqlite3.connect(place / READ_MODEL)) as database:
        said = dict(database.execute("SELECT report, fingerprint FROM reports WHERE fingerprint <> ''"))
    assert (said, left) == (before.fingerprints, [])


def broken(task: dask.ClusterTask) -> bytes:
    """The work of workers whose disk is full."""
    raise OSError(28, "No space left on device")


def test_a_task_that_fails_each_time_is_told_with_its_records(
    two: Cluster, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three workers in turn have no room."""
    monkeypatch.setattr(dask, "fold_segment", broken)
    with pytest.raises(UnknownOutcome, match=r"records 0 to .* failed: .*No space left"):
        rebuilt(place, two.address)


def test_a_changed_record_is_told_by_the_worker_that_hashes_it(two: Cluster, place: Path) -> None:
    """One letter of a leaf was changed behind the ledger's back: its stream is named."""
    name, _ = largest(place)
    with Book.open(place, write=False) as book:
        number = registry_at(book, book.store.size).numbers[name]
        (index,) = book.store.stream_indexes(number, 40, 41)
    with closing(sqlite3.connect(place / "ledger.db")) as database, database:
        database.execute("DROP TRIGGER records_no_update")
        (leaf,) = database.execute("SELECT state FROM records WHERE rowid = ?", (index,)).fetchone()
        changed = leaf.replace(b"2026", b"2027", 1)
        database.execute("UPDATE records SET state = ? WHERE rowid = ?", (changed, index))
    with pytest.raises(Tampered, match=f"not rebuilt: {name}, records 0 to [0-9,]+: .*run fsck"):
        rebuilt(place, two.address)


def test_a_worker_of_another_build_is_refused(two: Cluster, place: Path, tmp_path: Path) -> None:
    """On one of three machines somebody changed a line: its rows might be other rows."""
    other = tmp_path / "other"
    for package in ("ledger", "projections"):
        shutil.copytree(ROOT / package, other / package, ignore=shutil.ignore_patterns("docs", "__pycache__"))
    with (other / "projections" / "rows" / "outages.py").open("a") as file:
        file.write("# changed\n")
    distributed = pytest.importorskip("distributed")
    with two.worker(other), distributed.Client(two.address, set_as_default=False) as client:
        client.wait_for_workers(3)
        with pytest.raises(Malformed, match=r"the worker .* runs wattledger .* this is wattledger .*install"):
            rebuilt(place, two.address)


def test_a_task_is_not_done_by_a_worker_of_another_build() -> None:
    """It joined after the others were asked."""
    task = dask.ClusterTask("wattledger 9.9.9", "s1/operations, records 0 to 5", 5, b"")
    with pytest.raises(Malformed, match=r"this is wattledger 9\.9\.9"):
        dask.fold_segment(task)


def test_a_scheduler_that_does_not_answer_is_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing listens there."""
    pytest.importorskip("distributed", reason="not run: dask is not installed")
    monkeypatch.setattr(dask, "WAIT_S", 1)
    found = CliRunner().invoke(main, ["--book", str(place), "rebuild", "--dask", AWAY])
    assert (found.exit_code, found.stderr.split(":", 1)[1][:52]) == (
        6,
        f" no scheduler answered at {AWAY} in 1 s: ",
    )


@pytest.mark.parametrize("address", ["tcp://h", "scheduler", "nonsense://h:1", "tcp://h:port"])
def test_an_address_that_is_none_is_told_at_once(place: Path, address: str) -> None:
    """Dask itself would wait for it."""
    pytest.importorskip("distributed", reason="not run: dask is not installed")
    with pytest.raises(Malformed, match="--dask must be the address of a scheduler, such as tcp://"):
        rebuilt(place, address)


def test_without_the_extra_its_install_line_is_told(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dask is not installed."""
    monkeypatch.setitem(sys.modules, "dask", None)
    with pytest.raises(Malformed, match=r"pip install 'wattledger\[dask\]'"):
        rebuilt(place, AWAY)


def test_a_segment_gives_the_rows_of_its_streams(place: Path, tmp_path: Path) -> None:
    """What a cluster does, without one: the caches of segments hold what a cache beside the book holds."""
    with Book.open(place, write=False) as book:
        numbers = registry_at(book, book.store.size).numbers
        streams = [(n, name, book.store.forest.stream(n).size) for name, n in numbers.items()]
        task = dask.ClusterTask(dask.this_build(), "", 0, segments.packed(book, streams))
        (tmp_path / "rows.db").write_bytes(zlib.decompress(dask.fold_segment(task)))
        with RowCache(book, path=tmp_path / "beside.db") as cache:
            for number, name, size in streams:
                fold_stream(cache, (number, name.partition("/")[2], size))
    kept = []
    for name in ("rows.db", "beside.db"):
        with closing(sqlite3.connect(tmp_path / name)) as database:
            kept.append(sorted(database.execute("SELECT * FROM cached_groups")))
    assert (kept[0], bool(kept[0])) == (kept[1], True)
