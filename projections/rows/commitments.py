"""Row kind ``commitment``: everything that was said about one promise to a community.

Key (site, commitment). The row is a tuple of facts in order of (at, pos). Some hundred facts at most come
together about one promise (headcounts by month, instalments by quarter), so they are kept as they were said;
which terms, verdicts, payments and headcounts follow from them is the business of
``projections.figures.promises`` and of the reports.
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
    """What is said of the whole promise, and of the period or installment that the figure is of.

    A waiver's period may hold that of the figure, so waivers always count.
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
