"""Kinds about sites and their load blocks (class grid): contracts, energized power, blocks, disturbances
(DOMAIN 4).
"""

from typing import ClassVar, Literal

from msgspec import UNSET

from ledger.fields import (
    Instant,
    Natural,
    Slug,
    Text,
    Unset,
    Zone,
)
from ledger.kinds.base import Fact

Interest = Literal["option", "owned", "leased", "sold"]


SiteClass = Literal["metro-low-latency", "inference", "training", "mining-only", "land"]


Interconnection = Literal["requested", "study-done", "agreement", "facilities-ready"]


LoadClass = Literal["mining", "ai-hpc", "auxiliary"]


ServiceClass = Literal["interruptible", "firm"]


class SiteRegistered(Fact, frozen=True, kw_only=True):
    """Master data of a site from ``at`` on; recording it again replaces it. ``balancing_authority`` is its
    EIA-930 code.
    """

    site: Slug
    name: Text
    county: Text
    state: Text
    country: Text | Unset = UNSET
    tz: Zone
    balancing_authority: Text
    utility: Text
    parcels: tuple[Text, ...]
    site_class: SiteClass

    example: ClassVar[str] = (
        "2026-01-05T05:00Z sandersville site-registered name=Sandersville county=Washington state=GA "
        'tz=America/New_York balancing_authority=SOCO utility="Georgia Power" parcels=[W12-004,W12-005] '
        "site_class=training"
    )


class SiteInterestChanged(Fact, frozen=True, kw_only=True):
    """The operator's interest in the land of the site."""

    site: Slug
    interest: Interest

    example: ClassVar[str] = "2026-01-05T05:00Z sandersville site-interest-changed interest=owned"


class InterconnectionMilestoneReached(Fact, frozen=True, kw_only=True):
    """A milestone of the grid interconnection, with the power it covers."""

    site: Slug
    milestone: Interconnection
    power_w: Natural

    example: ClassVar[str] = (
        "2026-01-12T05:00Z sandersville interconnection-milestone-reached milestone=agreement power=300MW"
    )


class PowerContracted(Fact, frozen=True, kw_only=True):
    """Power under one agreement, from ``start`` on; recording the agreement again replaces it, and agreements
    add up.
    """

    site: Slug
    agreement: Text
    power_w: Natural
    firm_w: Natural
    start: Instant
    stop: Instant | Unset = UNSET

    example: ClassVar[str] = (
        "2026-01-12T05:00Z sandersville power-contracted agreement=ESA-2026-7 power=300MW firm=50MW "
        "start=2026-02-01T05:00Z"
    )


class CapacityEnergized(Fact, frozen=True, kw_only=True):
    """The whole site's authorized draw from now on."""

    site: Slug
    power_w: Natural
    point_of_delivery: Text
    voltage_v: Natural
    approval: Text | Unset = UNSET

    example: ClassVar[str] = (
        '2026-02-01T05:00Z sandersville capacity-energized power=250MW point_of_delivery="Tennille bay '
        '4" voltage=115kV'
    )


class CapacityDeenergized(Fact, frozen=True, kw_only=True):
    """The whole site's remaining authorized draw from now on."""

    site: Slug
    power_w: Natural
    point_of_delivery: Text
    cause: Text

    example: ClassVar[str] = (
        '2026-09-01T04:00Z sandersville capacity-deenergized power=200MW point_of_delivery="Tennille bay '
        '4" cause="transformer T2 out for repair"'
    )


class LoadBlockCommissioned(Fact, frozen=True, kw_only=True):
    """A separately controllable electrical load block enters service."""

    site: Slug
    block: Slug
    load_class: LoadClass
    service_class: ServiceClass
    capacity_w: Natural
    feeds: tuple[Text, ...]
    predecessor: Slug | Unset = UNSET
    approval: Text | Unset = UNSET

    example: ClassVar[str] = (
        "2026-03-01T05:00Z sandersville load-block-commissioned block=m1 load_class=mining "
        "service_class=interruptible capacity=100MW feeds=[A,B]"
    )


class LoadBlockRerated(Fact, frozen=True, kw_only=True):
    """The block's capacity from now on."""

    block: Slug
    capacity_w: Natural
    approval: Text | Unset = UNSET

    example: ClassVar[str] = "2026-06-01T04:00Z sandersville load-block-rerated block=m1 capacity=90MW"


class LoadBlockRetired(Fact, frozen=True, kw_only=True):
    """The block leaves service; its open outages and curtailments end with it."""

    block: Slug
    cause: Literal["conversion", "decommissioned", "sold"]
    successor: Slug | Unset = UNSET

    example: ClassVar[str] = "2026-12-01T05:00Z sandersville load-block-retired block=m1 cause=conversion"


class DisturbanceRecorded(Fact, frozen=True, kw_only=True):
    """A fast change of load, with its initiator and the parties that the operator told (NERC Level 3 alert of
    May 2026).
    """

    site: Slug
    block: Slug | Unset = UNSET
    before_w: Natural
    after_w: Natural
    duration_ms: Natural
    initiated_by: Literal["customer", "protection", "utility"]
    communicated_to: Text | Unset = UNSET
    communicated_at: Instant | Unset = UNSET

    example: ClassVar[str] = (
        "2026-07-14T18:02Z sandersville disturbance-recorded block=m1 before=95MW after=20MW "
        "duration=180ms initiated_by=protection"
    )
