"""Kinds about commitments to communities and incentives (class community, DOMAIN 4)."""

from typing import Annotated, ClassVar, Literal

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
    """A commitment to a community; ``due_on`` holds one date for each of ``periods``."""

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

    example: ClassVar[str] = (
        '2026-02-10T05:00Z sandersville commitment-made commitment=c1 counterparty="Washington County" '
        "instrument=pilot category=jobs target=20 comparator=at-least basis=period-average "
        "periods=[2026-Q3] due_on=[2026-10-15] observed_on=[2026-07-31,2026-08-31,2026-09-30] "
        "cure_days=30 binding=true"
    )


class CommitmentAmended(Fact, frozen=True, kw_only=True):
    """Replaces the given terms of a commitment from ``start_on``."""

    commitment: Slug
    start_on: Date
    target: Integer | Unset = UNSET
    periods: tuple[Period, ...] | Unset = UNSET
    due_on: tuple[Date, ...] | Unset = UNSET
    cure_days: Natural | Unset = UNSET
    remedy: Text | Unset = UNSET

    example: ClassVar[str] = (
        "2026-06-01T04:00Z sandersville commitment-amended commitment=c1 start_on=2026-07-01 target=25"
    )


class EvidenceRecorded(Fact, frozen=True, kw_only=True):
    """A document that shows the value of a commitment for a period."""

    commitment: Slug
    period: Period
    value: Integer | Unset = UNSET
    document_sha256: Sha256

    example: ClassVar[str] = (
        "2026-10-10T14:00Z sandersville evidence-recorded commitment=c1 period=2026-Q3 value=26 "
        "document_sha256=3f2a9c0d5e7b418896c1d4e2f7a0b3c85d6e9f1a2b4c7d8e0f3a6b9c2d5e8f17"
    )


class HeadcountReported(Fact, frozen=True, kw_only=True):
    """People employed as of a day: totals or pseudonyms, never names."""

    commitment: Slug
    period: Period
    as_of_on: Date
    headcount: Natural
    full_time: Natural
    hours: Natural
    payroll_cents: Annotated[Natural | Unset, PERSONAL] = UNSET
    at_or_above_floor: Natural | Unset = UNSET
    local: Natural | Unset = UNSET

    example: ClassVar[str] = (
        "2026-08-03T14:00Z sandersville headcount-reported commitment=c1 period=2026-Q3 "
        "as_of_on=2026-07-31 headcount=26 full_time=24 hours=4160"
    )


class PaymentScheduled(Fact, frozen=True, kw_only=True):
    """An installment of a payment that the commitment schedules."""

    commitment: Slug
    instalment: Text
    due_on: Date
    amount_cents: Natural

    example: ClassVar[str] = (
        "2026-02-10T05:00Z sandersville payment-scheduled commitment=c1 instalment=2026 "
        "due_on=2026-12-20 amount=150000.00USD"
    )


class PaymentMade(Fact, frozen=True, kw_only=True):
    """A payment toward an installment; partial payments add up."""

    commitment: Slug
    instalment: Text
    paid_on: Date
    amount_cents: Natural
    receipt: Text

    example: ClassVar[str] = (
        "2026-12-18T15:00Z sandersville payment-made commitment=c1 instalment=2026 paid_on=2026-12-18 "
        "amount=150000.00USD receipt=R-1041"
    )


class CommitmentAssessed(Fact, frozen=True, kw_only=True):
    """A verdict for a period. A verdict ``met``, or any value, needs evidence: the records in ``evidence``,
    or any evidence of the period.
    """

    commitment: Slug
    period: Period
    value: Integer | Unset = UNSET
    verdict: Verdict
    assessor: Text
    evidence: tuple[Id, ...]

    example: ClassVar[str] = (
        "2026-10-20T14:00Z sandersville commitment-assessed commitment=c1 period=2026-Q3 value=26 "
        'verdict=met assessor="Washington County auditor" evidence=[]'
    )


class DefaultNoticed(Fact, frozen=True, kw_only=True):
    """The counterparty gives notice of a default."""

    commitment: Slug
    period: Period | Unset = UNSET
    instalment: Text | Unset = UNSET

    example: ClassVar[str] = "2026-10-20T14:00Z sandersville default-noticed commitment=c1 period=2026-Q3"


class CureStarted(Fact, frozen=True, kw_only=True):
    """The cure of a default begins."""

    commitment: Slug
    period: Period | Unset = UNSET
    instalment: Text | Unset = UNSET

    example: ClassVar[str] = "2026-10-25T14:00Z sandersville cure-started commitment=c1 period=2026-Q3"


class Cured(Fact, frozen=True, kw_only=True):
    """The default is cured."""

    commitment: Slug
    period: Period | Unset = UNSET
    instalment: Text | Unset = UNSET

    example: ClassVar[str] = "2026-11-15T15:00Z sandersville cured commitment=c1 period=2026-Q3"


class WaiverGranted(Fact, frozen=True, kw_only=True):
    """The counterparty waives the commitment, for a period or altogether."""

    commitment: Slug
    period: Period | Unset = UNSET
    scope: Text

    example: ClassVar[str] = (
        '2026-10-25T14:00Z sandersville waiver-granted commitment=c1 period=2026-Q3 scope="the average '
        'of the third quarter"'
    )


class RemedyApplied(Fact, frozen=True, kw_only=True):
    """The agreement's remedy for a missed commitment is applied."""

    commitment: Slug
    period: Period | Unset = UNSET
    remedy: Text
    amount_cents: Natural | Unset = UNSET

    example: ClassVar[str] = (
        '2026-11-20T15:00Z sandersville remedy-applied commitment=c1 period=2026-Q3 remedy="share of the '
        'abatement is paid back" amount=20000.00USD'
    )


class CommitmentDischarged(Fact, frozen=True, kw_only=True):
    """The commitment ends."""

    commitment: Slug
    cause: Text

    example: ClassVar[str] = (
        '2026-12-31T15:00Z sandersville commitment-discharged commitment=c1 cause="the agreement ended"'
    )


class IncentiveGranted(Fact, frozen=True, kw_only=True):
    """Tax that an authority forgoes for a year."""

    site: Slug
    commitment: Slug | Unset = UNSET
    authority: Text
    tax: Text
    amount_cents: Natural
    year: Annotated[int, Meta(ge=1970, le=9999)]
    recapture: Literal["none", "pro-rata"]

    example: ClassVar[str] = (
        '2026-02-15T15:00Z sandersville incentive-granted commitment=c1 authority="Washington County" '
        "tax=property amount=400000.00USD year=2026 recapture=pro-rata"
    )
