"""JSON: the exact report, for machines. The content hash of a report is over these bytes
(reference/formats.md).

Members are in the order of that page, one row a line, no space anywhere else, one newline at the end.
Values are integers in the column's unit, text, true/false or null (unknown). Equal tables give equal bytes.
"""

from __future__ import annotations

from typing import Any

import msgspec

from projections.engine.subject import ReportSubject, authority
from projections.engine.table import Table


def render(table: Table) -> bytes:
    """The table as UTF-8 JSON."""
    head = {
        "report": table.report,
        "definition_version": table.definition_version,
        "title": table.title,
        "window": {"start": table.start, "stop": table.stop, "tz": table.tz},
        "as_of": table.as_of,
        "known_at": table.known_at._asdict(),
        "tzdata": table.tzdata,
        "columns": [
            {"name": c.name, "unit": c.unit, "title": c.title, "definition": c.definition}
            for c in table.columns
        ],
    }
    names = [column.name for column in table.columns]
    rows = b",\n".join(_json(dict(zip(names, row, strict=True))) for row in table.rows)
    notes = _json(list(table.notes))
    return (
        _json(head)[:-1]
        + b',"rows":['
        + (b"\n" + rows + b"\n" if rows else b"")
        + b'],"notes":'
        + notes
        + b"}\n"
    )


def with_names(data: bytes, subject: ReportSubject) -> bytes:
    """The JSON of a report with a last member ``subject``: the operator, the sites and the operators of programs
    by name. The hash of a report is over the JSON without it, so that a new display name changes no report.
    """
    names = {
        "operator": subject.operator,
        "sites": [
            {**one._asdict(), "authority_name": authority(one.authority), "words": one.words}
            for one in subject.sites
        ],
        "program_operators": [authority(code) for code in subject.programs],
    }
    return data.removesuffix(b"}\n") + b',"subject":' + _json(names) + b"}\n"


def _json(value: Any) -> bytes:
    return msgspec.json.encode(value)
