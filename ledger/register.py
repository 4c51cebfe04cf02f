"""The register: what must be known of the past to accept the next claim, and nothing more.

A fold over the effective records that keeps *marks*: the facts that begin, change or end something with a name (a site, a
block, an outage, a curtailment, a dispatch, a meter, a program, a lease phase, a commitment, an incident), in order of (at, pos)
per name. Readings, hash rates and other facts without a lifecycle leave no mark, so the register stays small beside the log.
It is equal to a fresh fold at any time (law), and a corrected or retracted record's marks are taken out by its id.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from ledger import events as e
from ledger.events import Fact
from ledger.records import Record

Name = tuple[str, ...]

# body -> (what it is about, the fields that name it); the place comes first in every name
ABOUT: Final[dict[type[Fact], tuple[str, tuple[str, ...]]]] = {
    e.SiteRegistered: ("site", ()),
    e.LoadBlockCommissioned: ("block", ("block",)),
    e.LoadBlockRerated: ("block", ("block",)),
    e.LoadBlockRetired: ("block", ("block",)),
    e.OutageStarted: ("outage", ("outage",)),
    e.OutageEnded: ("outage", ("outage",)),
    e.MeterRegistered: ("meter", ("meter",)),
    e.ProgramEnrolled: ("program", ("program",)),
    e.ProgramSuspended: ("program", ("program",)),
    e.ProgramReinstated: ("program", ("program",)),
    e.ProgramWithdrawn: ("program", ("program",)),
    e.DispatchNotified: ("dispatch", ("dispatch",)),
    e.DispatchAmended: ("dispatch", ("dispatch",)),
    e.CurtailmentStarted: ("curtailment", ("dispatch", "block")),
    e.CurtailmentEnded: ("curtailment", ("dispatch", "block")),
    e.LeasePhaseOpened: ("phase", ("phase",)),
    e.LeaseTerminated: ("phase", ("phase",)),
    e.LeaseDelayNoticed: ("delay", ("phase", "delay")),
    e.CreditSupportRecorded: ("instrument", ("phase", "instrument")),
    e.CommitmentMade: ("commitment", ("commitment",)),
    e.DefaultNoticed: ("default", ("commitment",)),
    e.CureStarted: ("default", ("commitment",)),
    e.IncidentOpened: ("incident", ("incident",)),
    e.IncidentClosed: ("incident", ("incident",)),
}


class Mark(msgspec.Struct, frozen=True, gc=False):
    """One fact about one name; ordered by (at, pos)."""

    at: str
    pos: int
    index: int
    id: str
    body: Fact

    def __str__(self) -> str:
        return f"record {self.index} ({self.id}) of {self.at}"


def _order(mark: Mark) -> tuple[str, int]:
    return mark.at, mark.pos


class Register:
    """Marks by what they are about and its name: ``marks("outage", ("sandersville", "o7"))``."""

    def __init__(self) -> None:
        self._marks: dict[tuple[str, Name], list[Mark]] = {}
        self._of_id: dict[str, tuple[str, Name]] = {}
        self._outages_of: dict[Name, set[str]] = {}
        self.streams: dict[str, int] = {}

    def apply(self, record: Record) -> None:
        """Take in one accepted record, in the order of the log."""
        if record.corrects:
            for target in record.corrects:
                self._remove(target)
        body = record.body
        about = ABOUT.get(type(body))
        if about is not None:
            self._keep(record, about)
        elif isinstance(body, e.StreamOpened):
            self.streams[body.stream] = body.number

    def _keep(self, record: Record, about: tuple[str, tuple[str, ...]]) -> None:
        what, fields = about
        body: Any = record.body
        place = record.place
        name = (place, *(getattr(body, field) for field in fields))
        mark = Mark(record.at, record.pos, record.index, record.id, body)
        insort(self._marks.setdefault((what, name), []), mark, key=_order)
        self._of_id[record.id] = (what, name)
        if what == "outage" and isinstance(body, e.OutageStarted):
            self._outages_of.setdefault((place, body.block), set()).add(body.outage)

    def _remove(self, target: str) -> None:
        at = self._of_id.pop(target, None)
        if at is not None:
            self._marks[at] = [mark for mark in self._marks[at] if mark.id != target]

    def marks(self, what: str, name: Name, gone: Iterable[str] = ()) -> list[Mark]:
        """The marks of a name in order of (at, pos), without those whose id is in ``gone``."""
        found = self._marks.get((what, name), [])
        return [mark for mark in found if mark.id not in gone] if gone else found

    def outages_of(self, place: str, block: str) -> list[str]:
        """The outages ever started on a block, sorted; some may have been corrected away since."""
        return sorted(self._outages_of.get((place, block), ()))

    def zone_of(self, place: str) -> str | None:
        """The zone of a site's latest master data, None where there is none."""
        marks = self.marks("site", (place,))
        return marks[-1].body.tz if marks and isinstance(marks[-1].body, e.SiteRegistered) else None

    def state(self) -> dict[tuple[str, Name], tuple[Mark, ...]]:
        """Everything known, for comparing two registers."""
        return {at: tuple(marks) for at, marks in self._marks.items() if marks}
