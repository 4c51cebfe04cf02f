"""HTML: one file for people, which needs nothing from elsewhere and runs nothing.

Under its title stand the verdict, its figures as tiles and the first picture; then its rows (``html_table``:
the first columns, the others fold out, exact values in ``data-x``), what must be known to read them, the
other pictures, how figures of its first rows were worked out (a figure leads there), what each column means, where it comes from and how to check it, and how it is computed. It
reads well in light and dark, by keyboard, aloud and on paper. Its Content-Security-Policy allows its own style sheet, by
hash, and nothing else. Equal tables give equal bytes.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from ledger import calendar
from ledger.errors import inert
from projections.engine.pictures import Picture
from projections.engine.report import Lead
from projections.engine.table import Table
from projections.render import html_explained, html_table, provenance
from projections.render.charts import svg
from projections.render.display import (
    UNKNOWN_SAID,
    explain,
    figures,
    has_unknown,
    is_laid_out,
    local_time,
    moment,
    only,
    parties,
    period,
    recompute,
    where,
)
from projections.render.html_style import SHEET, page

_PAPER: Final = (
    '@page{{@bottom-left{{content:"{table.report}, {table.known_at.size} records, root'
    ' {table.known_at.root}";font:7pt monospace}}@bottom-right{{content:counter(page) " of "'
    " counter(pages);font:7pt monospace}}}}"
)
_ACROSS_PT: Final = {"a4": 770, "letter": 720}  # of paper across, without margins
_LONG: Final = 200  # longer lists of names stand with what the report comes from
_PRINTED: Final = 5_000  # rows; a longer table is not repeated for paper, PDF is its format


def render(table: Table) -> bytes:
    """The table as one page."""
    found = html_table.fields(table)
    pictures = table.pictures()
    across_pt = _ACROSS_PT[table.paper]
    parts = [found] if len(table.rows) > _PRINTED else html_table.parts(found, across_pt * 100 // 6)
    print_pt = _print_size(max(sum(field.least for field in part) for part in parts), across_pt)
    paper = page(table.paper) + _PAPER.format(table=table)
    style = "\n".join(
        (
            SHEET,
            html_table.style(found, [column.unit for column in table.columns]),
            f"@media print{{table.rows{{font-size:{print_pt}}}{paper}}}",
        )
    )
    made = (
        _opening(table, style),
        *_header(table, bool(pictures)),
        "<main>\n",
        *_first_picture(pictures[:1]),
        *_rows(table, found, parts),
        *_notes(table),
        *_more_pictures(pictures[1:]),
        *html_explained.section(table),
        *_meanings(table, found),
        *_provenance(table),
        *_method(table),
        "</main>\n",
        (
            "<footer><p>Made from the records of a wattledger book. The same records give this same file,"
            " byte for byte.</p></footer>\n"
        ),
        "</body>\n</html>\n",
    )
    return "".join(made).encode()


def _text(words: str) -> str:
    return escape(inert(words))


# --- top ----------------------------------------------------------------------------------------------------


def _opening(table: Table, style: str) -> str:
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta'
        f' http-equiv="Content-Security-Policy" content="{policy}">\n<meta name="viewport"'
        ' content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light'
        f' dark">\n<title>{_text(table.title)},'
        f' {period(table)}, {_text(where(table))}</title>\n<style>{style}</style>\n</head>\n<body>\n<a class="skip"'
        ' href="#figures">Skip to the figures</a>\n'
    )


def _header(table: Table, pictures: bool) -> Iterator[str]:
    limited = f'<p class="asked">Only {_text(only(table))}</p>\n' if table.filters else ""
    told = [f"{name}: {words}" for name, words in parties(table) if len(words) < _LONG]
    who = (
        f'<p class="asked">{_text(". ".join(part.removesuffix(".") for part in told))}</p>\n' if told else ""
    )
    parts = [
        ("pictures", "Pictures", pictures),
        ("figures", "Figures", True),
        ("notes", "Notes", bool(table.notes)),
        ("explained", "How figures were worked out", bool(table.explained().cells)),
        ("meanings", "What the columns mean", True),
        ("provenance", "Where it comes from, how to check it", True),
        ("method", "How it is computed", bool(table.definition)),
    ]
    links = "".join(f'<li><a href="#{ident}">{words}</a></li>' for ident, words, there in parts if there)
    yield (
        f'<header>\n<p class="over">Report <code>{_text(table.report)}</code>, definition'
        f" {table.definition_version}</p>\n<h1>{_text(table.title)}</h1>\n"
    )
    yield from _lead(table, table.lead())
    yield (
        f'<p class="asked">{period(table)}, {_text(where(table))}. As of {moment(table.as_of, table.tz)},'
        f" from the first {table.known_at.size:,} records of the log."
        f" {_clock(table)}</p>\n{who}{limited}"
        f'<nav aria-label="On this page"><ul>{links}</ul></nav>\n</header>\n'
    )


def _clock(table: Table) -> str:
    return "Times are UTC." if table.tz == "UTC" else f"Times are local, {_text(table.tz)}{_offset(table)}."


def _lead(table: Table, lead: Lead | None) -> Iterator[str]:
    """The verdict, and its figures as tiles."""
    if lead is None:
        return
    yield f'<p class="lead">{_text(lead.verdict)}</p>\n<dl class="tiles">\n'
    for name, amount in figures(table, lead):
        yield f"<div><dt>{escape(name)}</dt><dd>{escape(amount)}</dd></div>\n"
    yield "</dl>\n"


def _offset(table: Table) -> str:
    if table.tz == "UTC":
        return ""
    offsets = dict.fromkeys(
        local_time(stored, calendar.zone(table.tz))[-6:] for stored in (table.start, table.as_of)
    )
    return f" (UTC{' and UTC'.join(offsets)})"


# --- what is seen, what is read -----------------------------------------------------------------------------


def _first_picture(pictures: Sequence[Picture]) -> Iterator[str]:
    if pictures:
        yield '<section id="pictures" aria-label="Picture">\n'
        yield from _figure(pictures[0], "p0")
        yield "</section>\n"


def _more_pictures(pictures: Sequence[Picture]) -> Iterator[str]:
    if pictures:
        yield '<section aria-labelledby="more-pictures">\n<h2 id="more-pictures">More pictures</h2>\n'
        for n, picture in enumerate(pictures, 1):
            yield from _figure(picture, f"p{n}")
        yield "</section>\n"


def _figure(picture: Picture, ident: str) -> Iterator[str]:
    yield (
        '<figure>\n<div role="group" tabindex="0"'
        f' aria-label="{_text(picture.title)}">{svg.svg(picture, ident)}</div>\n'
    )
    yield f"<figcaption>{_text(picture.says)}</figcaption>\n</figure>\n"


def _rows(
    table: Table, found: list[html_table.HtmlColumn], parts: list[list[html_table.HtmlColumn]]
) -> Iterator[str]:
    """On a screen the table is one, whose further columns fold out; on paper one that has such columns, or is
    too wide, is in parts.
    """
    count = f"{len(table.rows):,} row{'' if len(table.rows) == 1 else 's'}"
    unknown = f" {UNKNOWN_SAID}" if has_unknown(table) else ""
    exact = '<span class="screen">; point at a figure for its exact value</span>'
    said = f"{_text(table.title)}, {period(table)}: {count}"
    split = " split" if len(parts) > 1 else ""
    yield '<section aria-labelledby="figures">\n<h2 id="figures">Figures</h2>\n'
    if any(field.rest for field in found):
        yield (
            '<input type="checkbox" id="all-columns" class="screen"><label for="all-columns" class="screen">'
            f"Show all {len(found)} columns</label>\n"
        )
    yield f'<div class="scroll{split}" role="region" aria-labelledby="rows-caption" tabindex="0">\n'
    caption = f"{said}. Rounded for display{exact}.{unknown}"
    yield from html_table.markup(table, found, caption, links=html_explained.links(table))
    yield "</div>\n"
    if split:
        yield '<div class="parts">\n'
        for n, part in enumerate(parts, 1):
            which = f"part {n} of {len(parts)} of the columns"
            yield from html_table.markup(table, part, f"{said}; {which}", f"part-{n}")
        yield "</div>\n"
    yield "</section>\n"


def _print_size(width: int, across_pt: int) -> str:
    """Points at which a table of a width (in hundredths of its letters) fits across paper, in tenths, from 6
    to 8.5.
    """
    tenths = min(85, max(60, 10 * across_pt * 100 // max(1, width)))
    return f"{tenths // 10}.{tenths % 10}pt"


def _notes(table: Table) -> Iterator[str]:
    if table.notes:
        yield '<section aria-labelledby="notes">\n<h2 id="notes">Notes</h2>\n<ul>\n'
        yield from (f"<li>{_text(note)}</li>\n" for note in table.notes)
        yield "</ul>\n</section>\n"


def _meanings(table: Table, found: Sequence[html_table.HtmlColumn]) -> Iterator[str]:
    """Each column in the order in which it stands in the table."""
    yield '<section aria-labelledby="meanings">\n<h2 id="meanings">What the columns mean</h2>\n'
    yield (
        '<div class="scroll whole" role="region" aria-label="Columns and their meanings"'
        ' tabindex="0">\n<table class="meanings">\n<thead><tr><th scope="col">Column</th>'
    )
    yield (
        '<th scope="col">Meaning</th><th scope="col">Exact unit</th><th scope="col">Name in JSON and'
        " CSV</th></tr></thead>\n<tbody>\n"
    )
    for column in (table.columns[field.place] for field in found):
        yield (
            f'<tr><th scope="row">{_text(column.title)}</th><td>{_text(column.definition)}</td>'
            f"<td>{_text(column.unit) or '-'}</td><td><code>{_text(column.name)}</code></td></tr>\n"
        )
    yield "</tbody>\n</table>\n</div>\n</section>\n"


def _method(table: Table) -> Iterator[str]:
    """The definition: paragraphs as paragraphs, what is laid out in lines as it is."""
    if not table.definition:
        return
    yield '<section aria-labelledby="method">\n<h2 id="method">How it is computed</h2>\n'
    for block in table.definition.strip().replace("``", "").split("\n\n"):
        words = escape("\n".join(map(inert, block.split("\n"))))
        yield f"<pre>{words}</pre>\n" if is_laid_out(block) else f"<p>{words}</p>\n"
    yield "</section>\n"


# --- where it comes from ------------------------------------------------------------------------------------


def _provenance(table: Table) -> Iterator[str]:
    yield (
        '<section aria-labelledby="provenance">\n<h2 id="provenance">Where it comes from, how to check'
        " it</h2>\n<dl>\n"
    )
    for name, value in provenance.facts(table):
        if name != provenance.AGAIN:
            yield f"<dt>{name}</dt><dd>{_text(value)}</dd>\n"
    yield "</dl>\n<p>Make it again from the book; the SHA-256 must be the one above:</p>\n"
    yield f"<pre><code>{_text(recompute(table))} | sha256sum</code></pre>\n"
    yield "<p>See the records behind the figures of a row, by its name:</p>\n"
    yield f"<pre><code>{_text(explain(table))}</code></pre>\n"
    yield (
        "<p>Check that the log behind it is whole and unchanged, each record against the"
        " root:</p>\n<pre><code>wattledger fsck</code></pre>\n"
    )
    yield (
        "<p>Without the book: ask for a bundle that carries this report, and check offline that it follows"
        " from all records of its streams:</p>\n"
    )
    yield (
        "<pre><code>wattledger verify BUNDLE --key THE-VERIFIER-KEY-YOU-WERE-GIVEN</code></pre>\n</section>\n"
    )
