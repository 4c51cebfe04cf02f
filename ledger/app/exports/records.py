"""Records as JSON Lines, facts as story text and as CloudEvents.

JSON Lines are the leaves byte for byte, in the order of the log. With sections, each record that has some is
followed by a line for each that is still kept, ``{"index","name","salt","section"}``, as bundles disclose
them (PROOF 1). Story text and CloudEvents hold claimed facts: the ledger's own records are left out, and what
a section holds appears only where it is disclosed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ledger.app.book.book import Book
from ledger.app.exports.options import ExportOptions
from ledger.app.queries.record_filter import Lines, disclosed, listed
from ledger.exchange.cloudevents import encode, event_of
from ledger.records import leaf_format
from ledger.records.envelope import Record

FILTERS: Final = ("stream", "site", "from", "to", "after")
NEVER_ASKED: Final = ExportOptions()
PAGE: Final = 4096


def jsonl(book: Book, asked: ExportOptions) -> Iterator[bytes]:
    """Leaves, one a line, and the sections after their record."""
    if asked == NEVER_ASKED:
        size = book.store.size
        for index, leaf in enumerate(book.reads.leaves(0, size)):
            yield leaf + b"\n"
            if index % PAGE == 0:
                book.progress(index, size)
        return
    for record in wanted(book, asked):
        yield leaf_format.encode(record) + b"\n"
        if asked.sections and record.sections:
            for section in book.sections(record):
                yield leaf_format.disclosure(record.index, section.name, section.salt, section.data) + b"\n"


def last_checkpoint(book: Book, asked: ExportOptions) -> tuple[str, bytes] | None:
    """The newest signed checkpoint, for reading back an export that reaches the end of the log."""
    seal = book.store.last_seal()
    whole = asked._replace(sections=False, after=None) == NEVER_ASKED
    return (".checkpoint", seal.note) if whole and seal is not None else None


def story(book: Book, asked: ExportOptions) -> Iterator[bytes]:
    """Facts, one a line, in the zone of their site."""
    lines = Lines(book, as_json=False)
    for record in wanted(book, asked):
        if record.place != "ledger":
            yield lines.story(record, sections=asked.sections).encode() + b"\n"


def cloudevents(book: Book, asked: ExportOptions) -> Iterator[bytes]:
    """Facts as one batch of CloudEvents."""
    begun = b"[\n"
    for event in _events(book, asked):
        yield begun + event
        begun = b",\n"
    yield b"[]\n" if begun == b"[\n" else b"\n]\n"


def cloudevents_lines(book: Book, asked: ExportOptions) -> Iterator[bytes]:
    """Facts as CloudEvents, one a line."""
    yield from (event + b"\n" for event in _events(book, asked))


def _events(book: Book, asked: ExportOptions) -> Iterator[bytes]:
    for record in wanted(book, asked):
        if record.place != "ledger":
            _, body = disclosed(book, record, sections=asked.sections)
            yield encode(event_of(record, body, book.config.origin))


def wanted(book: Book, asked: ExportOptions) -> Iterator[Record]:
    """The records that pass the filters, as they are stored, oldest first, with progress reports."""
    size = book.store.size
    for done, record in enumerate(listed(book, asked.filter(book))):
        yield record
        if done % PAGE == 0:
            book.progress(record.index, size)
