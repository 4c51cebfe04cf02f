"""Issuing: a report that leaves for a reader is itself a fact, with the hash of its JSON form.

The record stands in the stream of the reader's class, of the one site asked for, or of the fleet. A later issue of the same report, window
and filters supersedes an earlier one; ``restatements`` says what changed between them and since. Files that were said for its parameters
are kept as evidence, so that it can be made again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import MappingProxyType

from ledger.app.book import Book, Said
from ledger.app.parameters import Words, keep_documents
from ledger.errors import Refused
from ledger.events import CURRENT, ReportIssued
from ledger.records import Record, make_claim
from projections.render.jsonfile import render
from projections.tables import Report, Table


def issue(
    book: Book, report: Report, table: Table, recipient: str, said: Mapping[str, Words] = MappingProxyType({})
) -> Record:
    """The record of an issue; the same table issued again to the same recipient in the same second changes nothing."""
    keep_documents(book.directory, said)
    sites = [text.removeprefix("site=") for text in table.filters if text.startswith("site=")]
    claim = make_claim(
        CURRENT["report-issued"],
        book.now(),
        ReportIssued(
            report=table.report,
            definition_version=table.definition_version,
            tzdata=table.tzdata,
            start=table.start,
            stop=table.stop,
            tz=table.tz,
            as_of=table.as_of,
            known_at=table.known_at.size,
            filters=table.filters,
            content_sha256=hashlib.sha256(render(table)).hexdigest(),
            recipient=recipient,
        ),
        place=sites[0] if len(sites) == 1 else "fleet",
        disclosure=report.reader,
    )
    outcome = book.record([Said(claim, "report")])
    if outcome.problems:
        raise Refused(outcome.problems[0].message)
    return outcome.positions[0].record
