"""P15: a report says of a whole book what it says of the streams it declares, alone."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings

from ledger.records.envelope import without_sections
from ledger.verifier import reports
from ledger.verifier.reports import CLASSES, report_streams
from projections.engine.fold import Rows
from projections.engine.report import Report
from projections.reports.catalogue import REPORTS
from tests.support.examples import tried
from tests.support.histories import SITES, history
from tests.support.reports_read import with_reports
from tests.support.worlds import PURE, rows_of, scopes, seeds, world


@pytest.mark.parametrize("report", PURE, ids=lambda report: report.name)
@given(seed=seeds)
def test_a_report_needs_only_the_streams_it_declares(report: Report, seed: int) -> None:
    records = history(seed, 300)
    names = report_streams(report.classes, report.beyond, {r.stream for r in records}, SITES)
    whole, alone = world(seed, 300), world(seed, 300, frozenset(names))
    assert [report.compute(whole, scope) for scope in scopes()] == [
        report.compute(alone, scope) for scope in scopes()
    ]


@pytest.mark.parametrize("report", PURE, ids=lambda report: report.name)
@given(seed=seeds)
def test_a_report_about_one_site_needs_only_its_streams(report: Report, seed: int) -> None:
    records = history(seed, 300)
    names = report_streams(CLASSES, report.beyond, {r.stream for r in records}, ("s1",))
    whole, one = world(seed, 300), world(seed, 300, frozenset(names))
    assert [report.compute(whole, scope) for scope in scopes(("s1",))] == [
        report.compute(one, scope) for scope in scopes(("s1",))
    ]


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_a_report_declares_every_class_that_its_rows_hear(report: Report) -> None:
    from ledger.kinds import BY_BODY

    heard = {BY_BODY[fact].disclosure for kind in report.row_kinds for fact in kind.facts}
    assert heard - {None} <= set(report.classes)


@cache
def bare(seed: int) -> Rows:
    """The rows of a history without the sections of its records."""
    records = history(seed, 300)
    return rows_of(
        [msgspec.structs.replace(record, body=without_sections(record.body)) for record in records]
    )


@pytest.mark.parametrize(
    "report", [report for report in PURE if not report.sections], ids=lambda report: report.name
)
@settings(max_examples=tried(gate=4, search=8))
@given(seed=seeds)
def test_a_report_that_declares_no_sections_says_the_same_without_them(report: Report, seed: int) -> None:
    whole, without = world(seed, 300), bare(seed)
    assert [report.compute(whole, scope) for scope in scopes()] == [
        report.compute(without, scope) for scope in scopes()
    ]


def test_the_verifier_knows_what_each_report_reads() -> None:
    """It knows no catalogue; tools/bless writes its table."""
    source = Path(reports.__file__).read_text()
    assert with_reports(source) == source
