"""Row kind ``condition``: how a balancing authority's grid was said to be.

Key (``ba-<code>``,). The row is a tuple of facts in order of (at, pos); a state holds until the next.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ledger.events import GridConditionDeclared
from ledger.records import Record
from projections.facts.said import PACKED, Said, evolve, pack, unpack
from projections.fold import Key, RowKind, bears_holding
from projections.windows import Span, spans

NORMAL: Final = "normal"


def key(record: Record) -> Key:
    """(ba-<code>,)."""
    return (record.place,)


def strained(row: Iterable[Said]) -> list[Span[str]]:
    """When the grid was said to be in another state than normal, and in which."""
    return [span for span in spans((fact.at_s, fact.body.state) for fact in row) if span.value != NORMAL]


CONDITION: Final = RowKind(
    "condition", 1, ("authority",), (GridConditionDeclared,), key, evolve, bears_holding, PACKED, pack, unpack
)
