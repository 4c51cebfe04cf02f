"""Facts of the demonstration as story text: its year, draws from its seed, and the record time of each
fact.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from ledger import calendar
from ledger.app.demo.portfolio.sites import Site
from ledger.units import format_quantity

SEED: Final = "wattledger-demo-1"
FIRST: Final = date(2025, 10, 1)
AFTER: Final = date(2026, 10, 1)
MW: Final = 1_000_000
DAY: Final = timedelta(days=1)


class Line(NamedTuple):
    """One fact as story text, and its record time (UTC seconds)."""

    heard_s: int
    text: str


def draw(low: int, high: int, *label: object) -> int:
    """An integer from low to high, both included, that follows from the seed and a label."""
    digest = hashlib.sha256("/".join(map(str, (SEED, *label))).encode()).digest()
    return low + int.from_bytes(digest[:8], "big") % (high - low + 1)


def local_s(day: date, hour: int, minute: int, tz: str) -> int:
    """A local time in UTC seconds."""
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(tz))
    return (local.astimezone(UTC) - calendar.EPOCH) // timedelta(seconds=1)


def month_day(month: int, day: int) -> date:
    """A day of the n-th month of the story's year, from 0."""
    return date(FIRST.year + (FIRST.month - 1 + month) // 12, (FIRST.month - 1 + month) % 12 + 1, day)


def stamp(at_s: int) -> str:
    """An instant as people write it, without seconds where there are none."""
    stored = calendar.format_instant(at_s)
    return stored.removesuffix(":00Z") + "Z" if stored.endswith(":00Z") else stored


def fact(site: Site, at_s: int, what: str, late_s: int = 600) -> Line:
    """A fact of a site, recorded some time after it happened."""
    return Line(at_s + late_s, f"{stamp(at_s)} {site.slug} {what}")


def in_mw(megawatts: int) -> str:
    """Power as in story text: ``250MW``."""
    return format_quantity(megawatts * MW, "_w")
