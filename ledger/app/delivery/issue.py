"""Issuing: a report that leaves for a reader is itself a fact, with the hash of its JSON form.

The record stands in the stream of the reader's class, of the one site asked for, or of the fleet. A later
issue of the same report, window and filters supersedes an earlier one; ``restatements`` lists what changed
between them and since. Files given for its parameters are kept as evidence, so that it can be made
again.

The hash of a report that is made from sections would let an erased value be guessed: whoever knows the rest
of the report tries values until the hash is met. So it is kept in a section of its own, and erased with what
the report prints (``erasing``).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ledger.app.book.book import Book, Said
from ledger.app.queries.parameters import Words, keep_documents
from ledger.app.queries.report_run import declared_streams, registry_at
from ledger.errors import Conflict, Refused
from ledger.kinds import CURRENT, ReportIssued, SectionErased
from ledger.records.envelope import Record, make_claim
from projections.engine.report import Report
from projections.engine.table import Table
from projections.render.provenance import content_sha256


def issue(
    book: Book,
    report: Report,
    table: Table,
    recipient: str,
    said: Mapping[str, Words] = MappingProxyType({}),
    digest: str | None = None,
) -> Record:
    """Record an issue and return its record; the same table issued again to the same recipient in the same
    second changes nothing. ``digest`` is the table's hash where it is known already.

    ``Conflict`` where a section was erased after the table was made from what this handle sees.
    """
    keep_documents(book.directory, said)
    sites = sites_of(table.filters)
    digest, size = digest or content_sha256(table), book.store.size
    with book.writing():
        _check_unerased(book, report, size)
        salted = _is_of_sections(book, report, table)
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
                recipient=recipient,
                **{"salted_content_sha256" if salted else "content_sha256": digest},
            ),
            place=sites[0] if len(sites) == 1 else "fleet",
            disclosure=report.reader,
        )
        outcome = book.record([Said(claim, "report")])
    if outcome.problems:
        raise Refused(outcome.problems[0].message)
    return outcome.positions[0].record


def sites_of(filters: tuple[str, ...]) -> tuple[str, ...]:
    """The sites that a report was limited to; none for all."""
    return tuple(text.removeprefix("site=") for text in filters if text.startswith("site="))


def reads_sections(report: Report) -> bool:
    """True where a report can print what a section holds, itself or from its queries of the log."""
    return report.sections or report.asking is not None


def _is_of_sections(book: Book, report: Report, table: Table) -> bool:
    """True where a section is kept that the table may be made from."""
    if not reads_sections(report):
        return False
    size = table.known_at.size
    registry = registry_at(book, size)
    names = declared_streams(report, registry, sites_of(table.filters) or registry.sites)
    return book.store.keeps_sections([registry.numbers[name] for name in names], size)


def _check_unerased(book: Book, report: Report, size: int) -> None:
    """``Conflict`` where a section was erased by one of the records that others appended meanwhile."""
    if not reads_sections(report) or book.store.size == size:
        return
    for record in book.records(size):
        if isinstance(record.body, SectionErased):
            raise Conflict(
                f"a section was erased while {report.name} was made (record {record.index}): make the report"
                " again"
            )
