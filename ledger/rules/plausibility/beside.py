"""The facts beside a record that a rule of plausibility looks at."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ledger import kinds
from ledger.kinds import Fact
from ledger.records.envelope import Record
from ledger.rules.known import Known
from ledger.rules.power import Power, contracted
from ledger.rules.register import FactMark

At = str | None
"""An instant as stored; None where there is none."""


class OpenSpan(NamedTuple):
    """An outage or curtailment of a block, from its first record to its end, None while it is open."""

    begun: FactMark
    stop: At

    def holds(self, at: str) -> bool:
        """True where it is open at an instant."""
        return self.begun.at <= at and (self.stop is None or at < self.stop)

    def overlaps(self, other: OpenSpan) -> bool:
        """True where both are open at some instant."""
        return (self.stop is None or other.begun.at < self.stop) and (
            other.stop is None or self.begun.at < other.stop
        )


class FactsBeside:
    """The facts that a rule looks at beside a record: the register, the time of the newest record, any record
    by its index or id, and what ``neighbours`` finds.

    Computed values are kept, as neighboring records ask for the same ones.
    """

    def __init__(
        self,
        known: Known,
        newest_s: int,
        record_at: Callable[[int], Record],
        record_of: Callable[[str], Record | None],
        neighbours: Mapping[str, tuple[str, At]],
    ) -> None:
        self.known, self.newest_s, self.neighbours = known, newest_s, neighbours
        self.record_at, self.record_of = record_at, record_of
        self._spans: dict[str, OpenSpan] = {}
        self._contracted: dict[str, tuple[list[str], dict[int, Power | None]]] = {}

    def span(self, place: str, begun: FactMark) -> OpenSpan:
        """An outage or curtailment by the fact that begins it: to its own end, or to the block's
        retirement.
        """
        found = self._spans.get(begun.id)
        if found is None:
            body, marks = body_of(begun), self.known.marks
            ended = marks(
                *(outage_of if isinstance(body, kinds.OutageStarted) else curtailment_of)(place, body)
            )
            stops = (
                *_first(ended, begun.at, (kinds.OutageEnded, kinds.CurtailmentEnded)),
                *_first(marks("block", place, body.block), begun.at, (kinds.LoadBlockRetired,)),
            )
            found = self._spans[begun.id] = OpenSpan(begun, min(stops, default=None))
        return found

    def contracted(self, place: str, at: str) -> Power | None:
        """The site's contracted power at an instant, computed once between two changes of it."""
        kept = self._contracted.get(place)
        if kept is None:
            marks = (
                m
                for name in self.known.names("contract", place)
                for m in self.known.marks("contract", place, *name)
            )
            instants = {instant for m in marks for instant in (m.at, body_of(m).start, body_of(m).stop)}
            kept = self._contracted[place] = sorted(instant for instant in instants if instant), {}
        changes, found = kept
        n = bisect_right(changes, at)
        if n not in found:
            found[n] = contracted(self.known, place, at)
        return found[n]


def _first(marks: Sequence[FactMark], at: str, bodies: tuple[type[Fact], ...]) -> Iterator[str]:
    """The ``at`` of the first of some facts that is not before an instant, if there is one."""
    for mark in marks:
        if mark.at >= at and isinstance(mark.body, bodies):
            yield mark.at
            return


def outage_of(place: str, body: Any) -> tuple[str, str, str]:
    """The mark name of a fact's outage."""
    return "outage", place, body.outage


def curtailment_of(place: str, body: Any) -> tuple[str, str, str, str]:
    """The mark name of a fact's curtailment."""
    return "curtailment", place, body.dispatch, body.block


def body_of(mark: FactMark) -> Any:
    """The fact of a mark; the name by which the mark was found determines its kind."""
    return mark.body


def neighbours(
    records: Iterable[Record], first: Callable[[Record], At] = lambda record: None
) -> dict[str, tuple[str, At]]:
    """The ``at`` of the facts before and after a record in its stream, by id, of the records that are not dated
    between the two, which are few; ``first`` is the one before the first record.

    A correction is left out, as it belongs beside the record that it corrects; so is a fact dated after it
    was recorded, which is noted for that and would make its neighbors look early.
    """
    found: dict[str, tuple[str, At]] = {}
    last: dict[str, tuple[At, Record]] = {}
    for record in records:
        if not dates_others(record):
            continue
        held = last.get(record.stream)
        if held is None:
            last[record.stream] = first(record), record
            continue
        before, one = held
        if before is not None and (one.at < before) == (one.at < record.at):
            found[one.id] = before, record.at
        last[record.stream] = one.at, record
    for before, one in last.values():
        if before is not None and one.at < before:  # what is recorded next may be as late as the last one
            found[one.id] = before, None
    return found


def dates_others(record: Record) -> bool:
    """True for a record whose date can be compared with those of the facts beside it."""
    return not record.corrects and record.at <= record.rec
