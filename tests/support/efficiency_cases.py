"""The efficiency report asked about a story of one block, for the tests of the report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ledger.records.envelope import Record
from projections.engine.report import Answer
from projections.reports.efficiency import REPORT
from tests.support import report_answers
from tests.support.report_answers import Line, between
from tests.support.story_facts import told

EH = 10**9  # GH/s in one EH/s
MW = 10**6

BLOCK = """
2026-01-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[a]
"""


def answer(records: Sequence[Record], period: str, **said: Any) -> Answer:
    return report_answers.answer(REPORT, records, period, **said)


def lines(text: str | Sequence[Record], period: str = "2026-07-14", **said: Any) -> dict[str, Line]:
    """Rows by name; a text is about the block that was commissioned before."""
    return report_answers.lines(REPORT, told(BLOCK + text) if isinstance(text, str) else text, period, **said)


__all__ = ["BLOCK", "EH", "MW", "Line", "answer", "between", "lines"]
