"""The list of output formats: one line each. A renderer turns a Table into bytes and knows no report.

``pieces`` or ``render`` of a format's module is loaded when it is called: a terminal's text needs neither drawings nor
archives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from importlib.util import find_spec
from typing import Final, NamedTuple

from ledger.errors import Malformed
from projections.engine.table import Table

MOST_ROWS: Final = 1_000_000
"""Rows of a page or of a PDF, to which the whole report is attached: no browser or viewer opens more."""


class ReportFormat(NamedTuple):
    """One format: its name on the command line, the ending of its files, its media type, its renderer.

    ``width`` is the number of columns of a terminal; formats that are not for one ignore it. ``binary``: its
    bytes are for a file, never for a terminal. ``extra`` is the optional dependency it needs,
    ``wattledger[docx]``, and the module that this brings. ``most_rows`` is the most that a file of it can hold for
    the programs that read it (None: no limit); such a file is made in memory, as a whole.
    """

    name: str
    ending: str
    media_type: str
    made: Callable[[Table, int], Iterable[bytes]]
    binary: bool = False
    extra: str | None = None
    most_rows: int | None = None

    def render(self, table: Table, width: int = 100) -> bytes:
        """The table's bytes; the same for the same table and width."""
        return b"".join(self.pieces(table, width))

    def pieces(self, table: Table, width: int = 100) -> Iterable[bytes]:
        """The same bytes piece by piece: text, JSON, CSV and XLSX hold a part of the rows at a time, so that a
        report of millions of rows does not need memory for them. ``Malformed``, before anything is made, where the
        table has more rows than the format takes.
        """
        if self.most_rows is not None and len(table.rows) > self.most_rows:
            raise Malformed(
                f"{self.name} takes {self.most_rows:,} rows at most, and {table.report} has {len(table.rows):,}:"
                " use csv, json or xlsx, or a shorter window"
            )
        return self.made(table, width)

    @property
    def installed(self) -> bool:
        """True where its optional dependency is installed."""
        return self.extra is None or find_spec(self.extra) is not None


def _by(module: str, *, in_width: bool = False) -> Callable[[Table, int], Iterable[bytes]]:
    """The renderer of a module of this room that takes rows as they come."""

    def made(table: Table, width: int) -> Iterable[bytes]:
        renderer = import_module(f"projections.render.{module}").pieces
        pieces: Iterable[bytes] = renderer(table, width) if in_width else renderer(table)
        return pieces

    return made


def _whole(module: str, *, listed: bool = True) -> Callable[[Table, int], Iterable[bytes]]:
    """The renderer of a module that makes the whole in memory; one that goes through the rows many times gets them
    ``listed``.
    """

    def made(table: Table, width: int) -> Iterable[bytes]:
        given = table._replace(rows=tuple(table.rows)) if listed else table
        return (import_module(f"projections.render.{module}").render(given),)

    return made


FORMATS: Final = (
    ReportFormat("text", "txt", "text/plain; charset=utf-8", _by("text", in_width=True)),
    ReportFormat("json", "json", "application/json", _by("json_file")),
    ReportFormat("csv", "csv", "text/csv; charset=utf-8; header=present", _by("csv_file")),
    ReportFormat("html", "html", "text/html; charset=utf-8", _whole("html"), most_rows=MOST_ROWS),
    ReportFormat(
        "xlsx",
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _by("xlsx"),
        binary=True,
    ),
    ReportFormat(
        "docx",
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        _whole("docx_file", listed=False),
        binary=True,
        extra="docx",
    ),
    ReportFormat("pdf", "pdf", "application/pdf", _whole("pdf"), binary=True, most_rows=MOST_ROWS),
)

BY_NAME: Final = {form.name: form for form in FORMATS}
BY_ENDING: Final = {form.ending: form for form in FORMATS}
