"""Instants, dates and durations as a reader types them for the verifier."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import pytest

from ledger.verifier.times import parse_duration, parse_time


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1970-01-01T00:00Z", 0),
        ("2026-07-01T04:00:00Z", 1_782_878_400),
        ("2026-07-01T00:00-04:00", 1_782_878_400),
        ("2026-07-01", "2026-07-01"),
    ],
)
def test_an_instant_is_read_and_a_date_stays_one(text: str, found: int | str) -> None:
    """A date is a day in the zone of the sites, which is not known yet."""
    assert parse_time(text) == found


@pytest.mark.parametrize(("text", "found"), [("7d", 604_800), ("24h", 86_400), ("90min", 5_400), ("30s", 30)])
def test_a_duration_has_one_unit(text: str, found: int) -> None:
    """In seconds."""
    assert parse_duration(text) == found


@pytest.mark.parametrize(
    ("parse", "text", "right"),
    [
        (parse_time, "2026-07-01T04:00", "must be a date, or an instant with Z such as 2026-07-01T04:00Z"),
        (parse_time, "2026-02-30", "must be a date, or an instant with Z such as 2026-07-01T04:00Z"),
        (parse_time, "noon", "must be a date, or an instant with Z such as 2026-07-01T04:00Z"),
        (parse_duration, "7", "must be such as 7d, 24h, 90min or 30s"),
        (parse_duration, "1 h", "must be such as 7d, 24h, 90min or 30s"),
        (parse_duration, "1234567890s", "must be such as 7d, 24h, 90min or 30s"),
    ],
)
def test_what_is_no_time_gets_an_example(parse: Callable[[str], Any], text: str, right: str) -> None:
    """Naive instants too: the verifier knows no zone to read them in."""
    with pytest.raises(argparse.ArgumentTypeError) as why:
        parse(text)
    assert str(why.value) == f"{right}: {text!r}"
