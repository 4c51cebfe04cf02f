"""Rule 10: what a large load's contract with its utility may ask for, and months, quarters, seasons and
collateral that can be true.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any, Final

from msgspec import UNSET

from ledger import kinds
from ledger.calendar import DAY_S, add_months, period_days
from ledger.errors import Malformed, Refused
from ledger.kinds.tariffs import SEASONS, TARIFFS
from ledger.records.envelope import Claim
from ledger.rules.exemptions import latest_day
from ledger.rules.known import Known, Rule
from ledger.rules.register import FactMark
from ledger.units import format_quantity

WHOLE_PPM: Final = 10**6
SHORTEST_S: Final = 60


def ramp_possible(known: Known, claim: Claim, body: kinds.LoadRampAgreed) -> None:
    """Require steps in order, a share that is known, and a demand interval that divides a day."""
    if not body.steps_on or len(body.steps_on) != len(body.steps_w):
        raise Malformed(
            "steps_on=[...] and steps=[...] go together, one power for each day, such as"
            " steps_on=[2026-03-01,2027-03-01] steps=[150MW,300MW]"
        )
    for before, after in pairwise(body.steps_on):
        if after <= before:
            raise Malformed(f"steps_on has {after} after {before}; give each day once, in order")
    if body.minimum_ppm is UNSET and TARIFFS[body.tariff].minimum_ppm is None:
        raise Malformed(
            f"needs minimum, such as minimum=85%: tariff={body.tariff} says none; write what the contract has,"
            " minimum=0% where it has none"
        )
    if body.minimum_ppm is not UNSET and body.minimum_ppm > WHOLE_PPM:
        raise Malformed(f"minimum={format_quantity(body.minimum_ppm, '_ppm')} must be at most 100%")
    if body.ends_on is not UNSET and body.ends_on < body.steps_on[-1]:
        raise Malformed(
            f"ends_on {body.ends_on} is before the last step {body.steps_on[-1]}; it must be the same day or later"
        )
    seconds = body.demand_interval_s
    if seconds is not UNSET and (seconds < SHORTEST_S or DAY_S % seconds):
        raise Malformed("demand_interval must be a minute or more and divide a day, such as 15min or 1h")


def within_agreement(known: Known, claim: Claim, body: kinds.LoadRampAgreed) -> None:
    """Refuse a step above the contract's power."""
    marks = known.marks("contract", claim.place, body.agreement)
    mark = known.latest(claim.at, "contract", claim.place, body.agreement) or marks[0]
    contract: Any = mark.body
    most_w = max(body.steps_w)
    if most_w > contract.power_w:
        raise Refused(
            f"a step to {format_quantity(most_w, '_w')} is above the {format_quantity(contract.power_w, '_w')} of"
            f" the agreement, by {mark}; record power-contracted with the new power first"
        )


def period_over(field: str, months: int, example: str) -> Rule:
    """Require a period of some months that has ended by the fact's ``at``."""

    def rule(known: Known, claim: Claim, body: Any) -> None:
        said = getattr(body, field)
        first, after = period_days(said)
        if after != add_months(first, months):
            raise Malformed(f"{field} must be {example}: {said!r}")
        if latest_day(claim.at) < after:
            raise Refused(f"{field} {said} is not over at {claim.at}; record it once it has ended")

    rule.__doc__ = f"Require a {field} that has ended."
    return rule


month_over: Final = period_over("month", 1, "a month such as 2026-07")
quarter_over: Final = period_over("quarter", 3, "a quarter such as 2026-Q3")


def season_to_come(known: Known, claim: Claim, body: kinds.LoadForecastSet) -> None:
    """Refuse a forecast of a season that has ended."""
    season = SEASONS[body.season]
    after = add_months(date(body.year, season.first, 1), season.months)
    first_day = date.fromisoformat(claim.at[:10])
    if after < first_day:
        raise Refused(
            f"the {body.season} of {body.year} was over by {after}, before the fact itself"
            f" ({claim.at}); a forecast is of a season to come"
        )


def release_possible(known: Known, claim: Claim, body: kinds.CollateralReleased) -> None:
    """Refuse a release before the instrument was posted, or of more than is held of it."""
    marks = [
        mark
        for mark in known.marks("collateral", claim.place, body.agreement, body.instrument)
        if mark.at <= claim.at
    ]
    posted = [mark for mark in marks if isinstance(mark.body, kinds.CollateralPosted)]
    if not posted:
        first = known.marks("collateral", claim.place, body.agreement, body.instrument)[0]
        raise Refused(
            f"instrument {body.instrument!r} cannot be released at {claim.at}, before it was posted, by {first}"
        )
    held: Any = posted[-1].body
    if body.released_on < held.posted_on:
        raise Refused(f"released_on {body.released_on} is before posted_on {held.posted_on}, by {posted[-1]}")
    left_cents = held.amount_cents - _released(marks[marks.index(posted[-1]) + 1 :], held.amount_cents)
    if (body.amount_cents is not UNSET and body.amount_cents > left_cents) or not left_cents:
        asked = left_cents if body.amount_cents is UNSET else body.amount_cents
        raise Refused(
            f"{format_quantity(asked, '_cents')} cannot be released of instrument {body.instrument!r}, of which"
            f" {format_quantity(left_cents, '_cents')} is held, by {marks[-1]}"
        )


def _released(marks: list[FactMark], posted_cents: int) -> int:
    """What was released by some marks, at most all."""
    given = 0
    for mark in marks:
        body: Any = mark.body
        given += posted_cents if body.amount_cents is UNSET else body.amount_cents
    return min(given, posted_cents)


def expires_later(known: Known, claim: Claim, body: kinds.CollateralPosted) -> None:
    """Require that an instrument expires on the day it is posted or later."""
    if body.expires_on is not UNSET and body.expires_on < body.posted_on:
        raise Malformed(
            f"expires_on {body.expires_on} is before posted_on {body.posted_on}; it must be the same day or later"
        )
