"""Explanations read as the report reads: in plain words, on the clocks of its zone."""

from __future__ import annotations

from ledger.app.cli.wording import explanation_lines
from ledger.app.queries.explanation import explain
from ledger.app.queries.log_view import run_whole
from ledger.app.queries.report_run import Question
from projections.reports.catalogue import BY_NAME
from tests.support.row_replay import Heard

KNOWN = """
2026-06-01T09:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[p] site_class=training
2026-06-01T10:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[A]
2026-06-01T11:00Z s1 commitment-made commitment=pilot counterparty=C instrument=pilot category=tax-payment target=80000 unit=USD comparator=at-least basis=cumulative periods=[2026] due_on=[2026-06-02] observed_on=[] cure_days=0 binding=true
2026-06-01T11:05Z s1 payment-scheduled commitment=pilot instalment=2026 due_on=2026-06-02 amount=80000.00USD
2026-06-03T18:00Z s1 dispatch-notified dispatch=d7 dispatch_class=emergency mode=reduce-by target=80MW start=2026-06-03T19:00Z stop=2026-06-03T21:00Z
"""


def explained(heard: Heard, report: str, row: str) -> list[str]:
    run = run_whole(heard.book, BY_NAME[report], Question(sites=("s1",), tz="America/New_York"))
    found = explain(heard.book, BY_NAME[report], run, row, None)
    return list(explanation_lines(found, "", lambda record: "", every=True))


def test_a_cell_is_explained_in_the_words_that_the_report_shows(heard: Heard) -> None:
    """The report says "in default"; the definition beside the figure names the stored word, so both are shown."""
    (line,) = [
        line for line in explained(heard, "payments", "pilot/s1/2026") if line.startswith("  Status = ")
    ]
    assert line.startswith("  Status = in default, 90 days overdue (IN_DEFAULT): ")


def test_an_instant_is_explained_on_the_clocks_of_the_report(heard: Heard) -> None:
    lines = explained(heard, "dispatch-performance", "d7/s1")
    assert any(line.startswith("  Start = 2026-06-03 15:00 -04:00: ") for line in lines)
