"""Availability of a block at each instant: the instant rule of the uptime report, as sums of whole seconds
and watt-seconds.

A *share* is a stretch of a commissioned block on which nothing changes. Its amounts are integers, so they add
up in any order; dividing by the capacity is left to the report. The rule, in this order (own):

1. a full outage takes the block: derate = capacity (or more, after a rerating down); of several the one that
   began first,
   then forced, maintenance, planned;
2. else derates in the order of their start, each up to what is left; those that began together in the same
   order of causes,
   then by name;
3. then the curtailed power = min(deepest open curtailment, what is left).
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from ledger.calendar import Window
from projections.engine.fold import Key, Rows
from projections.engine.report import Scope, found_for
from projections.engine.windows import FOREVER, Span, swept
from projections.rows.blocks import BLOCK, BlockChange, Rating, ratings, retired_after
from projections.rows.curtailments import CURTAILMENT, Curtailment, depths
from projections.rows.outages import OUTAGE, OutageFacts

CAUSES: Final = ("forced", "maintenance", "planned")  # in the order in which they win a tie
FORCED: Final = 0


class Derate(NamedTuple):
    """Power lost to one outage; ``cause`` indexes ``CAUSES``."""

    cause: int
    name: str
    derate_w: int
    outside_management_control: bool


class Lost(NamedTuple):
    """Capability lost at an instant: all of it to ``full`` (a cause), or ``derated_w`` by cause. ``excess_w``
    is beyond the capacity.
    """

    full: int | None
    derated_w: tuple[int, ...]
    excess_w: int


class AvailabilitySums(NamedTuple):
    """Seconds, and power times time in watt-seconds; they add up field by field.

    ``out`` is full outage, ``derated`` is outside full outages; ``idle_s`` is available time with a
    curtailment and no power left; ``inside`` is the part of outages within management control alone.
    """

    period_s: int
    forced_out_s: int
    maintenance_out_s: int
    planned_out_s: int
    forced_derated_ws: int
    maintenance_derated_ws: int
    planned_derated_ws: int
    idle_s: int
    curtailed_ws: int
    inside_out_s: int
    inside_derated_ws: int


class Share(NamedTuple):
    """One stretch of one block at one rating; ``excess_w`` is the part of its derates beyond the capacity."""

    at_s: int
    rating: Rating
    amounts: AvailabilitySums
    excess_w: int


class HeldBack(NamedTuple):
    """Blocks and their curtailments, in order of their keys: (site, block), (site, block, dispatch)."""

    blocks: dict[Key, tuple[BlockChange, ...]]
    curtailments: dict[Key, Curtailment]


class AvailabilityRows(NamedTuple):
    """The rows that a scope may see, in order of their keys: (site, block), (site, outage), (site, block,
    dispatch).
    """

    blocks: dict[Key, tuple[BlockChange, ...]]
    outages: dict[Key, OutageFacts]
    curtailments: dict[Key, Curtailment]

    @property
    def held(self) -> HeldBack:
        """The rows without the outages."""
        return HeldBack(self.blocks, self.curtailments)


def held_in(rows: Rows, scope: Scope) -> HeldBack:
    """Blocks in scope and their curtailments, of facts with ``at`` before the window's end; empty rows are
    left out.
    """
    stop_s = scope.window.stop_s
    blocks = {
        key: tuple(change for change in row if change.at_s < stop_s)
        for key, row in sorted(rows[BLOCK.name].items())
        if _in_scope(scope, *key)
    }
    curtailments = {
        key: tuple(change for change in row if change.at_s < stop_s)
        for key, row in sorted(rows[CURTAILMENT.name].items())
        if _in_scope(scope, *key[:2])
    }
    return HeldBack(
        {key: row for key, row in blocks.items() if row},
        {key: row for key, row in curtailments.items() if row},
    )


def facts_in(rows: Rows, scope: Scope) -> AvailabilityRows:
    """The same with their outages."""
    return found_for(rows, scope, _facts_in)


def _facts_in(rows: Rows, scope: Scope) -> AvailabilityRows:
    held = held_in(rows, scope)
    outages = {
        key: outage
        for key, row in sorted(rows[OUTAGE.name].items())
        if (outage := _outage_before(row, scope.window.stop_s)) != (None, None)
        and _in_scope(scope, key[0], None if outage.start is None else outage.start.block)
    }
    return AvailabilityRows(held.blocks, outages, held.curtailments)


class OfBlock(NamedTuple):
    """The facts of one block: its changes, its outages and its curtailments by name."""

    changes: tuple[BlockChange, ...]
    outages: list[tuple[str, OutageFacts]]
    curtailments: list[tuple[str, Curtailment]]


def by_block(facts: AvailabilityRows) -> dict[Key, OfBlock]:
    """The facts of every block; facts that belong to no block are left out."""
    found = {key: OfBlock(changes, [], []) for key, changes in facts.blocks.items()}
    for (site, name), outage in facts.outages.items():
        if outage.start is not None and (site, outage.start.block) in found:
            found[site, outage.start.block].outages.append((name, outage))
    for (site, block, dispatch), curtailment in facts.curtailments.items():
        if (site, block) in found:
            found[site, block].curtailments.append((dispatch, curtailment))
    return found


def _in_scope(scope: Scope, site: str, block: str | None) -> bool:
    return site in scope.sites and (not scope.blocks or block in scope.blocks)


def _outage_before(row: OutageFacts, stop_s: int) -> OutageFacts:
    start, end = row
    return OutageFacts(
        start if start and start.at_s < stop_s else None, end if end and end.at_s < stop_s else None
    )


def cause_of(outage_class: str) -> int:
    """Forced, maintenance or planned; U1 to U3 are all forced."""
    return FORCED if outage_class.startswith("forced") else CAUSES.index(outage_class)


def derates(outages: Iterable[tuple[str, OutageFacts]], block: Sequence[BlockChange]) -> list[Span[Derate]]:
    """The outages of one block by name, each until its end or the block's retirement, in the order in which
    ties are won.

    An outage that ends before it starts, through a late fact, counts nothing.
    """
    found = []
    for name, (start, end) in outages:
        if start is not None and (end is None or start.at_s <= end.at_s):
            stop_s = min(FOREVER if end is None else end.at_s, retired_after(block, start.at_s))
            derate = Derate(
                cause_of(start.outage_class), name, start.derate_w, start.outside_management_control
            )
            found.append(Span(start.at_s, stop_s, derate))
    return sorted(found, key=lambda span: (span.start_s, span.value))


def held_back(rows: Iterable[Curtailment], block: Sequence[BlockChange]) -> list[Span[int]]:
    """The depths of one block's curtailments in watts, each until its end or the block's retirement."""
    return [
        Span(start_s, min(stop_s, retired_after(block, start_s)), depth_w)
        for row in rows
        for start_s, stop_s, depth_w in depths(row)
    ]


class OpenDerates:
    """Steps 1 and 2 of the rule for the outages that are open, by number in the order of their start.

    Sums of them are kept as they open and end: a block with many open outages would else add up all of them at each
    of its changes. They are divided anew for another capacity, and after the end of one that had a part of a
    capacity that did not suffice.
    """

    def __init__(self) -> None:
        self._open: dict[int, Derate] = {}
        self._asked_w = 0
        self._capacity_w = -1  # what the sums below are for; -1: for none

    def __setitem__(self, number: int, derate: Derate) -> None:
        self._open[number] = derate
        self._asked_w += derate.derate_w
        if self._capacity_w >= 0:
            self._take(number, derate)

    def __delitem__(self, number: int) -> None:
        derate = self._open.pop(number)
        self._asked_w -= derate.derate_w
        if self._capacity_w < 0:
            return
        if number in self._full:
            del self._full[number]
        elif self._left_w:  # each has all of its power
            self._derated_w[derate.cause] -= derate.derate_w
            self._left_w += derate.derate_w
        elif number <= self._last:
            self._capacity_w = -1

    def _divide(self, capacity_w: int) -> None:
        self._capacity_w = self._left_w = capacity_w
        self._derated_w = [0] * len(CAUSES)
        self._full: dict[int, Derate] = {}
        self._last = -1  # the last outage with a part of the capacity
        for number, derate in self._open.items():
            self._take(number, derate)

    def _take(self, number: int, derate: Derate) -> None:
        if derate.derate_w >= self._capacity_w:
            self._full[number] = derate
        elif self._left_w:
            taken_w = min(derate.derate_w, self._left_w)
            self._derated_w[derate.cause] += taken_w
            self._left_w -= taken_w
            self._last = number

    def lost(self, capacity_w: int) -> Lost:
        """The capability that a block of a capacity loses to them."""
        if capacity_w != self._capacity_w:
            self._divide(capacity_w)
        if self._full:
            return Lost(next(iter(self._full.values())).cause, (0,) * len(CAUSES), 0)
        return Lost(None, tuple(self._derated_w), max(0, self._asked_w - capacity_w))


class OpenDepths:
    """Depths of the curtailments that are open."""

    def __init__(self) -> None:
        self._depths_w: dict[int, int] = {}
        self._sorted_w: list[int] = []

    def __setitem__(self, number: int, depth_w: int) -> None:
        self._depths_w[number] = depth_w
        insort(self._sorted_w, depth_w)

    def __delitem__(self, number: int) -> None:
        del self._sorted_w[bisect_left(self._sorted_w, self._depths_w.pop(number))]

    def deepest_w(self) -> int:
        """The deepest; 0 where none is open."""
        return self._sorted_w[-1] if self._sorted_w else 0


def amounts(seconds: int, capacity_w: int, now: Lost, inside: Lost, deepest_w: int) -> AvailabilitySums:
    """The whole rule over a stretch of the given seconds on which nothing changes; ``inside`` is lost to outages
    within management control.
    """
    left_w = capacity_w - sum(now.derated_w) if now.full is None else 0
    idle = now.full is None and deepest_w > 0 and left_w <= deepest_w
    return AvailabilitySums._make(
        (
            seconds,
            *(seconds * (now.full == cause) for cause in range(len(CAUSES))),
            *(seconds * derated_w for derated_w in now.derated_w),
            seconds * idle,
            seconds * min(deepest_w, left_w),
            seconds * (inside.full is not None),
            seconds * sum(inside.derated_w),
        )
    )


def shares(
    block: Sequence[BlockChange],
    outages: Sequence[Span[Derate]],
    curtailments: Sequence[Span[int]],
    window: Window,
) -> Iterator[Share]:
    """The commissioned time of one block in a window, cut at every change."""
    held: dict[int, Rating] = {}
    within = [outage for outage in outages if not outage.value.outside_management_control]
    now, inside, depths_w = OpenDerates(), OpenDerates(), OpenDepths()
    groups = ratings(block), outages, within, curtailments
    for start_s, stop_s in swept(window, groups, (held, now, inside, depths_w)):
        for rating in held.values():
            capacity_w = rating.capacity_w
            lost = now.lost(capacity_w)
            of_inside = lost if len(within) == len(outages) else inside.lost(capacity_w)
            found = amounts(stop_s - start_s, capacity_w, lost, of_inside, depths_w.deepest_w())
            yield Share(start_s, rating, found, lost.excess_w)


def forced_starts(
    block: Sequence[BlockChange], outages: Iterable[Span[Derate]], window: Window
) -> list[Rating]:
    """The block's rating at the start of each forced full outage that starts in the window."""
    held = ratings(block)
    return [
        rating
        for start_s, _, derate in outages
        if derate.cause == FORCED and window.start_s <= start_s < window.stop_s
        for held_s, until_s, rating in held
        if held_s <= start_s < until_s and derate.derate_w >= rating.capacity_w
    ]
