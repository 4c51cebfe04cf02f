"""Deadlines: every one that is past and open, or comes soon."""

from __future__ import annotations

from typing import Final

from ledger.app.book.book import Book
from ledger.app.queries import deadlines, report_run, subject
from ledger.app.web.pages.clocks import page_clocks
from ledger.app.web.pages.layout import frame_of, page
from ledger.app.web.pages.shared import shared
from ledger.app.web.questions import CHOICES, SITE, choices_of
from ledger.app.web.routes import ApiCall, Reply, RouteParameter

WITHIN: Final = RouteParameter(
    "within_days", "how far ahead to look; else 30", form="integer", most=1_000_000
)
PARAMETERS: Final = (SITE, *CHOICES, WITHIN)


async def get_due(call: ApiCall) -> Reply:
    """Deadlines by day."""

    def made(book: Book) -> Reply:
        chosen = call.texts("site")
        clocks = page_clocks(call, book, chosen)
        sites = subject.chosen_sites(book, clocks.size, chosen, choices_of(call))
        within = call.number("within_days")
        found = deadlines.due(book, sites, clocks.as_of, 30 if within is None else within, str(clocks.size))
        return page(
            "due.html",
            frame_of(call, clocks, "/due"),
            due=found,
            away=deadlines.away,
            told=deadlines.deadlines_told(len(found.overdue), len(found.found), found.within_days),
            chosen=chosen,
            sites=report_run.registry_at(book, clocks.size).sites,
        )

    return await shared(call, made)
