"""A community's site as static pages: commitments and their outcome, county by county and commitment by
commitment, with a feed.

Pages are self-contained and run no script; every link is relative, so the folder works from a disk as
from any web server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from types import SimpleNamespace
from typing import Final, NamedTuple

from projections.engine.table import Paper, Table
from projections.render import display, templating
from projections.render.display import clock_of, columns, moment
from projections.render.handed import Handed

INDEX: Final = "index.html"
FEED: Final = "feed.xml"
CALENDAR: Final = "due.ics"
COUNTIES: Final = "counties"
COMMITMENTS: Final = "commitments"
REPORTS: Final = "reports"
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
"""A row for people: words by column name."""


class HistoryRecord(NamedTuple):
    """A record of a commitment's history: its day on the site's clocks, when it was recorded, its content as
    names and values, its index in the log (``record``), and its fate, where it no longer counts.
    """

    at: str
    recorded: str
    kind: str
    said: tuple[tuple[str, str], ...]
    record: int
    gone: str = ""

    @property
    def words(self) -> str:
        """Its content on one line."""
        return "; ".join(f"{name} {value}" for name, value in self.said)


class CommitmentPage(NamedTuple):
    """One commitment: its name, its site with and without the county, its county's page, its periods and
    payments as rows in words, its history, and when the last record of it was taken (stored form).
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
        """Summary of its periods: ``2 met, 1 not met``."""
        counts: dict[str, int] = {}
        for line in self.periods:
            counts[line["verdict"]] = counts.get(line["verdict"], 0) + 1
        return ", ".join(f"{count} {verdict}" for verdict, count in counts.items())

    @property
    def href(self) -> str:
        """Path of its page, from the first one."""
        return f"{COMMITMENTS}/{self.file}"

    @property
    def ident(self) -> str:
        """Its name in the feed: site and commitment."""
        return self.file.removesuffix(".html")

    @property
    def promised_to(self) -> str:
        """The counterparty, where it is known."""
        return self.periods[0]["counterparty"] if self.periods else "-"

    @property
    def next_due(self) -> str:
        """The first day on which something is due."""
        return next((line["next_due"] for line in self.periods if line["next_due"] != "-"), "-")


class CountyName(NamedTuple):
    """A county in words, and its page's file name."""

    words: str
    file: str


class CountyPage(NamedTuple):
    """A county with the answers of its reports, and its commitments."""

    county: CountyName
    tables: tuple[Table, ...]
    commitments: tuple[CommitmentPage, ...]

    @property
    def places(self) -> str:
        """Its sites by name."""
        return "; ".join(dict.fromkeys(one.place for one in self.commitments)) or "-"

    @property
    def verdict(self) -> str:
        """Verdict of the first of its reports."""
        lead = self.tables[0].lead() if self.tables else None
        return lead.verdict if lead else "-"


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


class CommunityAnswer(NamedTuple):
    """A report's sentence, with its figures."""

    title: str
    verdict: str
    figures: list[tuple[str, str]]


# --- pages --------------------------------------------------------------------------------------------------


def index(site: CommunitySite) -> bytes:
    """The first page: the answers, the counties, every commitment, how to check it."""
    titles = {table.report: table.title for table in site.tables}
    links = (
        ("#counties", "Counties"),
        ("#commitments", "All commitments"),
        ("#reports", "Reports"),
        ("#checking", "How to check it"),
    )
    return _page(
        "community_index.html",
        site,
        "Commitments to communities",
        links,
        answers=list(_answers(site.tables)),
        reports=[
            (titles[name], [(f"{REPORTS}/{file}", file.rpartition(".")[2]) for file in files])
            for name, files in site.files
        ],
    )


def county(site: CommunitySite, page: CountyPage) -> bytes:
    """A county's page."""
    return _page(
        "community_county.html",
        site,
        page.county.words,
        [_HOME],
        answers=list(_answers(page.tables)),
        county=page,
    )


def commitment(site: CommunitySite, page: CommitmentPage) -> bytes:
    """A commitment's page: its terms, its outcome, and every record of it."""
    return _page(
        "community_commitment.html",
        site,
        page.title,
        [_HOME, (f"../{COUNTIES}/{page.county.file}", page.county.words)],
        page=page,
        terms=_terms(page),
        periods=list(map(_period, page.periods)),
        payments=[[line[name] for name in _PAYMENT] for line in page.payments],
    )


_HOME: Final = (f"../{INDEX}", "All commitments")
_PAYMENT: Final = ("instalment", "due_on", "amount_cents", "paid_cents", "paid_on", "status")
_NAMES: Final = SimpleNamespace(INDEX=INDEX, FEED=FEED, CALENDAR=CALENDAR, COUNTIES=COUNTIES)


def _page(
    template: str, site: CommunitySite, title: str, links: Sequence[tuple[str, str]], **values: object
) -> bytes:
    return templating.page(
        template,
        templating.sheet("listing.css", site.paper),
        site=site,
        title=title,
        asked=_asked(site.tables[0]),
        links=links,
        names=_NAMES,
        **values,
    )


def _asked(table: Table) -> str:
    clocks = clock_of(table.tz)
    return (
        f"As of {moment(table.as_of, table.tz)}, from the first {table.known_at.size:,} records of the log."
        f" Days are on the clocks of each site; this time is {clocks}."
    )


def _answers(tables: Sequence[Table]) -> Iterator[CommunityAnswer]:
    for table in tables:
        lead = table.lead()
        if lead is not None:
            yield CommunityAnswer(table.title, lead.verdict, display.figures(table, lead))


def _terms(page: CommitmentPage) -> list[tuple[str, str]]:
    first = page.periods[0] if page.periods else {}
    told = [(title, first[name]) for name, title in _TERMS if first.get(name, "-") != "-"]
    return [("Site", page.site), ("County", page.county.words), *told]


def _period(line: Line) -> tuple[str, ...]:
    return (
        line["period"] if line["period"] != "-" else "whole term",
        "-" if line["target"] == "-" else f"{line['comparator']} {_with_unit(line, 'target')}",
        _with_unit(line, "value"),
        line["verdict"],
        line["due_on"],
        line["done_on"],
        line["days_late"],
        line["why"],
    )


def _with_unit(line: Line, name: str) -> str:
    return line[name] if "-" in (line[name], line["unit"]) else f"{line[name]} {line['unit']}"


# --- feed ---------------------------------------------------------------------------------------------------


class FeedLinks(NamedTuple):
    """Addresses in a feed: of the pages as a whole, of the feed itself (empty: not known), and of each
    commitment.
    """

    pages: str
    own: str
    of: Callable[[CommitmentPage], str]


def site_links(base: str) -> FeedLinks:
    """The addresses of a published site; without ``base`` they are relative to the feed's own."""
    return FeedLinks(f"{base}{INDEX}", base and f"{base}{FEED}", lambda page: f"{base}{page.href}")


def feed(
    commitments: Sequence[CommitmentPage], operator: str, origin: str, begun: str, rec: str, links: FeedLinks
) -> bytes:
    """Commitments as an Atom feed (RFC 4287), the one that changed last first. ``begun`` is when the log's first
    record was taken, ``rec`` when the last one known was.
    """
    host, _, path = origin.partition("/")
    found = sorted(commitments, key=lambda page: (page.updated, page.file), reverse=True)
    return templating.text(
        "feed.xml",
        operator=operator,
        commitments=found,
        tag=f"tag:{host.partition(':')[0]},{begun[:4]}:{path or 'ledger'}",
        updated=found[0].updated if found else rec,
        author=operator or origin,
        links=links,
    )
