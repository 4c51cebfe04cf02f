#!/usr/bin/env python3
"""A table of 20,000 rows in every format: processor time, size and memory, each format in a process of its
own; called by tools/bench.

uv run python tools/bench --only formats
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from ledger.calendar import tzdata_release  # noqa: E402
from projections.engine.report import ReportRow  # noqa: E402
from projections.engine.table import KnownAt, Table  # noqa: E402
from projections.render.formats import BY_NAME, FORMATS  # noqa: E402
from projections.reports.catalogue import BY_NAME as REPORTS  # noqa: E402

ROWS = 20_000


def formats() -> None:
    """Measure every format beside JSON, the shortest form of the same cells."""
    print(f"\n{ROWS:,} rows of {len(REPORTS['uptime'].columns)} columns (uptime), each format alone:")
    limit = None
    for form in sorted(FORMATS, key=lambda form: form.name != "json"):
        if not form.installed:
            print(f"{form.name:<10}not run: wattledger[{form.extra}] is not installed")
            continue
        said = subprocess.run([sys.executable, __file__, form.name], check=True, capture_output=True)
        found = json.loads(said.stdout)
        limit = limit or found["seconds"]
        print(
            f"{form.name:<10}{found['seconds']:>7.2f} s {found['bytes'] / 1e6:>8.1f} MB written"
            f" {found['more'] / 1e6:>8.0f} MB of memory   json {limit:.2f} s ="
            f" {found['seconds'] / limit:5.1f}x",
            flush=True,
        )


def table() -> Table:
    """The uptime of 20,000 blocks that differ."""
    report = REPORTS["uptime"]
    return Table(
        report.name,
        report.definition_version,
        report.title,
        "2026-01-01T05:00:00Z",
        "2027-01-01T05:00:00Z",
        "America/New_York",
        "2027-01-01T05:00:00Z",
        KnownAt(ROWS, "ab" * 32, "2027-01-02T00:00:00.000000Z"),
        tzdata_release(),
        (),
        report.columns,
        report.keys,
        tuple(_row(n, len(report.columns) - 4) for n in range(ROWS)),
        (),
        report.definition,
    )


def _row(n: int, figures: int) -> ReportRow:
    cells = (None if (n + k) % 17 == 0 else (n * 7919 + k * 104_729) % 31_536_000 for k in range(figures))
    return ReportRow(("block", f"site-{n // 4}", f"m{n % 4}", "mining", *cells))


def measure(name: str) -> None:
    """Measure one format in a process of its own."""
    said = table()
    BY_NAME[name].render(said._replace(rows=said.rows[:1]))  # modules that are loaded once
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.process_time()
    size = len(BY_NAME[name].render(said))
    seconds = time.process_time() - begun
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    print(json.dumps({"seconds": seconds, "bytes": size, "more": more}))


if __name__ == "__main__":
    measure(sys.argv[1])
