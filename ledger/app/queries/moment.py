"""Replay of any moment: the state at an instant, and the timeline that led to it, as known at any size of the
log.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from ledger import calendar
from ledger.app.book.book import Book
from ledger.app.queries import report_run
from ledger.app.queries.report_run import Registry
from ledger.errors import Malformed, named, no_such
from ledger.kinds import BY_BODY
from ledger.records.envelope import Record
from ledger.records.wording import sentence
from projections.engine.fold import Key, Rows, effective
from projections.engine.table import KnownAt
from projections.figures.state_at import STATE_ROWS, ThingState, as_it_stands, state_at
from projections.rows import lifecycles
from projections.rows.fact_rows import RecordedFact, evolve


class Moment(NamedTuple):
    """The state at an instant, as known at a size of the log; ``tz`` is the zone of each place that has one."""

    at: str
    known_at: KnownAt
    things: tuple[ThingState, ...]
    zones: dict[str, str]


class TimelineStep(NamedTuple):
    """One record of the timeline, and the state of the thing it is about after it (None: it has ended, or the
    record is about no thing).
    """

    number: int
    record: Record
    about: str
    after: ThingState | None


def state(book: Book, at: str, sites: Sequence[str], known: str | None) -> Moment:
    """Everything true at an instant, of some sites or of all places."""
    return state_and_rows(book, at, sites, known)[0]


def state_and_rows(book: Book, at: str, sites: Sequence[str], known: str | None) -> tuple[Moment, Rows]:
    """The state, and the rows of ``STATE_ROWS`` that it was made from."""
    known_at = report_run.known_at(book, known)
    registry = report_run.registry_at(book, known_at.size)
    names = _streams(book, registry, sites)
    with named("at"):
        instant = calendar.parse_instant(at)
    if book.until is not None:
        instant = min(instant, book.until)
    rows = report_run.rows_of(book, registry, names, known_at.size, STATE_ROWS)
    places = dict.fromkeys(name.partition("/")[0] for name in names)
    found = state_at(rows, places, calendar.instant_s(instant))
    return Moment(instant, known_at, tuple(found), registry.zones), rows


def timeline(
    book: Book, sites: Sequence[str], start: str | None, stop: str | None, known: str | None
) -> Iterator[TimelineStep]:
    """The effective records in order of (at, index) within [start, stop), each with the state of its thing
    after it.
    """
    known_at = report_run.known_at(book, known)
    registry = report_run.registry_at(book, known_at.size)
    names = _streams(book, registry, sites)
    from_, to = report_run.bounds(book, registry, sites, start, stop)
    records = effective(
        report_run.records_of(book, registry, names, known_at.size), report_run.gone_at(book, known_at.size)
    )
    return steps(
        sorted((r for r in records if to is None or r.at < to), key=lambda r: (r.at, r.index)), from_ or ""
    )


def steps(records: Sequence[Record], start: str = "") -> Iterator[TimelineStep]:
    """The timeline of records that are in order of (at, index); those before ``start`` are only taken in."""
    facts: dict[Key, tuple[RecordedFact, ...]] = {}
    number = 0
    for record in records:
        after, about = None, ""
        if BY_BODY[type(record.body)].subject:
            key = lifecycles.key(record)
            facts[key] = evolve(facts.get(key), (record,))
            after, about = as_it_stands(key, facts[key]), thing_named(record)
        if record.at >= start:
            number += 1
            yield TimelineStep(number, record, about, after)


def thing_named(record: Record) -> str:
    """Name of the thing that a fact is about, ``outage trip-m1``; empty where there is none."""
    if not BY_BODY[type(record.body)].subject:
        return ""
    _, what, *name = lifecycles.key(record)
    return f"{what} {'/'.join(name)}".strip()


def _streams(book: Book, registry: Registry, sites: Sequence[str]) -> list[str]:
    """The streams of some sites, or all; those that a bundle holds whole. ``Malformed`` where that is
    none.
    """
    known = report_run.places_of(registry)
    sites = [site.lower() if site.startswith("ba-") else site for site in sites]  # ba-SWPP as in story text
    for site in sites:
        if site not in known:
            raise no_such(report_run.PLACE, site, known)
    places = frozenset(sites or known)
    wanted = {name: n for name, n in registry.numbers.items() if name.partition("/")[0] in places}
    lacks = book.lacks(wanted)
    if wanted and len(lacks) == len(wanted):
        raise Malformed("; ".join(f"{name} {why}" for name, why in list(lacks.items())[:6]))
    return [name for name in wanted if name not in lacks]


# --- for machines -------------------------------------------------------------------------------------------


def moment_json(found: Moment) -> dict[str, Any]:
    """The state, for machines: places, and the things in force at each."""
    places: dict[str, list[dict[str, Any]]] = {}
    for thing in found.things:
        places.setdefault(thing.place, []).append(held_json(thing))
    return {
        "at": found.at,
        "known_at": found.known_at._asdict(),
        "places": [{"place": place, "things": things} for place, things in places.items()],
    }


def held_json(thing: ThingState) -> dict[str, Any]:
    """One thing, for machines: fields as they are stored."""
    return {
        "what": thing.what,
        "name": list(thing.name),
        "since": calendar.format_instant(thing.since_s),
        "fields": {name: msgspec.to_builtins(value) for name, value in thing.fields.items()},
    }


def step_json(step: TimelineStep) -> dict[str, Any]:
    """One step, for machines."""
    record = step.record
    return {
        "step": step.number,
        "at": record.at,
        "rec": record.rec,
        "index": record.index,
        "id": record.id,
        "stream": record.stream,
        "kind": record.kind,
        "said": sentence(record.body),
        "about": step.about,
        "state": None if step.after is None else held_json(step.after),
    }
