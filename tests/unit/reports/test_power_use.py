"""Power use: of every interval load, held back, lost and idle add up to what was energized, exactly."""

from __future__ import annotations

import pytest
from hypothesis import given

from projections.reports.power_use import REPORT
from tests.support.histories import history
from tests.support.report_answers import answer, lines
from tests.support.story_facts import told
from tests.support.worlds import rows_of, scopes, seeds

SITE = """
2026-05-01T00:00Z s1 site-registered name=S county=C state=GA tz=UTC balancing_authority=SOCO utility=U parcels=[] site_class=training
2026-05-01T00:00Z s1 power-contracted agreement=A power=150MW firm=0W start=2026-05-01T00:00Z
2026-05-01T00:00Z s1 capacity-energized power=100MW point_of_delivery=p voltage=115kV
2026-05-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=90MW feeds=[]
2026-05-01T00:00Z s1 meter-registered meter=r scope=site role=revenue direction=delivered interval=1h
"""
FOUR = (
    "2026-06-01T00:00Z s1 intervals-recorded meter=r start=2026-06-01T00:00Z interval=1h power_of_ten=6"
    " values=[90,20,50,110] quality=[17,17,17,17]\n"
)
HELD = """
2026-05-31T00:00Z s1 dispatch-notified dispatch=d dispatch_class=emergency mode=reduce-to target=0W start=2026-06-01T01:00Z
2026-06-01T01:00Z s1 curtailment-started dispatch=d block=m1 depth=70MW
2026-06-01T02:00Z s1 curtailment-ended dispatch=d block=m1
2026-06-01T02:00Z s1 outage-started block=m1 outage=o outage_class=forced-u1 derate=90MW cause=x outside_management_control=false
2026-06-01T03:00Z s1 outage-ended outage=o
"""
WINDOW = "2026-06-01T00:00Z/2026-06-01T04:00Z"
NAMES = ("load_wh", "curtailed_wh", "outage_wh", "idle_wh", "energized_wh")


def site(text: str, window: str = WINDOW) -> dict[str, object]:
    return lines(REPORT, SITE + text, window)["site/s1"]


def mwh(text: str, window: str = WINDOW) -> list[object]:
    found = site(text, window)
    return [None if found[name] is None else int(str(found[name])) // 10**6 for name in NAMES]


def test_each_hour_is_divided_into_load_held_back_lost_and_idle() -> None:
    """90 of 100; 20 with 70 held back; 50 with 90 lost, of which 50 fit; 110 counts as 100."""
    assert mwh(FOUR + HELD) == [90 + 20 + 50 + 100, 70, 50, 10 + 10 + 0 + 0, 400]


def test_averages_and_factors_of_the_four_hours() -> None:
    """Load as metered 270 MWh: mean 67.5 of a peak of 110; 260 of 400 energized MWh were used."""
    found = site(FOUR + HELD)
    assert {
        n: found[n] for n in ("peak_w", "average_w", "load_factor_ppm", "utilisation_ppm", "missing_s")
    } == {
        "peak_w": 110_000_000,
        "average_w": 67_500_000,
        "load_factor_ppm": 613_636,
        "utilisation_ppm": 650_000,
        "missing_s": 0,
    }


def test_load_above_energized_is_flagged() -> None:
    found = answer(REPORT, told(SITE + FOUR), WINDOW)
    assert found.notes == (
        "s1: load above energized from 2026-06-01T03:00:00Z on; it counts up to what was energized",
    )


def test_a_missing_hour_is_counted_and_nothing_is_carried_into_it() -> None:
    found = site(FOUR, "2026-06-01T00:00Z/2026-06-01T06:00Z")
    assert (found["missing_s"], found["energized_wh"]) == (7200, 400_000_000)


def test_an_hour_that_the_window_cuts_counts_with_its_part() -> None:
    assert mwh(FOUR, "2026-06-01T00:30Z/2026-06-01T01:30Z")[0] == 55


def test_what_was_never_energized_leaves_the_rest_unknown() -> None:
    bare = "\n".join(line for line in SITE.splitlines() if "capacity-energized" not in line)
    found = lines(REPORT, bare + "\n" + FOUR, WINDOW)["site/s1"]
    assert [found[name] for name in NAMES] == [270_000_000, None, None, None, None]


def test_an_energizing_in_mid_interval_counts_by_time() -> None:
    """From 100 to 60 MW at half past: 80 MWh energized in the second hour."""
    text = "2026-06-01T01:30Z s1 capacity-deenergized power=60MW point_of_delivery=p cause=x\n"
    assert mwh(FOUR + text, "2026-06-01T01:00Z/2026-06-01T02:00Z") == [20, 0, 0, 60, 80]


def test_two_revenue_meters_are_summed() -> None:
    text = (
        "2026-05-01T00:00Z s1 meter-registered meter=r2 scope=site role=revenue direction=delivered"
        " interval=30min\n2026-06-01T00:00Z s1 intervals-recorded meter=r2 start=2026-06-01T00:00Z"
        " interval=30min power_of_ten=6 values=[1,2] quality=[17,17]\n"
    )
    found = site(FOUR + text)
    assert (found["load_wh"], found["missing_s"], found["peak_w"]) == (93_000_000, 3 * 3600, 94_000_000)


@pytest.mark.parametrize(("it", "pue"), [("[60]", 1_500_000), ("[]", None)])
def test_pue_is_facility_over_it_where_both_are_known(it: str, pue: int | None) -> None:
    text = """
2026-05-01T00:00Z s1 meter-registered meter=f scope=site role=facility direction=delivered interval=1h
2026-05-01T00:00Z s1 meter-registered meter=i scope=site role=it point=pdu direction=delivered interval=1h
2026-06-01T00:00Z s1 intervals-recorded meter=f start=2026-06-01T00:00Z interval=1h power_of_ten=6 values=[90,80] quality=[17,17]
"""
    if it != "[]":
        text += (
            "2026-06-01T00:00Z s1 intervals-recorded meter=i start=2026-06-01T00:00Z interval=1h"
            f" power_of_ten=6 values={it} quality=[17]\n"
        )
    assert site(FOUR + text)["pue_ppm"] == pue


def test_the_peak_of_the_fleet_is_of_the_simultaneous_sum() -> None:
    """110 and 90 MW at different hours are not 200 at any."""
    other = SITE.replace(" s1 ", " s2 ") + FOUR.replace(" s1 ", " s2 ").replace(
        "[90,20,50,110]", "[90,100,10,10]"
    )
    assert lines(REPORT, SITE + FOUR + other, WINDOW)["fleet"]["peak_w"] == 180_000_000


@given(seed=seeds)
def test_load_held_back_lost_and_idle_are_what_was_energized(seed: int) -> None:
    """The partition is exact before rounding, so the rounded parts differ from the rounded whole by two at
    most.
    """
    rows = rows_of(history(seed, 200))
    names = [column.name for column in REPORT.columns]
    for scope in scopes():
        for row in REPORT.compute(rows, scope).rows:
            cells = dict(zip(names, row, strict=True))
            if cells["energized_wh"] is not None:
                parts = [int(str(cells[name])) for name in NAMES]
                assert min(parts) >= 0
                assert abs(sum(parts[:4]) - parts[4]) <= 2


def test_the_load_of_a_fleet_stands_beside_the_energized_power_of_its_metered_sites() -> None:
    """s1 may draw 100 MW and is metered at 67.5 MW on average; s2 may draw 50 MW and has no meter: of 150 MW
    energized, the 67.5 MW compare with 100.
    """
    other = (SITE.replace(" s1 ", " s2 ").replace("power=100MW", "power=50MW")).splitlines()[1:4]
    found = lines(REPORT, SITE + FOUR + HELD + "\n".join(other), WINDOW)
    names = ("average_w", "energized_w", "metered_energized_w", "metered_sites", "energized_sites")
    assert [tuple(found[key][name] for name in names) for key in ("fleet", "site/s1", "site/s2")] == [
        (67_500_000, 150_000_000, 100_000_000, 1, 2),
        (67_500_000, 100_000_000, 100_000_000, 1, 1),
        (None, 50_000_000, None, 0, 1),
    ]


def test_a_meter_without_a_reading_in_the_window_is_none_to_compare_with() -> None:
    found = site("")
    assert (found["metered_energized_w"], found["metered_sites"]) == (None, 0)
