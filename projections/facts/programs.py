"""Row kind ``program``: a demand response program's enrolment, terms, tests and suspensions.

Key (site, program). The row is a tuple of facts in order of (at, pos).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import UNSET

from ledger.events import (
    ProgramEnrolled,
    ProgramReinstated,
    ProgramSuspended,
    ProgramTermsAmended,
    ProgramTestRecorded,
    ProgramWithdrawn,
)
from ledger.records import Record
from projections.facts.said import PACKED, Said, evolve, pack, unpack
from projections.fold import Key, RowKind, bears_all

FACTS: Final = (
    ProgramEnrolled,
    ProgramTermsAmended,
    ProgramTestRecorded,
    ProgramSuspended,
    ProgramReinstated,
    ProgramWithdrawn,
)


def key(record: Record) -> Key:
    """(site, program)."""
    body = record.body
    assert isinstance(body, FACTS), record.kind
    return record.place, body.program


def blocks_at(row: Iterable[Said], at_s: int) -> tuple[str, ...]:
    """The blocks enrolled at an instant; none before the enrolment and after the withdrawal."""
    blocks: tuple[str, ...] = ()
    for fact in row:
        if fact.at_s <= at_s:
            if isinstance(fact.body, ProgramWithdrawn):
                blocks = ()
            elif (
                isinstance(fact.body, ProgramEnrolled | ProgramTermsAmended) and fact.body.blocks is not UNSET
            ):
                blocks = fact.body.blocks
    return blocks


PROGRAM: Final = RowKind(
    "program", 1, ("site", "program"), FACTS, key, evolve, bears_all, PACKED, pack, unpack
)
