"""Row kind ``issue``: every issue of one report to a reader.

Key (place, class, report, start, stop, zone, filters): issues of one key follow each other, a later one
supersedes the earlier. The row is a tuple of issues in order of (at, pos).
"""

from __future__ import annotations

from typing import Final

from ledger.kinds import ReportIssued
from ledger.records.envelope import Record
from projections.engine.fold import Key
from projections.rows.fact_rows import fact_rows


def key(record: Record) -> Key:
    """(place, class, report, start, stop, zone, filters)."""
    body = record.body
    assert isinstance(body, ReportIssued), record.kind
    place, _, reader = record.stream.partition("/")
    return (place, reader, body.report, body.start or "", body.stop or "", body.tz, " ".join(body.filters))


ISSUE: Final = fact_rows(
    "issue",
    2,
    ("place", "class", "report", "start", "stop", "tz", "filters"),
    (ReportIssued,),
    key=key,
)
