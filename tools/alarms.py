"""fsck beside a writer: checks of a large book while another process records, seals, rotates, imports and
erases; each finding is a false alarm.

uv run python tools/alarms.py [--records 100000] [--checks 40] [--seed 0]
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ledger import calendar  # noqa: E402
from ledger.app.book.book import Book, Said  # noqa: E402
from ledger.app.book.config import Config  # noqa: E402
from ledger.app.book.evidence import keep_evidence  # noqa: E402
from ledger.app.maintenance.erasure import erase  # noqa: E402
from ledger.app.maintenance.fsck import check_book  # noqa: E402
from ledger.errors import Conflict  # noqa: E402
from ledger.exchange import story  # noqa: E402
from tests.support.damaged import SITE, said  # noqa: E402

FIRST_S = calendar.instant_s("2026-06-04T00:00:00Z")


def facts(start_s: int, first: int, count: int, more: str = "") -> list[Said]:
    """Polled hashrates, a minute apart."""
    lines = "".join(
        f"{calendar.format_instant(start_s + 60 * n)} s1 hashrate-changed block=m1 hashrate={n % 999 + 1}PH/s"
        f" method=pool{more}\n"
        for n in range(first, first + count)
    )
    return [Said(claim) for claim in story.read(lines.encode(), "polls").claims]


def large(place: Path, records: int) -> None:
    """A book of about this number of records."""
    with Book.create(place, Config("example.com/alarms")) as book:
        book.record(said(SITE))
        for first in range(0, records, 10_000):
            book.record(facts(FIRST_S, first, min(10_000, records - first)))


def write(place: Path, seed: int, stop: multiprocessing.synchronize.Event) -> None:
    """Write one thing after another until told to stop."""
    rng, n = random.Random(seed), 0
    while not stop.is_set():
        n += 1
        with Book.open(place, write=True) as book:
            digest = keep_evidence(book.directory, f"document {n}".encode(), "d.txt")
            book.record(facts(FIRST_S + 30, 20 * n, 20, f" source=d sha256={digest}"))
            book.checkpoint()
            if rng.random() < 0.1:
                book.rotate_key()
            if rng.random() < 0.1:
                terms = (
                    f"2026-06-03T00:00Z s1 lease-terms-recorded phase=p1 version={n + 9}"
                    f" target_rfs_on=2026-12-31 tiers=[2mo:1] monthly_rent={n}.00USD extension_causes=[]"
                    f" notice_days=10 source=d sha256={digest}\n"
                )
                (kept,) = book.record(said(terms)).positions
                with suppress(Conflict):  # a check reads the old pages; asked again it is done
                    erase(book, str(kept.record.index), None, "asked", evidence=rng.random() < 0.5)


def main() -> int:
    """Check a number of times; 1 if there was a finding."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--checks", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "book"
        large(place, asked.records)
        first, stop = 0, multiprocessing.Event()
        writer = multiprocessing.Process(target=write, args=(place, asked.seed, stop))
        writer.start()
        alarms, begun = 0, time.monotonic()
        for n in range(asked.checks):
            report = check_book(place, lambda done, total: None)
            first = first or report["size"]
            alarms += bool(report["findings"])
            for finding in report["findings"][:3]:
                print(f"check {n}: {finding}", flush=True)
        stop.set()
        writer.join()
        took = time.monotonic() - begun
        last = check_book(place, lambda done, total: None)
    print(f"{asked.checks} checks of {first:,} to {last['size']:,} records in {took:.0f} s beside a writer:")
    print(f"{alarms} false alarms; afterwards {len(last['findings'])} findings")
    return bool(alarms or last["findings"] or writer.exitcode)


if __name__ == "__main__":
    sys.exit(main())
