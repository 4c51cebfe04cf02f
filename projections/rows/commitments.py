"""Row kind ``commitment``: all facts about one commitment to a community.

Key (site, commitment). The row is a tuple of facts in order of (at, pos). A commitment gets a few hundred
facts at most (headcounts by month, installments by quarter), so they are kept as recorded;
``projections.figures.commitment_terms`` and the reports derive terms, verdicts, payments and headcounts from
them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

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
from projections.engine.fold import FigureScope
from projections.rows.fact_rows import RecordedFact, fact_rows

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
    for fact in row:
        if fact.at_s < asked.stop_s and (isinstance(fact.body, WaiverGranted) or _is_of(fact.body, asked)):
            yield fact.pos


def _is_of(body: Any, asked: FigureScope) -> bool:
    parts = [part for part in ("period", "instalment") if hasattr(body, part)]
    wanted = {part: asked.cells[part] for part in ("period", "instalment") if part in asked.cells}
    if parts and wanted and not wanted.keys() & set(parts):
        return False  # of a period where instalments are asked for, or the other way
    return all(
        getattr(body, part) in (UNSET, cell) or cell is None for part, cell in wanted.items() if part in parts
    )


COMMITMENT: Final = fact_rows("commitment", 1, ("site", "commitment"), FACTS, bears)
