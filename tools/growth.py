"""Growth: how many times the work becomes when there are twice as many facts of one kind.

    uv run python tools/growth.py [--from 2500] [--to 5000] [--kind NAME]... [--limit 2.2] [--dir DIR]

For each kind there is a book with its example and what must come before it, and then so many more facts like
the example, a quarter of an hour apart: about one thing, each about a thing of its own, and each after a record
of its own that it needs, where the rules let them be. Of every book are measured recording, folding, every report, the state at the end, the
doctor, the rules of a later decision and the difference that the second half of the facts made. What takes
more than the limit at the larger size, and more than a few hundredths of a second, is printed; the exit code is
1 if there is any. Processor time, so that a busy machine gives the same.
"""

from __future__ import annotations

import argparse
import gc
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count, islice
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ledger import calendar  # noqa: E402
from ledger.app.book.book import Book, Said  # noqa: E402
from ledger.app.book.config import Config  # noqa: E402
from ledger.app.host.clock import Seeded  # noqa: E402
from ledger.app.queries.contradictions import judged_again  # noqa: E402
from ledger.app.queries.difference import Causes, differences  # noqa: E402
from ledger.app.queries.log_view import BookLog  # noqa: E402
from ledger.app.queries.moment import state  # noqa: E402
from ledger.app.queries.report_run import Question, run_whole  # noqa: E402
from ledger.app.read_models import plan  # noqa: E402
from ledger.errors import Malformed  # noqa: E402
from ledger.exchange import story  # noqa: E402
from ledger.exchange.kind_guide import CLAIMABLE  # noqa: E402
from ledger.kinds import Kind, prerequisites  # noqa: E402
from ledger.records.envelope import Claim  # noqa: E402
from ledger.records.wording import short  # noqa: E402
from projections.engine.report import Report  # noqa: E402
from projections.reports.catalogue import REPORTS  # noqa: E402

Found = TypeVar("Found")
STEP_S = 900
LEAST_S = 0.06  # less than this is noise
CLOCK_US = calendar.instant_s("2029-06-01T00:00:00Z") * 1_000_000
MODES = {"one": "about one thing", "own": "each a thing of its own", "needs": "each after its own"}
_INSTANT = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d(?::\d\d)?Z")


class Kept:
    """A book that is filled, with the seconds of each work on it."""

    def __init__(self, place: Path, kind: Kind, mode: str, size: int) -> None:
        self.seconds: dict[str, float] = {}
        self.recorded = 0
        clock = Seeded("growth", CLOCK_US)
        with Book.create(place, Config("example.com/growth"), surroundings=clock) as book:
            book.record([Said(_parsed(one.body.example)) for one in prerequisites(kind)])
            try:
                claims = [Said(claim) for claim in islice(alike(kind, mode), size)]
            except Malformed:  # a choice cannot be numbered
                return
            if book.record(claims[:4], dry_run=True).recorded < 3:
                return
            self.recorded = self._timed("record", lambda: book.record(claims).recorded)
            if self.recorded >= size // 2:
                self._read(book, place)

    def _read(self, book: Book, place: Path) -> None:
        source = self._timed("fold", lambda: plan.ReadModelSource(book, True, place / "growth.db"))
        for report in REPORTS:
            self._timed(report.name, partial(source.whole, report))
        self._timed(
            "state", lambda: state(book, book.record_at(book.store.size - 1).rec[:19] + "Z", (), None)
        )
        self._timed("doctor", lambda: sum(1 for _ in judged_again(book, lambda done, total: None)))
        for report in REPORTS:
            if source.whole(report).rows and not report.bulky:
                self._timed(f"diff {report.name}", partial(_compared, book, report))

    def _timed(self, what: str, work: Callable[[], Found]) -> Found:
        begun = time.process_time()
        found = work()
        self.seconds[what] = time.process_time() - begun
        return found


def _compared(book: Book, report: Report) -> int:
    half, size = str(book.store.size // 2), book.store.size
    was, now = (run_whole(book, report, Question(known_at=at), BookLog) for at in (half, None))
    return sum(1 for _ in differences(report, was, now, Causes(book, int(half), size)))


def _parsed(line: str) -> Claim:
    claim = story.parse(line)
    assert claim is not None, "an example is a fact"
    return claim


def alike(kind: Kind, mode: str) -> Iterator[Claim]:
    """Facts like a kind's example, one after another: about ``one`` thing, each about a thing of its ``own``, or
    each after the facts about the same thing that it ``needs``.
    """
    named = next((mark.named for mark in (kind.subject, *kind.marks) if mark is not None and mark.named), ())
    key = "" if mode == "one" or not named else named[0 if mode == "needs" else -1].removesuffix("_id")
    lines = [one.body.example for one in prerequisites(kind)] * (mode == "needs")
    if key:
        lines = [line for line in lines if f" {key}=" in line]
    lines.append(kind.body.example)
    for n in count():
        for line in lines:
            found = _INSTANT.sub(partial(_later, n), line)
            if mode != "one":
                word = rf"\b{key}=[a-z0-9-]+" if key else r"^(\S+ \S+)"
                found = re.sub(word, lambda match: f"{match[0]}-{n}", found, flags=re.IGNORECASE)  # noqa: B023
            yield _parsed(found)


def _later(n: int, match: re.Match[str]) -> str:
    at_s = calendar.instant_s(calendar.parse_instant(match[0]))
    return short(calendar.format_instant(at_s + n * STEP_S))


def swept(kind: Kind, mode: str, sizes: tuple[int, int], limit: float, place: Path) -> list[str]:
    """What grows faster than the limit, for one kind."""
    few, many = (Kept(place / f"{kind.name}-{size}", kind, mode, size) for size in sizes)
    what = f"{kind.name}, {MODES[mode]}"
    if not many.seconds:
        return []
    print(f"{what}: {many.recorded:,} recorded in {many.seconds['record']:.2f} s", flush=True)
    doublings = sizes[1] / sizes[0] / 2
    return [
        f"{what}: {name} {few.seconds[name]:.3f} s -> {seconds:.3f} s = {seconds / few.seconds[name]:.1f} x"
        for name, seconds in many.seconds.items()
        if name in few.seconds and seconds > LEAST_S and seconds > limit * doublings * few.seconds[name]
    ]


def main() -> int:
    """Sweep the kinds; 1 if anything grows faster than the limit."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--from", dest="few", type=int, default=2_500)
    parser.add_argument("--to", dest="many", type=int, default=5_000)
    parser.add_argument("--kind", action="append")
    parser.add_argument("--limit", type=float, default=2.2)
    parser.add_argument("--dir", help="where to put the books")
    asked = parser.parse_args()
    gc.set_threshold(100_000, 10, 1_000)  # as the command line does
    found: list[str] = []
    for kind in CLAIMABLE:
        if asked.kind and kind.name not in asked.kind:
            continue
        for mode in MODES:
            with tempfile.TemporaryDirectory(dir=asked.dir) as place:
                lines = swept(kind, mode, (asked.few, asked.many), asked.limit, Path(place))
            found += lines
            for line in lines:
                print(f"    {line}", flush=True)
    print(f"{len(found)} grow more than {asked.limit} x when the facts double")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
