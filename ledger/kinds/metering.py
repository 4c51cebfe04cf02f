"""Kinds about meters and their readings (class grid, DOMAIN 4)."""

from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, Meta

from ledger.fields import (
    Instant,
    Integer,
    Natural,
    Slug,
    Unset,
)
from ledger.kinds.base import Fact


class MeterRegistered(Fact, frozen=True, kw_only=True):
    """A meter of the whole site (``scope=site``) or of one block (the block's name)."""

    site: Slug
    meter: Slug
    scope: Slug
    role: Literal["revenue", "facility", "it", "sub"]
    point: Literal["ups", "pdu", "it"] | Unset = UNSET
    direction: Literal["delivered", "received"]
    interval_s: Natural

    example: ClassVar[str] = (
        "2026-03-01T05:00Z sandersville meter-registered meter=r1 scope=site role=revenue "
        "direction=delivered interval=15min"
    )


class IntervalsRecorded(Fact, frozen=True, kw_only=True):
    """Interval readings of one meter that begin within one UTC day. ``values`` are in Wh x 10^power_of_ten,
    ``quality`` holds ESPI codes, -1 where none is stated.
    """

    meter: Slug
    start: Instant
    interval_s: Natural
    power_of_ten: Annotated[int, Meta(ge=-12, le=12)]
    values: tuple[Integer, ...]
    quality: tuple[Annotated[int, Meta(ge=-1, le=255)], ...]

    example: ClassVar[str] = (
        "2026-07-14T18:00Z sandersville intervals-recorded meter=r1 start=2026-07-14T18:00Z "
        "interval=15min power_of_ten=3 values=[24100,23950] quality=[0,0]"
    )

    @property
    def series(self) -> str:
        """Its name among the series of its place."""
        return self.meter
