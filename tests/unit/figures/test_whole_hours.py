"""Energy hour by hour, against a sum of quarter hours one by one."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.calendar import HOUR_S, Window
from projections.figures.whole_hours import by_hour
from projections.rows.meters import MeterReadings

QUARTER_S = HOUR_S // 4


def readings(quarters: dict[int, int]) -> MeterReadings:
    """Readings of whole Wh over quarter hours."""
    starts, count = tuple(quarters), len(quarters)
    stops = tuple(start_s + QUARTER_S for start_s in starts)
    return MeterReadings(
        starts, stops, tuple(quarters.values()), (0,) * count, (QUARTER_S,) * count, (17,) * count
    )


@pytest.mark.parametrize("meters", [1, 2])
@given(seed=st.integers(0, 2**32 - 1))
def test_an_hour_counts_where_each_of_its_quarters_is_known_of_every_meter(meters: int, seed: int) -> None:
    """A meter is silent for a quarter, for a morning, or before the window ends; the window cuts an hour."""
    rng = random.Random(seed)
    said: list[dict[int, int]] = []
    for _ in range(meters):
        silent = [Window(at, at + rng.choice((1, 4, 30)) * QUARTER_S) for at in rng.sample(range(86_400), 3)]
        of_day = range(0, 86_400, QUARTER_S)
        known = [at for at in of_day if not any(gap.start_s <= at < gap.stop_s for gap in silent)]
        said.append({at: rng.randrange(1000) for at in known})
    window = Window(rng.randrange(20_000), rng.randrange(40_000, 100_000))
    wanted = {
        hour: sum(one[hour + n * QUARTER_S] for one in said for n in range(4))
        for hour in range(0, 86_400, HOUR_S)
        if window.start_s <= hour <= window.stop_s - HOUR_S
        and all(hour + n * QUARTER_S in one for one in said for n in range(4))
    }
    assert by_hour([readings(one) for one in said], window) == wanted


def test_no_meter_has_no_hour() -> None:
    assert by_hour([], Window(0, 86_400)) == {}
