"""The invented hourly demand of an invented balancing authority, for the demonstration's headroom curve: no
real system, the same on every machine.

Three years in EIA-930's form (hour ending in UTC, MWh): a level for each month, a daily profile, weather that
lasts some days, and a few blanks as in real series.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

AUTHORITY: Final = "DEMO"
FIRST: Final = datetime(2023, 1, 1)
DAYS: Final = 3 * 365 + 1
MONTHS_MW: Final = (
    31_000,
    30_000,
    26_500,
    24_500,
    26_500,
    33_000,
    36_500,
    36_000,
    31_500,
    25_500,
    26_000,
    30_000,
)
# percent of the month's level by hour of the day, UTC: lowest before dawn, highest in the late afternoon of
# the South
COURSE: Final = (
    108,
    105,
    101,
    96,
    92,
    88,
    85,
    83,
    82,
    83,
    86,
    91,
    94,
    96,
    98,
    100,
    102,
    105,
    108,
    111,
    114,
    116,
    115,
    112,
)
BLANK_EVERY: Final = 997


def demand() -> bytes:
    """The demand file."""
    lines = [f"period_utc,{AUTHORITY}_D_mwh"]
    for day in range(DAYS):
        at = FIRST + timedelta(days=day)
        level = MONTHS_MW[at.month - 1] * (100 + _drawn(day // 4, 13) - 6 + _drawn(day, 7) - 3) // 100
        for hour in range(24):
            n = 24 * day + hour
            blank = n % BLANK_EVERY == BLANK_EVERY - 1
            value = "" if blank else level * COURSE[hour] // 100 + n * 7919 % 397
            lines.append(f"{at:%Y-%m-%d}T{hour:02d},{value}")
    return ("\n".join(lines) + "\n").encode()


def _drawn(n: int, below: int) -> int:
    """A pseudorandom number that is the same on every machine."""
    return int.from_bytes(sha256(f"demand {below} {n}".encode()).digest()[:4], "big") % below
