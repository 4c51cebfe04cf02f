"""Row kind ``incentive``: tax that authorities forgo for a site, year by year.

Key (site, year). The row is a tuple of facts in order of (at, pos).
"""

from __future__ import annotations

from typing import Final

from ledger.kinds import IncentiveGranted
from projections.rows.fact_rows import fact_rows

INCENTIVE: Final = fact_rows("incentive", 1, ("site", "year"), (IncentiveGranted,))
