"""PDF, by typst: PDF/A-3a (ISO 19005-3) and PDF/UA-1 (ISO 14289-1), for archives, printers and screen
readers.

The template ``report.typ`` sets the content of ``data.json``; text of a report reaches it as JSON strings and
is never read as markup. Only the typefaces inside typst are used, and the date is that of the last record
known, so equal tables give equal bytes on every machine. typst refuses anything that would break either
standard, such as a picture without alternative text or a character without a glyph: that is our bug.

The first page has the verdict, its figures, a picture where it is low enough, and the first columns; the
others follow on later pages. A wide table is split into parts or turned (``page_layout``); its header and the
columns that name a row are repeated. Attached, as associated files: the report's JSON form (the exact
figures, whose SHA-256 the page names) and its CSV, and what the table has been given beside them, such as the
records it was made from.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from projections.engine.pictures import Picture
from projections.engine.table import Attachment, Paper, Table
from projections.render import csv_file, display, json_file, page_layout, provenance
from projections.render.page_layout import PaperLayout, Part, broken, printable

STANDARDS: Final = ["a-3a", "ua-1"]
VALUE_WIDE: Final = 6_000
PARTIES_LONG: Final = 120  # longer lists of names are printed with the provenance
PAPERS: Final[dict[Paper, str]] = {"a4": "a4", "letter": "us-letter"}


def render(table: Table) -> bytes:
    """The table as PDF."""
    import typst

    made_s = (provenance.made_at(table) - datetime(1970, 1, 1)) // timedelta(seconds=1)
    typeset: Any = typst.compile  # its stub does not know that a document may be of several files
    made: bytes = typeset(
        sources(table), format="pdf", ignore_system_fonts=True, pdf_standards=STANDARDS, timestamp=made_s
    )
    return made


def sources(table: Table) -> dict[str, bytes]:
    """Input of typst: the template, its data, and the files to attach."""
    attached, pictures = _attached(table), page_layout.pictures(table)
    template = pkgutil.get_data("projections.render", "report.typ")
    assert template is not None, "the template is a file of this room"
    drawn = {_file(n): page_layout.drawn(picture) for n, picture in enumerate(pictures)}
    low = bool(pictures) and page_layout.is_low(drawn[_file(0)])
    data = msgspec.json.encode(_said(table, attached, pictures, low=low))
    return {"main.typ": template, "data.json": data, **drawn, **{file.name: file.data for file in attached}}


def _file(n: int) -> str:
    return f"picture-{n}.svg"


def _attached(table: Table) -> list[Attachment]:
    """The exact report, and the files attached with it."""
    exact = "every row with its exact figures, as integers in the units of its columns"
    return [
        Attachment(
            f"{table.report}.json", "application/json", f"The report: {exact}", json_file.render(table)
        ),
        Attachment(f"{table.report}.csv", "text/csv", f"For a spreadsheet: {exact}", csv_file.render(table)),
        *table.attachments(),
    ]


# --- data of the template -----------------------------------------------------------------------------------


def _said(
    table: Table, attached: Sequence[Attachment], pictures: Sequence[Picture], *, low: bool
) -> dict[str, Any]:
    laid, lead = page_layout.layout(table), table.lead()
    made = provenance.made_at(table)
    return {
        "title": page_layout.plain(f"{table.title}, {display.where(table)}"),
        "paper": PAPERS[table.paper],
        "verdict": page_layout.plain(lead.verdict) if lead else "",
        "figures": [[*map(printable, figure)] for figure in (display.figures(table, lead) if lead else [])],
        "only": page_layout.plain(f"Only {display.only(table)}" if table.filters else ""),
        "description": f"{table.report}, definition {table.definition_version}, {page_layout.plain(provenance.prefix(table))}",
        "keywords": [table.report, "wattledger"],
        "made": [made.year, made.month, made.day, made.hour, made.minute, made.second],
        "footer": page_layout.plain(
            f"{table.report}, definition {table.definition_version}; {provenance.prefix(table)}"
        ),
        "facts": [
            *(
                [name, page_layout.plain(words)]
                for name, words in display.parties(table)
                if len(words) < PARTIES_LONG
            ),
            ["Window", f"{display.period(table)}, {display.clock_of(table.tz)}"],
            ["As of", display.moment(table.as_of, table.tz)],
            ["Known at", f"the first {table.known_at.size:,} records of the log"],
        ],
        "notes": [page_layout.plain(note) for note in table.notes],
        "first_low": low,
        "pictures": [
            {
                "file": _file(n),
                "alt": page_layout.alternative(picture),
                "says": page_layout.plain(picture.says),
            }
            for n, picture in enumerate(pictures)
        ],
        "first": [_part(part, laid, table) for part in laid.first],
        "rest": [_part(part, laid, table) for part in laid.rest],
        "reading": [display.UNKNOWN_SAID] if display.has_unknown(table) else [],
        "definitions": [[c.title, c.unit, c.name, c.definition] for c in table.columns],
        "method": [paragraph._asdict() for paragraph in page_layout.method(table)],
        "checking": [page_layout.CHECKING],
        "origin": [[name, broken(printable(value), VALUE_WIDE)] for name, value in provenance.facts(table)],
        "attached": [[file.name, f"{len(file.data):,}", file.description] for file in attached],
        "files": [
            {
                "name": file.name,
                "media_type": file.media_type,
                "description": file.description,
                "relationship": file.relationship,
            }
            for file in attached
        ],
    }


def _part(part: Part, laid: PaperLayout, table: Table) -> dict[str, Any]:
    return {
        "title": page_layout.part_title(part, laid),
        "said": page_layout.said(laid, table, "all are in the attached files"),
        "small": part.small,
        "widths": [c.width for c in part.columns],
        "titles": [c.title for c in part.columns],
        "numeric": [x for x, c in enumerate(part.columns) if c.numeric],
        "names": [x for x, c in enumerate(part.columns) if c.names],
        "rows": list(zip(*(c.cells for c in part.columns), strict=True)),
    }
