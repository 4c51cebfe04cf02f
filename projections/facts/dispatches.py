"""Row kind ``dispatch``: what a caller asked of a site, and how it was answered, curtailments of blocks apart.

Key (site, dispatch). The row is a tuple of facts in order of (at, pos).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ledger.events import (
    DispatchAcknowledged,
    DispatchAmended,
    DispatchCancelled,
    DispatchDeclined,
    DispatchDisputed,
    DispatchNotified,
    DispatchReleased,
    DispatchSettled,
)
from ledger.records import Record
from projections.facts.said import PACKED, Said, evolve, pack, unpack
from projections.fold import Key, RowKind, bears_all

FACTS: Final = (
    DispatchNotified,
    DispatchAmended,
    DispatchCancelled,
    DispatchAcknowledged,
    DispatchReleased,
    DispatchDeclined,
    DispatchDisputed,
    DispatchSettled,
)


def key(record: Record) -> Key:
    """(site, dispatch)."""
    body = record.body
    assert isinstance(body, FACTS), record.kind
    return record.place, body.dispatch


def notified(row: Iterable[Said]) -> DispatchNotified | None:
    """How it was called; None where only what came after is known."""
    return next((fact.body for fact in row if isinstance(fact.body, DispatchNotified)), None)


DISPATCH: Final = RowKind(
    "dispatch", 1, ("site", "dispatch"), FACTS, key, evolve, bears_all, PACKED, pack, unpack
)
