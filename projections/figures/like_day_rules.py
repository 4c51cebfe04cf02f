"""A program's rule for choosing the like days of a baseline: its own numbers from ``program-baseline-set``,
else those of its method.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple

from msgspec import UNSET

from ledger.kinds import ProgramBaselineSet
from projections.rows.programs import OWN_BASELINE

LIKE_DAYS: Final = {
    "baseline-10-of-10": (10, 10),
    "baseline-high-4-of-5": (4, 5),
    "baseline-high-5-of-10": (5, 10),
}
"""Method -> days taken, and out of how many like days."""
LOOK_BACK_DAYS: Final = 60
FIRM: Final = "firm-service-level"

AdjustmentForm = Literal["none", "additive", "multiplicative"]


class LikeDayRule(NamedTuple):
    """``taken`` of the last ``like`` like days (``rest_...`` for an event on a day off), the highest, the lowest, the
    middle ones or the latest, the ``skipped_days`` right before the event left out; fewer, from ``least`` on, where the days looked back at have no more. ``three`` types of
    days are working days, Saturdays, and Sundays with holidays; else working days and the rest. A like day whose
    energy in the event's clock window is below ``low_usage_ppm`` of the mean of those found before it is passed over.

    The adjustment looks at ``window_s`` that end ``gap_s`` before the notification, or the start; what it adds, or
    multiplies by, is at most ``up_ppm`` up and ``down_ppm`` down (None: no cap).
    """

    name: str
    taken: int
    like: int
    rest_taken: int
    rest_like: int
    least: int | None = None
    take: Literal["highest", "lowest", "middle", "latest"] = "highest"
    look_back_days: int = LOOK_BACK_DAYS
    skipped_days: int = 0
    three: bool = False
    low_usage_ppm: int = 0
    off: frozenset[str] = frozenset()
    adjustment: AdjustmentForm = "none"
    window_s: int = 0
    gap_s: int = 0
    before_start: bool = False
    up_ppm: int | None = None
    down_ppm: int | None = None

    def numbers(self, working: bool) -> tuple[int, int]:
        """Days taken and like days looked for, for an event on a working day or a day off."""
        return (self.taken, self.like) if working else (self.rest_taken, self.rest_like)


def rule_of(terms: Mapping[str, Any]) -> LikeDayRule | None:
    """The rule by a program's terms; None where its method looks at no like days."""
    method, own = terms["method"], terms.get(OWN_BASELINE)
    if isinstance(own, ProgramBaselineSet) and method != FIRM:
        return _own(own)
    if method not in LIKE_DAYS:
        return None
    taken, like = LIKE_DAYS[method]
    cap_ppm = terms.get("adjustment_cap_ppm")
    return LikeDayRule(
        method,
        taken,
        like,
        taken,
        like,
        adjustment="additive" if terms["adjustment"] == "symmetric-additive" else "none",
        window_s=terms.get("adjustment_window_s", 0),
        gap_s=terms.get("adjustment_gap_s", 0),
        up_ppm=cap_ppm,
        down_ppm=cap_ppm,
    )


def _own(own: ProgramBaselineSet) -> LikeDayRule:
    rest_taken = _said(own.rest_taken_days, own.taken_days)
    return LikeDayRule(
        named(own),
        own.taken_days,
        own.like_days,
        rest_taken,
        _said(own.rest_like_days, own.like_days),
        least=_said(own.least_days, None),
        take=own.take,
        look_back_days=_said(own.look_back_days, LOOK_BACK_DAYS),
        skipped_days=_said(own.skipped_days, 0),
        three=own.day_types == "three",
        low_usage_ppm=_said(own.low_usage_ppm, 0),
        off=frozenset(_said(own.excluded_on, ())),
        adjustment=own.adjustment,
        window_s=_said(own.adjustment_window_s, 0),
        gap_s=_said(own.adjustment_gap_s, 0),
        before_start=own.adjustment_before == "start",
        up_ppm=_said(own.adjustment_up_ppm, None),
        down_ppm=_said(own.adjustment_down_ppm, None),
    )


def named(own: ProgramBaselineSet) -> str:
    """``baseline-high-3-of-10``, and the text that defines it."""
    word = {"highest": "high-", "lowest": "low-", "middle": "middle-", "latest": ""}[own.take]
    word = "" if own.taken_days == own.like_days else word
    return f"baseline-{word}{own.taken_days}-of-{own.like_days}"


def _said(value: Any, default: Any) -> Any:
    return default if value is UNSET else value
