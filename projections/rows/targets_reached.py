"""Row kind ``answer``: the times at which blocks reached the target of a dispatch.

Key (site, dispatch). The row is a tuple of facts in order of (at, pos).
"""

from __future__ import annotations

from typing import Final

from ledger.kinds import CurtailmentTargetReached
from projections.rows.fact_rows import fact_rows

ANSWER: Final = fact_rows("answer", 1, ("site", "dispatch"), (CurtailmentTargetReached,))
