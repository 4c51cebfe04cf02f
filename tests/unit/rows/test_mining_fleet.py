"""Machines come and go.

2026-01-05T00:00Z s1 fleet-installed block=m1 model=s21 units=10000 unit_hashrate=200TH/s unit_power=3500W
2026-02-05T00:00Z s1 fleet-installed block=m1 model="s21 xp" units=5000 unit_hashrate=270TH/s unit_power=3645W
2026-03-05T00:00Z s1 fleet-removed block=m1 model=s21 units=4000 unit_hashrate=200TH/s unit_power=3500W
"""

from __future__ import annotations

from itertools import permutations

from ledger.calendar import instant_s
from projections.engine.fold import replay
from projections.rows.mining_fleet import FLEET, Nameplate, installed_before
from tests.support.story_facts import told


def installed(instant: str) -> Nameplate | None:
    row = replay(told(__doc__), [FLEET])["fleet"][("s1", "m1")]
    return installed_before(row, instant_s(instant))


def test_before_the_first_fact_the_nameplate_is_unknown_not_zero() -> None:
    assert installed("2026-01-05T00:00:00Z") is None


def test_machines_count_from_the_instant_after_their_fact() -> None:
    assert installed("2026-01-05T00:00:01Z") == Nameplate(10_000, 2_000_000_000, 35_000_000)


def test_nameplates_of_models_add_up() -> None:
    assert installed("2026-03-01T00:00:00Z") == Nameplate(15_000, 3_350_000_000, 53_225_000)


def test_removed_machines_take_their_nameplate_with_them() -> None:
    assert installed("2026-04-01T00:00:00Z") == Nameplate(11_000, 2_550_000_000, 39_225_000)


def test_facts_in_any_order_of_arrival_give_the_same_row() -> None:
    rows = [replay(order, [FLEET]) for order in permutations(told(__doc__))]
    assert all(row == rows[0] for row in rows)
