"""Quantities are typed with their unit, are exact, and read back as they were written."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import units
from ledger.errors import Malformed


@pytest.mark.parametrize(
    ("text", "suffix", "value"),
    [
        ("250MW", "_w", 250_000_000),
        ("1.8GW", "_w", 1_800_000_000),
        ("45.6EH/s", "_ghs", 45_600_000_000),
        ("97.5%", "_ppm", 975_000),
        ("975000ppm", "_ppm", 975_000),
        ("12.50USD", "_cents", 1250),
        ("-3USD", "_cents", -300),
        ("10min", "_s", 600),
        ("345kV", "_v", 345_000),
        ("1.5s", "_ms", 1500),
    ],
)
def test_a_quantity_is_whole_in_its_base_unit(text: str, suffix: str, value: int) -> None:
    assert units.parse_quantity(text, suffix) == value


@pytest.mark.parametrize(
    ("text", "suffix", "message"),
    [
        ("250", "_w", "needs a unit (W, kW, MW, GW): '250'"),
        ("250MVA", "_w", "has an unknown unit, use W, kW, MW, GW: '250MVA'"),
        ("0.5W", "_w", "is not a whole number of W: '0.5W'"),
        ("1e3MW", "_w", "is not a number with a unit (W, kW, MW, GW): '1e3MW'"),
        ("٣MW", "_w", "is not a number with a unit (W, kW, MW, GW): '٣MW'"),
        (
            "9007199254740992W",
            "_w",
            "is beyond 2^53, the largest number every reader keeps exactly: '9007199254740992W'",
        ),
        ("0.001USD", "_cents", "is not a whole number of cents: '0.001USD'"),
    ],
)
def test_a_quantity_that_cannot_be_meant_says_what_would_be_right(
    text: str, suffix: str, message: str
) -> None:
    with pytest.raises(Malformed) as why:
        units.parse_quantity(text, suffix)
    assert str(why.value) == message


@given(st.sampled_from(sorted(units.UNITS)), st.integers(-units.LIMIT, units.LIMIT))
def test_a_written_quantity_reads_back_as_itself(suffix: str, value: int) -> None:
    assert units.parse_quantity(units.format_quantity(value, suffix), suffix) == value


@pytest.mark.parametrize(
    ("value", "suffix", "text"),
    [
        (45_600_000_000, "_ghs", "45.6EH/s"),
        (600, "_s", "10min"),
        (90, "_s", "90s"),
        (0, "_w", "0W"),
        (1_234_567, "_w", "1234.567kW"),
    ],
)
def test_a_quantity_is_written_in_the_largest_unit_with_at_most_three_decimals(
    value: int, suffix: str, text: str
) -> None:
    assert units.format_quantity(value, suffix) == text


def test_half_a_part_per_million_rounds_to_the_even_one() -> None:
    assert [units.rounded(Fraction(n, 2)) for n in (1, 3, 5)] == [0, 2, 2]


def test_nothing_over_nothing_is_unknown() -> None:
    assert units.ppm(0, 0) is None


def test_one_exahash_at_one_joule_per_terahash_is_one_megawatt() -> None:
    """J/TH = J * 1000 / GH, so W = GH/s * (J/TH) / 1000."""
    assert units.parse_quantity("1EH/s", "_ghs") * 1 // 1000 == units.parse_quantity("1MW", "_w")


@given(st.integers(-(10**20), 10**20), st.integers(1, 10**9))
def test_the_nearest_whole_number_is_that_of_the_fraction(part: int, whole: int) -> None:
    """Half to even, below zero too."""
    assert units.nearest(part, whole) == units.rounded(Fraction(part, whole))
