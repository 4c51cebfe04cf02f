"""Rules about power and machines: what a site may energize, enroll, throttle and remove, each with the record that
decides it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from ledger.app.book.book import Book
from ledger.app.book.config import Config
from tests.support.refusing import problems, recorded, refused

SETUP: Final = """
2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[a] site_class=training
2026-06-01T00:00Z s1 meter-registered meter=r1 scope=site role=revenue direction=delivered interval=15min
2026-06-02T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=30MW feeds=[A]
2026-06-02T00:00Z s1 load-block-commissioned block=a1 load_class=ai-hpc service_class=firm capacity=20MW feeds=[A]
2026-06-03T00:00Z s1 fleet-installed block=m1 model=x units=100 unit_hashrate=1TH/s unit_power=1W
2026-06-04T00:00Z s1 fleet-removed block=m1 model=x units=30 unit_hashrate=1TH/s unit_power=1W
"""
PROGRAM: Final = (
    "2026-06-05T00:00Z s1 program-enrolled program=p1 operator=O agreement=A blocks=[{blocks}] meters=[{meters}]"
    " method=meter-before-after committed=8MW notice=30min response=10min program_year_start=06-01 tz=UTC"
    " capped=false adjustment=none holidays=[]"
)


BY: Final = re.compile(r"by record (\d+) \([^;]*")
"""A record in a message, with its id, its time and its fact."""


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    """A site with a mining and an AI block."""
    with Book.create(tmp_path / "book", Config("example.com/power-rules")) as made:
        recorded(made, SETUP)
        yield made


@pytest.mark.parametrize(
    ("blocks", "meters", "reason"),
    [
        (
            "a1",
            "r1",
            "block 'a1' is firm and cannot be enrolled, by record 7; enroll interruptible blocks only, and"
            " record program-throttle-agreed for a firm one that may be throttled",
        ),
        (
            "m1,a9",
            "r1",
            "block 'a9' is not commissioned at s1 at 2026-06-05T00:00:00Z; record its load-block-commissioned"
            " first",
        ),
        ("m1", "r1,r9", "meter 'r9' was never recorded at s1; record its meter-registered first"),
        ("", "r9", "meter 'r9' was never recorded at s1; record its meter-registered first"),
    ],
)
def test_a_program_takes_interruptible_blocks_and_meters_that_are_there(
    book: Book, blocks: str, meters: str, reason: str
) -> None:
    """The second of a list is looked at too."""
    told = BY.sub(r"by record \1", refused(book, PROGRAM.format(blocks=blocks, meters=meters)))
    assert told == reason


def test_a_program_of_what_is_there_is_recorded(book: Book) -> None:
    """The near miss of each refusal."""
    recorded(book, PROGRAM.format(blocks="m1", meters="r1"))


@pytest.mark.parametrize(
    ("units", "model", "reason"),
    [
        (
            71,
            "x",
            "71 x cannot be removed from block 'm1', which has 70 of them at 2026-06-05T00:00:00Z, by record 10",
        ),
        (1, "y", "1 y cannot be removed from block 'm1', which has 0 of them at 2026-06-05T00:00:00Z"),
    ],
)
def test_no_more_machines_leave_than_are_there(book: Book, units: int, model: str, reason: str) -> None:
    """Thirty of a hundred were removed before; of another model there was none, and no record says so."""
    line = f"2026-06-05T00:00Z s1 fleet-removed block=m1 model={model} units={units} unit_hashrate=1TH/s unit_power=1W"
    assert BY.sub(r"by record \1", refused(book, line)) == reason


def test_all_machines_that_are_there_may_leave(book: Book) -> None:
    """The last seventy."""
    recorded(
        book, "2026-06-05T00:00Z s1 fleet-removed block=m1 model=x units=70 unit_hashrate=1TH/s unit_power=1W"
    )


def test_a_throttle_leaves_a_block_some_power(book: Book) -> None:
    """One watt less than all is the deepest."""
    recorded(book, PROGRAM.format(blocks="m1", meters="r1"))
    deep = "2026-06-06T00:00Z s1 program-throttle-agreed program=p1 block=a1 depth={}"
    told = refused(book, deep.format("20MW"))
    recorded(book, deep.format("19999999W"))
    assert told.endswith("; agree on a depth below it")


AT: Final = "point_of_delivery=a voltage=115kV"
CONTRACTS: Final = """
2026-06-01T00:00Z s1 power-contracted agreement=one power=50MW firm=0MW start=2026-06-01T00:00Z stop=2026-08-01T00:00Z
2026-06-01T00:00Z s1 power-contracted agreement=two power=30MW firm=0MW start=2026-07-01T00:00Z
"""


@pytest.mark.parametrize(
    ("at", "most_mw"), [("2026-06-15T00:00Z", 50), ("2026-07-15T00:00Z", 80), ("2026-08-01T00:00Z", 30)]
)
@pytest.mark.parametrize("more", [0, 1])
def test_agreements_add_up_while_they_hold(book: Book, at: str, most_mw: int, more: int) -> None:
    """The second begins in July, and the first ends with it; one megawatt more needs an approval."""
    recorded(book, CONTRACTS)
    found = problems(book, f"{at} s1 capacity-energized power={most_mw + more}MW {AT}")
    assert [f"above the contracted {most_mw}MW" in one for one in found] == [True] * more


def test_what_was_approved_may_be_above_the_contract(book: Book) -> None:
    """The utility said so in a letter."""
    recorded(book, f"{CONTRACTS}2026-06-15T00:00Z s1 capacity-energized power=51MW {AT} approval=letter")
