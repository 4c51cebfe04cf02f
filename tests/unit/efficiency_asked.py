"""The efficiency report asked about a story: its rows by name, for the tests of the report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ledger import calendar
from ledger.calendar import Window
from ledger.records import Record
from projections.efficiency import REPORT
from projections.fold import replay
from projections.tables import Answer, Scope
from tests.unit.told import told

Line = dict[str, Any]

EH = 10**9  # GH/s in one EH/s
MW = 10**6

BLOCK = """
2026-01-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[a]
"""


def answer(
    records: Sequence[Record],
    period: str,
    tz: str = "UTC",
    sites: tuple[str, ...] = (),
    blocks: tuple[str, ...] = (),
) -> Answer:
    window = calendar.period(period, calendar.zone(tz)) if "/" not in period else between(period)
    places = sites or tuple(sorted({record.place for record in records}))
    scope = Scope(window, window.stop_s, places, blocks, tz, dict.fromkeys(places, tz))
    return REPORT.compute(replay(records, REPORT.row_kinds), scope)


def between(said: str) -> Window:
    start, stop = said.split("/")
    return Window(*(calendar.instant_s(calendar.parse_instant(text)) for text in (start, stop)))


def lines(text: str | Sequence[Record], period: str = "2026-07-14", **asked: Any) -> dict[str, Line]:
    """Rows by their key columns joined by ``/``, as ``explain --row`` names them."""
    records = told(BLOCK + text) if isinstance(text, str) else text
    names = [column.name for column in REPORT.columns]
    rows = [dict(zip(names, row, strict=True)) for row in answer(records, period, **asked).rows]
    return {"/".join(row[n] for n in names[: REPORT.keys] if row[n] is not None): row for row in rows}
