"""Row kind ``condition``: the grid states that a balancing authority declared, and the notices of its
operator.

Key (``ba-<code>``,). The row is a tuple of facts in order of (at, pos). A declared state holds until the next
declaration. A notice holds from its ``start`` until its ``stop``; one without a stop holds until the
authority declares normal. Of what holds at an instant the most severe state is the grid's, in the order of
``GridState``. After a notice the grid is normal where nothing else holds: the operator said when it ends.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, get_args

from msgspec import UNSET

from ledger.calendar import Window, instant_s
from ledger.kinds import GridConditionDeclared, GridNoticePublished
from ledger.kinds.dispatches import GridState
from projections.engine.fold import FigureScope, bears_holding
from projections.engine.windows import FOREVER, Span, spans, sweep
from projections.rows.fact_rows import RecordedFact, fact_rows

NORMAL: Final = "normal"
STATES: Final[tuple[str, ...]] = get_args(GridState)
"""Grid states from the least severe to the most severe."""


def most_severe(states: Iterable[str]) -> str:
    """The most severe of some states; normal where there is none."""
    return max(states, key=STATES.index, default=NORMAL)


def grid_spans(row: Sequence[RecordedFact]) -> list[Span[str]]:
    """The spans of every state of the grid, in order; before the first nothing is known."""
    declared = spans((fact.at_s, fact.body.state) for fact in row if _declares(fact))
    notices = list(_notice_spans(row))
    if not notices:
        return declared
    begins = min(span.start_s for span in (*declared[:1], *notices))
    pieces = sweep(Window(begins, FOREVER), declared, notices)
    steps = [
        (piece.start_s, most_severe(state for group in piece.open for state in group)) for piece in pieces
    ]
    return spans(step for n, step in enumerate(steps) if not n or step[1] != steps[n - 1][1])


def strained(row: Sequence[RecordedFact]) -> list[Span[str]]:
    """The spans of every state other than normal."""
    return [span for span in grid_spans(row) if span.value != NORMAL]


def begins_s(fact: RecordedFact) -> int:
    """When the state of a declaration or notice begins."""
    return fact.at_s if _declares(fact) else instant_s(fact.body.start)


def _declares(fact: RecordedFact) -> bool:
    return isinstance(fact.body, GridConditionDeclared)


def _notice_spans(row: Sequence[RecordedFact]) -> Iterator[Span[str]]:
    normal_s = [fact.at_s for fact in row if _declares(fact) and fact.body.state == NORMAL]
    for fact in row:
        if _declares(fact):
            continue
        start_s = begins_s(fact)
        stop_s = FOREVER if fact.body.stop is UNSET else instant_s(fact.body.stop)
        if fact.body.stop is UNSET:
            later = bisect_left(normal_s, start_s)
            stop_s = normal_s[later] if later < len(normal_s) else FOREVER
        if start_s < stop_s:
            yield Span(start_s, stop_s, fact.body.state)


def _bears(row: tuple[RecordedFact, ...], asked: FigureScope) -> Iterator[int]:
    """Positions of the declarations that hold in the window, and of every notice that begins before its end and
    is not over before its start; what was normal since may have ended it.
    """
    yield from bears_holding([fact for fact in row if _declares(fact)], asked)
    for fact in row:
        if _declares(fact) or begins_s(fact) >= asked.stop_s:
            continue
        if fact.body.stop is UNSET or instant_s(fact.body.stop) > asked.start_s:
            yield fact.pos


CONDITION: Final = fact_rows(
    "condition", 2, ("authority",), (GridConditionDeclared, GridNoticePublished), _bears
)
