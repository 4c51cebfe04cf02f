"""``erase``: a section of a record is deleted for ever, and the log says so; the record and its proofs stay valid (PROOF 1).

Deleted are section and salt, the read models (rows, register and tables made from it; they are made again without it), and if asked the document
it was read from. The write-ahead log is merged and emptied, so that no file of the book holds the bytes. Copies that left the book (backups,
exports, bundles, reports on paper) are out of reach.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from msgspec import UNSET

from ledger import events as e
from ledger.app.book import Book, Said
from ledger.app.evidence import FOLDER
from ledger.app.files import wipe
from ledger.app.listing import index_said
from ledger.app.query import registry_at
from ledger.errors import Malformed, Refused
from ledger.events import CURRENT
from ledger.records import Record, make_claim


class Erased(NamedTuple):
    """What was done: of which record which section, the record that says so, and the document it was read from, if it is kept still."""

    target: int
    section: str
    record: int
    repeated: bool
    document: str | None


def erase(book: Book, said: str, section: str | None, reason: str, *, evidence: bool) -> Erased:
    """Delete a section of the record that an index or id names; asked again it only makes sure."""
    index = index_said(book, said, "RECORD")
    target = book.record_at(index)
    name = _section(target, section)
    found = _erasure(book, target, name)
    if found is None:
        claim = make_claim(
            CURRENT["section-erased"],
            book.now(),
            e.SectionErased(target=target.id, section=name),
            place=target.place,
            disclosure=target.stream.partition("/")[2],
            reason=reason,
        )
        outcome = book.record([Said(claim, "erase")])
        if outcome.problems:
            raise Refused(outcome.problems[0].message)
        record = outcome.positions[0].record
    else:
        record = found
        assert isinstance(record.body, e.SectionErased), "found as one"
        book.delete_section(record.body)
    documents = _documents(book, target)
    if evidence and documents:
        with book.store.writing():
            for digest in {path.name[:64] for path in documents}:
                book.store.let_go(digest)
        for path in documents:
            wipe(path)
    kept = None if evidence or not documents else str(documents[0])
    return Erased(index, name, record.index, found is not None, kept)


def _section(target: Record, said: str | None) -> str:
    names = sorted(target.sections or ())
    if not names:
        raise Malformed(
            f"record {target.index} has no sections: all it says is in its leaf, which is for ever"
        )
    if said is None and len(names) == 1:
        return names[0]
    if said not in names:
        raise Malformed(
            f"--section must be one of those that record {target.index} has, {', '.join(names)}: {said!r}"
        )
    return said


def _erasure(book: Book, target: Record, section: str) -> Record | None:
    """The record that erased it before."""
    number = registry_at(book, book.store.size).numbers[target.stream]
    wanted = e.SectionErased(target=target.id, section=section)
    return next((record for record in book.stream_records(number) if record.body == wanted), None)


def _documents(book: Book, target: Record) -> list[Path]:
    digest = UNSET if target.source is UNSET else target.source.sha256
    return [] if digest is UNSET else sorted((book.directory / FOLDER).glob(f"{digest}*"))
