"""Laws of first screens: every report answers in one sentence and a few figures, whatever the history."""

from __future__ import annotations

import random
import re
from typing import Final

import pytest
from hypothesis import given

from ledger.calendar import Window
from ledger.units import UNITS
from projections.engine.report import Report, Scope
from projections.reports.catalogue import REPORTS
from tests.support.histories import FIRST_S, SITES
from tests.support.worlds import NY, PURE, scopes, seeds, world

COLUMN_UNITS: Final = {column.unit for report in REPORTS for column in report.columns}
SHOWN_UNITS: Final = {"", *(name for units in UNITS.values() for name in units)}
ONE_SENTENCE: Final = re.compile(r"[^\s].*[^\s.]\.")
EMPTY: Final = Scope(Window(FIRST_S, FIRST_S), SITES, (), NY, dict.fromkeys(SITES, NY))


def is_one_sentence(verdict: str) -> bool:
    """Does it end with a period, without another sentence or line in it?"""
    return ONE_SENTENCE.fullmatch(verdict) is not None and ". " not in verdict


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: str(report.name))
def test_every_report_says_what_stands_first(report: Report) -> None:
    """At most eight columns, each of its own, beginning with a column that names the row."""
    names = [column.name for column in report.columns]
    first = report.first
    assert (
        1 <= len(first) <= 8,
        len(set(first)) == len(first),
        set(first) <= set(names),
        first[0] in names[: report.keys] if first else False,
    ) == (True,) * 4


@given(seeds)
def test_every_lead_is_one_sentence_and_three_to_five_figures_of_known_units(seed: int) -> None:
    rows = world(seed, 300)
    wrong = []
    for report in PURE:
        for scope in (*scopes(), EMPTY):
            lead = report.lead(rows, scope, report.compute(rows, scope))
            assert lead is not None
            fine = (
                is_one_sentence(lead.verdict)
                and 3 <= len(lead.figures) <= 5
                and all(f.unit in COLUMN_UNITS and f.shown in SHOWN_UNITS for f in lead.figures)
                and not any(isinstance(f.value, float) for f in lead.figures)
            )
            wrong += [] if fine else [(report.name, lead)]
    assert wrong == []


@given(seeds)
def test_a_lead_is_the_same_twice_and_in_whatever_order_the_rows_come(seed: int) -> None:
    rows, rng = world(seed, 300), random.Random(seed)
    for report in PURE:
        for scope in (*scopes(), EMPTY):
            found = report.compute(rows, scope)
            shuffled = found._replace(rows=tuple(rng.sample(found.rows, len(found.rows))))
            leads = [report.lead(rows, scope, answer) for answer in (found, found, shuffled)]
            assert leads[1:] == leads[:1] * 2, report.name


@given(seeds)
def test_the_first_columns_tell_rows_apart(seed: int) -> None:
    """A row that shows only these is still known by what names it."""
    rows = world(seed, 300)
    alike = []
    for report in PURE:
        at = [n for n, column in enumerate(report.columns) if column.name in report.first]
        for scope in scopes():
            shown = [tuple(row[n] for n in at) for row in report.compute(rows, scope).rows]
            alike += [(report.name, row) for row in set(shown) if shown.count(row) > 1]
    assert alike == []
