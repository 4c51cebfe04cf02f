"""Numbers beside a formula: whole where they are, else as the exact fraction."""

from __future__ import annotations

from fractions import Fraction

import pytest

from projections.engine.report import exact, no_workings


@pytest.mark.parametrize(
    ("value", "written"),
    [(Fraction(4, 2), 2), (Fraction(0), 0), (Fraction(1, 3), "1/3"), (Fraction(-7, 2), "-7/2")],
)
def test_a_number_behind_a_figure_is_exact(value: Fraction, written: int | str) -> None:
    assert exact(value) == written


def test_a_figure_that_its_formula_explains_has_no_workings() -> None:
    assert no_workings() == ()
