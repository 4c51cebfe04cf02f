"""Row kind ``commitment``: all facts about one commitment to a community.

Key (site, commitment). The row is a tuple of facts in order of (at, pos). A commitment gets a few hundred
facts at most (headcounts by month, installments by quarter), so they are kept as recorded;
``projections.figures.commitment_terms`` and the reports derive terms, verdicts, payments and headcounts from
them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from msgspec import UNSET

from ledger.kinds import (
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
from projections.engine.fold import FigureScope, at_and_pos
from projections.rows.fact_rows import RecordedFact, fact_rows

_PARTS: Final = ("period", "instalment")
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


def bears(row: tuple[RecordedFact, ...], asked: FigureScope) -> Iterator[int]:
    """Facts about the whole commitment, and about the figure's period or installment. A waiver's period may
    contain that of the figure, so waivers always count.
    """
    wanted = {part: asked.cells[part] for part in _PARTS if part in asked.cells}
    narrowing = [part for part, cell in wanted.items() if cell is not None]
    for fact in _by_part(_Facts(row), narrowing[0]).of(wanted[narrowing[0]]) if narrowing else row:
        if fact.at_s < asked.stop_s and (isinstance(fact.body, WaiverGranted) or _is_of(fact.body, wanted)):
            yield fact.pos


def _is_of(body: Any, wanted: Mapping[str, Any]) -> bool:
    parts = [part for part in _PARTS if hasattr(body, part)]
    if parts and wanted and not wanted.keys() & set(parts):
        return False  # of a period where instalments are asked for, or the other way
    return all(
        getattr(body, part) in (UNSET, cell) or cell is None for part, cell in wanted.items() if part in parts
    )


class _Facts(NamedTuple):
    """A row, the same as itself alone: comparing two takes as long as reading them."""

    facts: tuple[RecordedFact, ...]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Facts) and self.facts is other.facts

    def __hash__(self) -> int:
        return len(self.facts)


class _ByPart(NamedTuple):
    """The facts of a row by the period, or the installment, that they name; ``open`` may be of any."""

    named: Mapping[Any, Sequence[RecordedFact]]
    open: Sequence[RecordedFact]

    def of(self, cell: Any) -> list[RecordedFact]:
        """Facts that may be of one, in order."""
        return sorted((*self.named.get(cell, ()), *self.open), key=at_and_pos)


@lru_cache(maxsize=2)
def _by_part(row: _Facts, part: str) -> _ByPart:
    """Made once for the figures of all installments: each would else look at the facts of all."""
    named: dict[Any, list[RecordedFact]] = {}
    for fact in row.facts:
        name = UNSET if isinstance(fact.body, WaiverGranted) else getattr(fact.body, part, UNSET)
        named.setdefault(name, []).append(fact)
    return _ByPart(named, named.pop(UNSET, []))


COMMITMENT: Final = fact_rows("commitment", 1, ("site", "commitment"), FACTS, bears)
