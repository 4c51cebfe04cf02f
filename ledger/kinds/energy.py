"""Kinds about where energy comes from: what a balancing authority's plants generate, and what a site has under
contract or generates itself (class grid, DOMAIN 4).
"""

from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, Meta

from ledger.fields import Date, Instant, Integer, Natural, Period, Slug, Text, Unset
from ledger.kinds.base import Fact
from ledger.kinds.metering import IntervalsRecorded

EnergySource = Literal[
    "solar",
    "wind",
    "hydro",
    "geothermal",
    "biomass",
    "nuclear",
    "gas",
    "coal",
    "oil",
    "storage",
    "other",
]


class GenerationRecorded(Fact, frozen=True, kw_only=True):
    """What an authority's plants of one source generated, net, in intervals that begin within one UTC day.
    ``values`` are in Wh x 10^power_of_ten, negative where storage is charged or plants take more than they give;
    ``quality`` holds ESPI codes, 8 where the publisher estimated, -1 where none is stated.
    """

    balancing_authority: Text
    energy_source: EnergySource
    start: Instant
    interval_s: Natural
    power_of_ten: Annotated[int, Meta(ge=-12, le=12)]
    values: tuple[Integer, ...]
    quality: tuple[Annotated[int, Meta(ge=-1, le=255)], ...]

    example: ClassVar[str] = (
        "2026-07-14T18:00Z ba-SOCO generation-recorded energy_source=solar start=2026-07-14T18:00Z interval=1h"
        " power_of_ten=6 values=[3120,2980] quality=[-1,-1]"
    )

    @property
    def series(self) -> str:
        """Its name among the series of its place."""
        return self.energy_source


Series = IntervalsRecorded | GenerationRecorded
"""Values of one series, interval after interval: kept once, restated as a whole."""


class EnergySupplyRegistered(Fact, frozen=True, kw_only=True):
    """A supply of a site: its own generation, a purchase agreement, a green tariff or certificates. ``meter`` is
    one of the site (role sub) whose readings are the supply's energy hour by hour; without it only what
    certificates-retired states counts. ``balancing_authority`` is where it is generated, if not the site's own;
    from ``start_on`` up to, not including, ``stop_on``. Recording it again replaces it.
    """

    site: Slug
    supply: Slug
    instrument: Literal["own-generation", "ppa", "green-tariff", "certificates"]
    energy_source: EnergySource
    meter: Slug | Unset = UNSET
    balancing_authority: Text | Unset = UNSET
    start_on: Date
    stop_on: Date | Unset = UNSET

    example: ClassVar[str] = (
        "2026-03-02T05:00Z sandersville energy-supply-registered supply=wind-recs instrument=certificates"
        " energy_source=wind start_on=2026-03-01"
    )


class CertificatesRetired(Fact, frozen=True, kw_only=True):
    """Certificates of a supply are retired for the site: ``energy_wh`` that was generated in ``period``, such as a
    month. The fact is of the first day of the period, whenever they are retired. ``serials`` are those of the
    registry, by which a batch counts once.
    """

    supply: Slug
    serials: Text
    registry: Text
    period: Period
    energy_wh: Natural
    retired_on: Date

    example: ClassVar[str] = (
        "2026-07-01T05:00Z sandersville certificates-retired supply=wind-recs serials=NAR-1042-1-9000"
        " registry=NAR period=2026-07 energy=9000MWh retired_on=2026-08-20"
    )


class EmissionFactorSet(Fact, frozen=True, kw_only=True):
    """The CO2 of a kWh of an authority's generation from one source, or of its whole mix, as published. It holds
    until the next for the same source.
    """

    balancing_authority: Text
    energy_source: EnergySource | Unset = UNSET
    co2_mg_per_kwh: Natural
    publisher: Text

    example: ClassVar[str] = (
        "2026-01-01T05:00Z ba-SOCO emission-factor-set energy_source=gas co2_mg_per_kwh=410000"
        ' publisher="utility disclosure 2025"'
    )
