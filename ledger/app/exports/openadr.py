"""OpenADR 3.1.0 out of a book: a site's dispatches as events, and the usage of their programs' meters as
reports to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from msgspec import UNSET

from ledger import calendar, kinds
from ledger.app.book.book import Book
from ledger.app.exports.greenbutton import needed, readings_of, standing
from ledger.app.exports.options import ExportOptions
from ledger.app.queries import log_view, report_run
from ledger.exchange.openadr import usage_reports, writer
from ledger.exchange.openadr.sync_dispatches import CurrentDispatch
from ledger.exchange.openadr.sync_dispatches import standing as stands
from ledger.exchange.openadr.usage_reports import UsageReading
from ledger.records.envelope import Record
from projections.rows.fact_rows import RecordedFact
from projections.rows.programs import terms_at

FILTERS: Final = ("site", "from", "to")
_PROGRAM: Final = (kinds.ProgramEnrolled, kinds.ProgramTermsAmended, kinds.ProgramWithdrawn)


class ExportedDispatch(NamedTuple):
    """A dispatch with its current terms, the record that called it, and the last fact about it."""

    name: str
    standing: CurrentDispatch
    called: Record
    changed_at: str
    ended_at: str | None


def events(book: Book, asked: ExportOptions) -> Iterator[bytes]:
    """The events of a site that start in the window."""
    found = (_dispatch(one) for one in _events(standing(book, needed(asked, "site")), book, asked))
    yield writer.encode(writer.events(found))


def reports(book: Book, asked: ExportOptions) -> Iterator[bytes]:
    """A report for each of these events whose program's meters have readings in it."""
    records = standing(book, needed(asked, "site"))
    client = asked.client or book.config.origin
    measured = performance(book, needed(asked, "site"))
    found = (report_of(records, one, client, measured) for one in _events(records, book, asked))
    yield writer.encode([report for report in found if report is not None])


Measured = Mapping[str, Sequence[usage_reports.ProgramLoad]]
"""By dispatch, its evaluated intervals."""


def report_of(
    records: Sequence[Record], event: ExportedDispatch, client: str, measured: Measured
) -> dict[str, Any] | None:
    """The USAGE of the program's meters while the dispatch lasted, and their summed DEMAND beside the
    BASELINE as dispatch-performance has them; None without a program or readings.
    """
    resources = []
    for meter in _meters(records, event):
        slots = _within(records, meter, event)
        if slots:
            resources.append(usage_reports.resource(meter, slots))
    if not resources:
        return None
    loads = measured.get(event.name, ())
    if loads:
        resources.append(usage_reports.aggregated(loads))
    called = event.standing.called
    id_ = event.name if called.external_id is UNSET else called.external_id
    return usage_reports.report(id_, client, f"usage of {event.name}", resources, loads=bool(loads))


def performance(book: Book, site: str) -> Measured:
    """The evaluated intervals of a site's dispatches, from the report dispatch-performance."""
    question = report_run.Question(sites=(site,), said={"intervals": True})
    table = log_view.run(book, report_run.report_named("dispatch-performance"), question)
    names = [column.name for column in table.columns]
    found: dict[str, list[usage_reports.ProgramLoad]] = {}
    for cells in table.rows:
        row: dict[str, Any] = dict(zip(names, cells, strict=True))
        if row["interval"] is not None and row["metered_w"] is not None:
            load = usage_reports.ProgramLoad(row["start"], row["stop"], row["metered_w"], row["baseline_w"])
            found.setdefault(row["dispatch"], []).append(load)
    return found


def _events(records: Sequence[Record], book: Book, asked: ExportOptions) -> Iterator[ExportedDispatch]:
    within = asked.filter(book)
    for event in events_of(records):
        start = event.standing.start
        if (within.start or "") <= start and (within.stop is None or start < within.stop):
            yield event


def events_of(records: Iterable[Record]) -> Iterator[ExportedDispatch]:
    """Dispatches of effective records that are not cancelled, by name."""
    together: dict[str, list[Record]] = {}
    for record in sorted(records, key=lambda record: (record.at, record.pos)):
        name = getattr(record.body, "dispatch", UNSET)
        if isinstance(name, str):
            together.setdefault(name, []).append(record)
    for name, facts in sorted(together.items()):
        found = stands((record.at, record.id, record.body) for record in facts)
        if found is None or found.cancelled_at is not None:
            continue
        called = next(r for r in facts if isinstance(r.body, kinds.DispatchNotified))
        changed = [r.at for r in facts if isinstance(r.body, kinds.DispatchNotified | kinds.DispatchAmended)]
        ends = [r.at for r in facts if isinstance(r.body, kinds.DispatchReleased)] + [
            s for s in (found.stop,) if s
        ]
        yield ExportedDispatch(name, found, called, max(changed), min(ends, default=None))


def _dispatch(event: ExportedDispatch) -> writer.Dispatch:
    found, called = event.standing, event.standing.called
    return writer.Dispatch(
        event.name,
        called.mode,
        found.target_w,
        found.start,
        found.stop,
        called.external_id or None,
        _program_id(event.called),
        found.at,
        found.version or event.changed_at,
    )


def _program_id(called: Record) -> str | None:
    """The VTN's id of the program: from the event it was read from, else our own name for it."""
    body: Any = called.body
    ref = called.source.ref if called.source is not UNSET and called.source.ref is not UNSET else ""
    parts = ref.split("/")
    if len(parts) == 4 and (parts[0], parts[2]) == ("programs", "events"):
        return parts[1]
    return body.program or None


def _meters(records: Sequence[Record], event: ExportedDispatch) -> tuple[str, ...]:
    program = event.standing.called.program
    facts = [
        RecordedFact(calendar.instant_s(r.at), r.pos, r.body)
        for r in records
        if isinstance(r.body, _PROGRAM) and r.body.program == program
    ]
    return tuple(terms_at(facts, calendar.instant_s(event.standing.start)).get("meters", ()))


def _within(records: Sequence[Record], meter: str, event: ExportedDispatch) -> list[UsageReading]:
    """The meter's readings wholly inside the dispatch."""
    start_s = calendar.instant_s(event.standing.start)
    stop_s = None if event.ended_at is None else calendar.instant_s(event.ended_at)
    own = (r for r in records if isinstance(r.body, kinds.IntervalsRecorded) and r.body.meter == meter)
    slots = (slot for body in readings_of(own) for slot in usage_reports.slots_of(body))
    return [slot for slot in slots if slot.start_s >= start_s and (stop_s is None or slot.stop_s <= stop_s)]
