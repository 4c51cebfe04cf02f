"""P11: what two or more filters leave is what brute force over the whole log leaves."""

from __future__ import annotations

import random
from typing import TypeVar

import pytest
from hypothesis import given

from ledger import calendar
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.host.clock import Seeded
from ledger.app.queries.log_view import run
from ledger.app.queries.record_filter import Filter, listed
from ledger.app.queries.report_run import Question
from ledger.kinds import BY_TAG, CLASSES
from ledger.records import leaf_format
from ledger.records.envelope import Record
from ledger.verifier.reports import report_streams
from projections.reports.catalogue import BY_NAME
from tests.support.histories import FIRST_S, SITES, SPAN_S, claims, history, setup
from tests.support.report_answers import cells_of
from tests.support.worlds import PURE, scopes, seeds, world

Some = TypeVar("Some")
CLOCK_US = calendar.instant_s("2026-06-10T00:00:00Z") * 1_000_000


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    place = tmp_path_factory.mktemp("filters") / "book"
    with Book.create(place, Config("example.com/f"), surroundings=Seeded("f", CLOCK_US)) as made:
        made.record([Said(claim) for claim in (*setup(), *claims(random.Random(3), 500))])
    return Book.open(place, write=False)


@given(seed=seeds)
def test_records_that_several_filters_leave_are_those_of_brute_force(book: Book, seed: int) -> None:
    rng = random.Random(seed)
    records = list(book.records())
    some = rng.choice(records)

    def maybe(value: Some) -> Some | None:
        return value if rng.random() < 0.6 else None

    start_s, stop_s = sorted(FIRST_S + rng.randrange(SPAN_S) for _ in range(2))
    stream, site = maybe(some.stream), maybe(some.place)
    kinds = tuple({BY_TAG[r.kind].name for r in rng.sample(records, 3)}) if rng.random() < 0.6 else ()
    start, stop = maybe(calendar.format_instant(start_s)), maybe(calendar.format_instant(stop_s))
    after, limit = maybe(rng.randrange(len(records))), maybe(rng.randrange(1, 40))
    known = maybe(rng.randrange(1, len(records) + 1))
    wanted = [
        record.index
        for record in records[:known]
        if stream in (None, record.stream)
        and site in (None, record.place)
        and (not kinds or BY_TAG[record.kind].name in kinds)
        and (start is None or record.at >= start)
        and (stop is None or record.at < stop)
        and (after is None or record.index > after)
    ]
    if limit is not None:
        wanted = wanted[:limit] if after is not None else wanted[-limit:]
    found = Filter.of(
        book, stream, site, kinds, start, stop, after, limit, None if known is None else str(known)
    )
    assert [record.index for record in listed(book, found)] == wanted


@pytest.mark.parametrize(
    ("stream", "kinds", "after", "most"),
    [
        (None, (), None, 5),
        (None, (), 9, 16),
        ("s1/lease", (), None, 7),
        (None, ("lease-phase-opened",), None, 10),
        (None, ("lease-phase-opened",), 9, 10),
    ],
)
def test_a_short_list_reads_little_of_a_long_log(
    book: Book,
    monkeypatch: pytest.MonkeyPatch,
    stream: str | None,
    kinds: tuple[str, ...],
    after: int | None,
    most: int,
) -> None:
    """Agents ask for five records, again and again, of a log of 265: of s1's leases there are seven, of s2's three."""
    wanted = Filter.of(book, stream, None, kinds, None, None, after, 5)
    read: list[bytes] = []
    decode = leaf_format.decode

    def counted(leaf: bytes) -> Record:
        read.append(leaf)
        return decode(leaf)

    monkeypatch.setattr(leaf_format, "decode", counted)
    found = list(listed(book, wanted))
    assert 1 <= len(found) <= len(read) <= most


@pytest.mark.parametrize("name", ["uptime", "efficiency"])
def test_blocks_of_a_report_with_site_and_block_filters_are_those_of_the_whole(book: Book, name: str) -> None:
    """Rows of blocks rest on their own facts, so a filter takes rows away and changes none (efficiency's
    facility looks beyond).
    """
    report = BY_NAME[name]
    names = [column.name for column in report.columns]
    kept = [n for n, column in enumerate(report.columns) if not column.beyond]
    period = Question(start="2026-06-01", stop="2026-06-05")
    whole = run(book, report, period).rows
    for site in SITES:
        for block in ("m1", "m2", "ai1"):
            found = run(book, report, period._replace(sites=(site,), blocks=(block,))).rows
            of_blocks, wanted = (
                [
                    [row[n] for n in kept]
                    for row in rows
                    if (row[names.index("scope")], row[1], row[2]) == ("block", site, block)
                ]
                for rows in (found, whole)
            )
            assert of_blocks == wanted


@given(seed=seeds)
def test_a_report_of_some_sites_is_made_of_their_records_alone(seed: int) -> None:
    records = history(seed, 200)
    whole = world(seed, 200)
    for report in PURE:
        for scope in scopes(SITES[:1]):
            names = report_streams(CLASSES, report.beyond, {r.stream for r in records}, SITES[:1])
            brute = world(seed, 200, frozenset(names))
            assert report.compute(whole, scope) == report.compute(brute, scope)


@given(seed=seeds)
def test_readings_of_a_site_a_meter_and_a_window_are_those_of_the_whole_that_are_of_all_three(
    book: Book, seed: int
) -> None:
    rng = random.Random(seed)
    report = BY_NAME["intervals"]
    bounds = Question(start="2026-06-01T00:00:00Z", stop="2026-06-07T00:00:00Z")
    whole = [cells_of(report.columns, row) for row in run(book, report, bounds).rows]
    site, meter = rng.choice(SITES), rng.choice(("r1", "r2", "r3"))
    start_s, stop_s = sorted(FIRST_S + rng.randrange(SPAN_S) for _ in range(2))
    start, stop = calendar.format_instant(start_s), calendar.format_instant(stop_s)
    seen = Question(sites=(site,), said={"meter": meter}, start=start, stop=stop)
    found = [cells_of(report.columns, row) for row in run(book, report, seen).rows]
    assert found == [
        row
        for row in whole
        if (row["site"], row["meter"]) == (site, meter) and start <= str(row["start"]) < stop
    ]
