"""Reports: the list, and each with its filters, a figure explained, another period beside it, and what changed
since it was issued.
"""

from __future__ import annotations

from typing import Final, NamedTuple
from urllib.parse import quote, urlencode

from ledger.app.book.book import Book
from ledger.app.delivery import report_view
from ledger.app.delivery.report_formats import FORMATS
from ledger.app.queries import explanation, issues, knowledges, log_view, report_list, report_run, subject
from ledger.app.queries.report_run import Question
from ledger.app.queries.typed import Typed
from ledger.app.web.pages.clocks import page_clocks
from ledger.app.web.pages.layout import frame_of, page
from ledger.app.web.questions import CHOICES, OWN, REPORT, question_of
from ledger.app.web.routes import API, ApiCall, Reply, RouteParameter

ROW: Final = RouteParameter("row", "explain this row: its key columns joined by /")
COLUMN: Final = RouteParameter("column", "explain this figure of the row; else all")
COMPARE: Final = RouteParameter("compare", "another period, beside the one asked for")
AGAINST: Final = RouteParameter(
    "against", "what changed since this was known: a number of records, or an instant"
)
ALL: Final = RouteParameter("all", "every column and row", form="flag")
PARAMETERS: Final = (ROW, COLUMN, COMPARE, AGAINST, ALL)
FIRST: Final = 100
MOST: Final = 5_000
PERIODS: Final = ("last-month", "this-month", "last-week", "yesterday", "today")
LONG_NAMES: Final = {
    "text": "Text",
    "json": "JSON",
    "csv": "CSV",
    "xlsx": "Excel",
    "docx": "Word",
    "html": "HTML",
    "pdf": "PDF",
}


async def get_reports(call: ApiCall) -> Reply:
    """Every report with its title."""

    def made(book: Book) -> Reply:
        clocks = page_clocks(call, book)
        registry = report_run.registry_at(book, clocks.size)
        listed = []
        for one in report_list.list_json():
            report = report_run.report_named(one["name"])
            whole, why = report_run.sites_held(book, report, registry)
            listed.append({**one, "asks": _question_of(report.definition), "why_not": "" if whole else why})
        return page("reports.html", frame_of(call, clocks, "/reports"), reports=listed)

    return await call.ask(made)


def _question_of(definition: str) -> str:
    """The question of a report: the first sentence of its definition, without the name before it."""
    first = " ".join(definition.strip().split("\n\n")[0].replace("``", "").split())
    said = first.partition(": ")[2] or first
    return said[:1].upper() + said[1:]


async def get_report(call: ApiCall) -> Reply:
    """One report."""
    return await call.ask(lambda book: _report(call, book))


def _report(call: ApiCall, book: Book) -> Reply:
    name, sites = call.said("name"), call.texts("site")
    report = report_run.report_named(name)
    asked = question_of(call, book, known_at=call.text("known_at"))
    question = Typed(book).question(asked, (report,))
    run = log_view.run_whole(book, report, question)
    most = MOST if call.flag("all") else FIRST
    view = report_view.report_view(run, most=most)._replace(where=_where(call, book, run))
    clocks = page_clocks(call, book, sites)._replace(as_of=view.as_of, tz=view.tz, told="")
    return page(
        "report.page.html",
        frame_of(call, clocks, "/reports"),
        view=view,
        all=call.flag("all"),
        explained=_explained(call, book, run),
        beside=_beside(call, book, asked, most),
        changed=_changed(call, book, asked, view.tz),
        issues=issues.issues_of(book, name, book.store.size)[:20],
        here=_Addresses(call, clocks.size, view.as_of),
        fields=_Fields(call, book, name, clocks.size),
        sites=report_run.registry_at(book, clocks.size).sites,
    )


def _where(call: ApiCall, book: Book, run: report_run.ReportRun) -> str:
    """The sites that the report is about in words; those of the reader's token, where it has not all."""
    token = call.principal.token
    limited = token is not None and {"site", "stream", *(one.name for one in CHOICES)} & set(token.scope)
    mine = report_run.registry_at(book, run.table.known_at.size).sites if limited else ()
    return report_view.where(run, mine)


def _explained(call: ApiCall, book: Book, run: report_run.ReportRun) -> report_view.ExplanationView | None:
    report, row = report_run.report_named(call.said("name")), call.text("row")
    if row is None:
        return None
    return report_view.explanation_view(
        book, explanation.explain(book, report, run, row, call.text("column"))
    )


def _beside(call: ApiCall, book: Book, asked: Question, most: int) -> report_view.ReportView | None:
    """The same report over another period."""
    report, period = report_run.report_named(call.said("name")), call.text("compare")
    if period is None:
        return None
    other = asked._replace(period=period, start=None, stop=None, as_of=None)
    run = log_view.run_whole(book, report, Typed(book).question(other, (report,)))
    return report_view.report_view(run, most=most, ident="b")


class ReportChanges(NamedTuple):
    """Changes between two knowledges."""

    earlier: int
    later: int
    figures: int
    lines: list[report_view.ChangeView]


def _changed(call: ApiCall, book: Book, asked: Question, tz: str) -> ReportChanges | None:
    report, earlier = report_run.report_named(call.said("name")), call.text("against")
    if earlier is None:
        return None
    found = knowledges.compared(book, report, Typed(book), earlier, asked)
    return ReportChanges(*found.sizes, len(found.changes), report_view.change_views(found.changes, tz))


class _Addresses:
    """Addresses of this page with something else asked, and of its downloads."""

    def __init__(self, call: ApiCall, size: int, as_of: str) -> None:
        self._name, self._size, self._as_of = call.said("name"), size, as_of
        self._asked = [
            (name, str(value).lower() if isinstance(value, bool) else str(value))
            for name, values in call.arguments.items()
            if name != "name"
            for value in (values if isinstance(values, tuple) else (values,))
        ]

    def with_(self, **others: str) -> str:
        """This page with other parameters; an empty one is left out."""
        kept = [(name, value) for name, value in self._asked if name not in others]
        query = [*kept, *((name, value) for name, value in others.items() if value)]
        return f"/reports/{self._name}?{urlencode(query)}"

    def beside(self, **others: str) -> str:
        """This page with its two periods changed about, so that the second can be explained."""
        asked = dict(self._asked)
        turned = {
            "period": asked.get("compare", ""),
            "compare": asked.get("period", ""),
            "from": "",
            "to": "",
        }
        return self.with_(**{**turned, **others})

    def issued(self, issue: issues.Issue, *, changes: bool) -> str:
        """The report as it was issued, or what changed in it since."""
        known = ("against" if changes else "known_at", str(issue.known_at))
        return f"/reports/{self._name}?{urlencode([*issue.asked, known])}"

    @property
    def downloads(self) -> list[tuple[str, str]]:
        """Address and words of every format, of exactly what the page shows."""
        beside = {one.name for one in PARAMETERS} | {"as_of", "known_at"}
        kept = [(name, value) for name, value in self._asked if name not in beside]
        query = urlencode([*kept, ("as_of", self._as_of), ("known_at", str(self._size))])
        return [
            (f"{API}/reports/{quote(self._name)}.{one.ending}?{query}", LONG_NAMES.get(one.name, one.name))
            for one in FORMATS
            if one.installed
        ]


class _Fields:
    """The form of a report's filters: what was asked, and what can be chosen."""

    def __init__(self, call: ApiCall, book: Book, name: str, size: int) -> None:
        self._call = call
        mine = {one.name for one in report_list.own_options() if name in one.reports}
        held = {one.name for one in OWN}
        self.own = [one for one in REPORT if one.name in mine and one.name in held]
        self.blocks = report_run.report_named(name).blocks
        registry = report_run.registry_at(book, size)
        self.choices = [
            (
                one.name,
                one.what,
                sorted({word for word, _ in subject.names_of(book, registry, size, one.name)}),
            )
            for one in CHOICES
        ]

    def said(self, name: str) -> str:
        """The text of a field."""
        value = self._call.arguments.get(name, "")
        return ", ".join(value) if isinstance(value, tuple) else str(value)

    def has(self, name: str, value: str) -> bool:
        """True where a choice is chosen."""
        return value in self._call.texts(name)
