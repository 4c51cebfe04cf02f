"""Row kind ``dispatch``: a caller's request to a site and the answers to it, except the curtailments of
blocks.

Key (site, dispatch). The row is a tuple of facts in order of (at, pos).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from msgspec import UNSET

from ledger.calendar import instant_s
from ledger.kinds import (
    DispatchAcknowledged,
    DispatchAmended,
    DispatchCancelled,
    DispatchDeclined,
    DispatchDisputed,
    DispatchNotified,
    DispatchReleased,
    DispatchSettled,
)
from projections.rows.fact_rows import RecordedFact, fact_rows

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


def notified(row: Iterable[RecordedFact]) -> DispatchNotified | None:
    """The fact that called it; None where only later facts are known."""
    return next((fact.body for fact in row if isinstance(fact.body, DispatchNotified)), None)


class DispatchCall(NamedTuple):
    """A dispatch's current terms: what was called, [start_s, stop_s) until released, ``stop_s`` None while it
    is open. ``target_w`` is as amended; ``acknowledged_s`` the first acknowledgment.
    """

    called: DispatchNotified
    start_s: int
    stop_s: int | None
    cancelled_s: int | None
    target_w: int
    notified_s: int
    acknowledged_s: int | None

    @property
    def took_place(self) -> bool:
        """True unless it was called off before it started."""
        return self.cancelled_s is None or self.cancelled_s > self.start_s


def call(row: Iterable[RecordedFact], before_s: int) -> DispatchCall | None:
    """The dispatch from the facts before an instant, with its latest amendments, ended by its release, its
    cancellation, or its stop.
    """
    facts = [fact for fact in row if fact.at_s < before_s]
    notice = next((fact for fact in facts if isinstance(fact.body, DispatchNotified)), None)
    if notice is None:
        return None
    called: DispatchNotified = notice.body
    target_w = called.target_w
    acknowledged_s = next((f.at_s for f in facts if isinstance(f.body, DispatchAcknowledged)), None)
    start_s, stop_s = instant_s(called.start), None if called.stop is UNSET else instant_s(called.stop)
    ended_s: int | None = None
    cancelled_s: int | None = None
    for fact in facts:
        if isinstance(fact.body, DispatchAmended):
            start_s = start_s if fact.body.start is UNSET else instant_s(fact.body.start)
            stop_s = stop_s if fact.body.stop is UNSET else instant_s(fact.body.stop)
            target_w = target_w if fact.body.target_w is UNSET else fact.body.target_w
        elif isinstance(fact.body, DispatchReleased):
            ended_s = fact.at_s
        elif isinstance(fact.body, DispatchCancelled):
            cancelled_s = fact.at_s
    ends = [s for s in (ended_s, cancelled_s) if s is not None] or [s for s in (stop_s,) if s is not None]
    end_s = max(start_s, min(ends)) if ends else None
    return DispatchCall(called, start_s, end_s, cancelled_s, target_w, notice.at_s, acknowledged_s)


DISPATCH: Final = fact_rows("dispatch", 1, ("site", "dispatch"), FACTS)
