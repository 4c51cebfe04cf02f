"""Reports as data frames: every column has one form, an unknown figure is null, a missing library is named."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from typing import Any

import pytest

from ledger.app import frames
from ledger.errors import Malformed
from projections.engine.report import Cell, Column, ReportRow
from projections.engine.table import KnownAt, Table

COLUMNS = {
    "site": ("", ["s1", "s2", None]),
    "peak_w": ("W", [1_000_000, None, 3]),
    "average_w": ("W", [None, None, None]),
    "events": ("", [1, 2, 3]),
    "binding": ("", [True, False, None]),
    "at": ("", ["2026-06-01T10:00:00Z", None, "2026-06-02T10:00:00Z"]),
    "due_on": ("", ["2026-06-20", None, None]),
    "now": ("", [1, "DUE", True]),
    "paid_on": ("", [None, None, None]),
}
FORMS = {
    "site": "text",
    "peak_w": "integer",
    "average_w": "integer",
    "events": "integer",
    "binding": "boolean",
    "at": "instant",
    "due_on": "date",
    "now": "text",
    "paid_on": "unknown",
}


def table(columns: Any = COLUMNS) -> Table:
    cells: list[list[Cell]] = [values for _, values in columns.values()]
    return Table(
        report="made",
        definition_version=1,
        title="Made",
        start="2026-06-01T00:00:00Z",
        stop="2026-07-01T00:00:00Z",
        tz="UTC",
        as_of="2026-07-01T00:00:00Z",
        known_at=KnownAt(1, "", ""),
        tzdata="2026f",
        filters=(),
        columns=tuple(Column(name, name.title(), "a column", unit) for name, (unit, _) in columns.items()),
        keys=1,
        rows=tuple(map(ReportRow, zip(*cells, strict=True))),
        notes=("read me",),
        definition="",
    )


def test_a_column_has_one_form() -> None:
    """Amounts stay integers where nothing is known of them; values of several forms are text."""
    assert {each.column.name: each.form for each in frames.typed_columns(table())} == FORMS


@pytest.mark.parametrize("library", ["pyarrow", "polars", "pandas"])
def test_every_library_has_the_same_values(library: str) -> None:
    """Nulls stay nulls, instants know UTC, integers stay integers."""
    module = pytest.importorskip(library)
    made: Any = {"pyarrow": frames.arrow, "polars": frames.polars, "pandas": frames.pandas}[library](table())
    rows = (
        made.to_dict("records")
        if library == "pandas"
        else made.to_pylist()
        if library == "pyarrow"
        else made.to_dicts()
    )
    if library == "pandas":
        rows = [{name: None if module.isna(cell) else cell for name, cell in row.items()} for row in rows]
    assert rows[0] == {
        "site": "s1",
        "peak_w": 1_000_000,
        "average_w": None,
        "events": 1,
        "binding": True,
        "at": datetime(2026, 6, 1, 10, tzinfo=UTC),
        "due_on": date(2026, 6, 20),
        "now": "1",
        "paid_on": None,
    }


@pytest.mark.parametrize("library", ["pyarrow", "polars", "pandas"])
def test_a_report_without_rows_keeps_its_columns(library: str) -> None:
    pytest.importorskip(library)
    empty = table({name: (unit, []) for name, (unit, _) in COLUMNS.items()})
    made: Any = {"pyarrow": frames.arrow, "polars": frames.polars, "pandas": frames.pandas}[library](empty)
    names = made.column_names if library == "pyarrow" else list(made.columns)
    assert (names, len(made)) == (list(COLUMNS), 0)


def test_an_arrow_field_says_its_unit() -> None:
    pytest.importorskip("pyarrow")
    metadata = frames.arrow(table()).schema.field("peak_w").metadata
    assert metadata == {b"title": b"Peak_W", b"unit": b"W", b"definition": b"a column"}


def test_a_pandas_frame_says_its_units_and_notes() -> None:
    pytest.importorskip("pandas")
    attrs = frames.pandas(table()).attrs
    assert (attrs["units"], attrs["notes"]) == ({"peak_w": "W", "average_w": "W"}, ["read me"])


def test_a_library_that_is_not_installed_is_named_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(Malformed, match=r"pip install 'wattledger\[polars\]'"):
        frames.polars(table())
