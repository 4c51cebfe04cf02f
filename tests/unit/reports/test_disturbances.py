"""Disturbances: fast changes of load, with who began them and who was told."""

from __future__ import annotations

from projections.reports.disturbances import REPORT
from tests.support.report_answers import answer, lines
from tests.support.story_facts import told

STORY = """
2026-05-01T00:00Z s1 site-registered name=S county=C state=VA tz=UTC balancing_authority=PJM utility=U parcels=[] site_class=inference
2026-05-06T10:00Z s1 disturbance-recorded before=120MW after=20MW duration=400ms initiated_by=protection communicated_to=PJM communicated_at=2026-05-06T10:07Z
2026-05-06T11:00Z s1 disturbance-recorded before=20MW after=120MW duration=0ms initiated_by=customer
2026-06-01T00:00Z s1 disturbance-recorded before=1MW after=2MW duration=1s initiated_by=utility
"""


def test_a_fast_drop_with_its_rate_and_when_the_grid_operator_was_told() -> None:
    """100 MW in 0.4 s are 250 MW a second; told after seven minutes."""
    found = lines(REPORT, STORY, "2026-05")["s1/1"]
    assert {
        n: found[n] for n in ("change_w", "rate_w_per_s", "initiated_by", "communicated_to", "told_after_s")
    } == {
        "change_w": -100_000_000,
        "rate_w_per_s": -250_000_000,
        "initiated_by": "protection",
        "communicated_to": "PJM",
        "told_after_s": 420,
    }


def test_without_a_duration_there_is_no_rate() -> None:
    assert lines(REPORT, STORY, "2026-05")["s1/2"]["rate_w_per_s"] is None


def test_what_nobody_was_told_is_noted_and_other_months_are_left_out() -> None:
    found = answer(REPORT, told(STORY), "2026-05")
    assert (len(found.rows), found.notes) == (2, ("1 of 2 were communicated to nobody",))
