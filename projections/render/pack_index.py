"""The page that leads to a report pack: which reports are in it, what each says in a sentence, its files, and
how to check them.

It looks as a report's page does (``sheet``), needs nothing from elsewhere and runs nothing.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterator, Sequence
from html import escape
from typing import Final, NamedTuple

from ledger.errors import inert
from projections.engine.table import Table
from projections.render.display import moment, period, recompute
from projections.render.html_style import SHEET, page

NOTES: Final = 3
_STYLE: Final = (
    f"{SHEET}\n.files{{min-width:40rem}}.files td,.files th{{text-align:left}}.files"
    " .n{text-align:right}h3{margin:1.8rem 0 .3rem}"
)


class PackFile(NamedTuple):
    """A file of the pack: its name in the folder, its format, its size in bytes, and its SHA-256 in hex."""

    name: str
    form: str
    size: int
    sha256: str


class PackReport(NamedTuple):
    """A report of the pack with its files."""

    table: Table
    files: tuple[PackFile, ...]


def render(reader: str, asks: str, entries: Sequence[PackReport], sums: str) -> bytes:
    """The page; ``sums`` names the file of all SHA-256 sums."""
    paper = entries[0].table.paper if entries else "letter"
    return "".join(
        (
            *_opening(reader, f"{_STYLE}\n@media print{{{page(paper)}}}"),
            *_header(reader, asks, entries),
            *_reports(entries),
            *_checking(entries, sums),
        )
    ).encode()


def _text(words: str) -> str:
    return escape(inert(words))


def _opening(reader: str, style: str) -> Iterator[str]:
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
    yield (
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme"'
        ' content="light dark">\n'
    )
    yield f"<title>Reports: {_text(reader)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
    yield '<a class="skip" href="#reports">Skip to the reports</a>\n'


def _header(reader: str, asks: str, entries: Sequence[PackReport]) -> Iterator[str]:
    yield (
        f'<header>\n<p class="over">Report pack</p>\n<h1>{_text(reader)}</h1>\n<p'
        f' class="lead">{_text(asks)}</p>\n'
    )
    yield from dict.fromkeys(_asked(entry.table) for entry in entries)
    yield "</header>\n<main>\n"


def _asked(table: Table) -> str:
    """What the whole pack is of: period, sites, as-of, known-at."""
    sites = [name.removeprefix("site=") for name in table.filters if name.startswith("site=")]
    only = f" Only {_text(', '.join(sites))}." if sites else ""
    return (
        f'<p class="asked">{period(table)}, local time of {_text(table.tz)}; as of'
        f" {moment(table.as_of, table.tz)}, from the first {table.known_at.size:,} records of the"
        f" log.{only}</p>\n"
    )


# --- reports ------------------------------------------------------------------------------------------------


def _reports(entries: Sequence[PackReport]) -> Iterator[str]:
    yield '<section aria-labelledby="reports">\n<h2 id="reports">Reports</h2>\n'
    for entry in entries:
        yield from _report(entry)
    yield "</section>\n"


def _report(entry: PackReport) -> Iterator[str]:
    table = entry.table
    yield f'<h3 id="{table.report}">{_text(table.title)}</h3>\n<p>{_text(message(table))}</p>\n'
    if table.notes:
        yield "<ul>\n"
        yield from (f"<li>{_text(note)}</li>\n" for note in table.notes[:NOTES])
        if len(table.notes) > NOTES:
            yield f"<li>and {len(table.notes) - NOTES:,} notes more, in the report</li>\n"
        yield "</ul>\n"
    yield (
        '<div class="scroll whole" role="region" tabindex="0" aria-label="Files of'
        f' {_text(table.title)}">\n<table class="files">\n'
    )
    yield (
        '<thead><tr><th scope="col">File</th><th scope="col" class="n">Bytes</th><th'
        ' scope="col">SHA-256</th></tr></thead>\n<tbody>\n'
    )
    for file in entry.files:
        yield (
            f'<tr><th scope="row"><a href="{escape(file.name)}">{_text(file.name)}</a></th>'
            f'<td class="n">{file.size:,}</td><td><code>{file.sha256}</code></td></tr>\n'
        )
    yield "</tbody>\n</table>\n</div>\n"


def message(table: Table) -> str:
    """A sentence on what a report says: its verdict, else that of its first picture, else what it is and how
    much there is of it.
    """
    lead = table.lead()
    if lead is not None:
        return lead.verdict
    pictures = table.pictures()
    if pictures:
        return pictures[0].says
    what = table.definition.strip().partition("\n")[0].replace("``", "")
    count = (
        f"{len(table.rows):,} row{'' if len(table.rows) == 1 else 's'}."
        if table.rows
        else "Nothing of this kind is known in the window."
    )
    return f"{what} {count}"


# --- checking -----------------------------------------------------------------------------------------------


def _checking(entries: Sequence[PackReport], sums: str) -> Iterator[str]:
    yield '<section aria-labelledby="checking">\n<h2 id="checking">How to check it</h2>\n'
    yield "<p>That no file was changed on its way, in this folder:</p>\n"
    yield f"<pre><code>sha256sum --check {sums}</code></pre>\n"
    if entries:
        known = entries[0].table.known_at
        yield (
            "<p>That the figures follow from the records: whoever holds them makes the same JSON, byte for"
            " byte.</p>\n<pre><code>"
        )
        yield "\n".join(f"{_text(recompute(entry.table))} | sha256sum" for entry in entries)
        yield (
            f"</code></pre>\n<p>Which records these were: the first {known.size:,} of the log, whose RFC 6962"
            f" root is <code>{_text(known.root)}</code>. "
        )
        yield "<code>wattledger fsck</code> checks them against it.</p>\n"
    yield (
        "</section>\n</main>\n<footer><p>Made from the records of a wattledger book. The same records give"
        " these same files, byte for byte.</p></footer>\n"
    )
    yield "</body>\n</html>\n"
