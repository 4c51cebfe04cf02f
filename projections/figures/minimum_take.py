"""Months of a contract: what counts as contracted, what is billed at least, and the demand.

Demand of a month = as the utility billed it, else the highest mean load of the site's revenue meters
(delivered) over the demand interval, or over their own readings where the contract names no interval or
readings are longer. A month is one of the site's clocks; its step is that of its first day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Final, NamedTuple

from ledger.calendar import Window, months_after
from ledger.kinds import LoadRampAgreed
from projections.engine.fold import Rows
from projections.figures.large_load_contracts import LargeLoad, RampTerms, ScopeDays
from projections.figures.like_hours import revenue_meters
from projections.figures.metered_load import Days, MeteredLoad, days_of, load_of

MET: Final = "met"
SHORT: Final = "short"
OPEN: Final = "not over yet"
UNKNOWN: Final = "unknown"
NONE_ASKED: Final = "no minimum"
_KW_W: Final = 1000


class ContractMonth(NamedTuple):
    """One month under a contract. ``known_s`` of ``window`` has readings; ``spread_s`` is the length of
    readings that are longer than the demand interval, else None.
    """

    name: str
    window: Window
    over: bool
    terms: RampTerms
    contracted_w: int
    minimum_w: Fraction | None
    metered_w: Fraction | None
    known_s: int
    spread_s: int | None
    billed_w: int | None
    charge_cents: int | None

    @property
    def demand_w(self) -> Fraction | None:
        """As billed, else as metered."""
        return self.metered_w if self.billed_w is None else Fraction(self.billed_w)

    @property
    def verdict(self) -> str:
        """Whether the minimum was taken, as far as that is known."""
        if not self.minimum_w:
            return NONE_ASKED
        demand = self.demand_w
        if demand is not None and demand >= self.minimum_w:
            return MET
        if not self.over:
            return OPEN
        whole = self.known_s == self.window.stop_s - self.window.start_s
        return SHORT if self.billed_w is not None or (whole and demand is not None) else UNKNOWN

    @property
    def shortfall_w(self) -> Fraction | None:
        """max(0, minimum - demand); None where the verdict is open or unknown."""
        verdict, demand = self.verdict, self.demand_w
        if verdict == SHORT and demand is not None and self.minimum_w is not None:
            return self.minimum_w - demand
        return Fraction(0) if verdict in (MET, NONE_ASKED) else None

    @property
    def shortfall_cents(self) -> Fraction | None:
        """The shortfall at the charge for each kW."""
        if self.shortfall_w is None or self.charge_cents is None:
            return None
        return Fraction(self.shortfall_w * self.charge_cents, _KW_W)


class SiteLoads:
    """The load of sites by their revenue meters; nothing is read where nothing is asked."""

    def __init__(self, rows: Rows, stop_s: int) -> None:
        self._rows, self._stop_s = rows, stop_s
        self._days: Days | None = None
        self._found: dict[tuple[str, Window], MeteredLoad] = {}

    def of(self, site: str, window: Window) -> MeteredLoad:
        """The load of a site in a window, at most until what is seen."""
        if self._days is None:
            self._days = days_of(self._rows)
        cut = Window(window.start_s, min(window.stop_s, self._stop_s))
        if (site, cut) not in self._found:
            meters = revenue_meters(self._rows, site, self._stop_s)
            self._found[site, cut] = load_of(self._days, site, meters, cut)
        return self._found[site, cut]

    def peak_w(self, site: str, window: Window) -> Fraction | None:
        """The highest reading that lies wholly in a window."""
        return self.of(site, window).highest_within_w(window)


def months(one: LargeLoad, loads: SiteLoads, days: ScopeDays, *, alone: bool) -> Iterator[ContractMonth]:
    """The months that begin in a window under a contract; metered only where it is ``alone`` at its site."""
    day = max(first_step(one), days.first).replace(day=1)
    day = day if day >= days.first else months_after(day, 1)
    while days.begins(day) and (start_s := one.start_of(day)) < one.stop_s:
        after = months_after(day, 1)
        if after <= day:
            return
        found = _month(one, loads, day, Window(start_s, one.start_of(after)), alone=alone)
        if found is not None:
            yield found._replace(over=after <= days.stop)
        day = after


def first_step(one: LargeLoad) -> date:
    """The earliest first step over all ramps that were agreed."""
    days = [fact.body.steps_on[0] for fact in one.agreed if isinstance(fact.body, LoadRampAgreed)]
    return date.fromisoformat(min(days))


def _month(
    one: LargeLoad, loads: SiteLoads, day: date, window: Window, *, alone: bool
) -> ContractMonth | None:
    """The month of a first day; None where nothing is contracted then."""
    terms = one.terms(window.stop_s)
    contracted_w = None if terms is None else terms.power_w(day)
    if terms is None or contracted_w is None:
        return None
    load = loads.of(one.site, window) if alone else MeteredLoad()
    name = day.isoformat()[:7]
    bill = one.bills.get(name)
    peak, spread_s = demand_w(load, window, terms.demand_interval_s)
    return ContractMonth(
        name,
        window,
        False,
        terms,
        contracted_w,
        terms.minimum_w(day),
        peak,
        load.known_s(window),
        spread_s,
        None if bill is None else bill[-1].body.demand_w,
        one.charge_cents(window.stop_s),
    )


def demand_w(load: MeteredLoad, window: Window, interval_s: int | None) -> tuple[Fraction | None, int | None]:
    """The highest mean over the intervals of a window, and the length of readings longer than an interval."""
    longest = max(load.over(window), default=0)
    if not longest:
        return None, None
    if interval_s is None or longest >= interval_s:
        longer = interval_s is not None and longest > interval_s
        return load.highest_within_w(window), longest if longer else None
    means = (
        load.energy_ws(Window(start_s, start_s + interval_s))
        for start_s in range(window.start_s, window.stop_s - interval_s + 1, interval_s)
    )
    known = [Fraction(energy_ws, interval_s) for energy_ws in means if energy_ws is not None]
    return max(known, default=None), None
