"""A long history of an operator's sites, as claims or as a book, for measuring.

    uv run python tools/make_history.py DIR [--records 1000000] [--sites 35]

Facts come in order of time, mixed as at an operator that polls its miners every quarter of an hour: hashrate
first, then meter days, curtailments with their dispatches, outages, headcounts and payments. It depends
on the number of sites alone: the same claims every time.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ledger import calendar  # noqa: E402
from ledger.app.book.book import Book, Said  # noqa: E402
from ledger.app.book.config import Config  # noqa: E402
from ledger.app.host.clock import Seeded  # noqa: E402
from ledger.fields import fields_of  # noqa: E402
from ledger.kinds import CURRENT  # noqa: E402
from ledger.records.envelope import Claim, make_claim  # noqa: E402

START_S = calendar.instant_s("2026-01-01T00:00:00Z")
QUARTER_S = 900
BLOCKS = ("m1", "m2")
MW = 10**6
CHUNK = 20_000


def claims(sites: int = 35) -> Iterator[Claim]:
    """Endless claims in the order of their instants."""
    names = [f"site-{n:02d}" for n in range(sites)]
    for name in names:
        yield from _opening(name)
    quarter = 0
    while True:
        at_s = START_S + quarter * QUARTER_S
        for n, name in enumerate(names):
            yield from _quarter(name, n, quarter, at_s)
        quarter += 1


def _claim(kind: str, place: str, at_s: int, **said: object) -> Claim:
    tag = CURRENT[kind]
    if any(field.name == "site" for field in fields_of(tag.body)):
        said["site"] = place
    return make_claim(
        tag,
        calendar.format_instant(at_s),
        tag.body(**said),
        place=place,
        disclosure=tag.disclosure or "operations",
        actor="history",
    )


def _opening(site: str) -> Iterator[Claim]:
    at_s = START_S - 86_400
    yield _claim(
        "site-registered",
        site,
        at_s,
        name=site,
        county="C",
        state="GA",
        tz="America/New_York",
        balancing_authority="SOCO",
        utility="U",
        parcels=("p",),
        site_class="training",
    )
    for block in BLOCKS:
        yield _claim(
            "load-block-commissioned",
            site,
            at_s + 60,
            block=block,
            load_class="mining",
            service_class="interruptible",
            capacity_w=50 * MW,
            feeds=("A",),
        )
    yield _claim(
        "meter-registered",
        site,
        at_s + 60,
        meter="r1",
        scope="site",
        role="revenue",
        direction="delivered",
        interval_s=QUARTER_S,
    )
    yield _claim(
        "commitment-made",
        site,
        at_s + 120,
        commitment="jobs",
        counterparty="C County",
        instrument="pilot",
        category="jobs",
        target=25,
        comparator="at-least",
        basis="period-average",
        periods=("2026",),
        due_on=("2027-01-31",),
        observed_on=("2026-06-30",),
        cure_days=30,
        binding=True,
    )


def _quarter(site: str, n: int, quarter: int, at_s: int) -> Iterator[Claim]:
    """Hashrate of each block; now and then a curtailment or an outage; once a day the meter, once a month the
    people.
    """
    day, of_day = divmod(quarter, 96)
    for b, block in enumerate(BLOCKS):
        yield _claim(
            "hashrate-changed",
            site,
            at_s + 5,
            block=block,
            hashrate_ghs=2_500_000_000 + (quarter * 7919 + n * 104_729 + b) % 90_000_000,
            power_w=45 * MW + (quarter * 31 + n) % MW,
            units_hashing=12_000,
            units_total=12_500,
            method="pool",
        )
    turn = (quarter + 5 * n) % 96
    dispatch = f"d{day}-{(quarter + 5 * n) // 96}"
    if turn == 40:
        yield _claim(
            "dispatch-notified",
            site,
            at_s,
            dispatch=dispatch,
            dispatch_class="emergency",
            mode="reduce-by",
            target_w=40 * MW,
            start=calendar.format_instant(at_s + QUARTER_S),
        )
        yield _claim("curtailment-started", site, at_s + 30, dispatch=dispatch, block="m1", depth_w=40 * MW)
    elif turn == 48:
        began = f"d{(quarter - 8) // 96}-{(quarter - 8 + 5 * n) // 96}"
        if quarter >= 8:
            yield _claim("curtailment-ended", site, at_s + 30, dispatch=began, block="m1")
    elif turn == 60:
        yield _claim(
            "outage-started",
            site,
            at_s,
            block="m2",
            outage=f"o{quarter}",
            outage_class="forced-u2",
            derate_w=10 * MW,
            cause="fans",
            outside_management_control=False,
        )
    elif turn == 70 and quarter >= 10:
        yield _claim("outage-ended", site, at_s, outage=f"o{quarter - 10}")
    if of_day == 95:
        start = calendar.format_instant(START_S + day * 86_400)
        values = tuple(20_000 + (day * 17 + n * 3 + i * 5) % 4_000 for i in range(96))
        yield _claim(
            "intervals-recorded",
            site,
            START_S + day * 86_400,
            meter="r1",
            start=start,
            interval_s=QUARTER_S,
            power_of_ten=3,
            values=values,
            quality=(17,) * 96,
        )
        if day % 30 == 29:
            yield _claim(
                "headcount-reported",
                site,
                at_s,
                commitment="jobs",
                period="2026",
                as_of_on=calendar.format_instant(at_s)[:10],
                headcount=25,
                full_time=24,
                hours=4_000,
            )


def make(directory: Path, records: int, sites: int = 35) -> Book:
    """Make a book of about this number of records, open for writing; no claim is refused."""
    clock = Seeded("history", calendar.instant_s("2027-06-01T00:00:00Z") * 1_000_000)
    book = Book.create(directory, Config("example.com/history"), surroundings=clock)
    source = claims(sites)
    while book.store.size < records:
        outcome = book.record(
            [Said(claim) for claim in islice(source, min(CHUNK, records - book.store.size))]
        )
        assert not outcome.problems, outcome.problems[0]
        print(f"\r{book.store.size:,} of {records:,} records", end="", file=sys.stderr, flush=True)
    book.checkpoint()
    print(file=sys.stderr)
    return book


def main() -> None:
    """Make the book."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("directory", type=Path)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--sites", type=int, default=35)
    said = parser.parse_args()
    make(said.directory, said.records, said.sites).close()


if __name__ == "__main__":
    main()
