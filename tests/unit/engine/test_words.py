"""Words of first screens: counts, shares, money and times as people say them."""

from __future__ import annotations

import pytest

from projections.engine.words import (
    among,
    counted,
    dollars,
    duration,
    listed,
    out_of,
    percent,
    sentence,
    total,
    verb,
)


@pytest.mark.parametrize(
    ("share_ppm", "said"),
    [
        (975_000, "97.5 %"),
        (1_025_000, "102.5 %"),
        (999_996, "99.9996 %"),
        (1_000_000, "100 %"),
        (3, "0.0003 %"),
        (0, "0 %"),
        (-31_250, "-3.12 %"),
        (12_345_678, "1,234.57 %"),
    ],
)
def test_a_share_is_never_rounded_to_none_or_to_all(share_ppm: int, said: str) -> None:
    assert percent(share_ppm) == said


@pytest.mark.parametrize(
    ("cents", "said"), [(420_000_000, "$4,200,000"), (1, "$0.01"), (-99_950, "-$999.50"), (0, "$0")]
)
def test_money_has_cents_where_there_are_any(cents: int, said: str) -> None:
    assert dollars(cents) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (42, "42 s"),
        (360, "6 min"),
        (361, "6 min 1 s"),
        (12_000, "3 h 20 min"),
        (3_601, "1 h"),
        (2 * 86_400, "48 h"),
        (639_600, "178 h"),
        (-90, "-1 min 30 s"),
        (2 * 86_400 - 1, "47 h 59 min"),
        (-2 * 86_400, "-48 h"),
        (1, "1 s"),
    ],
)
def test_a_time_is_said_in_hours_minutes_and_seconds(seconds: int, said: str) -> None:
    """Seconds matter below an hour, minutes below two days."""
    assert duration(seconds) == said


def test_counts_and_lists_read_as_a_sentence() -> None:
    assert (
        sentence(
            f"{counted(1, 'dispatch', 'dispatches')} and {counted(1204, 'dispatch', 'dispatches')}",
            "",
            listed(["a", "b", "c"]),
            f"unknown{among(2, 6, 'case')}{among(1, 1, 'case')}",
        )
        == "1 dispatch and 1,204 dispatches; a, b and c; unknown in 2 of 6 cases."
    )


@pytest.mark.parametrize(("words", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a and b")])
def test_few_words_are_listed_without_a_comma(words: list[str], said: str) -> None:
    assert listed(words) == said


def test_a_sentence_begins_with_how_many_of_how_many() -> None:
    assert (out_of(2, 1_204), out_of(0, 14), verb(1, "is", "are"), verb(0, "is", "are")) == (
        "2 of 1,204",
        "None of 14",
        "is",
        "are",
    )


def test_a_total_is_of_what_is_known() -> None:
    lines: list[dict[str, int | str | bool | None]] = [
        {"energy_wh": 3},
        {"energy_wh": None},
        {"energy_wh": 4},
    ]
    assert (total(lines, "energy_wh"), total(lines[1:2], "energy_wh")) == (7, None)
