"""Benefit: tax given up, paid, net, and the worked recapture of DOMAIN 6."""

from __future__ import annotations

import pytest

from projections.engine.report import Answer
from projections.reports.benefit import REPORT
from tests.support.report_answers import Line, answer, cells_of
from tests.support.story_facts import told

STORY = """
2025-01-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[] site_class=training
2025-01-02T00:00Z s1 commitment-made commitment=jobs counterparty=County instrument=abatement category=jobs target=25 comparator=at-least basis=period-average periods=[2025,2026] due_on=[2026-01-31,2027-01-31] observed_on=[] cure_days=30 binding=true
2025-01-03T00:00Z s1 incentive-granted commitment=jobs authority=County tax=property amount=1000000USD year=2025 recapture=pro-rata
2025-06-01T00:00Z s1 payment-made commitment=jobs instalment=first paid_on=2025-06-01 amount=150000USD receipt=r1
2026-01-10T00:00Z s1 evidence-recorded commitment=jobs period=2025 value={value} document_sha256=5f1d3c0a5f1d3c0a5f1d3c0a5f1d3c0a5f1d3c0a5f1d3c0a5f1d3c0a5f1d3c0a
"""


def year(value: int, more: str = "", name: str = "2025") -> Line:
    return lines_of(value, more)[f"s1/{name}"]


def lines_of(value: int, more: str = "") -> dict[str, Line]:
    found = {}
    for row in answer(REPORT, told(STORY.format(value=value) + more), "2026").rows:
        cells = cells_of(REPORT.columns, row)
        found[f"{cells['site']}/{cells['year']}"] = cells
    return found


def test_the_worked_recapture() -> None:
    """$1,000,000 at 20 of 25 jobs is $200,000; each of the 20 jobs cost $50,000; $850,000 is net of what was
    paid.
    """
    found = year(20)
    assert {
        n: found[n]
        for n in ("abated_cents", "paid_cents", "net_cents", "cost_per_job_cents", "recapture_cents")
    } == {
        "abated_cents": 100_000_000,
        "paid_cents": 15_000_000,
        "net_cents": 85_000_000,
        "cost_per_job_cents": 5_000_000,
        "recapture_cents": 20_000_000,
    }


@pytest.mark.parametrize("value", [25, 30])
def test_nothing_is_taken_back_when_the_target_is_reached(value: int) -> None:
    assert year(value)["recapture_cents"] == 0


def test_without_a_value_the_recapture_is_unknown_and_not_zero() -> None:
    more = (
        "2026-02-01T00:00Z s1 incentive-granted commitment=jobs authority=County tax=property amount=1USD"
        " year=2026 recapture=pro-rata\n"
    )
    found = year(20, more, "2026")
    assert (found["achieved"], found["cost_per_job_cents"], found["recapture_cents"]) == (None, None, None)


def test_an_assessment_counts_before_evidence() -> None:
    more = (
        "2026-02-01T00:00Z s1 commitment-assessed commitment=jobs period=2025 value=15 verdict=not-met"
        " assessor=county evidence=[]\n"
    )
    assert year(20, more)["recapture_cents"] == 40_000_000


def test_an_incentive_without_recapture_is_given_up_for_good() -> None:
    more = (
        "2025-02-01T00:00Z s1 incentive-granted authority=State tax=sales amount=500000USD year=2025"
        " recapture=none\n"
    )
    found = year(20, more)
    assert (found["abated_cents"], found["recapture_cents"]) == (150_000_000, 20_000_000)


def test_a_year_of_payments_alone_has_its_row() -> None:
    more = (
        "2026-03-01T00:00Z s1 payment-made commitment=jobs instalment=second paid_on=2026-03-01 amount=10USD"
        " receipt=r2\n"
    )
    found = year(20, more, "2026")
    assert (found["abated_cents"], found["paid_cents"], found["net_cents"]) == (0, 1000, -1000)


PAID = "".join(
    f"{said}T00:00Z s1 payment-made commitment=jobs instalment=i{n} paid_on={day} amount={n}000USD receipt=q{n}\n"
    for n, (said, day) in enumerate(
        [("2026-02-01", "2026-02-01"), ("2026-05-01", "2026-05-01"), ("2026-06-30", "2026-07-02")], 1
    )
)


def asked(period: str) -> Answer:
    return answer(REPORT, told(STORY.format(value=20) + PAID), period)


@pytest.mark.parametrize(
    ("period", "paid", "covers"),
    [
        ("2026-Q1", 100_000, "year to date, through 2026-03-31"),
        ("2026-Q2", 300_000, "year to date, through 2026-06-30"),
        ("2026-Q4", 600_000, "whole year"),
        ("2026", 600_000, "whole year"),
        ("2027-Q1", 600_000, "whole year"),
    ],
)
def test_a_quarter_is_its_year_to_date_and_says_so(period: str, paid: int, covers: str) -> None:
    """$1,000 on 1 February, $2,000 on 1 May and $3,000 on 2 July, recorded two days before: through March it
    is $1,000, through June 1,000 + 2,000, in the year 1,000 + 2,000 + 3,000.
    """
    cells = cells_of(REPORT.columns, asked(period).rows[-1])
    assert (cells["year"], cells["paid_cents"], cells["covers"]) == (2026, paid, covers)


def test_a_window_that_begins_in_the_year_is_noted() -> None:
    said = [asked(period).notes for period in ("2026-Q1", "2026-Q2", "2026")]
    assert said == [(), ("2026 is the year up to 2026-06-30, not the window from 2026-04-01 on alone",), ()]


def test_a_year_to_come_has_not_begun() -> None:
    more = (
        "2026-02-01T00:00Z s1 incentive-granted commitment=jobs authority=County tax=property amount=1USD"
        " year=2027 recapture=none\n"
    )
    assert year(20, more, "2027")["covers"] == "year not begun"
