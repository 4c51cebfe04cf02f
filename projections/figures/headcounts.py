"""People counted for a period of a commitment on its own basis: the figures of the report on jobs, and the
day on which the commitment was kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from itertools import takewhile
from typing import NamedTuple

from msgspec import UNSET

from ledger.calendar import period_days
from ledger.kinds import CommitmentMade, HeadcountReported
from projections.figures.commitment_terms import CommitmentTerms, Promise, compares

FTE, AVERAGE, POINT = "FTE", "average headcount", "headcount of the last report"


class Headcount(NamedTuple):
    """The headcount of a period.

    ``reports`` are by their day, ``missing`` the observed days without one; ``figure`` is compared with the
    target and ``compared`` names it; ``kept_on`` is the day on which the figure met the target, None where it
    does not.
    """

    reports: Mapping[str, HeadcountReported]
    missing: tuple[str, ...]
    fte: Fraction | None
    average: Fraction | None
    compared: str
    figure: Fraction | None
    meets: bool | None
    kept_on: date | None

    @property
    def last(self) -> HeadcountReported | None:
        """The report of the latest day."""
        return self.reports[max(self.reports)] if self.reports else None


def headcount(promise: Promise, terms: CommitmentTerms) -> Headcount:
    """The headcount of a period of a commitment; of two reports of one day the one recorded later counts."""
    made = promise.made
    reports = {said.as_of_on: said for said in promise.said(HeadcountReported) if said.period == terms.period}
    wanted = _observed(made, terms.period)
    missing = tuple(day for day in wanted if day not in reports)
    average = _average([reports[day].headcount for day in wanted]) if not missing else None
    fte = _fte(made, reports, complete=not missing)
    compared = FTE if made.fte_basis is not UNSET else AVERAGE if made.basis == "period-average" else POINT
    last = reports[max(reports)].headcount if reports else None
    figure = {FTE: fte, AVERAGE: average, POINT: None if last is None else Fraction(last)}[compared]
    meets = compares(figure, made.comparator, terms.target)
    kept_on = _kept_on(made, terms.target, reports, wanted, compared) if meets else None
    return Headcount(reports, missing, fte, average, compared, figure, meets, kept_on)


def _observed(made: CommitmentMade, period: str | None) -> list[str]:
    """The days of observation that lie in the period, each once, in order."""
    if period is None:
        return []
    first, after = period_days(period)
    return sorted({day for day in made.observed_on if first <= date.fromisoformat(day) < after})


def _average(headcounts: list[int]) -> Fraction | None:
    return Fraction(sum(headcounts), len(headcounts)) if headcounts else None


def _fte(
    made: CommitmentMade, reports: Mapping[str, HeadcountReported], *, complete: bool
) -> Fraction | None:
    if not reports or made.fte_basis is UNSET:
        return None
    if made.fte_basis == "weekly-hours":
        return Fraction(reports[max(reports)].full_time)
    if not complete or made.fte_hours is UNSET or not made.fte_hours:
        return None
    return Fraction(sum(said.hours for said in reports.values()), made.fte_hours)


def _kept_on(
    made: CommitmentMade,
    target: int | None,
    reports: Mapping[str, HeadcountReported],
    wanted: list[str],
    compared: str,
) -> date:
    """The last day counted into an average or into hours; for a headcount at a day, the first report from
    which on every one meets the target.
    """
    if compared == AVERAGE:
        return date.fromisoformat(wanted[-1])
    if compared == FTE and made.fte_basis == "annual-hours":
        return date.fromisoformat(max(reports))

    def meets(day: str) -> bool | None:
        said = reports[day]
        return compares(said.full_time if compared == FTE else said.headcount, made.comparator, target)

    return date.fromisoformat([*takewhile(meets, sorted(reports, reverse=True))][-1])
