"""Folds: what is kept of a question, the order in which a row holds its facts, and which of them bear on a figure."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from ledger.records.envelope import Record
from projections.engine.fold import (
    FigureScope,
    FixedRows,
    bears_all,
    bears_holding,
    effective,
    found_once,
    in_order,
    superseded,
)
from tests.support.story_facts import told

STORY = """
2026-06-01T00:00Z s1 incident-opened incident=a summary=x
2026-06-02T00:00Z s1 incident-opened incident=b summary=x
2026-06-03T00:00Z s1 incident-opened incident=c summary=x
"""


class Step(NamedTuple):
    """A fact of a row."""

    at_s: int
    pos: int


ROW = [Step(10, 0), Step(20, 1), Step(30, 2), Step(40, 3)]


@pytest.mark.parametrize(
    ("window", "seen", "holding"),
    [
        ((20, 40), [0, 1, 2], [1, 2]),
        ((25, 40), [0, 1, 2], [1, 2]),
        ((10, 41), [0, 1, 2, 3], [0, 1, 2, 3]),
        ((5, 20), [0], [0]),
        ((5, 10), [], []),
        ((50, 60), [0, 1, 2, 3], [3]),
    ],
)
def test_the_facts_that_bear_on_a_window(
    window: tuple[int, int], seen: list[int], holding: list[int]
) -> None:
    """All that were known by its end; of steps, those in force in it: the one before it stands until the next."""
    asked = FigureScope(*window, {})
    assert (list(bears_all(ROW, asked)), list(bears_holding(ROW, asked))) == (seen, holding)


def test_what_is_found_in_rows_that_change_no_more_is_looked_for_once() -> None:
    """Until something else is asked under the same name; rows that may change are looked at again."""
    looked: list[int] = []

    def find() -> int:
        looked.append(len(looked))
        return looked[-1]

    fixed = FixedRows({})
    asked = [(fixed, 1), (fixed, 1), (fixed, 2), (fixed, 2), ({}, 2), ({}, 2)]
    assert [found_once(rows, "name", find, what) for rows, what in asked] == [0, 0, 1, 1, 2, 3]


def order(*runs: list[int]) -> list[str]:
    """The incidents of a row that takes records in some runs."""
    records = told(STORY)
    evolve = in_order(lambda record: (record.at, record.pos, record.body.incident))  # type: ignore[attr-defined]
    row = None
    for run in runs:
        row = evolve(row, [records[n] for n in run])
    return [name for *_, name in row or ()]


@pytest.mark.parametrize("runs", [([0, 1, 2],), ([0], [1, 2]), ([2], [0], [1]), ([1], [2, 0]), ([0, 2], [1])])
def test_a_row_is_in_order_of_its_facts_however_they_came(runs: tuple[list[int], ...]) -> None:
    """A late fact stands where it belongs."""
    assert order(*runs) == ["a", "b", "c"]


def corrected() -> list[Record]:
    first = told(STORY)
    return [
        *first,
        *told(f"2026-06-04T00:00Z s1 event-retracted corrects=[{first[1].id}] class=operations reason=x"),
    ]


def test_a_record_that_a_later_one_names_is_superseded() -> None:
    records = corrected()
    gone = superseded(records)
    left = [record.pos for record in effective(records[:3], gone)]
    assert (gone, left, list(effective(records, ()))) == ({records[1].id}, [0, 2], records)
