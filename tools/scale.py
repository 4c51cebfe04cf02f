"""What one book would be with 1,000 sites, 10 years and 10 billion records, computed from what smaller books are.

    uv run python tools/scale.py                      the tables of ledger/docs/design/scale.md and of
                                                      ledger/docs/guide/performance.md, written into the pages
    uv run python tools/scale.py --measure BOOK...    measure books (make_history.py makes them) anew first

A book is copied before it is measured. Processor time and peak memory are those of a process of its own for each
work, so that a busy machine gives about the same. Measured figures are in ``tools/measured``; a test compares the pages
with them.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ledger import calendar  # noqa: E402
from ledger.app.book.book import Book, Said  # noqa: E402
from ledger.app.host.clock import Seeded  # noqa: E402
from ledger.app.host.files import CACHE  # noqa: E402
from ledger.app.maintenance.fsck import check_book  # noqa: E402
from ledger.app.proofs.bundle_writer import BundleRequest, write  # noqa: E402
from ledger.app.queries.log_view import run  # noqa: E402
from ledger.app.queries.report_run import Question, registry_at  # noqa: E402
from ledger.app.read_models.rebuild import rebuild  # noqa: E402
from ledger.log.forest import Forest  # noqa: E402
from ledger.log.merkle import hashes_of  # noqa: E402
from projections.reports.catalogue import BY_NAME  # noqa: E402
from tools.peers.ours import claim  # noqa: E402
from tools.scale_pages import STREAMS, write_pages  # noqa: E402

MEASURED: Final = ROOT / "tools" / "measured" / "books.json"
CLOCK_US: Final = calendar.instant_s("2060-01-01T00:00:00Z") * 1_000_000
READING: Final = {"site": "site-00", "meter": "r1", "interval_s": 900, "power_of_ten": 3}


# --- each work is a process of its own -----------------------------------------------------------------------


def opened(book: Path) -> None:
    """Open to write, and append one record; the first time there is no cache of what the rules need."""
    with Book.open(book, write=True, surroundings=Seeded("scale", CLOCK_US)) as one:
        at = f"2059-01-{1 + one.store.size % 28:02d}T00:00:00Z"  # another one each time
        said = {**READING, "start": at, "values": [20_000], "quality": [17]}
        outcome = one.record([Said(claim("intervals-recorded", at, said))])
        assert outcome.recorded, outcome.problems


def report(book: Path) -> None:
    """A report over everything, without a cache."""
    (book / CACHE).unlink(missing_ok=True)
    with Book.open(book, write=False) as one:
        run(one, BY_NAME["uptime"], Question())


def rebuild_1(book: Path) -> None:
    """All reports, by one process."""
    with Book.open(book, write=False) as one:
        rebuild(one)


def rebuild_2(book: Path) -> None:
    """All reports; two processes fold the streams."""
    with Book.open(book, write=False) as one:
        rebuild(one, workers=2)


def fsck(book: Path) -> None:
    """The full check."""
    found = check_book(book, lambda done, total: None)
    assert not found["findings"], found["findings"][:3]


WORKS: Final[dict[str, Callable[[Path], None]]] = {
    "open first": opened,
    "open": opened,
    "report": report,
    "rebuild 1": rebuild_1,
    "rebuild 2": rebuild_2,
    "fsck": fsck,
}


def _alone(work: str, book: Path) -> dict[str, float]:
    words = [sys.executable, str(ROOT / "tools" / "scale.py"), "--work", work, str(book)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, env=environment, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    print(f"{book.name}: {work}: {found}", flush=True)
    return found


def _work(work: str, book: Path) -> None:
    gc.set_threshold(100_000, 10, 1_000)  # as the command line does
    began = time.perf_counter()
    before = _cpu_s(resource.RUSAGE_SELF)
    WORKS[work](book)
    found = {
        "cpu_s": _cpu_s(resource.RUSAGE_SELF) - before,
        "workers_cpu_s": _cpu_s(resource.RUSAGE_CHILDREN),
        "wall_s": time.perf_counter() - began,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps({name: round(value, 3) for name, value in found.items()}))


def _cpu_s(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


# --- measuring ----------------------------------------------------------------------------------------------


def measured(books: list[Path]) -> dict[str, Any]:
    """Everything that is computed with, of each book, the smallest first."""
    model = next(
        line.partition(": ")[2]
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if "model name" in line
    )
    git = ["git", "rev-parse", "--short", "HEAD"]
    found: dict[str, Any] = {
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "machine": f"{os.cpu_count()} processors {model}, Python {platform.python_version()}",
        "build": subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip(),
        "load": round(os.getloadavg()[0], 1),
        "heads": _heads(),
    }
    with tempfile.TemporaryDirectory() as place:
        each = [_of_book(one, Path(place) / str(n)) for n, one in enumerate(books)]
    return {**found, "books": sorted(each, key=lambda one: int(one["records"]))}


def _of_book(book: Path, copy: Path) -> dict[str, Any]:
    shutil.copytree(book, copy, ignore=shutil.ignore_patterns("rowcache*", "readmodel*"))
    found: dict[str, Any] = {"works": {work: _alone(work, copy) for work in WORKS}}
    with sqlite3.connect(f"file:{copy / 'ledger.db'}?mode=ro", uri=True) as db:
        found["records"], leaves = db.execute("SELECT count(*), sum(length(state)) FROM records").fetchone()
        tables = dict(db.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name"))
    db.close()
    found["leaf_bytes"] = leaves
    found["tiles_bytes"] = sum(size for name, size in tables.items() if "tiles" in name)
    found["records_bytes"] = sum(size for name, size in tables.items() if name.startswith("records"))
    found["database_bytes"] = (copy / "ledger.db").stat().st_size
    found["cache_bytes"] = (copy / CACHE).stat().st_size
    return {**found, "bundle": _bundle(copy)}


def _bundle(book: Path) -> dict[str, Any]:
    """A bundle of all streams of one site, and its check by the file that an auditor gets."""
    with Book.open(book, write=True, surroundings=Seeded("scale", CLOCK_US)) as one:
        registry = registry_at(one, one.store.size)
        names = tuple(name for name in registry.numbers if name.startswith("site-00/"))
        path = book / "party.zip"
        written = write(one, BundleRequest(names), path)
        records = sum(each["size"] - each["from"] for each in written.streams)
    words = [sys.executable, "-I", str(ROOT / "ledger" / "verifier" / "verify.py"), str(path)]
    words += ["--key", str(written.key)]
    for name in names:
        words += ["--stream", name]
    before = _cpu_s(resource.RUSAGE_CHILDREN)
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    cpu_s = round(_cpu_s(resource.RUSAGE_CHILDREN) - before, 3)
    return {
        "records": records,
        "bytes": written.bytes,
        "streams": len(registry.numbers),
        "verify_cpu_s": cpu_s,
    }


def _heads() -> dict[str, float]:
    """Seconds of the heads of as many streams as the plan has, each of them changed."""
    forest = Forest()
    leaves = hashes_of([b"leaf"] * STREAMS)
    forest.extend(list(range(STREAMS)), leaves)
    forest.heads()
    forest.extend(list(range(STREAMS)), leaves)
    begun = time.process_time()
    forest.heads()
    return {"streams": STREAMS, "cpu_s": round(time.process_time() - begun, 4)}


def main() -> None:
    """Measure where that is asked for, and write the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--measure", type=Path, nargs="+", metavar="BOOK")
    parser.add_argument("--work", nargs=2, metavar=("WORK", "BOOK"), help=argparse.SUPPRESS)
    said = parser.parse_args()
    if said.work:
        _work(said.work[0], Path(said.work[1]))
        return
    if said.measure:
        MEASURED.write_text(json.dumps(measured(said.measure), indent=1) + "\n")
    write_pages()


if __name__ == "__main__":
    main()
