"""Restatements: precisely the cells of an issued report that are others now, and by which records."""

from __future__ import annotations

from ledger.app.delivery.issue import issue
from ledger.app.queries.log_view import run
from ledger.app.queries.report_run import Question
from projections.reports.catalogue import BY_NAME
from tests.support.row_replay import Heard, cells

KNOWN = """
2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=UTC balancing_authority=SOCO utility=U parcels=[] site_class=training
2026-06-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[]
"""
OUTAGE = (
    "2026-07-01T00:00Z s1 outage-started block=m1 outage=o1 outage_class=planned derate=40MW cause=x"
    " outside_management_control=false"
)
LATER = Question(as_of="2027-01-01T00:00Z")


def issued(heard: Heard, name: str, question: Question) -> None:
    report = BY_NAME[name]
    issue(heard.book, report, run(heard.book, report, question), "the county")


def test_precisely_the_cells_that_differ_are_listed(heard: Heard) -> None:
    july = Question(start="2026-07-01", stop="2026-08-01", as_of="2026-08-01T00:00Z")
    was = run(heard.book, BY_NAME["uptime"], july)
    issued(heard, "uptime", july)
    (late,) = heard.at("2026-09-02T00:00Z", OUTAGE)
    now = run(heard.book, BY_NAME["uptime"], july)
    names = [column.name for column in now.columns]
    differ = {
        ("/".join(str(cell) for cell in new[: now.keys] if cell is not None), name, str(a), str(b))
        for old, new in zip(was.rows, now.rows, strict=True)
        for name, a, b in zip(names, old, new, strict=True)
        if a != b
    }
    table = run(heard.book, BY_NAME["restatements"], LATER)
    assert set(cells(table, "row", "column", "as_reported", "now")) == differ
    assert set(cells(table, "caused_by")) == {(str(late.index),)}


def test_restatements_that_were_issued_are_not_restated_again_and_again(heard: Heard) -> None:
    """Seen in its own window an issue of this report would need itself; each one more would need all before
    it, twice.
    """
    issued(heard, "uptime", Question(period="2026-07"))
    for _ in range(3):
        heard.at("2026-09-02T00:00Z", "")
        heard.clock.time_us += 1_000_000
        issued(heard, "restatements", LATER)
    heard.at("2026-09-03T00:00Z", OUTAGE)
    assert set(cells(run(heard.book, BY_NAME["restatements"], LATER), "report")) == {("uptime",)}


def test_a_report_issued_by_an_earlier_definition_is_listed_with_both_definitions(heard: Heard) -> None:
    """No cell is compared: the columns of the two definitions mean different things."""
    earlier = BY_NAME["benefit"]._replace(definition_version=1)
    issue(heard.book, earlier, run(heard.book, earlier, Question(period="2026-07")), "the county")
    found = cells(run(heard.book, BY_NAME["restatements"], LATER), "report", "column", "as_reported", "why")
    assert found == [("benefit", None, None, "it was made by definition 1, this version has 2")]
