"""A spreadsheet that came as bytes, not as a file: read by its map as ``import events`` reads one, decided or
recorded as a whole, and kept as evidence when it is recorded.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from io import BytesIO
from typing import Final, NamedTuple

from ledger.app.book.batch import Outcome, Said
from ledger.app.book.book import Book
from ledger.app.book.evidence import keep_evidence
from ledger.app.imports.document import DocumentRead, SentDocument, read_document
from ledger.app.imports.known_site import site_zones
from ledger.app.imports.suggested_map import suggested_of
from ledger.errors import Malformed
from ledger.exchange.formats import Given
from ledger.exchange.sheets.mapped_sheets import MAP_SHEET, ZIP
from ledger.exchange.sheets.xlsx_sheets import Workbook

UNPACKED_MOST: Final = 16 << 20
"""Bytes that a workbook may have when it is unpacked: the command line takes larger ones."""


class Upload(NamedTuple):
    """A spreadsheet: its name and bytes, and the map of its columns; none where it carries its own."""

    name: str
    data: bytes
    map_text: str | None = None


def check_size(upload: Upload) -> None:
    """``Malformed`` for a workbook that unpacks to more than is read here."""
    if not upload.data.startswith(ZIP):
        return
    try:
        with zipfile.ZipFile(BytesIO(upload.data)) as packed:
            size = sum(one.file_size for one in packed.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise Malformed(f"{upload.name}: is no workbook; save it as .xlsx or .csv") from None
    if size > UNPACKED_MOST:
        raise Malformed(
            f"{upload.name}: unpacks to {size:,} bytes, more than {UNPACKED_MOST:,}; import it at the command"
            " line: wattledger import events"
        )


def carries_map(upload: Upload) -> bool:
    """Is it one of our templates?"""
    return upload.data.startswith(ZIP) and MAP_SHEET in Workbook(upload.data).names


def map_for(book: Book, upload: Upload) -> str:
    """The map that is suggested for its columns, to be completed."""
    return suggested_of(upload.data, upload.name, None, None, sorted(site_zones(book))).text


def read_upload(book: Book, upload: Upload) -> DocumentRead:
    """Its parsed rows; ``Malformed`` where the map or the file cannot be read at all."""
    given = Given(map_text=upload.map_text, map_name="the map")
    return read_document(book, SentDocument("events", upload.name, upload.data, given))


def take_upload(book: Book, upload: Upload, claims: Sequence[Said], *, dry_run: bool) -> Outcome:
    """Decide the claims of a spreadsheet; with ``dry_run`` nothing is kept, else the accepted are recorded."""
    if not dry_run:
        keep_evidence(book.directory, upload.data, upload.name)
    return book.record(claims, dry_run=dry_run, restate=True, judge=True)
