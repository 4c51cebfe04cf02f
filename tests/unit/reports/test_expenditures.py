"""Expenditures: a worked exemption by hand, and what counts toward its threshold and its jobs."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from msgspec import UNSET

from ledger.app.demo.portfolio.large_loads import FOLDER as SAMPLES
from ledger.kinds import ExpenditureRecorded
from projections.engine.pictures import Plot
from projections.reports.expenditures import REPORT
from tests.support.report_answers import answer, lines, pictures, verdict
from tests.support.story_facts import told

TWO_SITES = (SAMPLES / "expenditures.story").read_text()
SITES = "".join(
    f"2025-06-01T04:00Z {site} site-registered name=S county=C state=GA tz=America/New_York"
    " balancing_authority=SOCO utility=U parcels=[1] site_class=training\n"
    for site in ("norcross", "sandersville")
)
STORY = SITES + "".join(line for line in TWO_SITES.splitlines(keepends=True) if " sandersville " in line)
NY = "America/New_York"
JULY = "2026-07"
SITE = (
    "2025-06-01T04:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO"
    " utility=U parcels=[] site_class=training\n"
)
OTHER = (
    SITE
    + "2026-01-02T15:00Z s1 exemption-granted exemption=e1 authority=A rule=other threshold=100.00USD jobs=2"
    " starts_on=2026-01-01 ends_on=2026-01-10 due_on=2026-01-20\n"
)


def bought(name: str, day: str, dollars: int, more: str = "") -> str:
    """A purchase under e1, recorded at noon of its day."""
    return (
        f"{day}T17:00Z s1 expenditure-recorded exemption=e1 expenditure={name} category=other amount={dollars}USD"
        f" incurred_on={day} vendor=v what=w {more}\n"
    )


def people(day: str, qualifying: int, name: str = "technician") -> str:
    """All positions of a class qualify as of a day."""
    return (
        f"{day}T17:00Z s1 positions-reported exemption=e1 position_class={name} as_of_on={day}"
        f" positions={qualifying} qualifying={qualifying} weekly_hours={40 * qualifying}\n"
    )


def test_the_worked_investment() -> None:
    """A county of 19,988 people: $25M. Bought 0.4 + 6.0 + 2.1 + 9.5 = $18.0M that counts, so $7.0M are left. From
    2026-07-31 to 2032-12-31 there are 6 x 365 + 2 leap days + 153 = 2,345 days; 60 days later is 2033-03-01.
    """
    found = lines(REPORT, STORY, JULY, tz=NY)["ga-dc/sandersville/investment"]
    names = ("verdict", "amount_cents", "threshold_cents", "left_cents", "left_days", "ends_on", "due_on")
    assert [found[name] for name in names] == [
        "open",
        18_000_000_00,
        25_000_000_00,
        7_000_000_00,
        2345,
        "2032-12-31",
        "2033-03-01",
    ]


def test_the_worked_jobs() -> None:
    """4 technicians since April 1 (122 days by July 31), 2 electricians since July 1 (31 days), of 212 days:
    (488 + 62) / 212 = 2.594. With 6 of them for 2,345 days more, of 2,557: (550 + 14,070) / 2,557 = 5.718.
    """
    found = lines(REPORT, STORY, JULY, tz=NY)["ga-dc/sandersville/jobs"]
    names = ("verdict", "average_jobs_milli", "average_at_end_milli", "jobs", "jobs_floor", "positions")
    assert [found[name] for name in names] == ["on course", 2594, 5718, 6, 5, 7]


def test_a_second_site_in_a_larger_county_has_its_own_threshold_and_is_behind_with_jobs() -> None:
    """957,062 people: $250M and 25 jobs. 9.8 + 5.1 + 62.0 + 6.5 = $83.4M count, $0.8M of September do not. Of 2,557
    days 9 positions are held for 181 and 14 for 2,284: 33,605 / 2,557 = 13.142 at the end.
    """
    found = lines(REPORT, SITES + TWO_SITES, JULY, tz=NY)
    investment, jobs = (found[f"ga-metro/norcross/{part}"] for part in ("investment", "jobs"))
    assert (
        investment["amount_cents"],
        investment["left_cents"],
        jobs["verdict"],
        jobs["average_at_end_milli"],
    ) == (
        83_400_000_00,
        166_600_000_00,
        "behind",
        13_142,
    )


def test_categories_add_up_to_the_investment() -> None:
    """And purchases that count add up to it too."""
    found = lines(REPORT, STORY, JULY, tz=NY).values()
    sums = [
        sum(
            line["amount_cents"]
            for line in found
            if line["part"] == part and line["verdict"] in (None, "counted")
        )
        for part in ("category", "purchase")
    ]
    assert sums == [18_000_000_00, 18_000_000_00]


def test_a_purchase_is_listed_with_date_vendor_and_what_was_bought() -> None:
    """What the department asks of each: amount, date, vendor, description."""
    found = lines(REPORT, STORY, JULY, tz=NY)["ga-dc/sandersville/purchase/inv-1042"]
    assert [found[name] for name in ("on", "paid_on", "vendor", "what", "amount_cents")] == [
        "2026-04-20",
        "2026-05-20",
        "vendor-a",
        "two transformers",
        6_000_000_00,
    ]


def test_a_class_of_positions_has_its_means_beside_the_floors() -> None:
    """3 electricians work 100 hours a week for $3,900: 33.333 hours each at $39.00, of 30 and $22.50 asked for."""
    found = lines(REPORT, STORY, JULY, tz=NY)["ga-dc/sandersville/positions/electrician"]
    names = ("verdict", "weekly_hours_milli", "hours_floor", "wage_cents", "wage_floor_cents")
    assert [found[name] for name in names] == ["in part", 33_333, 30, 3900, 2250]


@pytest.mark.parametrize(
    ("people_in_county", "starts_on", "threshold", "jobs"),
    [
        (50_001, "2026-01-01", 250_000_000_00, 25),
        (50_000, "2026-01-01", 75_000_000_00, 10),
        (30_000, "2026-01-01", 75_000_000_00, 10),
        (29_999, "2026-01-01", 25_000_000_00, 5),
        (50_001, "2022-05-08", 250_000_000_00, 20),
        (30_000, "2022-05-08", 150_000_000_00, 20),
        (29_999, "2022-05-08", 100_000_000_00, 20),
        (29_999, "2022-05-09", 25_000_000_00, 5),
    ],
)
def test_the_rule_sets_threshold_and_jobs_by_the_countys_population(
    people_in_county: int, starts_on: str, threshold: int, jobs: int
) -> None:
    """HB 1291 of 2022, and before May 9, 2022, HB 696 of 2018, as their published summaries have it."""
    text = (
        f"{SITE}2026-01-02T15:00Z s1 exemption-granted exemption=e1 authority=A rule=ga-560-12-2-117"
        f" county_population={people_in_county} starts_on={starts_on}\n"
    )
    found = lines(REPORT, text, JULY, tz=NY)
    assert (found["e1/s1/investment"]["threshold_cents"], found["e1/s1/jobs"]["jobs_floor"]) == (
        threshold,
        jobs,
    )


def test_the_certificates_figures_override_those_of_the_rule() -> None:
    text = (
        f"{SITE}2026-01-02T15:00Z s1 exemption-granted exemption=e1 authority=A rule=ga-560-12-2-117"
        " county_population=19988 threshold=30000000.00USD starts_on=2026-01-01 ends_on=2031-12-31\n"
    )
    found = lines(REPORT, text, JULY, tz=NY)["e1/s1/investment"]
    assert [found[name] for name in ("threshold_cents", "ends_on", "due_on")] == [
        30_000_000_00,
        "2031-12-31",
        "2032-02-29",
    ]


def test_an_exemption_that_is_recorded_again_is_replaced() -> None:
    """On February 1 the certificate asks for $50 instead of $100, of which $60 were spent."""
    again = OTHER.splitlines()[1].replace("2026-01-02T15:00Z", "2026-02-01T15:00Z").replace("100.00", "50.00")
    text = OTHER + bought("a", "2026-01-05", 60) + again
    found = [
        lines(REPORT, text, month, tz=NY)["e1/s1/investment"]["verdict"] for month in ("2026-01", "2026-02")
    ]
    assert found == ["missed", "reached"]


@pytest.mark.parametrize(
    ("dollars", "as_of", "expected"),
    [
        (100, "2026-01-06", "reached"),
        (99, "2026-01-10", "open"),
        (99, "2026-01-11", "missed"),
        (100, "2026-01-11", "reached"),
    ],
)
def test_a_threshold_is_missed_only_once_the_period_is_over(dollars: int, as_of: str, expected: str) -> None:
    """$100 by the end of January 10 by the clocks of the site; the window ends with the day named."""
    text = OTHER + bought("a", "2026-01-05", dollars)
    period = f"2026-01-01T05:00Z/{as_of}T23:59Z"
    assert lines(REPORT, text, period, tz=NY)["e1/s1/investment"]["verdict"] == expected


def test_purchases_of_the_first_and_of_the_last_day_count() -> None:
    """The days before and after do not: 1 + 2 of $1 + $2 + $4 + $8."""
    days = (("a", "2026-01-01", 1), ("b", "2026-01-10", 2), ("c", "2025-12-31", 4), ("d", "2026-01-11", 8))
    text = OTHER + "".join(bought(name, day, dollars) for name, day, dollars in days)
    assert lines(REPORT, text, "2026-02", tz=NY)["e1/s1/investment"]["amount_cents"] == 3_00


def test_positions_hold_until_the_next_report_of_their_class() -> None:
    """1 technician for January 1 to 5, 3 from then on until January 10: (5 + 15) / 10 = 2, as asked for."""
    text = OTHER + people("2026-01-01", 1) + people("2026-01-06", 3)
    found = lines(REPORT, text, "2026-02", tz=NY)["e1/s1/jobs"]
    assert (found["average_jobs_milli"], found["verdict"]) == (2000, "kept")


def test_of_two_reports_of_one_day_the_later_said_holds() -> None:
    text = OTHER + people("2026-01-01", 1) + people("2026-01-01", 2).replace("T17:00Z", "T18:00Z")
    assert lines(REPORT, text, "2026-02", tz=NY)["e1/s1/jobs"]["average_jobs_milli"] == 2000


def test_jobs_of_a_period_that_has_not_begun_have_no_average() -> None:
    text = OTHER.replace("2026-01-02T15:00Z", "2025-12-01T15:00Z")
    found = lines(REPORT, text, "2025-12", tz=NY)["e1/s1/jobs"]
    assert (found["average_jobs_milli"], found["average_at_end_milli"]) == (None, 0)


def test_pay_that_is_withheld_leaves_the_wage_unknown() -> None:
    text = OTHER + people("2026-01-01", 1)
    assert lines(REPORT, text, JULY, tz=NY)["e1/s1/positions/technician"]["wage_cents"] is None


def test_a_vendor_that_was_erased_is_printed_as_erased_and_one_withheld_as_unknown() -> None:
    """Without its section the amount still counts; only an erasure says that the name is gone for ever."""
    told_all = told(OTHER + bought("a", "2026-01-05", 40) + bought("b", "2026-01-06", 60))
    erasure = (
        f"2026-01-07T00:00Z s1 section-erased target={told_all[2].id} section=commercial class=community"
    )
    found = lines(REPORT, [*map(_without_section, told_all), *told(erasure)], JULY, tz=NY)
    assert [found[f"e1/s1/purchase/{name}"]["vendor"] for name in ("a", "b")] == ["erased", None]


def _without_section(record: Any) -> Any:
    body = record.body
    if not isinstance(body, ExpenditureRecorded):
        return record
    return msgspec.structs.replace(record, body=msgspec.structs.replace(body, vendor=UNSET, what=UNSET))


def test_what_does_not_count_is_noted() -> None:
    """$1.2M of land and $0.3M bought before the investment period."""
    assert answer(REPORT, told(STORY), JULY, tz=NY).notes == (
        "sandersville/ga-dc: 2 purchases of $1,500,000 do not count",
    )


def test_what_is_left_and_the_proof_are_due() -> None:
    """The spending lapses with the investment period; the proof stays due until it is filed."""
    found = REPORT.deadlines(answer(REPORT, told(STORY), JULY, tz=NY))
    assert [(d.on.isoformat(), d.what, d.lapses) for d in found] == [
        ("2032-12-31", "spend $7,000,000 more under exemption ga-dc", True),
        ("2033-03-01", "show Georgia Department of Revenue that exemption ga-dc met its threshold", False),
    ]


def test_an_exemption_that_is_reached_and_shown_is_due_no_more() -> None:
    filed = "2026-01-15T17:00Z s1 exemption-evidence-filed exemption=e1 filed_on=2026-01-15\n"
    text = OTHER + bought("a", "2026-01-05", 100) + filed
    assert not list(REPORT.deadlines(answer(REPORT, told(text), JULY, tz=NY)))


def test_proof_that_is_late_is_noted() -> None:
    text = OTHER + bought("a", "2026-01-05", 100)
    assert (
        "s1/e1: proof was due on 2026-01-20 and is not filed" in answer(REPORT, told(text), JULY, tz=NY).notes
    )


def test_the_verdict_of_one_exemption() -> None:
    assert verdict(REPORT, STORY, JULY, tz=NY) == (
        "$18,000,000 counts toward a threshold of $25,000,000; $7,000,000 is left to spend in 2,345 days; 2.594 jobs"
        " on average, of 5 asked for, and 5.718 at the end if those of now are held."
    )


def test_the_verdict_of_several_exemptions() -> None:
    """One of the two was missed in January; the other is the next to end."""
    assert verdict(REPORT, STORY + OTHER + people("2026-01-01", 1), JULY, tz=NY) == (
        "None of 2 exemptions have reached their thresholds; 1 missed its threshold; the next to end is ga-dc at"
        " sandersville, with $7,000,000 left to spend in 2,345 days; jobs are enough or on course in 1 of 2."
    )


def test_the_picture_is_the_sum_over_time_against_the_threshold() -> None:
    """From nothing on January 1 in four steps to $18.0M, and unknown after July."""
    (picture,) = pictures(REPORT, STORY, JULY, tz=NY)
    assert isinstance(picture, Plot)
    assert [value for _, value in picture.layers[0].points] == [
        0,
        400_000_00,
        6_400_000_00,
        8_500_000_00,
        18_000_000_00,
        None,
    ]


@pytest.mark.parametrize("starts_on", ["0001-01-01", "2040-01-01", "9999-12-31"])
def test_a_period_that_no_axis_can_show_has_no_picture(starts_on: str) -> None:
    """Not begun, or out of the years that pictures have."""
    text = (
        f"{SITE}2026-01-02T15:00Z s1 exemption-granted exemption=e1 authority=A rule=ga-560-12-2-117"
        f" county_population=9000 starts_on={starts_on}\n"
    )
    assert pictures(REPORT, text, JULY, tz=NY) == ()
