"""What every store is given: meter readings of a quarter of an hour, of so many meters, each in a stream of its
own. The same at every run; ``emmett.mjs`` has the same rule, and the first answer of a worker shows it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

METERS: Final = 35
START: Final = datetime(2005, 1, 1, tzinfo=UTC)
QUARTER: Final = timedelta(minutes=15)
SHOWN: Final = (7, 12_345)
"""The meter and the number of the reading that a worker shows."""


def stream(meter: int) -> str:
    """The name of a meter's stream."""
    return f"site-{meter:02d}/r1"


def reading(meter: int, n: int) -> dict[str, Any]:
    """The n-th reading of a meter."""
    return {
        "site": f"site-{meter:02d}",
        "meter": "r1",
        "start": f"{START + n * QUARTER:%Y-%m-%dT%H:%M:%SZ}",
        "interval_s": 900,
        "power_of_ten": 3,
        "values": [20_000 + (17 * n + 5 * meter) % 4_000],
        "quality": [17],
    }


class Calls:
    """Calls of so many readings, each of one meter, meter after meter."""

    def __init__(self) -> None:
        self.meter = METERS - 1
        self.given = [0] * METERS

    def next(self, size: int) -> tuple[int, int, list[dict[str, Any]]]:
        """The meter of the next call, the readings that it had before, and those of the call."""
        self.meter = (self.meter + 1) % METERS
        before = self.given[self.meter]
        self.given[self.meter] += size
        return self.meter, before, [reading(self.meter, n) for n in range(before, before + size)]
