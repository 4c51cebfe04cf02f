"""Descriptions of the read models, as Datasette shows them: metadata with a title for each table and a
description, with its unit, for each column.

Datasette's own ``units`` are not used: it reads them as physics does, and GH/s (hashes) would be gigahenry.
"""

from __future__ import annotations

from typing import Any

import msgspec

from ledger.app.read_models import plan
from projections.engine.report import Column


def datasette_metadata(origin: str, details: bool) -> bytes:
    """The metadata file, which ``datasette -m`` takes."""
    titles = {plan.EVENTS: "Every record of the log, in words"}
    for report in plan.whole(details):
        titles[plan.table_name(report.name)] = f"{report.title}, over the whole log"
    for span, report in plan.spans(details):
        titles[span.table(report)] = f"{report.title}, by {span.column}"
    tables: dict[str, Any] = {}
    for name, columns in plan.columns_of(details).items():
        tables[name] = {
            "description": titles[name],
            "columns": {column.name: _description(column) for column in columns},
        }
        if columns[0].name == "time" or name == plan.EVENTS:
            tables[name]["sort_desc"] = "time"
    about = {
        "title": f"Read models of {origin}",
        "description": "Made by wattledger rebuild. Integers are in the unit of their column.",
        "databases": {"readmodel": {"tables": tables}},
    }
    return msgspec.json.format(msgspec.json.encode(about), indent=1) + b"\n"


def _description(column: Column) -> str:
    unit = f" ({column.unit})" if column.unit else ""
    return f"{column.title}{unit}: {column.definition}"
