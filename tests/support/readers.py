"""Reports read back from a format, by what its documentation says: rows of exact cells, to be compared with
JSON.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from html.parser import HTMLParser
from typing import Any


class _Rows(HTMLParser):
    """The cells of the body of the table ``rows``: ``data-x`` as JSON, else the text; the names of its columns
    stand in the table ``meanings``, in the same order.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[Any]] = []
        self.names: list[str] = []
        self.words = ""
        self.exact: str | None = None
        self.inside = self.body = self.meant = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "table":
            self.inside, self.meant = said.get("id") == "rows", said.get("class") == "meanings"
        elif tag == "tbody":
            self.body = self.inside
        elif tag == "tr" and self.body:
            self.rows.append([])
        elif tag in ("td", "th", "code"):
            self.words, self.exact = "", said.get("data-x")

    def handle_endtag(self, tag: str) -> None:
        if tag == "tbody":
            self.body = False
        elif tag == "table":
            self.meant = False
        elif tag == "code" and self.meant:
            self.names.append(self.words)
        elif tag in ("td", "th") and self.body:
            self.rows[-1].append(self.words if self.exact is None else json.loads(self.exact))

    def handle_data(self, data: str) -> None:
        self.words += data


def from_html(page: bytes, names: Sequence[str]) -> list[list[Any]]:
    """The rows of a report's page, with the columns in the order of some names."""
    parser = _Rows()
    parser.feed(page.decode())
    parser.close()
    rows = [row for row in parser.rows if len(row) > 1 or not str(row[0]).startswith("No rows: ")]
    return [[dict(zip(parser.names, row, strict=True))[name] for name in names] for row in rows]
