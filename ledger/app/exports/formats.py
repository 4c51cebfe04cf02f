"""The list of formats that a book can be exported in: one line each. The command line and its help are made
from it.

A format that is one stream of bytes gives ``pieces``; one that is a folder of files writes them with
``folder``. Both read the book's records checked against the root that was kept (``Tampered``). To add one: a
module here or in ``ledger/exchange``, and a line in ``FORMATS``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from ledger.app.book.book import Book
from ledger.app.exports import greenbutton, openadr, parquet, records, tiles
from ledger.app.exports.options import ExportOptions
from ledger.errors import Malformed, no_such

Pieces = Callable[[Book, ExportOptions], Iterator[bytes]]
Folder = Callable[[Book, ExportOptions, Path], str]
Beside = Callable[[Book, ExportOptions], tuple[str, bytes] | None]


class ExportFormat(NamedTuple):
    """An export format: its name, what it is, the options it takes (fields of ``ExportOptions``), and how it
    is written.

    ``folder`` writes into an empty folder and returns what it wrote, in words. ``beside`` gives the ending
    and the bytes of a file that goes with one that is written, None where there is none.
    """

    name: str
    summary: str
    takes: tuple[str, ...]
    pieces: Pieces | None = None
    folder: Folder | None = None
    beside: Beside | None = None

    def check(self, asked: ExportOptions) -> None:
        """Refuse an option that is not for this format (``Malformed`` names it)."""
        for name in sorted(set(asked.said()) - set(self.takes)):
            raise Malformed(f"export {self.name} takes no --{name}")


FORMATS: Final = (
    ExportFormat(
        "jsonl",
        "records as they are stored, byte for byte, one a line; restore reads them back",
        (*records.FILTERS, "sections"),
        pieces=records.jsonl,
        beside=records.last_checkpoint,
    ),
    ExportFormat(
        "story",
        "facts as story text, one a line; record takes them into another book",
        (*records.FILTERS, "sections"),
        pieces=records.story,
    ),
    ExportFormat(
        "cloudevents",
        "facts as a batch of CloudEvents 1.0.2; import cloudevents reads them back",
        (*records.FILTERS, "sections"),
        pieces=records.cloudevents,
    ),
    ExportFormat(
        "cloudevents-lines",
        "facts as CloudEvents 1.0.2, one a line",
        (*records.FILTERS, "sections"),
        pieces=records.cloudevents_lines,
    ),
    ExportFormat(
        "openadr",
        "OpenADR 3.1.0 reports: usage of the programs' meters during a site's dispatches",
        (*openadr.FILTERS, "client"),
        pieces=openadr.reports,
    ),
    ExportFormat(
        "openadr-events",
        "OpenADR 3.1.0 events: a site's dispatches as they stand; read them with --relative reduce-by",
        openadr.FILTERS,
        pieces=openadr.events,
    ),
    ExportFormat(
        "greenbutton",
        "Green Button (ESPI 4.0): the readings of one meter as they stand",
        greenbutton.FILTERS,
        pieces=greenbutton.greenbutton,
    ),
    ExportFormat(
        "parquet",
        "facts as Parquet, a folder with one typed table per kind (extra: wattledger[parquet])",
        (*records.FILTERS, "sections"),
        folder=parquet.folder,
    ),
    ExportFormat(
        "tiles",
        "the sealed log as static files, C2SP tlog-tiles, for other people's tools",
        (),
        folder=tiles.folder,
    ),
    ExportFormat(
        "tlog-proof",
        "proof that one record is in the newest checkpoint, C2SP tlog-proof",
        ("record",),
        tiles.proof,
    ),
    ExportFormat(
        "tlog-witness",
        "request to a witness to cosign the newest checkpoint, C2SP tlog-witness",
        ("since",),
        tiles.witness_request,
    ),
)

BY_NAME: Final = {form.name: form for form in FORMATS}


def format_named(name: str) -> ExportFormat:
    """A format of the list; ``Malformed`` lists them."""
    if name not in BY_NAME:
        raise no_such("export format", name, BY_NAME)
    return BY_NAME[name]
