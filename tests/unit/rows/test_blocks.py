"""A mining block grows, makes room for an AI hall, and is commissioned again under its old name.

2026-01-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[a]
2026-03-01T00:00Z s1 load-block-rerated block=m1 capacity=120MW
2026-05-01T00:00Z s1 load-block-retired block=m1 cause=conversion successor=ai1
2026-07-01T00:00Z s1 load-block-commissioned block=m1 load_class=ai-hpc service_class=firm capacity=80MW feeds=[a,b]
"""

from __future__ import annotations

from itertools import permutations

import pytest

from ledger.calendar import instant_s
from projections.engine.fold import replay
from projections.engine.windows import FOREVER, Span
from projections.rows.blocks import BLOCK, BlockChange, Rating, contradicted, ratings, retired_after
from tests.support.story_facts import told

JANUARY, MARCH, MAY, JULY = (instant_s(f"2026-{month}-01T00:00:00Z") for month in ("01", "03", "05", "07"))


def row(story: str | None) -> tuple[BlockChange, ...]:
    assert story, "a docstring is the story"
    found: tuple[BlockChange, ...] = replay(told(story), [BLOCK])["block"]["s1", "m1"]
    return found


def test_a_block_has_a_rating_from_its_commissioning_to_its_retirement() -> None:
    assert ratings(row(__doc__)) == [
        Span(JANUARY, MARCH, Rating(100_000_000, "mining", "interruptible", ("a",))),
        Span(MARCH, MAY, Rating(120_000_000, "mining", "interruptible", ("a",))),
        Span(JULY, FOREVER, Rating(80_000_000, "ai-hpc", "firm", ("a", "b"))),
    ]


@pytest.mark.parametrize(("began", "ends"), [(JANUARY, MAY), (MAY - 1, MAY), (MAY, MAY), (JULY, FOREVER)])
def test_what_begins_on_a_block_ends_at_its_next_retirement(began: int, ends: int) -> None:
    assert retired_after(row(__doc__), began) == ends


def test_what_begins_as_a_block_is_commissioned_again_outlives_the_retirement_of_that_instant() -> None:
    """
    2026-01-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=1MW feeds=[a]
    2026-05-01T00:00Z s1 load-block-retired block=m1 cause=conversion
    2026-05-01T00:00Z s1 load-block-commissioned block=m1 load_class=ai-hpc service_class=firm capacity=1MW feeds=[a]
    """
    story = test_what_begins_as_a_block_is_commissioned_again_outlives_the_retirement_of_that_instant.__doc__
    assert (retired_after(row(story), MAY - 1), retired_after(row(story), MAY)) == (MAY, FOREVER)


def test_of_two_reratings_of_the_same_instant_the_later_recorded_holds() -> None:
    """
    2026-01-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=1MW feeds=[a]
    2026-03-01T00:00Z s1 load-block-rerated block=m1 capacity=3MW
    2026-03-01T00:00Z s1 load-block-rerated block=m1 capacity=2MW
    """
    story = test_of_two_reratings_of_the_same_instant_the_later_recorded_holds.__doc__
    assert ratings(row(story))[-1].value.capacity_w == 2_000_000


def test_facts_in_any_order_of_arrival_give_the_same_row() -> None:
    rows = [replay(order, [BLOCK]) for order in permutations(told(__doc__))]
    assert all(found == rows[0] for found in rows)


def test_a_block_that_lives_twice_contradicts_nothing() -> None:
    assert contradicted(row(__doc__)) == []


def test_a_rerating_of_a_retired_block_is_contradicted_and_changes_nothing() -> None:
    late = "\n2026-06-01T00:00Z s1 load-block-rerated block=m1 capacity=1MW"
    assert [change.capacity_w for change in contradicted(row(__doc__ + late))] == [1_000_000]
    assert ratings(row(__doc__ + late)) == ratings(row(__doc__))


def test_a_commissioning_of_a_commissioned_block_is_contradicted_and_its_rating_holds() -> None:
    late = (
        "\n2026-04-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=firm"
        " capacity=5MW feeds=[a]"
    )
    assert [change.rating for change in contradicted(row(__doc__ + late))] == [
        Rating(5_000_000, "mining", "firm", ("a",))
    ]
    assert ratings(row(__doc__ + late))[2].value.capacity_w == 5_000_000
