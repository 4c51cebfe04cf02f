"""What if: hypothetical facts change what every report says, those that ask the log too, and nothing of the
book.
"""

from __future__ import annotations

from ledger.app.book.book import Said
from ledger.app.delivery.issue import issue
from ledger.app.queries.log_view import run
from ledger.app.queries.report_run import Question
from ledger.app.queries.what_if import what_if
from ledger.exchange import story
from projections.reports.catalogue import BY_NAME
from tests.support.row_replay import Heard

KNOWN = """
2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[] site_class=training
2026-06-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[]
2026-07-01T06:00Z s1 incident-opened incident=trip summary=x
2026-07-01T09:00Z s1 incident-closed incident=trip cause=x actions=[]
"""
OUTAGE = (
    "2026-07-01T08:00Z s1 outage-started block=m1 outage=o1 outage_class=planned derate=100MW cause=x"
    " outside_management_control=false"
)
JULY = Question(start="2026-07-01", stop="2026-08-01")


def changed(heard: Heard, text: str, report: str, question: Question = JULY) -> dict[str, set[str]]:
    """The figures of a report that hypothetical facts would change, by row."""
    size = heard.book.store.size
    found = what_if(heard.book, [Said(claim) for claim in story.read(text.encode(), "if").claims], question)
    assert not found.problems
    assert heard.book.store.size == size
    (of_report,) = (each for each in found.reports if each.report.name == report)
    rows: dict[str, set[str]] = {}
    for each in of_report.differences:
        rows.setdefault(each.row, set()).add(each.column.name)
    return rows


def test_a_site_that_is_supposed_is_one_more_in_the_reports_and_moves_no_zone(heard: Heard) -> None:
    """Its zone is another, so that reports of both sites would be in UTC; the window stays that of New
    York.
    """
    text = (
        "2026-07-01T00:00Z s2 site-registered name=T county=C state=TX tz=America/Chicago"
        " balancing_authority=ERCO utility=U parcels=[] site_class=land"
    )
    assert list(changed(heard, text, "portfolio")) == ["s2"]
    assert changed(heard, text, "uptime") == {}


def test_an_incident_tells_what_is_supposed_while_it_is_open(heard: Heard) -> None:
    (claim,) = story.read(OUTAGE.encode(), "if").claims
    assert list(changed(heard, OUTAGE, "incident")) == [f"trip/{claim.id}", "trip"]


def test_what_was_issued_is_restated_by_what_is_supposed(heard: Heard) -> None:
    heard.clock.time_us += 1
    uptime = BY_NAME["uptime"]
    issue(heard.book, uptime, run(heard.book, uptime, JULY), "the utility")
    rows = changed(heard, OUTAGE, "restatements", Question())
    assert {row.rpartition("/")[2] for row in rows if "/block/" in row} >= {"poh_s", "af_ppm"}
    assert not any("caused_by" in columns for columns in rows.values())
