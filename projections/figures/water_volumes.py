"""Water of a site in exact liters, spread evenly over the days of each volume.

A US gallon is 3.785411784 L, a cubic foot 28.316846592 L (NIST SP 811), exactly; ``ccf`` is a hundred cubic feet.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from msgspec import UNSET

from ledger.calendar import Window
from ledger.kinds import WaterRecorded
from projections.engine.fold import Rows
from projections.engine.pictures import day_s
from projections.rows.water import WATER

LITERS: Final = {
    "l": Fraction(1),
    "m3": Fraction(1000),
    "gal": Fraction(3_785_411_784, 10**9),
    "kgal": Fraction(3_785_411_784, 10**6),
    "ccf": Fraction(28_316_846_592, 10**7),
}


class WaterVolume(NamedTuple):
    """One volume of a connection over its days; ``consumed_l`` is None where it is unknown."""

    connection: str
    source: str
    span: Window
    withdrawn_l: Fraction
    consumed_l: Fraction | None
    is_estimated: bool

    def reaches(self, window: Window) -> bool:
        """Does any of its days lie in a window?"""
        return max(self.span.start_s, window.start_s) < min(self.span.stop_s, window.stop_s)

    def within(self, window: Window) -> Fraction:
        """The part of its days that lies in a window."""
        start_s, stop_s = max(self.span.start_s, window.start_s), min(self.span.stop_s, window.stop_s)
        return Fraction(max(0, stop_s - start_s), self.span.stop_s - self.span.start_s)


def volumes_of(rows: Rows, site: str, tz: ZoneInfo, window: Window) -> list[WaterVolume]:
    """The volumes of a site of which days lie in a window, by connection and day."""
    found = [
        _volume(fact.body, tz)
        for (place, _), row in sorted(rows[WATER.name].items())
        for fact in row
        if place == site and fact.at_s < window.stop_s
    ]
    inside = (one for one in found if one.span.start_s < one.span.stop_s and one.reaches(window))
    return sorted(inside, key=lambda one: (one.connection, one.span))


def _volume(body: WaterRecorded, tz: ZoneInfo) -> WaterVolume:
    first, after = (day_s(date.fromisoformat(day), tz) for day in (body.start_on, body.stop_on))
    liters = LITERS[body.unit]
    return WaterVolume(
        body.connection,
        body.water_source,
        Window(first, after),
        body.withdrawn * liters,
        None if body.consumed is UNSET else body.consumed * liters,
        body.method == "estimated",
    )


def withdrawn_l(volumes: Iterable[WaterVolume], window: Window) -> Fraction:
    """The water withdrawn in a window."""
    return sum((one.withdrawn_l * one.within(window) for one in volumes), Fraction(0))


def consumed_l(volumes: Iterable[WaterVolume], window: Window) -> Fraction | None:
    """The water consumed in a window; None where it is not known of all volumes, or there are none."""
    parts = [
        None if one.consumed_l is None else one.consumed_l * one.within(window)
        for one in volumes
        if one.reaches(window)
    ]
    known = [part for part in parts if part is not None]
    return sum(known, Fraction(0)) if known and len(known) == len(parts) else None


def is_covered(volumes: Iterable[WaterVolume], connections: Iterable[str], day: Window) -> bool:
    """Has every connection a volume on a day?"""
    covered = {one.connection for one in volumes if one.reaches(day)}
    return covered.issuperset(connections)
