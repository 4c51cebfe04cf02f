"""A large load's contract at a day: its ramp and minimum take, milestones, collateral and forecasts.

Shared by the reports load-ramp and quarterly-load. What holds on a day is what was agreed before its end: a
ramp holds from its record's ``at`` on, so that a later one changes no month that was over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from msgspec import UNSET

from ledger.calendar import Window, day_start_s, instant_s, local_date, months_after, zone
from ledger.kinds import (
    CapacityEnergized,
    DemandChargeSet,
    InterconnectionMilestoneReached,
    LoadMilestoneReached,
    LoadMilestoneSet,
    LoadRampAgreed,
    PowerContracted,
)
from ledger.kinds.tariffs import SEASONS, TARIFFS, Tariff
from projections.engine.fold import RowKind, Rows
from projections.engine.report import Scope
from projections.rows.fact_rows import RecordedFact
from projections.rows.large_loads import BILL, FILING, FORECAST, INSTRUMENT, MILESTONE, RAMP, STEP
from projections.rows.site_power import POWER

WHOLE_PPM: Final = 10**6
Facts = tuple[RecordedFact, ...]


class RampTerms(NamedTuple):
    """What a ramp asks for. ``steps`` are (first day, power) in order; ``ends_on`` is the last day of minimum
    take, None where neither contract nor tariff says one.
    """

    name: str
    tariff: Tariff
    steps: tuple[tuple[date, int], ...]
    minimum_ppm: int | None
    ends_on: date | None
    demand_interval_s: int | None
    filing_days: int | None

    def power_w(self, day: date) -> int | None:
        """What counts as contracted on a day; None before the first step and after the end."""
        if self.ends_on is not None and day > self.ends_on:
            return None
        held = [power_w for first, power_w in self.steps if first <= day]
        return held[-1] if held else None

    def next_step(self, day: date) -> tuple[date, int] | None:
        """The first step after a day."""
        return next((step for step in self.steps if step[0] > day), None)

    def minimum_w(self, day: date) -> Fraction | None:
        """The least demand that is billed on a day."""
        power_w = self.power_w(day)
        if power_w is None or self.minimum_ppm is None:
            return None
        return Fraction(power_w * self.minimum_ppm, WHOLE_PPM)

    @property
    def full_w(self) -> int:
        """The power of the last step."""
        return self.steps[-1][1]


def terms_of(body: LoadRampAgreed) -> RampTerms:
    """The agreement's own terms, and those of its tariff where it says none."""
    tariff = TARIFFS[body.tariff]
    days = [date.fromisoformat(day) for day in body.steps_on]
    ends: date | None = None
    if body.ends_on is not UNSET:
        ends = date.fromisoformat(body.ends_on)
    elif tariff.term_months is not None:
        begun = days[0] if tariff.from_first_step else days[-1]
        ends = max(_day_before(months_after(begun, tariff.term_months)), days[-1])
    return RampTerms(
        body.tariff,
        tariff,
        tuple(zip(days, body.steps_w, strict=True)),
        tariff.minimum_ppm if body.minimum_ppm is UNSET else body.minimum_ppm,
        ends,
        None if body.demand_interval_s is UNSET else body.demand_interval_s,
        None if body.filing_days is UNSET else body.filing_days,
    )


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


class LargeLoad(NamedTuple):
    """One contract with a ramp as known at the window's end; ``today`` is the window's last day at the site.
    ``agreed`` has the ramps and charges, ``power`` the facts about the site's power.
    """

    site: str
    agreement: str
    tz: ZoneInfo
    stop_s: int
    today: date
    agreed: Facts
    power: Facts
    bills: dict[str, Facts]
    collateral_steps: dict[str, Facts]
    instruments: dict[str, Facts]
    milestones: dict[str, Facts]
    filings: dict[str, Facts]

    def terms(self, before_s: int) -> RampTerms | None:
        """The ramp agreed last before an instant, at most until the contract's own stop."""
        found = [
            fact.body
            for fact in self.agreed
            if isinstance(fact.body, LoadRampAgreed) and fact.at_s < before_s
        ]
        if not found:
            return None
        terms, stop = terms_of(found[-1]), self._contract_ends_on(before_s)
        if stop is None or (terms.ends_on is not None and terms.ends_on <= stop):
            return terms
        return terms._replace(ends_on=stop)

    def _contract_ends_on(self, before_s: int) -> date | None:
        found = [
            fact.body
            for fact in self.power
            if isinstance(fact.body, PowerContracted)
            and fact.body.agreement == self.agreement
            and fact.at_s < before_s
        ]
        if not found or found[-1].stop is UNSET:
            return None
        return local_date(max(0, instant_s(found[-1].stop) - 1), self.tz)

    def charge_cents(self, before_s: int) -> int | None:
        """The charge set last before an instant."""
        found = [
            fact.body.charge_cents
            for fact in self.agreed
            if isinstance(fact.body, DemandChargeSet) and fact.at_s < before_s
        ]
        return found[-1] if found else None

    def start_of(self, day: date) -> int:
        """The first instant of a day at the site."""
        return day_start_s(day, self.tz)


def large_loads(rows: Rows, scope: Scope) -> Iterator[LargeLoad]:
    """The contracts in scope whose ramp was agreed before the window's end, by site and agreement."""
    stop_s = scope.window.stop_s
    parts = [_by_agreement(rows, kind, stop_s) for kind in (BILL, STEP, INSTRUMENT, MILESTONE, FILING)]
    for (site, agreement), row in sorted(rows[RAMP.name].items()):
        agreed = seen(row, stop_s)
        if site in scope.sites and any(isinstance(fact.body, LoadRampAgreed) for fact in agreed):
            tz = zone(scope.zones[site])
            bills, steps, instruments, milestones, filings = (part[site, agreement] for part in parts)
            yield LargeLoad(
                site,
                agreement,
                tz,
                stop_s,
                local_date(max(0, stop_s - 1), tz),
                agreed,
                seen(rows[POWER.name].get((site,), ()), stop_s),
                bills,
                steps,
                instruments,
                milestones,
                filings,
            )


class ScopeDays(NamedTuple):
    """A report's window as days of its zone: the first, and the one on which it stops. A month or quarter of
    any site that ends by that day is over.
    """

    first: date
    stop: date

    def begins(self, day: date) -> bool:
        """True for a day in the window, also one that is only begun."""
        return self.first <= day <= self.stop


def days_of_scope(scope: Scope) -> ScopeDays:
    """The days of a report's window."""
    tz, window = zone(scope.tz), scope.window
    return ScopeDays(local_date(max(0, window.start_s), tz), local_date(max(0, window.stop_s), tz))


def by_site(rows: Rows, scope: Scope) -> dict[str, list[LargeLoad]]:
    """The contracts in scope by their site."""
    found: dict[str, list[LargeLoad]] = {}
    for one in large_loads(rows, scope):
        found.setdefault(one.site, []).append(one)
    return found


def seen(row: Iterable[RecordedFact], stop_s: int) -> Facts:
    """The facts of a row before an instant."""
    return tuple(fact for fact in row if fact.at_s < stop_s)


def _by_agreement(rows: Rows, kind: RowKind, stop_s: int) -> defaultdict[tuple[str, str], dict[str, Facts]]:
    """What names one of many, with its facts seen, by site and agreement; none where a report reads no such
    rows.
    """
    found: defaultdict[tuple[str, str], dict[str, Facts]] = defaultdict(dict)
    for (site, agreement, name), row in sorted(rows.get(kind.name, {}).items()):
        facts = seen(row, stop_s)
        if facts:
            found[site, agreement][name] = facts
    return found


# --- milestones ---------------------------------------------------------------------------------------------


class Reached(NamedTuple):
    """A milestone: the day it is due, the day it was reached, and the power asked for; None where unknown."""

    due_on: date | None
    done_on: date | None
    power_w: int | None


def milestone(one: LargeLoad, name: str, facts: Sequence[RecordedFact]) -> Reached:
    """A milestone as set last and reached first; those of the interconnection and of energizing by the facts
    about these.
    """
    asked = [fact.body for fact in facts if isinstance(fact.body, LoadMilestoneSet)]
    power_w = None if not asked or asked[-1].power_w is UNSET else asked[-1].power_w
    done = [
        date.fromisoformat(fact.body.reached_on)
        for fact in facts
        if isinstance(fact.body, LoadMilestoneReached)
    ]
    if name == "energized":
        done = [first for first in (energized_on(one, power_w or 1),) if first is not None]
    done += [
        local_date(fact.at_s, one.tz)
        for fact in one.power
        if isinstance(fact.body, InterconnectionMilestoneReached) and fact.body.milestone == name
    ]
    return Reached(
        date.fromisoformat(asked[-1].due_on) if asked else None,
        min(done, default=None),
        power_w,
    )


def energized_on(one: LargeLoad, power_w: int) -> date | None:
    """The first day on which a power or more was energized."""
    return next(
        (
            local_date(fact.at_s, one.tz)
            for fact in one.power
            if isinstance(fact.body, CapacityEnergized) and fact.body.power_w >= power_w
        ),
        None,
    )


# --- forecasts ----------------------------------------------------------------------------------------------


def forecasts(rows: Rows, site: str, stop_s: int) -> list[tuple[tuple[str, str], Facts]]:
    """The forecasts of a site seen before an instant, with year and season, by the season's last month."""
    found: list[tuple[tuple[str, str], Facts]] = []
    for (place, year, _), row in rows[FORECAST.name].items():
        facts = seen(row, stop_s) if place == site else ()
        if facts:
            found.append(((year, facts[-1].body.season), facts))
    return sorted(found, key=lambda pair: _last_month(*pair[0]))


def _last_month(year: str, season: str) -> tuple[int, str]:
    months = SEASONS[season]
    return int(year) * 12 + months.first + months.months, season


def season_days(year: int, season: str, tz: ZoneInfo) -> tuple[Window, date]:
    """A season of a year by a site's clocks, and its last day."""
    months = SEASONS[season]
    first = date(year, months.first, 1)
    after = months_after(first, months.months)
    return Window(day_start_s(first, tz), day_start_s(after, tz)), _day_before(after)


def on_contract_w(loads: Sequence[LargeLoad], power: Facts, day: date, at_s: int) -> int | None:
    """A site's power under contract on a day to come, as known now: the step of each ramp, and the power of
    agreements that have none; None without any.
    """
    ramped = {one.agreement: one.terms(one.stop_s) for one in loads}
    found: dict[str, int] = {}
    for fact in power:
        body = fact.body
        if (
            isinstance(body, PowerContracted)
            and body.agreement not in ramped
            and instant_s(body.start) <= at_s
        ):
            over = body.stop is not UNSET and instant_s(body.stop) <= at_s
            found[body.agreement] = 0 if over else body.power_w
    for agreement, terms in ramped.items():
        step_w = None if terms is None else terms.power_w(day)
        if step_w is not None:
            found[agreement] = step_w
    return sum(found.values()) if found else None
