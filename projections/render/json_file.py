"""JSON: the exact report, for machines. The content hash of a report is over these bytes
(reference/formats.md).

Members are in the order of that page, one row a line, no space anywhere else, one newline at the end.
Values are integers in the column's unit, text, true/false or null (unknown). Equal tables give equal bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from projections.engine.made_rows import batches
from projections.engine.subject import ReportSubject, authority
from projections.engine.table import Table


def render(table: Table) -> bytes:
    """The table as UTF-8 JSON."""
    return b"".join(pieces(table))


def pieces(table: Table, names: bool = False) -> Iterator[bytes]:
    """The table as UTF-8 JSON, piece by piece as its rows come.

    With ``names`` it has a last member ``subject``: the operator, the sites and the operators of programs by name.
    The hash of a report is over the JSON without it, so that a new display name changes no report.
    """
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
    yield _json(head)[:-1] + b',"rows":['
    called = [column.name for column in table.columns]
    before = b"\n"
    for batch in batches(table.rows):
        rows = b",\n".join(_json(dict(zip(called, row, strict=True))) for row in batch)
        if rows:
            yield before + rows
            before = b",\n"
    end = b"" if before == b"\n" else b"\n"
    said = b',"subject":' + _json(_named(table.subject())) if names else b""
    yield end + b'],"notes":' + _json(list(table.notes)) + said + b"}\n"


def _named(subject: ReportSubject) -> dict[str, Any]:
    return {
        "operator": subject.operator,
        "sites": [
            {**one._asdict(), "authority_name": authority(one.authority), "words": one.words}
            for one in subject.sites
        ],
        "program_operators": [authority(code) for code in subject.programs],
    }


def _json(value: Any) -> bytes:
    return msgspec.json.encode(value)
