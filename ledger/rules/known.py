"""The facts that a rule decides on, and the type of a rule.

A rule is a function ``(known, claim, body)`` that raises ``Refused`` naming the record that contradicts the
claim, or ``Malformed`` for a fact that is impossible in itself. Rules are judged at the claim's ``at`` on the
effective facts known now, the claim's own targets left out (DOMAIN 5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

import msgspec

from ledger.errors import did_you_mean
from ledger.records.envelope import RESERVED_PLACES, Claim, Record
from ledger.rules.register import FactMark, MeterCoverage, Name, Register, until

COMPARED: Final = 200
"""Most names that a misspelled one is compared with: a file may have thousands of refused lines."""


class Targets(NamedTuple):
    """The records that a claim names by id, and for those already corrected the index of the correction."""

    records: Mapping[str, Record]
    named_by: Mapping[str, int]


NO_TARGETS: Final = Targets({}, {})


class Known(msgspec.Struct, frozen=True, gc=False):
    """The register without the records that the claim corrects, and the records that the claim names."""

    register: Register
    gone: frozenset[str]
    targets: Targets = NO_TARGETS

    def marks(self, what: str, place: str, *name: str) -> list[FactMark]:
        """The effective marks of a name, in order of (at, pos)."""
        if not self.gone:
            return self.register.marks(place, what, *name)
        return self.register.marks_without(place, self.gone, what, *name)

    def is_marked(self, what: str, place: str, *name: str) -> bool:
        """True where a name has an effective mark."""
        marks = self.register.marks(place, what, *name)
        if not self.gone:
            return bool(marks)
        return bool(marks) and (marks[0].id not in self.gone or bool(self.marks(what, place, *name)))

    def until(self, at: str, what: str, place: str, *name: str) -> list[FactMark]:
        """The effective marks of a name not later than an instant."""
        found = self.marks(what, place, *name)
        return found[: until(found, at)]

    def latest(self, at: str, what: str, place: str, *name: str) -> FactMark | None:
        """The last effective mark of a name not later than an instant."""
        found = self.register.marks(place, what, *name)
        if not self.gone and found and found[-1].at <= at:  # it is mostly about now
            return found[-1]
        for n in range(until(found, at) - 1, -1, -1):
            if found[n].id not in self.gone:
                return found[n]
        return None

    def names(self, what: str, place: str, *within: str) -> list[Name]:
        """The names ever marked, sorted."""
        return self.register.names(place, what, *within)

    def near(self, what: str, place: str, name: str) -> str:
        """``; did you mean ...?`` with the names recorded at a place that are near an unknown one."""
        names = [known for (known,) in self.names(what, place)] if what != "site" else self._sites()
        return did_you_mean(name, names) if len(names) <= COMPARED else ""

    def _sites(self) -> list[str]:
        places = {stream.partition("/")[0] for stream in self.register.streams}
        return sorted(
            place for place in places if place not in RESERVED_PLACES and not place.startswith("ba-")
        )

    def overlapping(self, place: str, meter: str, start_s: int, stop_s: int) -> Iterator[MeterCoverage]:
        """The effective readings of a meter that overlap [start_s, stop_s)."""
        found = self.register.overlapping(place, meter, start_s, stop_s)
        return (readings for readings in found if readings.id not in self.gone) if self.gone else found


Rule = Callable[[Known, Claim, Any], None]
"""``rule(known, claim, claim.body)``"""
