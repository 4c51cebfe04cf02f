"""Readings of a meter.

2026-07-01T00:00Z s1 meter-registered meter=r1 scope=site role=revenue direction=delivered interval=15min
2026-07-14T00:00Z s1 intervals-recorded meter=r1 start=2026-07-14T00:00Z interval=15min power_of_ten=3 values=[60,61] quality=[17,8]
2026-07-14T00:30Z s1 intervals-recorded meter=r1 start=2026-07-14T00:30Z interval=30min power_of_ten=3 values=[124] quality=[-1]
2026-07-20T00:00Z s1 meter-registered meter=r1 scope=m1 role=facility point=ups direction=delivered interval=15min
"""

from __future__ import annotations

from itertools import permutations

from ledger.calendar import instant_s
from projections.engine.fold import replay
from projections.rows.meters import METER, METER_DAY, MeterTerms, readings, terms_before
from tests.support.story_facts import told

START = instant_s("2026-07-14T00:00:00Z")


def read(text: str) -> list[tuple[int, ...]]:
    row = replay(told(text), [METER_DAY])["meter-day"][("s1", "r1", "2026-07-14")]
    return list(zip(*readings(row), strict=True))


def test_each_reading_keeps_its_own_unit_interval_and_quality() -> None:
    assert read(__doc__) == [
        (START, START + 900, 60, 3, 900, 17),
        (START + 900, START + 1800, 61, 3, 900, 8),
        (START + 1800, START + 3600, 124, 3, 1800, -1),
    ]


def test_readings_in_any_order_of_arrival_give_the_same_rows() -> None:
    rows = [replay(order, [METER, METER_DAY]) for order in permutations(told(__doc__))]
    assert all(row == rows[0] for row in rows)


def test_of_two_readings_of_one_start_the_later_recorded_holds() -> None:
    assert read("""
    2026-07-14T00:00Z s1 intervals-recorded meter=r1 start=2026-07-14T00:00Z interval=15min power_of_ten=0 values=[1] quality=[-1]
    2026-07-14T00:00Z s1 intervals-recorded meter=r1 start=2026-07-14T00:00Z interval=15min power_of_ten=0 values=[2] quality=[-1]
    """) == [(START, START + 900, 2, 0, 900, -1)]


def test_a_reading_ends_where_the_next_begins_so_that_no_second_counts_twice() -> None:
    assert read("""
    2026-07-14T00:00Z s1 intervals-recorded meter=r1 start=2026-07-14T00:00Z interval=1h power_of_ten=0 values=[60] quality=[-1]
    2026-07-14T00:30Z s1 intervals-recorded meter=r1 start=2026-07-14T00:30Z interval=1h power_of_ten=0 values=[70] quality=[-1]
    """) == [
        (START, START + 1800, 60, 0, 3600, -1),
        (START + 1800, START + 5400, 70, 0, 3600, -1),
    ]


def test_a_reading_of_energy_given_back_may_be_negative() -> None:
    assert read("""
    2026-07-14T00:00Z s1 intervals-recorded meter=r1 start=2026-07-14T00:00Z interval=15min power_of_ten=0 values=[-5] quality=[-1]
    """) == [(START, START + 900, -5, 0, 900, -1)]


def terms(instant: str) -> MeterTerms | None:
    return terms_before(replay(told(__doc__), [METER])["meter"][("s1", "r1")], instant_s(instant))


def test_a_meter_is_unknown_until_it_is_registered() -> None:
    assert terms("2026-07-01T00:00:00Z") is None


def test_a_meter_registered_again_is_from_then_on_what_was_said_last() -> None:
    found = terms("2026-07-20T00:00:01Z")
    assert found is not None
    assert (found.scope, found.role, found.point) == ("m1", "facility", "ups")


def test_the_past_keeps_the_terms_it_had() -> None:
    found = terms("2026-07-20T00:00:00Z")
    assert found is not None
    assert (found.scope, found.role, found.point) == ("site", "revenue", None)
