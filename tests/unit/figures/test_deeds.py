"""When a commitment was kept, by payments, by people counted, by evidence; and the words for it."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.app.queries.explanation import records_behind
from projections.engine.fold import replay
from projections.engine.report import Scope
from projections.reports import commitments, jobs, payments
from tests.support.report_answers import between, cells_of, lines
from tests.support.story_facts import told

DOCUMENT = "ab" * 32
PILOT = """
2026-01-05T15:00Z s1 commitment-made commitment=pilot counterparty=County instrument=pilot category=tax-payment target=1000 comparator=at-least basis=cumulative periods=[2026] due_on=[2026-03-31] observed_on=[] cure_days=30 binding=true
2026-01-05T15:00Z s1 payment-scheduled commitment=pilot instalment=2026 due_on=2026-03-31 amount=1000.00USD
"""
PEOPLE = """
2026-01-05T15:00Z s1 commitment-made commitment=jobs counterparty=County instrument=pilot category=jobs target=20 comparator={comparator} basis={basis} periods=[2026-Q1] due_on=[2026-04-30] observed_on=[2026-01-12,2026-02-12,2026-03-12] {fte} cure_days=60 binding=true
"""


def paid(day: str, amount: str, receipt: str = "r1", instalment: str = "2026") -> str:
    return (
        f"{day}T15:00Z s1 payment-made commitment=pilot instalment={instalment} paid_on={day}"
        f" amount={amount}USD receipt={receipt}\n"
    )


def counted(day: str, headcount: int, hours: int = 0) -> str:
    return (
        f"{day}T15:00Z s1 headcount-reported commitment=jobs period=2026-Q1 as_of_on={day}"
        f" headcount={headcount} full_time={headcount} hours={hours}\n"
    )


def assessed(day: str, verdict: str, commitment: str = "pilot", period: str = "2026") -> str:
    return (
        f"{day}T15:00Z s1 commitment-assessed commitment={commitment} period={period} verdict={verdict}"
        " assessor=A evidence=[]\n"
    )


def people(basis: str = "period-average", comparator: str = "at-least", fte: str = "") -> str:
    return PEOPLE.format(basis=basis, comparator=comparator, fte=fte)


def found(report: Any, story: str, until: str = "2026-06-30") -> dict[str, Any]:
    (line,) = lines(report, story, f"2026-01-01T00:00Z/{until}T00:00Z").values()
    return line


def kept(story: str, until: str = "2026-06-30") -> tuple[Any, ...]:
    line = found(commitments.REPORT, story, until)
    return tuple(line[name] for name in ("done_on", "days_late", "assessment_delay_days", "why"))


def test_a_payment_made_on_time_and_assessed_a_week_later_is_not_late() -> None:
    """Due on 31 March, paid on the 25th, assessed on 7 April: not late, and assessed 7 days after it was due.
    By definition 1 it was 7 days late.
    """
    story = PILOT + paid("2026-03-25", "1000.00") + assessed("2026-04-07", "met")
    assert kept(story) == (
        "2026-03-25",
        None,
        7,
        "paid in full on 2026-03-25; assessed as met on 2026-04-07",
    )


@pytest.mark.parametrize(
    "story",
    [
        "",
        paid("2026-03-31", "1000.00"),
        paid("2026-04-12", "1000.00") + assessed("2026-04-19", "met"),
        paid("2026-03-20", "400.00") + paid("2026-05-15", "600.00", "r2"),
        paid("2026-03-20", "400.00"),
        paid("2026-05-15", "1000.00") + assessed("2026-04-19", "not-met"),
    ],
)
def test_commitments_and_payments_agree_to_the_day(story: str) -> None:
    late = [found(report, PILOT + story)["days_late"] for report in (commitments.REPORT, payments.REPORT)]
    assert late[0] == late[1]


@pytest.mark.parametrize(
    ("story", "until", "why"),
    [
        (paid("2026-04-12", "1000.00"), "2026-06-30", "paid in full on 2026-04-12; done, not assessed yet"),
        ("", "2026-06-30", "nothing of $1,000 paid; overdue, not assessed yet"),
        (paid("2026-03-20", "400.00"), "2026-03-25", "all but $600 of $1,000 paid; due on 2026-03-31"),
        (
            assessed("2026-04-07", "not-met"),
            "2026-06-30",
            "nothing of $1,000 paid; assessed as not met on 2026-04-07",
        ),
        (
            assessed("2026-04-07", "met"),
            "2026-06-30",
            "nothing of $1,000 paid; assessed as met on 2026-04-07; the day it was done is not recorded",
        ),
        (
            assessed("2026-04-07", "not-measurable"),
            "2026-06-30",
            "assessed as not measurable on 2026-04-07",
        ),
        ("2026-04-07T00:00Z s1 waiver-granted commitment=pilot scope=all\n", "2026-06-30", "waived"),
    ],
)
def test_why_a_payment_is_judged_as_it_is(story: str, until: str, why: str) -> None:
    assert kept(PILOT + story, until)[-1] == why


def test_a_year_of_two_instalments_is_done_when_the_last_is_paid() -> None:
    """2026 is due on 31 March; its instalments are due on 31 January and 31 March, one is paid in February,
    the other on 5 April: done on 5 April, 5 days late.
    """
    first = (
        "2026-01-05T15:00Z s1 payment-scheduled commitment=pilot instalment=first due_on=2026-01-31"
        " amount=500.00USD\n"
    )
    story = PILOT + first + paid("2026-02-10", "500.00", "r1", "first") + paid("2026-04-05", "1000.00", "r2")
    assert kept(story)[:2] == ("2026-04-05", 5)


def test_money_that_nobody_scheduled_is_what_a_verdict_met_rests_on() -> None:
    """Without a schedule the last payment toward the period tells when it was done, once it is met."""
    bare = PILOT.splitlines()[1] + "\n" + paid("2026-04-02", "1000.00")
    assert (kept(bare)[0], kept(bare + assessed("2026-04-07", "met"))[:2]) == (None, ("2026-04-02", 2))


# --- people -------------------------------------------------------------------------------------------------

QUARTER = counted("2026-01-12", 18) + counted("2026-02-12", 20) + counted("2026-03-12", 22)


def test_an_average_is_kept_on_the_last_day_that_is_observed() -> None:
    """18, 20 and 22 people are 20 on average, known on 12 March; a report of 20 April changes nothing."""
    story = people() + QUARTER + counted("2026-04-20", 30)
    assert kept(story) == (
        "2026-03-12",
        None,
        60,
        "average headcount 20, promised at least 20; done, not assessed yet",
    )


@pytest.mark.parametrize(
    ("counts", "day"),
    [
        ([18, 20, 22], "2026-02-12"),
        ([22, 18, 22], "2026-03-12"),
        ([22, 20, 18], None),
    ],
)
def test_people_at_a_day_are_there_since_the_first_report_that_no_later_one_falls_short_of(
    counts: list[int], day: str | None
) -> None:
    days = ("2026-01-12", "2026-02-12", "2026-03-12")
    story = "".join(counted(at, count) for at, count in zip(days, counts, strict=True))
    assert kept(people("point-in-time") + story)[0] == day


def test_hours_of_a_year_are_all_there_with_the_last_report() -> None:
    """3 x 3,600 hours over 520 are 20.769 full-time equivalents on 12 March."""
    hours = "".join(counted(f"2026-0{month}-12", 20, 3600) for month in (1, 2, 3))
    story = people(fte="fte_basis=annual-hours fte_hours=520") + hours
    assert (kept(story)[0], found(jobs.REPORT, story)["compared"]) == ("2026-03-12", "FTE")


def test_at_most_20_people_are_not_kept_before_the_quarter_is_over() -> None:
    story = people(comparator="at-most") + QUARTER
    assert [kept(story, until)[0] for until in ("2026-03-20", "2026-04-20")] == [None, "2026-03-31"]


def test_jobs_and_commitments_agree() -> None:
    story = people() + QUARTER + assessed("2026-05-10", "met", "jobs", "2026-Q1")
    names = ("verdict", "due_on", "done_on", "days_late", "why")
    both = [found(report, story) for report in (commitments.REPORT, jobs.REPORT)]
    assert [both[0][name] for name in names] == [both[1][name] for name in names]


# --- evidence -----------------------------------------------------------------------------------------------


def shown(day: str, value: int | None) -> str:
    said = "" if value is None else f" value={value}"
    return (
        f"{day}T15:00Z s1 evidence-recorded commitment=jobs period=2026-Q1{said} document_sha256={DOCUMENT}\n"
    )


@pytest.mark.parametrize(
    ("story", "day"),
    [
        (shown("2026-04-10", 24) + shown("2026-04-20", 25), "2026-04-10"),
        (shown("2026-04-10", 24) + shown("2026-04-20", 19) + shown("2026-05-02", 20), "2026-05-02"),
        (shown("2026-04-10", 24) + shown("2026-04-20", 19), None),
        (shown("2026-04-10", None), None),
    ],
)
def test_evidence_shows_it_from_the_first_value_that_no_later_one_falls_short_of(
    story: str, day: str | None
) -> None:
    assert kept(people() + story)[0] == day


@pytest.mark.parametrize(
    ("story", "day"),
    [
        (shown("2026-04-10", 19) + shown("2026-04-20", None), "2026-04-20"),
        (shown("2026-04-10", 19), "2026-04-10"),
    ],
)
def test_where_the_verdict_is_met_its_evidence_is_taken_as_it_is(story: str, day: str) -> None:
    assert kept(people() + story + assessed("2026-05-10", "met", "jobs", "2026-Q1"))[0] == day


def test_people_counted_short_of_the_target_and_evidence_of_more_are_told_by_the_evidence() -> None:
    story = people() + counted("2026-01-12", 18) + shown("2026-04-10", 20)
    assert kept(story)[-1] == "evidence of 2026-04-10 shows 20, promised at least 20; done, not assessed yet"


def test_the_payment_is_behind_the_day_on_which_a_commitment_was_kept() -> None:
    """Its making, its schedule, the payment and the verdict make the days late; a headcount of another
    commitment does not.
    """
    records = told(PILOT + people() + QUARTER + paid("2026-04-12", "1000.00") + assessed("2026-04-19", "met"))
    report = commitments.REPORT
    rows = replay(records, report.row_kinds)
    scope = Scope(between("2026-01-01T00:00Z/2026-06-30T00:00Z"), ("s1",), (), "UTC", {"s1": "UTC"})
    names = [column.name for column in report.columns]
    cells = cells_of(report.columns, report.compute(rows, scope).rows[-1])
    column = report.columns[names.index("days_late")]
    named = set(records_behind(report, rows, scope, cells, column))
    assert [record.kind for record in records if (record.stream, record.pos) in named] == [
        "commitment-made.v1",
        "payment-scheduled.v1",
        "payment-made.v1",
        "commitment-assessed.v1",
    ]
