"""Row kinds ``coincident-peak``: the intervals that a balancing authority confirmed, and the schemes that
allot charges by them; and ``peak-charge``: the charges of a site.

``coincident-peak``: key (``ba-<code>``,). ``peak-charge``: key (site,). The rows are tuples of facts in order of
(at, pos).
"""

from __future__ import annotations

from typing import Final

from ledger.kinds import CoincidentPeakConfirmed, PeakChargeSet, PeakSchemeSet
from projections.rows.fact_rows import fact_rows

PEAK: Final = fact_rows("coincident-peak", 1, ("authority",), (CoincidentPeakConfirmed, PeakSchemeSet))
CHARGE: Final = fact_rows("peak-charge", 1, ("site",), (PeakChargeSet,))
