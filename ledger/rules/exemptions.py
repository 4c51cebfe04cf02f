"""Rule 9: what an exemption may ask for, and totals of purchases and positions that can be true."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from msgspec import UNSET

from ledger import kinds
from ledger.calendar import EPOCH, instant_s
from ledger.errors import Malformed, Refused
from ledger.records.envelope import Claim
from ledger.rules.known import Known, Rule
from ledger.rules.register import FactMark
from ledger.units import format_quantity

WEEK_HOURS: Final = 168
EARLIEST_CLOCKS_S: Final = 14 * 3600
"""How far the clocks that are first on Earth are before UTC."""


def exemption_possible(known: Known, claim: Claim, body: kinds.ExemptionGranted) -> None:
    """Require what the rule does not say itself, hours that a week has, and days in order."""
    own = {name: getattr(body, name) for name in ("threshold_cents", "jobs", "ends_on", "due_on")}
    lacking = [name.removesuffix("_cents") for name, value in own.items() if value is UNSET]
    if body.rule == "other" and lacking:
        raise Malformed(
            f"needs {', '.join(lacking)}: rule=other says none of them; write what the certificate has"
        )
    if body.county_population is UNSET and UNSET in (body.threshold_cents, body.jobs):
        raise Malformed(
            "needs county_population, by which the rule sets threshold and jobs, or both of these, such as"
            " threshold=25000000.00USD jobs=5"
        )
    if body.min_weekly_hours is not UNSET and body.min_weekly_hours > WEEK_HOURS:
        raise Malformed(
            f"min_weekly_hours={body.min_weekly_hours} is more than a week has, {WEEK_HOURS}; give the hours of one"
            " week, such as min_weekly_hours=30"
        )
    _in_order("starts_on", body.starts_on, "ends_on", body.ends_on)
    _in_order("starts_on", body.starts_on, "due_on", body.due_on)
    _in_order("ends_on", body.ends_on, "due_on", body.due_on)


def _in_order(first: str, a: Any, last: str, b: Any) -> None:
    if UNSET not in (a, b) and b < a:
        raise Malformed(f"{last} {b} is before {first} {a}; it must be the same day or later")


def latest_day(at: str) -> date:
    """The day that an instant has on the clocks that are first on Earth."""
    return date.fromordinal(EPOCH.toordinal() + (instant_s(at) + EARLIEST_CLOCKS_S) // 86_400)


def day_has_come(*fields: str) -> Rule:
    """Refuse a day that has begun nowhere on Earth at the fact's ``at``."""

    def rule(known: Known, claim: Claim, body: Any) -> None:
        latest = latest_day(claim.at)
        for field in fields:
            day = getattr(body, field)
            if day is not UNSET and date.fromisoformat(day) > latest:
                raise Refused(
                    f"{field} {day} is after the fact itself ({claim.at}); record it once the day has come"
                )

    rule.__doc__ = f"Refuse {' or '.join(fields)} after the fact's own day."
    return rule


def positions_possible(known: Known, claim: Claim, body: kinds.PositionsReported) -> None:
    """Refuse more qualifying positions than there are, or than their hours allow."""
    if body.qualifying > body.positions:
        raise Malformed(
            f"qualifying={body.qualifying} is more than positions={body.positions}, of which they are a part"
        )
    if body.weekly_hours > WEEK_HOURS * body.positions:
        raise Malformed(
            f"weekly_hours={body.weekly_hours} is more than a week has for {body.positions} positions;"
            " give the hours of one week"
        )
    mark, terms = _terms(known, claim, body)
    least = 0 if terms.min_weekly_hours is UNSET else body.qualifying * terms.min_weekly_hours
    if body.weekly_hours < least:
        raise Refused(
            f"{body.qualifying} qualifying positions work {least} hours a week or more, not"
            f" {body.weekly_hours}, by {mark}"
        )


def pay_possible(known: Known, claim: Claim, body: kinds.PositionsReported) -> None:
    """Refuse a pay that is less than that of the qualifying positions at the wage floor."""
    mark, terms = _terms(known, claim, body)
    pay_cents = body.weekly_pay_cents
    if pay_cents is UNSET or UNSET in (terms.min_weekly_hours, terms.wage_floor_cents):
        return
    least = body.qualifying * terms.min_weekly_hours * terms.wage_floor_cents
    if pay_cents < least:
        raise Refused(
            f"{body.qualifying} qualifying positions are paid {format_quantity(least, '_cents')} a week or"
            f" more, not {format_quantity(pay_cents, '_cents')}, by {mark}"
        )


def _terms(known: Known, claim: Claim, body: kinds.PositionsReported) -> tuple[FactMark, Any]:
    """The exemption in force at the claim's ``at``, else the first."""
    found = known.latest(claim.at, "exemption", claim.place, body.exemption)
    mark = found or known.marks("exemption", claim.place, body.exemption)[0]
    return mark, mark.body
