"""Kinds about the contract of a large load with its utility (class grid, DOMAIN 4): ramp and minimum take,
billed demand, forecast, collateral, milestones and quarterly filings. The contract itself is a
power-contracted.
"""

from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, Meta

from ledger.fields import Date, Natural, Period, Sha256, Slug, Text, Unset
from ledger.kinds.base import Fact
from ledger.kinds.tariffs import LargeLoadTariff, Season

CollateralForm = Literal["cash", "letter-of-credit", "surety-bond", "guaranty", "other"]
OwnMilestone = Literal["site-control", "permits", "construction-started", "construction-finished"]
LoadMilestone = Literal[
    "site-control",
    "permits",
    "construction-started",
    "construction-finished",
    "study-done",
    "facilities-ready",
    "energized",
]


class LoadRampAgreed(Fact, frozen=True, kw_only=True):
    """The ramp of a contract: ``steps_w`` is what counts as contracted from each day of ``steps_on``.

    What is left out is the tariff's: the share that is billed at least, and its last day ``ends_on``. Demand
    is the highest mean over ``demand_interval_s``, else over the meter's readings. A quarter is reported
    within ``filing_days``. A ramp holds from ``at`` on and replaces the one before it.
    """

    site: Slug
    agreement: Text
    tariff: LargeLoadTariff
    steps_on: tuple[Date, ...]
    steps_w: tuple[Natural, ...]
    minimum_ppm: Natural | Unset = UNSET
    ends_on: Date | Unset = UNSET
    demand_interval_s: Natural | Unset = UNSET
    filing_days: Natural | Unset = UNSET
    document_sha256: Sha256 | Unset = UNSET

    example: ClassVar[str] = (
        "2026-01-12T06:00Z sandersville load-ramp-agreed agreement=ESA-2026-7 tariff=aep-ohio-dct"
        " steps_on=[2026-03-01,2027-03-01,2028-03-01] steps=[150MW,240MW,300MW] filing_days=45"
    )


class DemandChargeSet(Fact, frozen=True, kw_only=True):
    """The charge for each kW of billing demand a month, from ``at`` on."""

    site: Slug
    agreement: Text
    charge_cents: Natural

    example: ClassVar[str] = (
        "2026-01-12T06:00Z sandersville demand-charge-set agreement=ESA-2026-7 charge=9.50USD"
    )


class BillingDemandRecorded(Fact, frozen=True, kw_only=True):
    """The demand of a month as the utility billed it, before any minimum; it counts before the meter's."""

    site: Slug
    agreement: Text
    month: Period
    demand_w: Natural
    document_sha256: Sha256 | Unset = UNSET

    example: ClassVar[str] = (
        "2026-04-06T14:00Z sandersville billing-demand-recorded agreement=ESA-2026-7 month=2026-03 demand=118MW"
    )


class LoadForecastSet(Fact, frozen=True, kw_only=True):
    """The site's expected peak in a season of a year; a winter is of the year in which it begins. The next
    one for the same season replaces it.
    """

    site: Slug
    year: Annotated[int, Meta(ge=1970, le=9998)]
    season: Season
    peak_w: Natural
    document_sha256: Sha256 | Unset = UNSET

    example: ClassVar[str] = (
        "2026-01-12T06:00Z sandersville load-forecast-set year=2028 season=winter peak=280MW"
    )


class CollateralStepSet(Fact, frozen=True, kw_only=True):
    """Collateral that must be held altogether from a day on, until the next step."""

    site: Slug
    agreement: Text
    step: Slug
    due_on: Date
    required_cents: Natural

    example: ClassVar[str] = (
        "2026-01-12T06:00Z sandersville collateral-step-set agreement=ESA-2026-7 step=signing"
        " due_on=2026-02-11 required=20000000.00USD"
    )


class CollateralPosted(Fact, frozen=True, kw_only=True):
    """An instrument that the utility holds; posting it again replaces it, and instruments add up."""

    site: Slug
    agreement: Text
    instrument: Slug
    form: CollateralForm
    amount_cents: Natural
    posted_on: Date
    expires_on: Date | Unset = UNSET
    document_sha256: Sha256 | Unset = UNSET

    example: ClassVar[str] = (
        "2026-02-09T15:00Z sandersville collateral-posted agreement=ESA-2026-7 instrument=lc-1"
        " form=letter-of-credit amount=20000000.00USD posted_on=2026-02-09 expires_on=2027-02-09"
    )


class CollateralReleased(Fact, frozen=True, kw_only=True):
    """The utility gives an instrument back, or the part of it that ``amount_cents`` says."""

    site: Slug
    agreement: Text
    instrument: Slug
    released_on: Date
    amount_cents: Natural | Unset = UNSET

    example: ClassVar[str] = (
        "2026-12-01T15:00Z sandersville collateral-released agreement=ESA-2026-7 instrument=lc-1"
        " released_on=2026-12-01 amount=5000000.00USD"
    )


class LoadMilestoneSet(Fact, frozen=True, kw_only=True):
    """The day by which a milestone of the load is to be reached; setting it again moves it. ``energized``
    is reached with ``power_w``, else with any power.
    """

    site: Slug
    agreement: Text
    milestone: LoadMilestone
    due_on: Date
    power_w: Natural | Unset = UNSET

    example: ClassVar[str] = (
        "2026-01-12T06:00Z sandersville load-milestone-set agreement=ESA-2026-7"
        " milestone=construction-started due_on=2026-02-01"
    )


class LoadMilestoneReached(Fact, frozen=True, kw_only=True):
    """A milestone of the load was reached. Those of the interconnection are recorded by
    interconnection-milestone-reached, power by capacity-energized.
    """

    site: Slug
    agreement: Text
    milestone: OwnMilestone
    reached_on: Date
    document_sha256: Sha256 | Unset = UNSET

    example: ClassVar[str] = (
        "2026-02-03T15:00Z sandersville load-milestone-reached agreement=ESA-2026-7"
        " milestone=construction-started reached_on=2026-02-03"
    )


class LoadReportFiled(Fact, frozen=True, kw_only=True):
    """What the utility reports of a quarter was handed in."""

    site: Slug
    agreement: Text
    quarter: Period
    filed_on: Date
    filed_with: Text | Unset = UNSET
    document_sha256: Sha256 | Unset = UNSET

    example: ClassVar[str] = (
        "2026-05-12T15:00Z sandersville load-report-filed agreement=ESA-2026-7 quarter=2026-Q1"
        ' filed_on=2026-05-12 filed_with="Georgia Power"'
    )
