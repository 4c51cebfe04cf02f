"""Row kind ``issue``: every time one report left for a reader.

Key (place, class, report, start, stop, zone, filters): issues of one key follow each other, a later one supersedes the earlier. The row is
a tuple of issues in order of (at, pos).
"""

from __future__ import annotations

from bisect import insort
from typing import Final

from ledger.calendar import instant_s
from ledger.events import ReportIssued
from ledger.records import Record
from projections.facts.commitments import Said
from projections.fold import Key, RowKind, bears_all


def key(record: Record) -> Key:
    """(place, class, report, start, stop, zone, filters)."""
    body = record.body
    assert isinstance(body, ReportIssued), record.kind
    place, _, reader = record.stream.partition("/")
    return (place, reader, body.report, body.start or "", body.stop or "", body.tz, " ".join(body.filters))


def evolve(row: tuple[Said, ...] | None, record: Record) -> tuple[Said, ...]:
    """The issues with one more at its place by (at, pos)."""
    issues = list(row or ())
    insort(issues, Said(instant_s(record.at), record.pos, record.body), key=lambda issue: issue[:2])
    return tuple(issues)


ISSUE: Final = RowKind(
    "issue",
    1,
    ("place", "class", "report", "start", "stop", "tz", "filters"),
    (ReportIssued,),
    key,
    evolve,
    bears_all,
)
