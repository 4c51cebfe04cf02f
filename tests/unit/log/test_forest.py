"""The forest: the main log's tree and one per stream, whatever the order of records, and the directory over
them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.log import merkle
from ledger.log.forest import Forest
from ledger.verifier.trees import EMPTY_ROOT, directory_line

numbers = st.lists(st.integers(0, 3), max_size=60)
LEAVES = merkle.hashes_of([b"record %d" % n for n in range(200)])


def grown(forest: Forest, streams: list[int], start: int = 0) -> Forest:
    for number in range(4):
        forest.open_stream(number)
    forest.extend(streams, LEAVES[start : start + len(streams)])
    return forest


@given(numbers)
def test_each_streams_tree_is_over_its_records_in_their_order(streams: list[int]) -> None:
    forest = grown(Forest(), streams)
    expected = [
        directory_line(
            k, streams.count(k), merkle.root([h for h, s in zip(LEAVES, streams, strict=False) if s == k])
        )
        for k in range(4)
    ]
    assert forest.heads() == (4, merkle.root(merkle.hashes_of(expected)))


@given(numbers, numbers)
def test_a_forest_that_was_kept_goes_on_where_it_stopped(first: list[int], then: list[int]) -> None:
    kept: dict[int, bytes] = {}
    forest = grown(Forest(), first)
    kept |= forest.take_changed()
    loaded = grown(Forest.load(kept), then, len(first))
    whole = grown(Forest(), first + then)
    assert (loaded.root(), loaded.heads()) == (whole.root(), whole.heads())


@given(numbers, numbers)
def test_what_is_kept_after_two_seals_is_the_latest_of_each_stream(first: list[int], then: list[int]) -> None:
    kept: dict[int, bytes] = {}
    forest = grown(Forest(), first)
    kept |= forest.take_changed()
    forest.extend(then, LEAVES[len(first) : len(first) + len(then)])
    kept |= forest.take_changed()
    assert Forest.load(kept).heads() == forest.heads()


def test_heads_may_be_asked_between_appends() -> None:
    forest = grown(Forest(), [0, 1])
    forest.heads()
    forest.extend([1], LEAVES[2:3])
    assert forest.heads() == grown(Forest(), [0, 1, 1]).heads()


def test_an_opened_empty_stream_has_size_0_and_the_root_of_nothing() -> None:
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert directory_line(7, 0, EMPTY_ROOT) == f'[7,0,"{empty}"]'.encode()


def test_what_was_appended_is_in_every_answer_at_once() -> None:
    """Trees of streams grow when they are asked for: each way of asking lets them."""
    asked: list[Callable[[Forest], Any]] = [
        lambda forest: forest.count(),
        lambda forest: forest.is_dense(),
        lambda forest: forest.stream(0).size,
        lambda forest: sorted(forest.frontiers()),
        lambda forest: sorted(forest.take_changed()),
    ]
    fresh = [Forest() for _ in asked]
    for forest in fresh:
        forest.extend([0, 2], LEAVES[:2])
    answers = [ask(forest) for ask, forest in zip(asked, fresh, strict=True)]
    assert answers == [2, False, 1, [-2, -1, 0, 2], [-2, -1, 0, 2]]


def test_an_empty_stream_has_no_frontier_to_be_kept() -> None:
    forest = grown(Forest(), [1])
    assert sorted(forest.frontiers()) == [-2, -1, 1]


@pytest.mark.parametrize(("number", "kept"), [(0, None), (0, "text"), (-1, b"short"), (-2, b"short")])
def test_what_is_no_frontier_makes_no_forest(number: int, kept: Any) -> None:
    """A damaged database is found when it is opened."""
    with pytest.raises(ValueError, match=r"frontier|tiles"):
        Forest.load({number: kept})
