"""Cost of an interval file of a hundred megabytes: parsed alone, imported, and imported again; beside the
cost of the same rows in the csv module.

Processor time of one process, so that a busy machine gives the same figures; peak memory of a whole import in
a process of its own.
"""

from __future__ import annotations

import csv
import resource
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from ledger.app.book.evidence import chunks
from ledger.exchange.interval_csv import reader
from ledger.exchange.interval_csv.record_maker import Options

MEGABYTES, ROW_BYTES = 100, 24
METER = (
    "2020-01-01T00:00Z s1 site-registered name=S county=C state=TX tz=America/Chicago"
    " balancing_authority=ERCO utility=U parcels=[] site_class=training\n2020-01-01T00:00Z s1"
    " meter-registered meter=m scope=site role=revenue direction=delivered interval=15min\n"
)


def quarters(path: Path) -> int:
    """ERCOT quarter-hours from 1985 on, a value a row, both clock changes of every year; the number of
    rows.
    """
    tz, at = ZoneInfo("America/Chicago"), datetime(1985, 1, 1, 6, tzinfo=UTC)
    count = MEGABYTES * 10**6 // ROW_BYTES
    with path.open("w") as file:
        file.write("Interval Ending,MWh\n")
        for n in range(count):
            begin = at.astimezone(tz)
            minutes = begin.hour * 60 + begin.minute + 15
            mark = " DST" if begin.fold else ""
            value = f"{20 + n * 7919 % 80}.{n * 104729 % 1000:03d}"
            file.write(f"{begin:%m/%d/%Y} {minutes // 60:02d}:{minutes % 60:02d}{mark},{value}\n")
            at += timedelta(minutes=15)
    return count


def series(place: Path, command: Callable[..., float]) -> None:
    """Measure; every figure is values a second of processor time."""
    file = place / "quarters.csv"
    count = quarters(file)
    print(f"{count:,} quarter-hours in {file.stat().st_size:,} bytes")
    limit = count / _seconds(lambda: sum(1 for _ in csv.reader(file.open(newline=""))))
    parsed = count / _seconds(
        lambda: sum(
            len(part.claims)
            for part in reader.read(chunks(file), "q", "0" * 64, Options("s1", "m", "ercot-15min"))
        )
    )
    _say("parse to claims", parsed, limit)
    (place / "meter.story").write_text(METER)
    words = ["import", "csv", str(file), "--site", "s1", "--meter", "m", "--dialect", "ercot-15min"]
    command(place, "init")
    command(place, "record", "meter.story")
    for what in ("import", "import again, nothing new"):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command(place, *words)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took = sum(getattr(after, name) - getattr(before, name) for name in ("ru_utime", "ru_stime"))
        _say(what, count / took, limit)
    print(f"{'peak memory of an import':<44}{after.ru_maxrss / 1024:>11,.0f} MB")


def _seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _say(what: str, rate: float, limit: float) -> None:
    print(f"{what:<44}{rate:>11,.0f}/s   csv module {limit:>11,.0f}/s = {rate / limit:5.2f}x", flush=True)
