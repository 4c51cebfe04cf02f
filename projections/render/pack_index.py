"""The page that leads to a report pack: what each report answers, with its figures; what changed since the last
pack; its files, and how to check them.

It looks as a report's page does (``sheet``), needs nothing from elsewhere and runs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final, NamedTuple

from projections.engine.table import Table
from projections.render.display import clock_of, moment, only, period, recompute, where
from projections.render.html_page import Handed, checking, closing, listing, opening, text, tiles

NOTES: Final = 3
CHANGES: Final = 10


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


class PackChange(NamedTuple):
    """A figure of a report that was issued and is another now: both as people read them, and the indexes of
    the records that did it.
    """

    row: str
    column: str
    was: str
    now: str
    caused_by: tuple[int, ...]


class Since(NamedTuple):
    """What became of a report's last issue: when it left and for whom, the figures that changed, and why it
    cannot be compared, where it cannot.
    """

    title: str
    issued: str
    recipient: str
    changes: tuple[PackChange, ...]
    why: str = ""


def render(
    asks: str,
    entries: Sequence[PackReport],
    handed: Handed,
    proof: Sequence[PackFile],
    since: Sequence[Since],
) -> bytes:
    """The page; ``proof`` are the files that a reader checks with."""
    first = entries[0].table if entries else None
    title = "Reports" if first is None else f"Reports, {where(first)}, {period(first)}"
    return "".join(
        (
            *opening(title, ("answers", "Skip to the answers"), first.paper if first else "letter"),
            *_header(title, asks, entries),
            *_answers(entries),
            *_since(since),
            *_reports(entries),
            *_checking(entries, handed, proof),
            *closing(),
        )
    ).encode()


def _header(title: str, asks: str, entries: Sequence[PackReport]) -> Iterator[str]:
    operator = entries[0].table.subject().operator if entries else ""
    yield (
        f'<header>\n<p class="over">{text(operator or "Report pack")}</p>\n<h1>{text(title)}</h1>\n<p'
        f' class="lead">{text(asks)}</p>\n'
    )
    yield from dict.fromkeys(_asked(entry.table) for entry in entries)
    yield "</header>\n<main>\n"


def _asked(table: Table) -> str:
    """What the whole pack is of: period, sites, as-of, known-at."""
    limits = f" Only {text(only(table))}." if table.filters else ""
    return (
        f'<p class="asked">{period(table)}, {text(clock_of(table.tz))}; as of'
        f" {moment(table.as_of, table.tz)}, from the first {table.known_at.size:,} records of the"
        f" log.{limits}</p>\n"
    )


# --- reports ------------------------------------------------------------------------------------------------


def _reports(entries: Sequence[PackReport]) -> Iterator[str]:
    yield '<section aria-labelledby="reports">\n<h2 id="reports">Reports</h2>\n'
    for entry in entries:
        yield from _report(entry)
    yield "</section>\n"


def _answers(entries: Sequence[PackReport]) -> Iterator[str]:
    """What each report says, its figures as tiles."""
    yield '<section aria-labelledby="answers">\n<h2 id="answers">The answers</h2>\n'
    for entry in entries:
        table, lead = entry.table, entry.table.lead()
        yield f'<h3><a href="#{table.report}">{text(table.title)}</a></h3>\n<p>{text(message(table))}</p>\n'
        yield from tiles(table, lead) if lead else ()
    yield "</section>\n"


def _since(since: Sequence[Since]) -> Iterator[str]:
    """Which figures of the last pack are others now, and which records did it."""
    yield '<section aria-labelledby="since">\n<h2 id="since">Since the last pack</h2>\n'
    if not since:
        yield "<p>No report of this pack was issued before for these sites.</p>\n"
    for one in since:
        count = f"{len(one.changes):,} figure{'' if len(one.changes) == 1 else 's'}"
        told = (
            f"cannot be compared: {one.why}" if one.why else f"{count} changed" if one.changes else "stands"
        )
        yield (
            f"<p><strong>{text(one.title)}</strong>, issued {text(one.issued)} to {text(one.recipient)}:"
            f" {text(told)}.</p>\n"
        )
        if one.changes:
            yield from listing(
                f"Figures of {one.title} that changed",
                ("Row", "Figure", "As issued", "Now", "Records that did it"),
                [
                    [text(each) for each in (*change[:4], ", ".join(map(str, change.caused_by)) or "-")]
                    for change in one.changes[:CHANGES]
                ],
            )
        if len(one.changes) > CHANGES:
            yield f"<p>and {len(one.changes) - CHANGES:,} more.</p>\n"
    yield "</section>\n"


def _report(entry: PackReport) -> Iterator[str]:
    table = entry.table
    yield f'<h3 id="{table.report}">{text(table.title)}</h3>\n'
    if table.notes:
        yield "<ul>\n"
        yield from (f"<li>{text(note)}</li>\n" for note in table.notes[:NOTES])
        if len(table.notes) > NOTES:
            yield f"<li>and {len(table.notes) - NOTES:,} notes more, in the report</li>\n"
        yield "</ul>\n"
    yield from _files(table.title, entry.files)


def _files(name: str, files: Sequence[PackFile]) -> Iterator[str]:
    yield (
        '<div class="scroll whole" role="region" tabindex="0" aria-label="Files of'
        f' {text(name)}">\n<table class="files">\n'
    )
    yield (
        '<thead><tr><th scope="col">File</th><th scope="col" class="n">Bytes</th><th'
        ' scope="col">SHA-256</th></tr></thead>\n<tbody>\n'
    )
    for file in files:
        yield (
            f'<tr><th scope="row"><a href="{escape(file.name)}">{text(file.name)}</a></th>'
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


def _checking(entries: Sequence[PackReport], handed: Handed, proof: Sequence[PackFile]) -> Iterator[str]:
    yield '<section aria-labelledby="checking">\n<h2 id="checking">How to check it</h2>\n'
    yield from checking(handed)
    yield from _files("how to check it", proof) if proof else ()
    if entries:
        known = entries[0].table.known_at
        yield (
            "<p>That the figures follow from the records: whoever holds them makes the same JSON, byte for"
            " byte.</p>\n<pre><code>"
        )
        yield "\n".join(f"{text(recompute(entry.table))} | sha256sum" for entry in entries)
        yield (
            f"</code></pre>\n<p>Which records these were: the first {known.size:,} of the log, whose RFC 6962"
            f" root is <code>{text(known.root)}</code>. "
        )
        yield "<code>wattledger fsck</code> checks them against it.</p>\n"
    yield "</section>\n"
