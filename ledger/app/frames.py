"""A report's table as a table of Arrow, polars or pandas, which are asked for by name and may not be installed.

A column holds integers, booleans, instants (UTC), dates or text; one that mixes them, as values of other
reports may, is text. A column of which nothing is known has no type of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from ledger import calendar
from ledger.errors import Malformed
from projections.engine.report import Cell, Column
from projections.engine.table import Table
from projections.render.display import is_instants

if TYPE_CHECKING:
    import pandas as pandas_module
    import polars as polars_module
    import pyarrow

Form = Literal["integer", "boolean", "instant", "date", "text", "unknown"]


class FrameColumn(NamedTuple):
    """A column ready for a data frame: values of one form, None where a value is unknown."""

    column: Column
    form: Form
    values: list[Any]


def typed_columns(table: Table) -> list[FrameColumn]:
    """The columns of a table with their forms."""
    rows = tuple(table.rows)
    return [_typed(column, [row[n] for row in rows]) for n, column in enumerate(table.columns)]


def _typed(column: Column, cells: Sequence[Cell]) -> FrameColumn:
    known = [cell for cell in cells if cell is not None]
    form = _form(column, known)
    make = _MAKERS.get(form)
    values = list(cells) if make is None else [None if cell is None else make(cell) for cell in cells]
    return FrameColumn(column, form, values)


def _form(column: Column, known: Sequence[Cell]) -> Form:
    if not known:
        return "integer" if column.unit else "unknown"
    if all(isinstance(cell, bool) for cell in known):
        return "boolean"
    if all(isinstance(cell, int) and not isinstance(cell, bool) for cell in known):
        return "integer"
    if is_instants(known):
        return "instant"
    if all(isinstance(cell, str) and calendar.is_date(cell) for cell in known):
        return "date"
    return "text"


def _as_text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else str(cell).lower()  # true and false as in JSON


_MAKERS: Final[dict[str, Any]] = {
    "instant": datetime.fromisoformat,
    "date": date.fromisoformat,
    "text": _as_text,
}


def arrow(table: Table) -> pyarrow.Table:
    """An Arrow table; each field carries its column's title, unit and definition."""
    pa = _imported("pyarrow", "arrow")
    types = {
        "integer": pa.int64(),
        "boolean": pa.bool_(),
        "instant": pa.timestamp("us", "UTC"),
        "date": pa.date32(),
        "text": pa.string(),
        "unknown": pa.null(),
    }
    found = typed_columns(table)
    fields = [
        pa.field(
            name,
            types[form],
            metadata={"title": title, "unit": unit, "definition": definition},
        )
        for (name, title, definition, unit, *_), form, _ in found
    ]
    arrays = [pa.array(each.values, types[each.form]) for each in found]
    made: pyarrow.Table = pa.table(arrays, schema=pa.schema(fields))
    return made


def polars(table: Table) -> polars_module.DataFrame:
    """A polars data frame."""
    pl = _imported("polars", "polars")
    types = {
        "integer": pl.Int64,
        "boolean": pl.Boolean,
        "instant": pl.Datetime("us", "UTC"),
        "date": pl.Date,
        "text": pl.String,
        "unknown": pl.Null,
    }
    found = typed_columns(table)
    made: polars_module.DataFrame = pl.DataFrame(
        {each.column.name: each.values for each in found},
        schema={each.column.name: types[each.form] for each in found},
    )
    return made


def pandas(table: Table) -> pandas_module.DataFrame:
    """A pandas data frame with nullable types; units, titles and notes are in its ``attrs``."""
    pd = _imported("pandas", "pandas")
    types = {
        "integer": "Int64",
        "boolean": "boolean",
        "instant": "datetime64[us, UTC]",
        "date": "object",
        "text": "string",
        "unknown": "object",
    }
    made: pandas_module.DataFrame = pd.DataFrame(
        {each.column.name: pd.Series(each.values, dtype=types[each.form]) for each in typed_columns(table)}
    )
    made.attrs["units"] = {column.name: column.unit for column in table.columns if column.unit}
    made.attrs["titles"] = {column.name: column.title for column in table.columns}
    made.attrs["notes"] = list(table.notes)
    return made


def _imported(module: str, extra: str) -> Any:
    try:
        return import_module(module)
    except ImportError:
        raise Malformed(
            f"to_{extra} needs {module}, which is not installed: pip install 'wattledger[{extra}]'"
        ) from None
