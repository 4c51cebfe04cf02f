"""Row kind ``condition``: the grid states that a balancing authority declared.

Key (``ba-<code>``,). The row is a tuple of facts in order of (at, pos); a state holds until the next.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ledger.kinds import GridConditionDeclared
from projections.engine.fold import bears_holding
from projections.engine.windows import Span, spans
from projections.rows.fact_rows import RecordedFact, fact_rows

NORMAL: Final = "normal"


def strained(row: Iterable[RecordedFact]) -> list[Span[str]]:
    """The spans of every declared state other than normal."""
    return [span for span in spans((fact.at_s, fact.body.state) for fact in row) if span.value != NORMAL]


CONDITION: Final = fact_rows("condition", 1, ("authority",), (GridConditionDeclared,), bears_holding)
