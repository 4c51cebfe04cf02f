"""Kinds about coincident peaks: an authority's schemes for choosing them, and the charges of a site (class
grid, DOMAIN 4). Confirmed peaks are in ``dispatches``.
"""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from ledger.fields import Natural, Slug, Text, Zone
from ledger.kinds.base import Fact


class PeakSchemeSet(Fact, frozen=True, kw_only=True):
    """A scheme that allots a charge by coincident peaks.

    The peaks are the ``peaks`` highest intervals of each of the ``months`` (1 to 12), or of the season that
    the months make up, on different days of the scheme's zone. It replaces the scheme of the same name.
    """

    balancing_authority: Text
    scheme: Slug
    months: tuple[Annotated[int, Meta(ge=1, le=12)], ...]
    per: Literal["month", "season"]
    peaks: Natural
    interval_s: Natural
    tz: Zone
    rule: Text
    in_force: bool

    example: ClassVar[str] = (
        "2026-01-01T05:00Z ba-SOCO peak-scheme-set scheme=summer-3 months=[6,7,8] per=season peaks=3 interval=1h"
        ' tz=America/New_York rule="contract, section 4.2" in_force=true'
    )


class PeakChargeSet(Fact, frozen=True, kw_only=True):
    """The yearly charge of a site for each kW of its mean load in the intervals of a scheme."""

    site: Slug
    scheme: Slug
    charge_cents: Natural

    example: ClassVar[str] = "2026-01-05T06:00Z sandersville peak-charge-set scheme=summer-3 charge=61.50USD"
