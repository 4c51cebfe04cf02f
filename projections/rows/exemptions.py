"""Row kinds of tax exemptions: ``exemption``, ``expenditure`` and ``positions``.

Keys (site, exemption), (site, exemption, expenditure) and (site, exemption, position class): purchases may be
thousands, so each has a row of its own. A row is the tuple of its facts in order of (at, pos).
"""

from __future__ import annotations

from typing import Final

from ledger.kinds import ExemptionEvidenceFiled, ExemptionGranted, ExpenditureRecorded, PositionsReported
from projections.rows.fact_rows import fact_rows

EXEMPTION: Final = fact_rows(
    "exemption", 1, ("site", "exemption"), (ExemptionGranted, ExemptionEvidenceFiled)
)
EXPENDITURE: Final = fact_rows("expenditure", 1, ("site", "exemption", "expenditure"), (ExpenditureRecorded,))
POSITIONS: Final = fact_rows("positions", 1, ("site", "exemption", "position_class"), (PositionsReported,))
