"""What a rule knows: effective facts up to an instant, without those that are corrected, and names that are near."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest

from ledger.kinds import StreamOpened
from ledger.records.envelope import Record
from ledger.rules.known import Known
from ledger.rules.register import Register, until, without
from tests.unit.rules.test_decide import SITE, taken

RATED = "2026-06-0{}T00:00Z s1 load-block-rerated block=m1 capacity={}MW\n"
STORY = SITE + RATED.format(3, 90) + RATED.format(4, 80)


def known(gone: Sequence[int] = ()) -> tuple[Known, list[Record]]:
    """A block of 100 MW that was rerated twice, without some of its three ratings."""
    register = Register()
    records = taken(register, STORY)
    return Known(register, frozenset(records[1 + n].id for n in gone)), records


@pytest.mark.parametrize(
    ("at", "gone", "capacity"),
    [
        ("2026-06-01T23:59:59Z", [], None),
        ("2026-06-02T00:00:00Z", [], 100),
        ("2026-06-04T00:00:00Z", [], 80),
        ("2026-06-04T00:00:00Z", [2], 90),
        ("2026-06-04T00:00:00Z", [1, 2], 100),
        ("2026-06-04T00:00:00Z", [0, 1, 2], None),
        ("2026-06-03T12:00:00Z", [1], 100),
    ],
)
def test_the_latest_rating_is_the_last_that_stands(at: str, gone: list[int], capacity: int | None) -> None:
    """As if what was corrected had never been recorded."""
    found, _ = known(gone)
    mark = found.latest(at, "block", "s1", "m1")
    assert (None if mark is None else getattr(mark.body, "capacity_w", 0) // 10**6) == capacity


@pytest.mark.parametrize(("gone", "there"), [([], True), ([0], True), ([0, 1, 2], False)])
def test_a_name_is_marked_as_long_as_one_fact_of_it_stands(gone: list[int], there: bool) -> None:
    found, _ = known(gone)
    assert (found.is_marked("block", "s1", "m1"), found.is_marked("block", "s1", "m2")) == (there, False)


@pytest.mark.parametrize(
    ("name", "near"), [("abilen", "; did you mean abilene?"), ("ledgr", ""), ("ba-ERC", "")]
)
def test_a_site_that_was_misspelled_is_asked_about(name: str, near: str) -> None:
    """The ledger and the areas of grid operators are places too, and nobody registers a block there."""
    streams = {"ledger/registry": 0, "ba-ERCO/grid": 1, "abilene/operations": 2}
    assert Known(Register(streams=streams), frozenset()).near("site", name, name) == near


def test_a_register_says_whether_a_record_bears_on_later_ones() -> None:
    """What does not is left out of the summary of a site."""
    register = Register()
    _, records = known()
    opened = msgspec.structs.replace(records[0], body=StreamOpened(stream="s1/grid", number=7))
    assert ([register.apply(one) for one in (records[1], opened)], register.streams) == (
        [True, False],
        {"s1/grid": 7},
    )


@pytest.mark.parametrize("left_out", [0, 1, 2])
def test_one_mark_is_left_out_and_no_other(left_out: int) -> None:
    """As a book looks at a fact in the light of all others."""
    found, _ = known()
    marks = found.marks("block", "s1", "m1")
    assert without(marks, marks[left_out]) == [mark for n, mark in enumerate(marks) if n != left_out]


@pytest.mark.parametrize(
    ("at", "count"),
    [
        ("2026-06-01T00:00:00Z", 0),
        ("2026-06-02T00:00:00Z", 1),
        ("2026-06-03T12:00:00Z", 2),
        ("2026-06-04T00:00:00Z", 3),
    ],
)
def test_marks_up_to_an_instant_are_counted_with_those_of_it(at: str, count: int) -> None:
    found, _ = known()
    assert (until(found.marks("block", "s1", "m1"), at), until([], at)) == (count, 0)
