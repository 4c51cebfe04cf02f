"""The log as static files: C2SP tlog-tiles (hash tiles of height 8, entry bundles, the checkpoint); one
record as a C2SP tlog-proof; the request to a witness (C2SP tlog-witness).

All are of the newest signed checkpoint, with the cosignatures that are kept of it. ``checkpoint`` is written
last: a folder without it is not finished. Entries are leaves, so what sections hold is not in them. A
tlog-proof carries the record's bytes as its extra data, so that it can be checked alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ledger.app.book.book import Book
from ledger.app.exports.options import ExportOptions
from ledger.app.host.files import write_durably
from ledger.app.proofs import log_proofs
from ledger.app.proofs.cosignatures import request_since
from ledger.app.proofs.log_proofs import sealed
from ledger.app.proofs.log_tiles import files_since
from ledger.app.queries.record_filter import index_said
from ledger.errors import Malformed
from ledger.log.witness import format_request
from ledger.store.checked_reads import check_root


def folder(book: Book, asked: ExportOptions, place: Path) -> str:
    """Write entries and tiles, then the checkpoint."""
    checkpoint, note = sealed(book)
    check_root(book.store, checkpoint.size, checkpoint.root)
    files = 0
    for path, data in files_since(book, 0, checkpoint.size):
        _write(place / path, data)
        files += 1
    write_durably(place / "checkpoint", note)
    return f"{checkpoint.size:,} entries in {files + 1:,} files"


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def proof(book: Book, asked: ExportOptions) -> Iterator[bytes]:
    """One record's inclusion in the newest checkpoint."""
    if asked.record is None:
        raise Malformed("export tlog-proof needs --record: an index or an id")
    yield log_proofs.inclusion(book, index_said(book, asked.record, "--record")).text()


def witness_request(book: Book, asked: ExportOptions) -> Iterator[bytes]:
    """Request to a witness that cosigned some number of records last."""
    yield format_request(request_since(book, asked.since or 0))
