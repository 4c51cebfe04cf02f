"""Dispatch performance: was each dispatch answered, how fast, how deep, for how long, by the method of its
program.

One row for each dispatch that starts in the window; one cancelled before its start has none. Figures are of
the whole dispatch, [start, released or stop), as far as the window's end: a dispatch that goes on beyond it,
and what comes after it, is seen by asking for a longer window. With --intervals a row for each evaluated
interval follows, named by its start.

evaluated   = intervals of the program's meters (summed) wholly in the dispatch; metered is their mean load.
              Means are by time
committed   = target of a reduce-by, else the program's committed power, by the terms in force at the start
measured    = baseline - metered, of each interval
r           = measured, counted once: where dispatches of one program are over the same meters and hours, they
              get their part of each interval in order of notification, each at most what was asked of it
              (committed, else baseline - target), what its own baseline shows, and what those before it leave
              of the largest reduction that any of them shows (own)
reduction   = mean(r); overlap = mean(measured - r), what is counted for others or beyond what was asked of
              all; energy = sum of r x time
performance = mean(r) / committed; capped = mean(min(1, max(0, r / committed)))
passed      = every interval passes: r >= committed, under firm-service-level metered <= level (then baseline,
              reduction and performance are null). Unknown where no interval fails but a reading is missing or
              it is not over (own)
notice      = start - notification, negative if notified later; ack = acknowledgement - notification
response    = latest curtailment-target-reached - start, else start of the first interval at or below target
              and staying - start
target      = the load of a reduce-to, the firm service level, or mean baseline - target of a reduce-by
ramp        = (last interval before the start - target) / response, null unless response is above 0
sustained   = longest run of passing intervals; rebound = max(metered - baseline) in the 2 h after
all         = the evaluated intervals and, on their grid, those without a reading, as far as the window's end
why         = in words, what made it pass or fail or what keeps it from being judged
credit      = as of the latest settlement, and so are penalty and reported; difference = reported -
              performance, capped if the program is capped

No program: method, performance and all that is metered are null. Each figure is rounded once, half to even.

Dispatches of different programs over the same meters and hours each have all of the reduction; a note says
so.

Definition 2 counts a reduction once. By definition 1 two dispatches over the same hours both had all of it:
90.93 MW were 151 % of one and 202 % of the other, and both passed. It adds overlap_w, evaluated_intervals,
all_intervals and why.

Baselines, by version 1 of the methods; an open dispatch has none by same-day-3-2:
"""

from __future__ import annotations

from typing import Final

from projections.engine.report import Parameter, Report
from projections.figures import baselines
from projections.reports.dispatch_performance.columns import COLUMNS
from projections.reports.dispatch_performance.explained import behind
from projections.reports.dispatch_performance.first_screen import lead
from projections.reports.dispatch_performance.pictures import pictures
from projections.reports.dispatch_performance.rows import compute
from projections.rows.blocks import BLOCK
from projections.rows.curtailments import CURTAILMENT
from projections.rows.dispatches import DISPATCH
from projections.rows.meters import METER_DAY
from projections.rows.programs import PROGRAM
from projections.rows.restored_loads import RESTORED
from projections.rows.targets_reached import ANSWER

REPORT: Final = Report(
    name="dispatch-performance",
    definition_version=2,
    title="How dispatches were answered",
    packs=("utility",),
    classes=("grid",),
    row_kinds=(DISPATCH, PROGRAM, ANSWER, METER_DAY, BLOCK, CURTAILMENT, RESTORED),
    columns=COLUMNS,
    keys=4,
    compute=compute,
    definition=(__doc__ or "") + (baselines.__doc__ or "").split("\n\n", 1)[1],
    behind=behind,
    parameters=(Parameter("intervals", "Each evaluated interval of a dispatch too.", "flag"),),
    pictures=pictures,
    lead=lead,
    first=("dispatch", "site", "start", "passed", "why", "committed_w", "reduction_w", "performance_ppm"),
)
