"""Row kind ``curtailment``: power of one block curtailed under one dispatch.

Key (site, block, dispatch). The row is a tuple of changes in order of (at, pos): a depth in watts where a
curtailment begins, None where it ends. A block can be curtailed again under the same dispatch; a start while
one is open replaces its depth from then on.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from msgspec import UNSET

from ledger.calendar import instant_s
from ledger.kinds import CurtailmentEnded, CurtailmentStarted
from ledger.records.envelope import Record
from ledger.units import LIMIT
from projections.engine.fold import RowKind, bears_holding, in_order, key_of
from projections.engine.windows import Span, spans


class CurtailmentChange(NamedTuple):
    """The depth held back from ``at_s`` on; None: nothing any more."""

    at_s: int
    pos: int
    depth_w: int | None


Curtailment = tuple[CurtailmentChange, ...]


def change_of(record: Record) -> CurtailmentChange:
    """The change that a record states."""
    body = record.body
    depth_w = None
    if isinstance(body, CurtailmentStarted):
        # the ledger writes the depth into every record; one from elsewhere without it means all that is
        # available
        depth_w = LIMIT if body.depth_w is UNSET else body.depth_w
    return CurtailmentChange(instant_s(record.at), record.pos, depth_w)


def depths(row: Iterable[CurtailmentChange]) -> list[Span[int]]:
    """The spans of each depth in watts; between curtailments there is no span."""
    steps = ((change.at_s, change.depth_w) for change in row)
    return [Span(start_s, stop_s, held) for start_s, stop_s, held in spans(steps) if held is not None]


def contradicted(row: Iterable[CurtailmentChange]) -> list[CurtailmentChange]:
    """Ends of a curtailment that was not open, and starts of one that was: contradictory through a late or
    corrected fact.
    """
    is_open = False
    found = []
    for change in row:
        if (change.depth_w is not None) == is_open:
            found.append(change)
        is_open = change.depth_w is not None
    return found


CURTAILMENT: Final = RowKind(
    "curtailment",
    1,
    ("site", "block", "dispatch"),
    (CurtailmentStarted, CurtailmentEnded),
    key_of(("site", "block", "dispatch")),
    in_order(change_of),
    bears_holding,
    Curtailment,
    items=True,
)
