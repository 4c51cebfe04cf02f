"""A community's site as static pages: what was promised and what came of it, county by county and commitment by
commitment, with a feed of it.

Pages need nothing from elsewhere and run nothing; every link is relative, so the folder works from a disk as
from any web server.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple
from xml.etree import ElementTree

from ledger.errors import inert
from projections.engine.table import Paper, Table
from projections.render.display import clock_of, columns, moment
from projections.render.html_page import Handed, checking, closing, listing, opening, text, tiles

INDEX: Final = "index.html"
FEED: Final = "feed.xml"
CALENDAR: Final = "due.ics"
COUNTIES: Final = "counties"
COMMITMENTS: Final = "commitments"
REPORTS: Final = "reports"
_ATOM: Final = "http://www.w3.org/2005/Atom"
_TERMS: Final = (
    ("counterparty", "Promised to"),
    ("instrument", "Agreement"),
    ("category", "About"),
    ("measure", "Measure"),
    ("basis", "Counted"),
    ("binding", "Legally binding"),
    ("remedy", "If it is not kept"),
)

Line = dict[str, str]
"""A row as people read it: words by column name."""


class HistoryRecord(NamedTuple):
    """A record of a commitment's history: its day on the site's clocks, when it was recorded, what it says as
    names and values, its index in the log (``record``), and what became of it, where it no longer counts.
    """

    at: str
    recorded: str
    kind: str
    said: tuple[tuple[str, str], ...]
    record: int
    gone: str = ""


class CommitmentPage(NamedTuple):
    """One commitment: its name, its site with and without the county, its county's page, its periods and payments as rows in words, its
    history, and when the last record of it was taken (stored form).
    """

    file: str
    name: str
    site: str
    place: str
    county: CountyName
    periods: tuple[Line, ...]
    payments: tuple[Line, ...]
    history: tuple[HistoryRecord, ...]
    updated: str

    @property
    def title(self) -> str:
        """``Full-time jobs, Dalton``, else with the commitment's own name."""
        measure = self.periods[0]["measure"] if self.periods else "-"
        what = measure if measure != "-" else self.name
        return f"{what[:1].upper()}{what[1:]}, {self.place}"

    @property
    def standing(self) -> str:
        """How its periods stand: ``2 met, 1 not met``."""
        counts: dict[str, int] = {}
        for line in self.periods:
            counts[line["verdict"]] = counts.get(line["verdict"], 0) + 1
        return ", ".join(f"{count} {verdict}" for verdict, count in counts.items())


class CountyName(NamedTuple):
    """A county in words, and its page's file name."""

    words: str
    file: str


class CountyPage(NamedTuple):
    """A county with what its reports say, and its commitments."""

    county: CountyName
    tables: tuple[Table, ...]
    commitments: tuple[CommitmentPage, ...]


class CommunitySite(NamedTuple):
    """The whole site: who publishes it, the reports with their files, counties and commitments, the paper."""

    operator: str
    tables: tuple[Table, ...]
    files: tuple[tuple[str, tuple[str, ...]], ...]
    counties: tuple[CountyPage, ...]
    commitments: tuple[CommitmentPage, ...]
    handed: Handed
    paper: Paper


def lines(table: Table) -> list[Line]:
    """The rows of a table in words."""
    shown = columns(table)
    names = [column.name for column in table.columns]
    cells = zip(*(column.cells for column in shown), strict=True)
    return [dict(zip(names, row, strict=True)) for row in cells]


# --- pages --------------------------------------------------------------------------------------------------


def index(site: CommunitySite) -> bytes:
    """The first page: the answers, the counties, every commitment, how to check it."""
    feed = f'<link rel="alternate" type="application/atom+xml" title="Commitments" href="{FEED}">\n'
    title = "Commitments to communities"
    return _page(
        opening(_titled(title, site.operator), ("answers", "Skip to the answers"), site.paper, feed),
        _header(site, title, "", _asked(site)),
        _answers(site.tables),
        _counties(site.counties),
        _commitments(site.commitments, "All commitments", ""),
        _reports(site),
        _follow(),
        _checking(site.handed),
    )


def county(site: CommunitySite, page: CountyPage) -> bytes:
    """A county's page."""
    title = page.county.words
    return _page(
        opening(_titled(title, site.operator), ("answers", "Skip to the answers"), site.paper),
        _header(site, title, "../", _asked(site)),
        _answers(page.tables),
        _commitments(page.commitments, "Commitments", "../"),
    )


def commitment(site: CommunitySite, page: CommitmentPage) -> bytes:
    """A commitment's page: what was promised, what came of it, and every record of it."""
    return _page(
        opening(_titled(page.title, site.operator), ("periods", "Skip to what came of it"), site.paper),
        _header(site, page.title, "../", _asked(site), page.county),
        _terms(page),
        _periods(page),
        _payments(page),
        _history(page),
    )


def _page(*parts: Iterable[str]) -> bytes:
    return "".join((*(piece for part in parts for piece in part), *closing())).encode()


def _titled(title: str, operator: str) -> str:
    return f"{title}, {operator}" if operator else title


def _asked(site: CommunitySite) -> str:
    table = site.tables[0]
    clocks = clock_of(table.tz)
    return (
        f"As of {moment(table.as_of, table.tz)}, from the first {table.known_at.size:,} records of the log."
        f" Days are on the clocks of each site; this time is {clocks}."
    )


def _header(
    site: CommunitySite, title: str, up: str, asked: str, county: CountyName | None = None
) -> Iterator[str]:
    over = text(site.operator or "Community site")
    yield f'<header>\n<p class="over">{over}</p>\n<h1>{text(title)}</h1>\n'
    yield f'<p class="asked">{text(asked)}</p>\n'
    if up:
        links = [("All commitments", f"{up}{INDEX}")]
        links += [(county.words, f"{up}{COUNTIES}/{county.file}")] if county else []
    else:
        links = [
            ("Counties", "#counties"),
            ("All commitments", "#commitments"),
            ("Reports", "#reports"),
            ("How to check it", "#checking"),
        ]
    items = "".join(f'<li><a href="{href}">{text(words)}</a></li>' for words, href in links)
    yield f'<nav aria-label="Pages"><ul>{items}</ul></nav>\n</header>\n<main>\n'


def _section(ident: str, title: str, parts: Iterable[str]) -> Iterator[str]:
    yield f'<section aria-labelledby="{ident}">\n<h2 id="{ident}">{text(title)}</h2>\n'
    yield from parts
    yield "</section>\n"


def _answers(tables: Sequence[Table]) -> Iterator[str]:
    return _section("answers", "The answers", (piece for table in tables for piece in _answer(table)))


def _answer(table: Table) -> Iterator[str]:
    lead = table.lead()
    if lead is not None:
        yield f"<h3>{text(table.title)}</h3>\n<p>{text(lead.verdict)}</p>\n"
        yield from tiles(table, lead)


def _counties(counties: Sequence[CountyPage]) -> Iterator[str]:
    rows = [
        (
            f'<a href="{COUNTIES}/{page.county.file}">{text(page.county.words)}</a>',
            text("; ".join(dict.fromkeys(one.place for one in page.commitments)) or "-"),
            f"{len(page.commitments):,}",
            text(_verdict(page.tables)),
        )
        for page in counties
    ]
    return _section(
        "counties",
        "Counties",
        listing(
            "Counties", ("County", "Sites", "Commitments", "How they stand"), rows, numeric=(2,), wide=(3,)
        ),
    )


def _verdict(tables: Sequence[Table]) -> str:
    lead = tables[0].lead() if tables else None
    return lead.verdict if lead else "-"


def _commitments(found: Sequence[CommitmentPage], title: str, up: str) -> Iterator[str]:
    rows = [
        (
            f'<a href="{up}{COMMITMENTS}/{page.file}">{text(page.title)}</a>',
            text(page.county.words),
            text(page.periods[0]["counterparty"] if page.periods else "-"),
            text(page.standing or "-"),
            text(_next_due(page)),
        )
        for page in found
    ]
    titles = ("Commitment", "County", "Promised to", "How it stands", "Next due")
    return _section("commitments", title, listing(title, titles, rows, whole=(4,)))


def _next_due(page: CommitmentPage) -> str:
    return next((line["next_due"] for line in page.periods if line["next_due"] != "-"), "-")


def _reports(site: CommunitySite) -> Iterator[str]:
    by_report = {table.report: table.title for table in site.tables}
    rows = [
        (
            text(by_report[name]),
            " ".join(
                f'<a href="{REPORTS}/{file}" aria-label="{text(by_report[name])}, {file.rpartition(".")[2]}">'
                f"{file.rpartition('.')[2].upper()}</a>"
                for file in files
            ),
        )
        for name, files in site.files
    ]
    return _section("reports", "Reports", listing("Reports", ("Report", "Files"), rows))


def _follow() -> Iterator[str]:
    return _section(
        "follow",
        "Stay informed",
        (
            f'<ul>\n<li><a href="{FEED}">Atom feed of commitments</a>, for a feed reader</li>\n',
            f'<li><a href="{CALENDAR}">Calendar of due dates</a> (iCalendar), for a calendar program</li>\n',
            "</ul>\n",
        ),
    )


def _checking(handed: Handed) -> Iterator[str]:
    return _section("checking", "How to check it", checking(handed))


def _terms(page: CommitmentPage) -> Iterator[str]:
    first = page.periods[0] if page.periods else {}
    told = [(title, first[name]) for name, title in _TERMS if first.get(name, "-") != "-"]
    told = [("Site", page.site), ("County", page.county.words), *told]
    pairs = "".join(f"<dt>{text(name)}</dt><dd>{text(words)}</dd>\n" for name, words in told)
    return _section("terms", "What was promised", (f"<dl>\n{pairs}</dl>\n",))


def _periods(page: CommitmentPage) -> Iterator[str]:
    rows = [
        (
            text(line["period"] if line["period"] != "-" else "whole term"),
            text(_target(line)),
            text(_with_unit(line, "value")),
            text(line["verdict"]),
            text(line["due_on"]),
            text(line["done_on"]),
            text(line["days_late"]),
            text(line["why"]),
        )
        for line in page.periods
    ]
    titles = ("Period", "Promised", "Reached", "Verdict", "Due", "Done on", "Days late", "Why")
    return _section(
        "periods",
        "What came of it",
        listing("Periods", titles, rows, numeric=(6,), wide=(7,), whole=(0, 4, 5)),
    )


def _target(line: Line) -> str:
    return "-" if line["target"] == "-" else f"{line['comparator']} {_with_unit(line, 'target')}"


def _with_unit(line: Line, name: str) -> str:
    return line[name] if "-" in (line[name], line["unit"]) else f"{line[name]} {line['unit']}"


def _payments(page: CommitmentPage) -> Iterator[str]:
    names = ("instalment", "due_on", "amount_cents", "paid_cents", "paid_on", "status")
    rows = [[text(line[name]) for name in names] for line in page.payments]
    titles = ("Installment", "Due", "Amount (USD)", "Paid (USD)", "Paid on", "Status")
    return (
        _section("payments", "Payments", listing("Payments", titles, rows, numeric=(2, 3), whole=(1, 4)))
        if rows
        else iter(())
    )


def _history(page: CommitmentPage) -> Iterator[str]:
    rows = [
        (
            text(one.at),
            _struck(one.kind, gone=bool(one.gone)),
            _struck("; ".join(f"{name} {value}" for name, value in one.said), gone=bool(one.gone))
            + (f" {text(one.gone)}" if one.gone else ""),
            text(one.recorded),
            f"{one.record:,}",
        )
        for one in page.history
    ]
    titles = ("When", "What", "As recorded", "Recorded on", "Record")
    note = (
        "<p>Every record about this commitment, also those that were corrected later. Documents are named by"
        " the SHA-256 of their bytes: whoever holds one can check that it is the one meant. The bundle holds"
        " the records with their proof.</p>\n"
    )
    found = (note, *listing("History", titles, rows, numeric=(4,), wide=(2,), whole=(0, 3)))
    return _section("history", "History and evidence", found)


def _struck(words: str, *, gone: bool) -> str:
    return f"<s>{text(words)}</s>" if gone else text(words)


# --- feed ---------------------------------------------------------------------------------------------------


def feed(site: CommunitySite, origin: str, year: str, base: str = "") -> bytes:
    """The commitments as an Atom feed (RFC 4287), the one that changed last first. ``base`` is the address that
    the site is published at; without it links are relative to the feed's own.
    """
    ElementTree.register_namespace("", _ATOM)
    top = ElementTree.Element(f"{{{_ATOM}}}feed")
    host, _, path = origin.partition("/")
    tag = f"tag:{host.partition(':')[0]},{year}:{path or 'ledger'}"
    found = sorted(site.commitments, key=lambda page: (page.updated, page.file), reverse=True)
    _tell(top, "title", _titled("Commitments to communities", site.operator))
    _tell(top, "id", tag)
    _tell(top, "updated", found[0].updated if found else site.tables[0].known_at.rec)
    author = ElementTree.SubElement(top, f"{{{_ATOM}}}author")
    _tell(author, "name", site.operator or origin)
    _link(top, f"{base}{INDEX}", "alternate")
    if base:
        _link(top, f"{base}{FEED}", "self")
    for page in found:
        entry = ElementTree.SubElement(top, f"{{{_ATOM}}}entry")
        _tell(entry, "title", f"{page.title}: {page.standing}" if page.standing else page.title)
        _tell(entry, "id", f"{tag}/{page.file.removesuffix('.html')}")
        _tell(entry, "updated", page.updated)
        _link(entry, f"{base}{COMMITMENTS}/{page.file}", "alternate")
        last = page.history[-1] if page.history else None
        if last is not None:
            said = "; ".join(f"{name} {value}" for name, value in last.said)
            _tell(entry, "summary", f"{last.at}: {last.kind}: {said}")
    ElementTree.indent(top)
    made: bytes = ElementTree.tostring(top, encoding="utf-8", xml_declaration=True)
    return made + b"\n"


def _tell(parent: ElementTree.Element, name: str, words: str) -> None:
    ElementTree.SubElement(parent, f"{{{_ATOM}}}{name}").text = inert(words)


def _link(parent: ElementTree.Element, href: str, rel: str) -> None:
    ElementTree.SubElement(parent, f"{{{_ATOM}}}link", {"rel": rel, "href": href})
