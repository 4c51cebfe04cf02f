"""Timelines of a place's streams: which of their records belong to an incident or a window, and how each is told.

The records are read, put in order of (at, index) and sorted by what they are about once; each timeline then
looks at its own records alone. A report of many incidents would else read all records of a site for each.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from operator import attrgetter
from typing import NamedTuple

from msgspec import UNSET

from ledger.app.queries.moment import thing_named
from ledger.kinds import BY_BODY, BY_TAG, EventRetracted
from ledger.records.envelope import Record
from ledger.records.wording import sentence
from projections.engine.fold import Key
from projections.engine.report import TimelineRecord
from projections.figures.state_at import as_it_stands
from projections.rows import lifecycles
from projections.rows.fact_rows import evolve

_order = attrgetter("at", "index")


class TimelineScope(NamedTuple):
    """The records that a timeline shows: those of the ``own`` streams with ``at`` in [start, stop), those about
    ``incident`` up to ``until``, and ``wanted`` ones wherever they are.
    """

    own: Collection[str]
    start: str
    stop: str
    until: str
    incident: str | None
    ids: Collection[str]
    wanted: Collection[str]

    def hears(self, record: Record) -> bool:
        """True where the record is looked at: it is early enough, linked, or a correction."""
        return record.at < max(self.stop, self.until) or record.id in self.ids or bool(record.corrects)

    def shows(self, record: Record) -> bool:
        """True where a record that is heard is part of the timeline."""
        if record.id in self.wanted:
            return True
        of_it = self.incident is not None and getattr(record.body, "incident", None) == self.incident
        return record.stream in self.own and self.start <= record.at < (self.until if of_it else self.stop)


class StreamTimeline:
    """Records of some streams, superseded ones too."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._records = sorted(records, key=_order)
        self._ats = [record.at for record in self._records]
        self._by_id = {record.id: record for record in self._records}
        self._by: dict[str, Record] = {}  # what corrects a record
        self._at: dict[tuple[str, int], str] = {}
        self._of_incident: dict[str, list[Record]] = {}
        self._of_thing: dict[Key, list[Record]] = {}
        for record in self._records:
            self._by |= dict.fromkeys(record.corrects or (), record)
            self._at[record.stream, record.pos] = record.id
            if incident := getattr(record.body, "incident", None):
                self._of_incident.setdefault(incident, []).append(record)
        for record in self._records:
            if record.id not in self._by and BY_BODY[type(record.body)].subject:
                self._of_thing.setdefault(lifecycles.key(record), []).append(record)

    def told(self, scope: TimelineScope, places: Collection[tuple[str, int]] = ()) -> list[TimelineRecord]:
        """The timeline in order of (at, index); records at ``places`` (stream, position) are wanted too."""
        scope = scope._replace(wanted=self._wanted(scope, places))
        window = self._records[bisect_left(self._ats, scope.start) : bisect_left(self._ats, scope.stop)]
        about = self._of_incident.get(scope.incident or "", ())
        wanted = (self._by_id[id_] for id_ in scope.wanted if id_ in self._by_id)
        found = {record.index: record for some in (window, about, wanted) for record in some}
        shown = [record for record in found.values() if scope.hears(record) and scope.shows(record)]
        return [self._seen(record, scope) for record in sorted(shown, key=_order)]

    def _wanted(self, scope: TimelineScope, places: Collection[tuple[str, int]]) -> set[str]:
        """The linked records, those at places, what corrected the linked ones, and what all of these corrected."""
        wanted = {*scope.ids, *(self._at[place] for place in places if place in self._at)}
        for id_ in scope.ids:
            last = id_
            while last in self._by:
                last = self._by[last].id
                wanted.add(last)
        rest = list(wanted)
        while rest:
            record = self._by_id.get(rest.pop())
            if record is not None and scope.hears(record):
                more = set(record.corrects or ()) - wanted
                wanted |= more
                rest += more
        return wanted

    def _seen(self, record: Record, scope: TimelineScope) -> TimelineRecord:
        by = self._by.get(record.id)
        corrected = (self._by_id.get(id_) for id_ in record.corrects or ())
        return _seen(
            record,
            None if by is not None else self._after(record, scope),
            by,
            [one.index for one in corrected if one is not None and scope.hears(one)],
        )

    def _after(self, record: Record, scope: TimelineScope) -> str | None:
        """How the thing that an effective record is about stands after it, in words."""
        if not BY_BODY[type(record.body)].subject:
            return None
        key = lifecycles.key(record)
        facts = [
            one
            for one in self._of_thing[key]
            if _order(one) <= _order(record)
            and scope.hears(one)
            and (one.at < scope.stop or scope.shows(one))
        ]
        state = as_it_stands(key, evolve(None, facts))
        return None if state is None else state.words


def _seen(record: Record, state: str | None, by: Record | None, corrects: Sequence[int]) -> TimelineRecord:
    source = record.source
    evidence = None if source is UNSET else source.sha256 or source.ref or source.name
    why = record.reason if by is None else by.reason
    return TimelineRecord(
        record.at,
        record.rec,
        record.stream,
        BY_TAG[record.kind].name,
        record.id,
        record.index,
        sentence(record.body, sections=False),  # a timeline follows from leaves alone, and shows no secrets
        thing_named(record),
        state,
        evidence,
        record.body,
        tuple(sorted(corrects)),
        None if by is None else by.index,
        None if by is None else by.rec,
        by is not None and isinstance(by.body, EventRetracted),
        why or None,
    )
