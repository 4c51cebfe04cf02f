"""Payments: 1,000 USD due on 31 March, to be cured within 30 days."""

from __future__ import annotations

import pytest

from projections.reports.payments import REPORT
from tests.support import report_answers
from tests.support.story_facts import told

SCHEDULED = """
2026-01-05T15:00Z s1 commitment-made commitment=pilot counterparty="Whitfield County" instrument=pilot category=tax-payment comparator=at-least basis=cumulative periods=[2026] due_on=[2026-03-31] observed_on=[] cure_days=30 binding=true
2026-01-05T15:00Z s1 payment-scheduled commitment=pilot instalment=2026 due_on=2026-03-31 amount=1000.00USD
"""


def paid(day: str, amount: str, receipt: str = "r1", said: str = "") -> str:
    return (
        f"{said or day}T15:00Z s1 payment-made commitment=pilot instalment=2026 paid_on={day}"
        f" amount={amount}USD receipt={receipt}\n"
    )


def row(story: str, until: str = "2026-12-31", tz: str = "UTC") -> report_answers.Line:
    found = report_answers.lines(REPORT, SCHEDULED + story, f"2026-01-01T00:00Z/{until}T00:00Z", tz=tz)
    return found["pilot/s1/2026"]


@pytest.mark.parametrize(
    ("until", "status", "late"),
    [
        ("2026-03-31", "DUE", None),
        ("2026-04-01", "DUE", 0),
        ("2026-04-02", "LATE", 1),
        ("2026-05-01", "LATE", 30),
        ("2026-05-02", "IN_DEFAULT", 31),
    ],
)
def test_what_is_not_paid_is_due_then_late_then_in_default(until: str, status: str, late: int | None) -> None:
    found = row("", until)
    assert (found["status"], found["days_late"]) == (status, late)


@pytest.mark.parametrize(
    ("day", "status", "late"),
    [
        ("2026-03-30", "PAID_ON_TIME", None),
        ("2026-03-31", "PAID_ON_TIME", 0),
        ("2026-04-01", "PAID_IN_CURE", 1),
        ("2026-04-30", "PAID_IN_CURE", 30),
        ("2026-05-01", "PAID_LATE", 31),
    ],
)
def test_what_is_paid_was_on_time_in_cure_or_late(day: str, status: str, late: int | None) -> None:
    found = row(paid(day, "1000.00"))
    assert (found["status"], found["days_late"]) == (status, late)


def test_parts_add_up_and_the_day_is_when_their_sum_reaches_the_amount() -> None:
    found = row(
        paid("2026-04-05", "600.00", "r2") + paid("2026-03-20", "500.00") + paid("2026-06-01", "1.00", "r3")
    )
    assert (found["paid_on"], found["paid_cents"], found["status"]) == ("2026-04-05", 110100, "PAID_IN_CURE")


def test_a_part_is_shown_with_what_is_left() -> None:
    found = row(paid("2026-03-20", "999.99"), "2026-04-10")
    assert (found["paid_on"], found["left_cents"], found["status"]) == (None, 1, "LATE")


def test_money_said_to_be_paid_on_a_later_day_does_not_count_yet() -> None:
    assert row(paid("2026-04-20", "1000.00", said="2026-04-01"), "2026-04-10")["paid_cents"] == 0


def test_the_last_day_of_the_window_is_that_of_the_sites_zone() -> None:
    """Midnight UTC on 1 April is still 31 March in New York."""
    assert row("", "2026-04-01", "America/New_York")["status"] == "DUE"


def test_of_two_schedules_the_latest_holds() -> None:
    again = (
        "2026-02-01T00:00Z s1 payment-scheduled commitment=pilot instalment=2026 due_on=2026-06-30"
        " amount=5.00USD\n"
    )
    found = row(again, "2026-04-10")
    assert (found["due_on"], found["amount_cents"], found["status"]) == ("2026-06-30", 500, "DUE")


def test_cure_days_are_those_in_force_on_the_due_date() -> None:
    shorter = "2026-02-01T00:00Z s1 commitment-amended commitment=pilot start_on=2026-03-31 cure_days=5\n"
    assert row(shorter, "2026-04-10")["status"] == "IN_DEFAULT"


def test_cure_days_amended_after_the_due_date_do_not_count() -> None:
    longer = "2026-02-01T00:00Z s1 commitment-amended commitment=pilot start_on=2026-04-01 cure_days=500\n"
    assert row(longer)["status"] == "IN_DEFAULT"


def test_an_instalment_of_nothing_is_paid_on_time() -> None:
    nothing = (
        "2026-02-01T00:00Z s1 payment-scheduled commitment=pilot instalment=2026 due_on=2026-03-31"
        " amount=0.00USD\n"
    )
    assert row(nothing)["status"] == "PAID_ON_TIME"


def test_money_for_what_nobody_scheduled_is_listed_and_noted() -> None:
    story = paid("2026-04-05", "7.00").replace("instalment=2026", "instalment=extra")
    found = report_answers.lines(REPORT, SCHEDULED + story, "2026")["pilot/s1/extra"]
    notes = report_answers.answer(REPORT, told(SCHEDULED + story), "2026").notes
    assert (found["paid_cents"], found["due_on"], found["status"], notes) == (
        700,
        None,
        None,
        ("s1/pilot: 'extra' was paid toward and never scheduled",),
    )


def test_instalments_are_in_order_of_their_due_dates() -> None:
    first = (
        "2026-02-01T00:00Z s1 payment-scheduled commitment=pilot instalment=zero due_on=2026-01-31"
        " amount=5.00USD\n"
    )
    assert list(report_answers.lines(REPORT, SCHEDULED + first, "2026")) == ["pilot/s1/zero", "pilot/s1/2026"]


def test_a_notice_of_default_is_shown_with_its_instalment() -> None:
    assert (
        row("2026-05-04T00:00Z s1 default-noticed commitment=pilot instalment=2026\n")["default_state"]
        == "default-noticed"
    )
