"""Provenance of a report and the command that makes it again: the same in every format that has room
for it.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Final

from ledger import calendar
from ledger.errors import inert
from projections.engine.table import Table
from projections.render import display, json_file

AGAIN: Final = "Made again by"


def content_sha256(table: Table) -> str:
    """SHA-256 of the JSON form: the identity of a report, as ``report --issue`` records it."""
    digest = hashlib.sha256()
    for piece in json_file.pieces(table):
        digest.update(piece)
    return digest.hexdigest()


def facts(table: Table) -> list[tuple[str, str]]:
    """Names and values that a reader needs beside a report's figures, in order."""
    zone = calendar.zone(table.tz)
    known = table.known_at
    return [
        ("Report", f"{table.report}, definition {table.definition_version}"),
        *display.parties(table),
        ("Only", ", ".join(map(inert, table.filters)) or "everything in the book"),
        ("Window", display.window(table)),
        ("Window in UTC", f"{table.start} to {table.stop}, its end not included"),
        ("Zone", f"{table.tz}, tz database {table.tzdata}"),
        ("As of", display.local_time(table.as_of, zone)),
        ("Known at", f"{known.size:,} records, the last taken {known.rec}"),
        ("Root of the log", known.root),
        ("SHA-256 of the JSON form", content_sha256(table)),
        (AGAIN, display.recompute(table)),
    ]


def made_at(table: Table) -> datetime:
    """The date that a file of this report bears: the time of the last record known, not of any
    clock.
    """
    return datetime.fromisoformat(table.known_at.rec).replace(microsecond=0, tzinfo=None)


def prefix(table: Table) -> str:
    """Line for every page: ``Example Compute, Inc.; known at 13,784 records, root 3d99cdd5dfac...``."""
    operator = inert(table.subject().operator)
    return f"{operator}{'; ' if operator else ''}known at {table.known_at.size:,} records, root {table.known_at.root[:12]}..."
