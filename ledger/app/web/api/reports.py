"""Reports: the list, each in any format, its figures explained, and what changed between two knowledges."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from ledger.app.book.book import Book
from ledger.app.delivery.publish import commitments_feed
from ledger.app.delivery.report_formats import BY_NAME, FORMATS, check_installed
from ledger.app.queries import explanation, knowledges, log_view, report_list, report_run
from ledger.app.queries.typed import Typed
from ledger.app.web.negotiation import accepted
from ledger.app.web.questions import question_of
from ledger.app.web.routes import ApiCall, Reply, json_reply
from ledger.errors import Malformed

ENDINGS: Final = {form.ending: form for form in FORMATS if form.installed}
MEDIA_TYPES: Final = {form.media_type: form for form in (BY_NAME["json"], *FORMATS) if form.installed}

COMMITMENTS: Final = "commitments"
ATOM: Final = "application/atom+xml; charset=utf-8"

PAGE_POLICY: Final = (
    "Content-Security-Policy",
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
)
"""For a report as a page, which stands alone and whose own policy names the one style sheet in it."""


async def get_reports(call: ApiCall) -> Reply:
    """Every report with its title."""
    return json_reply({"reports": report_list.list_json()})


async def get_report(call: ApiCall) -> Reply:
    """A report in the format that Accept likes best."""
    form = MEDIA_TYPES[accepted(call.accept, tuple(MEDIA_TYPES))]
    return await _rendered(call, form.name)


async def get_report_file(call: ApiCall) -> Reply:
    """A report in the format of an ending."""
    return await _rendered(call, ENDINGS[call.said("format")].name)


async def _rendered(call: ApiCall, format_name: str) -> Reply:
    form = BY_NAME[format_name]
    check_installed(form)

    def made(book: Book) -> bytes:
        report = report_run.report_named(call.said("name"))
        question = question_of(call, book, known_at=call.text("known_at"))
        return form.render(log_view.run(book, report, Typed(book).question(question, (report,))))

    name = f"{call.said('name')}.{form.ending}"
    headers = [("Content-Disposition", f'attachment; filename="{name}"')] if form.binary else [PAGE_POLICY]
    return Reply(await call.ask(made), form.media_type, 200, tuple(headers))


async def get_commitments_feed(call: ApiCall) -> Reply:
    """The commitments as an Atom feed, the one that changed last first."""

    def made(book: Book) -> bytes:
        report = report_run.report_named(COMMITMENTS)
        question = Typed(book).question(question_of(call, book, known_at=call.text("known_at")), (report,))
        page = f"/reports/{COMMITMENTS}"
        return commitments_feed(
            book,
            question,
            page,
            call.route.path,
            lambda site, name: f"{page}?{urlencode({'site': site})}",
        )

    return Reply(await call.ask(made), ATOM)


async def get_explanation(call: ApiCall) -> Reply:
    """The figures of a row down to their records."""

    def made(book: Book) -> Reply:
        report = report_run.report_named(call.said("name"))
        question = question_of(call, book, known_at=call.text("known_at"))
        run = log_view.run_whole(book, report, Typed(book).question(question, (report,)))
        row = call.text("row")
        if row is None:
            raise explanation.needs_row(run.table)
        found = explanation.explain(book, report, run, row, call.text("column"))
        return json_reply(explanation.as_json(found, report.definition))

    return await call.ask(made)


async def get_difference(call: ApiCall) -> Reply:
    """Compare a report between two knowledges."""
    known = call.texts("known_at")
    if len(known) != 2:
        raise Malformed("give known_at twice: before and after, such as known_at=100&known_at=now")

    def made(book: Book) -> Reply:
        report = report_run.report_named(call.said("name"))
        later = question_of(call, book, known_at=known[1])
        return json_reply(
            knowledges.knowledges_json(knowledges.compared(book, report, Typed(book), known[0], later))
        )

    return await call.ask(made)
