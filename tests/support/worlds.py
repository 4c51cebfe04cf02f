"""What the laws look at: the rows of every row kind and every report made of rows over a history, in a few
windows.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from hypothesis import strategies as st

import projections.rows
from ledger import calendar
from ledger.calendar import Window
from ledger.records.envelope import Record
from projections.engine.fold import RowKind, Rows, replay, superseded
from projections.engine.report import Answer, Report, Scope
from projections.engine.table import KnownAt, Table
from projections.reports import catalogue
from projections.reports.catalogue import REPORTS
from tests.support.examples import SEARCHING
from tests.support.histories import FIRST_S, SITES, SPAN_S, history

NY: Final = "America/New_York"
ROW_KINDS: Final = tuple(
    dict.fromkeys(
        (
            *catalogue.row_kinds(),
            *(
                value
                for module in pkgutil.iter_modules(projections.rows.__path__)
                for value in vars(importlib.import_module(f"projections.rows.{module.name}")).values()
                if isinstance(value, RowKind)
            ),
        )
    )
)
"""Those that reports declare, wherever they stand, and those of the room of rows."""
PURE: Final = tuple(report for report in REPORTS if report.asking is None)
WINDOWS: Final = (
    Window(FIRST_S, FIRST_S + SPAN_S),
    Window(FIRST_S + 86_400, FIRST_S + 3 * 86_400 + 7),
    Window(FIRST_S - 60 * 86_400, FIRST_S + 60 * 86_400),
)
GATE_SEEDS = 12
seeds = st.integers(0, 2**32 - 1) if SEARCHING else st.sampled_from(range(GATE_SEEDS))
"""Seeds of random histories: the gate looks at the same few in every law, ``tools/search`` at any."""


def rows_of(records: Sequence[Record]) -> Rows:
    """All rows from zero, corrections resolved."""
    return replay(records, ROW_KINDS, gone=superseded(records))


@lru_cache(maxsize=128)
def world(seed: int, count: int, streams: frozenset[str] | None = None) -> Rows:
    """The rows of a random history, or of some of its streams: folded once for every report and every law that
    looks at it. Nobody changes them.
    """
    records = history(seed, count)
    return rows_of(records if streams is None else [one for one in records if one.stream in streams])


def scopes(sites: tuple[str, ...] = SITES) -> list[Scope]:
    """Every window over some sites, and one over a block alone."""
    zones = dict.fromkeys(sites, NY)
    whole = [Scope(window, sites, (), NY, zones) for window in WINDOWS]
    return [*whole, Scope(WINDOWS[0], sites[:1], ("m1",), NY, zones, filtered=True)]


def answers(rows: Rows, asked: Iterable[Scope] = ()) -> dict[tuple[str, int], Answer]:
    """Every report in every scope."""
    found = list(asked) or scopes()
    return {(report.name, n): report.compute(rows, scope) for report in PURE for n, scope in enumerate(found)}


def table_of(report: Report, rows: Rows, scope: Scope, known: KnownAt) -> Table:
    """A report as a table, as of the end of its window."""
    answer = report.compute(rows, scope)
    start, stop = (calendar.format_instant(at_s) for at_s in scope.window)
    return Table(
        report.name,
        report.definition_version,
        report.title,
        start,
        stop,
        scope.tz,
        stop,
        known,
        calendar.tzdata_release(),
        tuple(f"block={block}" for block in scope.blocks),
        report.columns,
        report.keys,
        answer.rows,
        answer.notes,
        report.definition,
        lambda: report.pictures(rows, scope, answer),
        lead=lambda: report.lead(rows, scope, answer),
        first=report.first,
    )


def state(rows: Rows) -> bytes:
    """Rows as bytes: the same for the same rows, whatever order they came in."""
    return repr([(name, sorted(table.items())) for name, table in sorted(rows.items())]).encode()
