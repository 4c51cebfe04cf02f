"""``erase``: a section of a record is deleted for ever, and the log records it; the record and its proofs
stay valid (PROOF 1).

Deleted are section and salt, the hashes of reports that may print it (each a section of the report-issued
record), the read models (rows, register and tables made from it; they are made again without it), and if
asked the document it was read from. The write-ahead log is merged and emptied, so that no file of the book
holds the bytes. One append records all of it; what a crash leaves undone is finished by the next opening
(``unfinished``). Copies that left the book (backups, exports, bundles, reports on paper) are out of reach;
those beside it are named (``copies``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from msgspec import UNSET

from ledger import kinds
from ledger.app.book import unfinished
from ledger.app.book.book import Book, Said
from ledger.app.delivery.issue import reads_sections, sites_of
from ledger.app.maintenance.copies import Copies, beside
from ledger.app.queries.record_filter import index_said
from ledger.app.queries.report_run import Registry, declared_streams, registry_at
from ledger.errors import Malformed, Refused
from ledger.kinds import CURRENT
from ledger.records.envelope import Claim, Record, make_claim
from projections.reports.catalogue import BY_NAME, REPORTS


class Issued(NamedTuple):
    """A report that was issued, by its record; ``erased_by`` is the record of its hash's erasure."""

    record: int
    report: str
    recipient: str
    erased_by: int | None = None

    def json(self) -> dict[str, Any]:
        """JSON members; values that are not set are left out."""
        return {name: value for name, value in self._asdict().items() if value is not None}


class Erased(NamedTuple):
    """Result of an erasure: the record and the section, the record of the erasure, and the document it was
    read from, if that is still kept.

    ``issued_erased`` are the reports whose hash was erased with it, ``issued_unsalted`` those whose hash is
    in the leaf and stays, ``source_sha256`` is that of the document, which the leaf keeps, ``copies`` those
    found beside the book.
    """

    target: int
    section: str
    record: int
    repeated: bool
    document: str | None
    issued_erased: tuple[Issued, ...] = ()
    issued_unsalted: tuple[Issued, ...] = ()
    source_sha256: str | None = None
    copies: Copies = Copies()

    def json(self) -> dict[str, Any]:
        """For machines."""
        return {
            **self._asdict(),
            "issued_erased": [issued.json() for issued in self.issued_erased],
            "issued_unsalted": [issued.json() for issued in self.issued_unsalted],
            "copies": [{"path": str(copy.path), "what": copy.what} for copy in self.copies.found],
        }


class _Wanted(NamedTuple):
    """A section to be erased, and the record of its erasure, if there is one."""

    target: Record
    section: str
    by: Record | None

    def claim(self, book: Book, reason: str) -> Claim:
        """The erasure as a claim."""
        return make_claim(
            CURRENT["section-erased"],
            book.now(),
            kinds.SectionErased(target=self.target.id, section=self.section),
            place=self.target.place,
            disclosure=self.target.stream.partition("/")[2],
            reason=reason,
        )


def erase(book: Book, said: str, section: str | None, reason: str, *, evidence: bool) -> Erased:
    """Delete a section of the record that an index or id names; a repeated call only makes sure that it is
    gone.
    """
    index = index_said(book, said, "RECORD")
    target = book.record_at(index)
    name = _section(target, section)
    source = None if target.source is UNSET or target.source.sha256 is UNSET else target.source.sha256
    with book.writing():
        wanted, unsalted = _wanted(book, target, name)
        by = _erase(book, wanted, reason, (source,) if source and evidence else ())
    kept = unfinished.document_files(book.directory, source) if source else []
    return Erased(
        index,
        name,
        by[0],
        wanted[0].by is not None,
        str(kept[0]) if kept else None,
        tuple(_issued(one.target, record) for one, record in zip(wanted[1:], by[1:], strict=True)),
        tuple(map(_issued, unsalted)),
        source,
        beside(book.directory, book.config.origin, index, name),
    )


def _erase(book: Book, wanted: Sequence[_Wanted], reason: str, documents: Sequence[str]) -> list[int]:
    """Record the erasures not yet on record, all in one append, and erase everything; return the record of
    each."""
    claims = [one.claim(book, reason) for one in wanted]
    ids = [str(claim.id if one.by is None else one.by.id) for one, claim in zip(wanted, claims, strict=True)]
    unfinished.begin(book.directory, dict.fromkeys(ids, ()) | {ids[0]: documents})
    try:
        said = [Said(claim, "erase") for claim in claims if claim.id in ids]
        problems = book.record(said, atomic=True).problems if said else ()
        if problems:
            raise Refused(problems[0].message)
    except Refused:
        unfinished.finish(book)
        raise
    unfinished.finish(book)
    return [index_said(book, id_, "an erasure") for id_ in ids]


def _section(target: Record, said: str | None) -> str:
    names = sorted(target.sections or ())
    if not names:
        raise Malformed(
            f"record {target.index} has no sections: its whole content is in its leaf, which is permanent"
        )
    if said is None and len(names) == 1:
        return names[0]
    if said not in names:
        raise Malformed(
            f"--section must be one of those that record {target.index} has, {', '.join(names)}: {said!r}"
        )
    return said


def _wanted(book: Book, target: Record, section: str) -> tuple[list[_Wanted], list[Record]]:
    """The section and the hashes of the reports that may print it; the records of those reports whose hash is
    in the leaf.
    """
    registry = registry_at(book, book.store.size)
    streams = _streams_of_issues(target, registry)
    erasures = {
        (record.body.target, record.body.section): record
        for name in dict.fromkeys((target.stream, *streams))
        for record in book.stream_records(registry.numbers[name])
        if isinstance(record.body, kinds.SectionErased)
    }
    by = erasures.get((target.id, section))
    kept = section in {one.name for one in book.store.read_sections(target.index)}
    stop = book.store.size if by is None or kept else by.index  # once it is gone no report prints it
    issues = [
        record
        for name in streams
        for record in book.stream_records(registry.numbers[name])
        if target.index < record.index < stop and _may_print(record, target, registry)
    ]
    wanted = [_Wanted(target, section, by)]
    wanted += [
        _Wanted(record, name, erasures.get((record.id, name)))
        for record in issues
        for name in sorted(record.sections or ())
    ]
    return wanted, [record for record in issues if not record.sections]


def _streams_of_issues(target: Record, registry: Registry) -> list[str]:
    """The streams that hold issues of reports that read the target's: of its site or the fleet, of the class
    of their readers.
    """
    place, _, disclosure = target.stream.partition("/")
    readers = {r.reader: None for r in REPORTS if reads_sections(r) and disclosure in r.classes}
    names = dict.fromkeys(f"{where}/{reader}" for where in (place, "fleet") for reader in readers)
    return [name for name in names if name in registry.numbers]


def _may_print(record: Record, target: Record, registry: Registry) -> bool:
    """True where it is the issue of a report that may print what a section of the target holds."""
    body = record.body
    if not isinstance(body, kinds.ReportIssued) or isinstance(target.body, kinds.ReportIssued):
        return False
    report = BY_NAME.get(body.report)
    if report is None:
        return body.known_at > target.index
    ends = (body.as_of, body.as_of if body.stop is UNSET else body.stop)
    seen = report.asking is not None or target.at <= min(
        ends
    )  # what is asked of the log has windows of its own
    return (
        reads_sections(report)
        and body.known_at > target.index
        and seen
        and target.stream in declared_streams(report, registry, sites_of(body.filters) or registry.sites)
    )


def _issued(record: Record, erased_by: int | None = None) -> Issued:
    assert isinstance(record.body, kinds.ReportIssued), "found as one"
    return Issued(record.index, record.body.report, record.body.recipient, erased_by)
