"""Row kind ``answer``: when blocks came down to what a dispatch asked.

Key (site, dispatch). The row is a tuple of facts in order of (at, pos).
"""

from __future__ import annotations

from typing import Final

from ledger.kinds import CurtailmentTargetReached
from projections.rows.fact_rows import fact_rows

ANSWER: Final = fact_rows("answer", 1, ("site", "dispatch"), (CurtailmentTargetReached,))
