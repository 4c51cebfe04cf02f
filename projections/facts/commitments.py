"""Row kind ``commitment``: everything that was said about one promise to a community.

Key (site, commitment). The row is a tuple of facts in order of (at, pos). Some hundred facts at most come together about one
promise (headcounts by month, instalments by quarter), so they are kept as they were said; which terms, verdicts, payments and
headcounts follow from them is the business of ``projections.figures.promises`` and of the reports.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from msgspec import UNSET

from ledger.calendar import instant_s
from ledger.events import (
    CommitmentAmended,
    CommitmentAssessed,
    CommitmentDischarged,
    CommitmentMade,
    Cured,
    CureStarted,
    DefaultNoticed,
    EvidenceRecorded,
    HeadcountReported,
    PaymentMade,
    PaymentScheduled,
    RemedyApplied,
    WaiverGranted,
)
from ledger.records import Record
from projections.fold import Asked, Key, RowKind

FACTS: Final = (
    CommitmentMade,
    CommitmentAmended,
    EvidenceRecorded,
    HeadcountReported,
    PaymentScheduled,
    PaymentMade,
    CommitmentAssessed,
    DefaultNoticed,
    CureStarted,
    Cured,
    WaiverGranted,
    RemedyApplied,
    CommitmentDischarged,
)


class Said(NamedTuple):
    """One fact: when it was so, its place in its stream, and what it says (one of ``FACTS``)."""

    at_s: int
    pos: int
    body: Any


def key(record: Record) -> Key:
    """(site, commitment)."""
    body = record.body
    assert isinstance(body, FACTS), record.kind
    return record.place, body.commitment


def evolve(row: tuple[Said, ...] | None, record: Record) -> tuple[Said, ...]:
    """The facts with one more at its place by (at, pos)."""
    facts = list(row or ())
    insort(facts, Said(instant_s(record.at), record.pos, record.body), key=lambda fact: fact[:2])
    return tuple(facts)


def bears(row: tuple[Said, ...], asked: Asked) -> Iterator[int]:
    """What is said of the whole promise, and of the period or instalment that the figure is of.

    A waiver's period may hold that of the figure, so waivers always count.
    """
    for fact in row:
        if fact.at_s < asked.stop_s and (isinstance(fact.body, WaiverGranted) or _is_of(fact.body, asked)):
            yield fact.pos


def _is_of(body: Any, asked: Asked) -> bool:
    parts = [part for part in ("period", "instalment") if hasattr(body, part)]
    wanted = {part: asked.cells[part] for part in ("period", "instalment") if part in asked.cells}
    if parts and wanted and not wanted.keys() & set(parts):
        return False  # of a period where instalments are asked for, or the other way
    return all(
        getattr(body, part) in (UNSET, cell) or cell is None for part, cell in wanted.items() if part in parts
    )


COMMITMENT: Final = RowKind("commitment", 1, ("site", "commitment"), FACTS, key, evolve, bears)
