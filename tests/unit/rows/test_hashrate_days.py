"""The hashrate of a block, a day at a time.

2026-07-14T06:00Z s1 hashrate-changed block=m1 hashrate=5EH/s power=80MW units_hashing=24000 method=pool
2026-07-14T12:00Z s1 hashrate-changed block=m1 hashrate=4EH/s method=device until=2026-07-14T12:15Z
2026-07-14T18:00Z s1 hashrate-changed block=m1 hashrate=0GH/s power=1MW method=pool
2026-07-15T00:00Z s1 hashrate-changed block=m1 hashrate=5EH/s method=pool
"""

from __future__ import annotations

from itertools import permutations

from ledger.calendar import instant_s
from projections.engine.fold import replay
from projections.rows.hashrate_days import HASHRATE_DAY, HashrateStep, day
from tests.support.story_facts import told

DAY = ("s1", "m1", "2026-07-14")


def test_a_day_of_a_block_holds_its_steps_in_order_with_what_was_not_said_as_minus_one() -> None:
    rows = replay(told(__doc__), [HASHRATE_DAY])["hashrate-day"]
    assert day(rows[DAY]) == [
        HashrateStep(instant_s("2026-07-14T06:00:00Z"), 0, 5 * 10**9, 80_000_000, 24_000, -1),
        HashrateStep(
            instant_s("2026-07-14T12:00:00Z"), 1, 4 * 10**9, -1, -1, instant_s("2026-07-14T12:15:00Z")
        ),
        HashrateStep(instant_s("2026-07-14T18:00:00Z"), 2, 0, 1_000_000, -1, -1),
    ]


def test_midnight_utc_begins_the_next_row() -> None:
    assert set(replay(told(__doc__), [HASHRATE_DAY])["hashrate-day"]) == {DAY, ("s1", "m1", "2026-07-15")}


def test_a_step_weighs_six_64_bit_numbers_and_nothing_else() -> None:
    assert len(replay(told(__doc__), [HASHRATE_DAY])["hashrate-day"][DAY]) == 3 * 6 * 8


def test_facts_in_any_order_of_arrival_give_the_same_row() -> None:
    records = told(__doc__)
    rows = [replay(order, [HASHRATE_DAY]) for order in permutations(records)]
    assert all(row == rows[0] for row in rows)


def test_of_two_facts_of_one_instant_the_higher_pos_stands_last() -> None:
    records = told("""
    2026-07-14T06:00Z s1 hashrate-changed block=m1 hashrate=1EH/s method=pool
    2026-07-14T06:00Z s1 hashrate-changed block=m1 hashrate=2EH/s method=pool
    """)
    row = replay(reversed(records), [HASHRATE_DAY])["hashrate-day"][DAY]
    assert [step.hashrate_ghs for step in day(row)] == [10**9, 2 * 10**9]


def test_blocks_of_one_name_at_two_sites_are_two_rows() -> None:
    records = told("""
    2026-07-14T06:00Z s1 hashrate-changed block=m1 hashrate=1EH/s method=pool
    2026-07-14T06:00Z s2 hashrate-changed block=m1 hashrate=2EH/s method=pool
    """)
    assert len(replay(records, [HASHRATE_DAY])["hashrate-day"]) == 2


def test_a_snapshot_is_not_changed_by_later_facts() -> None:
    records = told(__doc__)
    rows = replay(records[:1], [HASHRATE_DAY])
    snapshot = dict(rows["hashrate-day"])
    replay(records[1:], [HASHRATE_DAY], rows)
    assert len(day(snapshot[DAY])) == 1
