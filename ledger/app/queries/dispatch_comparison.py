"""A caller's own list of dispatches against those that a book, or a bundle, holds: dispatch by dispatch, with
the records that differ.

A row is the ledger's dispatch of that id or external id; one without an id is that of its program which
starts when it does, else which is in progress then. The ledger's terms are the current ones: as amended, to
the release.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from msgspec import UNSET

from ledger import calendar
from ledger.app.book.book import Book
from ledger.app.queries import explanation, report_run
from ledger.errors import Malformed
from ledger.exchange.sheets.dispatch_list import ListedDispatch
from ledger.kinds import DispatchAmended, DispatchCancelled, DispatchNotified, DispatchReleased
from ledger.records.envelope import Record
from projections.engine.windows import FOREVER
from projections.rows.dispatches import DISPATCH, DispatchCall, call

DIFFERS: Final = "differs"
ONLY_YOURS: Final = "only yours"
ONLY_LEDGER: Final = "only the ledger's"
WAYS: Final = (DIFFERS, ONLY_YOURS, ONLY_LEDGER)
REQUESTS: Final = ("emergency", "capacity", "utility-economic", "market")
"""Classes of dispatches that were called by a party whose list this may be (DOMAIN 4)."""
_TERMS: Final = (DispatchNotified, DispatchAmended, DispatchCancelled, DispatchReleased)


class _LedgerDispatch(NamedTuple):
    """A dispatch of the ledger, with the positions of its records."""

    site: str
    name: str
    call: DispatchCall
    places: tuple[tuple[str, int], ...]


class TermDifference(NamedTuple):
    """A term in which the two differ: start, stop, target_w, program or cancelled."""

    term: str
    own: str | int | None
    ledger: str | int | None


class DispatchDiscrepancy(NamedTuple):
    """A dispatch in which the two differ, or that only one of them has; ``way`` is one of ``WAYS``."""

    site: str | None
    name: str
    way: str
    terms: tuple[TermDifference, ...]
    records: tuple[Record, ...]


class DispatchComparison(NamedTuple):
    """A list set beside the ledger; ``zones`` are those of the sites."""

    equal: int
    found: tuple[DispatchDiscrepancy, ...]
    zones: dict[str, str]


def compared(book: Book, own: Sequence[ListedDispatch], sites: tuple[str, ...]) -> DispatchComparison:
    """The rows of a list against the ledger's dispatches of some sites, or of all."""
    if not own:
        raise Malformed("the file lists no dispatches to compare")
    registry = report_run.registry_at(book, book.store.size)
    held = _held(book, registry, report_run.sites_of(registry, sites))
    equal, found = 0, []
    matched: set[tuple[str, str]] = set()
    for row in own:
        one = _match(row, [each for each in held if (each.site, each.name) not in matched])
        if one is None:
            found.append(DispatchDiscrepancy(row.site, row.name, ONLY_YOURS, (), ()))
            continue
        matched.add((one.site, one.name))
        if terms := tuple(_differing(row, one.call)):
            found.append(DispatchDiscrepancy(one.site, one.name, DIFFERS, terms, _records(book, one)))
        else:
            equal += 1
    missing = [each for each in held if (each.site, each.name) not in matched and _is_due(each, own)]
    found += [DispatchDiscrepancy(m.site, m.name, ONLY_LEDGER, (), _records(book, m)) for m in missing]
    return DispatchComparison(equal, tuple(found), registry.zones)


def _held(book: Book, registry: report_run.Registry, sites: Iterable[str]) -> list[_LedgerDispatch]:
    """The dispatches of some sites by their start."""
    lacks = book.lacks(registry.numbers)
    streams = [name for site in sites if (name := f"{site}/grid") in registry.numbers and name not in lacks]
    if not streams:
        raise Malformed("no stream of these sites that holds dispatches is here")
    rows = report_run.rows_of(book, registry, streams, book.store.size, (DISPATCH,))[DISPATCH.name]
    found = []
    for (site, name), facts in rows.items():
        one = call(facts, FOREVER)
        if one is not None:
            places = tuple((f"{site}/grid", fact.pos) for fact in facts if isinstance(fact.body, _TERMS))
            found.append(_LedgerDispatch(site, name, one, places))
    return sorted(found, key=lambda each: (each.call.start_s, each.site, each.name))


def _match(row: ListedDispatch, held: Sequence[_LedgerDispatch]) -> _LedgerDispatch | None:
    """The ledger's dispatch that a row is about."""
    here = [each for each in held if row.site in (None, each.site)]
    if row.dispatch is not None:
        found = [each for each in here if row.dispatch in (each.name, each.call.called.external_id)]
        if len({each.site for each in found}) > 1:
            sites = ", ".join(sorted({each.site for each in found}))
            raise Malformed(
                f"dispatch {row.dispatch!r} of line {row.line} is at {sites}; add a column site, or --site"
            )
        return next(iter(found), None)
    assert row.start is not None, "a row without an id has a program and a start"
    start_s = calendar.instant_s(row.start)
    of_program = [each for each in here if each.call.called.program == row.program]
    at_once = [each for each in of_program if each.call.start_s == start_s]
    in_progress = [
        each for each in of_program if each.call.start_s <= start_s < (each.call.stop_s or FOREVER)
    ]
    return next(iter(at_once or in_progress), None)


def _differing(row: ListedDispatch, one: DispatchCall) -> Iterator[TermDifference]:
    """The terms given in a row that differ from the current ones in the ledger."""
    program = None if one.called.program is UNSET else one.called.program
    ledger: dict[str, str | int | None] = {
        "program": program,
        "start": calendar.format_instant(one.start_s),
        "stop": None if one.stop_s is None else calendar.format_instant(one.stop_s),
        "target_w": one.target_w,
    }
    if not one.took_place and one.cancelled_s is not None:
        yield TermDifference("cancelled", None, calendar.format_instant(one.cancelled_s))
        del ledger["stop"]
    for term, stands in ledger.items():
        own = getattr(row, term)
        if own is not None and own != stands:
            yield TermDifference(term, own, stands)


def _is_due(one: _LedgerDispatch, own: Sequence[ListedDispatch]) -> bool:
    """True where a list of these rows should have a dispatch: it was called by a party, in the list's time,
    at its sites and for its programs.
    """
    starts = [calendar.instant_s(row.start) for row in own if row.start is not None]
    ends = [calendar.instant_s(end) for row in own if (end := row.stop or row.start) is not None]
    if not one.call.took_place or not starts or not min(starts) <= one.call.start_s <= max(ends):
        return False
    sites, programs = ({getattr(row, name) for row in own} for name in ("site", "program"))
    if None not in sites and one.site not in sites:
        return False
    if None not in programs:
        return one.call.called.program in programs
    return one.call.called.program is not UNSET or one.call.called.dispatch_class in REQUESTS


def _records(book: Book, one: _LedgerDispatch) -> tuple[Record, ...]:
    found = explanation.read(book, explanation.numbers_of(book), sorted(one.places))
    return tuple(sorted(found, key=lambda record: record.index))


def comparison_json(found: DispatchComparison) -> dict[str, Any]:
    """For machines."""
    return {
        "equal": found.equal,
        "discrepancies": [
            {
                "site": each.site,
                "dispatch": each.name,
                "way": each.way,
                "terms": [term._asdict() for term in each.terms],
                "records": [record.index for record in each.records],
            }
            for each in found.found
        ],
    }
