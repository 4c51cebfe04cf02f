"""The two clocks of a page: as of when it speaks, and how much of the log was known.

Every page is asked with ``as_of`` and ``known_at`` or with neither, and its address holds what it was asked
with. Without them it shows the present and follows the log. A book that nobody has written for a day is shown
as of its last record, as reports are: with the machine's clock it would say of everything that it is not known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from ledger import calendar
from ledger.app.book.book import Book
from ledger.app.queries import report_run
from ledger.app.queries.registry import registry_at
from ledger.app.queries.typed import Typed
from ledger.app.queries.unread import Unread, unread
from ledger.app.web.questions import KNOWN_AT
from ledger.app.web.routes import ApiCall, RouteParameter

AS_OF: Final = RouteParameter("as_of", "facts up to this instant; else now")
CLOCKS: Final = (AS_OF, KNOWN_AT)
AGED_S: Final = 86_400
UTC: Final = "UTC"


class PageClocks(NamedTuple):
    """Both clocks of a page: ``as_of`` and ``rec`` (of the last record known) as stored, the size and root of
    what was known, the zone that times are shown in, what was asked, a word for what ``as_of`` is, the period
    that the reader's token is limited to, in words, and what of the page's sites it does not read.
    """

    as_of: str
    size: int
    root: str
    rec: str
    tz: str
    asked: Mapping[str, str]
    told: str = ""
    period: str = ""
    unread: Unread = Unread()

    @property
    def fixed(self) -> bool:
        """True where the page stays as it is when the log grows."""
        return "known_at" in self.asked

    @property
    def as_of_s(self) -> int:
        """As of when, in seconds."""
        return calendar.instant_s(self.as_of)

    def shown(self, stored: str | int) -> str:
        """An instant on the clocks of the page."""
        seconds = calendar.instant_s(stored) if isinstance(stored, str) else stored
        return calendar.clock(seconds, self.tz)

    @property
    def taken(self) -> str:
        """When the last record known was taken, on the clocks of the page."""
        return self.shown(calendar.rec_us(self.rec) // 1_000_000)


def page_clocks(call: ApiCall, book: Book, sites: Sequence[str] = ()) -> PageClocks:
    """The clocks that a request asks for, in the zone that some sites, or all, share."""
    typed = Typed(book)
    asked = {one.name: said for one in CLOCKS if (said := call.text(one.name)) is not None}
    known = report_run.known_at(book, typed.known_at(asked.get("known_at"), sites))
    tz, last_s, now_s = zone_of(book, sites), report_run.last_s(known), calendar.instant_s(book.now())
    aged = "known_at" in asked or last_s < now_s - AGED_S
    if "as_of" in asked:
        as_of = typed.instant("as-of", asked["as_of"], sites)
    else:
        as_of = calendar.format_instant(last_s if aged else max(now_s, last_s))
    told = "" if "as_of" in asked else "the last record" if aged else "now"
    if book.until is not None and as_of > book.until:
        as_of, told = book.until, "the end of what your token reads"
    beyond = unread(book, known.size, sites)
    return PageClocks(as_of, known.size, known.root, known.rec, tz, asked, told, _period(book), beyond)


def _period(book: Book) -> str:
    ends = (("from", book.since), ("to", book.until))
    return " ".join(f"{word} {end[:10]}" for word, end in ends if end is not None)


def zone_of(book: Book, sites: Sequence[str] = ()) -> str:
    """The zone that some sites, or all, share; else the book's, else UTC."""
    registry = registry_at(book, book.store.size)
    zones = {registry.zones[site] for site in sites or registry.sites if site in registry.zones}
    return zones.pop() if len(zones) == 1 else book.config.tz or UTC
