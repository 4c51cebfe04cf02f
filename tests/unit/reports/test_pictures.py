"""What reports draw: the same facts as their rows, as somebody would rather look at them."""

from __future__ import annotations

from typing import Any

from ledger.calendar import format_instant
from projections.engine.amounts import said
from projections.engine.pictures import Lanes, Names, Plot
from projections.render.charts.svg import svg
from projections.reports import (
    benefit,
    commitments,
    dispatch_performance,
    flexibility,
    jobs,
    lease_dates,
    payments,
    portfolio,
    power_use,
    uptime,
)
from tests.support.report_answers import drawn, pictures
from tests.support.row_replay import Heard
from tests.unit.figures import test_headroom
from tests.unit.reports import (
    test_benefit,
    test_commitments,
    test_dispatch_performance,
    test_jobs,
    test_lease_dates,
    test_payments,
    test_portfolio,
    test_power_use,
    test_uptime,
)

MW = 10**6
ALERT = """
2026-06-01T01:00Z ba-SOCO grid-condition-declared state=eea2
2026-06-01T03:00Z ba-SOCO grid-condition-declared state=normal
"""


def layers(plot: Any) -> dict[str, list[int | None]]:
    return {layer.name: [value for _, value in layer.points] for layer in plot.layers}


def names(plot: Plot) -> tuple[str, ...]:
    assert isinstance(plot.x, Names)
    return plot.x.names


# --- power use ----------------------------------------------------------------------------------------------


def test_a_day_of_load_is_drawn_hour_by_hour() -> None:
    """90 of 100; 20 with 70 held back; 50 with 90 lost, of which 50 fit; 110 counts as 100."""
    story = test_power_use.SITE + test_power_use.FOUR + test_power_use.HELD
    (day,) = drawn(Plot, power_use.REPORT, story, test_power_use.WINDOW)
    assert layers(day) == {
        "load": [90 * MW, 20 * MW, 50 * MW, 100 * MW],
        "held back": [0, 70 * MW, 0, 0],
        "lost to outages": [0, 0, 50 * MW, 0],
        "idle": [10 * MW, 10 * MW, 0, 0],
        "energized": [100 * MW] * 4,
    }


def test_curtailments_and_a_strained_grid_stand_out() -> None:
    story = test_power_use.SITE + test_power_use.FOUR + test_power_use.HELD + ALERT
    (day,) = drawn(Plot, power_use.REPORT, story, test_power_use.WINDOW)
    assert [
        (s.strip, s.label, format_instant(s.start_s)[11:13], format_instant(s.stop_s)[11:13])
        for s in day.shades
    ] == [
        ("Dispatches", "d", "01", "02"),
        ("SOCO grid", "EEA2", "01", "03"),
    ]


def test_a_picture_says_its_message_in_figures() -> None:
    story = test_power_use.SITE + test_power_use.FOUR + test_power_use.HELD + ALERT
    (day,) = drawn(Plot, power_use.REPORT, story, test_power_use.WINDOW)
    assert (
        day.says
        == "260 MWh was drawn, 70 MWh held back, 50 MWh lost to outages and 20 MWh not used; the mean load"
        " went down to 20 MW where up to 100 MW was energized. Dispatches: d. SOCO grid: EEA2."
    )


def test_of_a_long_window_the_week_in_which_most_was_held_back_is_drawn_besides() -> None:
    story = test_power_use.SITE + test_power_use.FOUR + test_power_use.HELD
    whole, week = pictures(power_use.REPORT, story, "2026-05-20T00:00Z/2026-06-20T00:00Z")
    assert [format_instant(edge)[:10] for edge in (*whole.x[:2], *week.x[:2])] == [
        "2026-05-20",
        "2026-06-20",
        "2026-05-26",
        "2026-06-02",
    ]


def test_a_missing_hour_is_a_gap_not_a_zero() -> None:
    (day,) = drawn(
        Plot,
        power_use.REPORT,
        test_power_use.SITE + test_power_use.FOUR,
        "2026-06-01T02:00Z/2026-06-01T06:00Z",
    )
    assert layers(day)["load"] == [50 * MW, 100 * MW, None, None]


def test_without_readings_nothing_is_drawn() -> None:
    assert pictures(power_use.REPORT, test_power_use.SITE, test_power_use.WINDOW) == ()


# --- uptime -------------------------------------------------------------------------------------------------


def test_availability_is_drawn_by_day_in_a_month_and_by_month_in_a_year() -> None:
    assert test_uptime.__doc__ is not None
    story = test_uptime.__doc__.split("\n\n")[1]
    (month,) = pictures(uptime.REPORT, story, "2026-06")
    (year,) = pictures(uptime.REPORT, story, "2026")
    by_day, by_month = layers(month), layers(year)
    assert len(by_day["EAF"]) == 30
    assert by_day["in service (own)"][9] == 500_000  # the grid's call of 10 June
    assert [by_month[name][5] for name in by_month] == [972_222, 975_000, 938_889]
    assert by_month["EAF"][0] is None  # before it was commissioned


def test_availability_of_ten_years_is_drawn_by_year() -> None:
    assert test_uptime.__doc__ is not None
    story = test_uptime.__doc__.split("\n\n")[1]
    (plot,) = drawn(Plot, uptime.REPORT, story, "2020-01-01T00:00Z/2030-01-01T00:00Z")
    assert (plot.title, len(layers(plot)["EAF"])) == ("Availability by year", 10)


# --- leases, commitments, portfolio -------------------------------------------------------------------------


def test_a_late_phase_runs_on_from_its_extended_target() -> None:
    story = (
        test_lease_dates.PHASE
        + test_lease_dates.ACCEPTED
        + test_lease_dates.WEATHER.format(noticed="2025-12-05")
    )
    (timeline,) = drawn(Lanes, lease_dates.REPORT, story, "2026")
    (lane,) = timeline.lanes
    assert [
        (s.kind, format_instant(s.start_s)[:10], format_instant(s.stop_s)[:10]) for s in lane.stretches
    ] == [
        ("extension", "2026-03-01", "2026-03-21"),
        ("late", "2026-03-21", "2026-06-16"),
    ]
    assert lane.label == "ready, 87 d late"


def test_float_runs_from_the_forecast_to_the_extended_target() -> None:
    forecast = (
        "2025-06-01T00:00Z s1 lease-forecast-set phase=p milestone=ready-for-service-accepted"
        " forecast_on=2026-02-01\n"
    )
    (timeline,) = drawn(Lanes, lease_dates.REPORT, test_lease_dates.PHASE + forecast, "2025")
    assert [(s.kind, (s.stop_s - s.start_s) // 86_400) for s in timeline.lanes[0].stretches] == [
        ("float", 28)
    ]


def test_a_phase_without_a_target_date_has_no_lane() -> None:
    assert pictures(lease_dates.REPORT, test_lease_dates.PHASE.splitlines()[1] + "\n", "2026") == ()


def test_each_promise_has_a_lane_with_its_periods_and_its_verdicts_at_their_deadlines() -> None:
    shown = test_commitments.evidence("2026-05-10", 25)
    story = test_commitments.MADE + shown + test_commitments.assessed("2026-05-12", "met")
    (timeline,) = drawn(Lanes, commitments.REPORT, story, "2026-05-01T00:00Z/2026-05-31T00:00Z")
    (lane,) = timeline.lanes
    assert (lane.name, lane.label) == ("s1 jobs", "10 d late")
    assert [(format_instant(mark.at_s)[:10], mark.kind) for mark in lane.marks] == [
        ("2026-04-30", "met"),
        ("2026-07-31", "pending"),
    ]


def test_the_message_of_the_promises_is_their_follow_through() -> None:
    shown = test_commitments.evidence("2026-05-10", 25)
    story = test_commitments.MADE + shown + test_commitments.assessed("2026-05-12", "met")
    (timeline,) = drawn(Lanes, commitments.REPORT, story, "2026-05-01T00:00Z/2026-05-31T00:00Z")
    assert (
        timeline.says
        == "Follow-through: met 1 of 1 due (100.0000 %), 1 of them late; 0 waived; 0 not-measurable."
    )


def test_a_promise_for_ever_is_drawn_up_to_where_an_axis_ends() -> None:
    for_ever = test_commitments.MADE.replace("2026-07-31", "9999-12-31").replace("2026-Q2", "9998")
    (timeline,) = drawn(Lanes, commitments.REPORT, for_ever, "2026-05-01T00:00Z/2026-05-31T00:00Z")
    assert "9998" in format_instant(timeline.lanes[0].marks[1].at_s)
    assert "<svg" in svg(timeline)


def test_the_ladder_adds_up_the_sites() -> None:
    (ladder,) = drawn(Plot, portfolio.REPORT, test_portfolio.SITE, "2026-01-01T00:00Z/2026-05-01T00:00:01Z")
    assert names(ladder) == ("requested", "contracted", "energized", "in service", "leased")
    assert layers(ladder)["power"] == [300 * MW, 200 * MW, 190 * MW, 160 * MW, 45 * MW]


def test_a_step_of_the_ladder_that_nobody_said_is_unknown_not_zero() -> None:
    (ladder,) = drawn(Plot, portfolio.REPORT, test_portfolio.SITE.split("\n")[1] + "\n", "2026")
    assert layers(ladder)["power"] == [None, None, None, 0, 0]
    assert ladder.says.startswith("Over 1 site: unknown requested")


def test_the_headroom_curve_says_its_amounts_at_each_limit() -> None:
    scope = test_headroom.asked(test_headroom.series())
    answer = flexibility.REPORT.compute({}, scope)
    (curve,) = flexibility.REPORT.pictures({}, scope, answer)
    assert isinstance(curve, Plot)
    (layer,) = curve.layers
    assert [limit for limit, _ in layer.points] == [2_500, 5_000, 10_000, 50_000]
    first, *others = (said(headroom_w, "W") for _, headroom_w in layer.points if headroom_w is not None)
    assert (
        curve.says == f"SOCO could carry {first} of new load that lets go 0.25 % of its energy, "
        f"{others[0]} at 0.5 %, {others[1]} at 1 %, {others[2]} at 5 %."
    )


# --- dispatches, communities, incidents ---------------------------------------------------------------------

DISPATCHED = (
    test_dispatch_performance.SITE
    + test_dispatch_performance.enrolled(test_dispatch_performance.BEFORE_AFTER, "baseline_intervals=1")
    + test_dispatch_performance.CALLED
    + test_dispatch_performance.LOAD
)


def test_a_dispatch_is_drawn_against_its_baseline_and_the_load_at_which_it_passes() -> None:
    """100 MW in the hour before, 18, 15, 20 and 35 during it, 104 and 97 after; with a baseline of 100 MW and 80
    committed it passes at 20 MW.
    """
    (plot,) = drawn(Plot, dispatch_performance.REPORT, DISPATCHED, "2026-07")
    assert {
        name: [None if v is None else v // MW for v in values] for name, values in layers(plot).items()
    } == {
        "load": [100, 18, 15, 20, 35, 104, 97, None],
        "baseline": [100, 100, 100, 100, None],
        "to pass": [20, 20, 20, 20, None],
    }


def test_the_picture_of_a_dispatch_says_why_it_failed() -> None:
    (plot,) = drawn(Plot, dispatch_performance.REPORT, DISPATCHED, "2026-07")
    assert (plot.title, plot.says) == (
        "d at s1",
        "The mean load was 22 MW against a baseline of 100 MW. It failed: 15 MW short in 1 of 4 intervals.",
    )


def test_a_dispatch_without_readings_is_not_drawn() -> None:
    story = DISPATCHED.replace(test_dispatch_performance.LOAD, "")
    assert pictures(dispatch_performance.REPORT, story, "2026-07") == ()


def test_payments_are_drawn_by_the_month_they_were_due_and_paid() -> None:
    """$1,000 due in March, $400 of it paid in February and the rest in April."""
    story = (
        test_payments.SCHEDULED
        + test_payments.paid("2026-02-10", "400.00")
        + test_payments.paid("2026-04-12", "600.00", "r2")
    )
    (plot,) = drawn(Plot, payments.REPORT, story, "2026")
    assert (names(plot), layers(plot), plot.says) == (
        ("2026-02", "2026-03", "2026-04"),
        {"due": [0, 100_000, 0], "paid": [40_000, 0, 60_000]},
        "$1,000 due and $1,000 paid, 2026-02 to 2026-04.",
    )


def test_people_are_drawn_beside_those_that_were_promised() -> None:
    (plot,) = drawn(Plot, jobs.REPORT, test_jobs.made() + test_jobs.year(), "2026")
    assert layers(plot) == {"promised": [25_000], "counted": [20_917]}


def test_tax_given_up_is_drawn_beside_what_was_paid() -> None:
    (plot,) = drawn(Plot, benefit.REPORT, test_benefit.STORY.format(value=20), "2026")
    assert (names(plot), layers(plot)) == (("s1",), {"given up": [100_000_000], "paid": [15_000_000]})


INCIDENT = """
2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=UTC balancing_authority=SOCO utility=U parcels=[] site_class=training
2026-06-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[]
2026-06-01T00:00Z s1 meter-registered meter=r scope=site role=revenue direction=delivered interval=1h
2026-07-14T17:00Z s1 intervals-recorded meter=r start=2026-07-14T17:00Z interval=1h power_of_ten=6 values=[90,0,85] quality=[17,17,17]
2026-07-14T18:05Z s1 incident-opened incident=i1 summary=x
2026-07-14T18:10Z s1 outage-started block=m1 outage=o1 outage_class=forced-u1 derate=100MW cause=x outside_management_control=false
2026-07-14T18:50Z s1 outage-ended outage=o1
2026-07-14T19:00Z s1 incident-closed incident=i1 cause=x actions=[]
"""


def test_an_incident_is_drawn_as_what_stood_when_and_the_load_beside_it(heard: Heard) -> None:
    """The outage stood for 40 minutes of the incident's 55, in an hour without any load."""
    heard.at("2026-07-15T00:00Z", INCIDENT)
    timeline, load = heard.report("incident", period="2026-07").pictures()
    assert isinstance(timeline, Lanes)
    assert (
        {lane.name: [s.stop_s - s.start_s for s in lane.stretches] for lane in timeline.lanes},
        layers(load)["s1"],
        load.says,
    ) == (
        {"s1 incident i1": [55 * 60], "s1 outage o1": [40 * 60]},
        [90 * MW, 0, 85 * MW, None],
        "Load of s1 between 0 W and 90 MW.",
    )
