"""Knowledge about a site that an importer needs: its dispatches with their current terms, its programs' service
levels, its balancing authority.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import UNSET

from ledger import calendar, kinds
from ledger.app.book.book import Book
from ledger.app.queries import report_run
from ledger.exchange.grid_notices.settle import KnownNotice, terms_of
from ledger.exchange.openadr.alerts import Alert, Declared, declared_of
from ledger.exchange.openadr.event_options import Level
from ledger.exchange.openadr.sync_alerts import gone_at
from ledger.exchange.openadr.sync_dispatches import CurrentDispatch, standing
from ledger.records.envelope import authority_place
from projections.engine.fold import Key, RowKind, Rows, superseded
from projections.rows.blocks import BLOCK
from projections.rows.dispatches import DISPATCH
from projections.rows.fact_rows import RecordedFact
from projections.rows.meters import METER
from projections.rows.programs import PROGRAM, terms_at
from projections.rows.site_power import POWER
from projections.rows.sites import SITE

_KINDS = (DISPATCH, PROGRAM, SITE)
SERVICE_LEVEL = "firm-service-level"


def meter_directions(book: Book, site: str) -> dict[str, tuple[tuple[int, str], ...]]:
    """The registered directions of each meter of a site, (from second, direction) in order of time."""
    size = book.store.size
    registry = report_run.registry_at(book, size)
    name = f"{site}/grid"
    if name not in registry.numbers:
        return {}
    rows = report_run.rows_of(book, registry, (name,), size, (METER,))
    return {
        key[1]: tuple((terms.at_s, terms.direction) for terms in row) for key, row in rows[METER.name].items()
    }


def energized_voltages(book: Book, site: str) -> tuple[tuple[int, int], ...]:
    """The voltages at which a site was energized, (from second, volts) in order of time."""
    size = book.store.size
    registry = report_run.registry_at(book, size)
    name = f"{site}/grid"
    if name not in registry.numbers:
        return ()
    rows = report_run.rows_of(book, registry, (name,), size, (POWER,))
    return tuple(
        (fact.at_s, fact.body.voltage_v)
        for row in rows[POWER.name].values()
        for fact in row
        if isinstance(fact.body, kinds.CapacityEnergized)
    )


def site_zones(book: Book) -> dict[str, str]:
    """The zone of each site of the book by its latest master data."""
    return {key[0]: row[-1].tz for key, row in _site_rows(book, SITE).items()}


def site_blocks(book: Book) -> dict[str, tuple[str, ...]]:
    """The load blocks of each site of the book, in order."""
    found: dict[str, tuple[str, ...]] = dict.fromkeys(site_zones(book), ())
    for site, block in sorted(_site_rows(book, BLOCK)):
        found[site] = (*found.get(site, ()), block)
    return found


def grid_notices(book: Book) -> dict[tuple[str, str], KnownNotice]:
    """The notices of grid operators that the book has, by authority and id."""
    found: dict[tuple[str, str], KnownNotice] = {}
    numbers = report_run.registry_at(book, book.store.size).numbers
    for number in (number for name, number in numbers.items() if name.startswith("ba-")):
        records = list(book.stream_records(number))
        gone = superseded(records)
        for record in records:
            body = record.body
            if isinstance(body, kinds.GridNoticePublished):
                key, terms = (body.balancing_authority, body.notice), terms_of(record.at, body)
                text = None if body.text_sha256 is UNSET else body.text_sha256
                known = found.get(key, KnownNotice(None, None))
                found[key] = (
                    known._replace(gone=(*known.gone, terms))
                    if record.id in gone
                    else known._replace(id=record.id, terms=terms, text_sha256=text)
                )
    return found


def _site_rows(book: Book, kind: RowKind) -> dict[Key, Any]:
    """The rows of a kind over the grid streams of all sites."""
    size = book.store.size
    registry = report_run.registry_at(book, size)
    names = [name for site in registry.sites if (name := f"{site}/grid") in registry.numbers]
    return dict(report_run.rows_of(book, registry, names, size, (kind,))[kind.name]) if names else {}


class SiteKnown:
    """A site's grid stream as the book has it now."""

    def __init__(self, book: Book, site: str) -> None:
        self._book, self._site = book, site
        size = book.store.size
        registry = report_run.registry_at(book, size)
        self._registry, self._size = registry, size
        self._number = registry.numbers.get(f"{site}/grid")
        names = () if self._number is None else (f"{site}/grid",)
        self._rows: Rows = report_run.rows_of(book, registry, names, size, _KINDS)

    def authority(self) -> str | None:
        """The site's balancing authority by its latest master data, None while it is not registered."""
        row = self._rows[SITE.name].get((self._site,), ())
        return row[-1].balancing_authority if row else None

    def dispatches(self) -> dict[str, CurrentDispatch]:
        """Each dispatch with its current terms, by its name."""
        found = {
            key[1]: standing((calendar.format_instant(fact.at_s), self._id(fact), fact.body) for fact in row)
            for key, row in self._rows[DISPATCH.name].items()
        }
        return {name: stands for name, stands in found.items() if stands is not None}

    def alerts(self) -> dict[Alert, tuple[Declared, ...]]:
        """The conditions of its balancing authority that alerts of a server declared, in order of their
        records, by their alert.
        """
        authority = self.authority()
        number = (
            None if authority is None else self._registry.numbers.get(f"{authority_place(authority)}/grid")
        )
        found: dict[Alert, tuple[Declared, ...]] = {}
        if number is None:
            return found
        records = list(self._book.stream_records(number))
        gone = {
            target: gone_at(record.at, record.body, record.reason)
            for record in records
            for target in record.corrects or ()
        }
        for record in records:
            said = declared_of(record.id, record.at, record.body, record.source, gone.get(record.id))
            if said is not None:
                found[said[0]] = (*found.get(said[0], ()), said[1])
        return found

    def _id(self, fact: RecordedFact) -> str:
        """The id of a cancellation's record; no other id is needed."""
        if not isinstance(fact.body, kinds.DispatchCancelled):
            return ""
        assert self._number is not None, "a fact is in a stream"
        (record,) = self._book.stream_part(self._number, fact.pos, fact.pos + 1)
        return record.id

    def levels(self) -> tuple[Level, ...]:
        """The firm service levels of its programs, in order of time."""
        return tuple(sorted(self._levels(), key=lambda level: level.since_s))

    def _levels(self) -> Iterator[Level]:
        for key, row in self._rows[PROGRAM.name].items():
            for since_s in sorted({moment for fact in row for moment in _moments(fact)}):
                terms = terms_at(row, since_s)
                level = terms.get("firm_service_level_w") if terms.get("method") == SERVICE_LEVEL else None
                yield Level(key[1], since_s, level)


def _moments(fact: RecordedFact) -> tuple[int, ...]:
    amended = isinstance(fact.body, kinds.ProgramTermsAmended)
    return (calendar.instant_s(fact.body.start),) if amended else (fact.at_s,)
