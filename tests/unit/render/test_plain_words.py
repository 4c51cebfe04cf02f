"""Stored words and dates in plain words: in what people read, and not in what machines read."""

from __future__ import annotations

import pytest

from projections.render import csv_file, display
from tests.support.row_replay import Heard
from tests.unit.reports import test_grid_states, test_lease_dates, test_payments

SITE = (
    "2024-01-01T00:00Z s1 site-registered name=S county=C state=GA tz=UTC balancing_authority=SOCO utility=U"
    " parcels=[] site_class=training\n"
)


def words(heard: Heard, name: str, story: str, column: str, **asked: str) -> list[str]:
    """A column of a report as people read it."""
    heard.at("2026-12-31T00:00Z", story)
    table = heard.report(name, **asked)
    place = [each.name for each in table.columns].index(column)
    return display.columns(table)[place].cells


@pytest.mark.parametrize(
    ("paid", "said"),
    [
        ("", "in default, 270 days overdue"),
        (test_payments.paid("2026-03-30", "1000.00"), "paid on time"),
        (test_payments.paid("2026-04-12", "1000.00"), "paid 12 days late, within the cure period"),
        (test_payments.paid("2026-05-01", "1000.00"), "paid 31 days late"),
    ],
)
def test_an_installment_stands_in_words(heard: Heard, paid: str, said: str) -> None:
    """Due on 31 March with 30 days to cure, seen on 26 December."""
    story = SITE + test_payments.SCHEDULED + paid
    assert words(heard, "payments", story, "status", start="2026-01-01", stop="2026-12-27") == [said]


def test_a_milestone_that_is_not_reached_has_no_date_but_a_not_yet(heard: Heard) -> None:
    assert words(heard, "lease-dates", SITE + test_lease_dates.PHASE, "actual", period="2026") == ["not yet"]


def test_a_phase_that_was_terminated_says_when(heard: Heard) -> None:
    story = SITE + test_lease_dates.PHASE + "2026-05-01T12:00Z s1 lease-terminated phase=p cause=x\n"
    assert words(heard, "lease-dates", story, "actual", period="2026") == ["terminated 2026-05-01"]


def test_a_grid_state_is_spelled_out(heard: Heard) -> None:
    story = test_grid_states.SITES + test_grid_states.HEAT
    assert words(heard, "grid-states", story, "state", period="2026-07", tz="UTC") == [
        "maximum generation",
        "nothing declared yet",
        "normal",
        "energy emergency alert 1",
        "energy emergency alert 2",
    ]


def test_a_file_for_machines_keeps_the_stored_words(heard: Heard) -> None:
    heard.at("2026-12-31T00:00Z", SITE + test_payments.SCHEDULED)
    table = heard.report("payments", period="2026")
    assert b"IN_DEFAULT" in csv_file.render(table)
