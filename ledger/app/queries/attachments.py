"""The records that a report was made from, as a file beside it, for formats that carry files (PDF).

They are the leaves, byte for byte, one a line, in the order of the log: of the streams that the report
declares, the kinds it listens to and what corrects or retracts them, up to the window's end and as known
then; of a report that cites records, those. What sections hold is left out. Only up to ``MOST``: a
longer list is no use on paper, and ``wattledger export jsonl`` gives it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from ledger.app.book.book import Book
from ledger.app.queries.report_run import ReportRun, declared_streams, registry_at
from ledger.kinds import BY_TAG, EventRetracted
from ledger.records import leaf_format
from ledger.records.envelope import Record
from projections.engine.report import Report
from projections.engine.table import Attachment, Table

MOST: Final = 2_000


def records(book: Book, report: Report, run: ReportRun) -> tuple[Attachment, ...]:
    """The file of records; none where there are none, or too many."""
    behind = _cited(book, report, run.table) if report.cites else _heard(book, report, run)
    found = list(islice(behind, MOST + 1))
    if not 0 < len(found) <= MOST:
        return ()
    data = b"".join(leaf_format.encode(each) + b"\n" for each in sorted(found, key=lambda each: each.index))
    said = f"The {len(found):,} records it was made from, byte for byte as they are in the log, one a line"
    return (Attachment("records.jsonl", "application/jsonl", said, data, "source"),)


def _cited(book: Book, report: Report, table: Table) -> Iterator[Record]:
    places = [n for n, column in enumerate(table.columns) if column.name in report.cites]
    said = " ".join(str(row[n]) for row in table.rows for n in places if row[n] is not None)
    return (leaf_format.decode(book.reads.leaf(index)) for index in sorted({*map(int, said.split())}))


def _heard(book: Book, report: Report, run: ReportRun) -> Iterator[Record]:
    size, as_of = run.table.known_at.size, run.table.as_of
    last = min(run.table.stop, as_of)
    registry = registry_at(book, size)
    heard = {EventRetracted, *(fact for kind in report.row_kinds for fact in kind.facts)}
    for name in declared_streams(report, registry, run.scope.sites):
        for record in book.stream_records(registry.numbers[name], read=leaf_format.decode):
            if record.index < size and record.at <= last and BY_TAG[record.kind].body in heard:
                yield record
