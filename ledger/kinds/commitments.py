"""Kinds about commitments to communities and incentives (class community, DOMAIN 4)."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta

from ledger.fields import (
    Date,
    Id,
    Integer,
    Natural,
    Period,
    Sha256,
    Slug,
    Text,
    Unset,
)
from ledger.kinds.base import PERSONAL, Fact

Instrument = Literal["pilot", "abatement", "cba", "development-agreement", "public-statement", "utility-mou"]


Category = Literal[
    "jobs",
    "wage",
    "capex",
    "tax-payment",
    "utility-payment",
    "donation",
    "curtailment",
    "local-hiring",
    "noise",
    "water",
    "reporting",
    "other",
]


Verdict = Literal["met", "not-met", "not-measurable", "pending"]


class CommitmentMade(Fact, frozen=True, kw_only=True):
    """A promise to a community: ``due_on[i]`` belongs to ``periods[i]``."""

    commitment: Slug
    site: Slug
    counterparty: Text
    instrument: Instrument
    document_sha256: Sha256 | Unset = UNSET
    category: Category
    measure: Text | Unset = UNSET
    unit: Text | Unset = UNSET
    target: Integer | Unset = UNSET
    comparator: Literal["at-least", "at-most", "equal"]
    basis: Literal["point-in-time", "period-average", "cumulative"]
    periods: tuple[Period, ...]
    due_on: tuple[Date, ...]
    observed_on: tuple[Date, ...]
    fte_basis: Literal["weekly-hours", "annual-hours"] | Unset = UNSET
    fte_hours: Natural | Unset = UNSET
    wage_floor_cents: Natural | Unset = UNSET
    cure_days: Natural
    remedy: Text | Unset = UNSET
    binding: bool


class CommitmentAmended(Fact, frozen=True, kw_only=True):
    """What is named here replaces the promise's terms from ``start_on``."""

    commitment: Slug
    start_on: Date
    target: Integer | Unset = UNSET
    periods: tuple[Period, ...] | Unset = UNSET
    due_on: tuple[Date, ...] | Unset = UNSET
    cure_days: Natural | Unset = UNSET
    remedy: Text | Unset = UNSET


class EvidenceRecorded(Fact, frozen=True, kw_only=True):
    """A document that shows a value for a period."""

    commitment: Slug
    period: Period
    value: Integer | Unset = UNSET
    document_sha256: Sha256


class HeadcountReported(Fact, frozen=True, kw_only=True):
    """People at work as of a day: totals or pseudonyms, never names."""

    commitment: Slug
    period: Period
    as_of_on: Date
    headcount: Natural
    full_time: Natural
    hours: Natural
    payroll_cents: Annotated[Natural | Unset, PERSONAL] = UNSET
    at_or_above_floor: Natural | Unset = UNSET
    local: Natural | Unset = UNSET


class PaymentScheduled(Fact, frozen=True, kw_only=True):
    """An instalment promised."""

    commitment: Slug
    instalment: Text
    due_on: Date
    amount_cents: Natural


class PaymentMade(Fact, frozen=True, kw_only=True):
    """Money paid toward an instalment; parts add up."""

    commitment: Slug
    instalment: Text
    paid_on: Date
    amount_cents: Natural
    receipt: Text


class CommitmentAssessed(Fact, frozen=True, kw_only=True):
    """A verdict for a period; ``evidence`` names the records it rests on."""

    commitment: Slug
    period: Period
    value: Integer | Unset = UNSET
    verdict: Verdict
    assessor: Text
    evidence: tuple[Id, ...]


class DefaultNoticed(Fact, frozen=True, kw_only=True):
    """The counterparty gives notice of default."""

    commitment: Slug
    period: Period | Unset = UNSET
    instalment: Text | Unset = UNSET


class CureStarted(Fact, frozen=True, kw_only=True):
    """The cure of a default begins."""

    commitment: Slug
    period: Period | Unset = UNSET
    instalment: Text | Unset = UNSET


class Cured(Fact, frozen=True, kw_only=True):
    """The default is cured."""

    commitment: Slug
    period: Period | Unset = UNSET
    instalment: Text | Unset = UNSET


class WaiverGranted(Fact, frozen=True, kw_only=True):
    """The counterparty waives the promise, for a period or altogether."""

    commitment: Slug
    period: Period | Unset = UNSET
    scope: Text


class RemedyApplied(Fact, frozen=True, kw_only=True):
    """What the agreement gives for a broken promise is applied."""

    commitment: Slug
    period: Period | Unset = UNSET
    remedy: Text
    amount_cents: Natural | Unset = UNSET


class CommitmentDischarged(Fact, frozen=True, kw_only=True):
    """The promise ends."""

    commitment: Slug
    cause: Text


class IncentiveGranted(Fact, frozen=True, kw_only=True):
    """Tax given up by an authority for a year."""

    site: Slug
    commitment: Slug | Unset = UNSET
    authority: Text
    tax: Text
    amount_cents: Natural
    year: Annotated[int, Meta(ge=1970, le=9999)]
    recapture: Literal["none", "pro-rata"]
