"""Records, the newest first: the filters of ``log`` as a form."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from ledger import calendar
from ledger.app.book.book import Book
from ledger.app.queries import report_run
from ledger.app.queries.record_filter import Filter, listed
from ledger.app.queries.registry import Registry, registry_at
from ledger.app.queries.typed import Typed
from ledger.app.web.pages.clocks import UTC, PageClocks, page_clocks
from ledger.app.web.pages.layout import frame_of, page
from ledger.app.web.questions import FROM, TO
from ledger.app.web.routes import ApiCall, Reply, RouteParameter
from ledger.kinds import BY_TAG, CURRENT
from ledger.records.envelope import Record
from ledger.records.ids import binary_id
from ledger.records.wording import sentence

PLACE: Final = RouteParameter("site", "all streams of a site (or ba-CODE, fleet, ledger)")
STREAM: Final = RouteParameter("stream", "one stream, such as sandersville/grid")
KIND: Final = RouteParameter("kind", "only this kind", many=True)
BEFORE: Final = RouteParameter("before", "the newest before this index", form="integer")
AFTER: Final = RouteParameter("after", "the first after this index", form="integer")
PARAMETERS: Final = (PLACE, STREAM, KIND, FROM, TO, BEFORE, AFTER)
LIMIT: Final = 50


class RecordRow(NamedTuple):
    """A record of the list; times on the clocks of its place. ``gone_by`` is what corrected or retracted it."""

    number: int
    at: str
    taken: str
    stream: str
    kind: str
    words: str
    gone_by: int | None


async def get_records(call: ApiCall) -> Reply:
    """A page of records."""
    return await call.ask(lambda book: _records(call, book))


def _records(call: ApiCall, book: Book) -> Reply:
    place = call.text("site")
    clocks = page_clocks(call, book, (place,) if place else ())
    wanted = _wanted(call, book, clocks)
    found = sorted(listed(book, wanted), key=lambda record: -record.index)
    registry = registry_at(book, clocks.size)
    gone = book.store.superseders([binary_id(record.id) for record in found])
    return page(
        "records.html",
        frame_of(call, clocks, "/records"),
        rows=[_row(record, registry, gone.get(binary_id(record.id)), clocks.size) for record in found],
        full=len(found) == LIMIT,
        turned=call.number("before") is not None or call.number("after") is not None,
        said={name: call.text(name) or "" for name in ("site", "stream", "from", "to")},
        kind=next(iter(call.texts("kind")), ""),
        kinds=sorted(CURRENT),
        places=report_run.places_of(registry),
    )


def _wanted(call: ApiCall, book: Book, clocks: PageClocks) -> Filter:
    options: dict[str, Any] = {
        "stream": call.text("stream"),
        "site": call.text("site"),
        "start": call.text("from"),
        "stop": call.text("to") or clocks.asked.get("as_of"),
        "known": str(clocks.size),
        "kinds": call.texts("kind"),
        "after": call.number("after"),
        "limit": LIMIT,
    }
    Typed(book).filter(options)
    wanted = Filter.of(book, **options)
    before = call.number("before")
    return wanted if before is None else wanted._replace(known=min(before, wanted.known))


def _row(record: Record, registry: Registry, gone_by: int | None, size: int) -> RecordRow:
    tz = registry.zones.get(record.place, UTC)
    return RecordRow(
        record.index,
        calendar.clock(calendar.instant_s(record.at), tz),
        calendar.clock(calendar.rec_us(record.rec) // 1_000_000, tz),
        record.stream,
        BY_TAG[record.kind].name,
        sentence(record.body, sections=False),
        gone_by if gone_by is not None and gone_by < size else None,
    )
