"""Kinds about tax exemptions that ask for an investment and for jobs (class community, DOMAIN 4).

People stand in them as totals of a class of positions, never one by one.
"""

from typing import Annotated, ClassVar, Literal

from msgspec import UNSET

from ledger.fields import Date, Natural, Sha256, Slug, Text, Unset
from ledger.kinds.base import COMMERCIAL_REQUIRED, PERSONAL, Fact

ExemptionRule = Literal["ga-560-12-2-117", "other"]


ExpenditureCategory = Literal[
    "land",
    "design",
    "construction",
    "power-equipment",
    "cooling-equipment",
    "it-equipment",
    "network-equipment",
    "software",
    "other",
]


class ExemptionGranted(Fact, frozen=True, kw_only=True):
    """An exemption with what it asks for; recording it again replaces it. What is left out is the rule's:
    threshold and jobs by the county's population, the investment period from ``starts_on``, the day of proof.
    Another rule needs all of them. ``min_weekly_hours`` and ``wage_floor_cents`` (an hour) are a position's.
    """

    site: Slug
    exemption: Slug
    authority: Text
    rule: ExemptionRule
    certificate: Text | Unset = UNSET
    county_population: Natural | Unset = UNSET
    threshold_cents: Natural | Unset = UNSET
    jobs: Natural | Unset = UNSET
    min_weekly_hours: Natural | Unset = UNSET
    wage_floor_cents: Natural | Unset = UNSET
    starts_on: Date
    ends_on: Date | Unset = UNSET
    due_on: Date | Unset = UNSET

    example: ClassVar[str] = (
        "2026-01-01T15:00Z sandersville exemption-granted exemption=ga-dc"
        ' authority="Georgia Department of Revenue" rule=ga-560-12-2-117 county_population=19988'
        " min_weekly_hours=30 wage_floor=22.50USD starts_on=2026-01-01"
    )


class ExpenditureRecorded(Fact, frozen=True, kw_only=True):
    """One purchase under an exemption; ``incurred_on`` is the day of the purchase, ``vendor`` an alias.
    ``excluded`` says why it does not count toward the threshold.
    """

    exemption: Slug
    expenditure: Slug
    category: ExpenditureCategory
    amount_cents: Natural
    incurred_on: Date
    paid_on: Date | Unset = UNSET
    vendor: Annotated[Text | Unset, COMMERCIAL_REQUIRED] = UNSET
    what: Annotated[Text | Unset, COMMERCIAL_REQUIRED] = UNSET
    excluded: Text | Unset = UNSET
    document_sha256: Sha256 | Unset = UNSET

    example: ClassVar[str] = (
        "2026-05-21T15:00Z sandersville expenditure-recorded exemption=ga-dc expenditure=inv-1042"
        " category=power-equipment amount=6000000.00USD incurred_on=2026-04-20 paid_on=2026-05-20"
        ' vendor=vendor-a what="two transformers"'
    )


class PositionsReported(Fact, frozen=True, kw_only=True):
    """Positions of one class as of a day, as totals. ``qualifying`` of them have the hours and the wage
    that the exemption asks of each; ``weekly_hours`` and ``weekly_pay_cents`` are of all together.
    """

    exemption: Slug
    position_class: Slug
    as_of_on: Date
    positions: Natural
    qualifying: Natural
    weekly_hours: Natural
    weekly_pay_cents: Annotated[Natural | Unset, PERSONAL] = UNSET

    example: ClassVar[str] = (
        "2026-07-02T15:00Z sandersville positions-reported exemption=ga-dc position_class=technician"
        " as_of_on=2026-07-01 positions=4 qualifying=4 weekly_hours=160 weekly_pay=4800.00USD"
    )


class ExemptionEvidenceFiled(Fact, frozen=True, kw_only=True):
    """The authority was shown that the exemption's threshold is met."""

    exemption: Slug
    filed_on: Date
    document_sha256: Sha256 | Unset = UNSET

    example: ClassVar[str] = (
        "2033-02-10T15:00Z sandersville exemption-evidence-filed exemption=ga-dc filed_on=2033-02-10"
    )
