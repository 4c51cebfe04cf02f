"""Amounts for people: the unit that suits them, and one rounding that is the same as that of exact
rationals.
"""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.engine.amounts import number, said


@given(st.integers(-(2**60), 2**60), st.sampled_from([1, 60, 100, 1000, 3600, 10**4, 10**6, 10**9]))
def test_an_amount_is_the_exact_quotient_rounded_half_to_even(value: int, worth: int) -> None:
    shown = Fraction(number(value, worth).replace(",", ""))
    assert shown == Fraction(round(Fraction(value * 1000, worth)), 1000)


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (1_800_000_000, "W", "1.8 GW"),
        (971_234, "ppm", "97.123 %"),
        (-1250, "cent", "-12.5 USD"),
        (-1, "cent", "-0.01 USD"),
        (-1, "uWh", "0 kWh"),
        (7, "", "7"),
    ],
)
def test_an_amount_has_its_unit(value: int, unit: str, words: str) -> None:
    assert said(value, unit) == words
