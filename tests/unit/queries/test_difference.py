"""Which records changed a figure: every link of a chain of corrections, and what took a row away."""

from __future__ import annotations

import pytest

from ledger.app.queries.difference import Causes, differences
from ledger.app.queries.explanation import explain
from ledger.app.queries.log_view import run_whole
from ledger.app.queries.report_run import Question
from projections.reports.catalogue import BY_NAME
from tests.support.row_replay import Heard

KNOWN = """
2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=UTC balancing_authority=SOCO utility=U parcels=[] site_class=training
2026-06-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[]
2026-06-01T00:00Z s1 load-block-commissioned block=ai load_class=ai-hpc service_class=firm capacity=20MW feeds=[]
2026-06-01T00:00Z s1 dispatch-notified dispatch=d dispatch_class=emergency mode=reduce-by target=80MW start=2026-07-14T18:00Z stop=2026-07-14T22:00Z
"""
OUT = (
    "2026-07-01T00:00Z s1 outage-started block=m1 outage=o1 outage_class=planned derate={derate}MW cause=x"
    " outside_management_control=false"
)


def causes(heard: Heard, since: int, report: str, row: str, column: str) -> list[int]:
    """The indexes of the records that changed a figure of July since a size of the log."""
    book, found = heard.book, BY_NAME[report]
    asked = Question(period="2026-07")
    was, now = (run_whole(book, found, asked._replace(known_at=n)) for n in (str(since), None))
    changes = differences(found, was, now, Causes(book, since, book.store.size))
    (records,) = (each.caused_by for each in changes if (each.row, each.column.name) == (row, column))
    return [record.index for record in records]


def test_of_a_correction_that_was_retracted_both_did_it(heard: Heard) -> None:
    """It was 40 MW; no, 30 MW; no, there was no outage. Without the retraction 30 MW would stand."""
    (first,) = heard.at("2026-09-01T00:00Z", OUT.format(derate=40))
    since = heard.book.store.size
    (second,) = heard.at("2026-09-02T00:00Z", f"{OUT.format(derate=30)} corrects=[{first.id}] reason=x")
    (third,) = heard.at(
        "2026-09-03T00:00Z", f"2026-07-01T00:00Z s1 event-retracted corrects=[{second.id}] reason=x"
    )
    assert causes(heard, since, "uptime", "block/s1/m1/mining", "epdh_s") == [second.index, third.index]


def test_of_a_chain_every_link_did_it(heard: Heard) -> None:
    """It was 40 MW; no, 30; no, 20; no, 10."""
    (tip,) = heard.at("2026-09-01T00:00Z", OUT.format(derate=40))
    since, links = heard.book.store.size, []
    for derate in (30, 20, 10):
        (tip,) = heard.at("2026-09-02T00:00Z", f"{OUT.format(derate=derate)} corrects=[{tip.id}] reason=x")
        links.append(tip.index)
    assert causes(heard, since, "uptime", "block/s1/m1/mining", "epdh_s") == links


@pytest.mark.parametrize(("report", "row"), [("protection", "d/ai/s1"), ("dispatch-performance", "d/s1")])
def test_what_cancelled_a_dispatch_took_its_row_away(heard: Heard, report: str, row: str) -> None:
    since = heard.book.store.size
    (cancelled,) = heard.at("2026-09-02T00:00Z", "2026-07-14T17:00Z s1 dispatch-cancelled dispatch=d")
    assert causes(heard, since, report, row, "dispatch_class") == [cancelled.index]


def test_a_late_retirement_before_the_window_took_the_row_of_its_block_away(heard: Heard) -> None:
    since = heard.book.store.size
    (retired,) = heard.at("2026-09-02T00:00Z", "2026-06-20T00:00Z s1 load-block-retired block=m1 cause=sold")
    assert causes(heard, since, "uptime", "block/s1/m1/mining", "ph_s") == [retired.index]


def test_a_payment_gives_its_year_a_row_of_what_was_given_up_too(heard: Heard) -> None:
    heard.at(
        "2026-09-02T00:00Z",
        "2026-06-01T00:00Z s1 commitment-made commitment=c counterparty=C instrument=pilot"
        " category=tax-payment comparator=at-least basis=cumulative periods=[2026] due_on=[2026-12-31]"
        " observed_on=[] cure_days=0 binding=true",
    )
    since = heard.book.store.size
    (paid,) = heard.at(
        "2026-09-02T00:00Z",
        "2026-07-02T00:00Z s1 payment-made commitment=c instalment=2026 paid_on=2026-07-02 amount=5USD"
        " receipt=r",
    )
    assert causes(heard, since, "benefit", "s1/2026", "abated_cents") == [paid.index]


def test_a_late_fact_is_one_more_row_of_an_incident_and_renumbers_no_other(heard: Heard) -> None:
    heard.at(
        "2026-09-02T00:00Z",
        "2026-07-01T00:00Z s1 incident-opened incident=i summary=x\n2026-07-01T09:00Z s1 incident-closed"
        " incident=i cause=x actions=[]",
    )
    since = heard.book.store.size
    (late,) = heard.at("2026-09-03T00:00Z", OUT.format(derate=40))
    book, report = heard.book, BY_NAME["incident"]
    was, now = (run_whole(book, report, Question(known_at=n)) for n in (str(since), None))
    changes = list(differences(report, was, now, Causes(book, since, book.store.size)))
    assert {each.row for each in changes} == {f"i/{late.id}", "i"}
    assert explain(book, report, now, f"i/{late.id}", "index").records == (late,)
    assert {each.caused_by for each in changes} == {(late,)}
