"""Golden logs: a log of every released version (and of the one being made), with what its reports were when
it was released.

``NAME.jsonl`` holds the leaves of a log as they are stored, one a line, for ever; ``NAME.json`` what each report said of it: definition version, tz
database, and the SHA-256 of its JSON form over a fixed window. A report is compared as long as both still ship.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final

from ledger import calendar
from ledger.records import upcasts
from projections.engine.fold import replay, superseded
from projections.engine.report import Report, Scope
from projections.engine.table import KnownAt, Table
from projections.render.json_file import render
from tests.support.worlds import PURE, table_of

LOGS: Final = Path(__file__).parents[1] / "golden" / "logs"
SITES: Final = ("s1", "s2")
TZ: Final = "America/New_York"


def said_now(log: Path) -> dict[str, dict[str, Any]]:
    """What every report says of a golden log now."""
    records = [upcasts.read(line) for line in log.read_bytes().splitlines()]
    gone = superseded(records)
    last = records[-1]
    known = KnownAt(len(records), "", last.rec)
    found = {}
    for report in PURE:
        rows = replay(records, report.row_kinds, gone=gone)
        found[report.name] = {
            "definition_version": report.definition_version,
            "tzdata": calendar.tzdata_release(),
            "sha256": hashlib.sha256(render(_table(report, rows, known))).hexdigest(),
        }
    return found


def _table(report: Report, rows: Any, known: KnownAt) -> Table:
    window = calendar.period("2026-06", calendar.zone(TZ))
    scope = Scope(window, SITES, (), TZ, dict.fromkeys(SITES, TZ))
    return table_of(report, rows, scope, known)


def recorded(log: Path) -> dict[str, dict[str, Any]]:
    """What was recorded beside a golden log."""
    found: dict[str, dict[str, Any]] = json.loads(log.with_suffix(".json").read_text())
    return found
