"""Row kind ``restored``: loads of blocks recorded as restored after a curtailment.

Key (site, block). The row is a tuple of facts in order of (at, pos). Reports flag it where it contradicts a
curtailment; no figure rests on it.
"""

from __future__ import annotations

from typing import Final

from ledger.kinds import LoadRestored
from projections.rows.fact_rows import fact_rows

RESTORED: Final = fact_rows("restored", 1, ("site", "block"), (LoadRestored,), lambda row, asked: ())
