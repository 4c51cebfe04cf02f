"""The register: exactly the facts of the past that a decision on the next claim needs.

A fold over the effective records that keeps *marks*: the facts that begin, change or end something with a
name (a site, a block, an outage, a curtailment, a dispatch, a program, a lease phase, a commitment, an
incident), in order of (at, pos) per name; and the *readings* of each meter as intervals of time. Hash rates
and other facts that no rule uses leave no mark, so the register stays small beside the log. It equals a fresh
fold at any time (law), and the marks of a corrected or retracted record are removed by its id.

Every rule looks at one place only, so the register is kept by place, and a place is folded when it is first
asked for: first what ``source`` gives for it (``Kept``: the few records that bear on decisions, see
``bears``), then the records applied since. So a writer that appends about one site folds one site, however
many there are.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from typing import Any, Final, NamedTuple

import msgspec

from ledger import calendar, kinds
from ledger.kinds import BY_BODY, KINDS, Fact
from ledger.records.envelope import Record
from ledger.records.wording import sentence

Name = tuple[str, ...]


SAID_LIMIT: Final = 160
_MARKED: Final = {kind.body: kind.marks for kind in KINDS if kind.marks}
_BEARING: Final = {kind.body for kind in KINDS if kind.marks or issubclass(kind.body, kinds.Series)}


class FactMark(msgspec.Struct, frozen=True, gc=False):
    """One fact about one name; ordered by (at, pos)."""

    at: str
    pos: int
    index: int
    id: str
    body: Fact

    def __str__(self) -> str:
        said = f"{BY_BODY[type(self.body)].name} {sentence(self.body)}".strip()
        said = said if len(said) <= SAID_LIMIT else f"{said[:SAID_LIMIT]}..."
        return f"record {self.index} ({self.id}) of {self.at}: {said}"


class MeterCoverage(NamedTuple):
    """The time that one record of intervals covers, [start_s, stop_s)."""

    start_s: int
    stop_s: int
    record: int
    id: str

    def __str__(self) -> str:
        start, stop = calendar.format_instant(self.start_s), calendar.format_instant(self.stop_s)
        return f"record {self.record} ({self.id}): intervals-recorded from {start} to {stop}"


class Kept(NamedTuple):
    """The part of a record that bears on decisions, short enough to cache."""

    id: str
    corrects: tuple[str, ...]
    marks: tuple[tuple[str, Name, Name, FactMark], ...]
    readings: tuple[str, MeterCoverage] | None


def bears(record: Record) -> bool:
    """True for a record that leaves anything in the register."""
    return type(record.body) in _BEARING or bool(record.corrects)


def kept(record: Record) -> Kept:
    """The part of a record that the register of its place keeps."""
    return Kept(record.id, record.corrects or (), _marks(record), covered(record))


def _marks(record: Record) -> tuple[tuple[str, Name, Name, FactMark], ...]:
    body: Any = record.body
    subjects = _MARKED.get(type(body))
    if subjects is None:
        return ()
    mark = FactMark(record.at, record.pos, record.index, record.id, body)
    return tuple(
        (
            subject.what,
            tuple(getattr(body, field) for field in subject.named),
            tuple(getattr(body, field) for field in subject.within),
            mark,
        )
        for subject in subjects
        if not subject.stating or getattr(body, subject.stating) is not msgspec.UNSET
    )


def covered(record: Record) -> tuple[str, MeterCoverage] | None:
    """The series and the coverage of a record of intervals; None for another record."""
    body = record.body
    if not isinstance(body, kinds.Series):
        return None
    start_s = calendar.instant_s(body.start)
    return body.series, MeterCoverage(
        start_s, start_s + len(body.values) * body.interval_s, record.index, record.id
    )


_at: Final = attrgetter("at")


def _order(mark: FactMark) -> tuple[str, int]:
    return mark.at, mark.pos


class _Place:
    """The marks and readings of one place."""

    def __init__(self) -> None:
        self.marks: dict[tuple[str, Name], list[FactMark]] = {}
        self.names: dict[tuple[str, Name], dict[Name, None]] = {}
        self.readings: dict[str, list[MeterCoverage]] = {}
        self.where: dict[str, list[tuple[tuple[str, Name], FactMark]]] = {}
        self._read: dict[str, tuple[str, MeterCoverage]] = {}

    def take(self, found: Kept) -> None:
        for target in found.corrects:
            self._remove(target)
        for what, name, within, mark in found.marks:
            insort(self.marks.setdefault((what, name), []), mark, key=_order)
            self.where.setdefault(found.id, []).append(((what, name), mark))
            self.names.setdefault((what, within), {})[name] = None
        if found.readings is not None:
            meter, readings = found.readings
            insort(self.readings.setdefault(meter, []), readings)
            self._read[found.id] = found.readings

    def _remove(self, target: str) -> None:
        for at, mark in self.where.pop(target, ()):
            self.marks[at] = without(self.marks[at], mark)
        if target in self._read:
            meter, readings = self._read.pop(target)
            self.readings[meter].remove(readings)


Source = Callable[[str], Iterable[Kept]]


def _nothing(place: str) -> Iterable[Kept]:
    return ()


class Register:
    """Marks by place, what they are about and its name: ``marks("sandersville", "outage", "o7")``."""

    def __init__(self, source: Source = _nothing, streams: dict[str, int] | None = None) -> None:
        self._source = source
        self._places: dict[str, _Place] = {}
        self._since: dict[str, list[Kept]] = {}  # applied, of places that were not asked for yet
        self.streams: dict[str, int] = dict(streams or {})

    def apply(self, record: Record) -> bool:
        """Take in one accepted record, in the order of the log; True where it bears on decisions."""
        if bears(record):
            place = self._places.get(record.place)
            if place is None:
                self._since.setdefault(record.place, []).append(kept(record))
            else:
                place.take(kept(record))
            return True
        if type(record.body) is kinds.StreamOpened:
            self.streams[record.body.stream] = record.body.number
        return False

    def _of(self, place: str) -> _Place:
        found = self._places.get(place)
        if found is None:
            found = self._places[place] = _Place()
            for item in (*self._source(place), *self._since.pop(place, ())):
                found.take(item)
        return found

    def source_has_all(self) -> None:
        """Drop what was applied about places that were not asked for yet: the source gives it from now on."""
        self._since.clear()

    def marks(self, place: str, what: str, *name: str) -> list[FactMark]:
        """The marks of a name in order of (at, pos)."""
        held = self._places.get(place) or self._of(place)
        return held.marks.get((what, name)) or []

    def marks_without(self, place: str, ids: frozenset[str], what: str, *name: str) -> list[FactMark]:
        """The marks of a name but those of some records."""
        kept, named = self._of(place), (what, name)
        found = kept.marks.get(named, [])
        for id_ in ids if found else ():
            for at, mark in kept.where.get(id_, ()):
                if at == named:
                    found = without(found, mark)
        return found

    def names(self, place: str, what: str, *within: str) -> list[Name]:
        """The names ever marked, sorted; some may have no marks left after corrections."""
        return sorted(self._of(place).names.get((what, within), ()))

    def overlapping(self, place: str, meter: str, start_s: int, stop_s: int) -> Iterator[MeterCoverage]:
        """The readings of a meter that overlap [start_s, stop_s), in order; none lasts longer than two
        days.
        """
        readings: list[MeterCoverage] = self._of(place).readings.get(meter, [])
        first = bisect_left(readings, (start_s - 2 * calendar.DAY_S,))
        for found in readings[first : bisect_left(readings, (stop_s,), first)]:
            if found.stop_s > start_s:
                yield found

    def covered_before(self, place: str, meter: str, start_s: int) -> MeterCoverage | None:
        """The last readings of a meter that begin before an instant."""
        readings = self._of(place).readings.get(meter, [])
        at = bisect_left(readings, (start_s,))
        return readings[at - 1] if at else None

    def zone_of(self, place: str) -> str | None:
        """The zone in a site's latest master data; None where there is none."""
        marks = self.marks(place, "site")
        return marks[-1].body.tz if marks and isinstance(marks[-1].body, kinds.SiteRegistered) else None

    def state(self) -> dict[Any, Any]:
        """The whole content, for comparing two registers."""
        for place in tuple(self._since):
            self._of(place)
        marks = {
            (place, *at): tuple(found)
            for place, held in self._places.items()
            for at, found in held.marks.items()
            if found
        }
        readings = {
            (place, meter): tuple(found)
            for place, held in self._places.items()
            for meter, found in held.readings.items()
            if found
        }
        return {**marks, **readings}


def without(marks: list[FactMark], mark: FactMark) -> list[FactMark]:
    """The marks without one of them."""
    place = bisect_left(marks, _order(mark), key=_order)
    return [*marks[:place], *marks[place + 1 :]]


def until(marks: list[FactMark], at: str) -> int:
    """The number of marks not later than an instant, which is mostly now: after all of them."""
    if marks and marks[-1].at <= at:
        return len(marks)
    return bisect_right(marks, at, key=_at)
