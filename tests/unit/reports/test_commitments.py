"""The register of promises: verdicts, deadlines, amendments, follow-through."""

from __future__ import annotations

from typing import Any

import pytest

from projections.reports.commitments import REPORT
from tests.support import report_answers
from tests.support.story_facts import told

MADE = """
2026-01-05T15:00Z s1 commitment-made commitment=jobs counterparty="Whitfield County" instrument=pilot category=jobs measure=jobs unit=jobs target=25 comparator=at-least basis=period-average periods=[2026-Q1,2026-Q2] due_on=[2026-04-30,2026-07-31] observed_on=[] cure_days=60 remedy=recapture binding=true
"""
DOCUMENT = "ab" * 32
NY = "America/New_York"


def rows(story: str, until: str = "2026-05-31", **said: Any) -> dict[str, report_answers.Line]:
    return report_answers.lines(REPORT, MADE + story, f"2026-05-01T00:00Z/{until}T00:00Z", **said)


def row(story: str, until: str = "2026-05-31", period: str = "2026-Q1") -> report_answers.Line:
    return rows(story, until)[f"jobs/s1/{period}"]


def notes(story: str, until: str = "2026-05-31", **said: Any) -> tuple[str, ...]:
    return report_answers.answer(
        REPORT, told(MADE + story), f"2026-05-01T00:00Z/{until}T00:00Z", **said
    ).notes


def assessed(day: str, verdict: str, value: int | None = None, period: str = "2026-Q1") -> str:
    said = "" if value is None else f" value={value}"
    return (
        f"{day}T15:00Z s1 commitment-assessed commitment=jobs period={period}{said} verdict={verdict}"
        " assessor=Auditor evidence=[]\n"
    )


def evidence(day: str, value: int, sha256: str = DOCUMENT) -> str:
    return (
        f"{day}T15:00Z s1 evidence-recorded commitment=jobs period=2026-Q1 value={value}"
        f" document_sha256={sha256}\n"
    )


def test_every_promise_made_before_the_window_ends_is_listed_for_each_period() -> None:
    assert list(rows("")) == ["jobs/s1/2026-Q1", "jobs/s1/2026-Q2"]


def test_a_promise_made_at_the_end_of_the_window_is_not_known_yet() -> None:
    assert report_answers.lines(REPORT, MADE, "2026-01-01T00:00Z/2026-01-05T15:00Z") == {}


@pytest.mark.parametrize(
    ("story", "verdict"),
    [
        ("", "pending"),
        (assessed("2026-04-20", "met"), "met"),
        (assessed("2026-04-20", "met") + assessed("2026-05-02", "not-met"), "not-met"),
        (assessed("2026-05-02", "not-met") + assessed("2026-04-20", "met"), "not-met"),
        (
            assessed("2026-04-20", "met") + "2026-05-03T00:00Z s1 waiver-granted commitment=jobs scope=all\n",
            "waived",
        ),
        ("2026-05-03T00:00Z s1 waiver-granted commitment=jobs period=2026-Q1 scope=x\n", "waived"),
        ("2026-05-03T00:00Z s1 waiver-granted commitment=jobs period=2026 scope=x\n", "waived"),
        ("2026-05-03T00:00Z s1 waiver-granted commitment=jobs period=2026-Q2 scope=x\n", "pending"),
        (assessed("2026-04-20", "not-measurable"), "not-measurable"),
    ],
    ids=lambda said: said[:60],
)
def test_the_verdict_is_waived_else_the_latest_assessment_else_pending(story: str, verdict: str) -> None:
    assert row(story)["verdict"] == verdict


def test_a_promise_without_a_target_is_not_measurable_and_still_listed() -> None:
    story = MADE.replace(" target=25", "")
    assert report_answers.lines(REPORT, story, "2026-05")["jobs/s1/2026-Q1"]["verdict"] == "not-measurable"


@pytest.mark.parametrize(
    ("story", "until", "days"),
    [
        ("", "2026-04-30", None),  # the 29th is the last day of the window
        ("", "2026-05-01", 0),
        ("", "2026-05-02", 1),
        (assessed("2026-05-12", "met"), "2026-05-31", None),  # nothing tells when it was done
        (evidence("2026-04-20", 25) + assessed("2026-05-12", "met"), "2026-05-31", None),
        (evidence("2026-05-10", 25) + assessed("2026-05-12", "met"), "2026-05-31", 10),
        (evidence("2026-05-10", 25), "2026-05-31", 10),
        (evidence("2026-05-10", 24), "2026-05-31", 30),
        (evidence("2026-05-10", 24) + assessed("2026-05-12", "not-met"), "2026-05-31", 30),
        (evidence("2026-05-10", 25) + assessed("2026-05-12", "not-measurable"), "2026-05-31", None),
        ("2026-05-10T00:00Z s1 waiver-granted commitment=jobs scope=all\n", "2026-05-31", None),
    ],
)
def test_days_late_run_from_the_due_date_to_the_day_it_was_done(
    story: str, until: str, days: int | None
) -> None:
    """Due on 30 April; shown on 10 May it is 10 days late, whenever it was assessed; not shown by 30 May, the
    last day of the window, 30.
    """
    found = report_answers.lines(REPORT, MADE + story, f"2026-01-01T00:00Z/{until}T00:00Z")
    assert found["jobs/s1/2026-Q1"]["days_late"] == days


@pytest.mark.parametrize(
    ("story", "days"),
    [
        ("", 30),
        (evidence("2026-04-20", 25), 30),
        (evidence("2026-04-20", 25) + assessed("2026-05-12", "met"), 12),
        (evidence("2026-05-10", 25) + assessed("2026-05-12", "met"), 2),
        (evidence("2026-04-20", 25) + assessed("2026-04-29", "met"), None),
        (assessed("2026-05-12", "met") + assessed("2026-05-20", "not-met"), 20),
        (assessed("2026-05-12", "pending"), 30),
        (assessed("2026-05-12", "not-measurable"), None),
    ],
)
def test_the_assessors_delay_runs_from_the_due_date_or_from_the_day_it_was_done_after_it(
    story: str, days: int | None
) -> None:
    """Due on 30 April. Shown on the 20th and assessed on 12 May it took 12 days; shown on 10 May, 2."""
    assert row(story)["assessment_delay_days"] == days


def test_days_are_those_of_the_sites_zone() -> None:
    """Shown at 03:30Z on 1 May, which is 23:30 on 30 April in New York."""
    story = evidence("2026-05-01", 25).replace("T15:00Z", "T03:30Z")
    assert rows(story, tz=NY)["jobs/s1/2026-Q1"]["days_late"] == 0


def test_the_value_is_the_latest_assessments() -> None:
    story = evidence("2026-04-10", 24) + assessed("2026-04-20", "met", 25) + evidence("2026-04-25", 26)
    assert row(story)["value"] == 25


def test_without_an_assessment_the_value_is_the_latest_evidences() -> None:
    assert row(evidence("2026-04-10", 24) + evidence("2026-04-25", 26))["value"] == 26


def test_evidence_is_named_by_the_hashes_of_its_documents_each_once() -> None:
    story = evidence("2026-04-10", 24) + evidence("2026-04-25", 26, "cd" * 32) + evidence("2026-04-26", 26)
    assert row(story)["evidence"] == "abababababab cdcdcdcdcdcd"


def test_the_next_due_date_is_the_earliest_that_is_neither_met_nor_waived() -> None:
    assert row(assessed("2026-04-20", "met"), "2026-04-25")["next_due"] == "2026-07-31"


def test_a_deadline_today_is_still_the_next() -> None:
    assert row("", "2026-05-01")["next_due"] == "2026-04-30"


def test_when_all_is_met_nothing_is_next() -> None:
    story = assessed("2026-04-20", "met") + assessed("2026-04-21", "met", period="2026-Q2")
    assert row(story, "2026-04-25")["next_due"] is None


# --- amendments ---------------------------------------------------------------------------------------------

HIGHER = "2026-02-01T00:00Z s1 commitment-amended commitment=jobs start_on=2026-04-01 target=30\n"


def test_an_amended_target_holds_for_periods_that_end_on_or_after_its_start() -> None:
    found = rows(HIGHER)
    assert [line["target"] for line in found.values()] == [25, 30]


def test_an_amendment_that_is_not_known_yet_changes_nothing() -> None:
    found = report_answers.lines(REPORT, MADE + HIGHER, "2026-01")
    assert [line["target"] for line in found.values()] == [25, 25]


def test_a_deadline_that_passed_before_an_amendment_starts_is_not_moved() -> None:
    later = (
        "2026-05-05T00:00Z s1 commitment-amended commitment=jobs start_on=2026-05-05"
        " due_on=[2026-06-30,2026-09-30]\n"
    )
    assert [line["due_on"] for line in rows(later).values()] == ["2026-04-30", "2026-09-30"]


def test_a_deadline_can_be_moved_from_an_earlier_day_on() -> None:
    later = (
        "2026-05-05T00:00Z s1 commitment-amended commitment=jobs start_on=2026-04-30"
        " due_on=[2026-06-30,2026-09-30]\n"
    )
    assert row(later)["due_on"] == "2026-06-30"


def test_a_period_amended_away_stays_where_its_deadline_had_passed() -> None:
    other = (
        "2026-05-05T00:00Z s1 commitment-amended commitment=jobs start_on=2026-05-05 periods=[2026-Q4]"
        " due_on=[2027-01-31]\n"
    )
    assert list(rows(other)) == ["jobs/s1/2026-Q1", "jobs/s1/2026-Q4"]


def test_a_period_amended_away_stays_where_it_was_assessed() -> None:
    story = assessed("2026-02-01", "met", period="2026-Q2")
    other = (
        "2026-02-05T00:00Z s1 commitment-amended commitment=jobs start_on=2026-02-05 periods=[2026-Q4]"
        " due_on=[2027-01-31]\n"
    )
    assert list(rows(story + other)) == ["jobs/s1/2026-Q2", "jobs/s1/2026-Q4"]


def test_an_amended_remedy_holds_for_deadlines_from_its_start_on() -> None:
    other = "2026-05-05T00:00Z s1 commitment-amended commitment=jobs start_on=2026-05-05 remedy=fine\n"
    assert [line["remedy"] for line in rows(other).values()] == ["recapture", "fine"]


def test_a_promise_without_periods_has_one_row() -> None:
    story = MADE.replace("periods=[2026-Q1,2026-Q2] due_on=[2026-04-30,2026-07-31]", "periods=[] due_on=[]")
    assert list(report_answers.lines(REPORT, story, "2026-05")) == ["jobs/s1"]


# --- follow-through and notes -------------------------------------------------------------------------------


def test_follow_through_is_met_over_due_with_waived_and_not_measurable_beside_it() -> None:
    """Q1 is met late, Q2 is due and pending; another promise is waived, a third has no target."""
    story = (
        evidence("2026-05-09", 25)
        + assessed("2026-05-10", "met")
        + MADE.replace("commitment=jobs", "commitment=quiet").replace(" target=25", "").strip()
        + "\n"
        + MADE.replace("commitment=jobs", "commitment=water").strip()
        + "\n2026-05-03T00:00Z s1 waiver-granted commitment=water scope=all\n"
    )
    assert (
        notes(story, "2026-08-15")[0]
        == "s1: met 1 of 2 due (50.0000 %), 1 of them late; 2 waived; 2 not-measurable"
    )


def test_follow_through_counts_beside_it_what_is_done_and_not_assessed() -> None:
    story = evidence("2026-04-20", 25)
    said = "s1: met 0 of 1 due (0.0000 %); 1 done and not assessed yet; 0 waived; 0 not-measurable"
    assert notes(story)[0] == said


def test_follow_through_counts_a_deadline_on_its_day() -> None:
    assert notes("", "2026-05-01")[0] == "s1: met 0 of 1 due (0.0000 %); 0 waived; 0 not-measurable"


def test_before_anything_is_due_there_is_no_share() -> None:
    assert notes("", "2026-04-30")[0] == "s1: met 0 of 0 due; 0 waived; 0 not-measurable"


def test_several_sites_have_a_follow_through_each_and_one_together() -> None:
    story = MADE.replace(" s1 ", " s2 ") + assessed("2026-04-20", "met")
    assert notes(story)[:3] == (
        "follow-through: met 1 of 2 due (50.0000 %); 0 waived; 0 not-measurable",
        "s1: met 1 of 1 due (100.0000 %); 0 waived; 0 not-measurable",
        "s2: met 0 of 1 due (0.0000 %); 0 waived; 0 not-measurable",
    )


@pytest.mark.parametrize(
    ("fact", "note"),
    [
        (
            'commitment-discharged commitment=jobs cause="site sold"',
            "s1/jobs: discharged on 2026-05-03: site sold",
        ),
        (
            'waiver-granted commitment=jobs scope="by resolution 12"',
            "s1/jobs: waived altogether on 2026-05-03: by resolution 12",
        ),
        (
            "remedy-applied commitment=jobs remedy=recapture amount=200000.00USD",
            "s1/jobs: remedy applied to the whole promise on 2026-05-03: recapture, 200000.00USD",
        ),
        (
            "remedy-applied commitment=jobs remedy=apology",
            "s1/jobs: remedy applied to the whole promise on 2026-05-03: apology",
        ),
        (
            f"evidence-recorded commitment=ghost period=2026 document_sha256={DOCUMENT}",
            "s1/ghost: 1 fact about a commitment that is not recorded",
        ),
    ],
)
def test_what_belongs_to_no_row_is_noted(fact: str, note: str) -> None:
    assert note in notes(f"2026-05-03T12:00Z s1 {fact}\n")


def test_money_applied_as_remedy_for_a_period_adds_up() -> None:
    applied = (
        "2026-05-03T00:00Z s1 remedy-applied commitment=jobs period=2026-Q1 remedy=recapture amount=1.50USD\n"
    )
    assert row(applied + applied.replace("05-03", "05-04"))["remedy_applied_cents"] == 300


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ([], None),
        (["default-noticed commitment=jobs period=2026-Q1"], "default-noticed"),
        (["default-noticed commitment=jobs"], "default-noticed"),
        (["default-noticed commitment=jobs period=2026-Q2"], None),
        (["default-noticed commitment=jobs instalment=a"], None),
        (["default-noticed commitment=jobs period=2026-Q1", "cured commitment=jobs period=2026-Q1"], "cured"),
    ],
)
def test_the_default_state_is_what_was_said_last_about_the_period(
    facts: list[str], state: str | None
) -> None:
    story = "".join(f"2026-05-0{n}T00:00Z s1 {fact}\n" for n, fact in enumerate(facts, 1))
    assert row(story)["default_state"] == state


def test_a_verdict_whose_evidence_is_gone_counts_and_is_flagged() -> None:
    """The evidence came a day after the verdict that rests on it, or was retracted."""
    note = "s1/jobs: 2026-Q1 is assessed as met at 2026-04-21T15:00:00Z, while no evidence of it stands"
    early, late = (
        evidence(day, 25) + assessed("2026-04-21", "met", 25) for day in ("2026-04-20", "2026-04-22")
    )
    assert [note in notes(story) for story in (early, late)] == [False, True]
