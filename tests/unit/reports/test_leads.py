"""What reports begin with: the sentence that answers their reader, from the worked stories of their tests."""

from __future__ import annotations

import pytest

from ledger.app.delivery.issue import issue
from ledger.app.queries.log_view import run
from ledger.app.queries.report_run import Question
from projections.engine.report import LeadFigure
from projections.reports.catalogue import BY_NAME
from tests.support.efficiency_cases import BLOCK
from tests.support.report_answers import lead, lines, verdict
from tests.support.row_replay import Heard
from tests.unit.reports import (
    test_benefit,
    test_bridge,
    test_commitments,
    test_disturbances,
    test_efficiency,
    test_flexibility,
    test_grid_states,
    test_incident,
    test_intervals,
    test_jobs,
    test_lease_dates,
    test_payments,
    test_portfolio,
    test_power_use,
    test_program_hours,
    test_protection,
    test_restatements,
    test_uptime,
)
from tests.unit.reports import test_dispatch_performance as dispatches

# --- availability, hashrate, power --------------------------------------------------------------------------

WORKED_MONTH = (test_uptime.__doc__ or "").split("\n\n", 1)[1]


def test_uptime_says_available_and_in_service_with_what_was_outside_our_control() -> None:
    """Of 720 h 16 h were lost whole and 4 h by derates: 700 / 720. Without the 2 h of the grid 702 / 720;
    less the 24 h curtailed 676 / 720.
    """
    assert (
        verdict(BY_NAME["uptime"], WORKED_MONTH, "2026-06")
        == "Load blocks at s1 were 97.22 % available (97.5 % without outages outside management control) and"
        " 93.89 % in service."
    )


def test_uptime_names_the_least_available_site() -> None:
    """Two blocks of 100 MW: s1 lost 3 of 30 days, s2 nothing."""
    story = (
        test_uptime.COMMISSIONED
        + f"2026-05-01T00:00Z {test_uptime.MINING.format('m1', '100MW').replace('s1', 's2')}\n"
        + f"2026-06-01T00:00Z {test_uptime.OUTAGE.format('o', 'planned', '100MW')}\n"
        + "2026-06-04T00:00Z s1 outage-ended outage=o\n"
    )
    assert (
        verdict(BY_NAME["uptime"], story, "2026-06")
        == "Load blocks at 2 sites were 95 % available and 95 % in service; the least available site was s1 at"
        " 90 %."
    )


def test_uptime_of_a_window_before_all_blocks() -> None:
    assert (
        verdict(BY_NAME["uptime"], test_uptime.COMMISSIONED, "2026-04")
        == "No load block was commissioned in this window."
    )


def test_efficiency_says_what_it_does_not_know() -> None:
    """5 EH/s at 90 MW from noon on: 18 J/TH, a mean of 2.5 EH/s over the day."""
    story = BLOCK + test_efficiency.FIVE_EH.replace("2026-07-01T00:00Z", "2026-07-14T12:00Z")
    assert (
        verdict(BY_NAME["efficiency"], story, "2026-07-14")
        == "Mining blocks hashed 2.5 EH/s on average using 18 J/TH at the machines; hashrate is known for 50 %"
        " of mining time, and the rest counts as zero."
    )


def test_efficiency_of_blocks_that_never_said_their_hashrate_claims_none() -> None:
    found = lead(BY_NAME["efficiency"], BLOCK, "2026-07-14")
    assert (found.verdict, found.figures[0]) == (
        "No hashrate is known of the mining blocks in this window.",
        LeadFigure("Average hashrate", None, "GH/s"),
    )


def test_power_use_divides_what_was_energized() -> None:
    """260 of 400 MWh drawn, 70 held back, 50 lost, 20 not used; an hour of 110 MW counts as the 100 energized,
    which the average beside it does not show.
    """
    story = test_power_use.SITE + test_power_use.FOUR + test_power_use.HELD
    assert (
        verdict(BY_NAME["power-use"], story, test_power_use.WINDOW)
        == "65 % of the 400 MWh energized at the metered site was drawn, 17.5 % was curtailed, 12.5 % was lost to"
        " outages and 5 % was idle; readings were above what was energized and count up to it."
    )


def test_power_use_shows_the_missing_hours_of_the_fleet_row() -> None:
    """Card and table told two sums apart by a word: of the sites with readings, and of all."""
    found = lead(BY_NAME["power-use"], test_power_use.SITE, test_power_use.WINDOW)
    fleet = lines(BY_NAME["power-use"], test_power_use.SITE, test_power_use.WINDOW)["fleet"]
    assert (found.figures[4].value, fleet["missing_s"]) == (4 * 3600, 4 * 3600)


def test_power_use_without_readings_knows_nothing_and_says_how_many_sites_are_metered() -> None:
    found = lead(BY_NAME["power-use"], test_power_use.SITE, test_power_use.WINDOW)
    assert (found.verdict, found.figures[0].value) == (
        "Where the energized power went is unknown: no revenue meter of the site has readings.",
        "0 of 1",
    )


def test_the_portfolio_is_a_ladder_of_megawatts_and_says_what_is_unknown() -> None:
    assert (
        verdict(BY_NAME["portfolio"], test_portfolio.SITE, "2026-01-01T00:00Z/2026-05-01T00:00Z")
        == "2 sites have 200 MW under contract, 190 MW energized, 160 MW in service and 45 MW leased; power under"
        " contract is unknown at 1 site and power energized is unknown at 1 site."
    )


def test_flexibility_says_how_much_load_let_go_in_how_many_events() -> None:
    """70 MW for an hour, and 45 MW and 20 MW in mean of two hours that touch: 135 MWh in 2 events, of 100 MW
    over 24 h; 5.625 % is said half to even.
    """
    story = test_power_use.SITE + test_flexibility.EIGHT + test_flexibility.TWO
    assert (
        verdict(BY_NAME["flexibility"], story, test_flexibility.DAY)
        == "Load let go 135 MWh in 2 events, 5.62 % of what its highest load of 100 MW would draw all the time."
    )


def test_the_bridge_says_what_mining_carried_and_what_is_not_known() -> None:
    """m1 used 960 MWh on 5 June and 480 on the 6th until it was retired; what it used on the 4th is known in
    part only.
    """
    assert (
        verdict(BY_NAME["bridge"], test_bridge.SITE + test_bridge.CONVERTED, test_bridge.JUNE)
        == "Mining blocks that were later converted to data centers used 1.44 GWh in this window; on 2026-06-07 1"
        " site drew 20 MW for mining; load is unknown on 5 of 7 site days."
    )


def test_intervals_tell_gaps_and_corrections() -> None:
    """Hours 0, 1 and 3 of a day: one hour is missing between them."""
    story = (
        test_intervals.METER
        + test_intervals.read("2026-07-01T04:00Z", 1, 2)
        + test_intervals.read("2026-07-01T07:00Z", 3)
    )
    assert (
        verdict(BY_NAME["intervals"], story, "2026-07")
        == "1 meter has 3 readings with 1 h missing between them; none was corrected."
    )


# --- dispatches ---------------------------------------------------------------------------------------------

ENROLLED = dispatches.SITE + dispatches.enrolled(dispatches.BEFORE_AFTER, "baseline_intervals=1")


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (
            ENROLLED + dispatches.CALLED + dispatches.LOAD,
            "The only dispatch called by a program failed; it delivered 97.5 % of what was committed on average"
            " (15 MW short in 1 of 4 intervals).",
        ),
        (
            ENROLLED + dispatches.CALLED.replace("80MW", "60MW") + dispatches.LOAD,
            "The only dispatch called by a program passed.",
        ),
        (
            ENROLLED + dispatches.CALLED,
            "The only dispatch called by a program cannot be judged for lack of readings.",
        ),
        (
            dispatches.SITE + dispatches.CALLED.replace(" program=p", ""),
            "The dispatch of this window was not called by a program, so nothing is judged.",
        ),
        (ENROLLED, "No dispatch started in this window."),
    ],
)
def test_a_dispatch_passed_failed_or_cannot_be_judged(story: str, said: str) -> None:
    """Baseline 100 MW, metered 18, 15, 20 and 35: 15 MW short of 80 in the last hour, never of 60."""
    assert verdict(BY_NAME["dispatch-performance"], story, "2026-07") == said


def test_of_several_dispatches_the_one_that_failed_is_named_and_the_others_are_counted() -> None:
    """d failed; e of the next day has no readings; f was our own."""
    later = dispatches.CALLED.replace("2026-07-14", "2026-07-15").replace("dispatch=d ", "dispatch=e ")
    own = dispatches.CALLED.replace("2026-07-14", "2026-07-16").replace("dispatch=d program=p", "dispatch=f")
    story = ENROLLED + dispatches.CALLED + dispatches.LOAD + later.split("\n")[1] + "\n" + own.split("\n")[1]
    assert (
        verdict(BY_NAME["dispatch-performance"], story, "2026-07")
        == "None of 2 dispatches called by a program passed; the one that failed, d at s1, delivered 97.5 % of what"
        " was committed on average (15 MW short in 1 of 4 intervals); 1 cannot be judged for lack of readings; 1"
        " more was not called by a program and is not judged."
    )


def test_of_several_dispatches_without_readings_none_can_be_judged() -> None:
    later = dispatches.CALLED.replace("2026-07-14", "2026-07-15").replace("dispatch=d ", "dispatch=e ")
    story = ENROLLED + dispatches.CALLED + later.split("\n")[1]
    assert (
        verdict(BY_NAME["dispatch-performance"], story, "2026-07")
        == "None of 2 dispatches called by a program can be judged for lack of readings."
    )


def test_protection_says_that_nothing_was_touched_and_what_is_not_known() -> None:
    assert (
        verdict(BY_NAME["protection"], test_protection.SITE, "2026-07")
        == "The dispatch did not touch firm or AI load beyond what is allowed; no AI block lost all its feeds; what"
        " AI blocks drew is not known."
    )


def test_program_hours_name_the_program_nearest_to_its_cap() -> None:
    """Four hours in January and three in July: 7 of 12."""
    story = (
        test_program_hours.SITE
        + test_program_hours.call("a", "2026-01-24T11:00Z", "2026-01-24T15:00Z")
        + test_program_hours.call("b", "2026-07-08T18:00Z", "2026-07-08T21:00Z")
    )
    assert (
        verdict(BY_NAME["program-hours"], story, "2026")
        == "No program called more than it may in 2 program years; the nearest to its cap is ip30 at s1 (year from"
        " 2025-10-01) with 7 h of 12 h and 2 of 3 events; 2 tests are due."
    )


def test_disturbances_name_the_largest_and_count_the_untold() -> None:
    assert (
        verdict(BY_NAME["disturbances"], test_disturbances.STORY, "2026-05")
        == "2 fast changes of load were recorded; the largest dropped 100 MW in 400 ms at s1, begun by protection;"
        " 1 of 2 was communicated to nobody."
    )


def test_grid_states_take_nothing_to_be_normal_that_was_not_said() -> None:
    """PJM is at maximum generation from 20 July, 12 days; SOCO in an emergency from 17:00 to 21:00."""
    assert (
        verdict(BY_NAME["grid-states"], test_grid_states.SITES + test_grid_states.HEAT, "2026-07")
        == "The grid of PJM was in a state other than normal for 288 h, the longest of 2 balancing authorities;"
        " SOCO was in an energy emergency for 4 h; 1 balancing authority declared nothing for the first part of"
        " the window."
    )


# --- communities --------------------------------------------------------------------------------------------

MAY = "2026-05-01T00:00Z/2026-05-31T00:00Z"
MET = test_commitments.assessed("2026-04-20", "met", 25)


@pytest.mark.parametrize(
    ("story", "window", "said"),
    [
        (
            "",
            MAY,
            "The only commitment due is overdue, not yet assessed, 30 days past its due date; 1 is not due yet.",
        ),
        (MET, MAY, "The only commitment due is met; 1 is not due yet."),
        (
            MET + test_commitments.assessed("2026-08-20", "not-met", 2, "2026-Q2"),
            "2026",
            "1 of 2 commitments due is met; 1 is not met; the longest open is 153 days past its due date.",
        ),
        ("", "2026-01-01T00:00Z/2026-02-01T00:00Z", "No commitment is due yet; 2 are not due yet."),
    ],
)
def test_commitments_are_met_overdue_or_not_due_yet(story: str, window: str, said: str) -> None:
    """Due on 30 April and 31 July; seen to the end of 30 May or of the year."""
    assert verdict(BY_NAME["commitments"], test_commitments.MADE + story, window) == said


@pytest.mark.parametrize(
    ("paid", "until", "said"),
    [
        ("", "03-31", "$0 of $1,000 scheduled was paid; nothing is overdue; $1,000 is not due yet."),
        (
            "",
            "12-31",
            "$0 of $1,000 scheduled was paid; $1,000 to Whitfield County is overdue by 274 days, in default.",
        ),
        (
            "1000.00",
            "12-31",
            "$1,000 of $1,000 scheduled was paid; 1 installment was paid within the cure period; nothing is"
            " overdue.",
        ),
        (
            "999.99",
            "05-01",
            "$999.99 of $1,000 scheduled was paid; $0.01 to Whitfield County is overdue by 30 days.",
        ),
    ],
)
def test_payments_are_paid_overdue_or_not_due_yet(paid: str, until: str, said: str) -> None:
    """$1,000 due to Whitfield County on 31 March with 30 days to cure, paid on 12 April."""
    story = test_payments.SCHEDULED + (test_payments.paid("2026-04-12", paid) if paid else "")
    assert verdict(BY_NAME["payments"], story, f"2026-01-01T00:00Z/2026-{until}T00:00Z") == said


def test_an_installment_that_was_paid_late_is_told_with_its_days() -> None:
    """$1,000 due on 31 March with 30 days to cure, paid on 15 May: the commissioner reads how late it was."""
    story = test_payments.SCHEDULED + test_payments.paid("2026-05-15", "1000.00")
    said = verdict(BY_NAME["payments"], story, "2026-01-01T00:00Z/2026-12-31T00:00Z")
    assert said == (
        "$1,000 of $1,000 scheduled was paid; 1 installment was paid 45 days late; nothing is overdue."
    )


def test_jobs_tell_the_largest_gap() -> None:
    """6 x 25, 5 x 15 and 1 x 26 people average 20.917 where 25 were promised."""
    found = lead(BY_NAME["jobs"], test_jobs.made() + test_jobs.year(), "2026")
    assert (found.verdict, found.figures[2].value) == (
        "The people counted do not meet the target in the only period to judge; the furthest from it is"
        " 20.917 where 25 were promised (jobs at s1, 2026).",
        25_000 - 20_917,
    )


def test_benefit_is_what_was_given_up_beyond_what_was_paid() -> None:
    """$1,000,000 less $150,000; a fifth of it may be taken back at 20 of 25 jobs."""
    assert (
        verdict(BY_NAME["benefit"], test_benefit.STORY.format(value=20), "2026")
        == "Tax of $1,000,000 was given up for 2025 at 1 site, $850,000 more than the $150,000 paid; $200,000 is"
        " open to recapture."
    )


@pytest.mark.parametrize(
    ("story", "window", "said"),
    [
        (
            test_lease_dates.ACCEPTED,
            "2026",
            "The lease phase is ready for service; it came 107 days late; lateness costs $2,005,479.45 by now.",
        ),
        (
            "",
            "2026-01",
            "The lease phase is not ready for service; no target date is missed or forecast to be missed.",
        ),
    ],
)
def test_lease_dates_say_ready_late_and_what_it_costs(story: str, window: str, said: str) -> None:
    """Target 1 March, accepted 16 June."""
    assert verdict(BY_NAME["lease-dates"], test_lease_dates.PHASE + story, window) == said


# --- the log ------------------------------------------------------------------------------------------------


def first_sentence(heard: Heard, name: str, question: Question) -> str:
    """The verdict of a report that asks the log."""
    found = run(heard.book, BY_NAME[name], question).lead()
    assert found is not None
    return found.verdict


def test_an_incident_says_how_long_it_was_open_its_cause_and_what_it_took(heard: Heard) -> None:
    """Opened at 18:10 and closed at 18:55, which was recorded at 00:10 of the day after the next; the outage that
    began at 18:00 goes on.
    """
    test_incident.linked(heard)
    closed = "2026-07-14T18:55Z s1 incident-closed incident=i1 cause=x actions=[]\n"
    heard.at("2026-07-16T00:10Z", closed)
    assert (
        first_sentence(heard, "incident", Question(start="2026-07-01", stop="2026-08-01"))
        == "Incident i1 at s1 was closed after 45 min: x; at most 100 MW and in all 3.017 GWh were lost in 30 h"
        " 10 min; 4 records tell of it."
    )


def test_without_an_incident_the_report_says_so(heard: Heard) -> None:
    heard.at("2026-07-15T00:00Z", test_incident.SITE.format("s1"))
    assert (
        first_sentence(heard, "incident", Question(period="2026-07"))
        == "No record of an incident is in this window."
    )


def test_restatements_count_reports_that_stand_and_figures_that_do_not(heard: Heard) -> None:
    """Uptime of July was issued before an outage of July was recorded; portfolio of July still stands."""
    july = Question(start="2026-07-01", stop="2026-08-01", as_of="2026-08-01T00:00Z")
    heard.at("2026-08-02T00:00Z", test_restatements.KNOWN)
    for name in ("uptime", "portfolio"):
        issue(heard.book, BY_NAME[name], run(heard.book, BY_NAME[name], july), "the county")
    heard.at("2026-09-02T00:00Z", test_restatements.OUTAGE)
    found = first_sentence(heard, "restatements", test_restatements.LATER)
    assert found.endswith(" in 1 of 2 issued reports are different now, because of 1 record.")
