"""The list of output formats: one line each. A renderer turns a Table into bytes and knows no report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from projections.render import csvfile, html, jsonfile, text
from projections.tables import Table


class Format(NamedTuple):
    """One format: its name on the command line, the ending of its files, its media type, its renderer.

    ``width`` is the number of columns of a terminal; formats that are not for one ignore it. ``binary``: its bytes are for a
    file, never for a terminal. ``extra`` names what must be installed beside the core: ``wattledger[docx]``.
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


FORMATS: Final = (
    Format("text", "txt", "text/plain; charset=utf-8", text.render),
    Format("json", "json", "application/json", lambda table, _: jsonfile.render(table)),
    Format("csv", "csv", "text/csv; charset=utf-8; header=present", lambda table, _: csvfile.render(table)),
    Format("html", "html", "text/html; charset=utf-8", lambda table, _: html.render(table)),
)

BY_NAME: Final = {form.name: form for form in FORMATS}
BY_ENDING: Final = {form.ending: form for form in FORMATS}
