"""Lease dates against the worked example of DOMAIN 6 and its edges."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.kinds import LeaseTermsRecorded
from projections.reports.lease_dates import REPORT, credit_days
from tests.support.report_answers import answer, lines
from tests.support.story_facts import body_of, told

PHASE = """
2025-01-01T00:00Z s1 lease-phase-opened lease=l phase=p tenant=oak critical=50MW
2025-01-02T00:00Z s1 lease-terms-recorded phase=p version=1 target_rfs_on=2026-03-01 tiers=[2mo:1,3mo:2] monthly_rent=1000000USD extension_causes=[weather] notice_days=10
"""
ACCEPTED = "2026-06-16T12:00Z s1 lease-milestone-reached phase=p milestone=ready-for-service-accepted\n"
WEATHER = """
2025-12-05T00:00Z s1 lease-delay-noticed phase=p delay=rain cause=weather days=20 began_on=2025-12-01 noticed_on={noticed}
2025-12-06T00:00Z s1 lease-extension-granted phase=p delay=rain from_on=2025-12-01 days=20
"""
ROW = "p/ready-for-service/s1"


def row(text: str, period: str = "2026", **asked: str) -> dict[str, object]:
    return lines(REPORT, PHASE + text, period, **asked)[ROW]


def test_the_worked_example() -> None:
    """31 x 1 + 15 x 2 = 61 credit days; at $1M a month $2.005M."""
    found = row(ACCEPTED)
    assert (found["credit_days"], found["exposure_cents"], found["actual"]) == (61, 200_547_945, "2026-06-16")


def test_twenty_days_of_force_majeure_leave_26() -> None:
    found = row(ACCEPTED + WEATHER.format(noticed="2025-12-05"))
    assert (found["extended"], found["credit_days"]) == ("2026-03-21", 26)


def test_an_extension_whose_delay_was_noticed_late_does_not_count() -> None:
    found = row(ACCEPTED + WEATHER.format(noticed="2025-12-12"))
    assert (found["extended"], found["credit_days"]) == ("2026-03-01", 61)


def test_notice_on_the_last_day_counts() -> None:
    assert row(ACCEPTED + WEATHER.format(noticed="2025-12-11"))["extension_days"] == 20


def test_a_late_notice_is_noted() -> None:
    found = answer(REPORT, told(PHASE + WEATHER.format(noticed="2025-12-12")), "2026")
    assert found.notes == ("s1/p: 20 days from 2025-12-01 do not count: delay rain was noticed late",)


def test_overlapping_extensions_count_each_day_once() -> None:
    """1-10 January and 6-15 January are 15 days."""
    text = """
2026-01-01T00:00Z s1 lease-extension-granted phase=p from_on=2026-01-01 days=10
2026-01-02T00:00Z s1 lease-extension-granted phase=p from_on=2026-01-06 days=10
"""
    assert row(text)["extension_days"] == 15


def test_what_is_not_accepted_runs_to_as_of() -> None:
    """As of 16 June the same 61 days; and it says that the milestone was not reached."""
    found = row("", "2026-01-01T00:00Z/2026-06-16T00:00Z")
    assert (found["credit_days"], found["actual"], found["reached"]) == (61, "2026-06-16", False)


def test_deemed_counts_as_accepted_whichever_was_first() -> None:
    deemed = "2026-05-10T00:00Z s1 lease-milestone-reached phase=p milestone=ready-for-service-deemed\n"
    assert row(ACCEPTED + deemed)["actual"] == "2026-05-10"


def test_months_are_clamped_to_the_month_end() -> None:
    """Target 31 December and two months: the tier starts on 28 February."""
    text = (
        "2025-02-01T00:00Z s1 lease-amended phase=p target_rfs_on=2025-12-31\n2026-03-01T00:00Z s1"
        " lease-milestone-reached phase=p milestone=ready-for-service-accepted"
    )
    assert row(text)["credit_days"] == 1


def test_float_is_extended_less_the_latest_forecast() -> None:
    text = """
2025-05-01T00:00Z s1 lease-forecast-set phase=p milestone=ready-for-service-accepted forecast_on=2026-02-20
2025-06-01T00:00Z s1 lease-forecast-set phase=p milestone=ready-for-service-accepted forecast_on=2026-03-11
"""
    assert (row(text)["forecast"], row(text)["float_days"]) == ("2026-03-11", -10)


def test_an_amendment_holds_for_the_whole_phase_from_that_knowledge_on() -> None:
    """The target moves by a month after the lateness had begun."""
    text = "2026-06-15T00:00Z s1 lease-amended phase=p target_rfs_on=2026-04-01 monthly_rent=2000000USD\n"
    found = row(ACCEPTED + text)
    assert (found["credit_days"], found["exposure_cents"]) == (15, 98_630_137)


def test_a_day_is_the_sites_day() -> None:
    """02:00 UTC on 17 June is 16 June in New York."""
    text = "2026-06-17T02:00Z s1 lease-milestone-reached phase=p milestone=ready-for-service-accepted"
    assert row(text, tz="America/New_York")["credit_days"] == 61


def test_without_terms_nothing_is_owed_and_milestones_are_listed() -> None:
    text = """
2025-01-01T00:00Z s1 lease-phase-opened lease=l phase=q tenant=elm critical=5MW
2026-02-01T00:00Z s1 lease-milestone-reached phase=q milestone=loi
2026-02-02T00:00Z s1 lease-forecast-set phase=q milestone=financing forecast_on=2026-05-01
"""
    found = lines(REPORT, text, "2026")
    assert {
        key: (r["actual"], r["reached"], r["forecast"], r["credit_days"]) for key, r in found.items()
    } == {
        "q/ready-for-service/s1": ("2027-01-01", False, None, None),
        "q/loi/s1": ("2026-02-01", True, None, None),
        "q/financing/s1": ("2027-01-01", False, "2026-05-01", None),
    }


TIERS = body_of(told(PHASE)[1], LeaseTermsRecorded).tiers or ()
days = st.dates(min_value=date(2026, 1, 1), max_value=date(2028, 1, 1))


@given(days, days, days)
def test_credit_days_grow_with_the_actual_date_and_shrink_with_extensions(
    extended: date, first: date, second: date
) -> None:
    """Monotone in the actual date, antitone in the extended one (DOMAIN 7)."""
    early, late = sorted((first, second))
    assert credit_days(extended, TIERS, early) <= credit_days(extended, TIERS, late)
    assert credit_days(late, TIERS, extended) <= credit_days(early, TIERS, extended)


@pytest.mark.parametrize("missing", ["tiers", "rent"])
def test_what_a_section_withholds_leaves_its_figures_unknown(missing: str) -> None:
    from msgspec import UNSET
    from msgspec.structs import replace

    records = told(PHASE + ACCEPTED)
    gone = {"tiers": {"tiers": UNSET, "monthly_rent_cents": UNSET}, "rent": {"monthly_rent_cents": UNSET}}[
        missing
    ]
    records[1] = replace(records[1], body=replace(records[1].body, **gone))
    found = lines(REPORT, records, "2026")[ROW]
    assert (found["credit_days"], found["exposure_cents"]) == ((None if missing == "tiers" else 61), None)


REACHED = "{at} s1 lease-milestone-reached phase=p milestone={milestone}{more}\n"


@pytest.mark.parametrize(
    ("story", "notes"),
    [
        pytest.param(
            REACHED.format(at="2026-02-01T00:00Z", milestone="notice-to-proceed", more="")
            + REACHED.format(at="2026-03-01T00:00Z", milestone="lease-executed", more=""),
            ["s1/p: notice-to-proceed at 2026-02-01T00:00:00Z, while its lease was not executed"],
            id="executed a month later than was said",
        ),
        pytest.param(
            REACHED.format(at="2026-02-01T00:00Z", milestone="notice-to-proceed", more=" at_risk=true"),
            [],
            id="at risk it may go ahead",
        ),
        pytest.param(
            REACHED.format(at="2026-02-01T00:00Z", milestone="power-on", more=" power=49MW")
            + "2026-02-02T00:00Z s1 commissioning-level-passed phase=p system=cooling level=5 waived_by=oak\n"
            + "2026-02-03T00:00Z s1 commissioning-level-failed phase=p system=power level=1\n"
            + REACHED.format(at="2026-03-01T00:00Z", milestone="ready-for-service-offered", more=""),
            [
                (
                    "s1/p: ready-for-service-offered at 2026-03-01T00:00:00Z, while substantial completion"
                    " was not reached"
                ),
                (
                    "s1/p: ready-for-service-offered at 2026-03-01T00:00:00Z, while system 'power' had not"
                    " passed level 5"
                ),
                (
                    "s1/p: ready-for-service-offered at 2026-03-01T00:00:00Z, while power-on with the"
                    " critical load was not reached"
                ),
            ],
            id="an offer whose completion was retracted, power-on corrected to 49 of 50 MW",
        ),
        pytest.param(
            REACHED.format(at="2026-03-01T00:00Z", milestone="commencement", more=""),
            [
                "s1/p: commencement at 2026-03-01T00:00:00Z, while ready for service was neither accepted nor"
                " deemed"
            ],
            id="an acceptance that was retracted",
        ),
    ],
)
def test_what_came_before_what_it_needs_counts_and_is_flagged(story: str, notes: list[str]) -> None:
    assert list(answer(REPORT, told(PHASE + story), "2026").notes) == notes
