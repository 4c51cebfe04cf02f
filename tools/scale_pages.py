"""Tables of the pages ``performance`` and ``scale``, made from what was measured (``tools/measured``): every figure of
these pages is in such a table, between its two marks, and a test compares both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from math import ceil, log2
from pathlib import Path
from textwrap import fill
from typing import Any, Final, NamedTuple

from ledger.verifier.trees import directory_line
from tools.peers import plot, shown

ROOT: Final = Path(__file__).resolve().parent.parent
DOCS: Final = ROOT / "ledger" / "docs"
PAGES: Final = (DOCS / "guide" / "performance.md", DOCS / "design" / "scale.md")
PICTURE: Final = DOCS / "guide" / "performance.svg"
MARKED: Final = re.compile(r"(<!-- table: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)

RECORDS, SITES, YEARS = 10**10, 1_000, 10
STREAMS: Final = 6 * SITES
"""Each site has streams of about six classes."""
DAY_S, HOUR_S = 86_400, 3_600
HASH_BYTES: Final = 32
MACHINE_GB: Final = 64
WORKERS: Final = (1, 2, 8, 32, 128)
DAYS: Final = YEARS * 365.25


class Row(NamedTuple):
    """A line of a table of estimates: what, how much, and how it is computed."""

    what: str
    figure: str
    how: str


def measured(name: str) -> dict[str, Any]:
    """What was measured, by the name of its file."""
    found: dict[str, Any] = json.loads((ROOT / "tools" / "measured" / f"{name}.json").read_text())
    return found


# --- the plan -----------------------------------------------------------------------------------------------


class Plan:
    """The figures of the plan; a book's are those of the largest one that was measured."""

    def __init__(self) -> None:
        self.books: list[dict[str, Any]] = measured("books")["books"]
        self.book, self.heads = self.books[-1], measured("books")["heads"]
        self.peers = measured("peers")
        self.size: int = self.book["records"]

    def each(self, name: str) -> float:
        """Bytes of a part of the book for each record."""
        return float(self.book[name] / self.size)

    def cpu_us(self, work: str, who: str = "cpu_s") -> float:
        """Microseconds of a work for each record."""
        return float(self.book["works"][work][who] / self.size * 1e6)

    def slope_bytes(self, work: str) -> float:
        """Bytes of memory that each further record of a book takes, between the two largest books."""
        small, large = self.books[-2:]
        mb = large["works"][work]["peak_mb"] - small["works"][work]["peak_mb"]
        return float(max(mb, 0) * 2**20 / (large["records"] - small["records"]))


def storage(plan: Plan) -> Iterator[Row]:
    """Bytes."""
    for what, name in (
        ("leaves, the records themselves", "leaf_bytes"),
        ("table of records with its two indexes", "records_bytes"),
        ("tiles of the tree", "tiles_bytes"),
        ("database, all of it", "database_bytes"),
        ("cache of rows, which can be deleted", "cache_bytes"),
    ):
        each = plan.each(name)
        yield Row(what, _bytes(each * RECORDS), f"{each:,.1f} bytes a record")


def sequencing(plan: Plan) -> Iterator[Row]:
    """Appends."""
    average, peak = RECORDS / DAYS / DAY_S, RECORDS / DAYS / 2 / HOUR_S
    yield Row("average", f"{average:,.1f} a second", f"{RECORDS:,} records in {YEARS} years")
    yield Row("a morning's upload", f"{peak:,.0f} a second", "half of a day's records in one hour")
    largest = max(one["records"] for one in plan.peers["figures"])
    for name in ("wattledger, SQLite", "wattledger, PostgreSQL"):
        for work, calls in (("append-1000", "1,000 a call"), ("append-1", "one a call")):
            one = shown.figure(plan.peers, name, work, largest)
            if one:
                rate, busy = 1e6 / one["wall_us"], peak * one["cpu_us"] / 1e6
                yield Row(
                    f"{name}, {calls}",
                    f"{rate:,.0f} a second",
                    f"{one['wall_us']:,.0f} us each on the clock: {rate / peak:,.1f} times the upload, which takes"
                    f" {busy:.1%} of a processor",
                )
    yield Row(
        f"heads of {plan.heads['streams']:,} streams",
        f"{plan.heads['cpu_s'] * 1_000:,.0f} ms a seal",
        "all of them changed; a seal each minute or each 10,000 records",
    )


def proofs(plan: Plan) -> Iterator[Row]:
    """Bytes of what is handed out."""
    depth = ceil(log2(RECORDS))
    yield Row("inclusion of a record", _bytes(depth * HASH_BYTES), f"{depth} hashes: ceil(log2 n)")
    yield Row("consistency of two heads", _bytes((depth + 1) * HASH_BYTES), f"at most {depth + 1} hashes")
    bundle, party = plan.book["bundle"], RECORDS // SITES
    each = bundle["bytes"] / bundle["records"]
    line = len(directory_line(STREAMS - 1, party, bytes(HASH_BYTES))) + 1
    yield Row("directory in each bundle", _bytes(line * STREAMS), f"{STREAMS:,} streams, {line} bytes each")
    yield Row(
        "bundle of one site, everything", _bytes(each * party), f"{party:,} records, {each:,.1f} bytes each"
    )
    yield Row("the same of one month", _bytes(each * party / YEARS / 12), f"{party // YEARS // 12:,} records")
    check = bundle["verify_cpu_s"] / bundle["records"]
    yield Row("check of the whole bundle", _time(check * party), f"{check * 1e6:,.1f} us a record, verify.py")


def work(plan: Plan) -> Iterator[Row]:
    """Processor time."""
    yield Row("fsck", _time(plan.cpu_us("fsck") * RECORDS / 1e6), f"{plan.cpu_us('fsck'):,.1f} us a record")
    alone = plan.cpu_us("rebuild 1")
    serial, parallel = plan.cpu_us("rebuild 2"), plan.cpu_us("rebuild 2", "workers_cpu_s")
    yield Row("rebuild, one process", _time(alone * RECORDS / 1e6), f"{alone:,.1f} us a record")
    for n in WORKERS[1:]:
        took = serial + parallel / n
        yield Row(
            f"rebuild, {n} workers",
            _time(took * RECORDS / 1e6),
            f"{serial:,.1f} us in one process + {parallel:,.1f} us / {n} = {alone / took:,.1f} x one process",
        )
    yield Row(
        "rebuild, any number of workers",
        _time(serial * RECORDS / 1e6),
        f"at most {alone / serial:,.1f} x: {serial / (serial + parallel):.0%} of the work is in one process (Amdahl)",
    )


def memory(plan: Plan) -> Iterator[Row]:
    """Peak memory, by what each further record adds."""
    for what, name in (
        ("open without a cache and append", "open first"),
        ("open and append", "open"),
        ("a report over everything", "report"),
        ("rebuild of all reports", "rebuild 1"),
    ):
        slope, here = plan.slope_bytes(name), plan.book["works"][name]["peak_mb"]
        most = (MACHINE_GB * 2**30 - here * 2**20) / slope + plan.size if slope > 0 else RECORDS
        said = f"{here:,.0f} MB at {plan.size:,}, {slope:,.1f} bytes more a record"
        reach = "all of it" if most >= RECORDS else f"{_rounded(most)} records"
        yield Row(f"{what}: with {MACHINE_GB} GB", reach, said)


TABLES: Final[dict[str, Callable[[Plan], Iterator[Row]]]] = {
    "storage": storage,
    "sequencing": sequencing,
    "proofs": proofs,
    "work": work,
    "memory": memory,
}


# --- pages --------------------------------------------------------------------------------------------------


def tables() -> dict[str, str]:
    """Every table by its name."""
    plan = Plan()
    found = {name: "\n".join(_table(rows(plan))) for name, rows in TABLES.items()}
    peers = measured("peers")
    found |= {f"peers-{name}": "\n".join(shown.table(peers, name)) for name in shown.WORKS}
    found["peers-durability"] = "\n".join(shown.durability(peers))
    found["peers-missing"] = "\n".join(shown.missing(peers)) or "Nothing was left out."
    found["peers-measured"] = fill(shown.measured_where(peers), 110)
    found["books"] = "\n".join(_books(plan))
    found["books-measured"] = fill(_books_where(), 110)
    return found


def with_tables(page: str) -> str:
    """A page with its tables as they are now."""
    made = tables()
    return MARKED.sub(lambda found: f"{found[1]}{made[found[2]]}\n\n{found[3]}", page)


def write_pages() -> None:
    """Write the tables and the picture."""
    for page in PAGES:
        page.write_text(with_tables(page.read_text()))
    PICTURE.write_text(plot.svg(measured("peers")))


def _table(rows: Iterator[Row]) -> Iterator[str]:
    yield "| what | how much | from |"
    yield "|---|---|---|"
    for row in rows:
        yield f"| {row.what} | {row.figure} | {row.how} |"


def _books(plan: Plan) -> Iterator[str]:
    yield "| work | " + " | ".join(f"{book['records']:,} records" for book in plan.books) + " |"
    yield "|---|" + "---|" * len(plan.books)
    names = {
        "open first": "open without a cache, append one record",
        "open": "open again, append one record",
        "report": "`report uptime` over everything, no cache",
        "rebuild 1": "`rebuild`",
        "rebuild 2": "`rebuild --workers 2`",
        "fsck": "`fsck`",
    }
    for name, said in names.items():
        cells = [
            f"{one['cpu_s'] + one['workers_cpu_s']:,.2f} s, {one['peak_mb']:,.0f} MB"
            for one in (book["works"][name] for book in plan.books)
        ]
        yield f"| {said} | {' | '.join(cells)} |"
    yield "| database | " + " | ".join(_bytes(book["database_bytes"]) for book in plan.books) + " |"


def _books_where() -> str:
    found = measured("books")
    return (
        f"Measured on {found['date']} with build {found['build']} on {found['machine']}; load {found['load']:.1f} when"
        " it began."
    )


def _bytes(count: float) -> str:
    for unit, worth in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= worth:
            return f"{count / worth:,.1f} {unit}"
    return f"{count:,.0f} bytes"


def _time(seconds: float) -> str:
    for unit, worth in (("days", DAY_S), ("hours", HOUR_S), ("minutes", 60)):
        if seconds >= 2 * worth:
            return f"{seconds / worth:,.1f} {unit}"
    return f"{seconds:,.1f} s"


def _rounded(count: float) -> str:
    return f"{count / 1e9:,.1f} billion" if count >= 1e9 else f"{count / 1e6:,.0f} million"
