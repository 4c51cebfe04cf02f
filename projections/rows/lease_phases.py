"""Row kind ``phase``: all facts about one lease phase.

Key (site, phase). The row is a tuple of facts in order of (at, pos); reports derive dates and money from
them.
"""

from __future__ import annotations

from typing import Final

from ledger.kinds import (
    CommissioningLevelFailed,
    CommissioningLevelPassed,
    CreditSupportRecorded,
    CreditSupportReleased,
    LeaseAmended,
    LeaseDelayNoticed,
    LeaseExtensionGranted,
    LeaseForecastSet,
    LeaseMilestoneReached,
    LeasePhaseOpened,
    LeaseTerminated,
    LeaseTermsRecorded,
)
from projections.rows.fact_rows import fact_rows

FACTS: Final = (
    LeasePhaseOpened,
    LeaseTermsRecorded,
    LeaseMilestoneReached,
    LeaseForecastSet,
    LeaseDelayNoticed,
    LeaseExtensionGranted,
    CommissioningLevelPassed,
    CommissioningLevelFailed,
    CreditSupportRecorded,
    CreditSupportReleased,
    LeaseAmended,
    LeaseTerminated,
)


PHASE: Final = fact_rows("phase", 1, ("site", "phase"), FACTS)
