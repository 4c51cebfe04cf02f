"""Every format that is read back says the exact figures of JSON, for every report over random histories."""

from __future__ import annotations

import json

from hypothesis import given, settings

from ledger import calendar
from projections.render import html, jsonfile
from projections.tables import KnownAt, Report, Scope, Table
from tests.histories import history
from tests.laws.worlds import PURE, rows_of, scopes, seeds
from tests.readers import from_html

KNOWN: KnownAt = KnownAt(1, "ab" * 32, "2026-08-02T00:00:00.000000Z")


def tables(seed: int) -> list[Table]:
    """Every report in every scope over a random history."""
    rows = rows_of(history(seed, 200))
    return [_table(report, rows, scope) for report in PURE for scope in scopes()]


def _table(report: Report, rows: dict, scope: Scope) -> Table:  # type: ignore[type-arg]
    answer = report.compute(rows, scope)
    start, stop = (calendar.format_instant(at_s) for at_s in scope.window)
    return Table(
        report=report.name,
        definition_version=report.definition_version,
        title=report.title,
        start=start,
        stop=stop,
        tz=scope.tz,
        as_of=stop,
        known_at=KNOWN,
        tzdata=calendar.tzdata_release(),
        filters=(),
        columns=report.columns,
        keys=report.keys,
        rows=answer.rows,
        notes=answer.notes,
        definition=report.definition,
        pictures=lambda: report.pictures(rows, scope, answer),
    )


@given(seeds)
@settings(max_examples=25)
def test_html_says_the_figures_of_json(seed: int) -> None:
    for table in tables(seed):
        exact = [list(row.values()) for row in json.loads(jsonfile.render(table))["rows"]]
        assert from_html(html.render(table)) == exact, table.report
