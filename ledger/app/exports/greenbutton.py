"""Effective readings of one meter as a Green Button feed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ledger import calendar, kinds
from ledger.app.book.book import Book
from ledger.app.exports.options import ExportOptions
from ledger.app.queries.record_filter import listed
from ledger.app.queries.report_run import gone_at, registry_at
from ledger.errors import Malformed, no_such
from ledger.exchange.greenbutton import writer
from ledger.records.envelope import Record

FILTERS: Final = ("site", "meter", "from", "to")


def greenbutton(book: Book, asked: ExportOptions) -> Iterator[bytes]:
    """The feed; ``Malformed`` where the meter was never registered."""
    site, name = needed(asked, "site"), needed(asked, "meter")
    records = standing(book, site)
    wants = asked.filter(book).wants
    registered = {r.body.meter: r.body for r in records if isinstance(r.body, kinds.MeterRegistered)}
    if name not in registered:
        raise no_such("meter", name, sorted(registered), f" at {site}")
    found = [
        r
        for r in records
        if isinstance(r.body, kinds.IntervalsRecorded) and r.body.meter == name and wants(r)
    ]
    updated = max((record.rec for record in found), default=book.record_at(0).rec)
    meter = writer.Meter(
        book.config.origin,
        site,
        name,
        registered[name].direction == "received",
        calendar.zone(registry_at(book, book.store.size).zones.get(site, "UTC")),
        f"{updated[:19]}Z",
    )
    yield from writer.feed(meter, readings_of(found))


def needed(asked: ExportOptions, name: str) -> str:
    """Value of a required option."""
    value = getattr(asked, name)
    if value is None:
        raise Malformed(f"--{name} is required")
    return str(value)


def standing(book: Book, site: str) -> list[Record]:
    """Effective records of a site's grid stream."""
    gone = gone_at(book, book.store.size)
    found = listed(book, ExportOptions(stream=f"{site}/grid").filter(book))
    return [record for record in found if record.id not in gone]


def readings_of(records: Iterable[Record]) -> list[kinds.IntervalsRecorded]:
    """Readings in order of their start."""
    bodies = [record.body for record in records if isinstance(record.body, kinds.IntervalsRecorded)]
    return sorted(bodies, key=lambda body: body.start)
