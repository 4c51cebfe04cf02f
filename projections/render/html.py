"""HTML: one file for people, which needs nothing from elsewhere and runs nothing.

Its heading says whose it is and of which sites. Under it stand the verdict, its figures as tiles and the first
picture; then its rows (``html_rows``: the first columns, the others fold out, exact values in ``data-x``), what
must be known to read them, the other pictures, how figures of its first rows were worked out (a figure leads
there), what each column means, where it comes from and how to check it, and how it is computed
(``templates/report.html``). It reads well in light and dark, by keyboard, aloud and on paper. Its
Content-Security-Policy allows its own style sheet, by hash, and nothing else. Equal tables give equal bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from ledger import calendar
from projections.engine.pictures import Picture
from projections.engine.table import Table
from projections.render import html_explained, html_rows, html_table, provenance, templating
from projections.render.charts import svg
from projections.render.display import (
    UNKNOWN_SAID,
    beyond_scope,
    explain,
    figures,
    has_unknown,
    is_laid_out,
    local_time,
    moment,
    names_sites,
    only,
    parties,
    period,
    recompute,
    scope,
    where,
)
from projections.render.html_explained import ExplainedRows
from projections.render.html_rows import HtmlRows
from projections.render.html_table import HtmlColumn

if TYPE_CHECKING:
    from markupsafe import Markup

_ACROSS_PT: Final = {"a4": 770, "letter": 720}  # of paper across, without margins
_LONG: Final = 200  # longer lists of names stand with what the report comes from
_PRINTED: Final = 5_000  # rows; a longer table is not repeated for paper, PDF is its format


class DrawnPicture(NamedTuple):
    """A picture with its drawing."""

    title: str
    says: str
    svg: Markup


def render(table: Table) -> bytes:
    """The table as one page."""
    found = html_table.fields(table)
    across_pt = _ACROSS_PT[table.paper]
    parts = [found] if len(table.rows) > _PRINTED else html_table.parts(found, across_pt * 100 // 6)
    width = max(sum(field.least for field in part) for part in parts)
    style = templating.sheet(
        "report.css",
        table.paper,
        table=table,
        rows=html_table.style(found, [column.unit for column in table.columns]),
        print_size=_print_size(width, across_pt),
    )
    explained = html_explained.rows(table)
    lead = table.lead()
    return templating.page(
        "report.html",
        style,
        table=table,
        operator=table.subject().operator,
        scope=scope(table),
        period=period(table),
        where=where(table),
        as_of=moment(table.as_of, table.tz),
        clock=_clock(table),
        parties=_parties(table),
        limited=beyond_scope(table),
        only=only(table),
        lead=lead,
        figures=figures(table, lead) if lead else [],
        contents=_contents(table, explained),
        pictures=[
            DrawnPicture(one.title, one.says, _drawing(one, f"p{n}"))
            for n, one in enumerate(table.pictures())
        ],
        folded=len(found) if any(field.rest for field in found) else 0,
        rows=html_rows.rows(table, found, _said(table), links=html_explained.links(table)),
        unknown=f" {UNKNOWN_SAID}" if has_unknown(table) else "",
        parts=_parts(table, parts),
        explained=explained,
        columns=[table.columns[field.place] for field in found],
        provenance=[(name, value) for name, value in provenance.facts(table) if name != provenance.AGAIN],
        recompute=recompute(table),
        explain=explain(table),
        method=_method(table),
    )


# --- top ----------------------------------------------------------------------------------------------------


def _contents(table: Table, explained: ExplainedRows) -> list[tuple[str, str]]:
    """The parts of the page that are there."""
    parts = [
        ("#pictures", "Pictures", bool(table.pictures())),
        ("#figures", "Figures", True),
        ("#notes", "Notes", bool(table.notes)),
        ("#explained", "How figures were worked out", bool(explained.rows)),
        ("#meanings", "What the columns mean", True),
        ("#provenance", "Where it comes from, how to check it", True),
        ("#method", "How it is computed", bool(table.definition)),
    ]
    return [(href, words) for href, words, there in parts if there]


def _parties(table: Table) -> str:
    """The parties and places, as far as it is short and the heading does not say it."""
    said = ("Operator", "Site", "Sites") if names_sites(table) else ("Operator",)
    told = [f"{name}: {words}" for name, words in parties(table) if len(words) < _LONG and name not in said]
    return " ".join(f"{part.removesuffix('.')}." for part in told)


def _clock(table: Table) -> str:
    return "Times are UTC." if table.tz == "UTC" else f"Times are local, {table.tz}{_offset(table)}."


def _offset(table: Table) -> str:
    offsets = dict.fromkeys(
        local_time(stored, calendar.zone(table.tz))[-6:] for stored in (table.start, table.as_of)
    )
    return f" (UTC{' and UTC'.join(offsets)})"


def _drawing(picture: Picture, ident: str) -> Markup:
    return templating.markup(svg.svg(picture, ident))


# --- rows ---------------------------------------------------------------------------------------------------


def _said(table: Table) -> str:
    count = f"{len(table.rows):,} row{'' if len(table.rows) == 1 else 's'}"
    return f"{table.title}, {period(table)}: {count}"


def _parts(table: Table, parts: list[list[HtmlColumn]]) -> list[HtmlRows]:
    """The table again for paper: in parts where some of its columns fold out or it is too wide, else not."""
    if len(parts) == 1:
        return []
    return [
        html_rows.rows(table, part, f"{_said(table)}; part {n} of {len(parts)} of the columns", f"part-{n}")
        for n, part in enumerate(parts, 1)
    ]


def _print_size(width: int, across_pt: int) -> str:
    """Points at which a table of a width (in hundredths of its letters) fits across paper, in tenths, from 6
    to 8.5.
    """
    tenths = min(85, max(60, 10 * across_pt * 100 // max(1, width)))
    return f"{tenths // 10}.{tenths % 10}pt"


# --- how it is computed -------------------------------------------------------------------------------------


def _method(table: Table) -> list[tuple[str, bool]]:
    """The definition: its paragraphs, and which of them are laid out in lines."""
    if not table.definition:
        return []
    blocks = table.definition.strip().replace("``", "").split("\n\n")
    return [(block, is_laid_out(block)) for block in blocks]
