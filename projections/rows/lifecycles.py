"""Row kind ``thing``: every named subject that begins, changes and ends, of any kind.

Key (place, what, *name): ``("sandersville", "outage", "breaker-4")``. The row is a tuple of facts in order of
(at, pos); ``projections.figures.state_at`` derives the state at an instant from them. The table of kinds
states what a kind is about, what names it and what it does to it. Hash rates and readings have row kinds of
their own; a fact without duration (a disturbance, a settlement, an observation) has no row here.
"""

from __future__ import annotations

from typing import Any, Final

from ledger.kinds import BY_BODY, KINDS
from ledger.records.envelope import Record
from projections.engine.fold import Key
from projections.rows.fact_rows import fact_rows


def key(record: Record) -> Key:
    """(place, what, *name); an omitted part of the name is empty."""
    body: Any = record.body
    kind = BY_BODY[type(body)]
    assert kind.subject is not None, "only facts that are about something are asked for a key"
    return (record.place, kind.subject.what, *(str(getattr(body, field) or "") for field in kind.named))


THING: Final = fact_rows(
    "thing",
    1,
    ("place", "what"),
    tuple(kind.body for kind in KINDS if kind.subject),
    key=key,
)
