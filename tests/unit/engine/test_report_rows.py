"""Rows of reports are made by column name, so that a new column cannot shift the cells of another."""

from __future__ import annotations

import ast
from itertools import repeat
from pathlib import Path

import pytest

import projections
from projections.engine.report import Column, partial_row_of, row_of, rows_of

COLUMNS = (Column("site", "Site", "the site", unit=""), Column("lost_wh", "Lost", "energy", unit="Wh"))


def test_cells_stand_in_the_order_of_the_columns_whatever_order_they_are_named_in() -> None:
    """A report names the energy before the site."""
    assert row_of(COLUMNS)(lost_wh=3, site="dalton") == ("dalton", 3)


def test_a_column_that_a_row_does_not_name_is_told() -> None:
    """A column was added, and one of the report's rows was forgotten."""
    with pytest.raises(AssertionError, match="lost_wh"):
        row_of(COLUMNS)(site="dalton")


def test_a_partial_row_leaves_null_what_it_does_not_name() -> None:
    """A row of a site has no energy lost, which is a figure of incidents."""
    assert partial_row_of(COLUMNS)(site="dalton") == ("dalton", None)


def test_a_partial_row_names_no_column_that_the_report_lacks() -> None:
    """A mistyped column would be dropped without a word."""
    with pytest.raises(AssertionError, match="lost_w"):
        partial_row_of(COLUMNS)(lost_w=3)


def test_many_rows_are_made_of_the_cells_of_each_column() -> None:
    """Three readings of one site."""
    found = rows_of(COLUMNS)(lost_wh=[1, 2, 3], site=repeat("dalton"))
    assert list(found) == [("dalton", 1), ("dalton", 2), ("dalton", 3)]


def test_no_report_calls_a_tuple_its_row() -> None:
    """``Answer`` takes rows of the makers alone, which the check of types sees; a conversion would hide it."""
    engine = Path("engine", "report.py")
    root = Path(projections.__file__).parent
    converted = [
        f"{path.relative_to(root)}:{node.lineno}"
        for path in sorted(root.rglob("*.py"))
        if path.relative_to(root) != engine
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node).startswith(("ReportRow(", "cast("))
    ]
    assert converted == []
