"""Kinds about lease phases (class lease, DOMAIN 4)."""

from __future__ import annotations

from typing import Annotated, Final, Literal

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
"""Of commissioning: the integrated systems test."""


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
    """The phase, not the lease, is the unit; ``tenant`` is an alias."""

    lease: Slug
    phase: Slug
    site: Slug
    tenant: Text
    critical_w: Natural


class LeaseTermsRecorded(Fact, frozen=True, kw_only=True):
    """A version of the phase's terms: dates, and what lateness costs (rents are commercial)."""

    phase: Slug
    version: Natural
    target_rfs_on: Date
    outside_on: Date | Unset = UNSET
    tiers: Annotated[tuple[Tier, ...] | Unset, COMMERCIAL_REQUIRED] = UNSET
    monthly_rent_cents: Annotated[Natural | Unset, COMMERCIAL] = UNSET
    extension_causes: tuple[Text, ...]
    notice_days: Natural


class LeaseMilestoneReached(Fact, frozen=True, kw_only=True):
    """A node of the phase's precedence graph is reached."""

    phase: Slug
    milestone: LeaseMilestone
    at_risk: bool | Unset = UNSET
    power_w: Natural | Unset = UNSET
    waived_by: Text | Unset = UNSET


class LeaseForecastSet(Fact, frozen=True, kw_only=True):
    """When the milestone is expected now."""

    phase: Slug
    milestone: LeaseMilestone
    forecast_on: Date


class LeaseDelayNoticed(Fact, frozen=True, kw_only=True):
    """Notice of a delay that may extend the dates."""

    phase: Slug
    delay: Slug
    cause: Text
    days: Natural
    began_on: Date
    noticed_on: Date


class LeaseExtensionGranted(Fact, frozen=True, kw_only=True):
    """Days by which dates move, from a date on, for a noticed delay or for none."""

    phase: Slug
    delay: Slug | Unset = UNSET
    from_on: Date
    days: Natural


class CommissioningLevelPassed(Fact, frozen=True, kw_only=True):
    """A system of the phase passed a commissioning level."""

    phase: Slug
    system: Text
    level: Annotated[int, Meta(ge=1, le=LAST_LEVEL)]
    waived_by: Text | Unset = UNSET


class CommissioningLevelFailed(Fact, frozen=True, kw_only=True):
    """A system of the phase failed a commissioning level."""

    phase: Slug
    system: Text
    level: Annotated[int, Meta(ge=1, le=LAST_LEVEL)]
    waived_by: Text | Unset = UNSET


class CreditSupportRecorded(Fact, frozen=True, kw_only=True):
    """A guarantee held for the phase."""

    phase: Slug
    instrument: Text
    amount_cents: Annotated[Natural | Unset, COMMERCIAL_REQUIRED] = UNSET


class CreditSupportReleased(Fact, frozen=True, kw_only=True):
    """A guarantee given back."""

    phase: Slug
    instrument: Text
    amount_cents: Annotated[Natural | Unset, COMMERCIAL_REQUIRED] = UNSET


class LeaseAmended(Fact, frozen=True, kw_only=True):
    """What is named here replaces the phase's terms, for the whole phase."""

    phase: Slug
    target_rfs_on: Date | Unset = UNSET
    outside_on: Date | Unset = UNSET
    tiers: Annotated[tuple[Tier, ...] | Unset, COMMERCIAL] = UNSET
    monthly_rent_cents: Annotated[Natural | Unset, COMMERCIAL] = UNSET
    critical_w: Natural | Unset = UNSET
    notice_days: Natural | Unset = UNSET


class LeaseTerminated(Fact, frozen=True, kw_only=True):
    """The phase ends."""

    phase: Slug
    cause: Text
