"""An exemption at a day: what it asks for, what was spent and counts, and the positions reported for it.

Shared by the rows, the picture and ``explain`` of the report on expenditures.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction
from typing import Any, Final, NamedTuple

from msgspec import UNSET

from ledger.calendar import days_after, local_date, months_after, zone
from ledger.kinds import ExemptionEvidenceFiled, ExemptionGranted, ExpenditureRecorded, PositionsReported
from projections.engine.fold import Rows
from projections.engine.report import Scope
from projections.figures.exemption_rules import RULES, county_step
from projections.rows.exemptions import EXEMPTION, EXPENDITURE, POSITIONS
from projections.rows.fact_rows import RecordedFact
from projections.rows.sectioned_facts import EXEMPTION_SECTIONS, erased_positions

COUNTED: Final = "counted"
EXCLUDED: Final = "excluded"
OUTSIDE: Final = "outside"


class ExemptionTerms(NamedTuple):
    """Requirements of an exemption; ``ends_on`` is the last day of its investment period."""

    section: str
    threshold_cents: int
    jobs: int
    min_weekly_hours: int | None
    wage_floor_cents: int | None
    starts_on: date
    ends_on: date
    due_on: date


class Purchase(NamedTuple):
    """One expenditure. ``verdict`` is counted, excluded or outside (the investment period)."""

    name: str
    body: ExpenditureRecorded
    verdict: str
    erased: bool

    @property
    def counted_cents(self) -> int:
        """The cents that it adds to the investment."""
        return self.body.amount_cents if self.verdict == COUNTED else 0


class Exemption(NamedTuple):
    """One exemption as known on ``today``, the window's last day at the site. ``positions`` are the reports
    of each class by day, of two for one day the later one, each with whether its section was erased.
    """

    site: str
    name: str
    granted: ExemptionGranted
    terms: ExemptionTerms
    filed_on: str | None
    today: date
    purchases: tuple[Purchase, ...]
    positions: dict[str, dict[date, tuple[PositionsReported, bool]]]

    @property
    def spent_cents(self) -> int:
        """Sum of the purchases that count."""
        return sum(one.counted_cents for one in self.purchases)

    @property
    def average_jobs(self) -> Fraction | None:
        """Qualifying positions, averaged over the investment period until today; None before it."""
        return self._average(min(self.terms.ends_on, self.today))

    @property
    def average_at_end(self) -> Fraction | None:
        """The average at the period's end if the positions of the last reports are held until then."""
        return self._average(self.terms.ends_on)

    def _average(self, last: date) -> Fraction | None:
        first, after = self.terms.starts_on, days_after(last, 1)
        days = (after - first).days
        if days <= 0:
            return None
        return Fraction(sum(_job_days(reports, first, after) for reports in self.positions.values()), days)


def _job_days(reports: dict[date, tuple[PositionsReported, bool]], first: date, after: date) -> int:
    """Days times qualifying positions of one class on [first, after): a report holds until the next."""
    days = sorted(reports)
    return sum(
        reports[day][0].qualifying * max(0, (min(until, after) - max(day, first)).days)
        for day, until in zip(days, [*days[1:], after], strict=True)
    )


def terms_of(granted: ExemptionGranted) -> ExemptionTerms:
    """The exemption's own terms, and those of its rule where it says none."""
    rule = RULES[granted.rule]
    starts_on = date.fromisoformat(granted.starts_on)
    threshold, jobs, ends, due = granted.threshold_cents, granted.jobs, granted.ends_on, granted.due_on
    if granted.county_population is not UNSET:
        step = county_step(rule, granted.county_population, granted.starts_on)
        threshold = step.threshold_cents if threshold is UNSET else threshold
        jobs = step.jobs if jobs is UNSET else jobs
    ends_on = (
        days_after(months_after(starts_on, rule.months), -1) if ends is UNSET else date.fromisoformat(ends)
    )
    return ExemptionTerms(
        rule.section,
        _number(threshold) or 0,
        _number(jobs) or 0,
        _number(granted.min_weekly_hours),
        _number(granted.wage_floor_cents),
        starts_on,
        ends_on,
        days_after(ends_on, rule.proof_days) if due is UNSET else date.fromisoformat(due),
    )


def _number(value: Any) -> int | None:
    return None if value is UNSET else int(value)


def exemptions(rows: Rows, scope: Scope) -> Iterator[Exemption]:
    """The exemptions in scope that were granted before the window's end, by site and name."""
    spent, people = _by_exemption(rows, EXPENDITURE.name, scope), _by_exemption(rows, POSITIONS.name, scope)
    for (site, name), row in sorted(rows[EXEMPTION.name].items()):
        seen = [fact for fact in row if fact.at_s < scope.window.stop_s]
        granted = [fact.body for fact in seen if isinstance(fact.body, ExemptionGranted)]
        if site not in scope.sites or not granted:
            continue
        filed = [fact.body.filed_on for fact in seen if isinstance(fact.body, ExemptionEvidenceFiled)]
        terms, erased = terms_of(granted[-1]), erased_positions(rows, site, "community", EXEMPTION_SECTIONS)
        yield Exemption(
            site,
            name,
            granted[-1],
            terms,
            max(filed, default=None),
            local_date(scope.window.stop_s - 1, zone(scope.zones[site])),
            tuple(_purchases(spent[site, name], terms, erased)),
            _positions(people[site, name], erased),
        )


def _by_exemption(rows: Rows, kind: str, scope: Scope) -> dict[tuple[str, str], list[RecordedFact]]:
    """The facts seen of a row kind by site and exemption, in order of (at, pos)."""
    found: dict[tuple[str, str], list[RecordedFact]] = defaultdict(list)
    for (site, exemption, _), row in rows[kind].items():
        found[site, exemption] += (fact for fact in row if fact.at_s < scope.window.stop_s)
    for facts in found.values():
        facts.sort(key=lambda fact: fact[:2])
    return found


def _purchases(
    facts: Iterable[RecordedFact], terms: ExemptionTerms, erased: frozenset[int]
) -> Iterator[Purchase]:
    """By day, then name."""
    for fact in sorted(facts, key=lambda one: (one.body.incurred_on, one.body.expenditure, one.pos)):
        body = fact.body
        within = terms.starts_on <= date.fromisoformat(body.incurred_on) <= terms.ends_on
        verdict = EXCLUDED if body.excluded is not UNSET else COUNTED if within else OUTSIDE
        yield Purchase(body.expenditure, body, verdict, fact.pos in erased)


def _positions(
    facts: Iterable[RecordedFact], erased: frozenset[int]
) -> dict[str, dict[date, tuple[PositionsReported, bool]]]:
    found: dict[str, dict[date, tuple[PositionsReported, bool]]] = {}
    for fact in facts:
        reports = found.setdefault(fact.body.position_class, {})
        reports[date.fromisoformat(fact.body.as_of_on)] = (fact.body, fact.pos in erased)
    return found
