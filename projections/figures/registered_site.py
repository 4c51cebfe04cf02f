"""What the log knows of a site that registers as a large load, at the end of a window.

Total load = the power under contract, else the authorized draw. Interruptible load = capacity of the
interruptible blocks in service, at most the annual peak (own); its share is of the peak of the year before,
else of the peak forecast for this year, else of the capacity in service.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from ledger import calendar
from ledger.calendar import Window, local_date, zone
from ledger.kinds import BY_BODY, CapacityEnergized, GeneratorRegistered, GeneratorRetired
from ledger.units import rounded
from projections.engine.amounts import said
from projections.engine.fold import Rows
from projections.engine.report import Scope
from projections.engine.windows import FOREVER, Span
from projections.figures.like_hours import revenue_meters
from projections.figures.metered_load import Days, MeteredLoad, load_of
from projections.rows.blocks import BLOCK, Rating, ratings
from projections.rows.fact_rows import RecordedFact
from projections.rows.generators import GENERATOR
from projections.rows.large_loads import FORECAST
from projections.rows.programs import PROGRAM, terms_at
from projections.rows.registrations import REGISTRATION, REGISTRATION_SECTIONS, REGISTRATION_SOURCES
from projections.rows.sectioned_facts import erased_positions
from projections.rows.site_power import POWER, contracted_w, energized_w
from projections.rows.sites import SITE, SiteData, data_before


class YearOfUse:
    """The metered use of a calendar year, or of its part with service: its time, the time with readings,
    their energy and their highest interval.
    """

    def __init__(self, year: int, window: Window, load: MeteredLoad) -> None:
        self.year, self.window = year, window
        highest_w = load.highest_reaching_w(window)
        self.asked_s = max(0, window.stop_s - window.start_s)
        self.known_s = load.known_s(window)
        self.energy_wh = rounded(Fraction(load.metered_ws(window), 3600))
        self.peak_w = None if highest_w is None else rounded(highest_w)

    @property
    def whole(self) -> bool:
        """Has all of the time readings?"""
        return 0 < self.asked_s == self.known_s

    @property
    def annual_peak_w(self) -> int | None:
        """The highest interval; None where a part of the time has no readings."""
        return self.peak_w if self.whole else None


class RegisteredSite:
    """One site as of the window's end; ``last_s`` is its last second and ``today`` its last local day."""

    def __init__(self, site: str, rows: Rows, scope: Scope, days: Days) -> None:
        self.site, self._rows, self._days = site, rows, days
        self.stop_s = scope.window.stop_s
        self.last_s = self.stop_s - 1
        self.tz: ZoneInfo = zone(scope.zones[site])
        self.today: date = local_date(self.last_s, self.tz)
        self.data: SiteData | None = data_before(rows[SITE.name].get((site,), ()), self.stop_s)
        self.power = self._seen(POWER.name)
        self.facts = self._seen(REGISTRATION.name)
        self.sources = dict(rows[REGISTRATION_SOURCES.name].get((site,), ()))
        self.erased = erased_positions(rows, site, "grid", REGISTRATION_SECTIONS)

    def _seen(self, kind: str) -> tuple[RecordedFact, ...]:
        return tuple(fact for fact in self._rows[kind].get((self.site,), ()) if fact.at_s < self.stop_s)

    def day(self, at_s: int) -> date:
        """The local day of an instant."""
        return local_date(at_s, self.tz)

    def evidence(self, fact: RecordedFact) -> str:
        """A fact by its kind and local day."""
        return f"{BY_BODY[type(fact.body)].name} {self.day(fact.at_s)}"

    def of(self, kind: type) -> list[RecordedFact]:
        """The facts of a kind about the registration, in order of time."""
        return [fact for fact in self.facts if isinstance(fact.body, kind)]

    def bodies(self, kind: type) -> list[Any]:
        """Their bodies."""
        return [fact.body for fact in self.of(kind)]

    @cached_property
    def contracted_w(self) -> int | None:
        """Power under contract."""
        return contracted_w(self.power, self.last_s)

    @cached_property
    def energized_w(self) -> int | None:
        """The authorized draw."""
        return energized_w(self.power, self.last_s)

    @property
    def energized_from_s(self) -> int | None:
        """When power was first energized."""
        begun = (f.at_s for f in self.power if isinstance(f.body, CapacityEnergized) and f.body.power_w)
        return next(begun, None)

    @property
    def total_w(self) -> int | None:
        """The site's total load: under contract, else energized."""
        return self.energized_w if self.contracted_w is None else self.contracted_w

    @cached_property
    def blocks(self) -> dict[str, Span[Rating]]:
        """The blocks in service, by name."""
        found = {}
        for (site, block), row in sorted(self._rows[BLOCK.name].items()):
            if site != self.site:
                continue
            lives = ratings(change for change in row if change.at_s < self.stop_s)
            if lives and lives[-1].stop_s == FOREVER:
                found[block] = lives[-1]
        return found

    def block_source(self, block: str, at_s: int) -> str | None:
        """The document of a block's change at an instant."""
        row = self._rows[BLOCK.name][self.site, block]
        return next((self.sources.get(change.pos) for change in row if change.at_s == at_s), None)

    @property
    def mines(self) -> bool:
        """Is a mining block in service?"""
        return any(span.value.load_class == "mining" for span in self.blocks.values())

    @property
    def in_service_w(self) -> int:
        """Capacity of the blocks in service."""
        return sum(span.value.capacity_w for span in self.blocks.values())

    @property
    def interruptible_w(self) -> int:
        """Capacity of the interruptible blocks in service, at most the annual peak."""
        capacity_w = sum(
            span.value.capacity_w
            for span in self.blocks.values()
            if span.value.service_class == "interruptible"
        )
        return min(capacity_w, self.annual_peak_w)

    @property
    def interruptible_ppm(self) -> int | None:
        """Its share of the annual peak; None of a peak of 0."""
        if not self.annual_peak_w:
            return None
        return rounded(Fraction(self.interruptible_w * 1_000_000, self.annual_peak_w))

    @cached_property
    def annual_peak_w(self) -> int:
        """The peak of the year before where all of it is metered, else the one forecast for this year, else
        the capacity in service.
        """
        if self.use.annual_peak_w is not None:
            return self.use.annual_peak_w
        forecast = self.forecasts.get(self.today.year)
        return self.in_service_w if forecast is None else self.peak_of(forecast)

    @property
    def annual_peak_words(self) -> str:
        """The annual peak with what it is."""
        basis = (
            f"the peak of {self.use.year}"
            if self.use.whole
            else f"the peak forecast for {self.today.year}"
            if self.today.year in self.forecasts
            else "the capacity in service"
        )
        return f"{basis} ({said(self.annual_peak_w, 'W')})"

    @cached_property
    def forecasts(self) -> dict[int, tuple[RecordedFact, ...]]:
        """The forecasts in force by year: that of the year, else those of its summer and winter where both
        are there.
        """
        latest: dict[tuple[int, str], RecordedFact] = {}
        for (site, *_), row in sorted(self._rows[FORECAST.name].items()):
            seen = [fact for fact in row if site == self.site and fact.at_s < self.stop_s]
            latest |= {(fact.body.year, fact.body.season): fact for fact in seen}
        found: dict[int, tuple[RecordedFact, ...]] = {}
        for year in sorted({year for year, _ in latest}):
            whole, halves = latest.get((year, "year")), [latest.get((year, s)) for s in ("summer", "winter")]
            known = [whole] if whole else [fact for fact in halves if fact] if all(halves) else []
            if known:
                found[year] = tuple(known)
        return found

    def peak_of(self, forecast: tuple[RecordedFact, ...]) -> int:
        """The highest load of a forecast."""
        return max(int(fact.body.peak_w) for fact in forecast)

    @cached_property
    def use(self) -> YearOfUse:
        """The use of the calendar year before today's, from the first energized power on."""
        year = self.today.year - 1
        start_s, stop_s = calendar.period(str(year), self.tz)
        begun_s = self.energized_from_s
        window = Window(min(stop_s, max(start_s, begun_s or start_s)), stop_s)
        meters = revenue_meters(self._rows, self.site, self.stop_s)
        load = load_of(self._days, self.site, meters, window) if meters else MeteredLoad()
        return YearOfUse(year, window, load)

    @cached_property
    def generators(self) -> dict[str, RecordedFact]:
        """The registration of each generator that is not retired, by name."""
        found = {}
        for (site, name), row in sorted(self._rows[GENERATOR.name].items()):
            seen = [fact for fact in row if site == self.site and fact.at_s < self.stop_s]
            held = [fact for fact in seen if isinstance(fact.body, GeneratorRegistered | GeneratorRetired)]
            if held and isinstance(held[-1].body, GeneratorRegistered):
                found[name] = held[-1]
        return found

    @cached_property
    def programs(self) -> dict[str, tuple[RecordedFact, dict[str, Any]]]:
        """The programs in which the site is enrolled: the enrollment, and the terms in force."""
        found = {}
        for (site, name), row in sorted(self._rows[PROGRAM.name].items()):
            terms = terms_at(row, self.last_s, self.stop_s) if site == self.site else {}
            if terms:
                found[name] = (row[0], terms)
        return found
