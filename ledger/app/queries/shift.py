"""Open items now: for the shift, on one screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from ledger import calendar
from ledger.app.book.book import Book
from ledger.app.queries import deadlines, moment
from ledger.app.queries.deadlines import DueList
from projections.engine.words import counted
from projections.figures.open_things import open_things
from projections.figures.state_at import ThingState

_PLURALS: Final = {
    "directive": "directives",
    "generator-run": "running generators",
    "incident": "incidents",
    "outage": "outages",
    "dispatch": "dispatches",
    "curtailment": "curtailments",
    "feed": "feeds down",
    "condition": "grid conditions",
    "grid-notice": "grid notices",
}
_SINGULARS: Final = {
    "generator-run": "running generator",
    "feed": "feed down",
    "condition": "grid condition",
    "grid-notice": "grid notice",
}


class Shift(NamedTuple):
    """Open items at an instant (stored form): things, deadlines that are past, and the number of records no
    checkpoint covers, the first of them recorded at ``unsealed_since``. ``zones`` are those of the places.
    """

    at: str
    things: tuple[ThingState, ...]
    overdue: DueList
    unsealed: int
    unsealed_since: str | None
    zones: dict[str, str]


def shift(book: Book, sites: Sequence[str], at: str, known: str | None = None) -> Shift:
    """Open items at an instant, of some sites or of all places, as known at a size of the log."""
    found = moment.state(book, at, sites, known)
    waiting, since = unsealed(book)
    own = [site for site in sites if not site.startswith("ba-")]
    overdue = deadlines.due(book, own, found.at, -1, known)
    things = tuple(open_things(found.things))
    return Shift(found.at, things, overdue, waiting, since, found.zones)


def unsealed(book: Book) -> tuple[int, str | None]:
    """Number of records no checkpoint covers, and the time of the first of them."""
    seal, size = book.store.last_seal(), book.store.size
    sealed = 0 if seal is None else seal.size
    return size - sealed, book.rec_at(sealed) if sealed < size else None


def open_counts(counts: Mapping[str, int]) -> list[str]:
    """``2 outages``, ``1 feed down``: how many things of each kind are open."""
    return [counted(count, _SINGULARS.get(what, what), _PLURALS[what]) for what, count in counts.items()]


def shift_json(found: Shift) -> dict[str, Any]:
    """For machines."""
    return {
        "at": found.at,
        "open": [{"place": thing.place, **moment.held_json(thing)} for thing in found.things],
        "overdue": [deadlines.due_json(one) for one in found.overdue.found],
        "unsealed": {"records": found.unsealed, "since": found.unsealed_since},
    }


def open_s(found: Shift, thing: ThingState) -> int:
    """Time for which a thing has been open, in seconds."""
    return calendar.instant_s(found.at) - thing.since_s
