"""Kinds about lease phases (class lease, DOMAIN 4)."""

from typing import Annotated, ClassVar, Final, Literal

from msgspec import UNSET, Meta

from ledger.fields import (
    Date,
    Natural,
    Slug,
    Text,
    Unset,
)
from ledger.kinds.base import COMMERCIAL, COMMERCIAL_REQUIRED, Fact, Tier

LAST_LEVEL: Final = 5
"""The last commissioning level: the integrated systems test."""


LeaseMilestone = Literal[
    "inquiry",
    "nda",
    "loi",
    "exclusivity",
    "basis-of-design-concluded",
    "lease-executed",
    "financing",
    "notice-to-proceed",
    "power-on",
    "substantial-completion",
    "ready-for-service-offered",
    "ready-for-service-accepted",
    "ready-for-service-deemed",
    "ready-for-service-rejected",
    "commencement",
]


class LeasePhaseOpened(Fact, frozen=True, kw_only=True):
    """Opens a phase of a lease, the unit that terms and milestones belong to; ``tenant`` is an alias."""

    lease: Slug
    phase: Slug
    site: Slug
    tenant: Text
    critical_w: Natural

    example: ClassVar[str] = (
        "2026-05-01T04:00Z sandersville lease-phase-opened lease=l1 phase=ph1 tenant=tenant-a critical=50MW"
    )


class LeaseTermsRecorded(Fact, frozen=True, kw_only=True):
    """A version of a phase's terms: dates, and the cost of lateness (rents are commercial)."""

    phase: Slug
    version: Natural
    target_rfs_on: Date
    outside_on: Date | Unset = UNSET
    tiers: Annotated[tuple[Tier, ...] | Unset, COMMERCIAL_REQUIRED] = UNSET
    monthly_rent_cents: Annotated[Natural | Unset, COMMERCIAL] = UNSET
    extension_causes: tuple[Text, ...]
    notice_days: Natural

    example: ClassVar[str] = (
        "2026-05-04T04:00Z sandersville lease-terms-recorded phase=ph1 version=1 "
        "target_rfs_on=2027-03-01 tiers=[2mo:1,4mo:2] monthly_rent=6500000.00USD "
        'extension_causes=["force majeure"] notice_days=10'
    )


class LeaseMilestoneReached(Fact, frozen=True, kw_only=True):
    """A phase reaches a milestone; the milestones it depends on come first."""

    phase: Slug
    milestone: LeaseMilestone
    at_risk: bool | Unset = UNSET
    power_w: Natural | Unset = UNSET
    waived_by: Text | Unset = UNSET

    example: ClassVar[str] = "2026-05-15T04:00Z sandersville lease-milestone-reached phase=ph1 milestone=loi"


class LeaseForecastSet(Fact, frozen=True, kw_only=True):
    """The date on which a milestone is now expected."""

    phase: Slug
    milestone: LeaseMilestone
    forecast_on: Date

    example: ClassVar[str] = (
        "2026-06-01T04:00Z sandersville lease-forecast-set phase=ph1 "
        "milestone=ready-for-service-accepted forecast_on=2027-02-15"
    )


class LeaseDelayNoticed(Fact, frozen=True, kw_only=True):
    """Notice of a delay that may extend a phase's dates."""

    phase: Slug
    delay: Slug
    cause: Text
    days: Natural
    began_on: Date
    noticed_on: Date

    example: ClassVar[str] = (
        '2026-08-05T04:00Z sandersville lease-delay-noticed phase=ph1 delay=dl1 cause="switchgear is '
        'late" days=14 began_on=2026-08-01 noticed_on=2026-08-05'
    )


class LeaseExtensionGranted(Fact, frozen=True, kw_only=True):
    """An extension of a phase's dates by days from a date on, for a noticed delay or without one."""

    phase: Slug
    delay: Slug | Unset = UNSET
    from_on: Date
    days: Natural

    example: ClassVar[str] = (
        "2026-08-20T04:00Z sandersville lease-extension-granted phase=ph1 delay=dl1 from_on=2026-08-01 "
        "days=10"
    )


class CommissioningLevelPassed(Fact, frozen=True, kw_only=True):
    """A system of the phase passed a commissioning level."""

    phase: Slug
    system: Text
    level: Annotated[int, Meta(ge=1, le=LAST_LEVEL)]
    waived_by: Text | Unset = UNSET

    example: ClassVar[str] = (
        '2026-11-02T05:00Z sandersville commissioning-level-passed phase=ph1 system="cooling loop A" level=1'
    )


class CommissioningLevelFailed(Fact, frozen=True, kw_only=True):
    """A system of the phase failed a commissioning level."""

    phase: Slug
    system: Text
    level: Annotated[int, Meta(ge=1, le=LAST_LEVEL)]
    waived_by: Text | Unset = UNSET

    example: ClassVar[str] = (
        '2026-11-01T04:00Z sandersville commissioning-level-failed phase=ph1 system="cooling loop A" level=1'
    )


class CreditSupportRecorded(Fact, frozen=True, kw_only=True):
    """Credit support held for a phase."""

    phase: Slug
    instrument: Text
    amount_cents: Annotated[Natural | Unset, COMMERCIAL_REQUIRED] = UNSET

    example: ClassVar[str] = (
        "2026-05-20T04:00Z sandersville credit-support-recorded phase=ph1 instrument=LC-88 "
        "amount=25000000.00USD"
    )


class CreditSupportReleased(Fact, frozen=True, kw_only=True):
    """Credit support given back."""

    phase: Slug
    instrument: Text
    amount_cents: Annotated[Natural | Unset, COMMERCIAL_REQUIRED] = UNSET

    example: ClassVar[str] = (
        "2026-12-15T05:00Z sandersville credit-support-released phase=ph1 instrument=LC-88 "
        "amount=25000000.00USD"
    )


class LeaseAmended(Fact, frozen=True, kw_only=True):
    """Replaces the given terms of a phase, for the whole phase."""

    phase: Slug
    target_rfs_on: Date | Unset = UNSET
    outside_on: Date | Unset = UNSET
    tiers: Annotated[tuple[Tier, ...] | Unset, COMMERCIAL] = UNSET
    monthly_rent_cents: Annotated[Natural | Unset, COMMERCIAL] = UNSET
    critical_w: Natural | Unset = UNSET
    notice_days: Natural | Unset = UNSET

    example: ClassVar[str] = "2026-09-01T04:00Z sandersville lease-amended phase=ph1 target_rfs_on=2027-04-01"


class LeaseTerminated(Fact, frozen=True, kw_only=True):
    """The lease of a phase ends."""

    phase: Slug
    cause: Text

    example: ClassVar[str] = (
        '2026-12-20T05:00Z sandersville lease-terminated phase=ph1 cause="agreed by both parties"'
    )
