"""The efficiency report on stories whose figures are known by hand and from DOMAIN 6."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest

from projections.reports.catalogue import BY_NAME
from projections.reports.efficiency import REPORT as EFFICIENCY
from tests.support.efficiency_cases import BLOCK, EH, MW, Line, answer, lines
from tests.support.story_facts import told


def block(text: str, period: str = "2026-07-14", **asked: Any) -> Line:
    return lines(text, period, **asked)["block/s1/m1"]


def notes(text: str, period: str = "2026-07-14", **asked: Any) -> tuple[str, ...]:
    return answer(told(BLOCK + text), period, **asked).notes


# --- the report itself --------------------------------------------------------------------------------------


def test_the_catalogue_lists_it() -> None:
    assert BY_NAME["efficiency"] is EFFICIENCY


def test_its_columns_are_those_scripts_rely_on() -> None:
    promised = (
        "scope site deployed_ghs operating_ghs average_ghs peak_ghs units it_w_average machine_mj_per_th "
        "facility_mj_per_th coverage_ppm"
    )
    assert [c.name for c in EFFICIENCY.columns if c.name in promised.split()] == promised.split()


def test_its_definition_is_its_module_docstring() -> None:
    assert "never a mean of means" in EFFICIENCY.definition


def test_the_fleet_comes_first_then_each_site_followed_by_its_blocks() -> None:
    assert list(
        lines("""
        2026-01-01T00:00Z s2 load-block-commissioned block=z load_class=mining service_class=interruptible capacity=1MW feeds=[a]
        2026-01-01T00:00Z s1 load-block-commissioned block=a load_class=mining service_class=interruptible capacity=1MW feeds=[a]
        """)
    ) == ["fleet", "site/s1", "block/s1/a", "block/s1/m1", "site/s2", "block/s2/z"]


# --- the identity -------------------------------------------------------------------------------------------


def test_one_exahash_at_one_joule_a_terahash_draws_one_megawatt() -> None:
    """A block at 1 EH/s and 1 MW all day: 1 J/TH is 1000 mJ/TH, with nothing lost to rounding."""
    row = block("2026-07-01T00:00Z s1 hashrate-changed block=m1 hashrate=1EH/s power=1MW method=pool")
    assert (row["average_ghs"], row["it_w_average"], row["machine_mj_per_th"]) == (EH, MW, 1000)


def test_two_fleets_weigh_by_their_work_not_by_their_number() -> None:
    """10,000 units of (270 TH/s, 13.5 J/TH) with 20,000 of (120, 27.5): 20.09 J/TH, not 20.5 (mean) or 22.83
    (by units).
    """
    found = lines("""
    2026-01-01T00:00Z s1 load-block-commissioned block=m2 load_class=mining service_class=interruptible capacity=100MW feeds=[a]
    2026-01-01T00:00Z s1 fleet-installed block=m1 model=new units=10000 unit_hashrate=270TH/s unit_power=3645W
    2026-01-01T00:00Z s1 fleet-installed block=m2 model=old units=20000 unit_hashrate=120TH/s unit_power=3300W
    2026-01-01T00:00Z s1 hashrate-changed block=m1 hashrate=2.7EH/s power=36.45MW units_hashing=10000 method=pool
    2026-01-01T00:00Z s1 hashrate-changed block=m2 hashrate=2.4EH/s power=66MW units_hashing=20000 method=pool
    """)
    assert [found[k]["machine_mj_per_th"] for k in ("block/s1/m1", "block/s1/m2", "site/s1", "fleet")] == [
        13_500,
        27_500,
        20_088,
        20_088,
    ]
    assert (found["fleet"]["units"], found["fleet"]["deployed_ghs"]) == (30_000, 5_100_000_000)


def test_time_weighs_too() -> None:
    """6 h at 4 EH/s and 80 MW, then 18 h at 1 EH/s and 25 MW: (480 + 450) MWh over (24 + 18) EH/s x h, not
    the mean of 20 and 25.
    """
    row = block("""
    2026-07-14T00:00Z s1 hashrate-changed block=m1 hashrate=4EH/s power=80MW method=pool
    2026-07-14T06:00Z s1 hashrate-changed block=m1 hashrate=1EH/s power=25MW method=pool
    """)
    assert row["machine_mj_per_th"] == round(Fraction(930_000, 42))


# --- what is known ------------------------------------------------------------------------------------------


def test_a_value_set_days_before_the_window_still_holds() -> None:
    row = block("2026-07-01T00:00Z s1 hashrate-changed block=m1 hashrate=5EH/s method=pool")
    assert (row["average_ghs"], row["operating_ghs"], row["coverage_ppm"]) == (5 * EH, 5 * EH, 1_000_000)


def test_after_until_the_value_is_unknown_adds_nothing_and_lowers_coverage() -> None:
    row = block(
        "2026-07-13T18:00Z s1 hashrate-changed block=m1 hashrate=8EH/s method=device until=2026-07-14T06:00Z"
    )
    assert (row["average_ghs"], row["peak_ghs"], row["coverage_ppm"]) == (2 * EH, 8 * EH, 250_000)


def test_what_a_block_does_at_the_end_is_unknown_and_not_zero_after_until() -> None:
    row = block(
        "2026-07-13T18:00Z s1 hashrate-changed block=m1 hashrate=8EH/s method=device until=2026-07-14T06:00Z"
    )
    assert row["operating_ghs"] is None


def test_until_at_the_very_end_of_the_window_still_covers_the_month_end() -> None:
    row = block(
        "2026-07-13T18:00Z s1 hashrate-changed block=m1 hashrate=8EH/s method=device until=2026-07-15T00:00Z"
    )
    assert row["operating_ghs"] == 8 * EH


def test_a_new_value_ends_the_old_one_before_its_until() -> None:
    row = block("""
    2026-07-14T00:00Z s1 hashrate-changed block=m1 hashrate=8EH/s method=device until=2026-07-14T23:00Z
    2026-07-14T12:00Z s1 hashrate-changed block=m1 hashrate=4EH/s method=device
    """)
    assert (row["average_ghs"], row["coverage_ppm"]) == (6 * EH, 1_000_000)


def test_an_expired_value_of_an_earlier_day_hides_what_an_even_earlier_one_said() -> None:
    row = block("""
    2026-07-01T00:00Z s1 hashrate-changed block=m1 hashrate=8EH/s method=pool
    2026-07-02T00:00Z s1 hashrate-changed block=m1 hashrate=4EH/s method=device until=2026-07-03T00:00Z
    """)
    assert (row["average_ghs"], row["coverage_ppm"]) == (0, 0)


def test_a_commissioned_block_without_a_value_lowers_the_coverage_of_its_site() -> None:
    found = lines("""
    2026-01-01T00:00Z s1 load-block-commissioned block=m2 load_class=mining service_class=interruptible capacity=1MW feeds=[a]
    2026-07-01T00:00Z s1 hashrate-changed block=m1 hashrate=5EH/s method=pool
    """)
    assert [found[k]["coverage_ppm"] for k in ("site/s1", "block/s1/m1", "block/s1/m2")] == [
        500_000,
        1_000_000,
        0,
    ]


def test_before_commissioning_and_after_retirement_a_block_is_zero_and_known() -> None:
    """Commissioned 06:00, retired 18:00 at 10 EH/s: 5 EH/s over the whole day, all of the block's own time
    known.
    """
    row = lines("""
    2026-07-14T06:00Z s1 load-block-commissioned block=m2 load_class=mining service_class=interruptible capacity=1MW feeds=[a]
    2026-07-14T06:00Z s1 hashrate-changed block=m2 hashrate=10EH/s method=pool
    2026-07-14T18:00Z s1 load-block-retired block=m2 cause=conversion
    """)["block/s1/m2"]
    assert (row["average_ghs"], row["coverage_ppm"], row["operating_ghs"]) == (5 * EH, 1_000_000, 0)


def test_a_value_said_before_a_retirement_does_not_hold_in_the_next_life_of_the_block() -> None:
    row = block("""
    2026-07-13T00:00Z s1 hashrate-changed block=m1 hashrate=10EH/s method=pool
    2026-07-14T06:00Z s1 load-block-retired block=m1 cause=decommissioned
    2026-07-14T12:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=1MW feeds=[a]
    """)
    assert (row["average_ghs"], row["coverage_ppm"], row["operating_ghs"]) == (round(2.5 * EH), 333_333, None)


def test_a_rerating_does_not_end_what_the_block_does() -> None:
    row = block("""
    2026-07-13T00:00Z s1 hashrate-changed block=m1 hashrate=10EH/s method=pool
    2026-07-14T06:00Z s1 load-block-rerated block=m1 capacity=90MW
    """)
    assert (row["average_ghs"], row["coverage_ppm"]) == (10 * EH, 1_000_000)


def test_null_wattage_is_not_zero() -> None:
    """Power is known for half of the day only: machine efficiency comes from that half."""
    row = block("""
    2026-07-14T00:00Z s1 hashrate-changed block=m1 hashrate=2EH/s power=40MW method=pool
    2026-07-14T12:00Z s1 hashrate-changed block=m1 hashrate=6EH/s method=pool
    """)
    assert (row["machine_mj_per_th"], row["power_coverage_ppm"], row["coverage_ppm"]) == (
        20_000,
        500_000,
        1_000_000,
    )


def test_without_any_power_there_is_no_machine_efficiency() -> None:
    row = block("2026-07-14T00:00Z s1 hashrate-changed block=m1 hashrate=2EH/s method=pool")
    assert (row["machine_mj_per_th"], row["it_w_average"]) == (None, None)


def test_idle_machines_that_draw_power_have_no_efficiency_because_there_is_no_work() -> None:
    row = block("2026-07-14T00:00Z s1 hashrate-changed block=m1 hashrate=0GH/s power=1MW method=pool")
    assert (row["machine_mj_per_th"], row["it_w_average"], row["coverage_ppm"]) == (None, MW, 1_000_000)


def test_nothing_is_inferred_from_a_curtailment() -> None:
    row = block("""
    2026-07-01T00:00Z s1 hashrate-changed block=m1 hashrate=5EH/s method=pool
    2026-07-14T06:00Z s1 dispatch-notified dispatch=d1 dispatch_class=emergency mode=reduce-to target=0W start=2026-07-14T06:00Z
    2026-07-14T06:00Z s1 curtailment-started dispatch=d1 block=m1 depth=100MW
    """)
    assert row["average_ghs"] == 5 * EH


def test_facts_at_the_end_of_the_window_are_not_seen() -> None:
    row = block("""
    2026-07-14T00:00Z s1 hashrate-changed block=m1 hashrate=5EH/s method=pool
    2026-07-15T00:00Z s1 hashrate-changed block=m1 hashrate=9EH/s method=pool
    2026-07-15T00:00Z s1 fleet-installed block=m1 model=s21 units=10 unit_hashrate=200TH/s unit_power=3500W
    """)
    assert (row["operating_ghs"], row["peak_ghs"], row["deployed_ghs"]) == (5 * EH, 5 * EH, None)


def test_of_two_values_of_one_instant_only_the_later_recorded_counts_even_for_the_peak() -> None:
    row = block("""
    2026-07-14T00:00Z s1 hashrate-changed block=m1 hashrate=9EH/s method=pool
    2026-07-14T00:00Z s1 hashrate-changed block=m1 hashrate=5EH/s method=pool
    """)
    assert (row["average_ghs"], row["peak_ghs"]) == (5 * EH, 5 * EH)


def test_the_peak_is_of_the_simultaneous_sum_not_the_sum_of_peaks() -> None:
    found = lines("""
    2026-01-01T00:00Z s1 load-block-commissioned block=m2 load_class=mining service_class=interruptible capacity=1MW feeds=[a]
    2026-07-14T00:00Z s1 hashrate-changed block=m1 hashrate=5EH/s method=pool
    2026-07-14T00:00Z s1 hashrate-changed block=m2 hashrate=1EH/s method=pool
    2026-07-14T12:00Z s1 hashrate-changed block=m1 hashrate=1EH/s method=pool
    2026-07-14T12:00Z s1 hashrate-changed block=m2 hashrate=4EH/s method=pool
    """)
    assert (found["site/s1"]["peak_ghs"], found["fleet"]["peak_ghs"]) == (6 * EH, 6 * EH)


def test_an_empty_window_has_no_figures() -> None:
    row = lines("", "2026-07-14T00:00Z/2026-07-14T00:00Z")["fleet"]
    assert [row[c] for c in ("average_ghs", "operating_ghs", "peak_ghs", "coverage_ppm")] == [None] * 4


def test_averages_are_rounded_once_half_to_even() -> None:
    """1 GH/s for 12 h of 24 is 0.5, and 3 for 12 h is 1.5: to even, 0 and 2."""
    half = "2026-07-14T12:00Z s1 hashrate-changed block=m1 hashrate={}GH/s method=pool"
    assert [block(half.format(ghs))["average_ghs"] for ghs in (1, 3)] == [0, 2]


# --- filters and other blocks -------------------------------------------------------------------------------

TWO_SITES = """
2026-01-01T00:00Z s1 load-block-commissioned block=m2 load_class=mining service_class=interruptible capacity=1MW feeds=[a]
2026-01-01T00:00Z s2 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=1MW feeds=[a]
2026-07-14T00:00Z s1 hashrate-changed block=m1 hashrate=1EH/s method=pool
2026-07-14T00:00Z s1 hashrate-changed block=m2 hashrate=2EH/s method=pool
2026-07-14T00:00Z s2 hashrate-changed block=m1 hashrate=4EH/s method=pool
"""


@pytest.mark.parametrize(
    ("asked", "average_eh"),
    [
        ({}, 7),
        ({"sites": ("s1",)}, 3),
        ({"sites": ("s2",)}, 4),
        ({"blocks": ("m1",)}, 5),
        ({"sites": ("s1",), "blocks": ("m2",)}, 2),
    ],
)
def test_filters_leave_only_what_was_asked_for(asked: dict[str, Any], average_eh: int) -> None:
    assert lines(TWO_SITES, **asked)["fleet"]["average_ghs"] == average_eh * EH


def test_a_block_that_never_mined_is_not_counted_and_named() -> None:
    text = """
    2026-01-01T00:00Z s1 load-block-commissioned block=h1 load_class=ai-hpc service_class=firm capacity=1MW feeds=[a]
    2026-07-14T00:00Z s1 hashrate-changed block=h1 hashrate=1EH/s method=pool
    2026-07-14T00:00Z s1 hashrate-changed block=m1 hashrate=2EH/s method=pool
    """
    assert lines(text)["fleet"]["average_ghs"] == 2 * EH
    assert notes(text) == ("not counted, never a mining block by then: s1/h1",)


def test_a_block_that_mines_only_after_the_window_is_not_spoken_of() -> None:
    assert not notes("""
    2026-07-15T00:00Z s1 load-block-commissioned block=m2 load_class=mining service_class=interruptible capacity=1MW feeds=[a]
    2026-07-15T00:00Z s1 hashrate-changed block=m2 hashrate=1EH/s method=pool
    """)


def test_machines_removed_that_never_came_are_named() -> None:
    assert notes("""
    2026-01-01T00:00Z s1 fleet-installed block=m1 model=s21 units=10 unit_hashrate=200TH/s unit_power=3500W
    2026-02-01T00:00Z s1 fleet-removed block=m1 model=s21 units=12 unit_hashrate=200TH/s unit_power=3500W
    """) == ("more machines were removed than installed: s1/m1",)


def test_deployed_names_the_blocks_it_leaves_out() -> None:
    assert notes("""
    2026-01-01T00:00Z s1 load-block-commissioned block=m2 load_class=mining service_class=interruptible capacity=1MW feeds=[a]
    2026-01-01T00:00Z s1 fleet-installed block=m2 model=s21 units=10 unit_hashrate=200TH/s unit_power=3500W
    """) == ("deployed and units leave out blocks without fleet facts: s1/m1",)


def test_a_retired_block_is_listed_as_long_as_its_machines_stand_there() -> None:
    row = block("""
        2026-01-01T00:00Z s1 fleet-installed block=m1 model=s21 units=10 unit_hashrate=200TH/s unit_power=3500W
        2026-06-30T00:00Z s1 load-block-retired block=m1 cause=conversion
        2026-07-15T00:00Z s1 fleet-removed block=m1 model=s21 units=10 unit_hashrate=200TH/s unit_power=3500W
        """)
    assert (row["deployed_ghs"], row["average_ghs"], row["coverage_ppm"]) == (2_000_000, 0, None)


# --- the facility -------------------------------------------------------------------------------------------

HOURS = "intervals-recorded meter={} start={} interval=1h power_of_ten=6 values=[{}] quality=[17]"
SITE_METER = (
    "2026-01-01T00:00Z s1 meter-registered meter=r1 scope=site role=revenue direction=delivered interval=1h\n"
)
BLOCK_METER = (
    "2026-01-01T00:00Z s1 meter-registered meter=b1 scope=m1 role=facility direction=delivered interval=1h\n"
)
FIVE_EH = "2026-07-01T00:00Z s1 hashrate-changed block=m1 hashrate=5EH/s power=90MW method=pool\n"
AI = (
    "2026-01-01T00:00Z s1 load-block-commissioned block=h1 load_class=ai-hpc service_class=firm capacity=1MW"
    " feeds=[a]\n"
)


def metered(meter: str, start: str, *mwh: int) -> str:
    return (
        f"{start} s1 "
        + HOURS.format(meter, start, ",".join(map(str, mwh))).replace(
            "quality=[17]", f"quality=[{','.join(['17'] * len(mwh))}]"
        )
        + "\n"
    )


def test_the_facility_takes_the_block_meter_over_the_hours_it_was_read() -> None:
    """100 MWh in each of two hours at 5 EH/s: 20 J/TH, where the machines alone say 18."""
    row = block(FIVE_EH + BLOCK_METER + metered("b1", "2026-07-14T03:00Z", 100, 100))
    assert (row["facility_mj_per_th"], row["machine_mj_per_th"]) == (20_000, 18_000)


def test_the_facility_says_how_much_of_the_work_it_is_over() -> None:
    row = block(FIVE_EH + BLOCK_METER + metered("b1", "2026-07-14T03:00Z", 100, 100))
    assert row["facility_coverage_ppm"] == round(Fraction(2 * 10**6, 24))


def test_an_hour_known_in_part_counts_pro_rata() -> None:
    """Work is known until 03:15: 60 MWh x 1/4 over 5 EH/s x 15 min is 12 J/TH."""
    row = block(
        "2026-07-01T00:00Z s1 hashrate-changed block=m1 hashrate=5EH/s method=device"
        " until=2026-07-14T03:15Z\n" + BLOCK_METER + metered("b1", "2026-07-14T03:00Z", 60)
    )
    assert row["facility_mj_per_th"] == 12_000


def test_an_hour_across_the_edge_of_the_window_counts_pro_rata() -> None:
    """The window begins at 03:30: half of 60 MWh, and all of 100 MWh, over 1.5 h at 5 EH/s."""
    row = block(
        FIVE_EH + BLOCK_METER + metered("b1", "2026-07-14T03:00Z", 60, 100),
        "2026-07-14T03:30Z/2026-07-14T05:00Z",
    )
    assert row["facility_mj_per_th"] == round(Fraction(130_000, 1) * 1000 / 7_500)


def test_splitting_a_reading_evenly_changes_nothing() -> None:
    whole = block(FIVE_EH + BLOCK_METER + metered("b1", "2026-07-14T03:00Z", 84))
    parts = block(
        FIVE_EH
        + BLOCK_METER
        + "2026-07-14T03:00Z s1 intervals-recorded meter=b1 start=2026-07-14T03:00Z interval=15min"
        " power_of_ten=6 values=[21,21,21,21] quality=[17,17,17,17]"
    )
    assert parts == whole


def test_a_site_meter_serves_where_blocks_have_none() -> None:
    found = lines(FIVE_EH + SITE_METER + metered("r1", "2026-07-14T03:00Z", 105))
    assert [found[k]["facility_mj_per_th"] for k in ("fleet", "site/s1", "block/s1/m1")] == [21_000] * 3


def test_a_site_meter_says_nothing_about_mining_where_an_ai_block_shares_it() -> None:
    found = lines(FIVE_EH + SITE_METER + AI + metered("r1", "2026-07-14T03:00Z", 105))
    assert found["site/s1"]["facility_mj_per_th"] is None


def test_block_meters_are_taken_before_the_site_meter_that_also_feeds_the_offices() -> None:
    found = lines(
        FIVE_EH
        + SITE_METER
        + BLOCK_METER
        + metered("b1", "2026-07-14T03:00Z", 100)
        + metered("r1", "2026-07-14T03:00Z", 105)
    )
    assert found["site/s1"]["facility_mj_per_th"] == 20_000


def test_an_ai_block_that_came_after_the_window_does_not_matter() -> None:
    found = lines(
        FIVE_EH
        + SITE_METER
        + AI.replace("2026-01-01", "2026-07-15")
        + metered("r1", "2026-07-14T03:00Z", 105)
    )
    assert found["site/s1"]["facility_mj_per_th"] == 21_000


def test_the_block_meter_serves_beside_an_ai_block() -> None:
    found = lines(FIVE_EH + SITE_METER + BLOCK_METER + AI + metered("b1", "2026-07-14T03:00Z", 100))
    assert found["site/s1"]["facility_mj_per_th"] == 20_000


def test_the_site_meter_needs_the_work_of_all_blocks_to_be_known() -> None:
    found = lines(
        FIVE_EH + SITE_METER + "2026-01-01T00:00Z s1 load-block-commissioned block=m2 load_class=mining"
        " service_class=interruptible capacity=1MW feeds=[a]\n"
        + "2026-07-14T04:00Z s1 hashrate-changed block=m2 hashrate=2EH/s method=pool\n"
        + metered("r1", "2026-07-14T03:00Z", 105, 140)
    )
    assert found["site/s1"]["facility_mj_per_th"] == 20_000


def test_the_site_meter_does_not_serve_a_part_of_its_blocks() -> None:
    text = (
        FIVE_EH + SITE_METER + "2026-01-01T00:00Z s1 load-block-commissioned block=m2 load_class=mining"
        " service_class=interruptible capacity=1MW feeds=[a]\n"
        + "2026-07-14T00:00Z s1 hashrate-changed block=m2 hashrate=2EH/s method=pool\n"
        + metered("r1", "2026-07-14T03:00Z", 140)
    )
    assert lines(text)["site/s1"]["facility_mj_per_th"] == 20_000
    assert lines(text, blocks=("m1",))["site/s1"]["facility_mj_per_th"] is None


def test_two_meters_of_a_block_add_up_only_while_both_are_read() -> None:
    row = block(
        FIVE_EH
        + BLOCK_METER
        + BLOCK_METER.replace("meter=b1", "meter=b2")
        + metered("b1", "2026-07-14T03:00Z", 60, 60)
        + metered("b2", "2026-07-14T04:00Z", 40, 40)
    )
    assert row["facility_mj_per_th"] == 20_000


def test_a_revenue_meter_is_taken_before_a_facility_meter_of_the_same_block() -> None:
    row = block(
        FIVE_EH
        + BLOCK_METER
        + BLOCK_METER.replace("meter=b1", "meter=b2").replace("role=facility", "role=revenue")
        + metered("b1", "2026-07-14T03:00Z", 60)
        + metered("b2", "2026-07-14T03:00Z", 100)
    )
    assert row["facility_mj_per_th"] == 20_000


@pytest.mark.parametrize("other", ["role=it", "role=sub", "direction=received"])
def test_other_meters_do_not_count(other: str) -> None:
    name = other.partition("=")[0]
    meter = " ".join(other if word.startswith(name) else word for word in BLOCK_METER.split())
    assert (
        block(FIVE_EH + meter + "\n" + metered("b1", "2026-07-14T03:00Z", 100))["facility_mj_per_th"] is None
    )


def test_an_estimated_reading_is_named_on_the_report() -> None:
    text = (
        FIVE_EH + BLOCK_METER + metered("b1", "2026-07-14T03:00Z", 100).replace("quality=[17]", "quality=[8]")
    )
    assert notes(text) == ("facility figures of s1 use readings that are estimated",)


# --- clocks and order ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("month", "hours"), [("2026-03", 743), ("2026-11", 721), ("2026-07", 744)])
def test_a_month_has_the_hours_its_clocks_had(month: str, hours: int) -> None:
    """743 GH/s x 744 x 721 for one hour of a month in New York."""
    ghs = 743 * 744 * 721
    row = block(
        f"""
        {month}-10T00:00[America/New_York] s1 hashrate-changed block=m1 hashrate={ghs}GH/s method=pool
        {month}-10T01:00[America/New_York] s1 hashrate-changed block=m1 hashrate=0GH/s method=pool
        """,
        month,
        tz="America/New_York",
    )
    assert row["average_ghs"] == ghs // hours


def test_the_days_of_a_month_with_a_clock_change_add_up_to_the_month() -> None:
    text = """
    2026-03-01T00:00[America/New_York] s1 hashrate-changed block=m1 hashrate=743EH/s method=pool
    2026-03-08T01:30[America/New_York] s1 hashrate-changed block=m1 hashrate=1486EH/s method=pool until=2026-03-20T00:00[America/New_York]
    """
    days = [f"2026-03-{day:02}" for day in range(1, 32)]
    hours = [23 if day == "2026-03-08" else 24 for day in days]
    by_day = [block(text, day, tz="America/New_York")["average_ghs"] for day in days]
    month = block(text, "2026-03", tz="America/New_York")["average_ghs"]
    assert month == pytest.approx(sum(a * h for a, h in zip(by_day, hours, strict=True)) / 743, abs=1)


def test_facts_in_any_order_of_arrival_give_the_same_table() -> None:
    records = told(BLOCK + FIVE_EH + BLOCK_METER + metered("b1", "2026-07-14T03:00Z", 100) + AI)
    tables = {answer(order, "2026-07-14") for order in permutations(records)}
    assert len(tables) == 1
