"""The worked month of the uptime report: a 100 MW mining block in June.

2026-05-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[a]
2026-06-02T00:00Z s1 outage-started block=m1 outage=o1 outage_class=planned derate=100MW cause=works outside_management_control=false
2026-06-02T06:00Z s1 outage-ended outage=o1
2026-06-03T00:00Z s1 outage-started block=m1 outage=o2 outage_class=maintenance derate=100MW cause=filters outside_management_control=false
2026-06-03T05:00Z s1 outage-ended outage=o2
2026-06-04T00:00Z s1 outage-started block=m1 outage=o3 outage_class=forced-u1 derate=100MW cause=breaker outside_management_control=false
2026-06-04T03:00Z s1 outage-ended outage=o3
2026-06-05T00:00Z s1 outage-started block=m1 outage=o4 outage_class=forced-u2 derate=100MW cause=grid outside_management_control=true
2026-06-05T02:00Z s1 outage-ended outage=o4
2026-06-06T00:00Z s1 outage-started block=m1 outage=o5 outage_class=forced-u3 derate=40MW cause=pumps outside_management_control=false
2026-06-06T10:00Z s1 outage-ended outage=o5
2026-06-10T00:00Z s1 curtailment-started dispatch=grid block=m1 depth=100MW
2026-06-10T12:00Z s1 curtailment-ended dispatch=grid block=m1
2026-06-12T00:00Z s1 curtailment-started dispatch=price block=m1 depth=60MW
2026-06-12T20:00Z s1 curtailment-ended dispatch=price block=m1
"""

from __future__ import annotations

import random

import pytest

from ledger.calendar import Window, instant_s, period, zone
from projections.engine.fold import replay
from projections.engine.report import Answer, Cell, Scope
from projections.reports.uptime import COLUMNS, REPORT
from tests.support.report_answers import cells_of
from tests.support.story_facts import told

HOUR_S = 3600
MINING = (
    "s1 load-block-commissioned block={} load_class=mining service_class=interruptible capacity={} feeds=[a]"
)
COMMISSIONED = f"2026-05-01T00:00Z {MINING.format('m1', '100MW')}\n"
OUTAGE = (
    "s1 outage-started block=m1 outage={} outage_class={} derate={} cause=x outside_management_control=false"
)


def answer(story: str, when: str = "2026-06", tz: str = "UTC", blocks: tuple[str, ...] = ()) -> Answer:
    records = told(story)
    sites = tuple(sorted({record.place for record in records}))
    window = period(when, zone(tz))
    scope = Scope(window, sites, blocks, tz, dict.fromkeys(sites, tz))
    return REPORT.compute(replay(records, REPORT.row_kinds), scope)


def lines(
    story: str, when: str = "2026-06", tz: str = "UTC", blocks: tuple[str, ...] = ()
) -> dict[str, dict[str, Cell]]:
    """Rows by their key as explain takes it: the key columns that are there, joined by /."""
    return {
        "/".join(str(key) for key in row[: REPORT.keys] if key is not None): cells_of(COLUMNS, row)
        for row in answer(story, when, tz, blocks).rows
    }


def line(
    story: str, key: str = "block/s1/m1/mining", when: str = "2026-06", tz: str = "UTC"
) -> dict[str, Cell]:
    return lines(story, when, tz)[key]


WORKED = {
    "ph_s": 720 * HOUR_S,
    "poh_s": 6 * HOUR_S,
    "moh_s": 5 * HOUR_S,
    "foh_s": 5 * HOUR_S,
    "ah_s": 704 * HOUR_S,
    "rsh_s": 12 * HOUR_S,
    "sh_s": 692 * HOUR_S,
    "omc_s": 2 * HOUR_S,
    "epdh_s": 0,
    "emdh_s": 0,
    "efdh_s": 4 * HOUR_S,
    "curtailed_s": 24 * HOUR_S,
    "af_ppm": 977_778,
    "eaf_ppm": 972_222,
    "x_eaf_ppm": 975_000,
    "sf_ppm": 961_111,
    "in_service_ppm": 938_889,
    "for_ppm": 7_174,
    "efor_ppm": 12_839,
    "forced_count": 2,
    "mtbf_s": 1_245_600,
    "mttr_s": 9_000,
}


@pytest.mark.parametrize("column", WORKED)
def test_the_worked_month_has_exactly_the_published_figure_of(column: str) -> None:
    assert line(__doc__)[column] == WORKED[column]


def test_the_worked_month_has_every_column_of_the_contract() -> None:
    assert {
        *("scope", "site", "block", "load_class", "ph_s", "ah_s", "sh_s", "rsh_s", "poh_s", "moh_s", "foh_s"),
        *("omc_s", "epdh_s", "emdh_s", "efdh_s", "curtailed_s", "af_ppm", "sf_ppm", "eaf_ppm", "x_eaf_ppm"),
        *("in_service_ppm", "for_ppm", "efor_ppm", "forced_count", "mtbf_s", "mttr_s"),
    } <= line(__doc__).keys()


def test_a_site_of_one_block_and_a_fleet_of_one_site_have_the_figures_of_the_block() -> None:
    figures = {tuple(row[REPORT.keys :]) for row in answer(__doc__).rows}
    assert len(figures) == 1


def test_rows_are_the_fleet_then_each_site_with_its_blocks() -> None:
    story = (
        COMMISSIONED
        + "2026-05-01T00:00Z s1 load-block-commissioned block=ai1 load_class=ai-hpc service_class=firm"
        " capacity=50MW feeds=[a,b]\n"
        + f"2026-05-01T00:00Z {MINING.format('m1', '10MW').replace('s1', 's0')}"
    )
    assert list(lines(story)) == [
        "fleet/all",
        "fleet/mining",
        "fleet/ai-hpc",
        "site/s0/all",
        "site/s0/mining",
        "block/s0/m1/mining",
        "site/s1/all",
        "site/s1/mining",
        "site/s1/ai-hpc",
        "block/s1/ai1/ai-hpc",
        "block/s1/m1/mining",
    ]


def test_facts_in_any_order_of_arrival_give_the_same_table() -> None:
    records = told(__doc__)
    window = period("2026-06", zone("UTC"))
    scope = Scope(window, ("s1",), (), "UTC", {"s1": "UTC"})
    expected = REPORT.compute(replay(records, REPORT.row_kinds), scope)
    shuffler = random.Random(7)
    for _ in range(20):
        shuffler.shuffle(records)
        assert REPORT.compute(replay(records, REPORT.row_kinds), scope) == expected


# --- clocks and windows -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "tz", "hours"),
    [
        ("2026-09", "Pacific/Auckland", 719),
        ("2026-11", "America/New_York", 721),
        ("2027-03", "America/New_York", 743),
        ("2026-10", "Europe/Berlin", 745),
        ("2026-07", "America/New_York", 744),
    ],
)
def test_a_local_month_over_a_clock_change_has_its_own_number_of_hours(
    when: str, tz: str, hours: int
) -> None:
    assert line(COMMISSIONED, when=when, tz=tz)["ph_s"] == hours * HOUR_S


def test_an_outage_that_spans_the_month_counts_only_what_lies_in_it() -> None:
    story = COMMISSIONED + f"2026-05-31T23:00Z {OUTAGE.format('o1', 'planned', '100MW')}"
    assert line(story)["poh_s"] == 720 * HOUR_S


def test_a_forced_outage_that_began_last_month_is_not_counted_again() -> None:
    story = COMMISSIONED + f"2026-05-31T23:00Z {OUTAGE.format('o1', 'forced-u1', '100MW')}"
    assert (line(story)["foh_s"], line(story)["forced_count"]) == (720 * HOUR_S, 0)


def test_a_block_commissioned_within_the_month_counts_from_then() -> None:
    assert line(COMMISSIONED.replace("2026-05-01", "2026-06-30"))["ph_s"] == 24 * HOUR_S


def test_a_block_that_was_not_commissioned_in_the_window_has_no_row() -> None:
    assert list(lines(COMMISSIONED, when="2026-04")) == ["fleet/all"]


def test_a_fleet_without_commissioned_time_has_null_ratios_not_zero() -> None:
    row = line(COMMISSIONED, "fleet/all", when="2026-04")
    assert (row["ph_s"], row["af_ppm"], row["for_ppm"], row["mtbf_s"]) == (0, None, None, None)


def test_a_month_without_forced_outages_has_no_time_between_them() -> None:
    row = line(COMMISSIONED)
    assert (row["forced_count"], row["mtbf_s"], row["mttr_s"], row["for_ppm"]) == (0, None, None, 0)


# --- the instant rule ---------------------------------------------------------------------------------------


def both(first: str, second: str, second_at: str = "2026-06-02T00:00Z") -> dict[str, Cell]:
    return line(
        COMMISSIONED
        + f"2026-06-02T00:00Z {first}\n{second_at} {second}\n"
        + "2026-06-02T10:00Z s1 outage-ended outage=o1\n2026-06-02T10:00Z s1 outage-ended outage=o2"
    )


def test_of_two_full_outages_the_one_that_began_first_takes_the_block() -> None:
    row = both(
        OUTAGE.format("o1", "planned", "100MW"),
        OUTAGE.format("o2", "forced-u1", "100MW"),
        "2026-06-02T01:00Z",
    )
    assert (row["poh_s"], row["foh_s"]) == (10 * HOUR_S, 0)


def test_of_two_full_outages_that_began_together_forced_comes_before_maintenance() -> None:
    row = both(OUTAGE.format("o1", "maintenance", "100MW"), OUTAGE.format("o2", "forced-u3", "100MW"))
    assert (row["moh_s"], row["foh_s"]) == (0, 10 * HOUR_S)


def test_of_two_full_outages_that_began_together_maintenance_comes_before_planned() -> None:
    row = both(OUTAGE.format("o1", "planned", "100MW"), OUTAGE.format("o2", "maintenance", "100MW"))
    assert (row["poh_s"], row["moh_s"]) == (0, 10 * HOUR_S)


def test_a_full_outage_takes_what_an_earlier_derate_held() -> None:
    row = both(
        OUTAGE.format("o1", "planned", "60MW"),
        OUTAGE.format("o2", "forced-u1", "100MW"),
        "2026-06-02T04:00Z",
    )
    assert (row["epdh_s"], row["foh_s"]) == (round(0.6 * 4 * HOUR_S), 6 * HOUR_S)


def test_derates_take_what_is_left_in_the_order_of_their_start() -> None:
    row = both(
        OUTAGE.format("o1", "planned", "60MW"),
        OUTAGE.format("o2", "forced-u1", "60MW"),
        "2026-06-02T00:00:01Z",
    )
    assert (row["epdh_s"], row["efdh_s"]) == (6 * HOUR_S, 4 * HOUR_S)  # 0.6 and 0.4 of ten hours


def test_a_curtailment_holds_back_only_what_the_derates_left() -> None:
    row = line(
        COMMISSIONED
        + f"2026-06-02T00:00Z {OUTAGE.format('o1', 'forced-u1', '70MW')}\n"
        + "2026-06-02T00:00Z s1 curtailment-started dispatch=d1 block=m1 depth=50MW\n"
        + "2026-06-02T10:00Z s1 curtailment-ended dispatch=d1 block=m1\n"
        + "2026-06-02T10:00Z s1 outage-ended outage=o1"
    )
    assert (row["efdh_s"], row["curtailed_s"], row["rsh_s"]) == (7 * HOUR_S, 3 * HOUR_S, 10 * HOUR_S)


def test_of_two_open_curtailments_the_deepest_counts_and_they_do_not_add_up() -> None:
    row = line(
        COMMISSIONED
        + "2026-06-02T00:00Z s1 curtailment-started dispatch=d1 block=m1 depth=60MW\n"
        + "2026-06-02T05:00Z s1 curtailment-started dispatch=d2 block=m1 depth=50MW\n"
        + "2026-06-02T10:00Z s1 curtailment-ended dispatch=d1 block=m1\n"
        + "2026-06-02T12:00Z s1 curtailment-ended dispatch=d2 block=m1"
    )
    assert (row["curtailed_s"], row["rsh_s"]) == (7 * HOUR_S, 0)  # 0.6 x 10 h + 0.5 x 2 h


def test_leaving_out_what_the_grid_broke_uncovers_our_own_outage_beneath_it() -> None:
    own = OUTAGE.format("o2", "planned", "100MW")
    grid = OUTAGE.format("o1", "forced-u1", "100MW").replace("control=false", "control=true")
    row = both(grid, own, "2026-06-02T04:00Z")
    assert (row["foh_s"], row["poh_s"], row["omc_s"]) == (10 * HOUR_S, 0, 4 * HOUR_S)


# --- lives and ratings --------------------------------------------------------------------------------------


def test_a_rerating_in_the_middle_changes_what_a_derate_is_worth() -> None:
    story = (
        COMMISSIONED
        + f"2026-06-10T00:00Z {OUTAGE.format('o1', 'planned', '50MW')}\n"
        + "2026-06-10T10:00Z s1 load-block-rerated block=m1 capacity=200MW\n"
        + "2026-06-10T20:00Z s1 outage-ended outage=o1"
    )
    assert line(story)["epdh_s"] == 5 * HOUR_S + 2.5 * HOUR_S


def test_a_rerating_down_to_the_derate_makes_the_outage_full_but_not_a_forced_start() -> None:
    story = (
        COMMISSIONED
        + f"2026-06-10T00:00Z {OUTAGE.format('o1', 'forced-u1', '50MW')}\n"
        + "2026-06-10T10:00Z s1 load-block-rerated block=m1 capacity=50MW\n"
        + "2026-06-10T20:00Z s1 outage-ended outage=o1"
    )
    row = line(story)
    assert (row["efdh_s"], row["foh_s"], row["forced_count"]) == (5 * HOUR_S, 10 * HOUR_S, 0)


def test_a_site_weights_each_instant_by_the_capacity_of_then_and_a_block_does_not() -> None:
    story = (
        COMMISSIONED
        + "2026-06-16T00:00Z s1 load-block-rerated block=m1 capacity=300MW\n"
        + f"2026-06-16T00:00Z {OUTAGE.format('o1', 'planned', '300MW')}"
    )
    found = lines(story)
    assert found["block/s1/m1/mining"]["af_ppm"] == 500_000
    assert found["site/s1/all"]["af_ppm"] == 250_000


def test_a_site_adds_up_hours_and_weights_ratios_by_capacity() -> None:
    story = (
        COMMISSIONED
        + f"2026-05-01T00:00Z {MINING.format('m2', '300MW')}\n"
        + f"2026-06-16T00:00Z {OUTAGE.format('o1', 'forced-u1', '100MW')}"
    )
    row = line(story, "site/s1/all")
    assert (row["ph_s"], row["foh_s"]) == (1440 * HOUR_S, 360 * HOUR_S)
    assert row["af_ppm"] == 875_000  # 1 - 100 x 360 / (400 x 720), not 0.75
    assert row["mttr_s"] == 360 * HOUR_S


def test_a_retirement_ends_the_open_outage_and_the_open_curtailment() -> None:
    story = (
        COMMISSIONED
        + f"2026-06-10T00:00Z {OUTAGE.format('o1', 'forced-u1', '30MW')}\n"
        + "2026-06-10T00:00Z s1 curtailment-started dispatch=d1 block=m1 depth=70MW\n"
        + "2026-06-11T00:00Z s1 load-block-retired block=m1 cause=conversion\n"
        + f"2026-06-21T00:00Z {MINING.format('m1', '100MW')}"
    )
    row = line(story)
    assert (row["ph_s"], row["efdh_s"], row["curtailed_s"], row["rsh_s"]) == (
        20 * 24 * HOUR_S,
        round(0.3 * 24 * HOUR_S),
        round(0.7 * 24 * HOUR_S),
        24 * HOUR_S,
    )


def test_a_curtailment_open_at_a_retirement_before_the_window_does_not_reach_into_the_next_life() -> None:
    story = (
        COMMISSIONED
        + "2026-05-10T00:00Z s1 curtailment-started dispatch=d1 block=m1 depth=70MW\n"
        + "2026-05-11T00:00Z s1 load-block-retired block=m1 cause=conversion\n"
        + f"2026-05-21T00:00Z {MINING.format('m1', '100MW')}"
    )
    assert line(story)["curtailed_s"] == 0


def test_a_block_that_changed_its_class_has_a_row_for_each() -> None:
    story = (
        COMMISSIONED
        + "2026-06-11T00:00Z s1 load-block-retired block=m1 cause=conversion\n"
        + "2026-06-21T00:00Z s1 load-block-commissioned block=m1 load_class=ai-hpc service_class=firm"
        " capacity=80MW feeds=[a]"
    )
    found = lines(story)
    assert [found[f"block/s1/m1/{name}"]["ph_s"] for name in ("mining", "ai-hpc")] == [
        240 * HOUR_S,
        240 * HOUR_S,
    ]


def test_a_filter_leaves_the_other_blocks_out_of_the_site_and_the_fleet_too() -> None:
    story = COMMISSIONED + f"2026-05-01T00:00Z {MINING.format('m2', '300MW')}"
    found = lines(story, blocks=("m2",))
    assert [row["ph_s"] for row in found.values()] == [720 * HOUR_S] * 5
    assert "block/s1/m1/mining" not in found


# --- notes --------------------------------------------------------------------------------------------------


def test_a_month_in_which_all_fits_together_has_no_notes() -> None:
    assert answer(__doc__).notes == ()


def test_derates_beyond_the_capacity_are_taken_and_noted() -> None:
    story = (
        COMMISSIONED
        + f"2026-06-02T00:00Z {OUTAGE.format('o1', 'planned', '60MW')}\n"
        + f"2026-06-03T00:00Z {OUTAGE.format('o2', 'forced-u1', '60MW')}"
    )
    assert answer(story).notes == (
        (
            "s1/m1: derates add up to 120MW, beyond its 100MW, at 2026-06-03T00:00:00Z; they count up to the"
            " capacity"
        ),
    )


@pytest.mark.parametrize(
    ("late", "note"),
    [
        (
            (
                "2026-06-02T00:00Z s1 load-block-retired block=m1 cause=sold\n"
                "2026-06-03T00:00Z s1 load-block-rerated block=m1 capacity=90MW"
            ),
            "s1/m1: rerated at 2026-06-03T00:00:00Z while not commissioned; that changes nothing",
        ),
        (
            (
                "2026-06-02T00:00Z s1 load-block-retired block=m1 cause=sold\n"
                "2026-06-03T00:00Z s1 load-block-retired block=m1 cause=sold"
            ),
            "s1/m1: retired at 2026-06-03T00:00:00Z while not commissioned; that changes nothing",
        ),
        (
            f"2026-06-03T00:00Z {MINING.format('m1', '90MW')}",
            (
                "s1/m1: commissioned at 2026-06-03T00:00:00Z while it already was; the new rating holds from"
                " then on"
            ),
        ),
        (
            (
                f"2026-06-03T00:00Z {OUTAGE.format('o1', 'planned', '60MW')}\n"
                "2026-06-02T00:00Z s1 outage-ended outage=o1"
            ),
            "s1/m1: outage o1 starts at 2026-06-03T00:00:00Z, after it ended; it counts nothing",
        ),
        (
            (
                "2026-06-02T00:00Z s1 load-block-retired block=m1 cause=sold\n"
                f"2026-06-03T00:00Z {OUTAGE.format('o1', 'planned', '60MW')}"
            ),
            "s1/m1: outage o1 starts at 2026-06-03T00:00:00Z while the block is not commissioned",
        ),
        (
            (
                "2026-06-02T00:00Z s1 load-block-retired block=m1 cause=sold\n"
                "2026-06-03T00:00Z s1 curtailment-started dispatch=d1 block=m1 depth=60MW"
            ),
            (
                "s1/m1: the curtailment under d1 starts at 2026-06-03T00:00:00Z while the block is not"
                " commissioned"
            ),
        ),
        (
            "2026-06-03T00:00Z s1 curtailment-ended dispatch=d1 block=m1",
            "s1/m1: the curtailment under d1 ends at 2026-06-03T00:00:00Z without being open",
        ),
        (
            (
                "2026-06-02T00:00Z s1 curtailment-started dispatch=d1 block=m1 depth=60MW\n"
                "2026-06-03T00:00Z s1 curtailment-started dispatch=d1 block=m1 depth=70MW"
            ),
            "s1/m1: the curtailment under d1 starts at 2026-06-03T00:00:00Z while it is open",
        ),
        (
            "2026-06-03T00:00Z s1 outage-ended outage=o1",
            "s1: outage o1 ends at 2026-06-03T00:00:00Z but never started",
        ),
        (
            f"2026-06-03T00:00Z {OUTAGE.format('o1', 'planned', '60MW').replace('m1', 'm9')}",
            "s1/m9: outage o1 is of a block that was never commissioned",
        ),
        (
            "2026-06-03T00:00Z s1 curtailment-started dispatch=d1 block=m9 depth=60MW",
            "s1/m9: the curtailment under d1 is of a block that was never commissioned",
        ),
    ],
)
def test_a_fact_that_a_late_one_contradicts_is_noted(late: str, note: str) -> None:
    assert answer(COMMISSIONED + late).notes == (note,)


def test_a_contradiction_of_another_month_is_not_noted() -> None:
    assert answer(COMMISSIONED + "2026-07-03T00:00Z s1 outage-ended outage=o1").notes == ()


def test_a_block_that_nobody_knows_in_the_filter_is_noted() -> None:
    assert answer(COMMISSIONED, blocks=("m7",)).notes == ("no block in scope is called 'm7'",)


def test_a_window_without_a_second_has_the_fleet_alone() -> None:
    now = instant_s("2026-06-15T00:00:00Z")
    scope = Scope(Window(now, now), ("s1",), (), "UTC", {"s1": "UTC"})
    found = REPORT.compute(replay(told(__doc__), REPORT.row_kinds), scope)
    assert [row[:5] for row in found.rows] == [("fleet", None, None, "all", 0)]
