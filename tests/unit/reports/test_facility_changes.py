"""Facility changes of the Texas sites: a model is verified within 180 days of a change and submitted every 13
months.

ups-1 was changed on 2 March 2026: 180 days later is 29 August; its model was verified on 10 September, 12
days late. psu-fw was changed on 20 August, due on 16 February 2027, and that verification named ups-1 alone.
relay-27 was changed on 15 June, due on 12 December. The dynamic model was submitted on 20 October 2025: 13
months later is 20 November 2026.
"""

from __future__ import annotations

from datetime import date

import pytest

from projections.engine.report import Deadline
from projections.reports.facility_changes import REPORT
from tests.support.report_answers import answer, lead, lines, pictures
from tests.support.story_facts import told
from tests.unit.reports.test_ride_through import SITES, STORY, SUMMER

CHICAGO = "America/Chicago"


@pytest.mark.parametrize(
    ("row", "state", "due_on", "days_late"),
    [
        ("abilene/change/ups-1", "done late", "2026-08-29", 12),
        ("abilene/change/psu-fw", "open", "2027-02-16", None),
        ("pecos/change/relay-27", "open", "2026-12-12", None),
        ("abilene/model/dynamic", "submitted", "2026-11-20", None),
        ("abilene/test/all-call line to ERCOT shift desk", "failed", None, None),
        ("pecos/test/all-call line to ERCOT shift desk", "passed", None, None),
    ],
)
def test_each_item_stands_where_its_clock_says(
    row: str, state: str, due_on: str | None, days_late: int | None
) -> None:
    line = lines(REPORT, STORY, SUMMER, tz=CHICAGO)[row]
    assert (line["state"], line["due_on"], line["days_late"]) == (state, due_on, days_late)


def test_a_verification_that_names_no_change_covers_all_before_it() -> None:
    verified = "2026-09-20T15:00Z abilene model-verified model=dynamic verified_by=us\n"
    found = lines(REPORT, STORY + verified, SUMMER, tz=CHICAGO)
    assert (found["abilene/change/psu-fw"]["state"], found["abilene/change/psu-fw"]["done_on"]) == (
        "done",
        "2026-09-20",
    )


def test_an_operator_whose_rule_has_other_clocks_records_them() -> None:
    """90 days after 15 June are 13 September."""
    terms = "2026-01-01T00:00Z pecos ride-through-terms-set curve=none verify_days=90\n"
    line = lines(REPORT, STORY + terms, SUMMER, tz=CHICAGO)["pecos/change/relay-27"]
    assert (line["state"], line["due_on"], line["days_late"]) == ("overdue", "2026-09-13", 17)


def test_what_is_not_done_is_due_with_its_day() -> None:
    found = REPORT.deadlines(answer(REPORT, told(STORY), SUMMER, tz=CHICAGO))
    assert next(iter(found)) == Deadline(
        date(2027, 2, 16),
        "abilene",
        "verify a model after change psu-fw: power supplies hold for 300 ms",
        "abilene/change/psu-fw",
    )


def test_a_model_that_was_never_submitted_is_not_due_and_says_so() -> None:
    verified = "2026-07-01T15:00Z abilene model-verified model=short-circuit verified_by=us\n"
    line = lines(REPORT, SITES + verified, SUMMER, tz=CHICAGO)["abilene/model/short-circuit"]
    assert (line["state"], line["due_on"]) == ("never submitted", None)


def test_the_report_begins_with_what_is_not_verified() -> None:
    assert lead(REPORT, STORY, SUMMER, tz=CHICAGO).verdict == (
        "3 changes were recorded, 2 of them not yet verified in a model; nothing is overdue; 1 channel failed the last"
        " test."
    )


def test_that_the_clocks_are_of_a_draft_is_noted() -> None:
    assert answer(REPORT, told(STORY), SUMMER, tz=CHICAGO).notes == (
        "180 days and 13 months are of NERC CLO-001-1, draft posted 19 August 2026",
    )


def test_changes_are_drawn_until_a_model_was_verified() -> None:
    (picture,) = pictures(REPORT, STORY, SUMMER, tz=CHICAGO)
    assert picture.says == "3 changes, 1 verified late or overdue."
