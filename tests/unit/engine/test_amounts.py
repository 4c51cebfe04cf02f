"""Amounts for people: the unit that suits them, and one rounding that is the same as that of exact
rationals.
"""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.engine.amounts import UnknownUnit, axis_unit, number, said, suiting, unit_of


@given(st.integers(-(2**60), 2**60), st.sampled_from([1, 60, 100, 1000, 3600, 10**4, 10**6, 10**9]))
def test_an_amount_is_the_exact_quotient_rounded_half_to_even(value: int, worth: int) -> None:
    exact = Fraction(round(Fraction(value * 1000, worth)), 1000)
    small = "0" if not value else "<0.001" if value > 0 else ">-0.001"
    shown = number(value, worth)
    assert Fraction(shown.replace(",", "")) == exact if exact else shown == small


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (1_800_000_000, "W", "1.8 GW"),
        (971_234, "ppm", "97.123 %"),
        (5_000, "ppm", "0.5 %"),
        (1_250_000, "ppm", "125 %"),
        (-1250, "cent", "-12.50 USD"),
        (-1, "cent", "-0.01 USD"),
        (-1, "uWh", ">-0.001 kWh"),
        (7, "", "7"),
        (1, "uWh", "<0.001 kWh"),
        (0, "uWh", "0 kWh"),
        (1_250, "W", "1.25 kW"),
    ],
)
def test_an_amount_has_its_unit(value: int, unit: str, words: str) -> None:
    assert said(value, unit) == words


@given(st.integers(-(2**60), 2**60), st.sampled_from(["W", "Wh", "GH/s", "s", "ms", "cent", "uWh", "ppm"]))
def test_an_amount_that_is_not_zero_is_never_said_to_be_zero(value: int, unit: str) -> None:
    """0.4 kW of a site of 200 MW stood as 0 MW, and read as a meter that stands still."""
    assert (number(value, unit_of(unit)[1]) == "0") == (value == 0)


@pytest.mark.parametrize(
    ("unit", "shown", "found"),
    [
        ("W", "", ("MW", 10**6)),
        ("W", "GW", ("GW", 10**9)),
        ("s", "", ("h", 3600)),
        ("s", "min", ("min", 60)),
        ("uWh", "", ("kWh", 10**9)),
        ("1/1000", "", ("", 1000)),
        ("ppm", "ratio", ("ratio", 10**6)),
        ("", "", ("", 1)),
    ],
)
def test_a_column_has_the_unit_it_names_or_the_usual_one_of_its_amounts(
    unit: str, shown: str, found: tuple[str, int]
) -> None:
    assert unit_of(unit, shown) == found


@pytest.mark.parametrize(("unit", "shown"), [("furlong", ""), ("W", "MWh")])
def test_a_unit_that_nobody_knows_is_refused(unit: str, shown: str) -> None:
    with pytest.raises(UnknownUnit):
        unit_of(unit, shown)


@pytest.mark.parametrize(
    ("greatest_w", "found"), [(3 * 10**9, "MW"), (2 * 10**6, "MW"), (900_000, "kW"), (5, "W")]
)
def test_an_axis_has_the_unit_of_its_column_unless_its_amounts_are_too_small(
    greatest_w: int, found: str
) -> None:
    assert axis_unit("W", (0, greatest_w))[0] == found


@pytest.mark.parametrize(
    ("unit", "numbers", "found"),
    [
        ("W", [], ("W", 1)),
        ("W", [999, -1_000], ("kW", 1_000)),
        ("W", [999], ("W", 1)),
        ("mHz", [60], ("Hz", 1_000)),
        ("s", [900], ("h", 3_600)),
        ("s", [899], ("min", 60)),
        ("s", [59], ("s", 1)),
        ("s", [0], ("h", 3_600)),
        ("of no list", [5], ("of no list", 1)),
    ],
)
def test_amounts_share_the_largest_unit_that_one_of_them_reaches(
    unit: str, numbers: list[int], found: tuple[str, int]
) -> None:
    """None reaches one: the smallest unit is taken, or that of a sentence."""
    assert suiting(unit, numbers) == found


@pytest.mark.parametrize(
    ("unit", "shown", "says"),
    [
        ("furlong", "", "no unit is called 'furlong'; there are W, "),
        ("W", "kWh", "'W' cannot be shown in 'kWh', only in "),
    ],
)
def test_a_unit_that_does_not_exist_is_named_with_those_that_do(unit: str, shown: str, says: str) -> None:
    """A defect of a report, found by whoever writes it."""
    with pytest.raises(UnknownUnit) as why:
        unit_of(unit, shown)
    assert str(why.value).startswith(says)


@pytest.mark.parametrize(
    ("value", "shown"), [(1_000_500, "1,000.5"), (500_500, "500.5"), (1_500, "1.5"), (1, "0.001"), (0, "0")]
)
def test_a_thousandth_is_the_last_that_is_shown(value: int, shown: str) -> None:
    assert number(value, 1_000) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(25, "0.002"), (35, "0.004"), (26, "0.003"), (24, "0.002"), (-25, "-0.002")]
)
def test_what_lies_in_the_middle_goes_to_the_even_thousandth(value: int, shown: str) -> None:
    """As banks round: halves do not add up in one direction."""
    assert number(value, 10_000) == shown


def test_the_unit_of_nothing_is_the_smallest() -> None:
    assert suiting("W", []) == suiting("W", [0])
