"""Row kinds of a large load's contract: ``load-ramp``, ``billing-demand``, ``load-forecast``,
``collateral-step``, ``collateral``, ``load-milestone`` and ``load-report``.

Keys (site, agreement) and what names one of many: a month, a step, an instrument, a milestone, a quarter; a
forecast's is (site, year, season). A row is the tuple of its facts in order of (at, pos).
"""

from __future__ import annotations

from typing import Final

from ledger.kinds import (
    BillingDemandRecorded,
    CollateralPosted,
    CollateralReleased,
    CollateralStepSet,
    DemandChargeSet,
    LoadForecastSet,
    LoadMilestoneReached,
    LoadMilestoneSet,
    LoadRampAgreed,
    LoadReportFiled,
)
from projections.rows.fact_rows import fact_rows

RAMP: Final = fact_rows("load-ramp", 1, ("site", "agreement"), (LoadRampAgreed, DemandChargeSet))
BILL: Final = fact_rows("billing-demand", 1, ("site", "agreement", "month"), (BillingDemandRecorded,))
FORECAST: Final = fact_rows("load-forecast", 1, ("site", "year", "season"), (LoadForecastSet,))
STEP: Final = fact_rows("collateral-step", 1, ("site", "agreement", "step"), (CollateralStepSet,))
INSTRUMENT: Final = fact_rows(
    "collateral", 1, ("site", "agreement", "instrument"), (CollateralPosted, CollateralReleased)
)
MILESTONE: Final = fact_rows(
    "load-milestone", 1, ("site", "agreement", "milestone"), (LoadMilestoneSet, LoadMilestoneReached)
)
FILING: Final = fact_rows("load-report", 1, ("site", "agreement", "quarter"), (LoadReportFiled,))
