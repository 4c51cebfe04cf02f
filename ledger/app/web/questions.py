"""Arguments of a request as questions to reports, and the parameters that ask them."""

from __future__ import annotations

from typing import Final

from ledger.app.book.book import Book
from ledger.app.queries.report_list import NAMES, OwnOption, own_options, own_words
from ledger.app.queries.report_run import Question
from ledger.app.web.routes import ApiCall, RouteParameter

SITE: Final = RouteParameter("site", "only this site", many=True)
FROM: Final = RouteParameter("from", "start of the window: an instant, or a date in the sites' zone")
TO: Final = RouteParameter("to", "end of the window, not included")
KNOWN_AT: Final = RouteParameter(
    "known_at", "with the first N records, or those taken by an instant", example="9"
)
CHOICES: Final = (
    RouteParameter("county", "only sites of this county, such as Whitfield County, GA", many=True),
    RouteParameter("utility", "only sites that this utility serves", many=True),
    RouteParameter("tenant", "only sites with a lease phase of this tenant", many=True),
    RouteParameter("program", "only sites that are enrolled in this program", many=True),
)
AS_OF: Final = RouteParameter("as_of", "facts up to this instant")
WINDOW: Final = (
    SITE,
    *CHOICES,
    RouteParameter("block", "only this block", many=True),
    RouteParameter("period", "2026-Q3, 2026-07, 2026-W30, last-month, in the report's zone"),
    FROM,
    TO,
    RouteParameter("tz", "zone of the period and of local dates"),
    AS_OF,
)


def _parameter(option: OwnOption) -> RouteParameter:
    """An option of single reports."""
    what = f"{option.what} ({', '.join(option.reports)})"
    if option.form == "document":
        what = f"{what}; the SHA-256 of a file that the book keeps as evidence"
    return RouteParameter(option.name, what, "flag" if option.form == "flag" else "text")


_TAKEN: Final = frozenset(one.name for one in (*WINDOW, KNOWN_AT))
OWN: Final = tuple(_parameter(option) for option in own_options() if option.name not in _TAKEN)
NAME: Final = RouteParameter(
    "name", "a report of the catalogue", in_path=True, required=True, choices=NAMES, example="portfolio"
)
REPORT: Final = (NAME, *OWN, *WINDOW, KNOWN_AT)


def choices_of(call: ApiCall) -> dict[str, tuple[str, ...]]:
    """The choices of sites by what they have in common."""
    return {one.name: values for one in CHOICES if (values := call.texts(one.name))}


def question_of(call: ApiCall, book: Book, *, known_at: str | None = None) -> Question:
    """The question of a request, in the words of the command line."""
    own = {one.name: call.arguments[one.name] for one in OWN if one.name in call.arguments}
    return Question(
        period=call.text("period"),
        start=call.text("from"),
        stop=call.text("to"),
        tz=call.text("tz"),
        as_of=call.text("as_of"),
        known_at=known_at,
        sites=call.texts("site"),
        blocks=call.texts("block"),
        said=own_words(book.directory, own),
        choices=choices_of(call),
    )
