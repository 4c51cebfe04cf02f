"""Actions: what was agreed after an incident, by whom and when it is to be done, and whether it was."""

from __future__ import annotations

import pytest

from ledger.app.book.book import Said
from ledger.exchange import story
from tests.support.row_replay import Heard, cells

SITE = (
    "2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York"
    " balancing_authority=SOCO utility=U parcels=[] site_class=training\n"
    '2026-07-14T18:00Z s1 incident-opened incident=i1 summary="breaker tripped"\n'
)
AGREED = "2026-07-15T15:00Z s1 incident-action-agreed incident=i1 action={} what={} owner=lead due_on={}\n"
DONE = "{} s1 incident-action-done incident=i1 action={}\n"


@pytest.mark.parametrize(
    ("done", "stop", "state", "late"),
    [
        (None, "2026-08-15", "open", None),
        (None, "2026-08-17", "overdue", 1),
        ("2026-08-15T03:00Z", "2026-09-01", "done", None),
        ("2026-08-16T03:00Z", "2026-09-01", "done", 0),
        ("2026-08-17T15:00Z", "2026-09-01", "done late", 2),
    ],
)
def test_an_action_is_judged_by_the_days_of_its_site(
    heard: Heard, done: str | None, stop: str, state: str, late: int | None
) -> None:
    """Due on 15 August in Georgia, whose day ends at 04:00 UTC of the 16th."""
    heard.at("2026-07-16T00:00Z", SITE + AGREED.format("torque", "check", "2026-08-15"))
    if done is not None:
        heard.at("2026-08-31T00:00Z", DONE.format(done, "torque"))
    heard.at("2026-09-02T00:00Z", '2026-09-01T12:00Z s1 incident-observation-added incident=i1 text="x"\n')
    table = heard.report("actions", start="2026-07-01", stop=stop)
    assert cells(table, "state", "days_late") == [(state, late)]


def test_an_action_that_is_agreed_again_takes_the_day_that_was_said_last(heard: Heard) -> None:
    again = AGREED.format("torque", "check", "2026-09-30").replace("07-15", "07-20")
    heard.at("2026-07-21T00:00Z", SITE + AGREED.format("torque", "check", "2026-08-15") + again)
    assert cells(heard.report("actions", period="2026-07"), "due_on") == [("2026-09-30",)]


def test_what_nobody_agreed_on_cannot_be_done(heard: Heard) -> None:
    heard.at("2026-07-16T00:00Z", SITE)
    claims = story.read(DONE.format("2026-07-16T00:00Z", "torque").encode(), "story").claims
    (problem,) = heard.book.record([Said(claim) for claim in claims]).problems
    assert "action 'i1/torque' was never recorded at s1; record its incident-action-agreed first" in str(
        problem
    )
