"""Kinds about water (class community, DOMAIN 4)."""

from typing import ClassVar, Literal

from msgspec import UNSET

from ledger.fields import Date, Natural, Sha256, Slug, Unset
from ledger.kinds.base import Fact

WaterSource = Literal["municipal", "reclaimed", "well", "surface", "rain", "other"]
WaterUnit = Literal["l", "m3", "gal", "kgal", "ccf"]


class WaterRecorded(Fact, frozen=True, kw_only=True):
    """Water of one connection from the first moment of ``start_on`` up to that of ``stop_on``, as on its bill or
    meter: in liters, cubic meters, US gallons, thousands of them, or hundreds of cubic feet. The fact is of
    ``start_on``, whenever the bill comes. ``consumed`` is the part of ``withdrawn`` that does not return
    (evaporated, or in products); left out where it is unknown.
    """

    site: Slug
    connection: Slug
    water_source: WaterSource
    start_on: Date
    stop_on: Date
    unit: WaterUnit
    withdrawn: Natural
    consumed: Natural | Unset = UNSET
    method: Literal["metered", "billed", "estimated"]
    document_sha256: Sha256 | Unset = UNSET

    example: ClassVar[str] = (
        "2026-07-01T05:00Z sandersville water-recorded connection=city-main water_source=municipal"
        " start_on=2026-07-01 stop_on=2026-08-01 unit=kgal withdrawn=1250 consumed=980 method=billed"
    )
