"""A document of an outside format that came as bytes, not as a file: parsed beside the book as ``import`` parses one,
decided or recorded as a whole, and kept as evidence when it is recorded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from ledger.app.book.batch import Outcome, Said
from ledger.app.book.book import Book
from ledger.app.book.evidence import keep_evidence
from ledger.app.imports.import_session import ImportContext
from ledger.app.imports.source_files import said
from ledger.errors import Problem
from ledger.exchange.formats import Given, format_named


class SentDocument(NamedTuple):
    """The name of its format, its own name and bytes, and the options beside it."""

    format: str
    name: str
    data: bytes
    given: Given


class DocumentRead(NamedTuple):
    """A parsed document: claims with their rows, malformed rows, and notes."""

    claims: tuple[Said, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]


def read_document(book: Book, document: SentDocument) -> DocumentRead:
    """Its parsed rows; ``Malformed`` where it cannot be read at all."""
    form = format_named(document.format)
    context = ImportContext.of(book, form, document.given, [document.data])
    digest = hashlib.sha256(document.data).hexdigest()
    read = form.read(iter([document.data]), document.name, digest, context.given)
    parts = list(context.settle((document.name, part) for part in read))
    return DocumentRead(
        tuple(claim for source, part in parts for claim in said(source, part)),
        tuple(problem for _, part in parts for problem in part.problems),
        tuple(note for _, part in parts for note in part.notes),
    )


def take_document(
    book: Book, document: SentDocument, claims: Sequence[Said], *, dry_run: bool, restate: bool
) -> Outcome:
    """Decide the claims, all or none; with ``dry_run`` nothing is kept. With ``restate`` readings that differ from
    those on record become corrections of them.
    """
    if not dry_run:
        keep_evidence(book.directory, document.data, document.name)
    return book.record(claims, atomic=True, dry_run=dry_run, restate=restate, judge=dry_run)
