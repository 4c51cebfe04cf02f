"""Laws of report columns: what a column declares and what its name promises agree."""

from __future__ import annotations

from typing import Final

import pytest

from projections.engine.amounts import unit_of
from projections.engine.report import Report
from projections.reports.catalogue import REPORTS

UNIT_BY_ENDING: Final = {
    "_w": "W",
    "_w_average": "W",
    "_w_per_min": "W/min",
    "_w_per_s": "W/s",
    "_wh": "Wh",
    "_uwh": "uWh",
    "_ghs": "GH/s",
    "_mj_per_th": "mJ/TH",
    "_v": "V",
    "_s": "s",
    "_ms": "ms",
    "_days": "d",
    "_mhz": "mHz",
    "_ppm": "ppm",
    "_milli": "1/1000",
    "_cents": "cent",
    "_l": "L",
    "_ml_per_kwh": "mL/kWh",
    "_kg": "kg",
}


def promised(name: str) -> str:
    """The unit that the longest known ending of a column name promises, empty where there is none."""
    endings = [ending for ending in UNIT_BY_ENDING if name.endswith(ending)]
    return UNIT_BY_ENDING[max(endings, key=len)] if endings else ""


def test_every_column_declares_the_unit_that_its_name_ends_in() -> None:
    """A reader of the CSV sees only names; a reader of the JSON sees the unit. Both read the same amount."""
    columns = [(report.name, column) for report in REPORTS for column in report.columns]
    wrong = [(r, c.name, c.unit, promised(c.name)) for r, c in columns if c.unit != promised(c.name)]
    assert wrong == []


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_every_column_is_shown_in_a_unit_that_is_known(report: Report) -> None:
    """A column's unit is the same in every month; a misspelled one would show watts as they are."""
    assert all(unit_of(column.unit, column.shown) for column in report.columns)
