"""Load ramp: did the site take the power it contracted for, what is owed where not, and what comes next?

A large-load tariff bills a share of the contracted power whatever is drawn, along a ramp agreed step by
step, and asks for collateral and milestones. One row for each contract with a ramp, each of its months that
begin in the window, each step of collateral, instrument and milestone; and one for each season that a
site's forecast names. Beside months, facts before the window's end are seen, its start hides nothing; days
and months are of the site's clocks, today is the window's last day. A bill counts once it is recorded
before the window's end: to see the last bill of a quarter, end the window after it (--from without --to).

contracted = the step of load-ramp-agreed in force on a month's first day (own); of a contract today's; of a
             season the steps on its last day, with the power of agreements that have no ramp
minimum    = contracted x the share billed at least, from the first step until the term's last day
demand     = of a month, as billed (billing-demand-recorded), else as metered: the highest mean load of the
             site's revenue meters over the demand interval, or over their readings; null where more than
             one ramp is at the site, since meters do not tell contracts apart
shortfall  = max(0, minimum - demand) of a month that is over; null while it is not, or where readings are
             missing and those there are below the minimum
owed       = shortfall x the charge for a kW a month (demand-charge-set before the month's end); the site's
             operator owes it to the utility
held       = collateral: amount posted less released over instruments, 0 after an instrument's last day
late days  = days from the day due until done, or until today where it is not done

verdict of a contract   = before the ramp, in the ramp, full contract, over
verdict of a month      = met, short, not over yet, unknown (readings are missing), no minimum
verdict of a season     = within the contract, above the contract, no contract
verdict of collateral   = a step: held, not due yet, lacking; missed, where it was lacking on the last day
                          before the next step; an instrument: held, released, expired
verdict of a milestone  = in time, late, not due yet, overdue; reached where no day was set

Share, term and ramp are the contract's own, else those of its tariff. AEP Ohio Schedule DCT (PUCO
24-508-EL-ATA, order of July 9, 2025): more than 25 MW, 85 %, 8 years after a ramp of at most 4. Consumers
Energy Rate GPD (MPSC U-21859, November 6, 2025): 100 MW, 80 %, 15 years, ramp of at most 5. Dominion GS-5
(SCC, November 25, 2025, in force from January 1, 2027): 25 MW, 85 % of distribution and transmission, 14
years. Evergy Kansas LLPS (KCC, November 6, 2025): 75 MW, 80 %, 12 years after a ramp of at most 5,
collateral of two years of minimum bills. Georgia PSC (rule of January 2025): above 100 MW, share and term
by contract. Evergy's is from the commission's release, the others from public summaries; where the text
differs, it wins. That a tariff's share is of the step in force, also during the ramp, is (own).

Each figure is rounded once, half to even.

Worked: 85 % of a ramp of 100 MW from 2026-01-01 and 200 MW from 2026-07-01, at $9.50. June as billed 80 MW:
85 - 80 = 5 MW short, 5,000 kW x $9.50 = $47,500. July as billed 180 MW: 170 MW are taken, nothing is owed.
Required $20M, held $15M: $5M lacking.
"""

from __future__ import annotations

from typing import Final

from projections.engine.fold import Rows
from projections.engine.pictures import Picture
from projections.engine.report import Answer, Report, Scope
from projections.engine.words import by_name
from projections.figures.large_load_pictures import drawn
from projections.reports.load_ramp.columns import COLUMNS
from projections.reports.load_ramp.deadlines import deadlines
from projections.reports.load_ramp.explained import behind
from projections.reports.load_ramp.first_screen import lead, plain
from projections.reports.load_ramp.rows import compute
from projections.rows.large_loads import BILL, FORECAST, INSTRUMENT, MILESTONE, RAMP, STEP
from projections.rows.meters import METER, METER_DAY
from projections.rows.site_power import POWER
from projections.rows.sites import SITE


def pictures(rows: Rows, scope: Scope, answer: Answer) -> tuple[Picture, ...]:
    """Each contract's ramp with minimum take and demand by month, and forecasts beside contracted power."""
    return drawn(rows, scope, by_name(COLUMNS, answer.rows))


REPORT: Final = Report(
    name="load-ramp",
    definition_version=1,
    title="Load ramp and minimum take",
    packs=("quarterly-utility",),
    classes=("grid",),
    row_kinds=(RAMP, BILL, FORECAST, STEP, INSTRUMENT, MILESTONE, POWER, SITE, METER, METER_DAY),
    columns=COLUMNS,
    keys=4,
    compute=compute,
    definition=__doc__ or "",
    behind=behind,
    lead=lead,
    plain=plain,
    first=(
        "site",
        "verdict",
        "name",
        "part",
        "agreement",
        "demand_w",
        "owed_cents",
    ),
    pictures=pictures,
    deadlines=deadlines,
)
