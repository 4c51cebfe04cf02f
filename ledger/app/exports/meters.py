"""The readings of one meter as they stand, as a Green Button feed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ledger import calendar
from ledger import events as e
from ledger.app.book import Book
from ledger.app.exports.asked import Asked
from ledger.app.listing import listed
from ledger.app.query import gone_at, registry_at
from ledger.errors import Malformed
from ledger.exchange import greenbutton_write
from ledger.records import Record

FILTERS: Final = ("site", "meter", "from", "to")


def greenbutton(book: Book, asked: Asked) -> Iterator[bytes]:
    """The feed; ``Malformed`` where the meter was never registered."""
    site, name = needed(asked, "site"), needed(asked, "meter")
    records = standing(book, site)
    wants = asked.filter(book).wants
    registered = {r.body.meter: r.body for r in records if isinstance(r.body, e.MeterRegistered)}
    if name not in registered:
        raise Malformed(
            f"no meter is called {name!r} at {site}; there are {', '.join(sorted(registered)) or 'none yet'}"
        )
    found = [
        r for r in records if isinstance(r.body, e.IntervalsRecorded) and r.body.meter == name and wants(r)
    ]
    updated = max((record.rec for record in found), default=book.record_at(0).rec)
    meter = greenbutton_write.Meter(
        book.config.origin,
        site,
        name,
        registered[name].direction == "received",
        calendar.zone(registry_at(book, book.store.size).zones.get(site, "UTC")),
        f"{updated[:19]}Z",
    )
    yield from greenbutton_write.feed(meter, readings_of(found))


def needed(asked: Asked, name: str) -> str:
    """An option that must be said."""
    value = getattr(asked, name)
    if value is None:
        raise Malformed(f"say which {name}: --{name}")
    return str(value)


def standing(book: Book, site: str) -> list[Record]:
    """The records of a site's grid stream that are not corrected or retracted."""
    gone = gone_at(book, book.store.size)
    found = listed(book, Asked(stream=f"{site}/grid").filter(book))
    return [record for record in found if record.id not in gone]


def readings_of(records: Iterable[Record]) -> list[e.IntervalsRecorded]:
    """Readings in order of their start."""
    bodies = [record.body for record in records if isinstance(record.body, e.IntervalsRecorded)]
    return sorted(bodies, key=lambda body: body.start)
