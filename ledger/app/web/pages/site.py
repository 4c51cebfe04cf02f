"""One site: how it stands, its last week, its blocks, programs, leases, promises, incidents and latest records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from ledger import calendar
from ledger.app.book.book import Book
from ledger.app.delivery.report_view import RecordLine, ReportView, record_line
from ledger.app.queries import report_run, site_board
from ledger.app.queries.record_filter import Filter, Lines, listed
from ledger.app.queries.report_run import Question
from ledger.app.web.pages.board import dispatch_left
from ledger.app.web.pages.clocks import PageClocks, page_clocks
from ledger.app.web.pages.layout import frame_of, page
from ledger.app.web.pages.report_part import makeable, view_of
from ledger.app.web.pages.shared import shared
from ledger.app.web.problems import HttpProblem
from ledger.app.web.routes import ApiCall, Reply, RouteParameter
from ledger.kinds import IncidentOpened

SITE: Final = RouteParameter("site", "a site", in_path=True, required=True, example="s1")
WEEK_S: Final = 7 * 86_400
LATEST: Final = 15
INCIDENTS: Final = 10
LINKS: Final = (("uptime", "Uptime"), ("dispatch-performance", "Dispatches"))
"""Reports that the page leads to, where they can be made of what the reader may read."""
PARTS: Final = (
    ("program-hours", "Programs, hours left"),
    ("lease-dates", "Leases, days of float"),
    ("commitments", "Promises"),
)


class SiteIncident(NamedTuple):
    """An incident: its name, when it was opened, what it was about, and the record that says so."""

    name: str
    at: str
    summary: str
    number: int


async def get_site(call: ApiCall) -> Reply:
    """The page of a site."""
    return await shared(call, lambda book: _site(call, book))


def _site(call: ApiCall, book: Book) -> Reply:
    site = call.said("site")
    if site not in report_run.registry_at(book, book.store.size).sites:
        raise HttpProblem(404, f"no site is called {site[:80]!r}")
    clocks = page_clocks(call, book, (site,))
    known = str(clocks.size)
    found = site_board.site_state(book, site, clocks.as_of, known)
    return page(
        "site.html",
        frame_of(call, clocks),
        site=site,
        line=found.line,
        blocks=found.blocks,
        week=_week(book, site, clocks),
        parts=list(_parts(book, site, clocks)),
        reports=[(name, words) for name, words in LINKS if makeable(book, name, clocks.size, (site,))],
        incidents=_incidents(book, site, clocks),
        latest=_latest(book, site, clocks),
        widest=max((found.line.power[name] or 0 for name in site_board.POWER), default=0) or 1,
        left=lambda thing: dispatch_left(thing, clocks.as_of_s),
    )


def _week(book: Book, site: str, clocks: PageClocks) -> ReportView | None:
    """The load of the seven days before: the picture of ``power-use``."""
    start = calendar.format_instant(max(0, clocks.as_of_s - WEEK_S))
    question = Question(
        start=start, stop=clocks.as_of, as_of=clocks.as_of, known_at=str(clocks.size), sites=(site,)
    )
    return view_of(book, "power-use", question, pictures=True)


def _parts(book: Book, site: str, clocks: PageClocks) -> Iterator[tuple[str, ReportView]]:
    for name, title in PARTS:
        question = Question(as_of=clocks.as_of, known_at=str(clocks.size), sites=(site,))
        view = view_of(book, name, question)
        if view is not None:
            yield title, view


def _filter(book: Book, site: str, known: str, kinds: tuple[str, ...], limit: int) -> Filter:
    return Filter.of(book, None, site, kinds, None, None, None, limit, known)


def _incidents(book: Book, site: str, clocks: PageClocks) -> list[SiteIncident]:
    """The newest incidents that were opened and not corrected away."""
    gone = report_run.gone_at(book, clocks.size)
    found = listed(book, _filter(book, site, str(clocks.size), ("incident-opened",), INCIDENTS * 2))
    return [
        SiteIncident(record.body.incident, record.at, record.body.summary, record.index)
        for record in sorted(found, key=lambda one: (one.at, one.index), reverse=True)
        if record.id not in gone and record.at <= clocks.as_of and isinstance(record.body, IncidentOpened)
    ][:INCIDENTS]


def _latest(book: Book, site: str, clocks: PageClocks) -> list[RecordLine]:
    lines = Lines(book, as_json=False)
    wanted = _filter(book, site, str(clocks.size), (), LATEST)
    if clocks.told != "now":
        wanted = wanted._replace(stop=calendar.format_instant(clocks.as_of_s + 1))
    return [record_line(lines, record) for record in reversed(list(listed(book, wanted)))]
