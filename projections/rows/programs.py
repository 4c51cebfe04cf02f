"""Row kind ``program``: a demand response program's enrollment, terms, tests, throttles and suspensions.

Key (site, program). The row is a tuple of facts in order of (at, pos).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from msgspec import UNSET

from ledger.calendar import instant_s
from ledger.kinds import (
    ProgramBaselineSet,
    ProgramEnrolled,
    ProgramReinstated,
    ProgramSuspended,
    ProgramTermsAmended,
    ProgramTestRecorded,
    ProgramThrottleAgreed,
    ProgramWithdrawn,
)
from projections.engine.windows import FOREVER
from projections.rows.fact_rows import RecordedFact, fact_rows

FACTS: Final = (
    ProgramEnrolled,
    ProgramTermsAmended,
    ProgramBaselineSet,
    ProgramTestRecorded,
    ProgramThrottleAgreed,
    ProgramSuspended,
    ProgramReinstated,
    ProgramWithdrawn,
)

OWN_BASELINE: Final = "own_baseline"
"""Key under which the terms keep the program's own rules for its baseline, as recorded."""


def terms_at(row: Iterable[RecordedFact], at_s: int, before_s: int = FOREVER) -> dict[str, Any]:
    """The terms in force at an instant by field: those of the latest enrollment, with the fields that
    amendments replace from their start on.

    Empty before the enrollment and after the withdrawal; omitted fields are not in it. An amendment may reach
    back before it was recorded: a report as of ``before_s`` does not see later ones.
    """
    terms: dict[str, Any] = {}
    for fact in row:
        body = fact.body
        if fact.at_s >= before_s:
            break
        if isinstance(body, ProgramEnrolled) and fact.at_s <= at_s:
            terms = _said(body)
        elif isinstance(body, ProgramTermsAmended) and terms and instant_s(body.start) <= at_s:
            terms |= _said(body)
        elif isinstance(body, ProgramBaselineSet) and terms and instant_s(body.start) <= at_s:
            terms = {**terms, OWN_BASELINE: body}
        elif isinstance(body, ProgramWithdrawn) and fact.at_s <= at_s:
            terms = {}
    return terms


def throttle_at(
    row: Iterable[RecordedFact], block: str, at_s: int, before_s: int = FOREVER
) -> ProgramThrottleAgreed | None:
    """The agreed throttle of a firm block at an instant, from the facts before another; None where there is
    none, and after the program's withdrawal.
    """
    found = None
    for fact in row:
        if fact.at_s >= before_s or fact.at_s > at_s:
            break
        if isinstance(fact.body, ProgramThrottleAgreed) and fact.body.block == block:
            found = fact.body
        elif isinstance(fact.body, ProgramWithdrawn):
            found = None
    return found


def _said(body: ProgramEnrolled | ProgramTermsAmended) -> dict[str, Any]:
    return {name: value for name in body.__struct_fields__ if (value := getattr(body, name)) is not UNSET}


PROGRAM: Final = fact_rows("program", 2, ("site", "program"), FACTS)
