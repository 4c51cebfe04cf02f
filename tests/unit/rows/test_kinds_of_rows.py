"""The list of all kinds of rows, which is made without loading a report."""

from __future__ import annotations

from projections.figures.state_at import STATE_ROWS
from projections.reports.catalogue import REPORTS, row_kinds


def test_every_row_of_a_report_and_of_the_state_is_kept_along() -> None:
    """A report reads its rows from the cache, which keeps the kinds of this list together."""
    wanted = {kind for report in REPORTS for kind in report.row_kinds} | set(STATE_ROWS)
    assert set(row_kinds()) == wanted
