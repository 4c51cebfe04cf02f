"""The list of output formats: one line each. A renderer turns a Table into bytes and knows no report.

``render`` of a format's module is loaded when it is called: a terminal's text needs neither drawings nor
archives.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Final, NamedTuple

from projections.engine.table import Table


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


def _by(module: str, *, in_width: bool = False) -> Callable[[Table, int], bytes]:
    """The renderer of a module of this room."""

    def render(table: Table, width: int) -> bytes:
        renderer = import_module(f"projections.render.{module}").render
        made: bytes = renderer(table, width) if in_width else renderer(table)
        return made

    return render


FORMATS: Final = (
    ReportFormat("text", "txt", "text/plain; charset=utf-8", _by("text", in_width=True)),
    ReportFormat("json", "json", "application/json", _by("json_file")),
    ReportFormat("csv", "csv", "text/csv; charset=utf-8; header=present", _by("csv_file")),
    ReportFormat("html", "html", "text/html; charset=utf-8", _by("html")),
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
        _by("docx_file"),
        binary=True,
        extra="docx",
    ),
    ReportFormat("pdf", "pdf", "application/pdf", _by("pdf"), binary=True),
)

BY_NAME: Final = {form.name: form for form in FORMATS}
BY_ENDING: Final = {form.ending: form for form in FORMATS}
