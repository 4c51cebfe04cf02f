"""Row kind ``water``: the volumes of a connection. Key (site, connection); a tuple of facts in order of (at, pos)."""

from __future__ import annotations

from typing import Final

from ledger.kinds import WaterRecorded
from projections.rows.fact_rows import fact_rows

WATER: Final = fact_rows("water", 1, ("site", "connection"), (WaterRecorded,))
