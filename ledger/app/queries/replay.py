"""A site at any moment, as it was known at any size of the log: the state beside what is known now, and the
records around the moment.

A record is marked where it was not known then, and where another took its place: what the desk saw at 06:14 is
one question, what was so at 06:14 another.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from ledger import calendar
from ledger.app.book.book import Book
from ledger.app.queries import moment, report_run
from ledger.app.queries.registry import registry_at
from ledger.calendar import Window
from ledger.kinds import BY_BODY, BY_TAG, EventRetracted
from ledger.records.envelope import Record
from ledger.records.ids import text_id
from ledger.records.wording import sentence
from projections.engine.table import KnownAt
from projections.figures.state_at import ThingState

AROUND: Final = 12
"""Records shown on each side of the moment."""
SAID: Final = 180
"""Letters of a record's words; the values of a day of readings are longer than everything else together."""
AUTHORITY: Final = "balancing_authority"


class MomentAsked(NamedTuple):
    """Scope of a replay: a site, the moment, the knowledge, and the window of chart and slider."""

    site: str
    at: str
    known: str | None
    window: Window
    tz: str


class ThingSeen(NamedTuple):
    """A thing at the moment: as it was known then and as it is known now; one of them may be missing."""

    what: str
    name: str
    then: ThingState | None
    now: ThingState | None

    @property
    def mark(self) -> str:
        """Difference from what is known now; empty where there is none."""
        if self.then is None:
            return "not known then"
        if self.now is None:
            return "withdrawn since"
        return "" if self.then.words == self.now.words else "corrected since"


class RecordSeen(NamedTuple):
    """A record near the moment. ``known`` and ``stood``: by what was known then, was it there and did it hold;
    ``gone_by`` is the index of what took its place until today.
    """

    record: Record
    said: str
    clock: str
    changes: bool
    past: bool
    known: bool
    stood: bool
    gone_by: int | None
    retracted: bool

    @property
    def kind(self) -> str:
        """The kind without its version."""
        return BY_TAG[self.record.kind].name

    @property
    def mark(self) -> str:
        """Notes on it beside its words."""
        if not self.known:
            return "not known then"
        if not self.stood:
            return "replaced by then"
        if self.gone_by is None:
            return ""
        return f"{'retracted' if self.retracted else 'corrected'} later by {self.gone_by:,}"


class StepLinks(NamedTuple):
    """Links from a moment: to the record before and after, and to what changes a thing; and what was
    known before and after a record of the site was taken. None at an end.
    """

    record_before: str | None
    record_after: str | None
    change_before: str | None
    change_after: str | None
    known_before: int | None
    known_after: int | None


class Replayed(NamedTuple):
    """One moment replayed."""

    asked: MomentAsked
    known_at: KnownAt
    size: int
    things: tuple[ThingSeen, ...]
    records: tuple[RecordSeen, ...]
    steps: StepLinks
    total: int

    @property
    def differing(self) -> int:
        """Number of things known otherwise now."""
        return sum(bool(thing.mark) for thing in self.things)


def replayed(book: Book, asked: MomentAsked) -> Replayed:
    """The moment with everything that a page shows of it beside the chart."""
    known = report_run.known_at(book, asked.known)
    size = book.store.size
    site = _state(book, asked.at, (asked.site,), size)
    places = (asked.site, *_authority(book, site or _state(book, asked.at, (asked.site,), known.size)))
    now = _state(book, asked.at, places, size)
    then = now if known.size == size else _state(book, asked.at, places, known.size)
    records = _records(book, places)
    return Replayed(
        asked,
        known,
        size,
        tuple(_beside(then, now)),
        tuple(_near(book, records, asked, known.size)),
        _steps(records, asked, known.size),
        len(records),
    )


def week_of(at: str, tz: str) -> Window:
    """The days from Monday to Sunday that hold an instant, on the clocks of a zone."""
    zone = calendar.zone(tz)
    local = calendar.in_zone(datetime.fromisoformat(at), zone).date()
    monday = local - timedelta(days=local.weekday())
    return Window(calendar.day_start_s(monday, zone), calendar.day_start_s(monday + timedelta(days=7), zone))


def last_moment(book: Book, site: str, known: str | None) -> str:
    """The last instant of a site that something is known of, up to what is known: where a replay begins that was
    asked for no moment.
    """
    size = report_run.known_at(book, known).size
    ats = [one.at for one in _records(book, (site,)) if one.index < size]
    taken = calendar.format_instant(report_run.last_s(report_run.known_at(book, known)))
    return min(max(ats, default=taken), taken)


# --- states ---------------------------------------------------------------------------------------------------


def _state(book: Book, at: str, places: Sequence[str], size: int) -> tuple[ThingState, ...]:
    """The state of those of some sites that the book had heard of; of none at first."""
    heard = set(report_run.places_of(registry_at(book, size)))
    there = [place for place in places if place in heard]
    return moment.state(book, at, there, str(size)).things if there else ()


def _authority(book: Book, things: Iterable[ThingState]) -> tuple[str, ...]:
    """The authority that balances the site, where it is open to the reader."""
    codes = [thing.fields.get(AUTHORITY) for thing in things if thing.what == "site"]
    registry = registry_at(book, book.store.size)
    lacks = book.lacks(registry.numbers)
    there = {name.partition("/")[0] for name in registry.numbers if name not in lacks}
    found = [f"ba-{code.lower()}" for code in codes if isinstance(code, str)]
    return tuple(dict.fromkeys(place for place in found if place in there))


def _beside(then: Sequence[ThingState], now: Sequence[ThingState]) -> Iterator[ThingSeen]:
    """Both states thing by thing; a site's own registration stands first."""
    olds, news = ({(one.what, one.name, one.place): one for one in some} for some in (then, now))
    for key in sorted(olds.keys() | news.keys(), key=lambda key: (key[0] != "site", key)):
        what, name, place = key
        shown = "/".join(name) or (place if place.startswith("ba-") else "")
        yield ThingSeen(what, shown, olds.get(key), news.get(key))


# --- records --------------------------------------------------------------------------------------------------


def _records(book: Book, places: Sequence[str]) -> list[Record]:
    """All records of some places that the reader may see, superseded ones too, in order of (at, index)."""
    registry = registry_at(book, book.store.size)
    mine = {name: n for name, n in registry.numbers.items() if name.partition("/")[0] in places}
    absent = set(book.absent(mine))
    names = [name for name in mine if name not in absent]
    found = report_run.records_of(book, registry, names, book.store.size)
    return sorted(found, key=lambda one: (one.at, one.index))


def _near(book: Book, records: Sequence[Record], asked: MomentAsked, size: int) -> Iterator[RecordSeen]:
    """The records before and after the moment."""
    here = bisect_right(records, asked.at, key=lambda one: one.at)
    near = records[max(here - AROUND, 0) : here + AROUND]
    by = {text_id(target): index for target, index in book.store.corrections()}
    zone = calendar.zone(asked.tz)
    for one in near:
        gone_by = by.get(one.id)
        if gone_by is not None and not book.has(gone_by):
            gone_by = None
        yield RecordSeen(
            one,
            _clipped(sentence(one.body, sections=False)),
            calendar.format_local(calendar.instant_s(one.at), zone),
            changes(one),
            one.at <= asked.at,
            one.index < size,
            gone_by is None or gone_by >= size,
            gone_by,
            gone_by is not None and isinstance(book.record_at(gone_by).body, EventRetracted),
        )


def _clipped(words: str) -> str:
    return words if len(words) <= SAID else f"{words[:SAID]}..."


def changes(record: Record) -> bool:
    """Does a record change how a thing stands, as readings and observations do not?"""
    return BY_BODY[type(record.body)].effect is not None


def _steps(records: Sequence[Record], asked: MomentAsked, size: int) -> StepLinks:
    """Moments of other records that were known, and knowledges with one record of these places less and more."""
    ats = sorted({one.at for one in records if one.index < size})
    turns = sorted({one.at for one in records if one.index < size and changes(one)})
    last = max((one.index for one in records if one.index < size), default=0)
    following = min((one.index for one in records if one.index >= size), default=None)
    return StepLinks(
        *_sides(ats, asked.at),
        *_sides(turns, asked.at),
        last or None,
        None if following is None else following + 1,
    )


def _sides(ats: Sequence[str], at: str) -> tuple[str | None, str | None]:
    """The instants next to one, before and after."""
    before, after = bisect_left(ats, at), bisect_right(ats, at)
    return ats[before - 1] if before else None, ats[after] if after < len(ats) else None
