"""The list of output formats: one line each. A renderer turns a Table into bytes and knows no report."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Final, NamedTuple

from projections.engine.table import Table
from projections.render import csv_file, docx_file, html, json_file, pdf, text, xlsx


class ReportFormat(NamedTuple):
    """One format: its name on the command line, the ending of its files, its media type, its renderer.

    ``width`` is the number of columns of a terminal; formats that are not for one ignore it. ``binary``: its
    bytes are for a file, never for a terminal. ``extra`` is the optional dependency it needs,
    ``wattledger[docx]``, and the module that this brings.
    """

    name: str
    ending: str
    media_type: str
    render_table: Callable[[Table, int], bytes]
    binary: bool = False
    extra: str | None = None

    def render(self, table: Table, width: int = 100) -> bytes:
        """The table's bytes; the same for the same table and width."""
        return self.render_table(table, width)

    @property
    def installed(self) -> bool:
        """True where its optional dependency is installed."""
        return self.extra is None or find_spec(self.extra) is not None


FORMATS: Final = (
    ReportFormat("text", "txt", "text/plain; charset=utf-8", text.render),
    ReportFormat("json", "json", "application/json", lambda table, _: json_file.render(table)),
    ReportFormat(
        "csv", "csv", "text/csv; charset=utf-8; header=present", lambda table, _: csv_file.render(table)
    ),
    ReportFormat("html", "html", "text/html; charset=utf-8", lambda table, _: html.render(table)),
    ReportFormat(
        "xlsx",
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        lambda table, _: xlsx.render(table),
        binary=True,
    ),
    ReportFormat(
        "docx",
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        lambda table, _: docx_file.render(table),
        binary=True,
        extra="docx",
    ),
    ReportFormat("pdf", "pdf", "application/pdf", lambda table, _: pdf.render(table), binary=True),
)

BY_NAME: Final = {form.name: form for form in FORMATS}
BY_ENDING: Final = {form.ending: form for form in FORMATS}
