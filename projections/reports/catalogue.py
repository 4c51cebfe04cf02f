"""The list of all reports: one line each. Commands, pages, tests and documentation are made from it."""

from __future__ import annotations

from typing import Final

from projections.engine.fold import RowKind
from projections.engine.report import Parameter, Report
from projections.figures.state_at import STATE_ROWS
from projections.reports import (
    actions,
    benefit,
    bridge,
    coincident_peaks,
    commitments,
    directives,
    dispatch_performance,
    disturbances,
    efficiency,
    energy_mix,
    expenditures,
    facility_changes,
    flexibility,
    generator_hours,
    grid_states,
    incident,
    intervals,
    jobs,
    lease_dates,
    load_ramp,
    payments,
    portfolio,
    power_use,
    program_hours,
    protection,
    quarterly_load,
    registrant,
    registration,
    restatements,
    ride_through,
    uptime,
    water,
)

REPORTS: Final[tuple[Report, ...]] = (
    uptime.REPORT,
    efficiency.REPORT,
    power_use.REPORT,
    portfolio.REPORT,
    dispatch_performance.REPORT,
    protection.REPORT,
    program_hours.REPORT,
    intervals.REPORT,
    flexibility.REPORT,
    bridge.REPORT,
    disturbances.REPORT,
    ride_through.REPORT,
    facility_changes.REPORT,
    grid_states.REPORT,
    coincident_peaks.REPORT,
    directives.REPORT,
    generator_hours.REPORT,
    load_ramp.REPORT,
    quarterly_load.REPORT,
    energy_mix.REPORT,
    registration.REPORT,
    registrant.REPORT,
    commitments.REPORT,
    payments.REPORT,
    jobs.REPORT,
    benefit.REPORT,
    expenditures.REPORT,
    water.REPORT,
    lease_dates.REPORT,
    incident.REPORT,
    actions.REPORT,
    restatements.REPORT,
)

BY_NAME: Final[dict[str, Report]] = {report.name: report for report in REPORTS}
ROW_KINDS: Final[tuple[RowKind, ...]] = tuple(
    dict.fromkeys([*(kind for report in REPORTS for kind in report.row_kinds), *STATE_ROWS])
)
"""All kinds of rows that a report or the state is made of."""
PARAMETERS: Final[dict[str, Parameter]] = {
    parameter.name: parameter for report in REPORTS for parameter in report.parameters
}
"""Options of single reports: for ``report``, ``explain`` and ``diff``."""
