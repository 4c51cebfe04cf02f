"""Files for people: a long table in every format, with its peak memory, and every pack of the demonstration's
year. Called by ``tools/bench``.

python tools/pages.py FORMAT ROWS    renders one table and prints seconds and megabytes (of this process, with
the table and the interpreter)
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ledger import calendar  # noqa: E402
from projections.engine.report import Column, ReportRow  # noqa: E402
from projections.engine.table import KnownAt, Table  # noqa: E402
from projections.render.formats import BY_NAME, FORMATS  # noqa: E402

ROWS = 20_000
FIRST_S = calendar.instant_s("2026-01-01T00:00:00Z")
COLUMNS = tuple(
    Column(name, name.partition("_")[0].capitalize(), "made up", unit)
    for name, unit in (
        ("site", ""),
        ("block", ""),
        ("at", ""),
        ("load_w", "W"),
        ("energy_wh", "Wh"),
        ("share_ppm", "ppm"),
        ("paid_cents", "cent"),
        ("held_s", "s"),
        ("day_on", ""),
        ("fresh", ""),
    )
)


def table(rows: int) -> Table:
    """A table of ten columns of every type."""

    def row(n: int) -> ReportRow:
        at = calendar.format_instant(FIRST_S + 900 * n)
        amounts = 250_000_000 + 7919 * n, 62_500_000 + n, n * 37 % 10**6, n * 12_345, 900 + n % 3600
        fresh = None if n % 11 == 0 else n % 2 == 0
        return ReportRow((f"site-{n % 35}", f"m{n % 4}", at, *amounts, at[:10], fresh))

    start, stop = calendar.format_instant(FIRST_S), calendar.format_instant(FIRST_S + 900 * rows)
    known = KnownAt(rows, "ab" * 32, stop.replace("Z", ".000000Z"))
    return Table(
        "long", 1, "A long table", start, stop, "America/New_York", stop, known, calendar.tzdata_release(), (),
        COLUMNS, 3, tuple(map(row, range(rows))), (), "Made up.",
    )  # fmt: skip


def pages(place: Path, seconds: Callable[..., float]) -> None:
    """Measure every format, then every pack of the demonstration's book in ``place``; ``seconds`` runs a
    command there.
    """
    from ledger.app.delivery.packs import PACKS

    print(f"a table of {ROWS:,} rows and {len(COLUMNS)} columns:")
    for form in FORMATS:
        one = [sys.executable, __file__, form.name, str(ROWS)]
        print(subprocess.run(one, check=True, capture_output=True, text=True).stdout, end="", flush=True)
    for pack in PACKS:
        folder = f"pack-{pack.name}"
        took = seconds(
            place, "--book", "demo-book", "report", "--pack", pack.name, "--period", "2026", "-o", folder
        )
        size = sum(file.stat().st_size for file in (place / folder).iterdir())
        said = f"pack {pack.name}, {len(pack.reports)} reports of the 35-site year"
        print(f"{said:<46}{took:.2f} s   {size / 1e6:.1f} MB", flush=True)


def main() -> None:
    """Render one table."""
    name, rows = sys.argv[1], int(sys.argv[2])
    made = table(rows)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    begun = time.perf_counter()
    data = BY_NAME[name].render(made)
    took = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"  {name:<6}{took:7.2f} s   {len(data) / 1e6:6.1f} MB   memory {before} -> {peak} MB")


if __name__ == "__main__":
    main()
