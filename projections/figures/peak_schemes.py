"""Schemes that allot charges by coincident peaks: one table by authority, which ``peak-scheme-set``
overrides, and the confirmed intervals that each scheme chooses.

A confirmed interval can belong to a scheme of its length whose months it begins in. Of each period (a month, or the
season that the months make, named by the year of its first month) the highest ones are chosen, on different local
days, ties to the earliest. Of one interval that was confirmed twice the last figure holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final, Literal, NamedTuple

from ledger.calendar import instant_s, local_date, months_after, zone
from ledger.kinds import CoincidentPeakConfirmed, PeakSchemeSet
from projections.rows.fact_rows import RecordedFact

_HOUR_S: Final = 3600


class PeakScheme(NamedTuple):
    """The ``peaks`` highest intervals of each of the ``months``, or of the season they make. ``rule`` names
    the text with its status; a scheme that is not in force appears only where intervals of it were confirmed.
    """

    name: str
    months: tuple[int, ...]
    per: Literal["month", "season"]
    peaks: int
    interval_s: int
    tz: str
    rule: str
    in_force: bool = True

    @property
    def a_year(self) -> int:
        """Number of its intervals in a year."""
        return self.peaks * (len(self.months) if self.per == "month" else 1)

    def period_of(self, day: date) -> str | None:
        """The period that a local day belongs to: ``2026-07``, ``2026``; None outside its months."""
        if day.month not in self.months:
            return None
        if self.per == "month":
            return f"{day.year:04d}-{day.month:02d}"
        before = self.months[0] > self.months[-1] and day.month < self.months[0]
        return f"{day.year - before:04d}"

    def over_on(self, day: date) -> date:
        """The first day after the period that a day belongs to."""
        last = day.month if self.per == "month" else self.months[-1]
        return months_after(day.replace(day=1), (last - day.month) % 12 + 1)


_ALL: Final = tuple(range(1, 13))
_SUMMER: Final = (6, 7, 8, 9)
_CENTRAL: Final = "America/Chicago"
_EASTERN_STANDARD: Final = "Etc/GMT+5"
_MISO: Final = "MISO Tariff, Module E-1 (seasonal since planning year 2023/24); in force"

SCHEMES: Final[dict[str, tuple[PeakScheme, ...]]] = {
    "ERCO": (
        PeakScheme("ercot-4cp", _SUMMER, "month", 1, 900, _CENTRAL, "16 TAC 25.192; in force"),
        PeakScheme(
            "ercot-12cp",
            _ALL,
            "month",
            1,
            1800,
            _CENTRAL,
            "PUCT Project 58484, proposal of 2026; to be decided by December 31, 2026 (SB 6)",
            in_force=False,
        ),
    ),
    "PJM": (
        PeakScheme("pjm-5cp", _SUMMER, "season", 5, _HOUR_S, "America/New_York", "PJM Manual 19; in force"),
    ),
    "MISO": tuple(
        PeakScheme(f"miso-{name}", months, "season", 1, _HOUR_S, _EASTERN_STANDARD, _MISO)
        for name, months in (
            ("summer", (6, 7, 8)),
            ("fall", (9, 10, 11)),
            ("winter", (12, 1, 2)),
            ("spring", (3, 4, 5)),
        )
    ),
    "SWPP": (
        PeakScheme(
            "spp-12cp", _ALL, "month", 1, _HOUR_S, _CENTRAL, "SPP Tariff, section 34 (network load); in force"
        ),
    ),
}


class Peak(NamedTuple):
    """A confirmed interval with the system's load, as one scheme sees it: its period, its rank there from
    1.
    """

    start_s: int
    stop_s: int
    system_w: int
    period: str
    rank: int


def schemes_of(code: str, facts: Iterable[RecordedFact]) -> list[PeakScheme]:
    """The schemes of an authority, by name: those of the table, replaced by the latest recorded ones."""
    found = {scheme.name: scheme for scheme in SCHEMES.get(code, ())}
    for fact in facts:
        body = fact.body
        if isinstance(body, PeakSchemeSet):
            found[body.scheme] = PeakScheme(
                body.scheme,
                body.months,
                body.per,
                body.peaks,
                body.interval_s,
                body.tz,
                body.rule,
                body.in_force,
            )
    return [found[name] for name in sorted(found)]


def peaks_of(scheme: PeakScheme, facts: Iterable[RecordedFact]) -> list[Peak]:
    """The confirmed intervals that a scheme chooses, in order of time."""
    tz = zone(scheme.tz)
    confirmed: dict[int, int] = {}
    for fact in facts:
        body = fact.body
        if isinstance(body, CoincidentPeakConfirmed):
            start_s = instant_s(body.start)
            if instant_s(body.stop) - start_s == scheme.interval_s:
                confirmed[start_s] = body.system_w
    periods: dict[str, list[tuple[int, int]]] = {}
    for start_s, system_w in confirmed.items():
        period = scheme.period_of(local_date(start_s, tz))
        if period is not None:
            periods.setdefault(period, []).append((-system_w, start_s))
    found = []
    for period, some in periods.items():
        by_day: dict[date, tuple[int, int]] = {}
        for one in sorted(some):
            by_day.setdefault(local_date(one[1], tz), one)
        for rank, (less_w, start_s) in enumerate(list(by_day.values())[: scheme.peaks], start=1):
            found.append(Peak(start_s, start_s + scheme.interval_s, -less_w, period, rank))
    return sorted(found)
