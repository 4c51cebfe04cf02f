"""The peak of several loads together, against the sum of every second."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from projections.figures.energy_split import peak
from projections.figures.power_integrals import LoadStretches

SECONDS = 12


@st.composite
def loads(draw: st.DrawFn) -> list[LoadStretches]:
    """Meters that are read at the same instants, and some that are not."""
    grids = draw(st.lists(st.lists(st.integers(0, SECONDS), min_size=2, max_size=5, unique=True), min_size=1))
    found = []
    for grid in draw(st.lists(st.sampled_from(grids), min_size=1, max_size=5)):
        edges = sorted(grid)
        powers = draw(st.lists(st.integers(0, 9), min_size=len(edges) - 1, max_size=len(edges) - 1))
        found.append(LoadStretches(tuple(edges[:-1]), tuple(edges[1:]), tuple(powers)))
    return found


@given(loads())
def test_the_peak_is_the_highest_sum_of_any_second_in_which_a_load_is_known(
    some: list[LoadStretches],
) -> None:
    """Loads of the same intervals are added before any edge is looked at."""
    sums = [
        sum(power for _, _, power in known)
        for second in range(SECONDS)
        if (known := [one for load in some for one in zip(*load, strict=True) if one[0] <= second < one[1]])
    ]
    assert peak(some) == (max(sums), len(sums))


def test_no_load_has_no_peak() -> None:
    assert peak([]) == (None, 0)
