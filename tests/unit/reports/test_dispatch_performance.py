"""Dispatch performance: the worked example of the tariff's formula, every method, and the edges of a
dispatch.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.app.queries.explanation import records_behind
from ledger.records.envelope import Record
from projections.engine.fold import replay
from projections.engine.report import Scope
from projections.figures.like_day_rules import LIKE_DAYS
from projections.reports.dispatch_performance import REPORT
from tests.support.report_answers import answer, between, cells_of, lines
from tests.support.story_facts import told

TVA = Path(__file__).parents[2] / "data" / "facts" / "tva_interruptible_contract_terms.json"
SITE = """
2026-05-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[] site_class=mining-only
2026-05-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=110MW feeds=[]
2026-05-01T00:00Z s1 meter-registered meter=r scope=site role=revenue direction=delivered interval=1h
"""
ENROLLED = (
    "2026-05-02T00:00Z s1 program-enrolled program=p operator=O agreement=A blocks=[m1] meters=[{meters}]"
    " method={method} notice=30min response=10min program_year_start=06-01 tz=America/New_York"
    " capped={capped} {more} adjustment=none holidays=[]\n"
)
CALLED = """
2026-07-14T17:00Z s1 dispatch-notified dispatch=d program=p dispatch_class=emergency mode=reduce-by target=80MW start=2026-07-14T18:00Z stop=2026-07-14T22:00Z
2026-07-14T17:04Z s1 dispatch-acknowledged dispatch=d
"""
LOAD = (
    "2026-07-14T17:00Z s1 intervals-recorded meter=r start=2026-07-14T17:00Z interval=1h power_of_ten=6 "
    "values=[100,18,15,20,35,104,97] quality=[17,17,17,17,17,17,17]\n"
)
BEFORE_AFTER = "meter-before-after"


def enrolled(method: str, more: str = "", capped: str = "false", meters: str = "r") -> str:
    return ENROLLED.format(method=method, more=more, capped=capped, meters=meters)


def row(text: str, key: str = "d/p/s1", period: str = "2026-07", **asked: Any) -> dict[str, Any]:
    return lines(REPORT, SITE + text, period, **asked)[key]


def figures(found: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(found[name] for name in names)


def test_the_worked_example_by_the_hour_before() -> None:
    """Baseline 100 MW, committed 80, metered 18, 15, 20, 35: 1.025, 1.0625, 1.0, 0.8125."""
    found = row(enrolled(BEFORE_AFTER, "baseline_intervals=1") + CALLED + LOAD)
    names = ("method", "baseline_w", "metered_w", "reduction_w", "performance_ppm", "performance_capped_ppm")
    assert figures(found, *names, "passed", "energy_wh", "rebound_w", "sustained_s") == (
        BEFORE_AFTER,
        100_000_000,
        22_000_000,
        78_000_000,
        975_000,
        953_125,
        False,
        312_000_000,
        4_000_000,
        3 * 3600,
    )


def test_the_intervals_of_the_worked_example() -> None:
    found = lines(
        REPORT,
        SITE + enrolled(BEFORE_AFTER) + CALLED + LOAD,
        "2026-07",
        given={"intervals": True},
    )
    intervals = [line for key, line in found.items() if line["interval"] is not None]
    names = ("start", "metered_w", "performance_ppm", "performance_capped_ppm", "passed")
    assert [figures(line, *names) for line in intervals] == [
        ("2026-07-14T18:00:00Z", 18_000_000, 1_025_000, 1_000_000, True),
        ("2026-07-14T19:00:00Z", 15_000_000, 1_062_500, 1_000_000, True),
        ("2026-07-14T20:00:00Z", 20_000_000, 1_000_000, 1_000_000, True),
        ("2026-07-14T21:00:00Z", 35_000_000, 812_500, 812_500, False),
    ]


def test_under_a_firm_service_level_of_20_mw_the_last_hour_fails() -> None:
    text = SITE + enrolled("firm-service-level", "firm_service_level=20MW") + CALLED + LOAD
    found = lines(REPORT, text, "2026-07", given={"intervals": True})
    assert [line["passed"] for line in found.values()] == [False, True, True, True, False]
    whole = found["d/p/s1"]
    assert (
        figures(whole, "baseline_w", "reduction_w", "performance_ppm", "energy_wh", "rebound_w")
        == (None,) * 5
    )
    assert figures(whole, "sustained_s", "metered_w") == (3 * 3600, 22_000_000)


def test_how_fast_it_was_answered() -> None:
    """Notified an hour before, acknowledged after 4 minutes, the last block down after 8: 80 MW in 8
    minutes.
    """
    reached = "".join(
        f"2026-07-14T18:0{minute}Z s1 curtailment-target-reached dispatch=d block=m1 load=20MW\n"
        for minute in (8, 3)
    )
    found = row(enrolled(BEFORE_AFTER) + CALLED + LOAD + reached)
    assert figures(found, "notice_s", "ack_s", "response_s", "ramp_w_per_min") == (3600, 240, 480, 10_000_000)


@pytest.mark.parametrize(
    ("values", "response"),
    [("[100,18,15,20,19]", 0), ("[100,50,15,20,19]", 3600), ("[100,18,15,20,35]", None)],
)
def test_without_a_report_of_the_target_the_meter_says_when_it_was_reached_for_good(
    values: str, response: int | None
) -> None:
    load = LOAD.replace("[100,18,15,20,35,104,97]", values).replace(
        "[17,17,17,17,17,17,17]", "[17,17,17,17,17]"
    )
    assert row(enrolled(BEFORE_AFTER) + CALLED + load)["response_s"] == response


def test_a_reduce_to_is_measured_against_the_committed_power_of_the_program() -> None:
    called = CALLED.replace("mode=reduce-by target=80MW", "mode=reduce-to target=20MW")
    found = row(enrolled(BEFORE_AFTER, "committed=100MW") + called + LOAD)
    assert figures(found, "target_w", "committed_w", "performance_ppm") == (20_000_000, 100_000_000, 780_000)


def test_amended_targets_and_terms_in_force_at_the_start_hold() -> None:
    text = (
        enrolled(BEFORE_AFTER, "committed=100MW")
        + CALLED
        + "2026-07-14T17:10Z s1 dispatch-amended dispatch=d target=78MW\n"
        + "2026-06-02T00:00Z s1 program-terms-amended program=p start=2026-07-14T18:00Z"
        " baseline_intervals=2\n"
        + LOAD.replace("2026-07-14T17:00Z", "2026-07-14T16:00Z")
        .replace("[100,18", "[80,100,18")
        .replace("[17,", "[17,17,")
    )
    assert figures(row(text), "committed_w", "baseline_w") == (78_000_000, 90_000_000)


def test_settlement_is_compared_capped_if_the_program_is_capped() -> None:
    settled = (
        "2026-07-20T00:00Z s1 dispatch-settled dispatch=d statement=S1 credit=900.00USD penalty=0.00USD"
        " reported=97%\n2026-07-25T00:00Z s1 dispatch-settled dispatch=d statement=S2 credit=880.00USD"
        " penalty=12.50USD reported=95%\n"
    )
    found = [
        row(enrolled(BEFORE_AFTER, capped=capped) + CALLED + LOAD + settled) for capped in ("true", "false")
    ]
    names = ("credit_cents", "penalty_cents", "reported_ppm", "difference_ppm")
    assert [figures(each, *names) for each in found] == [
        (88_000, 1250, 950_000, -3125),
        (88_000, 1250, 950_000, -25_000),
    ]


def test_one_cancelled_before_its_start_has_no_row_and_one_after_it_ends_then() -> None:
    early, late = (f"2026-07-14T{at}Z s1 dispatch-cancelled dispatch=d\n" for at in ("17:30", "20:00"))
    assert lines(REPORT, SITE + enrolled(BEFORE_AFTER) + CALLED + LOAD + early, "2026-07") == {}
    found = row(enrolled(BEFORE_AFTER) + CALLED + LOAD + late)
    assert figures(found, "stop", "metered_w", "passed") == ("2026-07-14T20:00:00Z", 16_500_000, True)


def test_one_without_a_program_says_when_but_not_how_deep() -> None:
    called = CALLED.replace(" program=p", "").replace("emergency", "own-economic")
    found = row(enrolled(BEFORE_AFTER) + called + LOAD, "d/s1")
    assert figures(found, "method", "performance_ppm", "metered_w", "committed_w", "notice_s") == (
        None,
        None,
        None,
        80_000_000,
        3600,
    )


def test_a_missing_reading_leaves_what_is_measured_and_whether_it_passed_unknown() -> None:
    """An hour is missing: the others pass, but nobody can say that all did."""
    load = LOAD.replace("[100,18,15,20,35,104,97]", "[100,18,15]").replace(
        "[17,17,17,17,17,17,17]", "[17,17,17]"
    )
    found = answer(REPORT, told(SITE + enrolled(BEFORE_AFTER) + CALLED + load), "2026-07")
    cells = cells_of(REPORT.columns, found.rows[0])
    assert (cells["performance_ppm"], cells["passed"]) == (1_043_750, None)
    assert found.notes == ("s1/d: no readings for 2 h of it",)


def test_only_intervals_wholly_in_the_dispatch_are_evaluated() -> None:
    called = CALLED.replace("T18:00Z stop=2026-07-14T22:00Z", "T18:30Z stop=2026-07-14T21:30Z")
    assert row(enrolled(BEFORE_AFTER) + called + LOAD)["metered_w"] == 17_500_000


def test_meters_of_a_program_are_summed_where_all_have_readings() -> None:
    """The second meter reads half-hours: 100 + 10 before, 18 + 12 in the first hour, and nothing after it."""
    second = (
        "2026-05-01T00:00Z s1 meter-registered meter=r2 scope=site role=sub direction=delivered"
        " interval=30min\n2026-07-14T17:00Z s1 intervals-recorded meter=r2 start=2026-07-14T17:00Z"
        " interval=30min power_of_ten=6 values=[5,5,4,8] quality=[17,17,17,17]\n"
    )
    found = row(enrolled(BEFORE_AFTER, meters="r,r2") + CALLED + LOAD + second)
    assert figures(found, "baseline_w", "metered_w", "passed") == (110_000_000, 30_000_000, None)


def test_an_open_dispatch_is_evaluated_as_far_as_the_window() -> None:
    called = CALLED.replace(" stop=2026-07-14T22:00Z", "")
    text = SITE + enrolled(BEFORE_AFTER) + called + LOAD
    found = answer(REPORT, told(text), "2026-07-14T00:00Z/2026-07-14T20:30Z")
    cells = cells_of(REPORT.columns, found.rows[0])
    assert (cells["stop"], cells["metered_w"], cells["rebound_w"], cells["passed"]) == (
        None,
        16_500_000,
        None,
        None,
    )
    assert found.notes == ("s1/d: goes on beyond the window, and is evaluated as far as its end",)


def test_same_day_hours_around_an_event_of_five_hours() -> None:
    """HE13-17 in New York: HE9-11 are 90, 95, 100 and HE19-20 are 105, 110; the hours beside the event do not
    count.
    """
    called = (
        "2026-07-14T15:00Z s1 dispatch-notified dispatch=d program=p dispatch_class=capacity mode=reduce-by"
        " target=80MW start=2026-07-14T12:00[America/New_York] stop=2026-07-14T17:00[America/New_York]\n"
    )
    load = (
        "2026-07-14T08:00-04:00 s1 intervals-recorded meter=r start=2026-07-14T08:00-04:00 interval=1h"
        " power_of_ten=6 values=[90,95,100,7,20,20,20,20,20,7,105,110]"
        " quality=[17,17,17,17,17,17,17,17,17,17,17,17]\n"
    )
    found = row(enrolled("same-day-3-2") + called + load)
    assert figures(found, "baseline_w", "performance_ppm", "passed", "rebound_w") == (
        100_000_000,
        1_000_000,
        True,
        5_000_000,
    )


def test_a_declined_dispatch_is_measured_and_noted() -> None:
    declined = '2026-07-14T17:30Z s1 dispatch-declined dispatch=d cause="frozen valves"\n'
    found = answer(REPORT, told(SITE + enrolled(BEFORE_AFTER) + CALLED + LOAD + declined), "2026-07")
    assert found.notes == ("s1/d: declined at 2026-07-14T17:30:00Z: frozen valves",)


def test_a_dispatch_counts_in_the_window_in_which_it_starts() -> None:
    text = SITE + enrolled(BEFORE_AFTER) + CALLED + LOAD
    assert [len(lines(REPORT, text, day)) for day in ("2026-07-13", "2026-07-14", "2026-07-15")] == [0, 1, 0]


@pytest.mark.parametrize(("last_kw", "passed"), [(1000, True), (1001, False)])
def test_the_published_tva_agreement_passes_at_its_protected_demand_and_not_above(
    last_kw: int, passed: bool
) -> None:
    """11 MW of contract demand, 1 MW protected in every season: the load may stay at 1,000 kW."""
    terms = json.loads(TVA.read_text())
    (protected_kw,) = set(terms["protected_demand_kw"].values())
    committed_kw = terms["contract_demand_kw"] - protected_kw
    program = enrolled(
        "firm-service-level", f"firm_service_level={protected_kw}kW committed={committed_kw}kW"
    )
    called = CALLED.replace("mode=reduce-by target=80MW", f"mode=reduce-to target={protected_kw}kW")
    load = (
        "2026-07-14T17:00Z s1 intervals-recorded meter=r start=2026-07-14T17:00Z interval=1h power_of_ten=3 "
        f"values=[10900,900,130,500,{last_kw}] quality=[17,17,17,17,17]\n"
    )
    assert figures(row(program + called + load), "committed_w", "passed") == (10_000_000, passed)


# --- explained ----------------------------------------------------------------------------------------------


def weeks(method: str) -> list[Record]:
    """Six weeks of readings, a record a day, that rise by the day; an event on 14 July, two calls before it,
    an adjustment.
    """
    days = "".join(
        f"2026-{day:%m-%d}T00:00Z s1 intervals-recorded meter=r start=2026-{day:%m-%d}T00:00Z interval=1h"
        f" power_of_ten=6 values=[{','.join([str(40 + day.toordinal() % 37)] * 24)}]"
        f" quality=[{','.join(['17'] * 24)}]\n"
        for day in (date(2026, 6, 5) + timedelta(days=n) for n in range(41))
    )
    others = CALLED.replace("dispatch=d", "dispatch=e").replace("07-14", "07-09")
    adjusted = "adjustment=symmetric-additive adjustment_window=2h adjustment_gap=1h adjustment_cap=20%"
    program = enrolled(method).replace("adjustment=none", adjusted)
    unrelated = program.replace("program=p", "program=q") + CALLED.replace("program=p", "program=q").replace(
        "dispatch=d", "dispatch=f"
    ).replace("07-14", "07-08")
    return told(SITE + program + unrelated + CALLED + others + days)


@pytest.mark.parametrize(
    "method", ["baseline-10-of-10", "baseline-high-4-of-5", BEFORE_AFTER, "same-day-3-2"]
)
def test_the_records_named_behind_a_figure_make_it_again_and_are_few(method: str) -> None:
    """Of 41 days of readings those of the event, of the days looked at and of the adjustment; of dispatches
    those of the program.
    """
    records = weeks(method)
    window = between("2026-07-14T00:00Z/2026-07-16T00:00Z")
    scope = Scope(window, ("s1",), (), "UTC", {"s1": "UTC"})
    rows = replay(records, REPORT.row_kinds)
    cells = cells_of(REPORT.columns, REPORT.compute(rows, scope).rows[0])
    assert cells["performance_ppm"] is not None
    for column in REPORT.columns[REPORT.keys :]:
        named = set(records_behind(REPORT, rows, scope, cells, column))
        behind = [record for record in records if (record.stream, record.pos) in named]
        again = REPORT.compute(replay(behind, REPORT.row_kinds), scope).rows[0]
        assert dict(zip(cells, again, strict=True))[column.name] == cells[column.name], column.name
        kinds = Counter(record.kind.partition(".")[0] for record in behind)
        assert kinds["intervals-recorded"] <= {"baseline-10-of-10": 12, "baseline-high-4-of-5": 7}.get(
            method, 2
        )
        assert kinds["dispatch-notified"] <= (2 if method in LIKE_DAYS else 1)


def test_a_programs_own_numbers_take_the_place_of_its_method_from_their_start() -> None:
    """Three working days before the dispatch are 100, 90 and 86 MW; of two high ones the mean is 95, less 18 MW = 77 of
    80 committed. Before July the method it was enrolled with holds.
    """
    days = "".join(
        f"2026-07-{day}T18:00Z s1 intervals-recorded meter=r start=2026-07-{day}T18:00Z interval=1h power_of_ten=6"
        f" values=[{load}] quality=[17]\n"
        for day, load in (("13", 90), ("10", 86), ("09", 100))
    )
    own = (
        "2026-06-01T00:00Z s1 program-baseline-set program=p start=2026-07-01T04:00Z taken_days=2 like_days=3"
        ' take=highest day_types=two adjustment=none rule="tariff 2026"\n'
    )
    called = CALLED.replace("stop=2026-07-14T22:00Z", "stop=2026-07-14T19:00Z")
    found = row(enrolled(BEFORE_AFTER) + own + called + LOAD + days)
    earlier = row(
        enrolled(BEFORE_AFTER) + own.replace("start=2026-07-01", "start=2026-08-01") + called + LOAD + days
    )
    assert [figures(line, "method", "baseline_w", "performance_ppm") for line in (found, earlier)] == [
        ("baseline-high-2-of-3", 95_000_000, 962_500),
        (BEFORE_AFTER, 100_000_000, 1_025_000),
    ]


def test_terms_said_after_the_window_are_not_seen_however_far_they_reach_back() -> None:
    """On 20 July three hours' mean is agreed as the baseline from 1 July on: as of 15 July it is that of the
    last hour.
    """
    story = enrolled(BEFORE_AFTER, "baseline_intervals=1") + CALLED + LOAD
    amended = (
        "2026-07-20T00:00Z s1 program-terms-amended program=p start=2026-07-01T00:00Z response=5min"
        " baseline_intervals=2\n"
    )
    found = [
        row(story + amended, period=f"2026-07-01T00:00Z/2026-07-{stop}T00:00Z")["baseline_w"]
        for stop in (15, 21)
    ]
    assert found == [100_000_000, None]


# --- counted once -------------------------------------------------------------------------------------------

D = (
    "2026-07-14T17:00Z s1 dispatch-notified dispatch=d program=p dispatch_class=emergency mode=reduce-by"
    " target=60MW start=2026-07-14T18:00Z stop=2026-07-14T20:00Z\n"
)
E = D.replace("T17:00Z", "T17:10Z").replace("dispatch=d", "dispatch=e").replace("60MW", "45MW")
DOWN = LOAD.replace("[100,18,15,20,35,104,97]", "[100,10,9,20,35,104,97]")
COUNTED = ("reduction_w", "overlap_w", "performance_ppm", "passed", "energy_wh", "why")


def two(story: str, *names: str) -> list[tuple[Any, ...]]:
    found = lines(REPORT, SITE + enrolled(BEFORE_AFTER) + story, "2026-07")
    return [figures(found[f"{dispatch}/p/s1"], *(names or COUNTED)) for dispatch in ("d", "e")]


def test_a_reduction_over_the_same_hours_is_counted_once_in_order_of_notification() -> None:
    """The load falls from 100 MW to 10 and 9: 90 and 91 MW. Of these d, notified first, gets the 60 MW that
    it asked for, and e what is left: 30 and 31 of 45 MW. d: 60 / 60 = 100 %, overlap 30.5. e: 30.5 / 45 =
    67.7778 %, overlap 60, at worst 45 - 30 = 15 MW short. Together 60 + 30.5 = 90.5 MW, what the meter shows;
    by definition 1 they were 90.5 / 60 = 151 % and 90.5 / 45 = 201 %.
    """
    assert two(E + D + DOWN) == [
        (60_000_000, 30_500_000, 1_000_000, True, 120_000_000, "at least 60 MW less in all 2 intervals"),
        (
            30_500_000,
            60_000_000,
            677_778,
            False,
            61_000_000,
            "up to 15 MW short in 2 of 2 intervals; the rest of its reduction is counted for d",
        ),
    ]


def test_a_reduction_that_is_counted_once_is_noted() -> None:
    """30.5 MW of d's 90.5 are not counted for d, 60 of e's are not counted for e."""
    said = (
        "over the same meters and hours as {}; the reduction is counted once, in order of notification, and"
    )
    assert answer(REPORT, told(SITE + enrolled(BEFORE_AFTER) + D + E + DOWN), "2026-07").notes == (
        f"s1/d: {said.format('e')} 30.5 MW of it are not counted here",
        f"s1/e: {said.format('d')} 60 MW of it are not counted here",
    )


def test_only_the_dispatches_notified_before_are_named_as_those_that_have_the_rest() -> None:
    """Of 90 and 91 MW d has 60 and e what is left, 30 and 31 of 45; nothing is left for f, notified last."""
    last = E.replace("T17:10Z", "T17:20Z").replace("dispatch=e", "dispatch=f")
    found = lines(REPORT, SITE + enrolled(BEFORE_AFTER) + D + E + last + DOWN, "2026-07")
    said = "in 2 of 2 intervals; the rest of its reduction is counted for"
    assert [found[f"{name}/p/s1"]["why"] for name in "ef"] == [
        f"up to 15 MW short {said} d",
        f"45 MW short {said} d, e",
    ]


def test_what_is_beyond_all_that_was_asked_is_counted_for_none() -> None:
    """90 and 91 MW against 60 + 20: 60 and 20 are counted, 10 and 11 for neither. Overlap of d 90.5 - 60."""
    found = two(D + E.replace("45MW", "20MW") + DOWN, "reduction_w", "overlap_w", "passed")
    assert found == [(60_000_000, 30_500_000, True), (20_000_000, 70_500_000, True)]


def test_only_the_hours_that_both_have_are_shared() -> None:
    """e has 18:00 alone to itself until d begins at 19:00: 90 MW are its own, then 91 - 60 = 31 of 45 MW. d's
    baseline is the hour before it, in which the load was down: 10 - 9 = 1 MW, all that it is counted for,
    and so 91 - 1 = 90 MW are left for e, of which it asked for 45.
    """
    later = D.replace("start=2026-07-14T18:00Z", "start=2026-07-14T19:00Z")
    found = two(later + E + DOWN, "reduction_w", "overlap_w", "passed")
    assert found == [(1_000_000, 0, False), (67_500_000, 23_000_000, True)]


def test_a_dispatch_called_on_top_of_another_is_measured_from_the_load_it_found() -> None:
    """From 100 MW d takes 60 to 40 MW at 18:00, and e at 19:00 another 30 to 10 MW: e's baseline is 40 MW.
    At 19:00 the meter shows 90 MW less than before d: 60 are d's, and e's own 30 are its own.
    """
    load = LOAD.replace("[100,18,15,20,35,104,97]", "[100,40,10,20,35,104,97]")
    on_top = E.replace("start=2026-07-14T18:00Z", "start=2026-07-14T19:00Z").replace("45MW", "30MW")
    found = two(D + on_top + load, "reduction_w", "overlap_w", "performance_ppm", "passed")
    assert found == [(60_000_000, 15_000_000, 1_000_000, True), (30_000_000, 0, 1_000_000, True)]


def test_a_dispatch_that_started_before_the_window_keeps_its_part() -> None:
    """Seen from 19:00 on, e alone has a row; the 60 MW of d are not e's even so: 91 - 60 = 31 MW."""
    later = E.replace("start=2026-07-14T18:00Z", "start=2026-07-14T19:00Z")
    text = SITE + enrolled(BEFORE_AFTER, "baseline_intervals=2") + D + later
    text += (
        LOAD.replace("T17:00Z", "T16:00Z").replace("[100,18,15,20", "[100,100,10,9").replace("17,17]", "17]")
    )
    text = text.replace("values=[100,100,10,9,35,104,97]", "values=[100,100,10,9,35,104]")
    found = lines(REPORT, text, "2026-07-14T18:30Z/2026-08-01T00:00Z")
    assert [(key, line["reduction_w"]) for key, line in found.items()] == [("e/p/s1", 31_000_000)]


@pytest.mark.parametrize(
    "story",
    [
        pytest.param(E.replace("program=p", "program=q"), id="of another program"),
        pytest.param(
            E.replace("07-14T18", "07-14T20").replace("07-14T20:00Z\n", "07-14T22:00Z\n"), id="later"
        ),
        pytest.param(E + "2026-07-14T17:30Z s1 dispatch-cancelled dispatch=e\n", id="cancelled"),
    ],
)
def test_other_dispatches_take_nothing(story: str) -> None:
    """90.5 MW of 60: all of it is d's."""
    other = enrolled(BEFORE_AFTER).replace("program=p", "program=q")
    found = row(enrolled(BEFORE_AFTER) + other + D + story + DOWN)
    assert figures(found, "reduction_w", "overlap_w") == (90_500_000, 0)


def test_a_reduction_that_counts_for_two_programs_is_noted() -> None:
    """Each program is owed its own; a reader who adds both up is told."""
    other = enrolled(BEFORE_AFTER).replace("program=p", "program=q") + E.replace("program=p", "program=q")
    notes = answer(REPORT, told(SITE + enrolled(BEFORE_AFTER) + other + D + DOWN), "2026-07").notes
    said = "s1/{}: over the same meters and hours as {}; the reduction counts for both programs"
    assert notes == (said.format("d", "e of program q"), said.format("e", "d of program p"))


def test_a_firm_service_level_has_no_reduction_to_share() -> None:
    """Both dispatches ask the site to stay at or below 20 MW, and it does: 10 and 9 MW."""
    text = SITE + enrolled("firm-service-level", "firm_service_level=20MW") + D + E + DOWN
    found = lines(REPORT, text, "2026-07")
    assert [figures(line, "overlap_w", "passed", "why") for line in found.values()] == [
        (None, True, "at or below 20 MW in all 2 intervals")
    ] * 2


def test_records_of_the_other_dispatch_are_behind_what_is_counted_and_not_behind_the_baseline() -> None:
    records = told(SITE + enrolled(BEFORE_AFTER) + D + E + DOWN)
    scope = Scope(between("2026-07-14T00:00Z/2026-07-16T00:00Z"), ("s1",), (), "UTC", {"s1": "UTC"})
    rows = replay(records, REPORT.row_kinds)
    cells = cells_of(REPORT.columns, REPORT.compute(rows, scope).rows[1])
    called = {}
    for column in REPORT.columns:
        named = set(records_behind(REPORT, rows, scope, cells, column))
        called[column.name] = sum(
            record.kind == "dispatch-notified.v1" and (record.stream, record.pos) in named
            for record in records
        )
    names = ("reduction_w", "overlap_w", "why", "baseline_w", "evaluated_intervals")
    assert [called[name] for name in names] == [2, 2, 2, 1, 1]


# --- why ----------------------------------------------------------------------------------------------------


def short(values: str, quality: str = "17,17,17,17,17") -> str:
    return LOAD.replace("[100,18,15,20,35,104,97]", values).replace("[17,17,17,17,17,17,17]", f"[{quality}]")


@pytest.mark.parametrize(
    ("program", "load", "why", "of"),
    [
        pytest.param(
            enrolled(BEFORE_AFTER),
            short("[100,18,15,20,21]"),
            "1 MW short in 1 of 4 intervals",
            (4, 4),
            id="100 - 21 = 79 of 80 MW",
        ),
        pytest.param(
            enrolled(BEFORE_AFTER),
            short("[100,18,15,20,20]"),
            "at least 80 MW less in all 4 intervals",
            (4, 4),
            id="100 - 20 = 80 MW",
        ),
        pytest.param(
            enrolled(BEFORE_AFTER),
            short("[100,18,15]", "17,17,17"),
            "no readings in 2 of 4 intervals",
            (2, 4),
            id="two hours without a reading",
        ),
        pytest.param(
            enrolled(BEFORE_AFTER),
            short("[100,18,25]", "17,17,17"),
            "5 MW short in 1 of 4 intervals; no readings in 2 of 4 intervals",
            (2, 4),
            id="100 - 25 = 75 of 80 MW, and two hours without a reading",
        ),
        pytest.param(
            enrolled(BEFORE_AFTER),
            short("[100]", "17"),
            "no readings in 4 of 4 intervals",
            (0, 4),
            id="only the hour before has a reading",
        ),
        pytest.param(enrolled(BEFORE_AFTER), "", "no readings", (0, None), id="no reading at all"),
        pytest.param(
            enrolled(BEFORE_AFTER),
            LOAD.replace("T17:00Z", "T18:00Z"),
            "no baseline: no reading for all of the interval before the start",
            (4, 4),
            id="no reading before the start",
        ),
        pytest.param(
            enrolled("firm-service-level", "firm_service_level=20MW"),
            LOAD,
            "15 MW above the firm service level in 1 of 4 intervals",
            (4, 4),
            id="35 MW at a level of 20",
        ),
        pytest.param(
            enrolled("firm-service-level"), LOAD, "no firm service level", (4, 4), id="no level agreed"
        ),
        pytest.param("", LOAD, "p has no terms in force at its start", (None, None), id="not enrolled"),
    ],
)
def test_why_it_passed_or_failed_or_cannot_be_judged(
    program: str, load: str, why: str, of: tuple[int | None, int | None]
) -> None:
    found = row(program + CALLED + load)
    assert (found["why"], figures(found, "evaluated_intervals", "all_intervals")) == (why, of)


def test_without_a_program_nothing_is_judged() -> None:
    found = row(CALLED.replace(" program=p", "") + LOAD, "d/s1")
    assert found["why"] == "no program"


def test_a_dispatch_that_goes_on_is_not_over_yet() -> None:
    """As of 20:00 the hours 18 and 19 are evaluated; at 18:30 none is over."""
    text = SITE + enrolled(BEFORE_AFTER) + CALLED + LOAD
    found = [
        lines(REPORT, text, f"2026-07-14T00:00Z/2026-07-14T{at}Z")["d/p/s1"] for at in ("20:00", "18:30")
    ]
    names = ("why", "evaluated_intervals", "all_intervals")
    assert [figures(one, *names) for one in found] == [("not over yet", 2, 2), ("not over yet", 0, 0)]


def test_hours_off_the_clock_of_the_meter_are_counted_on_its_grid() -> None:
    """From 18:10 to 21:50 there are the whole hours 19 and 20: both are evaluated, and no third is expected."""
    called = CALLED.replace("T18:00Z", "T18:10Z").replace("T22:00Z", "T21:50Z")
    found = row(enrolled(BEFORE_AFTER) + called + LOAD)
    assert figures(found, "evaluated_intervals", "all_intervals") == (2, 2)
