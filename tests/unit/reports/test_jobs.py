"""Jobs: 25 people promised on average over the twelfths of the months of 2026."""

from __future__ import annotations

import pytest

from projections.reports.jobs import REPORT
from tests.support import report_answers

DAYS = [f"2026-{month:02d}-12" for month in range(1, 13)]
WORKED = [25] * 6 + [15] * 5 + [26]


def made(basis: str = "period-average", fte: str = "", target: str = "target=25", more: str = "") -> str:
    return (
        "2026-01-05T15:00Z s1 commitment-made commitment=jobs counterparty=C instrument=pilot category=jobs"
        f" measure=jobs {target} comparator=at-least basis={basis} periods=[2026] due_on=[2027-01-31]"
        f" observed_on=[{','.join(DAYS)}] {fte} cure_days=60 binding=true {more}\n"
    )


def reported(
    day: str, headcount: int, hours: int = 0, full_time: int = 0, at: str = "", more: str = ""
) -> str:
    return (
        f"{at or day}T15:00Z s1 headcount-reported commitment=jobs period=2026 as_of_on={day}"
        f" headcount={headcount} full_time={full_time} hours={hours} {more}\n"
    )


def year(hours: int = 0, full_time: int = 0) -> str:
    return "".join(reported(day, people, hours, full_time) for day, people in zip(DAYS, WORKED, strict=True))


def row(story: str, **said: str) -> report_answers.Line:
    return report_answers.lines(REPORT, made(**said) + story, "2026")["jobs/s1/2026"]


def test_the_worked_year_averages_20_917_though_it_ends_with_26() -> None:
    found = row(year())
    assert (found["average_headcount_milli"], found["point_in_time"]) == (20917, 26)


def test_the_average_is_what_a_period_average_is_held_against() -> None:
    found = row(year())
    assert (found["figure_milli"], found["figure_meets_target"]) == (20917, False)


def test_the_headcount_of_the_last_day_is_what_a_point_in_time_is_held_against() -> None:
    found = row(year(), basis="point-in-time")
    assert (found["figure_milli"], found["figure_meets_target"]) == (26000, True)


def test_a_missing_observation_makes_the_average_null_and_is_named() -> None:
    found = row(year().replace(reported(DAYS[3], 25), ""))
    assert (found["average_headcount_milli"], found["missing"], found["figure_meets_target"]) == (
        None,
        DAYS[3],
        None,
    )


def test_annual_fte_is_all_hours_over_the_hours_of_one() -> None:
    """12 reports of 4,000 hours over 2,080 = 23.0769."""
    assert row(year(hours=4000), fte="fte_basis=annual-hours fte_hours=2080")["fte_milli"] == 23077


def test_annual_fte_needs_every_observation() -> None:
    story = year(hours=4000).replace(reported(DAYS[3], 25, hours=4000), "")
    assert row(story, fte="fte_basis=annual-hours fte_hours=2080")["fte_milli"] is None


def test_weekly_fte_is_the_full_time_people_of_the_last_report() -> None:
    story = year(full_time=18) + reported("2026-12-31", 26, full_time=24)
    assert row(story, fte="fte_basis=weekly-hours fte_hours=35")["fte_milli"] == 24000


def test_a_promise_that_says_how_fte_is_counted_is_held_against_fte() -> None:
    found = row(year(hours=5000), fte="fte_basis=annual-hours fte_hours=2080")
    assert (found["figure_milli"], found["figure_meets_target"]) == (28846, True)


def test_without_a_basis_there_is_no_fte() -> None:
    assert row(year(hours=4000))["fte_milli"] is None


def test_of_two_reports_of_one_day_the_later_said_holds() -> None:
    story = year() + reported(DAYS[11], 14, at="2026-12-20")
    assert row(story)["average_headcount_milli"] == 19917


def test_without_any_report_nothing_is_known() -> None:
    found = row("")
    assert (found["point_in_time"], found["average_headcount_milli"], found["verdict"]) == (
        None,
        None,
        "pending",
    )


def test_a_promise_without_a_target_meets_or_misses_none() -> None:
    assert row(year(), target="")["figure_meets_target"] is None


def test_a_period_that_only_headcounts_name_has_a_row_of_its_own() -> None:
    story = reported("2026-03-12", 20).replace("period=2026 ", "period=2026-Q1 ")
    found = report_answers.lines(REPORT, made() + story, "2026")
    assert [(key, line["point_in_time"]) for key, line in found.items()] == [
        ("jobs/s1/2026", None),
        ("jobs/s1/2026-Q1", 20),
    ]


def test_a_promise_of_another_kind_has_no_row() -> None:
    assert report_answers.lines(REPORT, made().replace("category=jobs", "category=noise"), "2026") == {}


def test_wage_floor_and_local_people_are_those_of_the_last_report() -> None:
    story = year() + reported("2026-12-31", 26, more="at_or_above_floor=25 local=19")
    found = row(story)
    assert (found["at_or_above_floor"], found["local"]) == (25, 19)


@pytest.mark.parametrize(("comparator", "meets"), [("at-least", False), ("at-most", True), ("equal", False)])
def test_the_comparator_decides(comparator: str, meets: bool) -> None:
    story = made().replace("at-least", comparator) + year()
    assert report_answers.lines(REPORT, story, "2026")["jobs/s1/2026"]["figure_meets_target"] is meets


def test_the_verdict_is_that_of_the_register() -> None:
    story = (
        year()
        + "2027-01-05T00:00Z s1 commitment-assessed commitment=jobs period=2026 verdict=not-met assessor=A"
        " evidence=[]\n"
    )
    assert report_answers.lines(REPORT, made() + story, "2027-01")["jobs/s1/2026"]["verdict"] == "not-met"


@pytest.mark.parametrize(
    ("said", "compared", "figure"),
    [
        ({}, "average headcount", 20917),
        ({"basis": "point-in-time"}, "headcount of the last report", 26000),
        ({"fte": "fte_basis=annual-hours fte_hours=2080"}, "FTE", 23077),
    ],
)
def test_it_is_said_which_figure_the_target_is_compared_with(
    said: dict[str, str], compared: str, figure: int
) -> None:
    """(6 x 25 + 5 x 15 + 1 x 26) / 12 = 20.917 on average, 26 on the last day, 12 x 4,000 h / 2,080 = 23.077."""
    found = row(year(hours=4000), **said)
    assert (found["compared"], found["figure_milli"]) == (compared, figure)
